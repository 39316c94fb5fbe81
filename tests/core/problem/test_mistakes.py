"""All mistakes of a draft at once, each at its place."""

from __future__ import annotations

import time
import tomllib
from typing import Any

import pytest

from core.errors import InputError
from core.problem.reading.mistakes import mistakes
from core.problem.reading.reading import FOLDER, library, problem_from_table

DECAY: dict[str, Any] = {
    "coordinates": {"t": [0, 1]},
    "unknowns": ["u"],
    "parameters": {"k": 1},
    "equations": ["u_t = -k*u"],
    "conditions": ["u(0) = 1"],
}


def places(**changes: Any) -> dict[str, str]:
    """The code of each mistake by its place, of the decay problem with changes."""
    return {error.at.key or "": error.code for error in mistakes({**DECAY, **changes})}


@pytest.mark.parametrize("name", library())
def test_problems_of_the_library_have_none(name: str) -> None:
    assert mistakes(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["problem"]) == ()


def test_each_statement_is_marked_at_its_own_character() -> None:
    found = mistakes({**DECAY, "equations": ["u_t = -k*u*", "u_t = 1", "u_x = 0"], "conditions": ["u(0) = q", "u(0) = 2", "u(0 = 1"]})
    assert [(error.at.key, error.at.character) for error in found] == [
        ("problem.equations[1]", 11),
        ("problem.equations[3]", 2),
        ("problem.conditions[1]", 7),
        ("problem.conditions[3]", 4),
    ]
    assert [error.at.text for error in found] == ["u_t = -k*u*", "u_x = 0", "u(0) = q", "u(0 = 1"]


def test_every_part_of_the_table_is_looked_at() -> None:
    found = places(
        title=3,
        domian="disk",
        reference="magic",
        coordinates={"t": [0, "2*pj"], "x": [1, 0]},
        parameters={"k": {"value": 1, "low": 2}},
        definitions={"w": "sqrt("},
        exact={"u": "exp(-t"},
    )
    assert found == {
        "problem.title": "not-a-text",
        "problem.domian": "unknown-key",
        "problem.reference": "not-a-choice",
        "problem.coordinates.t[2]": "unknown-name",
        "problem.coordinates.x": "empty-interval",
        "problem.parameters.k": "empty-range",
        "problem.definitions.w": "operand-missing",
        "problem.exact.u": "bracket-not-closed",
    }


def test_constants_to_be_found_are_names_and_need_data() -> None:
    found = places(estimate={"q": 1}, equations=["u_t = -q*u"], conditions=["u(0) = q"])
    assert found == {"problem.estimate": "estimate-without-data"}
    assert places(estimate={"q": "many"}, equations=["u_t = -q*u"]) == {"problem.estimate.q": "unknown-name"}


def test_a_definition_may_hold_an_unknown() -> None:
    assert places(definitions={"w": "k*u_t"}, equations=["w = -k*k*u"]) == {}
    assert places(definitions={"w": "k*u_t"}, equations=["w = -k*k*u"], conditions=["w = 1"]) == {
        "problem.conditions[1]": "definition-without-place"
    }
    assert places(definitions={"w": "u(0)"}) == {"problem.definitions.w": "definition-with-place"}
    assert places(exact={"u": "exp(-2*k*t)"}) == {"problem.exact.u": "exact-misses-equation"}


def test_a_statement_must_belong_to_the_problem() -> None:
    found = places(equations=["u_t = -k*u", "k = 1"], conditions=["u(0) = 1", "u(2) = 1", "u = 3"])
    assert found == {
        "problem.equations[2]": "equation-without-unknown",
        "problem.conditions[2]": "outside-domain",
        "problem.conditions[3]": "condition-without-place",
    }


def test_a_mistaken_unknown_is_not_told_again_in_each_equation() -> None:
    assert places(unknowns=["sin"]) == {"problem.unknowns[1]": "name-reserved"}


def test_a_mistaken_definition_leaves_its_name_to_those_after_it() -> None:
    found = places(definitions={"a": "k +", "b": "2*a", "c": "2*d"}, equations=["u_t = -b*u"])
    assert found == {"problem.definitions.a": "operand-missing", "problem.definitions.c": "unknown-name-near"}


def test_a_definition_without_a_value_is_told_at_the_definition() -> None:
    assert places(definitions={"a": "1/(k - 1)"}, equations=["u_t = -a*u"]) == {"problem.definitions.a": "division-by-zero"}


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"unknowns": ["u", "v"]}, "problem.unknowns[2]", "unused-unknown"),
        ({"conditions": ["u(0) = 1", "u(0) = 2"]}, "problem.conditions[2]", "contradiction"),
        ({"equations": ["u_t = -k*u", "u_t = -k*u"]}, "problem.equations[2]", "said-twice"),
        ({"exact": {"v": "1"}}, "problem.exact", "exact-incomplete"),
        ({"unknowns": []}, "problem.unknowns", "empty"),
        ({"equations": [f"u_t = {number}" for number in range(30)]}, "problem.equations", "too-many"),
    ],
)
def test_what_only_the_whole_can_tell(changes: dict[str, Any], place: str, code: str) -> None:
    assert places(**changes)[place] == code


def test_all_that_is_missing_is_told() -> None:
    assert [error.at.key for error in mistakes({})] == [f"problem.{key}" for key in ("coordinates", "unknowns", "equations", "conditions")]


@pytest.mark.parametrize("junk", [None, 3, "x", [], [[]], {}, {"a": {"b": 1}}, [1, None], "u" * 20_000, [{}], {"t": None}, True])
@pytest.mark.parametrize("key", DECAY)
def test_whatever_stands_there_is_told_and_nothing_breaks(key: str, junk: object) -> None:
    table = {**DECAY, key: junk}
    found = mistakes(table)
    try:
        problem_from_table(table)
    except InputError as error:
        assert found and error.code in {other.code for other in found}
    else:
        assert found == ()


def test_the_largest_draft_takes_little_time() -> None:
    begin = time.perf_counter()
    equations = [f"u_t = -k*u + {number}*sin(u)*" for number in range(20)]
    assert len(mistakes({**DECAY, "equations": equations, "conditions": [f"u(0) = {number}" for number in range(40)]})) == 20
    assert time.perf_counter() - begin < 2
