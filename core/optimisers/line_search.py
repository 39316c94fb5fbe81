"""A line search for the strong Wolfe conditions: far enough down, and where the slope has become much flatter.

J. Nocedal and S. Wright, Numerical Optimization, 2nd edition 2006, algorithms 3.5 and 3.6, with cubic interpolation (their equation 3.59).
Where rounding hides the decrease, that of the slope decides: the approximate Wolfe conditions of W. Hager and H. Zhang, SIAM J. Optim. 16
(2005) 170, equation 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

DECREASE, CURVATURE = 1e-4, 0.9
ROUNDING = 1e-10
"""The part of a loss that counts as its rounding."""
MOST = 25
"""Evaluations of the loss in one search."""
FURTHEST = 1e10


@dataclass(frozen=True)
class Place:
    """A place on the line: the loss and its slope along the line there, the gradient (parameters,), and the terms of the loss (terms,)."""

    at: float
    loss: float
    slope: float
    gradient: Tensor
    terms: Tensor


class LineSearch:
    """One search from `start`, at 0, along a direction in which the loss falls; `look` evaluates the loss at a distance."""

    def __init__(self, start: Place, look: Callable[[float], Place]) -> None:
        self._start, self._look = start, look
        self._left = MOST
        self._best: Place | None = None

    def run(self, first: float) -> Place | None:
        """A place that meets the conditions, `first` if it does; else the lowest that was seen, None where none was lower."""
        before, place = self._start, self._evaluate(first)
        while self._left:
            if self._accepts(place):
                return place
            if not self._falls(place) or (before is not self._start and place.loss >= before.loss):
                return self._zoom(before, place)
            if place.slope >= 0:
                return self._zoom(place, before)
            if place.at >= FURTHEST:
                break
            further = _between(before, place, place.at * 1.5, place.at * 10)
            before, place = place, self._evaluate(further)
        return self._best

    def _zoom(self, low: Place, high: Place) -> Place | None:
        """Search between a low place, whose slope points to the other, and that one."""
        while self._left and abs(high.at - low.at) > 1e-12 * max(low.at, high.at):
            margin = 0.1 * abs(high.at - low.at)
            ends = sorted((low.at, high.at))
            place = self._evaluate(_between(low, high, ends[0] + margin, ends[1] - margin))
            if self._accepts(place):
                return place
            if not self._falls(place) or place.loss >= low.loss:
                high = place
            else:
                if place.slope * (high.at - low.at) >= 0:
                    high = low
                low = place
        return self._best

    def _evaluate(self, at: float) -> Place:
        self._left -= 1
        place = self._look(at)
        lowest = self._start if self._best is None else self._best
        if place.loss < lowest.loss:
            self._best = place
        return place

    def _falls(self, place: Place) -> bool:
        """Say whether the loss falls far enough for the place's distance; never where the loss is no number."""
        return place.loss <= self._start.loss + DECREASE * place.at * self._start.slope

    def _accepts(self, place: Place) -> bool:
        start = self._start
        if self._falls(place):
            return abs(place.slope) <= -CURVATURE * start.slope
        near = place.loss <= start.loss * (1 + ROUNDING)
        return near and CURVATURE * start.slope <= place.slope <= (2 * DECREASE - 1) * start.slope


def _between(one: Place, other: Place, least: float, most: float) -> float:
    """Where the cubic through both places, with their slopes, is least, within limits; their middle where there is no such place."""
    guess = math.nan
    if math.isfinite(one.loss + other.loss + one.slope + other.slope) and one.at != other.at:
        first = one.slope + other.slope - 3 * (one.loss - other.loss) / (one.at - other.at)
        square = first * first - one.slope * other.slope
        if square >= 0:
            second = math.copysign(math.sqrt(square), other.at - one.at)
            below = other.slope - one.slope + 2 * second
            if below:
                guess = other.at - (other.at - one.at) * (other.slope + second - first) / below
    return min(max(guess, least), most) if math.isfinite(guess) else (least + most) / 2
