"""What is surely missing is warned about, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from core.experiment.making import experiment_of
from core.problem.binding import bind
from core.problem.checks.completeness import given, order, warnings
from core.problem.problem import Problem
from core.problem.reading.reading import library, load, problem_from_table
from tests.experiments import small

LINE, ROD, BOX, PLANE = {"t": [0, 1]}, {"x": [0, 1], "t": [0, 1]}, {"x": [0, 1], "y": [0, 1], "t": [0, 1]}, {"x": [0, 1], "y": [0, 1]}


def problem(coordinates: dict[str, Any], equations: list[str], conditions: list[str], unknowns: str = "u") -> Problem:
    table = {"coordinates": coordinates, "unknowns": list(unknowns), "equations": equations, "conditions": conditions}
    return problem_from_table(table)


@pytest.mark.parametrize("name", library())
def test_no_problem_of_the_library_is_warned_about(name: str) -> None:
    data = load(name).data
    assert warnings(bind(load(name), {}), () if data is None else data.unknowns) == ()
    assert experiment_of(load(name)).warnings == ()


HEAT, WAVE, FLOW = "u_t = u_xx", "u_tt = u_xx", ["u*u_x + v*u_y + p_x = lap(u)", "u*v_x + v*v_y + p_y = lap(v)", "u_x + v_y = 0"]

COMPLETE: dict[str, Problem] = {
    "an ODE": problem(LINE, ["u_tt + u = 0"], ["u(0) = 1", "u_t(0) = 0"]),
    "an ODE between two ends": problem({"x": [0, 1]}, ["u_xxxx = 1"], ["u(boundary) = 0", "u_x(0) = 0", "u_x(1) = 0"]),
    "all conditions on one unknown": problem(LINE, ["u_t = v", "v_t = -u"], ["u(0) = 1", "u_t(0) = 0"], "uv"),
    "an algebraic unknown": problem(LINE, ["u_t = v", "v = -u^2"], ["u(0) = 1"], "uv"),
    "a constraint between two": problem(LINE, ["u_t + v_t = 0", "u - v = 1"], ["u(0) = 1"], "uv"),
    "a singular point": problem({"x": [0, 1]}, ["x*u_xx + u_x + x*u = 0"], ["u(1) = 1"]),
    "a singular point, divided": problem({"r": [0, 1]}, ["u_rr + u_r/r = -1"], ["u(1) = 0"]),
    "a singular point at the other end": problem({"x": [0, 1]}, ["u_xx + u/(1 - x)^2 = 1"], ["u(0) = 0"]),
    "heat in a disc": problem({"r": [0, 1], "t": [0, 1]}, ["u_t = u_rr + u_r/r"], ["u(r, 0) = 1", "u(1, t) = 0"]),
    "a periodic ODE": problem({"x": [0, 1]}, ["u_xx + u = 1"], ["u(0) = u(1)", "u_x(0) = u_x(1)"]),
    "heat": problem(ROD, [HEAT], ["u(x, 0) = 0", "u(boundary) = t"]),
    "heat, insulated": problem(ROD, [HEAT], ["u(x, 0) = x", "u_x(0, t) = 0", "u_x(1, t) + u(1, t) = 0"]),
    "heat backwards": problem(ROD, ["u_t = -u_xx"], ["u(x, 1) = 0", "u(boundary) = 0"]),
    "wave": problem(ROD, [WAVE], ["u(x, 0) = 0", "u_t(x, 0) = x*(1 - x)", "u(boundary) = 0"]),
    "wave as a system": problem(ROD, ["u_t = v_x", "v_t = u_x"], ["u(x, 0) = x", "v(x, 0) = 0", "u(0, t) = 0", "v(1, t) = 0"], "uv"),
    "a current, whichever way it flows": problem(ROD, ["u_t + u*u_x = 0"], ["u(x, 0) = x"]),
    "Goursat": problem(ROD, ["u_xt = u"], ["u(x, 0) = 1", "u(0, t) = 1"]),
    "Black and Scholes": problem(ROD, ["u_t + x^2*u_xx + x*u_x = u"], ["u(x, 1) = max(x - 0.5, 0)", "u(1, t) = 0.5"]),
    "a flow": problem(PLANE, FLOW, ["u(boundary) = 0", "v(boundary) = x*y", "p(0, 0) = 0"], "uvp"),
    "heat on a plate": problem(BOX, ["u_t = lap(u)"], ["u(x, y, 0) = 0", "u(boundary) = t"]),
}  # fmt: skip


@pytest.mark.parametrize("name", COMPLETE)
def test_what_is_complete_is_not_warned_about(name: str) -> None:
    assert warnings(bind(COMPLETE[name], {})) == ()


AT = "problem.conditions"
LACKING: list[tuple[Problem, str, str, dict[str, Any]]] = [
    (problem(LINE, ["u_t + v_t = 0"], ["u(0) = 1"], "uv"), "no-equation-of-its-own", "problem.unknowns[2]", {"name": "v"}),
    (problem(LINE, ["u_t = v + w", "u_tt = 1", "u_t = t"], [], "uvw"), "no-equation-of-its-own", "problem.unknowns[3]", {"name": "w"}),
    (problem(LINE, ["u_t = 1"], []), "no-conditions", AT, {}),
    (problem(PLANE, ["lap(u) = 1"], []), "no-conditions", AT, {}),
    (problem(LINE, ["u_tt = 1"], ["u(0) = 0"]), "few-conditions", AT, {"needed": 2, "found": 1}),
    (problem(LINE, ["u_t = v", "v_t = u"], ["u(0) = 0"], "uv"), "few-conditions", AT, {"needed": 2, "found": 1}),
    (problem(LINE, ["u_tt = 1"], ["u(0) = 0", "u_t(0) = 0", "u(1) = 3"]), "many-conditions", AT, {"needed": 2, "found": 3}),
    (problem({"r": [0, 1], "t": [0, 1]}, ["u_t = u_rr + u_r/r"], ["u(1, t) = 0"]), "few-conditions-in-time", AT, {"coordinate": "t"}),
    (problem({"x": [0, 1]}, ["u_xx + x*u_x = 1"], ["u(1) = 0"]), "few-conditions", AT, {"needed": 2, "found": 1}),
    (problem({"r": [1, 2]}, ["u_rr + u_r/r = -1"], ["u(1) = 0"]), "few-conditions", AT, {"needed": 2, "found": 1}),
    (problem(LINE, ["u_t = 1"], ["u(0) = 0", "u(1) = 3"]), "many-conditions", AT, {"needed": 1, "found": 2}),
    (problem(ROD, [HEAT], ["u(boundary) = 0"]), "few-conditions-in-time", AT, {"needed": 1, "found": 0}),
    (problem(ROD, [WAVE], ["u(x, 0) = 0", "u(boundary) = 0"]), "few-conditions-in-time", AT, {"needed": 2, "found": 1}),
    (problem(ROD, [HEAT], ["u(x, 0) = 0", "u(0, t) = 0"]), "few-conditions-in-space", AT, {"coordinate": "x"}),
    (problem(ROD, [HEAT], ["u(x, 0) = 1", "u(0, t) = u(1, t)"]), "few-conditions-in-space", AT, {"needed": 2, "found": 1}),
    (problem(PLANE, ["lap(u) = 1"], ["u(0, y) = 0", "u(1, y) = 0"]), "few-conditions-in-space", AT, {"coordinate": "y"}),
    (problem(BOX, ["u_t = lap(u)"], ["u(boundary) = 0"]), "few-conditions-in-time", AT, {"coordinate": "t"}),
    (problem(PLANE, ["lap(lap(u)) = 1"], ["u(boundary) = 0"]), "few-conditions-in-space", AT, {"needed": 4, "found": 2}),
    (problem(PLANE, FLOW, ["u(boundary) = 0", "v(0, y) = 0"], "uvp"), "few-conditions-in-space", AT, {"needed": 4, "found": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "code", "key", "values"), LACKING, ids=range(len(LACKING)))
def test_what_is_lacking_is_warned_about_at_its_key(stated: Problem, code: str, key: str, values: dict[str, Any]) -> None:
    warning = experiment_of(stated).warnings[0]
    assert (warning.code, warning.at.key) == (code, key)
    assert {name: warning.values[name] for name in values} == values
    assert warning.message


def test_the_order_of_a_system_is_jacobis() -> None:
    system = bind(problem(LINE, ["u_tt + v_ttt = 0", "u + v_t = w", "w_t = v"], [], "uvw"), {})
    assert order(system, "t") == 4
    assert order(bind(COMPLETE["a flow"], {}), "x") == 4


def test_conditions_are_counted_by_faces() -> None:
    flow = bind(COMPLETE["a flow"], {})
    assert (given(flow, "x"), given(flow, "y")) == (4, 4)  # the point of the pressure is no face


def test_measurements_may_stand_in_for_conditions() -> None:
    bound = bind(problem(LINE, ["u_tt = 1"], ["u(0) = 0"]), {})
    assert warnings(bound, ["u"]) == ()


def test_measurements_of_one_unknown_leave_its_equation_to_another() -> None:
    source = bind(problem({"x": [-1, 1]}, ["u_xx = q"], ["u(-1) = 0", "u(1) = 0"], "uq"), {})
    assert [item.code for item in warnings(source)] == ["no-equation-of-its-own"]
    assert warnings(source, ["u"]) == ()
    lonely = bind(problem(LINE, ["u_t + v_t + w = 0"], ["u(0) = 1"], "uvw"), {})
    assert [item.values["name"] for item in warnings(lonely, ["v"])] == ["w"]


def test_a_schedule_without_steps_is_warned_about() -> None:
    assert [item.code for item in small(steps=None, seconds=1, schedule="cosine").warnings] == ["schedule-without-steps"]
    assert small(schedule="cosine").warnings == ()


def test_ten_unknowns_take_no_time() -> None:
    unknowns = "abcdfghijk"
    equations = [f"{name}_t = {' + '.join(unknowns)}" for name in unknowns]
    bound = bind(problem(LINE, equations, [f"{name}(0) = 1" for name in unknowns], unknowns), {})
    assert warnings(bound) == ()
