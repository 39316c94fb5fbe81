"""The compiled kernel, as experiments use it, against nested `torch.autograd.grad`."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings

from core.engines import kernel
from core.engines.jets_step import Sweep
from core.engines.native_step import Compiled, suits
from core.engines.objective import Objective
from core.experiment.checkpoint import Checkpoint
from core.experiment.choices import ACTIVATION_CHOICES
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss.losses import Losses
from core.loss.weights import Weights
from core.network.building import build
from core.network.parameters import Vector
from core.problem.problem import Problem
from core.problem.reading.reading import library, load, problem_from_table
from core.training.training import Snapshot, train
from tests.core.derivatives.test_jets import CPU, LIMITS, agree, disturbed
from tests.equations import equations
from tests.examples import examples
from tests.experiments import small

OTHERS = [{"architecture": "modified"}, {"factorisation": "random"}, {"slopes": "adaptive"}]


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    for precision in LIMITS:
        kernel.prepare(precision)


def ran(experiment: Experiment, start: Checkpoint | None = None) -> list[Checkpoint]:
    return [snapshot.checkpoint() for snapshot in train(experiment, start) if snapshot.step > 0]


@pytest.mark.parametrize("constraints", ["soft", "auto"])
@pytest.mark.parametrize("precision", LIMITS)
@pytest.mark.parametrize("name", library())
def test_losses_and_gradients_of_the_library_are_those_of_autograd(name: str, precision: str, constraints: str) -> None:
    agree(small(name, precision=precision, constraints=constraints, points=70, condition_points=10), "native")


@pytest.mark.parametrize("precision", LIMITS)
@pytest.mark.parametrize("name", ["burgers", "beam"])
@pytest.mark.parametrize("activation", ACTIVATION_CHOICES)
def test_losses_and_gradients_of_all_activations_are_those_of_autograd(activation: str, name: str, precision: str) -> None:
    agree(small(name, activation=activation, precision=precision, features=3), "native")


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(equations())
def test_losses_and_gradients_of_typed_equations_are_those_of_autograd(problem: Problem) -> None:
    agree(experiment_of(problem, settings={"depth": 2, "width": 6, "points": 12, "optimiser": "adam", "precision": "float64"}), "native")


@pytest.mark.parametrize("name", ["burgers", "damped-oscillator", "kovasznay", "beam", "convection"])
def test_trainings_agree_over_a_hundred_steps(name: str) -> None:
    curves = []
    for engine in ("autograd", "native"):
        found = [(snapshot.engine, snapshot.before) for snapshot in train(small(name, steps=100, engine=engine))]
        assert {used for used, _ in found} == {engine}
        curves.append(torch.stack([terms for _, terms in found if terms is not None]))
    torch.testing.assert_close(curves[0], curves[1], rtol=1e-6, atol=1e-11)


def both(experiment: Experiment) -> tuple[Objective, Objective]:
    """An objective by jets and one by the kernel, of networks with equal weights."""
    found = []
    for engine in ("jets", "native"):
        network = build(experiment, CPU)
        disturbed(network, 0.1)
        found.append(Objective(network, Losses(experiment, CPU), engine=engine))
    return found[0], found[1]


@pytest.mark.parametrize("name", ["burgers", "convection", "kovasznay", "beam"])
@pytest.mark.parametrize("constraints", ["soft", "auto"])
def test_the_rows_of_the_jacobian_are_those_by_jets(name: str, constraints: str) -> None:
    jets, kernel = both(small(name, constraints=constraints))
    (residuals, rows, terms), (ours, our_rows, our_terms) = jets.jacobian(), kernel.jacobian()
    torch.testing.assert_close(our_terms, terms)
    torch.testing.assert_close(ours @ ours, residuals @ residuals)
    torch.testing.assert_close(our_rows.T @ our_rows, rows.T @ rows)
    torch.testing.assert_close(our_rows.T @ ours, rows.T @ residuals)


def measured() -> Problem:
    rows = [[0.1, 0.5, -0.2], [0.4, 1.5, 0.3], [0.7, -0.5, 0.9]]
    return problem_from_table({**load("harmonic-system").table(), "data": {"columns": ["t", "y1", "y2"], "rows": rows}})


@pytest.mark.parametrize("constraints", ["soft", "hard"])
def test_measurements_count(constraints: str) -> None:
    choices = {"width": 6, "depth": 2, "points": 20, "precision": "float64", "optimiser": "adam", "constraints": constraints}
    agree(experiment_of(measured(), {}, choices, {"data": 11}), "native")


def test_weights_of_points_count() -> None:
    jets, kernel = both(small("burgers", causality=1.0, weighting="residual-attention", period=1))
    for step in range(3):
        for objective in (jets, kernel):
            objective.go_to(step)
        assert kernel.weights.points
        for ours, theirs in zip(kernel.descend(), jets.descend(), strict=True):
            torch.testing.assert_close(ours, theirs)
        torch.testing.assert_close(kernel.value(), jets.value())


def test_new_weights_take_effect() -> None:
    experiment = small("burgers")
    network = build(experiment, CPU)
    losses = Losses(experiment, CPU)
    points = losses.draws.at_step(0)
    compiled = Compiled(losses, network, points, Weights(losses.weights))
    before, _ = compiled.descend()
    slopes = Vector.of(network).slopes.clone()
    compiled.weigh(Weights(3 * losses.weights))
    after, _ = compiled.descend()
    torch.testing.assert_close(after, 3 * before)
    torch.testing.assert_close(Vector.of(network).slopes, 3 * slopes)


@pytest.mark.parametrize("choice", OTHERS)
def test_other_networks_are_left_to_jets(choice: dict[str, str]) -> None:
    experiment = small("burgers", engine="native", steps=2, **choice)
    assert not suits(build(experiment, CPU))
    *_, last = train(experiment)
    assert last.engine == "jets"


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs", "ssbroyden", "levenberg-marquardt", "adam 4, ssbroyden"])
@pytest.mark.parametrize("resampling", ["fixed", "every-step", "adapt"])
def test_resuming_gives_the_same_bits_as_not_stopping(optimiser: str, resampling: str) -> None:
    experiment = small("burgers", engine="native", steps=9, period=3, optimiser=optimiser, resampling=resampling)
    whole = ran(experiment)
    rest = ran(experiment, whole[4])
    assert [item.data for item in whole[5:]] == [item.data for item in rest]


def uncompiled(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make this a machine on which nothing is compiled yet."""
    monkeypatch.setattr("core.engines.kernel.machine._loaded", {})
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: folder)


def test_the_engine_of_a_run_is_fixed_when_it_begins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    experiment = small("burgers", steps=6)
    assert experiment.engine == "auto"
    whole: list[Snapshot] = list(train(experiment))
    assert whole[-1].engine == "native"
    checkpoints = ran(experiment)
    uncompiled(monkeypatch, tmp_path)
    assert not kernel.ready("float64")
    first = list(train(experiment))
    assert first[-1].engine == "jets" and not kernel.compiled("float64")  # none waits for the compiler
    begun = first[3].checkpoint()
    kernel.prepare("float64")
    assert kernel.ready("float64")
    assert list(train(experiment))[-1].engine == "native"  # the next one has it
    assert list(train(experiment, begun))[-1].engine == "jets"
    assert list(train(experiment, checkpoints[2]))[-1].engine == "native"


@pytest.mark.parametrize("constraints", ["soft", "auto"])
@pytest.mark.parametrize("engine", ["jets", "native"])
@pytest.mark.parametrize("name", ["burgers", "damped-oscillator", "kovasznay", "helmholtz", "convection"])
def test_a_step_with_other_points_is_as_if_it_was_made_for_them(name: str, engine: str, constraints: str) -> None:
    experiment = small(name, engine=engine, constraints=constraints, resampling="every-step", points=70, condition_points=10)
    network = build(experiment, CPU)
    disturbed(network)
    moved, step = Objective(network, Losses(experiment, CPU), 0, engine), None
    for number in range(3):
        moved.go_to(number)
        ours = [*moved.descend(), Vector.of(network).slopes.clone(), moved.value()]
        assert step is None or moved._step is step
        step = moved._step
        anew = Objective(network, Losses(experiment, CPU), number, engine)
        theirs = [*anew.descend(), Vector.of(network).slopes.clone(), anew.value()]
        assert all(map(torch.equal, ours, theirs))
        assert all(map(torch.equal, moved.jacobian(), anew.jacobian()))


def test_points_that_are_more_or_fewer_are_not_moved() -> None:
    experiment = small("burgers", engine="native")
    network, losses = build(experiment, CPU), Losses(experiment, CPU)
    few, many = (Losses(replace(experiment, points=points), CPU).draws.at_step(0) for points in (40, 41))
    for made in (Compiled, Sweep):
        step = made(losses, network, few, Weights(losses.weights))
        before = [part.clone() for part in step.descend()]
        assert not step.move(losses, many) and all(map(torch.equal, before, step.descend()))
        assert not step.move(Losses(experiment, CPU), few)
