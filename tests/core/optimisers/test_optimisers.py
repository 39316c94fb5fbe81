"""One contract for all methods, and what each of them is known for."""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.errors import InputError
from core.experiment.checkpoint import Checkpoint
from core.experiment.choices import OPTIMISER_CHOICES as NAMES
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss.losses import Losses
from core.network.parameters import Vector
from core.optimisers.line_search import LineSearch, Place
from core.optimisers.ssbroyden import factors
from core.optimisers.table import OPTIMISERS
from core.problem.reading.reading import load
from core.running.display import Display
from core.training.training import Snapshot, train
from tests.experiments import small, solved

CPU = torch.device("cpu")
METHODS = list(OPTIMISERS)
FAST = [name for name in METHODS if name != "adam"]
STEPS = {"adam": 1500}


def error(experiment: Experiment, snapshot: Snapshot) -> float:
    found = Display(experiment, Losses(experiment, CPU), solved(experiment)).scores(snapshot).relative_l2["u"]
    assert found is not None
    return found


def last(experiment: Experiment, start: Checkpoint | None = None) -> Snapshot:
    return deque(train(experiment, start), maxlen=1).pop()


def test_what_can_be_named_can_be_run() -> None:
    assert set(OPTIMISERS) == set(NAMES)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("problem", "constraints"), [("decay", "soft"), ("decay", "hard"), ("lagaris-1", "soft"), ("poisson", "hard")])
def test_every_method_solves_small_problems(method: str, problem: str, constraints: str) -> None:
    steps = STEPS.get(method, 150)
    experiment = small(problem, optimiser=method, steps=steps, depth=2, width=12, points=60, learning_rate=1e-2, constraints=constraints)
    assert error(experiment, last(experiment)) < 0.02


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("resampling", ["fixed", "every-step"])
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_resuming_gives_the_same_bits_as_not_stopping(method: str, resampling: str, precision: str) -> None:
    experiment = small("burgers", optimiser=method, steps=25, resampling=resampling, precision=precision)
    whole = last(experiment)
    checkpoint: Checkpoint | None = None
    for stop in (1, 2, 11, 24):
        checkpoint = next(snapshot for snapshot in train(experiment, checkpoint) if snapshot.step == stop).checkpoint()
    assert last(experiment, checkpoint).checkpoint().data == whole.checkpoint().data


@pytest.mark.parametrize("stop", [9, 10, 11, 20, 30])
def test_a_run_of_several_stages_can_be_resumed_anywhere(stop: int) -> None:
    experiment = small("burgers", optimiser="adam 10, lbfgs 10, ssbroyden", steps=35, schedule="cosine")
    whole = last(experiment)
    checkpoint = next(snapshot for snapshot in train(experiment) if snapshot.step == stop).checkpoint()
    assert last(experiment, checkpoint).checkpoint().data == whole.checkpoint().data


def test_stages_take_turns() -> None:
    experiment = small("decay", optimiser="adam 3, lbfgs 2, ssbroyden", steps=8)
    assert [type(snapshot.optimiser).__name__ for snapshot in train(experiment)] == ["Adam"] * 4 + ["LBFGS"] * 2 + ["SSBroyden"] * 3


def test_a_stage_does_what_the_method_does_alone() -> None:
    both = small("decay", optimiser="adam 20, ssbroyden", steps=30)
    alone = small("decay", optimiser="adam", steps=20)
    at_twenty = next(snapshot for snapshot in train(both) if snapshot.step == 20).checkpoint()
    assert at_twenty.data == last(alone).checkpoint().data


@pytest.mark.parametrize("method", FAST)
def test_the_loss_never_rises(method: str) -> None:
    experiment = small("lagaris-1", optimiser=method, steps=60)
    totals = [Losses(experiment, CPU).total(snapshot.losses).item() for snapshot in train(experiment)]
    assert all(after <= before for before, after in pairwise(totals))
    assert totals[-1] < totals[0] / 100


@pytest.mark.parametrize("method", FAST)
def test_a_run_that_finds_no_better_weights_ends(method: str) -> None:
    experiment = small("decay", optimiser=method, steps=3_000, depth=1, width=4, precision="float32", points=20)
    end = last(experiment)
    assert end.step < 3_000 and end.optimiser.stalled
    assert list(train(experiment, end.checkpoint())) == []  # it is over, also for a worker that takes it up again
    assert all(torch.isfinite(parameter).all() for parameter in end.network.parameters())


@pytest.mark.parametrize("method", [name for name, known in NAMES.items() if known.dense])
def test_methods_with_square_tables_refuse_large_networks(method: str) -> None:
    with pytest.raises(InputError) as refused:
        small("burgers", optimiser=f"adam 10, {method}", depth=4, width=64)
    assert refused.value.code == "network-too-large" and refused.value.at.key == "training.optimiser" and "lbfgs" in str(refused.value)
    assert refused.value.values["parameters"] == small("burgers", depth=4, width=64).parameters


@pytest.mark.parametrize("problem", ["burgers", "kdv-soliton", "lorenz", "kovasznay"])
def test_the_number_of_parameters_is_that_of_the_network(problem: str) -> None:
    experiment = experiment_of(load(problem), settings={"depth": 3, "width": 7})
    assert experiment.parameters == Vector(next(train(experiment)).network).size


# The parts.


LINES = {
    "valley": (lambda x: (x - 2) ** 2, lambda x: 2 * (x - 2)),
    "waves": (lambda x: x / 10 - math.sin(x), lambda x: 0.1 - math.cos(x)),
    "wall": (lambda x: (x / 5) ** 4 - math.log1p(x), lambda x: 4 * x**3 / 625 - 1 / (1 + x)),
    "far": (lambda x: math.exp(-x / 1000), lambda x: -math.exp(-x / 1000) / 1000),
}


@pytest.mark.parametrize("first", [1e-6, 0.3, 1.0, 1e3])
@pytest.mark.parametrize("line", LINES)
def test_the_line_search_meets_the_strong_wolfe_conditions(line: str, first: float) -> None:
    loss, slope = LINES[line]

    def place(at: float) -> Place:
        return Place(at, loss(at), slope(at), torch.zeros(1), torch.zeros(1))

    start = place(0.0)
    found = LineSearch(start, place).run(first)
    assert found is not None
    assert found.loss <= start.loss + 1e-4 * found.at * start.slope
    assert abs(found.slope) <= 0.9 * abs(start.slope)


def test_the_line_search_keeps_clear_of_what_is_no_number() -> None:
    def place(at: float) -> Place:
        good = at < 0.01
        loss, slope = ((at - 0.005) ** 2, 2 * (at - 0.005)) if good else (math.nan, math.nan)
        return Place(at, loss, slope, torch.zeros(1), torch.zeros(1))

    found = LineSearch(place(0.0), place).run(1.0)
    assert found is not None and 0 < found.at < 0.01 and found.loss < place(0.0).loss


class Bowl(nn.Module):
    """A quadratic form, whose minimum is at zero."""

    def __init__(self, size: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(3)
        root = torch.randn(size, size, generator=generator, dtype=torch.float64)
        self.matrix = root @ root.T / size + torch.diag(torch.logspace(-3, 2, size, dtype=torch.float64))
        self.at = nn.Parameter(torch.randn(size, generator=generator, dtype=torch.float64))

    version, engine = 0, "jets"

    def loss(self) -> tuple[Tensor, Tensor]:
        total = 0.5 * torch.dot(self.at, self.matrix @ self.at)
        return total, total.detach()[None]

    def descend(self) -> tuple[Tensor, Tensor]:
        Vector.of(self).slopes.zero_()
        total, terms = self.loss()
        total.backward()
        return total.detach(), terms

    def value(self) -> Tensor:
        return self.loss()[0].detach()

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        rows = torch.linalg.cholesky(self.matrix / 2).T
        return rows @ self.at.detach(), rows, self.loss()[1]


@pytest.mark.parametrize("method", FAST)
def test_a_quadratic_form_is_solved_to_rounding(method: str) -> None:
    bowl = Bowl(20)
    optimiser = OPTIMISERS[method](bowl, small("decay"))
    before = bowl.loss()[0].item()
    for _step in range(150):
        optimiser.step(bowl, 0.0)  # type: ignore[arg-type]
    assert bowl.loss()[0].item() < 1e-16 * before


def test_ssbroyden_keeps_its_table_positive_and_meets_the_secant_equation() -> None:
    bowl = Bowl(12)
    optimiser = OPTIMISERS["ssbroyden"](bowl, small("decay"))
    for _step in range(15):
        before, gradient = bowl.at.detach().clone(), bowl.matrix @ bowl.at.detach()
        optimiser.step(bowl, 0.0)  # type: ignore[arg-type]
        inverse = optimiser.state()["inverse"]
        moved, changed = bowl.at.detach() - before, bowl.matrix @ bowl.at.detach() - gradient
        torch.testing.assert_close(inverse @ changed, moved, rtol=1e-6, atol=1e-9)
        assert torch.linalg.eigvalsh((inverse + inverse.T) / 2).min() > 0


def test_the_factors_of_a_step_that_was_foreseen_change_nothing() -> None:
    """A step that H foresaw, h = b = 1, needs no scaling, and BFGS's share is no matter."""
    scale, share = factors(1.0, 1.0, 100, first=False)
    assert scale == pytest.approx(1.0) and np.isfinite(share)


def test_the_factors_are_those_of_the_paper() -> None:
    """The numbers by hand for h = 2, b = 3 and ten parameters: a = 5, c = √(5/6), ρ⁻ = 2(1 − c), θ = θ⁻ = (ρ⁻ − 1)/5, σ = 1 + 5θ, τ = σ."""
    scale, share = factors(2.0, 3.0, 10, first=False)
    assert scale == pytest.approx(0.17425814, rel=1e-7)
    assert share == pytest.approx(6.6863353, rel=1e-7)
