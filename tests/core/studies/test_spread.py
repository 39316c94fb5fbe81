"""The statistics over runs: exact cases, NumPy as the oracle, and what holds whatever the series."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.studies.spread import POINTS, Series, by_seconds, by_step, spread

STATISTICS = ("low", "lower", "median", "upper", "high")
positive = st.floats(1e-9, 1e9)


def run(*values: float, failed: bool = False) -> Series:
    """A series over the steps 1, 2, …"""
    return Series(np.arange(1.0, len(values) + 1), np.array(values), failed)


def test_a_spread_is_from_the_smallest_by_quartiles_to_the_largest() -> None:
    found = spread([4.0, 1.0, 3.0, 2.0, 5.0])
    assert [float(getattr(found, name)) for name in STATISTICS] == [1, 2, 3, 4, 5]
    found = spread([[1.0, 10.0], [2.0, 20.0]])
    assert found.lower.tolist() == [1.25, 12.5] and found.median.tolist() == [1.5, 15.0]


def test_what_is_missing_does_not_count_and_the_infinite_is_larger_than_any() -> None:
    found = spread([1.0, np.nan, 3.0])
    assert [float(getattr(found, name)) for name in STATISTICS] == [1, 1.5, 2, 2.5, 3]
    found = spread([1.0, 2.0, 3.0, np.inf, np.inf])
    assert [float(getattr(found, name)) for name in STATISTICS] == [1, 2, 3, np.inf, np.inf]
    assert float(spread([1.0, np.inf]).median) == np.inf
    assert float(spread([np.inf, np.inf]).lower) == np.inf
    assert np.isnan(spread([np.nan]).median)


@given(st.lists(st.lists(st.one_of(positive, st.just(float("nan"))), min_size=3, max_size=3), min_size=1, max_size=8))
def test_a_spread_has_numpys_quantiles(values: list[list[float]]) -> None:
    table = np.array(values)
    found = spread(table)
    for index, column in enumerate(table.T):
        known = column[~np.isnan(column)]
        expected = np.quantile(known, [0, 0.25, 0.5, 0.75, 1]) if len(known) else [np.nan] * 5
        assert [getattr(found, name)[index] for name in STATISTICS] == pytest.approx(list(expected), rel=1e-12, nan_ok=True)


def test_series_of_one_length_are_compared_step_by_step() -> None:
    found = by_step([run(1, 10, 100), run(2, 20, 200), run(9, 90, 900)])
    assert found.x.tolist() == [1, 2, 3] and found.count.tolist() == [3, 3, 3]
    assert found.spread.median.tolist() == [2, 20, 200] and found.spread.high.tolist() == [9, 90, 900]


def test_a_band_ends_where_fewer_than_half_go_on() -> None:
    found = by_step([run(1, 1, 1, 1), run(2, 2, 2), run(3, 3), run(4)])
    assert found.x.tolist() == [1, 2, 3] and found.count.tolist() == [4, 3, 2]
    assert found.spread.median.tolist() == [2.5, 2, 1.5]
    waiting = by_step([run(1, 2, 3), run(), run(), run()])  # those that have not begun say nothing
    assert waiting.x.tolist() == [1, 2, 3] and waiting.count.tolist() == [1, 1, 1]


def test_a_failed_series_is_infinite_from_its_end_on() -> None:
    found = by_step([run(1, 1, 1), run(5, failed=True), run(2, 2, 2)])
    assert found.spread.high.tolist() == [5, np.inf, np.inf] and found.spread.median.tolist() == [2, 2, 2]
    most = by_step([run(1, 1), run(5, failed=True), run(failed=True)])
    assert most.spread.median.tolist() == [5, np.inf]


def test_long_series_are_thinned_and_keep_their_ends() -> None:
    steps = np.arange(1.0, 100_001)
    found = by_step([Series(steps, 1 / steps), Series(steps, 3 / steps)])
    assert len(found.x) <= POINTS and found.x[0] == 1 and found.x[-1] == 100_000
    assert found.spread.median == pytest.approx(2 / found.x, rel=1e-12)


def test_seconds_are_interpolated_in_the_logarithm() -> None:
    slow, fast = Series(np.array([1.0, 3.0]), np.array([1.0, 1e-4])), Series(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1e-2, 1e-4]))
    assert slow.at(np.array([2.0])) == pytest.approx([1e-2], rel=1e-12)
    found = by_seconds([slow, fast])
    assert len(found.x) == POINTS and found.x[0] == 1 and found.x[-1] == 3
    for name in STATISTICS:  # both fall alike
        assert getattr(found.spread, name) == pytest.approx(10 ** (-2 * (found.x - 1)), rel=1e-9)


def test_seconds_outside_a_run_are_unknown() -> None:
    found = by_seconds(
        [Series(np.array([1.0, 2.0]), np.ones(2)), Series(np.array([1.5, 4.0]), np.ones(2)), Series(np.array([1.6]), np.ones(1))]
    )
    assert found.x[0] >= 1.5 and found.x[-1] <= 2 and set(found.count.tolist()) <= {2, 3}


@pytest.mark.parametrize("band", [by_step, by_seconds])
def test_of_nothing_there_is_no_band(band) -> None:  # type: ignore[no-untyped-def]
    for none in ([], [run()]):
        assert len(band(none).x) == len(band(none).spread.median) == len(band(none).count) == 0
    assert len(band([run(failed=True)]).x) == 0


@given(st.lists(st.lists(positive, max_size=30), max_size=6), st.sampled_from([by_step, by_seconds]))
def test_a_band_is_ordered_and_within_the_series(values: list[list[float]], band) -> None:  # type: ignore[no-untyped-def]
    series = [run(*one) for one in values]
    found = band(series)
    assert (np.diff(found.x) > 0).all() and (2 * found.count >= sum(bool(one) for one in values)).all()
    rows = [getattr(found.spread, name) for name in STATISTICS]
    for below, above in pairwise(rows):
        assert (below <= above * (1 + 1e-12)).all()
    if len(found.x):
        smallest, largest = min(min(one) for one in values if one), max(max(one) for one in values if one)
        assert rows[0].min() >= smallest * (1 - 1e-9) and rows[-1].max() <= largest * (1 + 1e-9)


def test_zero_has_no_logarithm_and_stays_zero() -> None:
    assert by_step([run(0, 0), run(0, 0)]).spread.high.tolist() == [0, 0]
    assert by_seconds([run(1, 0)]).spread.low[-1] == 0
