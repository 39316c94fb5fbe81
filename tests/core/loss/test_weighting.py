"""Weights of the loss that follow the network: each rule against its formula, and trainings that use them."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.engines.objective import Objective
from core.errors import InputError
from core.experiment.checkpoint import Checkpoint
from core.experiment.choices import WEIGHTING_CHOICES
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss.jacobian import norms, traces
from core.loss.losses import Losses
from core.loss.points import Residual
from core.loss.weighting import AVERAGE, DECAY, GAIN, LEAST, SIZES, SLICES, Weighting
from core.loss.weights import Weights
from core.network.building import build
from core.network.parameters import Vector
from core.problem.reading.reading import load, problem_from_table
from core.training.training import Snapshot, train
from tests.experiments import small

CPU = torch.device("cpu")
VARIANTS: dict[str, dict[str, Any]] = {
    **{name: {"weighting": name} for name in WEIGHTING_CHOICES if name != "fixed"},
    "causality": {"causality": 5.0},
    "causality and ntk": {"causality": 5.0, "weighting": "ntk"},
    "causality and attention": {"causality": 5.0, "weighting": "residual-attention"},
}


def setting(experiment: Experiment) -> tuple[Losses, nn.Sequential]:
    return Losses(experiment, CPU), build(experiment, CPU)


def residuals_of(losses: Losses, network: nn.Module) -> list[Residual]:
    return [residual for batch in losses.batches(network, losses.draws.at_step(0)) for residual in batch]


def gradient(value: Tensor, network: nn.Module) -> Tensor:
    found = torch.autograd.grad(value, list(network.parameters()), retain_graph=True, materialize_grads=True)
    return torch.cat([part.flatten() for part in found])


def measured() -> Experiment:
    """A system with measurements of two unknowns, which are two columns of one term."""
    rows = [[0.1, 0.5, -0.2], [0.4, 1.5, 0.3], [0.7, -0.5, 0.9]]
    problem = problem_from_table({**load("harmonic-system").table(), "data": {"columns": ["t", "y1", "y2"], "rows": rows}})
    return experiment_of(problem, {}, {"width": 6, "depth": 2, "points": 20, "precision": "float64"})


EXPERIMENTS = {
    "burgers": lambda: small("burgers", points=20),
    "burgers, hard": lambda: small("burgers", points=20, constraints="hard"),
    "periodic": lambda: small("convection", points=20),
    "second order": lambda: small("wave", points=20),
    "data": measured,
}


@pytest.mark.parametrize("case", EXPERIMENTS)
@pytest.mark.parametrize("weighted", [False, True])
def test_sizes_of_terms_are_what_one_gradient_a_row_gives(case: str, weighted: bool) -> None:
    losses, network = setting(EXPERIMENTS[case]())
    residuals, random = residuals_of(losses, network), torch.Generator().manual_seed(3)
    of_points = {item.term: torch.rand(len(item.value), 1, generator=random, dtype=torch.float64) for item in residuals}
    weights = Weights(losses.weights, of_points if weighted else {})
    expected_norms, expected_traces = torch.zeros_like(losses.weights), torch.zeros_like(losses.weights)
    for item in residuals:
        counts = of_points[item.term] if weighted else torch.ones_like(item.value[:, :1])
        expected_norms[item.term] = gradient((counts * item.value**2).mean(), network).norm()
        squares = [[gradient(value, network).square().sum() for value in row] for row in item.value]
        expected_traces[item.term] = (counts * torch.tensor(squares)).mean()
    points = losses.draws.at_step(0)
    torch.testing.assert_close(norms(losses, network, points, weights), expected_norms)
    torch.testing.assert_close(traces(losses, network, points, weights), expected_traces)


def test_traces_are_the_same_whatever_part_of_the_rows_is_made_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    losses, network = setting(measured())
    whole = traces(losses, network, losses.draws.at_step(0), Weights(losses.weights))
    monkeypatch.setattr("core.loss.jacobian.ENTRIES", 7 * losses.experiment.parameters)
    torch.testing.assert_close(traces(losses, network, losses.draws.at_step(0), Weights(losses.weights)), whole)


@pytest.mark.parametrize("rule", SIZES)
def test_terms_are_balanced_with_the_given_weights_as_factors(rule: str) -> None:
    """The rule of "An expert's guide", equations 5.2 and 5.9: λᵢ = Σⱼ sizeⱼ / sizeᵢ, then a moving average."""
    experiment = small("burgers", weighting=rule, period=10, weights={"equation": 1, "condition-1": 3, "condition-2": 0})
    losses, network = setting(experiment)
    objective = Objective(network, losses)
    sizes = SIZES[rule](losses, network, losses.draws.at_step(0), Weights(losses.weights))
    total = sizes[[0, 1, 3]].sum()  # a term without weight has no say
    factors = total / (sizes + LEAST * total)
    expected = losses.weights * factors
    torch.testing.assert_close(objective.weights.terms, expected)
    products = expected * sizes / losses.weights
    assert products[[0, 1, 3]].std() < 1e-3 * products[0] and expected[2] == 0  # all pull alike

    with torch.no_grad():
        network[-1].weight *= 2.0
    objective.go_to(9)
    torch.testing.assert_close(objective.weights.terms, expected)
    objective.go_to(10)
    sizes = SIZES[rule](losses, network, losses.draws.at_step(0), Weights(losses.weights))
    total = sizes[[0, 1, 3]].sum()
    again = AVERAGE * factors + (1 - AVERAGE) * total / (sizes + LEAST * total)
    torch.testing.assert_close(objective.weights.terms, losses.weights * again)
    assert not torch.allclose(again[[0, 1, 3]], factors[[0, 1, 3]], rtol=1e-3)


@pytest.mark.parametrize("rule", SIZES)
def test_where_there_is_one_term_nothing_is_to_be_balanced(rule: str) -> None:
    losses, network = setting(small("burgers", constraints="hard", weighting=rule))
    assert Objective(network, losses).weights.terms[0].item() == pytest.approx(1, rel=2 * LEAST)


def test_attention_grows_as_in_the_paper_a_step_at_a_time() -> None:
    losses, network = setting(small("burgers", weighting="residual-attention", period=7))
    points = losses.draws.at_step(0)
    weighting = Weighting(losses)
    weighting.renew(network, points)
    for residual in residuals_of(losses, network):
        size = residual.value.detach().abs()
        attention = torch.ones_like(size)
        for _ in range(7):
            attention = DECAY * attention + GAIN * size / size.max()
        torch.testing.assert_close(weighting.state()[f"attention.{residual.term}"], attention[:, 0])
        squares = attention**2
        torch.testing.assert_close(weighting.weights(points).points[residual.term], squares / squares.mean())


def test_points_that_are_drawn_anew_start_anew_and_the_others_keep_their_attention() -> None:
    losses, network = setting(small("burgers", weighting="residual-attention"))
    before = losses.draws.at_step(0)
    weighting = Weighting(losses)
    weighting.renew(network, before)
    attention = dict(weighting.state())
    interior = torch.cat(list(before.interior.values()), dim=1).detach()
    fresh = interior[:5] / 3 + 0.01
    weighting.follow(before, losses.draws.moved(torch.cat([fresh, interior[[7, 3]]]), before))
    after = weighting.state()
    assert torch.equal(after["attention.0"], torch.cat([torch.ones(5, dtype=torch.float64), attention["attention.0"][[7, 3]]]))
    assert all(torch.equal(after[f"attention.{term}"], attention[f"attention.{term}"]) for term in (1, 2, 3))


def test_causal_weights_are_the_exponential_of_the_losses_before() -> None:
    losses, network = setting(small("burgers", causality=3.0, points=400, weights={"equation": 2}))
    points = losses.draws.at_step(0)
    weighting = Weighting(losses)
    weighting.renew(network, points)
    (residual,) = losses.residuals(network, points.interior)
    squares, t = residual.detach()[:, 0] ** 2, points.interior["t"].detach()[:, 0]
    means = [squares[(t * SLICES).floor() == number].mean().item() for number in range(SLICES)]
    found = weighting.weights(points)
    for number in range(SLICES):
        expected = math.exp(-3.0 * sum(means[:number]) / sum(means))
        inside = found.points[0][(t * SLICES).floor() == number]
        assert len(inside) and inside.flatten().tolist() == pytest.approx([expected] * len(inside), rel=1e-9)
    assert set(found.points) == {0} and torch.equal(found.terms, losses.weights)

    with torch.no_grad():  # the scale is that of the first network: at a tenth of the loss all count more
        for parameter in network.parameters():
            parameter *= 0.5
    (residual,) = losses.residuals(network, points.interior)
    squares = residual.detach()[:, 0] ** 2
    weighting.renew(network, points)
    last = [squares[(t * SLICES).floor() == number].mean().item() for number in range(SLICES)]
    expected = math.exp(-3.0 * sum(last[:-1]) / sum(means))
    assert weighting.state()["slices"][-1].item() == pytest.approx(expected, rel=1e-9)


def test_attention_and_causality_multiply() -> None:
    losses, network = setting(small("burgers", causality=5.0, weighting="residual-attention"))
    alone = [setting(small("burgers", **VARIANTS[variant])) for variant in ("causality", "residual-attention")]
    causal, attention = (Objective(there, of).weights.points for of, there in alone)
    found = Objective(network, losses).weights.points
    torch.testing.assert_close(found[0], causal[0] * attention[0])
    torch.testing.assert_close(found[1], attention[1])


def test_where_time_does_not_begin_at_0_its_slices_do() -> None:
    table = {"coordinates": {"t": [2, 6]}, "unknowns": ["u"], "equations": ["u_t + u = 0"], "conditions": ["u(2) = 1"]}
    settings = {"causality": 10.0, "constraints": "soft", "points": 320}
    losses, network = setting(experiment_of(problem_from_table(table), {}, settings))
    weights = Objective(network, losses).weights.points[0][:, 0]
    t = losses.draws.at_step(0).interior["t"].detach()[:, 0]
    order = t.argsort()
    assert (weights[order].diff() <= 0).all() and weights[order[0]] == 1 and weights[order[-1]] < 1e-3
    assert len(weights.unique()) == SLICES


@pytest.mark.parametrize("case", EXPERIMENTS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_squares_of_the_jacobian_add_up_to_the_loss_and_its_rows_to_the_gradient(variant: str, case: str) -> None:
    losses, network = setting(experiment_of(*again(EXPERIMENTS[case](), VARIANTS[variant])))
    objective = Objective(network, losses)
    residuals, rows, terms = objective.jacobian()
    total, terms_again = objective.descend()
    torch.testing.assert_close(residuals @ residuals, total)
    torch.testing.assert_close(terms, terms_again, rtol=1e-12, atol=1e-14)
    assert torch.equal(terms, losses.terms(network, losses.draws.at_step(0)))
    torch.testing.assert_close(2 * residuals @ rows, Vector.of(network).slopes)
    expected = torch.zeros(())
    for residual in residuals_of(losses, network):
        counts = objective.weights.points.get(residual.term, torch.ones_like(residual.value[:, :1]))
        expected = expected + objective.weights.terms[residual.term] * (counts * residual.value**2).mean()
    torch.testing.assert_close(total, expected)
    torch.testing.assert_close(Vector.of(network).slopes, gradient(expected, network))


def again(experiment: Experiment, changes: dict[str, Any]) -> tuple[Any, ...]:
    """What makes an experiment, with changes."""
    table = experiment.table()
    settings = {**table["network"], **table["training"], **changes}
    return experiment.problem, dict(experiment.values), settings, settings.pop("weights")


RESUMED = [
    *((variant, optimiser, "fixed") for variant in VARIANTS for optimiser in ("adam", "lbfgs", "levenberg-marquardt")),
    *((variant, optimiser, "retain") for variant in VARIANTS for optimiser in ("adam", "ssbroyden")),
    *(("residual-attention", "adam", resampling) for resampling in ("adapt", "add")),
    *((variant, "adam", "every-step") for variant in ("ntk", "causality")),
]


@pytest.mark.parametrize(("variant", "optimiser", "resampling"), RESUMED)
def test_resuming_gives_the_same_bits_as_not_stopping(variant: str, optimiser: str, resampling: str) -> None:
    settings = {"steps": 10, "period": 4, "resampling": resampling, "optimiser": optimiser, "precision": "float32"}
    experiment = small("burgers", points=20, width=6, **settings, **VARIANTS[variant])

    def last(start: Checkpoint | None = None) -> Snapshot:
        return deque(train(experiment, start), maxlen=1).pop()

    whole = last().checkpoint()
    checkpoint: Checkpoint | None = None
    for stop in (3, 4, 5):
        checkpoint = next(snapshot for snapshot in train(experiment, checkpoint) if snapshot.step == stop).checkpoint()
    assert last(checkpoint).checkpoint().data == whole.data


@pytest.mark.parametrize("variant", VARIANTS)
def test_weights_stay_for_a_period_and_a_new_version_has_others(variant: str) -> None:
    experiment = small("burgers", period=5, steps=11, learning_rate=1e-2, **VARIANTS[variant])
    seen = [(snapshot.objective.version, snapshot.objective.weights) for snapshot in train(experiment) if snapshot.step > 0]
    assert [version for version, _ in seen] == [0] * 5 + [5] * 5 + [10]
    assert seen[0][1] is seen[4][1] and seen[5][1] is seen[9][1]
    for one, two in ((seen[0][1], seen[5][1]), (seen[5][1], seen[10][1])):
        same = [torch.equal(one.points[term], two.points[term]) for term in one.points]
        assert not torch.equal(one.terms, two.terms) or not all(same)


def test_given_weights_stay_as_they_are() -> None:
    losses, network = setting(small("burgers", weights={"condition-2": 5}))
    objective = Objective(network, losses)
    objective.go_to(1000)
    assert objective.constant and objective.version == 0 and objective.state() == {}
    assert torch.equal(objective.weights.terms, losses.weights) and not objective.weights.points


@pytest.mark.parametrize("method", ["ssbroyden", "levenberg-marquardt"])
def test_a_method_that_is_at_a_loss_goes_on_with_other_weights(method: str) -> None:
    """A run without causality would stop as soon as no step lowers the loss any further."""
    table = {"coordinates": {"t": [0, 1]}, "unknowns": ["u"], "equations": ["u_t = 0"], "conditions": ["u(0) = 0"]}
    settings = {
        "optimiser": method,
        "constraints": "soft",
        "resampling": "fixed",
        "points": 10,
        "steps": 100,
        "width": 4,
        "depth": 1,
        "precision": "float64",
    }
    for causality, stops in ((0.0, True), (1.0, False)):
        experiment = experiment_of(problem_from_table(table), {}, {**settings, "causality": causality})
        assert (deque(train(experiment), maxlen=1).pop().step < 100) is stops


def test_a_problem_without_time_knows_no_causality() -> None:
    for problem, causality in (("poisson", 0.0), ("burgers", 1.0)):
        assert small(problem, causality=causality).causality == causality
    with pytest.raises(InputError) as refused:
        small("poisson", causality=1.0)
    assert refused.value.code == "causality-without-time" and refused.value.at.key == "training.causality" and "t;" in str(refused.value)


def test_attention_wants_points_that_stay() -> None:
    with pytest.raises(InputError) as refused:
        small("burgers", weighting="residual-attention", resampling="every-step")
    assert refused.value.code == "attention-to-passing-points" and refused.value.at.key == "training.weighting"
