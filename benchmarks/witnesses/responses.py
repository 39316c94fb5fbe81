"""Signals in time, as text and as numbers, and how y' = −rate·y + signal answers them from rest: closed formulas.

The answers are those to which every linear equation reduces, mode by mode.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc, erfcx

from benchmarks.tribunal.draws import text

Array = NDArray[np.float64]


class Signal(Protocol):
    """A function of time that is 0, or as good as 0, before the start at t = 0."""

    def write(self, letter: str) -> str:
        """The text."""

    def at(self, times: Array) -> Array:
        """The signal's values; NaN on a jump."""

    def answer(self, rate: Any, times: Array) -> Array:
        """y at `times` where y' = −rate·y + signal and y(0) = 0; `rate` and `times` broadcast."""


@dataclass(frozen=True)
class Steps:
    """A sum of steps: by `heights[i]` at `places[i]`, which lie after the start. Written with heaviside or sign, as `way` says."""

    places: tuple[float, ...]
    heights: tuple[float, ...]
    way: str = "heaviside"

    def write(self, letter: str) -> str:
        """The text, a term a step."""
        step = "heaviside({})" if self.way == "heaviside" else "(1 + sign({}))/2"
        terms = zip(self.places, self.heights, strict=True)
        return " + ".join(f"{text(height)}*{step.format(f'{letter} - {text(place)}')}" for place, height in terms)

    def at(self, times: Array) -> Array:
        """The signal's values; NaN on a jump."""
        total = np.zeros_like(times)
        for place, height in zip(self.places, self.heights, strict=True):
            total = total + height * np.where(np.abs(times - place) <= 1e-12 * (1 + abs(place)), np.nan, times > place)
        return total

    def answer(self, rate: Any, times: Array) -> Array:
        """(1 − exp(−rate·s))/rate for each step, s after it."""
        total = np.zeros(np.broadcast_shapes(np.shape(rate), np.shape(times)))
        for place, height in zip(self.places, self.heights, strict=True):
            after = np.maximum(times - place, 0.0)
            total += height * grown(rate, after)
        return total


@dataclass(frozen=True)
class Constant:
    """The signal that is the same at all times."""

    value: float

    def write(self, letter: str) -> str:
        """The text."""
        return text(self.value)

    def at(self, times: Array) -> Array:
        """The signal's values."""
        return np.full_like(times, self.value)

    def answer(self, rate: Any, times: Array) -> Array:
        """value·(1 − exp(−rate·t))/rate."""
        return self.value * grown(rate, times)


@dataclass(frozen=True)
class Scaled:
    """A signal that is another one, times a factor."""

    signal: Signal
    factor: float

    def write(self, letter: str) -> str:
        """The text."""
        return f"{text(self.factor)}*({self.signal.write(letter)})"

    def at(self, times: Array) -> Array:
        """The signal's values."""
        return self.factor * self.signal.at(times)

    def answer(self, rate: Any, times: Array) -> Array:
        """The answer to the other signal, times the factor."""
        return self.factor * self.signal.answer(rate, times)


@dataclass(frozen=True)
class Bell:
    """The pulse height·exp(−((t − centre)/width)²), whose centre lies at least six widths after the start."""

    centre: float
    width: float
    height: float

    def write(self, letter: str) -> str:
        """The text."""
        return f"{text(self.height)}*exp(-(({letter} - {text(self.centre)})/{text(self.width)})^2)"

    def at(self, times: Array) -> Array:
        """The signal's values."""
        return self.height * np.exp(-(((times - self.centre) / self.width) ** 2))

    def answer(self, rate: Any, times: Array) -> Array:
        """The answer by completing the square; the scaled complementary error function keeps it from overflowing."""
        away = (np.asarray(times) - self.centre) / self.width
        shift = np.asarray(rate) * self.width / 2 - away
        scaled = np.exp(-(away**2)) * erfcx(np.maximum(shift, -5.0))
        plain = np.exp(np.minimum(np.asarray(rate) ** 2 * self.width**2 / 4 - np.asarray(rate) * (times - self.centre), 700.0)) * erfc(
            shift
        )
        begin = np.exp(-np.asarray(rate) * times) * self._before(rate)
        found: Array = self.height * self.width * math.sqrt(math.pi) / 2 * (np.where(shift > -5, scaled, plain) - begin)
        return found

    def _before(self, rate: Any) -> Any:
        """What the pulse's tail before the start would have left at the start."""
        away = -self.centre / self.width
        return np.exp(-(away**2)) * erfcx(np.asarray(rate) * self.width / 2 - away)


@dataclass(frozen=True)
class Tent:
    """The triangular pulse height·max(0, 1 − abs(t − centre)/width), which begins after the start."""

    centre: float
    width: float
    height: float

    def write(self, letter: str) -> str:
        """The text."""
        return f"{text(self.height)}*max(0, 1 - abs({letter} - {text(self.centre)})/{text(self.width)})"

    def at(self, times: Array) -> Array:
        """The signal's values."""
        return self.height * np.maximum(0.0, 1 - np.abs(times - self.centre) / self.width)

    def answer(self, rate: Any, times: Array) -> Array:
        """Three ramps, at the foot, the top and the other foot."""
        feet = ((-self.width, 1.0), (0.0, -2.0), (self.width, 1.0))
        return sum(factor * self.height / self.width * ramped(rate, np.maximum(times - self.centre - place, 0.0)) for place, factor in feet)  # type: ignore[return-value]


def grown(rate: Any, after: Array) -> Array:
    """∫₀^s exp(−rate·(s − r)) dr = (1 − exp(−rate·s))/rate for s ≥ 0, s where the rate is 0."""
    rate, after = np.broadcast_arrays(np.asarray(rate, dtype=float), after)
    safe = np.where(rate == 0, 1.0, rate)
    return np.where(rate == 0, after, -np.expm1(-safe * after) / safe)


def ramped(rate: Any, after: Array) -> Array:
    """∫₀^s exp(−rate·(s − r))·r dr = (s − grown)/rate for s ≥ 0, by its series where rate·s is small."""
    rate, after = np.broadcast_arrays(np.asarray(rate, dtype=float), after)
    product = rate * after
    small = np.abs(product) < 1e-2
    safe = np.where(small, 1.0, rate)
    series = after**2 * (1 / 2 - product / 6 + product**2 / 24 - product**3 / 120 + product**4 / 720 - product**5 / 5040)
    return np.where(small, series, (after - grown(safe, after)) / safe)
