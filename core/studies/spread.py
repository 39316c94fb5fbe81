"""Bands: what several runs of one experiment have in common and how far they lie apart, from smallest to largest.

Runs differ in length. At each place the statistics are of the series that reach it, and they end where fewer than half do, as the median
of a few would be taken for that of all. A series that ended in failure counts as infinitely large from there on, so that a band does not
look better because the worst have left it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

POINTS = 400
"""Places at which a band is drawn, at most."""
_TINY = 1e-300  # in place of 0, which has no logarithm


@dataclass(frozen=True)
class Series:
    """Positive values `y` at places `x` that rise, (n,) each; `failed`: what would follow is infinitely large, else it is unknown."""

    x: Array
    y: Array
    failed: bool = False

    def at(self, x: Array) -> Array:
        """The values at `x`, (k,): those of its own places as they are, between them linear in log y; NaN before the first place."""
        beyond = np.inf if self.failed else np.nan
        if not len(self.x):
            return np.full(len(x), beyond)
        between = np.exp(np.interp(x, self.x, np.log(np.maximum(self.y, _TINY))))
        place = np.searchsorted(self.x, x).clip(max=len(self.x) - 1)
        known = np.where(self.x[place] == x, self.y[place], between)
        return np.where(x < self.x[0], np.nan, np.where(x > self.x[-1], beyond, known))


@dataclass(frozen=True)
class Spread:
    """The smallest, the quartiles and the largest of several values, at each place of `median`'s shape; NaN where there are none."""

    low: Array
    lower: Array
    median: Array
    upper: Array
    high: Array


@dataclass(frozen=True)
class Band:
    """A spread at the places `x`, (k,); `count` tells of how many series at each, (k,)."""

    x: Array
    spread: Spread
    count: NDArray[np.int64]


def spread(values: ArrayLike) -> Spread:
    """The spread of `values`, (n, …), across their first axis. NaN stands for a value that is missing; infinity is larger than any.

    Quartiles lie linearly between values, as NumPy's do (Hyndman and Fan 1996, definition 7).
    """
    ordered = np.sort(np.asarray(values, np.float64), axis=0)  # (n, …), NaN last
    count = (~np.isnan(ordered)).sum(axis=0)  # (…)
    return Spread(*(_quantile(ordered, count, part) for part in (0.0, 0.25, 0.5, 0.75, 1.0)))


def by_step(series: Sequence[Series]) -> Band:
    """The band over steps: places are whole numbers, the first is 1, evenly spread on a log axis."""
    longest = max((int(one.x[-1]) for one in series if len(one.x)), default=0)
    places = np.geomspace(1, longest, min(longest, POINTS)).round() if longest else np.empty(0)
    return _band(series, np.unique(places))


def by_seconds(series: Sequence[Series]) -> Band:
    """The band over seconds, more than 0, at which no two runs have values: places are evenly spread on a log axis."""
    begun = [one for one in series if len(one.x)]
    if not begun:
        return _band(series, np.empty(0))
    first, last = min(one.x[0] for one in begun), max(one.x[-1] for one in begun)
    return _band(series, np.unique(np.geomspace(first, last, POINTS).clip(first, last)))


def _band(series: Sequence[Series], x: Array) -> Band:
    """The band at those of the places `x` that at least half of the series reach; series that have not begun do not count."""
    begun = [one for one in series if len(one.x) or one.failed]
    if not begun or not len(x):
        nothing = np.empty(0)
        return Band(nothing, Spread(*[nothing] * 5), np.empty(0, np.int64))
    values = np.stack([one.at(x) for one in begun])  # (n, k)
    count = (~np.isnan(values)).sum(axis=0)  # (k,)
    kept = 2 * count >= len(begun)
    return Band(x[kept], spread(values[:, kept]), count[kept])


def _quantile(ordered: Array, count: NDArray[np.int64], part: float) -> Array:
    """The value at `part` of the way through the first `count` values of each column, from 0 to 1."""
    place = part * np.maximum(count - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.ceil(place).astype(np.int64)
    low, high = (np.take_along_axis(ordered, index[None], axis=0)[0] for index in (below, above))
    finite = np.isfinite(low) & np.isfinite(high)
    gap = np.subtract(high, low, out=np.zeros_like(low), where=finite)
    found: Array = np.where(finite, low + (place - below) * gap, np.where(place == below, low, high))
    return found
