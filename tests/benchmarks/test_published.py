"""Problems as papers state them, for the benchmark that holds ours against what they print."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.library import Outcome
from benchmarks.published import ROWS, table
from core.experiment.making import experiment_of
from core.problem import exact_residuals
from core.problem.reading.reading import load


@pytest.mark.parametrize("name", ROWS)
def test_a_published_problem_is_stated_with_the_recipe_of_ours(name: str) -> None:
    row = ROWS[name]
    experiment = row.experiment()
    ours = experiment_of(load(row.problem))
    assert (experiment.depth, experiment.activation, experiment.weights) == (ours.depth, ours.activation, ours.weights)
    if experiment.bound.exact:
        left = exact_residuals.of_exact(experiment.bound)
        assert np.max(left.equations) < 1e-10 and np.max(left.conditions) < 1e-10
    assert row.plain is None or row.more is None or row.more < row.plain


def test_the_table_shows_ours_beside_what_is_printed() -> None:
    shown = table({"kdv": Outcome("kdv", 10, 20.0, 21.0, 1e-3, None), "wave": Outcome("wave", 10, 20.0, 21.0, 2e-5, 0.4518)})
    assert "| 1.0e-03 | 20 |  | 3.4e-04 |" in shown and "| 2.0e-05 | 20 | 4.5e-01 | 1.7e-03 |" in shown
