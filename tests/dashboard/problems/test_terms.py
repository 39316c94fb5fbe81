"""The names of loss terms, by the place at which a condition holds."""

from __future__ import annotations

import pytest

from core.experiment.making import experiment_of
from core.problem.reading.reading import library, problem_from_table
from dashboard.components.stage.stage import panels
from dashboard.problems.terms import labels
from tests.experiments import small


def test_conditions_bear_the_name_of_their_place() -> None:
    assert list(labels(small("burgers")).values()) == ["equation", "start", "left edge", "right edge"]
    assert list(labels(small("damped-oscillator")).values()) == ["equation", "start 1", "start 2"]
    assert "where the ends meet" in " ".join(labels(small("convection")).values())


def test_measurements_are_a_term() -> None:
    table = {
        "title": "Decay, measured",
        "coordinates": {"t": [0, 1]},
        "unknowns": ["u"],
        "equations": ["u_t = -u"],
        "conditions": ["u(0) = 1"],
        "data": {"columns": ["t", "u"], "rows": [[0.5, 0.6]]},
    }
    experiment = experiment_of(problem_from_table(table, stored=True))
    assert labels(experiment) == {"equation-1": "equation", "condition-1": "start", "data": "measurements"}
    assert [panel["name"] for panel in panels(experiment) if panel["aside"]] == ["loss", "residual"]


@pytest.mark.parametrize("problem", library())
def test_no_two_terms_have_one_name(problem: str) -> None:
    found = labels(small(problem))
    assert list(found) == list(small(problem).terms)
    assert len(set(found.values())) == len(found)
