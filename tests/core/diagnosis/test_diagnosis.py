"""Diagnosis: measured quantities against autograd and torch.func, and each fault in a real training that has it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.func import functional_call, jacrev

from core import references
from core.diagnosis.case import Case
from core.diagnosis.findings import FAULTS, findings, good
from core.diagnosis.history import held, history
from core.diagnosis.measuring import CPU, PARTS, Measurement, checked, cosines, spectrum
from core.diagnosis.quantities import Measures
from core.diagnosis.remedies import constrained, possible
from core.diagnosis.waves import crossings
from core.domain import grids
from core.errands.batch import Batch, Errand
from core.errors import RunError, TangenteError
from core.experiment.checkpoint import Checkpoint
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_from_json, experiment_of
from core.expressions import NUMPY, evaluate
from core.loss import sizes
from core.loss.jacobian import of_terms
from core.loss.losses import Losses
from core.network.building import DTYPES, build
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.store import RunStore
from core.training.training import Snapshot, train
from tests.experiments import small


def trained(experiment: Experiment, stop: int | None = None) -> tuple[Case, Snapshot]:
    """An experiment's case after its training, or after `stop` steps of it."""
    rows, told = [], {}
    losses = Losses(experiment, torch.device("cpu"))
    for snapshot in train(experiment):
        if snapshot.step % 50 == 0 and (loss := losses.of_held(snapshot.network)) is not None:
            told[snapshot.step] = loss
        if snapshot.before is None:
            continue
        if not snapshot.before.isfinite().all():
            break
        rows.append(snapshot.before.double().numpy())
        if snapshot.step == stop:
            break
    finite = snapshot.before is not None and snapshot.before.isfinite().all()
    totals = np.array(rows) @ np.array([weight for _, weight in experiment.weights])
    measures = Measures(history(totals), checked(experiment, snapshot.checkpoint()), held(totals, told) if told else None)
    status = "diverged" if not finite else "done" if stop is None else "stopped"
    return Case(experiment, status, snapshot.step, measures, errors(experiment, snapshot)), snapshot


def errors(experiment: Experiment, snapshot: Snapshot) -> dict[str, float | None]:
    """The relative L2 errors beside the exact solution; none without it."""
    bound = experiment.bound
    points = grids.points(grids.axes(bound.coordinates, grids.FULL))  # (n, d)
    axes = dict(zip([item.name for item in bound.coordinates], points.T, strict=True))
    with torch.no_grad():
        found = snapshot.network(torch.as_tensor(points, dtype=DTYPES[experiment.precision])).double().numpy()  # (n, unknowns)
    exact = {name: evaluate(tree, lambda leaf: axes[leaf.name], NUMPY) for name, tree in bound.exact.items()}
    pairs = [(name, found[:, bound.unknowns.index(name)], value) for name, value in exact.items()]
    return {name: float(np.linalg.norm(guess - value) / np.linalg.norm(value)) for name, guess, value in pairs}


def typed(coordinates: Mapping[str, Any], equation: str, conditions: list[str], exact: str = "") -> Problem:
    """A problem of one unknown."""
    known = {"exact": {"u": exact}} if exact else {}
    return problem_from_table({"coordinates": coordinates, "unknowns": ["u"], "equations": [equation], "conditions": conditions, **known})


PLAIN: Mapping[str, Any] = {
    **{"optimiser": "adam", "learning_rate": 0.01, "schedule": "cosine", "points": 100, "steps": 2000, "precision": "float32"},
    **{"resampling": "fixed", "patience": None, "depth": 3, "width": 32},
}
"""Plain training, as most would begin with it."""
SUITED: dict[str, Mapping[str, Any]] = {
    "damped-oscillator": {"learning_rate": 3e-3, "steps": 2500},
    "decay": {"depth": 2, "width": 16, "schedule": "constant"},
    "heat": {"width": 20, "points": 250, "steps": 1500},
    "poisson-1d": {"depth": 2, "width": 64, "learning_rate": 3e-3, "points": 400, "steps": 3000},
}


FRONT = typed(
    {"x": [0, 1], "t": [0, 0.4]},
    "u_t + u_x = 0",
    ["u(x, 0) = tanh(1e6*(x - 0.3))", "u(0, t) = tanh(-1e6*(t + 0.3))"],
    "tanh(1e6*(x - t - 0.3))",
)
"""A front so steep that no point sees it: as smooth as one likes, and frozen all the same where it is built in."""
TWO = typed({"x": [0, 1]}, "(u_x - 1)*(u_x - 3) = 0", ["u(0) = 1"], "1 + 3*x")
"""A problem with two solutions, of which a network finds the flatter one."""
TINY: Mapping[str, Any] = {
    **{"depth": 1, "width": 8, "points": 50, "steps": 30, "precision": "float64", "resampling": "fixed", "patience": None},
    **{"optimiser": "levenberg-marquardt", "constraints": "hard"},
}


def experiment(problem: str, weights: Mapping[str, float] | None = None, **settings: Any) -> Experiment:
    return experiment_of(load(problem), {}, {**PLAIN, **SUITED[problem], **settings}, weights or {})


NOISY = problem_from_table(
    {"coordinates": {"x": [0, 3]}, "unknowns": ["u"], "data": {"function": {"u": "sin(3*x)"}, "points": 20, "noise": 0.5}}
)
"""Few data and much noise, which a large network learns by heart."""


# Each fault in a training that has it.

WELL = typed({"x": [0, 1]}, "u_xx + pi^2*u = 0", ["u(0) = 0", "u(1) = 0"])
"""A problem that sin πx solves, whatever its factor: a network that finds zero meets every term."""


def refused(found: tuple[Case, Snapshot]) -> tuple[Case, Snapshot]:
    """A training with what the classical solver says of its problem."""
    with pytest.raises(TangenteError) as caught:
        references.solve(found[0].experiment.bound, "auto")
    return dataclasses.replace(found[0], refusal=caught.value), found[1]


FAULTY: dict[str, Callable[[], tuple[Case, Snapshot]]] = {
    "problem": lambda: refused(trained(experiment_of(WELL, {}, TINY))),
    "frozen": lambda: trained(experiment_of(FRONT, {}, {**TINY, "optimiser": "ssbroyden", "points": 200, "steps": 100})),
    "contradicted": lambda: trained(experiment_of(TWO, {}, TINY)),
    "diverged": lambda: trained(
        experiment("damped-oscillator", depth=4, width=64, learning_rate=0.1, schedule="constant", steps=200, points=50)
    ),
    "rough": lambda: trained(experiment("heat", constraints="soft", activation="relu", steps=20)),
    "trivial": lambda: trained(experiment("heat", {"condition": 1e-5}, constraints="soft", steps=600)),
    "unbalanced": lambda: trained(experiment("damped-oscillator", {"equation": 1, "condition": 1}, steps=500)),
    "conflicting": lambda: trained(experiment("heat", constraints="soft", steps=600)),
    "biased": lambda: trained(experiment("poisson-1d", frequency=1.0, activation="tanh", width=32, steps=500)),
    "unseen": lambda: trained(
        experiment("damped-oscillator", points=10, steps=100, optimiser="levenberg-marquardt", precision="float64", depth=2, width=20)
    ),
    "overfitted": lambda: trained(experiment_of(NOISY, {}, {**PLAIN, "width": 64, "steps": 3000, "schedule": "constant"})),
    "early": lambda: trained(experiment("decay", steps=100)),
    "interrupted": lambda: trained(experiment("decay", steps=2000), stop=100),
    "stalled": lambda: trained(experiment("poisson-1d", frequency=1.0, activation="tanh", width=32, steps=500)),
    "unmet": lambda: trained(experiment("decay", steps=10, learning_rate=1e-5)),
    "imprecise": lambda: off(trained(experiment("decay")), 0.03),
    "rounded": lambda: trained(experiment("heat", optimiser="levenberg-marquardt", points=200, steps=60)),
}


def off(found: tuple[Case, Snapshot], error: float | None) -> tuple[Case, Snapshot]:
    """A training as if its solution were so far from the reference."""
    return dataclasses.replace(found[0], errors={"u": error}), found[1]


@cache
def faulty(code: str) -> tuple[Case, Snapshot]:
    return FAULTY[code]()


@cache
def sound() -> Case:
    """A run in which nothing is wrong."""
    return trained(experiment("decay"))[0]


def test_every_fault_has_a_training_that_shows_it() -> None:
    assert set(FAULTY) == set(FAULTS)


def test_no_more_points_are_asked_for_where_no_equation_is() -> None:
    case, _ = faulty("unseen")
    checked = case.measures.checked
    assert checked is not None and FAULTS["unseen"].test(case) is not None
    none = dataclasses.replace(case.measures, checked=dataclasses.replace(checked, at_points=0.0, at_fresh=0.0))
    assert FAULTS["unseen"].test(dataclasses.replace(case, measures=none)) is None


@pytest.mark.parametrize("code", FAULTS)
def test_a_training_with_the_fault_shows_it_and_a_sound_one_does_not(code: str) -> None:
    case, _ = faulty(code)
    (found,) = [finding for finding in findings(case) if finding.code == code]
    text = FAULTS[code].sentence.format(**found.values)  # all values are there
    assert "{" not in text
    assert FAULTS[code].test(sound()) is None


def test_a_problem_with_a_family_of_solutions_is_told_first_in_the_words_of_the_classical_solver() -> None:
    case, _ = faulty("problem")
    first = findings(case)[0]
    assert first.code == "problem" and "There is no single solution but a family" in FAULTS["problem"].sentence.format(**first.values)
    assert not first.remedies
    slow = dataclasses.replace(case, refusal=RunError("reference-too-slow", limit="20"))
    assert "problem" not in {finding.code for finding in findings(slow)}, "a solver that gives up says nothing of the problem"


def test_a_sound_training_is_said_to_be_so_with_figures() -> None:
    assert findings(sound()) == ()
    figures = good(sound())
    assert figures is not None and figures["unmet"] < 0.01 and 0.3 < figures["ratio"] < 3 and figures["error"] < 0.01


def test_without_a_reference_a_sound_training_says_nothing_of_the_error() -> None:
    figures = good(dataclasses.replace(sound(), errors={"u": None}))
    assert figures is not None and "error" not in figures


# Residual and error, held against each other.


def judged(error: float | None, unmet: float, moved: float | None = None) -> list[str]:
    """The codes found in the sound training, had it this error, this much unmet of each term, and `moved` so far."""
    checked = sound().measures.checked
    assert checked is not None
    terms = tuple(dataclasses.replace(term, unmet=unmet) for term in checked.terms)
    measures = dataclasses.replace(sound().measures, checked=dataclasses.replace(checked, terms=terms, moved=moved))
    return [found.code for found in findings(dataclasses.replace(sound(), errors={"u": error}, measures=measures))]


AGREEMENT = [
    (0.64, 1e-4, 0.001, "frozen"),
    (0.64, 0.74, 0.001, "frozen"),
    (0.64, 1e-4, 0.9, "contradicted"),
    (0.64, 1e-4, None, "contradicted"),
    (float("inf"), 1e-4, None, "contradicted"),
    (0.05, 1e-4, None, "imprecise"),
    (0.05, 1e-4, 0.001, "imprecise"),
    (0.009, 1e-4, 0.001, None),
    (None, 1e-4, 0.001, None),
]


@pytest.mark.parametrize(("error", "unmet", "moved", "first"), AGREEMENT)
def test_two_numbers_that_disagree_are_told_first(error: float | None, unmet: float, moved: float | None, first: str | None) -> None:
    assert (judged(error, unmet, moved) or [None])[0] == first


@pytest.mark.parametrize("error", [None, 1e-4, 0.05, 0.64])
@pytest.mark.parametrize("unmet", [0.011, 0.1, 0.74])
def test_a_term_that_is_not_met_is_never_called_fine(error: float | None, unmet: float) -> None:
    found = judged(error, unmet)
    assert found and not {"contradicted", "imprecise"} & set(found)


def test_a_term_that_is_not_met_is_told_where_nothing_else_tells_why() -> None:
    case, _ = faulty("unmet")
    assert [finding.code for finding in findings(case)] == ["unmet"]
    for code in ("early", "stalled", "trivial"):
        assert "unmet" not in {finding.code for finding in findings(faulty(code)[0])}


def stored() -> Experiment:
    """Hard on a kink: it can be read and measured, though no such run can be begun any more."""
    hat = typed({"x": [0, 1], "t": [0, 0.1]}, "u_t = u_xx", ["u(x, 0) = min(x, 1 - x)", "u(0, t) = 0", "u(1, t) = 0"])
    table = json.loads(experiment_of(hat, {}, {**TINY, "optimiser": "ssbroyden", "steps": 60, "constraints": "soft"}).to_json())
    table["network"]["constraints"] = "hard"
    return experiment_from_json(json.dumps(table))


def test_a_stored_run_that_is_hard_on_a_kink_is_said_to_be_frozen() -> None:
    case, _ = trained(stored())
    assert case.measures.history is not None and case.measures.history.last < 1e-3
    (first, *_) = findings(dataclasses.replace(case, errors={"u": 0.64}))
    assert first.code == "frozen"
    assert [remedy["constraints"] for remedy in first.remedies] == ["soft"]


def test_an_equation_of_which_nothing_but_rounding_is_left_is_met() -> None:
    """u_t = u_xx beside a kink: both sides vanish, and what is left of them is no part of what they would be for another function."""
    made = stored()
    network = build(made, CPU)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1e-9)
    losses = Losses(made, CPU)
    assert max(sizes.unmet(losses, network, losses.draws.at_step(0))) < 1e-6


@pytest.mark.parametrize("code", [code for code in FAULTS if code not in ("interrupted", "problem")])
def test_every_remedy_changes_something_to_what_can_be_trained(code: str) -> None:
    case, _ = faulty(code)
    (found,) = [finding for finding in findings(case) if finding.code == code]
    assert found.remedies
    for remedy in found.remedies:
        changed = mended(case.experiment, remedy)
        assert changed.key != case.experiment.key
        assert all(value == value_of(changed, key) != value_of(case.experiment, key) for key, value in remedy.items())


def value_of(experiment: Experiment, key: str) -> Any:
    kind, _, name = key.rpartition(".")
    return dict(experiment.weights)[name] if kind else getattr(experiment, name)


def mended(experiment: Experiment, remedy: Mapping[str, Any]) -> Experiment:
    weights = {key.partition(".")[2]: value for key, value in remedy.items() if key.startswith("weights.")}
    settings = {key: value for key, value in remedy.items() if not key.startswith("weights.")}
    before = {name: getattr(experiment, name) for name in HYPERPARAMETERS}
    return experiment_of(experiment.problem, dict(experiment.values), {**before, **settings}, {**dict(experiment.weights), **weights})


@pytest.mark.parametrize("code", ["trivial", "biased", "early", "rounded"])
def test_the_first_remedy_mends(code: str) -> None:
    """The worst-met term is met several times better, where the fault is one of learning; rounding is gone, where it is one of that."""
    case, _ = faulty(code)
    remedy = next(finding for finding in findings(case) if finding.code == code).remedies[0]
    after, _ = trained(mended(case.experiment, remedy))
    assert after.measures.checked is not None and case.measures.checked is not None
    assert code not in {finding.code for finding in findings(after)} or code in ("biased", "early")
    if code != "rounded":
        assert after.measures.checked.unmet < case.measures.checked.unmet / 3


def test_remedies_that_change_nothing_or_cannot_be_are_not_offered() -> None:
    beam = small("beam", learning_rate=1e-3)
    offers = ({"learning_rate": 1e-3}, {"constraints": "hard"}, {"steps": 90, "learning_rate": 1e-3}, {"steps": 90})
    assert possible(beam, offers) == ({"steps": 90},)


def test_constraints_are_offered_as_far_as_the_conditions_allow() -> None:
    assert constrained(small("heat")) == {"constraints": "hard"}
    assert constrained(small("beam")) == constrained(small("schrodinger")) == {"constraints": "partial"}


# The quantities.


def setting(**settings: Any) -> tuple[Experiment, Snapshot]:
    made = small("burgers", weights={"equation": 2, "condition-1": 5}, **settings)
    return made, list(train(made))[-1]


def flat(gradients: tuple[Tensor, ...]) -> Tensor:
    return torch.cat([gradient.flatten() for gradient in gradients])


def test_gradients_and_cosines_are_those_of_autograd_by_hand() -> None:
    made, snapshot = setting()
    measured = checked(made, snapshot.checkpoint())
    assert measured is not None
    losses = Losses(made, CPU)
    terms = losses.terms(snapshot.network, losses.draws.at_step(made.steps - 1 if made.steps else 0))
    by_hand = []
    for term, (_, weight) in zip(terms, made.weights, strict=True):
        by_hand.append(weight * flat(torch.autograd.grad(term, list(snapshot.network.parameters()), retain_graph=True)))
    assert [term.name for term in measured.terms] == [name for name, _ in made.weights]
    for term, loss, gradient in zip(measured.terms, terms, by_hand, strict=True):
        assert term.loss == pytest.approx(loss.item(), rel=1e-9)
        assert term.gradient == pytest.approx(gradient.norm().item(), rel=1e-9)
    for row, one in zip(measured.cosines, by_hand, strict=True):
        assert row == pytest.approx([(one @ other / (one.norm() * other.norm())).item() for other in by_hand], abs=1e-9)


def test_a_gradient_that_vanishes_is_at_no_angle() -> None:
    assert cosines(torch.tensor([[3.0, 4.0], [0.0, 0.0], [-3.0, -4.0]])) == ((1, 0, -1), (0, 0, 0), (-1, 0, 1))


def test_a_term_without_parameters_has_no_gradient() -> None:
    made = small("decay", constraints="hard")
    network = build(made, CPU)
    losses = Losses(made, CPU)
    gradients = of_terms(losses, network, losses.draws.at_step(0))
    assert gradients[0].norm() > 0 and gradients[1].norm() == 0


def test_the_spectrum_is_that_of_the_kernel_that_torch_func_gives() -> None:
    """Eigenvalues and the slow share against a dense Jacobian of weighted residuals by `jacrev` through `functional_call`."""
    made, snapshot = setting()
    measurement = Measurement(made, snapshot.checkpoint())
    measured = checked(made, snapshot.checkpoint())
    assert measured is not None and measured.spectrum is not None
    losses = measurement.losses
    points = losses.draws.at_step(0)
    slots = {name: parameter.detach() for name, parameter in snapshot.network.named_parameters()}

    def residuals(parameters: dict[str, Tensor]) -> Tensor:
        """Burgers' equation and its conditions, written once more, (rows,)."""
        inside = torch.cat(list(points.interior.values()), dim=1).detach()
        nu = dict(made.values)["nu"]

        def u(point: Tensor) -> Tensor:
            return functional_call(snapshot.network, parameters, (point[None],))[0, 0]

        def equation(point: Tensor) -> Tensor:
            u_x, u_t = jacrev(u)(point)
            return u_t + u(point) * u_x - nu * jacrev(jacrev(u))(point)[0, 0]

        parts = [torch.stack([equation(point) for point in inside])]
        edge = torch.cat(list(points.edge.values()), dim=1)
        parts += [torch.stack([u(point) for point in edge[next(iter(rows.at.values()))]]) for rows in points.rows]
        weights = [weight for _, weight in made.weights]
        return torch.cat([(weight / len(part)) ** 0.5 * part for weight, part in zip(weights, parts, strict=True)])

    dense = torch.cat([part.flatten(1) for part in jacrev(residuals)(slots).values()], dim=1).detach()
    eigenvalues = torch.linalg.eigvalsh(dense @ dense.T).flip(0)
    found = torch.tensor(measured.spectrum.eigenvalues, dtype=torch.float64)
    assert found.shape == eigenvalues.shape
    assert (found - eigenvalues).abs().max() <= 1e-9 * eigenvalues[0]
    assert measured.spectrum.cut == pytest.approx(eigenvalues[0].item() / snapshot.step, rel=1e-9)
    pace = sum(term.weight * term.pace for term in measured.terms)
    assert pace == pytest.approx(eigenvalues.sum().item(), rel=1e-9)  # the trace


def test_the_slow_share_is_what_lies_in_small_eigenvalues() -> None:
    rows = torch.diag(torch.tensor([10.0, 1.0, 0.1], dtype=torch.float64))
    found = spectrum(torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64), rows, 50)
    assert found.eigenvalues == pytest.approx([100, 1, 0.01])
    assert found.slow == pytest.approx((4 + 16) / 21)


def test_rounding_is_nothing_in_float64_and_something_in_float32() -> None:
    coarse, fine = (small("burgers", precision=precision) for precision in ("float32", "float64"))
    found = [checked(made, list(train(made))[-1].checkpoint()) for made in (coarse, fine)]
    assert found[0] is not None and found[1] is not None
    assert 1e-9 < found[0].rounding < 1e-4 and found[1].rounding == 0


def test_the_training_points_are_those_of_the_run_where_they_followed_the_residual() -> None:
    made = small("burgers", resampling="retain", period=5)
    snapshot = list(train(made))[-1]
    found = Measurement(made, snapshot.checkpoint()).objective.points.interior
    assert all(torch.equal(found[name], column) for name, column in snapshot.objective.points.interior.items())


def test_weights_that_are_no_numbers_are_not_measured() -> None:
    made = small("decay")
    snapshot = next(train(made))
    with torch.no_grad():
        next(snapshot.network.parameters()).fill_(float("nan"))
    assert checked(made, snapshot.checkpoint()) is None


KINDS = [
    *((name, "soft") for name in ("decay", "harmonic-system", "beam", "convection", "kovasznay", "taylor-green", "schrodinger")),
    *((name, "partial") for name in ("beam", "schrodinger")),
    *((name, "hard") for name in ("decay", "harmonic-system", "convection")),
]


@pytest.mark.parametrize(("problem", "constraints"), KINDS)
def test_every_kind_of_problem_is_measured_and_travels_as_json(problem: str, constraints: str) -> None:
    made = small(problem, constraints=constraints, steps=3)
    told: list[tuple[int, int]] = []
    found = checked(made, list(train(made))[-1].checkpoint(), lambda done, parts: told.append((done, parts)))
    measures = Measures(history(np.ones(3)), found)
    text = json.dumps(measures.plain(), allow_nan=False)
    assert Measures.read(json.loads(text)) == measures
    assert told == [(done, PARTS) for done in range(1, PARTS + 1)] and len(dataclasses.fields(found)) == PARTS
    assert all(0 <= term.unmet <= 1 for term in found.terms)


def test_history_tells_how_much_a_loss_fell() -> None:
    steps = np.arange(1000)
    falling = history(10.0 ** (-steps / 500))  # two decades in all
    assert falling is not None
    assert falling.half == pytest.approx(10.0, rel=0.02) and falling.fifth == pytest.approx(10.0**0.4, rel=0.02)
    spiked = history(np.where(steps == 999, 1e9, 1.0))
    assert spiked is not None and spiked.last == 1 and spiked.lowest == 1
    assert history(np.empty(0)) is None


def test_crossings_are_counted_and_a_ripple_is_none() -> None:
    x = np.linspace(0, 1, 401)
    assert crossings(3 + np.cos(2 * np.pi * 4 * x)) == 8
    assert crossings(x + 0.01 * np.sin(200 * x)) == 1
    assert crossings(np.ones(5)) == 0


def test_a_run_that_diverged_without_a_checkpoint_is_told_of_by_its_losses_alone() -> None:
    case = Case(small("decay"), "diverged", 7, Measures(None, None))
    (found,) = findings(case)
    assert found.code == "diverged" and {"learning_rate": 1e-4} in found.remedies
    assert good(Case(small("decay"), "stopped", 0, Measures(None, None))) is None


# The errand.


def test_the_errand_measures_a_run_of_the_store(tmp_path: Path) -> None:
    store = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    made = small("decay")
    run = store.create(made)
    lease = store.lease(run.id, "test")
    assert lease is not None
    rows, last = [], None
    for snapshot in train(made):
        rows.append(snapshot.losses.numpy())
        last = snapshot.checkpoint()
    assert isinstance(last, Checkpoint)
    store.write_losses(lease, 1, np.array(rows))
    store.write_checkpoint(lease, last.step, last.seconds, last.data)
    batch = Batch([Errand("diagnosis", "core.diagnosis", (run.id,), environment={"TANGENTE_STORE": store.url})], timed=False)
    batch.wait(120)
    events = batch.events()
    assert [event["event"] for event in events] == ["started", *["progress"] * PARTS, "measured", "ended", "over"]
    (told,) = [event["measures"] for event in events if event["event"] == "measured"]
    found = Measures.read(told)
    assert found.checked == checked(made, last)
    assert found.history is not None and found.history.steps == made.steps
