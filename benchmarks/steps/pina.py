"""PINA, whose steps are taken by PyTorch Lightning, here without bars, logs and checkpoints, and with all points in one batch."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

import torch
from lightning.pytorch.callbacks import Callback
from pina import Condition, LabelTensor, Trainer
from pina.domain import CartesianDomain
from pina.equation import Equation
from pina.model import FeedForward
from pina.operator import fast_grad
from pina.optim import TorchOptimizer
from pina.problem import SpatialProblem, TimeDependentProblem
from pina.solver import PINN
from pina.weighting import ScalarWeighting

from benchmarks.steps.held import Held, Tell
from benchmarks.steps.points import Points, draw
from benchmarks.steps.workloads import DELTA, LEARNING_RATE, NU, OMEGA, Steps, Workload


class Told(Callback):  # type: ignore[misc]
    """Says after each step that it is done."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, *_rest: Any) -> None:
        self._tell(lambda: float(outputs["loss"]))


def build(workload: Workload, variant: str = "") -> Steps:
    """A training with points that stay."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    torch.manual_seed(0)
    problem = PROBLEMS[workload.problem](draw(workload))
    model = FeedForward(len(workload.low), 1, n_layers=workload.depth, inner_size=workload.width, func=torch.nn.Tanh)
    weights = {f"condition_{number}": condition.weight for number, condition in enumerate(workload.conditions)}
    solver = PINN(
        problem,
        model,
        optimizer=TorchOptimizer(torch.optim.Adam, lr=LEARNING_RATE),
        weighting=ScalarWeighting({"equation": workload.weight, **weights}),
    )

    def training(tell: Tell) -> None:
        quiet = {"logger": False, "enable_progress_bar": False, "enable_checkpointing": False, "enable_model_summary": False}
        Trainer(solver, accelerator="cpu", max_epochs=-1, callbacks=[Told(tell)], **quiet).train()

    return Held(training)


def labelled(points: Any, labels: list[str]) -> Any:
    return LabelTensor(torch.tensor(points), labels)


def d(u: Any, x: Any, name: str, component: str = "u") -> Any:
    return fast_grad(u, x, components=[component], d=[name])


def conditions(points: Points, labels: list[str], equation: Callable[..., Any], edges: list[Callable[..., Any]]) -> dict[str, Any]:
    """The equation inside, and what is to vanish at the edges."""
    found = {"equation": Condition(input=labelled(points.interior, labels), equation=Equation(equation))}
    for number, (at, vanishes) in enumerate(zip(points.edges, edges, strict=True)):
        found[f"condition_{number}"] = Condition(input=labelled(at, labels), equation=Equation(vanishes))
    return found


def burgers(points: Points) -> Any:
    def equation(x: Any, u: Any) -> Any:
        u_x = d(u, x, "x")
        return d(u, x, "t") + u * u_x - NU * d(u_x, x, "x", "dudx")

    def start(x: Any, u: Any) -> Any:
        return u + torch.sin(math.pi * x["x"])

    def end(_x: Any, u: Any) -> Any:
        return u

    stated = conditions(points, ["x", "t"], equation, [start, end, end])

    class Burgers(TimeDependentProblem, SpatialProblem):  # type: ignore[misc]
        output_variables = ["u"]  # noqa: RUF012  as it asks for
        conditions = stated
        spatial_domain = CartesianDomain({"x": [-1, 1]})
        temporal_domain = CartesianDomain({"t": [0, 1]})

    return Burgers()


def oscillator(points: Points) -> Any:
    def equation(t: Any, u: Any) -> Any:
        u_t = d(u, t, "t")
        return d(u_t, t, "t", "dudt") + 2 * DELTA * u_t + OMEGA**2 * u

    stated = conditions(points, ["t"], equation, [lambda _t, u: u - 1, lambda t, u: d(u, t, "t")])

    class Oscillator(TimeDependentProblem):  # type: ignore[misc]
        output_variables = ["u"]  # noqa: RUF012  as it asks for
        conditions = stated
        temporal_domain = CartesianDomain({"t": [0, 1]})

    return Oscillator()


def poisson(points: Points) -> Any:
    def equation(x: Any, u: Any) -> Any:
        load = 2 * math.pi**2 * torch.sin(math.pi * x["x"]) * torch.sin(math.pi * x["y"])
        return -d(d(u, x, "x"), x, "x", "dudx") - d(d(u, x, "y"), x, "y", "dudy") - load

    stated = conditions(points, ["x", "y"], equation, [lambda _x, u: u])

    class Poisson(SpatialProblem):  # type: ignore[misc]
        output_variables = ["u"]  # noqa: RUF012  as it asks for
        conditions = stated
        spatial_domain = CartesianDomain({"x": [0, 1], "y": [0, 1]})

    return Poisson()


PROBLEMS: dict[str, Callable[[Points], Any]] = {"burgers": burgers, "damped-oscillator": oscillator, "poisson": poisson}
