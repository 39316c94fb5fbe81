"""Finding problems: words, kinds and difficulties, and what they mean together."""

from __future__ import annotations

import pytest

from core.problem import statement
from core.problem.reading.reading import library, load, problem_from_table
from dashboard.problems.filters import GROUPS, found, is_lesson

TABLE = {
    "title": "Schrödinger’s equation",
    "source": "Zabusky and Kruskal 1965",
    "teaches": "Complex fields are two real unknowns.",
    "difficulty": "hard",
    "coordinates": {"x": [0, 1], "t": [0, 1]},
    "unknowns": ["u", "v"],
    "equations": ["u_t = v_xx", "v_t = u_xx"],
    "conditions": [],
}
WAVE = problem_from_table(TABLE)


@pytest.mark.parametrize("query", ["", "schrodinger", "schroedinger", "SCHRÖDINGER", "kruskal 1965", "two  real, unknowns!", "chrö"])
def test_every_word_must_occur_whatever_its_accents_case_and_order(query: str) -> None:
    assert found(WAVE, query, [], [])


@pytest.mark.parametrize("query", ["kruskal 1966", "complex honey", "u_x", "v_xxx"])
def test_a_word_that_is_not_there_excludes(query: str) -> None:
    assert not found(WAVE, query, [], [])


def test_hyphens_and_dashes_do_not_matter() -> None:
    assert found(load("kdv-soliton"), "kdv soliton", [], []) and found(load("allen-cahn"), "allen–cahn", [], [])


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [([], True), (["pde"], True), (["ode"], False), (["ode", "pde"], True), (["system"], True), (["ode", "system"], False)],
)
def test_kinds(kinds: list[str], expected: bool) -> None:
    assert found(WAVE, "", kinds, []) is expected
    assert not found(load("decay"), "", ["system"], [])
    assert found(load("decay"), "", ["ode"], [])


def test_difficulties_are_alternatives() -> None:
    assert found(WAVE, "", [], ["easy", "hard"]) and not found(WAVE, "", [], ["easy", "medium"])


@pytest.mark.parametrize(
    ("query", "expected", "others"),
    [
        ("chaos", {"lorenz", "duffing", "kuramoto-sivashinsky"}, {"decay", "heat"}),
        ("Navier-Stokes", {"cavity", "kovasznay", "taylor-green"}, {"heat", "wave", "burgers"}),
        ("fluid", {"cavity", "kovasznay", "taylor-green"}, {"decay", "beam"}),
        ("pendulm", {"pendulum"}, {"decay", "beam", "burgers"}),
        ("u_xx", {"heat", "burgers", "fisher"}, {"decay", "beam", "convection", "kdv-soliton"}),
        ("u_xxxx", {"beam", "kuramoto-sivashinsky"}, {"heat"}),
        ("waves", {"wave", "kdv-cosine"}, {"beam"}),
    ],
)
def test_what_people_look_for_is_found(query: str, expected: set[str], others: set[str]) -> None:
    names = {name for name in library() if found(load(name), query, [], [])}
    assert names >= expected and not names & others


def test_lessons_are_the_problems_that_fail() -> None:
    names = {name for name in library() if found(load(name), "", [], [], ["lesson"])}
    assert names >= {"lorenz", "kuramoto-sivashinsky", "convection", "allen-cahn"} and not names & {"decay", "heat"}
    assert names == {name for name in library() if is_lesson(load(name))}


@pytest.mark.parametrize("name", library())
def test_every_problem_of_the_library_has_its_group(name: str) -> None:
    assert load(name).group in GROUPS


def test_every_group_has_a_title_and_a_place() -> None:
    assert tuple(GROUPS) == statement.GROUPS
