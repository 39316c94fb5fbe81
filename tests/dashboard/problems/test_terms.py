"""The names of loss terms, by the place at which a condition holds."""

from __future__ import annotations

import pytest

from core.problem.reading.reading import library
from dashboard.problems.terms import labels
from tests.experiments import small


def test_conditions_bear_the_name_of_their_place() -> None:
    assert list(labels(small("burgers")).values()) == ["equation", "start", "left edge", "right edge"]
    assert list(labels(small("damped-oscillator")).values()) == ["equation", "start 1", "start 2"]
    assert "where the ends meet" in " ".join(labels(small("convection")).values())


@pytest.mark.parametrize("problem", library())
def test_no_two_terms_have_one_name(problem: str) -> None:
    found = labels(small(problem))
    assert list(found) == list(small(problem).terms)
    assert len(set(found.values())) == len(found)
