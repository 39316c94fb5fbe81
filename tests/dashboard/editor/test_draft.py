"""Drafts: from files to the editor's fields and back, whatever they hold."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.problem.reading.reading import FOLDER, library, problem_from_toml
from dashboard.editor.draft import Draft
from dashboard.editor.marks import check


def source(name: str) -> str:
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", library())
def test_a_library_problem_goes_through_the_form_unchanged(name: str) -> None:
    draft = Draft.from_toml(source(name))
    assert check(draft).marks == ()
    assert Draft.from_state(json.loads(json.dumps(draft.state()))) == draft
    before, after = problem_from_toml(source(name)), problem_from_toml(draft.toml())
    assert after == before
    assert after.recipe == before.recipe


def test_constants_stay_as_they_were_written() -> None:
    draft = Draft.from_toml(source("burgers"))
    assert draft.parameters == (("nu", "0.01/pi", "0.002", "0.1"),)
    assert draft.coordinates == (("x", "-1", "1"), ("t", "0", "1"))
    assert tomllib.loads(draft.toml())["problem"]["parameters"]["nu"]["value"] == "0.01/pi"


def test_plain_numbers_are_numbers_in_the_file() -> None:
    table = Draft(coordinates=(("t", " 0", "2.50"),), parameters=(("k", "1e3", "", "-2"),)).table()
    assert table["coordinates"] == {"t": [0, 2.5]}
    assert table["parameters"] == {"k": {"value": "1e3", "high": -2}}


def test_values_of_a_file_are_those_of_its_parameters() -> None:
    text = source("burgers") + "\n[values]\nnu = 0.05\n"
    assert Draft.from_toml(text).parameters == (("nu", "0.05", "0.002", "0.1"),)


def test_blank_lines_and_rows_are_nothing() -> None:
    draft = Draft(
        coordinates=(("t", "0", "1"), ("", "", "")), unknowns=" u ,v,, w ", equations="\n\n  u_t = 0 \n", parameters=(("", "", "", ""),)
    )
    table = draft.table()
    assert (table["unknowns"], table["equations"], list(table["coordinates"])) == (["u", "v", "w"], ["u_t = 0"], ["t"])
    assert "parameters" not in table


def test_an_exact_solution_may_name_its_coordinates() -> None:
    assert Draft(exact="u(x, t) = x*t\nv = 2 = 3").table()["exact"] == {"u": "x*t", "v": "2 = 3"}


@pytest.mark.parametrize("text", ["", "title = 3", 'problem = "burgers"', "[problem", "\0", "problem = [1]"])
def test_a_file_without_a_problem_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(InputError) as found:
        Draft.from_toml(text, file="mine.toml")
    assert found.value.at.file == "mine.toml"
    assert found.value.code == "no-problem" or "toml" in found.value.code


def test_a_file_of_any_shape_opens_and_is_marked() -> None:
    text = """
    [problem]
    title = 3
    coordinates = { t = 4, x = [1, "2*p", 3], y = [true] }
    unknowns = "u"
    parameters = { k = { value = 1, low = [1] }, l = "2" }
    equations = ["u_t = 0", 7, ["a"]]
    conditions = { a = 1 }
    exact = [1]
    domian = 1979-05-27
    [network]
    depth = 99
    [training]
    """
    draft = Draft.from_toml(text)
    json.dumps(draft.state())
    assert {(mark.field, mark.key) for mark in check(draft).marks} >= {("", "domian"), ("equations", ""), ("coordinates", "")}
    tomllib.loads(draft.toml())


def test_a_mistaken_recipe_is_told_once_the_problem_is_right() -> None:
    text = source("decay").split("[network]")[0] + "[network]\ndepth = 99\n"
    (mark,) = check(Draft.from_toml(text)).marks
    assert (mark.field, mark.key, mark.error.code) == ("", "network.depth", "out-of-range")


def test_a_draft_that_no_file_could_hold_is_told() -> None:
    draft = Draft.from_toml(source("decay"))
    lines = "\n".join(f"a{number} = {'1 + ' * 120}1" for number in range(20))
    (mark,) = check(Draft.from_state({**draft.state(), "definitions": lines, "conditions": "\n".join([draft.conditions, lines])})).marks[:1]
    assert mark.field in ("definitions", "conditions", "")
    with pytest.raises(InputError, match="at most 16000"):
        Draft.from_state({**draft.state(), "definitions": lines + "\n" + lines.replace("a", "b")}).toml()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "title",
    "description",
    "coordinates",
    "unknowns",
    "parameters",
    "definitions",
    "equations",
    "conditions",
    "exact",
    "reference",
    "rest",
    "recipe",
)


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=12) | JSON)
@settings(max_examples=300, deadline=None)
def test_whatever_a_browser_sends_becomes_a_draft(state: Any) -> None:
    draft = Draft.from_state(state)
    json.dumps(draft.state(), allow_nan=False)
    assert Draft.from_state(draft.state()) == draft
    checked = check(draft)
    assert checked.marks or checked.experiment
