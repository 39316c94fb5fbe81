"""Finding problems: words, kinds and difficulties, and what they mean together."""

from __future__ import annotations

import pytest

from core.problem.reading.reading import load, problem_from_table
from dashboard.problems.filters import found

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


@pytest.mark.parametrize("query", ["", "schrodinger", "SCHRÖDINGER", "kruskal 1965", "two  real, unknowns!", "chrö"])
def test_every_word_must_occur_whatever_its_accents_case_and_order(query: str) -> None:
    assert found(WAVE, query, [], [])


@pytest.mark.parametrize("query", ["schroedinger", "kruskal 1966", "complex honey"])
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
