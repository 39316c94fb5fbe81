"""DeepXDE, on the backend that `DDE_BACKEND` names: PyTorch, or JAX, where the whole step is compiled.

It evaluates the equation at the points of the conditions, too. Of its two modes of differentiation it has the faster: reverse, but on JAX
forward for Poisson's equation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import deepxde as dde
import numpy as np

from benchmarks.steps.held import Held, Tell
from benchmarks.steps.points import draw
from benchmarks.steps.workloads import DELTA, LEARNING_RATE, NU, OMEGA, Steps, Workload

ENDLESS = 10**9


class Told(dde.callbacks.Callback):  # type: ignore[misc]
    """Says after each step that it is done."""

    def __init__(self, tell: Tell, loss: Callable[[], float]) -> None:
        super().__init__()
        self._tell, self._loss = tell, loss

    def on_epoch_end(self) -> None:
        self._tell(self._loss)


def build(workload: Workload, variant: str = "") -> Steps:
    """A training with points that stay: `variant` is the backend."""
    if dde.backend.backend_name != variant:
        raise RuntimeError(f"DeepXDE must be on {variant}, but is on {dde.backend.backend_name}. Set DDE_BACKEND.")
    if variant == "pytorch":
        import torch

        torch.set_default_device("cpu")  # DeepXDE takes a GPU where it finds one
    dde.config.set_default_float("float32")
    dde.config.set_random_seed(0)
    if (variant, workload.problem) == ("jax", "poisson"):
        dde.config.set_default_autodiff("forward")
    points = draw(workload)
    geometry, equation, conditions = PROBLEMS[workload.problem]([np.asarray(edge) for edge in points.edges])
    data = dde.data.PDE(geometry, equation, conditions, num_domain=0, anchors=points.interior)
    model = dde.Model(data, dde.nn.FNN(workload.sizes, "tanh", "Glorot normal"))
    weights = [workload.weight, *[condition.weight for condition in workload.conditions]]
    model.compile("adam", lr=LEARNING_RATE, loss_weights=weights, verbose=0)

    def loss() -> float:
        model._test(verbose=0)
        return float(np.sum(model.train_state.loss_train))

    def training(tell: Tell) -> None:
        model.train(iterations=ENDLESS, display_every=ENDLESS, callbacks=[Told(tell, loss)], verbose=0)

    return Held(training)


def value(derivative: Any) -> Any:
    """A derivative, without the function that the JAX backend gives along with it."""
    return derivative[0] if isinstance(derivative, tuple) else derivative


def d(u: Any, x: Any, axis: int) -> Any:
    return value(dde.grad.jacobian(u, x, i=0, j=axis))


def dd(u: Any, x: Any, axis: int) -> Any:
    return value(dde.grad.hessian(u, x, i=axis, j=axis))


def burgers(edges: list[Any]) -> tuple[Any, Any, list[Any]]:
    def equation(x: Any, u: Any) -> Any:
        return d(u, x, 1) + value(u) * d(u, x, 0) - NU * dd(u, x, 0)

    start = dde.icbc.PointSetBC(edges[0], -np.sin(math.pi * edges[0][:, :1]))
    ends = [dde.icbc.PointSetBC(edge, np.zeros((len(edge), 1))) for edge in edges[1:]]
    return dde.geometry.Rectangle([-1, 0], [1, 1]), equation, [start, *ends]


def oscillator(edges: list[Any]) -> tuple[Any, Any, list[Any]]:
    if dde.backend.backend_name == "jax":
        raise NotImplementedError("on JAX, DeepXDE gives no derivatives to conditions")

    def equation(t: Any, u: Any) -> Any:
        return dd(u, t, 0) + 2 * DELTA * d(u, t, 0) + OMEGA**2 * value(u)

    start = dde.icbc.PointSetBC(edges[0], np.ones((1, 1)))
    speed = dde.icbc.PointSetOperatorBC(edges[1], np.zeros((1, 1)), lambda t, u, _: d(u, t, 0))
    return dde.geometry.Interval(0, 1), equation, [start, speed]


def poisson(edges: list[Any]) -> tuple[Any, Any, list[Any]]:
    sin = dde.backend.sin

    def equation(x: Any, u: Any) -> Any:
        return -dd(u, x, 0) - dd(u, x, 1) - 2 * math.pi**2 * sin(math.pi * x[:, 0:1]) * sin(math.pi * x[:, 1:2])

    rim = dde.icbc.PointSetBC(edges[0], np.zeros((len(edges[0]), 1)))
    return dde.geometry.Rectangle([0, 0], [1, 1]), equation, [rim]


PROBLEMS: dict[str, Callable[[list[Any]], tuple[Any, Any, list[Any]]]] = {
    "burgers": burgers,
    "damped-oscillator": oscillator,
    "poisson": poisson,
}
