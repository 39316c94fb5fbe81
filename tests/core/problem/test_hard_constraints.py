"""Trial functions meet every condition, are refused where they cannot, and know nothing of the solution."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from core import references
from core.domain import grids
from core.errors import InputError
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_from_json, experiment_of
from core.expressions import NUMPY, Expression, evaluate
from core.loss.losses import Losses
from core.network.building import build
from core.problem.binding import asked, bind
from core.problem.bound import BoundProblem
from core.problem.hard_constraints import Trial, partial, trial
from core.problem.problem import Problem
from core.problem.reading.reading import library, load, problem_from_table
from tests.experiments import small

CPU = torch.device("cpu")


def problem(coordinates: dict[str, list[float]], conditions: list[str], unknowns: tuple[str, ...] = ("u",)) -> Problem:
    """A problem whose equations do not matter here."""
    first = next(iter(coordinates))
    equations = [f"{unknown}_{first * 2} = 1" for unknown in unknowns]
    return problem_from_table({"coordinates": coordinates, "unknowns": list(unknowns), "equations": equations, "conditions": conditions})


def feasible(name: str) -> bool:
    try:
        trial(asked(load(name), {}))
    except InputError:
        return False
    return bool(load(name).conditions)


HARD = tuple(name for name in library() if feasible(name))


def values(tree: Expression, **place: Any) -> Any:
    return evaluate(tree, lambda leaf: place[leaf.name], NUMPY)  # type: ignore[union-attr]


def violations(experiment: Experiment, network: torch.nn.Module) -> torch.Tensor:
    """The root mean square residual of each condition, computed as for soft constraints."""
    soft = experiment_of(experiment.problem, dict(experiment.values), {"precision": "float64", "condition_points": 200, "steps": 1})
    losses = Losses(soft, CPU)
    equations, conditions = len(experiment.problem.equations), len(experiment.problem.conditions)
    return losses.terms(network, losses.draws.at_step(0))[equations : equations + conditions].sqrt()


def hard(stated: Problem, **settings: Any) -> Experiment:
    return experiment_of(
        stated, settings={"constraints": "hard", "precision": "float64", "width": 8, "steps": 30, "points": 40, **settings}
    )


def test_most_of_the_library_can_be_hard() -> None:
    assert len(HARD) > len(library()) / 2
    assert {"decay", "damped-oscillator", "heat", "burgers", "poisson", "lagaris-4", "lagaris-5", "wave", "convection"} <= set(HARD)


@pytest.mark.parametrize("name", HARD)
def test_every_condition_of_the_library_holds_whatever_the_weights(name: str) -> None:
    for seed in range(3):
        experiment = small(name, constraints="hard", seed=seed)
        assert violations(experiment, build(experiment, CPU)).max().item() < 1e-10


@pytest.mark.timed
@pytest.mark.parametrize("name", HARD)
def test_an_untrained_network_is_not_the_solution(name: str) -> None:
    stated = load(name)
    bound = bind(stated, {})
    network = build(small(name, constraints="hard"), CPU)
    points = grids.points(grids.axes(bound.coordinates, grids.FULL))
    reference = references.solve(bound, stated.reference).values.reshape(len(points), -1)
    with torch.no_grad():
        guess = network(torch.as_tensor(points)).numpy()[:, : len(bound.unknowns)]
    distance = np.linalg.norm(guess - reference, axis=0) / np.linalg.norm(reference, axis=0)
    assert distance.min() > 0.01


BOX = {"x": [0, 1], "y": [0, 1]}
ROD = {"x": [0, 1], "t": [0, 2]}
ROOM = {"x": [0, 1], "y": [-1, 2], "t": [0, 1]}
BUILT: dict[str, tuple[dict[str, list[float]], list[str]]] = {
    "taylor at one end": ({"t": [1, 3]}, ["u(1) = 2", "u_t(1) = -1", "u_tt(1) = 0.5"]),
    "at the upper end": ({"t": [1, 3]}, ["u(3) = 2", "u_t(3) = -1"]),
    "two ends": ({"x": [-1, 2]}, ["u(-1) = 3", "u(2) = -4"]),
    "hermite": ({"x": [-1, 2]}, ["u(-1) = 3", "u_x(-1) = 1", "u(2) = -4", "u_x(2) = 0.3", "u_xx(2) = 7"]),
    "inside an interval": ({"x": [-1, 2]}, ["u(0.5) = 3", "u_x(0.5) = 1", "u(2) = 5"]),
    "solved for the unknown": ({"x": [0, 1]}, ["2*u(0) - 3 = 5 - u(0)", "(u_x(0) + 1)/2 = 4"]),
    "a factor that depends on place": (ROD, ["(1 + x)*u(x, 0) = x", "u(boundary)*exp(t) = x/2*exp(t)"]),
    "start, velocity and sides": (ROD, ["u(x, 0) = x^2", "u_t(x, 0) = sin(x)", "u(0, t) = t^2", "u(1, t) = 1 + t*sin(1)"]),
    "clamped at one side": (ROD, ["u(x, 0) = x^2*(1 - x)", "u(0, t) = 0", "u_x(0, t) = 0", "u(1, t) = t"]),
    "start and end": (ROD, ["u(x, 0) = x", "u(x, 2) = x^2"]),
    "a box": (BOX, ["u(boundary) = exp(x)*sin(3*y)"]),
    "a box, side by side": (BOX, ["u(0, y) = 0", "u(1, y) = sin(y)", "u(x, 0) = 0", "u(x, 1) = x*sin(1)"]),
    "a box without a side": (BOX, ["u(0, y) = cos(y)", "u(1, y) = 1", "u(x, 0) = 1"]),
    "a box over time": (ROOM, ["u(x, y, 0) = x*exp(y)", "u(boundary) = x*exp(y)*cos(t)"]),
    "a box over time with a velocity": (ROOM, ["u(x, y, 0) = x*y^2", "u_t(x, y, 0) = x", "u(boundary) = x*y^2*cosh(t) + x*sinh(t)"]),
    "periodic": (ROD, ["u(0, t) = u(1, t)", "u_x(0, t) = u_x(1, t)", "u(x, 0) = sin(2*pi*x)"]),
    "periodic, two orders in one condition": (ROD, ["u(x, 0) = 1", "3*(u(1, t) - u(0, t)) = 0", "u_xx(0, t) = u_xx(1, t)"]),
    "periodic in both": (BOX, ["u(0, y) = u(1, y)", "u(x, 1) = u(x, 0)"]),
    "periodic on one, given on the other": (BOX, ["u(0, y) = u(1, y)", "u(x, 0) = cos(2*pi*x)", "u(x, 1) = 2"]),
    "said twice": (BOX, ["u(boundary) = x*y", "u(0, y) = 0"]),
    "nothing": (BOX, []),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_conditions_hold_whatever_the_weights(name: str) -> None:
    experiment = hard(problem(*BUILT[name]), seed=3)
    found = violations(experiment, build(experiment, CPU))
    assert found.numel() == len(BUILT[name][1])
    assert not found.numel() or found.max().item() < 1e-10


def test_each_unknown_has_its_own_conditions() -> None:
    system = problem({"x": [0, 2]}, ["u(0) = 1", "w(2) = 3", "w_x(2) = 1"], ("u", "v", "w"))
    found = trial(bind(system, {}))
    assert [values(tree, x=0.5) for tree in found.shifts] == pytest.approx([1, 0, 1.5])
    assert [values(tree, x=0.5) for tree in found.factors] == pytest.approx([0.25, 1, (1.5 / 2) ** 2])
    experiment = hard(system)
    assert violations(experiment, build(experiment, CPU)).max().item() < 1e-10


@pytest.mark.parametrize("name", BUILT)
def test_factors_are_of_size_one(name: str) -> None:
    bound = bind(problem(*BUILT[name]), {})
    axes = dict(zip([item.name for item in bound.coordinates], grids.points(grids.axes(bound.coordinates, grids.FULL)).T, strict=True))
    (factor,) = trial(bound).factors
    assert np.abs(values(factor, **axes)).max() == pytest.approx(1, rel=1e-3)


# Where the conditions' text is the solution, the trial function is none the less made of the sides alone.


def coons(bound: BoundProblem, value: Any, x: Any, y: Any) -> Any:
    """Coons' patch over the unit square, written out."""
    sides = (1 - x) * value(0, y) + x * value(1, y) + (1 - y) * value(x, 0) + y * value(x, 1)
    corners = (1 - x) * (1 - y) * value(0, 0) + x * (1 - y) * value(1, 0) + (1 - x) * y * value(0, 1) + x * y * value(1, 1)
    return sides - corners


@pytest.mark.parametrize(
    ("stated", "solution"),
    [
        (load("lagaris-5"), lambda x, y: np.exp(-x) * (x + y**3)),
        (problem(BOX, ["u(boundary) = exp(x)*sin(3*y)"]), lambda x, y: np.exp(x) * np.sin(3 * y)),
        (problem(BOX, ["u(boundary) = x^4 - 6*x^2*y^2 + y^4"]), lambda x, y: x**4 - 6 * x**2 * y**2 + y**4),
    ],
    ids=["Lagaris 5", "harmonic, on the whole boundary", "a harmonic polynomial"],
)
def test_the_boundarys_expression_is_not_extended_inside(stated: Problem, solution: Any) -> None:
    bound = bind(stated, {})
    (shift,) = trial(bound).shifts
    x, y = np.meshgrid(*[np.linspace(0, 1, 21)] * 2, indexing="ij")
    found = values(shift, x=x, y=y)
    np.testing.assert_allclose(found, coons(bound, solution, x, y), atol=1e-12)
    assert np.linalg.norm(found - solution(x, y)) > 0.01 * np.linalg.norm(solution(x, y))


def test_the_exact_solution_is_never_looked_at() -> None:
    for name in HARD:
        stated = load(name)
        without = problem_from_table({key: value for key, value in stated.table().items() if key not in ("exact", "reference")})
        assert trial(bind(without, {})) == trial(bind(stated, {}))


REFUSED: list[tuple[str, dict[str, list[float]], list[str], tuple[str, ...], int]] = [
    ("hard-nonlinear", {"x": [0, 1]}, ["u(0) = 1", "u_x(0)^2 = 1"], ("u",), 2),
    ("hard-nonlinear", {"x": [0, 1]}, ["sin(u(0)) = 0.5"], ("u",), 1),
    ("hard-nonlinear", {"x": [0, 1]}, ["u(0)*u_x(0) = 1"], ("u",), 1),
    ("hard-nonlinear", {"x": [0, 1]}, ["1/u(0) = 1"], ("u",), 1),
    ("hard-mixed", {"x": [0, 1]}, ["u(0) + u_x(0) = 1"], ("u",), 1),
    ("hard-mixed", {"x": [0, 1]}, ["u(0) + u(1) = 0"], ("u",), 1),
    ("hard-mixed", {"x": [0, 1]}, ["u(0) = u(1) + 1"], ("u",), 1),
    ("hard-mixed", {"x": [0, 1]}, ["u(0) = u(0.5)"], ("u",), 1),
    ("hard-mixed", {"x": [0, 1]}, ["u(0) = v(0)", "v(0) = 1"], ("u", "v"), 1),
    ("hard-mixed", {"x": [0, 1]}, ["u(0) = v(1)", "v(0) = 1"], ("u", "v"), 1),
    ("hard-mixed", {"x": [0, 1]}, ["u(0) + u(1) + u_x(0) = 1"], ("u",), 1),
    ("hard-point", BOX, ["u(0, 0) = 1"], ("u",), 1),
    ("hard-point", BOX, ["u(0, y) = 0", "u(0.5, 0.5) = 1"], ("u",), 2),
    ("hard-along", ROD, ["u(x, 0) = x", "u_t(0, t) = 1"], ("u",), 2),
    ("hard-along", ROD, ["u_xt(x, 0) = x"], ("u",), 1),
    ("hard-vanishing", ROD, ["(x - 0.5)*u(x, 0) = 0"], ("u",), 1),
    ("hard-gap", {"x": [0, 1]}, ["u(0) = 0", "u_x(1) = 1"], ("u",), 2),
    ("hard-gap", {"x": [0, 1]}, ["u(0) = 0", "u_xx(0) = 1"], ("u",), 2),
    ("hard-gap", ROD, ["u(x, 0) = x", "u_x(0, t) = u_x(1, t)"], ("u",), 2),
    ("hard-corner", ROD, ["u(x, 0) = 1", "u(0, t) = 0"], ("u",), 2),
    ("hard-corner", ROD, ["u(x, 0) = x^2", "u_t(x, 0) = 0", "u(0, t) = t"], ("u",), 3),
    ("hard-no-value", ROD, ["u(x, 0) = 0", "u(0, t) = 0", "u(1, t) = log(t)"], ("u",), 3),
    ("hard-no-value", ROD, ["u(x, 0) = 0", "u_t(x, 0) = 0", "u(0, t) = sqrt(t)"], ("u",), 3),
    ("hard-jump", ROD, ["u(x, 0) = heaviside(x - 0.5)"], ("u",), 1),
    ("hard-jump", ROD, ["u(x, 0) = x", "u(1, t) = 1 - heaviside(t - 0.5)"], ("u",), 2),
    ("hard-kink", ROD, ["u(0, t) = 0", "u(x, 0) = min(x, 1 - x)", "u(1, t) = 0"], ("u",), 2),
    ("hard-kink", ROD, ["u(x, 0) = x", "u_t(x, 0) = abs(x - 0.5)"], ("u",), 2),
    ("hard-kink", BOX, ["u(x, 1) = abs(x - 0.5)"], ("u",), 1),
    ("hard-bend", ROD, ["u(x, 0) = (x - 0.5)*abs(x - 0.5)"], ("u",), 1),
    ("hard-infinite", ROD, ["u(x, 0) = sqrt(x)"], ("u",), 1),
    ("hard-not-periodic", ROD, ["u(0, t) = u(1, t)", "u(x, 0) = x*(1 - x)"], ("u",), 2),
    ("hard-periodic-partly", ROD, ["u(0, t) = u(1, t)", "v(0, t) = 0"], ("u", "v"), 1),
    ("hard-periodic-and-given", ROD, ["u(0, t) = u(1, t)", "u(0, t) = 0"], ("u",), 2),
    ("hard-not-periodic", ROD, ["u(0, t) = u(1, t)", "u(x, 0) = x"], ("u",), 2),
    ("hard-not-periodic", ROD, ["u(0, t) = u(1, t)", "u_x(0, t) = u_x(1, t)", "u(x, 0) = x*(1 - x)"], ("u",), 3),
]  # fmt: skip


@pytest.mark.parametrize(("code", "coordinates", "conditions", "unknowns", "number"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_hard_is_refused_with_its_condition(
    code: str, coordinates: dict[str, list[float]], conditions: list[str], unknowns: tuple[str, ...], number: int
) -> None:
    with pytest.raises(InputError) as caught:
        hard(problem(coordinates, conditions, unknowns))
    assert (caught.value.code, caught.value.values["number"]) == (code, number)
    assert caught.value.at.key == "network.constraints"
    assert f"Condition {number}, `" in str(caught.value)


def test_the_refusal_of_rough_data_says_where() -> None:
    words = "`u(x, 0) = min(x, 1 - x)`, cannot be hard: it has a kink at x = 0.5, and the network would inherit it at every t."
    with pytest.raises(InputError, match=re.escape(words)):
        hard(problem(ROD, ["u(x, 0) = min(x, 1 - x)"]))


ROUGH: list[tuple[list[str], str, tuple[int, ...]]] = [
    (["u(x, 0) = min(x, 1 - x)", "u(0, t) = 0", "u(1, t) = 0"], "partial", (1, 2)),
    (["u(x, 0) = heaviside(x - 0.2) - heaviside(x - 0.4)", "u(0, t) = u(1, t)"], "partial", (1,)),
    (["u(x, 0) = x*(1 - x)", "u(0, t) = u(1, t)"], "partial", (1,)),
    (["u(x, 0) = abs(x - 0.5)"], "soft", ()),
    (["u(x, 0) = 1", "u(0, t) = 0", "u(1, t) = 0"], "soft", ()),
    (["u(x, 0) = 1", "u(0, t) = 0", "u(1, t) = 1"], "partial", (2,)),
    (["u(x, 0) = sin(pi*x)", "u(0, t) = 0", "u(1, t) = 0"], "hard", (0, 1, 2)),
]


@pytest.mark.parametrize(("conditions", "kind", "met"), ROUGH, ids=range(len(ROUGH)))
def test_what_is_rough_is_left_to_the_loss_unless_asked_otherwise(conditions: list[str], kind: str, met: tuple[int, ...]) -> None:
    chosen = experiment_of(problem(ROD, conditions))
    assert (chosen.constraints, chosen.trial.met if chosen.trial else ()) == (kind, met)
    assert (chosen.hindrance is None) == (kind == "hard")


def test_a_stored_run_that_is_hard_on_rough_data_can_still_be_read() -> None:
    table = json.loads(experiment_of(problem(ROD, ["u(x, 0) = abs(x - 0.5)"])).to_json())
    table["network"]["constraints"] = "hard"
    stored = experiment_from_json(json.dumps(table))
    assert stored.trial is not None and stored.hindrance is not None


def test_two_values_on_one_side_are_refused() -> None:
    """Contradictions are found earlier; a trial function does not rely on that."""
    one, other = (bind(problem(BOX, [condition]), {}) for condition in ("u(boundary) = x", "u(0, y) = 0.1"))
    with pytest.raises(InputError, match=r"Condition 2, `u\(0, y\) = 0\.1`, cannot be hard: at x = 0 it differs by 0\.1 from condition 1"):
        trial(replace(one, conditions=(*one.conditions, *other.conditions)))


def test_the_refusal_writes_the_condition_as_it_was_given() -> None:
    with pytest.raises(
        InputError,
        match=r"Condition 2, `u_x\(1\) = 0\.5`, cannot be hard: it says something about u_x, and no condition says the same about u there",
    ):
        hard(problem({"x": [0, 1]}, ["u(0) = 0", "u_x(1) = 0.5"]))


def test_a_parameter_decides_whether_conditions_meet() -> None:
    table = problem(ROD, ["u(x, 0) = x"]).table()
    parameters = {"a": {"value": 1, "low": 0, "high": 2}}
    stated = problem_from_table({**table, "parameters": parameters, "conditions": ["u(x, 0) = x", "u(1, t) = a"]})
    assert isinstance(experiment_of(stated, {}, {"constraints": "hard"}).trial, Trial)
    with pytest.raises(InputError, match=r"differs by 0\.5"):
        experiment_of(stated, {"a": 1.5}, {"constraints": "hard"})


def test_a_trial_function_is_made_once_for_each_problem() -> None:
    assert small("heat", constraints="hard").trial is small("heat", constraints="hard", depth=4).trial
    assert small("heat").trial is None


PARTLY = {
    "allen-cahn": (1, 2),  # the start has a kink across the period
    "beam": (0, 1),  # nothing is said of the slope at the free end, whose curvature and shear are given
    "schrodinger": (1, 2, 3, 4, 5),  # 2 sech x is not quite periodic
}


@pytest.mark.parametrize(("name", "met"), PARTLY.items())
def test_partial_constraints_hold_exactly_and_the_others_are_asked_for(name: str, met: tuple[int, ...]) -> None:
    assert partial(bind(load(name), {})).met == met
    experiment = small(name, constraints="partial")
    network = build(experiment, CPU)
    found = violations(experiment, network)
    losses = Losses(experiment, CPU)
    left = losses.terms(network, losses.draws.at_step(0))[len(experiment.problem.equations) :].sqrt()
    for number, (violation, term) in enumerate(zip(found, left, strict=True)):
        if number in met:
            assert violation.item() < 1e-10 and term.item() == 0
        else:
            assert violation.item() > 1e-3 and term.item() == pytest.approx(violation.item(), rel=0.5)  # other points, the same condition


def test_conditions_that_disagree_at_a_corner_are_both_left_soft() -> None:
    stated = problem(ROD, ["u(x, 0) = cos(pi*x)", "u(0, t) = 0", "u(1, t) = -1"])
    assert partial(bind(stated, {})).met == (2,)


def test_a_constant_to_be_found_is_named() -> None:
    table = {"coordinates": {"t": [0, 1]}, "unknowns": ["u"], "equations": ["u_t = -u"], "conditions": ["u(0) = k/2"]}
    stated = problem_from_table({**table, "estimate": {"k": 3.0}, "data": {"columns": ["t", "u"], "rows": [[0.5, 1.0], [1.0, 0.6]]}})
    with pytest.raises(InputError, match=re.escape("Condition 1 cannot be hard: it holds what is still to be found, k.")):
        partial(asked(stated, {}))


def test_partial_constraints_need_one_that_can_be_met() -> None:
    with pytest.raises(InputError, match="ties several values together"):
        partial(bind(problem({"x": [0, 1]}, ["u_x(0) = 2*u(0)"]), {}))
    with pytest.raises(InputError, match="no condition"):
        partial(bind(problem({"x": [0, 1]}, []), {}))
