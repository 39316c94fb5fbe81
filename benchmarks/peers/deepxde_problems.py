"""Problems of the library, stated for DeepXDE as its own examples state such problems, with its names for things.

The examples are those of `examples/pinn_forward` in DeepXDE's repository; each statement names its own. Boundary and initial points are as
many as there, where the example has as many points in the domain as here; elsewhere they keep its proportions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

os.environ["DDE_BACKEND"] = "pytorch"  # read when DeepXDE is imported
import deepxde as dde

Transform = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Statement:
    """Points with equation and conditions, the loss terms' weights, and what is done to the network's inputs, then so many, and output."""

    data: Any
    activation: str = "tanh"
    inputs: int = 2
    weights: list[float] | None = None
    feature_transform: Transform | None = None
    output_transform: Callable[[Tensor, Tensor], Tensor] | None = None


def oscillator(values: Mapping[str, float], points: int) -> Statement:
    """The oscillator of `ode_2nd.py`; activation, weights of the loss and stretched time are what served Adam best in the library."""
    delta, omega0 = values["delta"], values["omega0"]
    geometry = dde.geometry.TimeDomain(0, 1)

    def equation(t: Tensor, u: Tensor) -> Tensor:
        return dde.grad.hessian(u, t) + 2 * delta * dde.grad.jacobian(u, t) + omega0**2 * u

    start = dde.icbc.IC(geometry, lambda _: 1, lambda _, on_initial: on_initial)
    speed = dde.icbc.OperatorBC(
        geometry,
        lambda inputs, outputs, _: dde.grad.jacobian(outputs, inputs, i=0, j=None),
        lambda t, on_boundary: on_boundary and np.isclose(t[0], 0),
    )
    data = dde.data.TimePDE(geometry, equation, [start, speed], num_domain=points, num_boundary=2)
    return Statement(data, "sin", inputs=1, weights=[1e-4, 1, 1e-2], feature_transform=lambda t: 5 * (2 * t - 1))


def poisson(values: Mapping[str, float], points: int) -> Statement:
    """The problem of `Helmholtz_Dirichlet_2d.py`, with its transform of the output."""
    geometry = dde.geometry.Rectangle([0, 0], [1, 1])

    def equation(x: Tensor, u: Tensor) -> Tensor:
        load = 2 * torch.pi**2 * torch.sin(torch.pi * x[:, 0:1]) * torch.sin(torch.pi * x[:, 1:2])
        return -dde.grad.hessian(u, x, i=0, j=0) - dde.grad.hessian(u, x, i=1, j=1) - load

    data = dde.data.PDE(geometry, equation, [], num_domain=points, num_boundary=4 * round(points**0.5))
    return Statement(data, output_transform=lambda x, u: x[:, 0:1] * (1 - x[:, 0:1]) * x[:, 1:2] * (1 - x[:, 1:2]) * u)


def burgers(values: Mapping[str, float], points: int) -> Statement:
    """The problem of `Burgers.py`."""
    geometry = _strip()

    def equation(x: Tensor, u: Tensor) -> Tensor:
        u_x, u_t = (dde.grad.jacobian(u, x, i=0, j=axis) for axis in (0, 1))
        return u_t + u * u_x - values["nu"] * dde.grad.hessian(u, x, i=0, j=0)

    edges = dde.icbc.DirichletBC(geometry, lambda _: 0, lambda _, on_boundary: on_boundary)
    start = dde.icbc.IC(geometry, lambda x: -np.sin(np.pi * x[:, 0:1]), lambda _, on_initial: on_initial)
    return Statement(dde.data.TimePDE(geometry, equation, [edges, start], num_domain=points, num_boundary=80, num_initial=160))


def allen_cahn(values: Mapping[str, float], points: int) -> Statement:
    """The problem of `Allen_Cahn.py`, whose start is in the output, too. Its edges are held; ours repeat, by features.

    Lu, Pestourie, Yao, Wang, Verdugo and Johnson 2021, Physics-informed neural networks with hard constraints for inverse design.
    """
    geometry = _strip()

    def equation(x: Tensor, u: Tensor) -> Tensor:
        u_t, u_xx = dde.grad.jacobian(u, x, i=0, j=1), dde.grad.hessian(u, x, i=0, j=0)
        return u_t - values["epsilon"] * u_xx - values["r"] * (u - u**3)

    def features(x: Tensor) -> Tensor:  # (n, 2) → (n, 3)
        angles = torch.pi * x[:, 0:1]
        return torch.cat([torch.cos(angles), torch.sin(angles), x[:, 1:2]], dim=1)

    return Statement(
        dde.data.TimePDE(geometry, equation, [], num_domain=points, num_boundary=points // 20, num_initial=points // 10),
        inputs=3,
        feature_transform=features,
        output_transform=lambda x, u: x[:, 0:1] ** 2 * torch.cos(torch.pi * x[:, 0:1]) + x[:, 1:2] * u,
    )


def _strip() -> Any:
    """x from −1 to 1, t from 0 to 1."""
    return dde.geometry.GeometryXTime(dde.geometry.Interval(-1, 1), dde.geometry.TimeDomain(0, 1))


STATEMENTS = {"damped-oscillator": oscillator, "poisson": poisson, "burgers": burgers, "allen-cahn": allen_cahn}
