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


def test_units_of_parameters_make_no_difference() -> None:
    """J D instead of J, with D diagonal: all that is told of a parameter is told in its other unit."""
    random = np.random.default_rng(0)
    rows, residuals, units = random.standard_normal((40, 5)), random.standard_normal(40), np.array([1.0, 1e-12, 1e6, 1e-3, 1e12])
    plain, other = intervals.Decomposed(rows, 25), intervals.Decomposed(rows * units, 25)
    assert other.spent == pytest.approx(plain.spent)
    assert other.step(residuals) * units == pytest.approx(plain.step(residuals))
    for place, unit in enumerate(units):
        assert other.moved(place) * unit == pytest.approx(plain.moved(place))


def test_a_constant_beside_one_that_is_not_determined_has_no_interval() -> None:
    table = {**line(0.02)[0], "equations": ["u_t = q + c*(u - u)"], "estimate": {"q": 1, "c": 1}}
    asked = experiment_of(problem_from_table(table), {}, SMALL, {"equation": 100.0, "condition": 100.0})
    *_, end = train(asked)
    found = intervals.found(asked, end.network)
    assert (found["c"].doubt, found["q"].doubt) == (intervals.UNDETERMINED, intervals.ENTANGLED)
    assert found["q"].low is None and found["c"].low is None and found["q"].value == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(("half", "move", "doubt"), [(0.5, 0.1, None), (2.5, 0.1, "undetermined"), (0.5, 0.6, "unsettled")])
def test_no_doubt_comes_with_an_interval(half: float, move: float, doubt: str | None) -> None:
    one = intervals.judged(2.0, half, move)
    assert (one.doubt, one.low is None, one.high is None) == (doubt, doubt is not None, doubt is not None)


@pytest.mark.slow
def test_draws_of_noise_move_a_constant_as_far_as_its_intervals_say() -> None:
    ones = [found(experiment("linear", draw))["q"] for draw in range(12)]
    covered = [one.low is not None and one.high is not None and one.low <= 1 <= one.high for one in ones]
    assert sum(covered) >= 9, "of 12 draws, less than nine are covered in one of 2,000 tests"
    spread, half = np.std([one.value for one in ones]), np.median([(one.high or np.nan) - one.value for one in ones])
    assert 0.4 < 2 * spread / half < 2.5
