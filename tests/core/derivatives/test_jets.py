"""Jets against nested `torch.autograd.grad`: values, gradients, and trainings."""

import itertools
import math
from collections import Counter
from copy import deepcopy
from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from core.derivatives.jets import engine as jet_engine
from core.derivatives.jets.activation_derivatives import DERIVATIVES, HIGHEST
from core.derivatives.jets.orders import partitions, parts, streams
from core.derivatives.table import DIFFERENTIATORS, Wanted
from core.engines import autograd_step, jets_step
from core.engines.objective import Objective
from core.experiment.choices import ACTIVATION_CHOICES
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.expressions import Combination, Derivative
from core.loss.losses import Losses
from core.loss.points import Rows
from core.network.activations import ACTIVATIONS as MODULES
from core.network.building import build
from core.network.columns import Columns
from core.network.parameters import Vector
from core.problem.problem import Problem
from core.problem.reading.reading import library
from core.training.training import train
from tests.equations import equations
from tests.examples import examples
from tests.experiments import small

CPU = torch.device("cpu")
EVERYTHING = {"architecture": "modified", "factorisation": "random", "slopes": "adaptive", "features": 3}
BLOCKS = {"autograd": autograd_step, "jets": jets_step}
LIMITS = {"float64": 1e-10, "float32": 1e-5}
ORDERS = [("", "x", "t"), ("xx", "xt", "tt"), ("xxx", "xtt"), ("xxxx", "xxtt", "tttt", "xt"), ("",), ("x",)]


def disturbed(network: nn.Module, size: float = 0.3) -> None:
    """Give the biases values as well, as after a few steps."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += size * torch.randn(parameter.shape, generator=generator, dtype=torch.float64).to(parameter.dtype)


def points(letters: str, n: int, dtype: torch.dtype) -> Columns:
    generator = torch.Generator().manual_seed(2)
    return Columns((letter, torch.rand(n, 1, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()) for letter in letters)


def largest(values: Tensor) -> float:
    return values.abs().max().item()


def gradient(values: dict[Wanted, Tensor], network: nn.Module) -> Tensor:
    """The gradient of a sum in which each value has a weight of its own."""
    generator = torch.Generator().manual_seed(3)
    total = torch.zeros((), dtype=torch.float64)
    for item in sorted(values, key=lambda item: (item.unknown, parts(item))):
        weights = torch.randn(values[item].shape, generator=generator, dtype=torch.float64)
        total = total + (weights * values[item]).sum()
    parameters = list(network.parameters())
    found = torch.autograd.grad(total, parameters, allow_unused=True, materialize_grads=True)
    return torch.cat([part.flatten() for part in found])


@pytest.mark.parametrize("wanted", ORDERS)
@pytest.mark.parametrize("choice", [{}, *({name: value} for name, value in EVERYTHING.items()), EVERYTHING])
@pytest.mark.parametrize("activation", ACTIVATION_CHOICES)
def test_derivatives_and_their_gradients_are_those_of_autograd(activation: str, choice: dict[str, object], wanted: tuple[str, ...]) -> None:
    experiment = small("burgers", activation=activation, **choice)
    network = build(experiment, CPU)
    disturbed(network)
    asked = frozenset(Derivative("u", by) for by in wanted)
    columns = points("xt", 7, torch.float64)
    jets, nested = (DIFFERENTIATORS[name].values(network, columns, ["u"], asked) for name in ("jets", "autograd"))
    for item in asked:
        assert largest(jets[item] - nested[item]) <= 1e-11 * max(1.0, largest(nested[item]))
    expected = gradient(nested, network)
    assert largest(gradient(jets, network) - expected) <= 1e-11 * largest(expected)


def test_a_periodic_network_has_jets_too() -> None:
    network = build(small("kdv-cosine", constraints="partial", features=2), CPU).within
    disturbed(network)
    asked = frozenset(Derivative("u", by) for by in ("x", "t", "xxx", "xt"))
    columns = points("xt", 7, torch.float64)
    jets, nested = (DIFFERENTIATORS[name].values(network, columns, ["u"], asked) for name in ("jets", "autograd"))
    for item in asked:
        torch.testing.assert_close(jets[item], nested[item], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("activation", MODULES)
def test_the_derivatives_of_the_activations(activation: str) -> None:
    function = MODULES[activation]()
    z = torch.linspace(-3, 3, 101, dtype=torch.float64).requires_grad_()
    expected = function(z)
    for order, found in enumerate(DERIVATIVES[type(function)](z.detach(), HIGHEST)):
        torch.testing.assert_close(found, expected.detach(), rtol=1e-11, atol=1e-11, msg=lambda text, k=order: f"order {k}: {text}")
        expected = torch.autograd.grad(expected.sum(), z, create_graph=True)[0] if expected.requires_grad else torch.zeros_like(z)


def test_the_formula_of_faa_di_bruno() -> None:
    assert partitions("") == {}
    assert partitions("xx") == {("xx",): 1, ("x", "x"): 1}
    assert partitions("xxt") == {("xxt",): 1, ("t", "xx"): 1, ("x", "xt"): 2, ("t", "x", "x"): 1}
    bell = {1: 1, 2: 2, 3: 5, 4: 15}
    for order, number in bell.items():  # there are so many partitions of a set
        assert sum(partitions("x" * order).values()) == number


@given(st.lists(st.text("xyz", max_size=4).map(lambda by: "".join(sorted(by))), min_size=1, max_size=4))
def test_a_jet_holds_what_everything_in_it_builds_on(wanted: list[str]) -> None:
    held = streams(frozenset(((by, 1.0),) for by in wanted))
    names = [by for ((by, _),) in held.held]
    assert names[0] == "" and len(set(names)) == len(names) and set(wanted) <= set(names)
    for stream, terms in enumerate(held.composed):
        for term in terms:
            assert all(0 < factor <= stream for factor in term.factors)
            assert Counter("".join(names[factor] for factor in term.factors)) == Counter(names[stream])


def test_a_sum_of_derivatives_takes_the_place_of_its_parts() -> None:
    heat = (("t", 1.0), ("xx", -0.5))
    held = streams(frozenset((heat, (("x", 1.0),))))
    assert held.held == ((("", 1.0),), (("x", 1.0),), heat)
    network = build(small("burgers"), CPU)
    columns = points("xt", 5, torch.float64)
    asked = frozenset((Combination("u", heat), Derivative("u", "x")))
    found = DIFFERENTIATORS["jets"].values(network, columns, ["u"], asked)
    expected = DIFFERENTIATORS["autograd"].values(network, columns, ["u"], frozenset((Derivative("u", "t"), Derivative("u", "xx"))))
    torch.testing.assert_close(found[Combination("u", heat)], expected[Derivative("u", "t")] - 0.5 * expected[Derivative("u", "xx")])


def made(experiment: Experiment) -> nn.Sequential:
    network = build(experiment, CPU)
    disturbed(network, 0.1)
    return network


def descended(experiment: Experiment) -> tuple[Tensor, Tensor, Tensor]:
    """The loss, its terms, and its gradient."""
    network = made(experiment)
    total, terms = Objective(network, Losses(experiment, CPU)).descend()
    return total, terms, Vector.of(network).slopes


def reference(experiment: Experiment) -> tuple[Tensor, Tensor, Tensor]:
    """The values by nested autograd in float64, with the weights and at the points that the experiment's precision gives."""
    drawn = Losses(experiment, CPU).draws.at_step(0)
    precise = replace(experiment, engine="autograd", precision="float64")
    losses, network = Losses(precise, CPU), build(precise, CPU)
    network.load_state_dict(made(experiment).state_dict())
    named = [rows.at for rows in losses.draws.at_step(0).rows]  # the sides of an interface lie closer together in this precision
    rows = [
        Rows(dict(zip(places, single.at.values(), strict=True)), doubled(single.base))
        for places, single in zip(named, drawn.rows, strict=True)
    ]
    points = replace(drawn, interior=doubled(drawn.interior), edge=doubled(drawn.edge), rows=tuple(rows))
    terms = losses.terms(network, points)
    total = losses.total(terms)
    parameters = list(network.parameters())
    slopes = torch.autograd.grad(total, parameters, allow_unused=True, materialize_grads=True)
    return total.detach(), terms.detach(), torch.cat([part.flatten() for part in slopes])


def doubled(columns: Columns) -> Columns:
    return Columns((name, column.detach().double().requires_grad_()) for name, column in columns.items())


def agree(experiment: Experiment, engine: str = "jets") -> None:
    """Losses and gradients of an engine, in the experiment's precision, are those of autograd in float64.

    Where large numbers cancel, so that autograd errs by more than the limit in that precision, the engine may err twice as much.
    """
    limit = LIMITS[experiment.precision]
    three = (descended(replace(experiment, engine=engine)), descended(replace(experiment, engine="autograd")), reference(experiment))
    for ours, theirs, expected in zip(*three, strict=True):
        if torch.isfinite(expected).all():
            assert largest(ours.double() - expected) <= max(limit * largest(expected), 2 * largest(theirs.double() - expected))
        else:
            assert not torch.isfinite(ours).all()


@pytest.mark.parametrize("constraints", ["soft", "auto"])
@pytest.mark.parametrize("precision", LIMITS)
@pytest.mark.parametrize("name", library())
def test_losses_and_gradients_of_the_library_are_those_of_autograd(name: str, precision: str, constraints: str) -> None:
    agree(small(name, precision=precision, constraints=constraints, points=30, condition_points=10))


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(equations())
def test_losses_and_gradients_of_typed_equations_are_those_of_autograd(problem: Problem) -> None:
    agree(experiment_of(problem, settings={"depth": 2, "width": 6, "points": 12, "optimiser": "adam", "precision": "float64"}))


@pytest.mark.parametrize("name", ["burgers", "damped-oscillator", "kovasznay", "beam"])
def test_trainings_agree_over_a_hundred_steps(name: str) -> None:
    curves = []
    for engine in DIFFERENTIATORS:
        losses = [snapshot.before.clone() for snapshot in train(small(name, steps=100, engine=engine)) if snapshot.before is not None]
        curves.append(torch.stack(losses))
    torch.testing.assert_close(curves[0], curves[1], rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("engine", DIFFERENTIATORS)
def test_blocks_of_points_give_what_all_give_at_once(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = small("burgers", points=100, condition_points=20, weights={"equation": 3}, engine=engine)
    expected = descended(experiment)
    for points in (1, 30, 80, 10_000):
        monkeypatch.setattr(BLOCKS[engine], "ENTRIES", points * experiment.width)
        for ours, theirs in zip(descended(experiment), expected, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)


def test_a_look_at_the_loss_records_nothing() -> None:
    experiment = small("burgers")
    network = build(experiment, CPU)
    objective = Objective(network, Losses(experiment, CPU))
    value = objective.value()
    assert not value.requires_grad and math.isclose(value.item(), objective.descend()[0].item(), rel_tol=1e-12)


def test_what_is_only_looked_at_takes_a_few_points_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = small("kovasznay", architecture="modified")
    network, losses = build(experiment, CPU), Losses(experiment, CPU)
    disturbed(network)
    columns = losses.draws.at_step(0).interior
    expected = losses.residuals(network, columns)
    monkeypatch.setattr(jet_engine, "ENTRIES", 11 * experiment.width)
    copied = deepcopy(network)  # of which no engine knows yet
    with losses.looking():
        found = losses.residuals(copied, columns)
    assert all(value.requires_grad for value in expected) and not any(value.requires_grad for value in found)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs.detach(), rtol=1e-12, atol=1e-14)


def test_every_layer_of_the_library_has_a_rule() -> None:
    for factorisation, slopes, architecture in itertools.product(("none", "random"), ("fixed", "adaptive"), ("perceptron", "modified")):
        experiment = small("burgers", factorisation=factorisation, slopes=slopes, architecture=architecture)
        total, _, slope = descended(experiment)
        assert math.isfinite(total.item()) and slope.abs().max() > 0
