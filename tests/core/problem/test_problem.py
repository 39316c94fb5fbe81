"""Problems read from tables: what is right is understood, what is wrong is refused at its place."""

from __future__ import annotations

import pickle
import time
from typing import Any

import pytest

from core.domain.domain import Interval
from core.errors import MESSAGES, InputError
from core.expressions import Names, parse, to_text
from core.problem.binding import bind, content
from core.problem.formulas import formulas
from core.problem.reading.reading import load, problem_from_table, problem_from_toml
from core.problem.statement import ParameterRange

GOOD: dict[str, Any] = {
    "coordinates": {"x": [0, 1], "t": [0, 2]},
    "unknowns": ["u"],
    "parameters": {"k": 0.5},
    "definitions": {"w": "2*k*pi"},
    "equations": ["u_t = k*u_xx"],
    "conditions": ["u(x, 0) = sin(w*x)", "u(boundary) = 0"],
    "exact": {"u": "sin(w*x)*exp(-k*w^2*t)"},
}


def good(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**GOOD, **changes}.items() if value is not None}


def refusal(table: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        problem_from_table(table, file="my.toml")
    return caught.value


# (what is changed, the code, the key, the character in the text or None)
BAD: list[tuple[dict[str, Any], str, str, int | None]] = [
    # keys
    ({"equation": ["u_t = 0"]}, "unknown-key-near", "problem.equation", None),
    ({"zzz": 1}, "unknown-key", "problem.zzz", None),
    ({"equations": None}, "missing-key", "problem", None),
    ({"conditions": None}, "missing-key", "problem", None),
    ({"coordinates": None}, "missing-key", "problem", None),
    ({"domain": "disk(0, 0, 1)"}, "unsupported-domain", "problem.domain", None),
    ({"estimate": {"z": 1}}, "estimate-unused", "problem.estimate.z", None),
    ({"estimate": {"k": 1}}, "estimate-without-data", "problem.estimate", None),
    ({"data": {"file": "x.csv"}}, "no-file-here", "problem.data.file", None),
    ({"data": {"columns": ["t", "u"]}}, "missing-key", "problem.data", None),
    ({"data": {"columns": ["u", "t"], "rows": [[1, 0]]}}, "data-columns", "problem.data.columns", None),
    ({"data": {"columns": ["x", "t", "u"], "rows": []}}, "data-rows", "problem.data.rows", None),
    ({"data": {"columns": ["x", "t", "u"], "rows": [[0, 0, 1], [0]]}}, "data-row-length", "problem.data.rows[2]", None),
    ({"data": {"columns": ["x", "t", "u"], "rows": [[0, 0, "u"]]}}, "unknown-name", "problem.data.rows[1][3]", 0),
    ({"data": {"columns": ["x", "t", "u"], "rows": [[-9, 0, 1]]}}, "data-outside-domain", "problem.data.rows[1]", None),
    # types
    ({"title": 3}, "not-a-text", "problem.title", None),
    ({"title": "x" * 101}, "too-long", "problem.title", None),
    ({"difficulty": "eazy"}, "not-a-choice-near", "problem.difficulty", None),
    ({"reference": ["auto"]}, "not-a-choice-near", "problem.reference", None),
    ({"reference": "colehopf"}, "not-a-choice-near", "problem.reference", None),
    ({"unknowns": "u"}, "not-a-list", "problem.unknowns", None),
    ({"unknowns": []}, "empty", "problem.unknowns", None),
    ({"unknowns": [1]}, "not-a-text", "problem.unknowns[1]", None),
    ({"equations": []}, "empty", "problem.equations", None),
    ({"equations": "u_t = 0"}, "not-a-list", "problem.equations", None),
    ({"equations": ["u_t = u"] * 21}, "too-many", "problem.equations", None),
    ({"coordinates": [0, 1]}, "not-a-table", "problem.coordinates", None),
    ({"exact": "sin(x)"}, "not-a-table", "problem.exact", None),
    ({"definitions": {"w": 3}}, "not-a-text", "problem.definitions.w", None),
    # coordinates
    ({"coordinates": {}}, "empty", "problem.coordinates", None),
    ({"coordinates": {"x": [0, 1], "y": [0, 1], "z": [0, 1], "t": [0, 1]}}, "too-many-coordinates", "problem.coordinates", None),
    ({"coordinates": {"x": [1, 0], "t": [0, 2]}}, "empty-interval", "problem.coordinates.x", None),
    ({"coordinates": {"x": [1, 1], "t": [0, 2]}}, "empty-interval", "problem.coordinates.x", None),
    ({"coordinates": {"x": [0, float("nan")], "t": [0, 2]}}, "not-a-usable-number", "problem.coordinates.x[2]", None),
    ({"coordinates": {"x": [0, float("inf")], "t": [0, 2]}}, "not-a-usable-number", "problem.coordinates.x[2]", None),
    ({"coordinates": {"x": [0, 10**400], "t": [0, 2]}}, "not-a-usable-number", "problem.coordinates.x[2]", None),
    ({"coordinates": {"x": [False, True], "t": [0, 2]}}, "not-a-usable-number", "problem.coordinates.x[1]", None),
    ({"coordinates": {"x": [0, 1, 2], "t": [0, 2]}}, "not-an-interval", "problem.coordinates.x", None),
    ({"coordinates": {"x": 1, "t": [0, 2]}}, "not-an-interval", "problem.coordinates.x", None),
    ({"coordinates": {"x": [0, "2*pie"], "t": [0, 2]}}, "unknown-name-near", "problem.coordinates.x[2]", 2),
    ({"coordinates": {"x": [0, "1/0"], "t": [0, 2]}}, "division-by-zero", "problem.coordinates.x[2]", 1),
    ({"coordinates": {"xx": [0, 1], "t": [0, 2]}}, "not-a-letter", "problem.coordinates.xx", None),
    ({"coordinates": {"e": [0, 1], "t": [0, 2]}}, "name-reserved", "problem.coordinates.e", None),
    ({"coordinates": {"ξ": [0, 1], "t": [0, 2]}}, "not-a-name", "problem.coordinates.ξ", None),
    # names
    ({"unknowns": ["u", "u"]}, "name-twice", "problem.unknowns[2]", None),
    ({"unknowns": ["x"]}, "name-twice", "problem.unknowns[1]", None),
    ({"unknowns": ["sin"]}, "name-reserved", "problem.unknowns[1]", None),
    ({"unknowns": ["u v"]}, "not-a-name", "problem.unknowns[1]", None),
    ({"parameters": {"x": 1}}, "name-twice", "problem.parameters.x", None),
    ({"parameters": {"exp": 1}}, "name-reserved", "problem.parameters.exp", None),
    ({"parameters": {"pi": 3}}, "name-reserved", "problem.parameters.pi", None),
    ({"parameters": {"e": 3}}, "name-reserved", "problem.parameters.e", None),
    ({"parameters": {"u_x": 3}}, "name-reserved", "problem.parameters.u_x", None),
    ({"definitions": {"k": "1", "w": "2"}}, "name-twice", "problem.definitions.k", None),
    # parameters
    ({"parameters": {"k": "one"}}, "unknown-name", "problem.parameters.k", 0),
    ({"parameters": {"k": True}}, "not-a-usable-number", "problem.parameters.k", None),
    ({"parameters": {"k": 1e300}}, "not-a-usable-number", "problem.parameters.k", None),
    ({"parameters": {"k": [1, 2]}}, "not-a-usable-number", "problem.parameters.k", None),
    ({"parameters": {"k": {"low": 1}}}, "missing-key", "problem.parameters.k", None),
    ({"parameters": {"k": {"value": 1, "hihg": 2}}}, "unknown-key-near", "problem.parameters.k.hihg", None),
    ({"parameters": {"k": {"value": 3, "low": 0, "high": 2}}}, "empty-range", "problem.parameters.k", None),
    ({"parameters": {"k": {"value": 1, "low": 1, "high": 1}}}, "empty-range", "problem.parameters.k", None),
    # texts
    ({"equations": ["u_t = k*u_xx +"]}, "operand-missing", "problem.equations[1]", 14),
    ({"equations": ["u_t = u", "u_t = k*ux"]}, "unknown-name-near", "problem.equations[2]", 8),
    ({"equations": ["u_t - k*u_xx"]}, "equals-missing", "problem.equations[1]", 12),
    ({"equations": ["u_xxxxx = 0"]}, "order-too-high", "problem.equations[1]", 0),
    ({"equations": ["u_t = D(D(u_xx, x), x, 2)"]}, "order-too-high", "problem.equations[1]", 6),
    ({"conditions": ["u(x) = 0"]}, "wrong-place", "problem.conditions[1]", 0),
    ({"definitions": {"w": "2*v"}}, "unknown-name", "problem.definitions.w", 2),
    ({"definitions": {"w": "v", "v": "1"}}, "unknown-name", "problem.definitions.w", 0),
    ({"definitions": {"w": "u_z"}}, "no-coordinate", "problem.definitions.w", 2),
    ({"definitions": {"w": "2*u(x, 0)"}}, "definition-with-place", "problem.definitions.w", 2),
    ({"definitions": {"w": "u_x"}, "exact": None}, "definition-without-place", "problem.conditions[1]", 14),
    ({"definitions": {"v": "u", "w": "1 + v"}, "exact": None}, "definition-without-place", "problem.conditions[1]", 14),
    ({"definitions": {"w": "u_x"}, "conditions": ["u(0, t) = 0"]}, "exact-with-unknown", "problem.exact.u", None),
    ({"definitions": {"w": "D(u_xx, x)"}, "equations": ["u_t = D(w, x, 2)"], "conditions": [], "exact": None},
     "order-too-high", "problem.equations[1]", None),
    ({"exact": {"u": "2*u"}}, "unknown-name", "problem.exact.u", 2),
    # equations and conditions
    ({"equations": ["x = 1"]}, "equation-without-unknown", "problem.equations[1]", None),
    ({"equations": ["w = 1"]}, "equation-without-unknown", "problem.equations[1]", None),
    ({"equations": ["u_t = u_t"]}, "holds-always", "problem.equations[1]", None),
    ({"equations": ["u_t = k*u_xx", "2*u_t = u_t + u_t"]}, "holds-always", "problem.equations[2]", None),
    ({"equations": ["u_t = k*u_xx", "sin(x)^2 + cos(x)^2 = 1 + 0*u"]}, "holds-always", "problem.equations[2]", None),
    ({"equations": ["u_t = k*u_xx", "x*(sin(u)^2 + cos(u)^2 - 1) = 0"]}, "holds-always", "problem.equations[2]", None),
    ({"equations": ["u_t = k*u_xx", "D(u^2, x) = 2*u*u_x"]}, "holds-always", "problem.equations[2]", None),
    ({"equations": ["u_t = k*u_xx", "(u + x)^2 = u^2 + 2*x*u + x^2"]}, "holds-always", "problem.equations[2]", None),
    ({"equations": ["u_t = k*u_xx", "k*(u_t - u_t) = x"]}, "never-holds", "problem.equations[2]", None),
    ({"equations": ["u_t = u_t + 1"]}, "never-holds", "problem.equations[1]", None),
    ({"conditions": ["u(0, t) = u(0, t)"]}, "holds-always", "problem.conditions[1]", None),
    ({"equations": ["u_t = k*u_xx + u(boundary)"]}, "equation-with-boundary", "problem.equations[1]", 15),
    ({"equations": ["u_t = u(0, 0)"]}, "equation-with-place", "problem.equations[1]", 6),
    ({"equations": ["u_t = u/(k - 0.5)"]}, "division-by-zero", "problem.equations[1]", None),
    ({"equations": ["u_t = w*u"], "definitions": {"w": "log(-k)"}}, "not-real", "problem.definitions.w", None),
    ({"equations": ["u_t = v*u"], "definitions": {"w": "log(-k)", "v": "w + 1"}}, "not-real", "problem.definitions.w", None),
    ({"equations": ["u_t = k*u_xx", "u_t = k * (u_xx)"]}, "said-twice", "problem.equations[2]", None),
    ({"unknowns": ["u", "v"], "exact": None}, "unused-unknown", "problem.unknowns[2]", None),
    ({"conditions": ["u_x = 0"]}, "condition-without-place", "problem.conditions[1]", 0),
    ({"conditions": ["u(x, t) = 0"]}, "condition-without-place", "problem.conditions[1]", 0),
    ({"conditions": ["x = 0"]}, "condition-without-unknown", "problem.conditions[1]", None),
    ({"conditions": ["u(0, t) = 0", "u(1.5, t) = 0"]}, "outside-domain", "problem.conditions[2]", 0),
    ({"conditions": ["u(x, -1) = 0"]}, "outside-domain", "problem.conditions[1]", 0),
    ({"conditions": ["u(x, 0) = u(1, t)"]}, "no-common-edge", "problem.conditions[1]", None),
    ({"conditions": ["u(0, t) = u(1, t) + x"]}, "ambiguous-coordinate", "problem.conditions[1]", 20),
    ({"conditions": ["u(0, 0) = 1", "u(0, 0) = 2"]}, "contradiction", "problem.conditions[2]", None),
    ({"conditions": ["u(0, t) = 0", "1 = u(0, t)"]}, "contradiction", "problem.conditions[2]", None),
    ({"conditions": ["u(0, t) = 0", "u(0, t) = 0"]}, "said-twice", "problem.conditions[2]", None),
    ({"coordinates": {"t": [0, 1]}, "equations": ["u_t = u"], "conditions": ["u(boundary) = 0"], "exact": None},
     "no-boundary", "problem.conditions[1]", None),
    ({"definitions": {"w": "t"}, "conditions": ["u(w, 0) = 0"]}, "place-varies", "problem.conditions[1]", 0),
    # exact solutions
    ({"exact": {"v": "x"}}, "exact-incomplete", "problem.exact", None),
    ({"exact": {"u": "x", "v": "x"}}, "exact-incomplete", "problem.exact", None),
    ({"exact": None, "reference": "exact"}, "exact-missing", "problem.reference", None),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "key", "character"), BAD, ids=[f"{n}-{row[1]}" for n, row in enumerate(BAD)])
def test_a_bad_table_is_refused_at_its_place(changes: dict[str, Any], code: str, key: str, character: int | None) -> None:
    error = refusal(good(**changes))
    assert (error.code, error.at.file, error.at.key, error.at.character) == (code, "my.toml", key, character)
    assert key in str(error)
    assert "{" not in error.message or "{" in str(error.values)


def test_a_good_table_is_understood() -> None:
    problem = problem_from_table(good(title="Mine"))
    assert problem.coordinates == (Interval("x", 0, 1), Interval("t", 0, 2))
    assert problem.unknowns == ("u",)
    assert (problem.name, problem.title, problem.difficulty, problem.reference) == ("", "Mine", "medium", "auto")
    assert problem_from_table(problem.table()) == problem


def test_no_table_at_all_is_refused() -> None:
    assert refusal(["u_t = 0"]).code == "not-a-table"


def test_an_error_shows_the_character() -> None:
    error = refusal(good(equations=["u_t = k*ux"]))
    assert str(error).splitlines() == [
        "my.toml, problem.equations[1], character 9: `ux` is not known here; did you mean `u_x`?",
        "  u_t = k*ux",
        "          ^",
    ]


def test_range_ends_may_be_constant_expressions() -> None:
    problem = problem_from_table(good(coordinates={"x": ["-pi", "2*pi"], "t": [0, "sqrt(4)"]}, exact=None))
    assert bind(problem, {}).low == pytest.approx((-3.141592653589793, 0))
    assert bind(problem, {}).high == pytest.approx((6.283185307179586, 2))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (2, (2, 0.2, 20, "log")),
        (-2, (-2, -20, -0.2, "linear")),
        (0, (0, -1, 1, "linear")),
        ("0.01/pi", (0.01 / 3.141592653589793, 0.001 / 3.141592653589793, 0.1 / 3.141592653589793, "log")),
        ({"value": 2, "low": 0.1, "high": 10}, (2, 0.1, 10, "log")),
        ({"value": 2, "low": 1, "high": 3}, (2, 1, 3, "linear")),
        ({"value": 2, "low": -1, "high": 30}, (2, -1, 30, "linear")),
        ({"value": 2, "high": 3}, (2, 0.2, 3, "linear")),
    ],
)
def test_a_parameter_has_a_range(given: Any, expected: tuple[float, float, float, str]) -> None:
    (parameter,) = problem_from_table(good(parameters={"k": given}, exact=None)).parameters
    assert (parameter.value, parameter.low, parameter.high) == pytest.approx(expected[:3])
    assert parameter == ParameterRange("k", parameter.value, parameter.low, parameter.high, parameter.scale)
    assert parameter.scale == expected[3]


# Files.


def test_a_file_gives_problem_and_recipe() -> None:
    text = """
        [problem]
        coordinates = { t = [0, 1] }
        unknowns = ["u"]
        equations = ["u_t = u"]
        conditions = ["u(0) = 1"]
        [network]
        depth = 2
        [training]
        weights = { condition = 10 }
    """
    assert problem_from_toml(text).recipe == {"depth": 2, "weights": {"condition": 10}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[problem", "not-toml"),
        ("x = 1" + "0" * 5000, "number-too-large"),
        ("x = " + "[" * 5000, "brackets-too-deep"),
        ("a." * 8000 + "a = 1", "file-too-large"),
        ("\u00e9" * 8001, "file-too-large"),
        ("[network]\ndepth = 2", "missing-key"),
        ("[problem]\n[netwrk]", "unknown-key-near"),
        ("problem = 3", "not-a-table"),
        ("network = 3\n[problem]", "not-a-table"),
    ],
)
def test_a_bad_file_is_refused_quickly(text: str, code: str) -> None:
    start = time.perf_counter()
    with pytest.raises(InputError) as caught:
        problem_from_toml(text, file="my.toml")
    assert (caught.value.code, caught.value.at.file) == (code, "my.toml")
    assert time.perf_counter() - start < 1
    assert str(caught.value).startswith("my.toml")


def test_an_unknown_problem_lists_near_names() -> None:
    with pytest.raises(InputError) as caught:
        load("burger")
    assert (caught.value.code, caught.value.values["near"]) == ("unknown-problem-near", "burgers")
    for name in ("../problems/heat", "", "zzzzzz", "x" * 10_000):
        with pytest.raises(InputError, match=r"There is no problem"):
            load(name)


# Binding.


def test_bind_replaces_parameters_and_definitions() -> None:
    table = good(
        definitions={"a": "k + 1", "f": "a*x"},
        equations=["u_t = D(f*u, x) - lap(u) - 2*a^2*f"],
        conditions=["u(0, t) = f", "u_x(1, t) = a^2"],
        exact={"u": "a*f"},
    )
    bound = bind(problem_from_table(table), {"k": 2})
    names = Names(("x", "t"), ("u",))
    assert bound.equations == (parse("u_t - (3*u + 3*x*u_x - u_xx - 54*x)", names),)
    assert [to_text(condition.residual) for condition in bound.conditions] == ["u(0, t) - 3*x", "u_x(1, t) - 9"]
    assert bound.exact == {"u": parse("9*x", names)}
    assert (bound.order, bound.space) == (2, ("x",))


@pytest.mark.parametrize(
    ("condition", "edges"),
    [
        ("u(x, 0) = 0", ((None, 0),)),
        ("u(0.25, 1) = 0", ((0.25, 1),)),
        ("u(0, t) = u(1, t)", ((0, None),)),
        ("u(x, 0) = u(0, 0)", ((None, 0),)),
        ("u(x, 0) = u(x, 2)", ((None, 0),)),
        ("u_x(boundary) = x", ((0, None), (1, None))),
        ("u(1 + 1e-15, t) = 0", ((1, None),)),
        ("u(2*k, t) = x", ((1, None),)),
        ("D(u(x, 0)^2, x) = 0", ((None, 0),)),
    ],
)
def test_a_condition_holds_on_its_edges(condition: str, edges: Any) -> None:
    (bound,) = bind(problem_from_table(good(conditions=[condition], exact=None)), {}).conditions
    assert bound.edges == edges


def test_a_definition_with_unknowns_is_as_if_written_out() -> None:
    definitions = {"f": "-k*u_x", "g": "f + D(u^2, x)", "w": "2*k*pi"}
    defined = problem_from_table(good(definitions=definitions, equations=["u_t = -D(g, x) + w*lap(f)"], exact=None))
    written = problem_from_table(good(equations=["u_t = -D(-k*u_x + D(u^2, x), x) + w*lap(-k*u_x)"], exact=None))
    assert bind(defined, {"k": 0.3}).equations == bind(written, {"k": 0.3}).equations
    assert problem_from_table(defined.table()) == defined
    assert formulas(defined).definitions[0] == r"f = -k\,u_{x}"


@pytest.mark.parametrize(
    "equation",
    [
        "u_t = 1e-14*u_xx + 1",
        "u_t - u_t + heaviside(u) + heaviside(u) = 1",
        "max(u, 0) + max(-u, 0) = abs(x)",
        "u_t + u*u_t = u_xx + u*u_xx",
        "1e-9*u - 1e-9*u^3 = x",
        "log(u) - log(u + 1) = x",
    ],
)
def test_what_says_something_is_let_be(equation: str) -> None:
    assert problem_from_table(good(equations=[equation], exact=None)).equations == (equation,)


def test_a_parameter_may_empty_an_equation() -> None:
    problem = problem_from_table(good(parameters={"k": 0.5, "q": 0}, equations=["u_t = k*u_xx", "q*(u - x) = 0"]))
    assert len(bind(problem, {}).equations) == 2


def test_boundary_is_the_boundary_in_space_at_all_times() -> None:
    table = good(coordinates={"x": [0, 1], "t": [0, 2], "y": [-1, 1]}, conditions=["u(boundary) = 0"], exact=None)
    (condition,) = bind(problem_from_table(table), {}).conditions
    assert condition.edges == ((0, None, None), (1, None, None), (None, None, -1), (None, None, 1))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"q": 1}, "unknown-parameter-near"),
        ({"wwwwww": 1}, "unknown-parameter"),
        ({"kk": float("nan")}, "not-a-usable-number"),
        ({"kk": float("inf")}, "not-a-usable-number"),
        ({"kk": True}, "not-a-usable-number"),
        ({"kk": "q17z"}, "unknown-name"),
        ({"kk": 1}, "division-by-zero"),
    ],
)
def test_bind_refuses_values_that_cannot_be(values: dict[str, Any], code: str) -> None:
    problem = problem_from_table(
        good(parameters={"kk": 2, "qq": 2}, definitions={}, equations=["u_t = u_xx/(kk - 1)"], conditions=[], exact=None)
    )
    with pytest.raises(InputError) as caught:
        bind(problem, values)
    assert caught.value.code == code
    assert caught.value.at.key is not None


def test_values_are_refused_where_there_are_no_parameters() -> None:
    with pytest.raises(InputError) as caught:
        bind(load("poisson"), {"k": 1})
    assert caught.value.code == "no-parameters"


@pytest.mark.timed
def test_what_was_bound_is_kept() -> None:
    problem = load("damped-oscillator")
    assert bind(problem, {"delta": 1.5}) is bind(problem, {"delta": 1.5, "omega0": 20})


def test_problems_and_bound_problems_travel() -> None:
    problem = load("burgers")
    bound = bind(problem, {"nu": 0.02})
    for item in (problem, bound):
        assert pickle.loads(pickle.dumps(item)) == item
        assert hash(pickle.loads(pickle.dumps(item))) == hash(item)


def test_an_exact_solution_that_is_not_real_here_is_left_out() -> None:
    problem = load("damped-oscillator")
    assert bind(problem, {"delta": 30}).exact == {}
    assert bind(problem, {"delta": 3}).exact


# What is shown, and what counts.


def test_content_does_not_depend_on_spaces_or_title() -> None:
    one, other = problem_from_table(good(title="A")), problem_from_table(good(equations=["(u_t)=k * u_xx"]))
    assert content(one) == content(other)
    assert content(one) != content(problem_from_table(good(equations=["u_t = k*lap(u)"])))
    assert content(one) != content(problem_from_table(good(exact=None)))


def test_a_problem_is_shown_in_latex() -> None:
    shown = formulas(load("convection"), {"beta": 3e-5})
    assert shown.domain == r"x \in [0,\, 2\pi],\quad t \in [0,\, 1]"
    assert shown.equations == (r"u_{t} + \beta\,u_{x} = 0",)
    assert shown.conditions[0] == r"u(x, 0) = \sin(x)"
    assert shown.parameters == (r"\beta = 3 \cdot 10^{-5}",)
    assert shown.exact == (r"u = \sin(x - \beta\,t)",)
    assert formulas(load("damped-oscillator")).definitions == (r"w = \sqrt{\omega_{0}^{2} - \delta^{2}}",)


def test_every_code_of_the_corpus_has_a_message() -> None:
    assert {code for _, code, _, _ in BAD} <= set(MESSAGES)


def test_an_algebraic_equation_has_order_zero() -> None:
    assert bind(problem_from_table(good(equations=["u = x"], conditions=[], exact=None)), {}).order == 0
