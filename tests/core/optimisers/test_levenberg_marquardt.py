"""Levenberg–Marquardt on sums of squares with known answers, and on small differential equations."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core import references
from core.domain import grids
from core.engines.objective import Objective
from core.experiment.experiment import Experiment
from core.loss.losses import Losses
from core.network.building import build
from core.optimisers.levenberg_marquardt import DAMPINGS, LARGEST, SCALINGS, Attempt, LevenbergMarquardt, Model, gain_ratio, probed
from core.running.display import Grid
from tests.experiments import small

CPU = torch.device("cpu")
ANY = small("decay")


def method(network: nn.Module, damping: str = "probed", scaling: str = "marquardt", experiment: Experiment = ANY) -> LevenbergMarquardt:
    class Chosen(LevenbergMarquardt):
        pass

    Chosen.damping, Chosen.scaling = damping, scaling
    return Chosen(network, experiment)


class Linear:
    """|A θ − b|², the network being one layer without a bias."""

    def __init__(self, rows: int, parameters: int) -> None:
        generator = torch.Generator().manual_seed(0)
        self.a = torch.randn(rows, parameters, generator=generator, dtype=torch.float64)
        self.b = torch.randn(rows, generator=generator, dtype=torch.float64)
        self.network = nn.Linear(parameters, 1, bias=False, dtype=torch.float64)
        nn.init.zeros_(self.network.weight)

    def residuals(self) -> Tensor:
        return self.a @ self.network.weight.detach()[0] - self.b

    def loss(self) -> tuple[Tensor, Tensor]:
        terms = (self.residuals() ** 2).sum()[None]
        return terms[0], terms

    def value(self) -> Tensor:
        return self.loss()[0].detach()

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.residuals(), self.a, self.loss()[1]


class Rosenbrock(Linear):
    """10(y − x²) and 1 − x: a curved valley, from (−1.2, 1) (Rosenbrock 1960)."""

    def __init__(self) -> None:
        super().__init__(2, 2)
        with torch.no_grad():
            self.network.weight.copy_(torch.tensor([[-1.2, 1.0]]))

    def residuals(self) -> Tensor:
        x, y = self.network.weight.detach()[0]
        return torch.stack([10 * (y - x**2), 1 - x])

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        x = self.network.weight[0, 0].item()
        return self.residuals(), torch.tensor([[-20 * x, 10.0], [-1.0, 0.0]], dtype=torch.float64), self.loss()[1]


each_rule = pytest.mark.parametrize("damping", DAMPINGS)
each_scaling = pytest.mark.parametrize("scaling", SCALINGS)


@each_rule
@each_scaling
@pytest.mark.parametrize("shape", [(30, 7), (7, 30), (9, 9)])
def test_linear_least_squares_are_solved_in_a_few_steps(shape: tuple[int, int], damping: str, scaling: str) -> None:
    problem = Linear(*shape)
    optimiser = method(problem.network, damping, scaling)
    for _ in range(12):
        optimiser.step(problem, 0.1)
    best = (problem.a @ torch.linalg.lstsq(problem.a, problem.b[:, None]).solution)[:, 0] - problem.b
    torch.testing.assert_close(problem.residuals(), best, rtol=1e-7, atol=1e-7)


@each_rule
@each_scaling
def test_it_follows_a_curved_valley_to_its_end(damping: str, scaling: str) -> None:
    problem = Rosenbrock()
    optimiser = method(problem.network, damping, scaling)
    for _ in range(60):
        optimiser.step(problem, 0.1)
    torch.testing.assert_close(problem.network.weight.detach()[0], torch.ones(2).double(), rtol=0, atol=1e-8)


@each_scaling
@pytest.mark.parametrize("shape", [(30, 7), (7, 30)])
def test_a_step_is_what_the_formula_says(shape: tuple[int, int], scaling: str) -> None:
    problem = Linear(*shape)
    residuals, rows, _ = problem.jacobian()
    found = Model(residuals, rows, scaling).step(0.01)
    assert found is not None
    step, predicted = found
    sizes = rows.norm(dim=0)
    scales = {"identity": 1 / sizes.max().expand(shape[1]), "marquardt": 1 / (sizes + 1e-3 * sizes.max())}[scaling]
    matrix = rows.T @ rows + 0.01 * torch.diag(scales**-2)
    torch.testing.assert_close(step, torch.linalg.solve(matrix, -rows.T @ residuals))
    assert predicted == pytest.approx((residuals @ residuals - ((residuals + rows @ step) ** 2).sum()).item())


def descent(optimiser: LevenbergMarquardt, problem: Objective, steps: int) -> Iterator[Tensor]:
    for _ in range(steps):
        yield optimiser.step(problem, 0.1)


@each_rule
@each_scaling
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_the_loss_never_rises_and_falls_far(damping: str, scaling: str, precision: str) -> None:
    experiment = small("burgers", precision=precision, values={"nu": 0.1})
    network, losses = build(experiment, CPU), Losses(experiment, CPU)
    problem = Objective(network, losses)
    totals = [losses.total(terms).item() for terms in descent(method(network, damping, scaling, experiment), problem, 40)]
    assert all(later <= earlier * (1 + 1e-6) for earlier, later in pairwise(totals))
    assert totals[-1] < 0.1 * totals[0]
    assert next(network.parameters()).dtype == getattr(torch, precision)


@each_rule
def test_going_on_from_a_state_gives_the_same_bits(damping: str) -> None:
    experiment = small("damped-oscillator")
    losses = Losses(experiment, CPU)
    whole, first, second = (build(experiment, CPU) for _ in range(3))
    *_, expected = descent(method(whole, damping), Objective(whole, losses), 20)
    half = method(first, damping)
    *_, _ = descent(half, Objective(first, losses), 9)
    second.load_state_dict(first.state_dict())
    other = method(second, damping)
    other.load({name: value.clone() for name, value in half.state().items()})
    *_, found = descent(other, Objective(second, losses), 11)
    assert torch.equal(found, expected)
    assert all(torch.equal(one, two) for one, two in zip(whole.parameters(), second.parameters(), strict=True))


WAVES = {"values": {"omega0": 10}, "activation": "sin", "frequency": 3, "width": 16, "points": 100}


@each_rule
@pytest.mark.parametrize(("name", "settings"), [("decay", {"width": 16}), pytest.param("damped-oscillator", WAVES, marks=pytest.mark.slow)])
def test_a_small_equation_is_solved(name: str, settings: dict[str, object], damping: str) -> None:
    experiment = small(name, **settings)
    network, losses = build(experiment, CPU), Losses(experiment, CPU)
    problem = Objective(network, losses)
    *_, _ = descent(method(network, damping, experiment=experiment), problem, 250)
    grid = Grid(experiment, grids.FULL)
    exact = grid.values(references.solve(experiment.bound, experiment.problem.reference)).values
    found = network(torch.tensor(grid.points)).detach().numpy()
    distance = np.linalg.norm(found - exact) / np.linalg.norm(exact)
    assert distance < 1e-5


class Stuck(Linear):
    """A Jacobian that points the wrong way: no step lowers the loss."""

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        residuals, rows, terms = super().jacobian()
        return residuals, -rows, terms


class Broken(Linear):
    """Residuals that are no numbers."""

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        residuals, rows, terms = super().jacobian()
        return residuals, rows * torch.nan, terms


@each_rule
@each_scaling
@pytest.mark.parametrize("kind", [Stuck, Broken])
def test_where_no_step_lowers_the_loss_the_weights_stay_and_it_says_so(kind: type[Linear], damping: str, scaling: str) -> None:
    problem = kind(30, 7)
    optimiser = method(problem.network, damping, scaling)
    before = problem.network.weight.detach().clone()
    said = []
    for _ in range(30):
        optimiser.step(problem, 0.1)
        said.append(optimiser.stalled)
    assert torch.equal(problem.network.weight, before)
    assert said[-1]
    assert optimiser.state()["rule"].tolist() == [LARGEST, 2, 1]
    assert not torch.isnan(problem.network.weight).any()


def test_it_goes_on_when_there_is_a_way_again() -> None:
    stuck = Stuck(30, 7)
    optimiser = method(stuck.network)
    for _ in range(30):
        optimiser.step(stuck, 0.1)
    assert optimiser.stalled
    problem = Linear(30, 7)
    problem.network = stuck.network
    first = problem.loss()[0].item()
    optimiser.step(problem, 0.1)
    assert not optimiser.stalled
    assert problem.loss()[0].item() < first


def gains(of: dict[float, float]):
    """Attempts whose gain is that of the nearest damping."""
    return lambda damping: Attempt(damping, torch.zeros(1), of[min(of, key=lambda known: abs(np.log(known / damping)))])


def test_the_gain_ratio_damps_as_nielsen_says() -> None:
    choice = gain_ratio(gains({1.0: 1.0}), 1.0, 8.0)
    assert (choice.damping, choice.growth) == (pytest.approx(1 / 3), 2.0)
    assert gain_ratio(gains({1.0: 0.25}), 1.0, 2.0).damping == pytest.approx(1 - (2 * 0.25 - 1) ** 3)
    choice = gain_ratio(gains({1.0: -1.0, 2.0: -1.0, 8.0: 0.5}), 1.0, 2.0)
    assert choice.attempt is not None
    assert (choice.attempt.damping, choice.damping, choice.growth) == (8.0, 8.0, 2.0)


def test_the_probed_step_is_the_one_whose_gain_is_nearest_to_what_is_sought() -> None:
    choice = probed(gains({0.1: -2.0, 0.3: 0.01, 1.0: 0.2, 3.0: 0.7, 10.0: 0.99}), 1.0, 2.0)
    assert choice.attempt is not None
    assert choice.attempt.damping == choice.damping == 1.0
    near = probed(gains({0.01: 1.02, 0.1: 0.99, 0.3: 0.98, 1.0: 1.0, 3.0: 0.97}), 1.0, 2.0)  # a linear problem: the least damping
    assert near.damping == pytest.approx(0.01)
    none = probed(gains({1.0: -1.0}), 1.0, 2.0)
    assert none.attempt is None and none.damping > 10
