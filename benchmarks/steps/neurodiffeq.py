"""neurodiffeq, whose loop takes the steps; it looks at no points held out (`n_batches_valid=0`), so that it keeps the best of its own.

Its conditions are built into the solution, as always in it: there are no points for them, and the equation differentiates that, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from neurodiffeq import diff
from neurodiffeq.conditions import IBVP1D, IVP, DirichletBVP2D
from neurodiffeq.generators import PredefinedGenerator
from neurodiffeq.networks import FCNN
from neurodiffeq.solvers import Solver1D, Solver2D

from benchmarks.steps.points import draw
from benchmarks.steps.workloads import DELTA, LEARNING_RATE, NU, OMEGA, Steps, Workload


def build(workload: Workload, variant: str = "") -> Steps:
    """A training with points that stay."""
    torch.set_default_dtype(torch.float32)  # what it sets to float64 itself
    torch.manual_seed(0)
    model = FCNN(len(workload.low), 1, hidden_units=[workload.width] * workload.depth)
    points = PredefinedGenerator(*torch.tensor(draw(workload).interior).T.contiguous())
    solver = SOLVERS[workload.problem](
        nets=[model],
        train_generator=points,
        valid_generator=points,
        n_batches_valid=0,
        optimizer=torch.optim.Adam(model.parameters(), lr=LEARNING_RATE),
        loss_fn=lambda residual, _values, _points: workload.weight * (residual**2).mean(),
    )

    def steps(count: int) -> float:
        solver.fit(count, tqdm_file=None)
        return float(solver.metrics_history["train_loss"][-1])

    return steps


def burgers(**settings: Any) -> Any:
    def zero(t: Any) -> Any:
        return 0 * t

    edges = IBVP1D(x_min=-1.0, x_max=1.0, t_min=0.0, t_min_val=lambda x: -torch.sin(math.pi * x), x_min_val=zero, x_max_val=zero)

    def equation(u: Any, x: Any, t: Any) -> list[Any]:
        return [diff(u, t) + u * diff(u, x) - NU * diff(u, x, order=2)]

    return Solver2D(equation, [edges], xy_min=(-1, 0), xy_max=(1, 1), **settings)


def oscillator(**settings: Any) -> Any:
    def equation(u: Any, t: Any) -> list[Any]:
        return [diff(u, t, order=2) + 2 * DELTA * diff(u, t) + OMEGA**2 * u]

    return Solver1D(equation, [IVP(t_0=0.0, u_0=1.0, u_0_prime=0.0)], t_min=0, t_max=1, **settings)


def poisson(**settings: Any) -> Any:
    def zero(x: Any) -> Any:
        return 0 * x

    def equation(u: Any, x: Any, y: Any) -> list[Any]:
        load = 2 * math.pi**2 * torch.sin(math.pi * x) * torch.sin(math.pi * y)
        return [-diff(u, x, order=2) - diff(u, y, order=2) - load]

    rim = DirichletBVP2D(x_min=0.0, x_min_val=zero, x_max=1.0, x_max_val=zero, y_min=0.0, y_min_val=zero, y_max=1.0, y_max_val=zero)
    return Solver2D(equation, [rim], xy_min=(0, 0), xy_max=(1, 1), **settings)


SOLVERS: dict[str, Callable[..., Any]] = {"burgers": burgers, "damped-oscillator": oscillator, "poisson": poisson}
