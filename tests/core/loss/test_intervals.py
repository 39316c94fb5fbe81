"""Intervals: their width against the statistics of a straight line, and what is doubted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.intervals import experiment, found
from core.experiment.making import experiment_of
from core.loss import intervals
from core.problem.reading.reading import problem_from_table
from core.training.training import train

STRAIGHT: dict[str, Any] = {
    "coordinates": {"t": [0, 1]},
    "unknowns": ["u"],
    "estimate": {"q": 1},
    "equations": ["u_t = q"],
    "conditions": ["u(0) = 0"],
    "reference": "none",
}
SMALL = {"depth": 1, "width": 8, "points": 40, "condition_points": 1, "steps": 60}


def line(noise: float, count: int = 30) -> tuple[dict[str, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A straight line u = 2 t with noise: its table, and its points and values, (count,) each."""
    t = np.linspace(0.05, 1, count)
    u = 2 * t + noise * np.random.default_rng(5).standard_normal(count)
    return {**STRAIGHT, "data": {"columns": ["t", "u"], "rows": np.stack([t, u], axis=1).tolist()}}, t, u


def test_an_interval_is_as_wide_as_that_of_a_straight_line() -> None:
    """u = q t: q = Σtu/Σt², with the deviation σ/√Σt² (Gauss 1821)."""
    table, t, u = line(0.1)
    asked = experiment_of(problem_from_table(table), {}, SMALL, {"equation": 100.0, "condition": 100.0})
    *_, end = train(asked)
    (one,) = intervals.found(asked, end.network).values()
    slope = (t @ u) / (t @ t)
    deviation = np.sqrt(np.sum((u - slope * t) ** 2) / (len(t) - 1) / (t @ t))
    assert one.doubt is None and one.low is not None and one.high is not None
    assert one.value == pytest.approx(slope, abs=0.1 * deviation)
    assert (one.high - one.low) / 2 == pytest.approx(2.045 * deviation, rel=0.1)


def test_what_cancels_out_is_not_said_to_be_found() -> None:
    table = {**line(0.02)[0], "equations": ["u_t = 2 + q*(u - 2*t)"], "estimate": {"q": 1}}
    asked = experiment_of(problem_from_table(table), {}, SMALL)
    *_, end = train(asked)
    (one,) = intervals.found(asked, end.network).values()
    assert one.doubt is not None and one.low is None


def test_a_training_that_has_hardly_begun_has_no_interval() -> None:
    asked = experiment_of(problem_from_table(line(0.1)[0]), {}, {**SMALL, "steps": 3, "curriculum": "none"})
    *_, end = train(asked)
    (one,) = intervals.found(asked, end.network).values()
    assert one.doubt in (intervals.UNSETTLED, intervals.UNMET) and one.low is None


def test_draws_of_noise_move_a_constant_as_far_as_its_intervals_say() -> None:
    ones = [found(experiment("linear", draw))["q"] for draw in range(12)]
    covered = [one.low is not None and one.high is not None and one.low <= 1 <= one.high for one in ones]
    assert sum(covered) >= 9, "of 12 draws, less than nine are covered in one of 2,000 tests"
    spread, half = np.std([one.value for one in ones]), np.median([(one.high or np.nan) - one.value for one in ones])
    assert 0.4 < 2 * spread / half < 2.5
