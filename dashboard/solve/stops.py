"""Where the slider of a range of numbers rests, and how it writes them."""

from __future__ import annotations

import math
from functools import cache

from core.ranges import Integer, Real

MANTISSAS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0)
"""Renard's R10 series (ISO 3), nearly even on a log scale; with 3.2 and 6.4 for the sake of powers of two."""
MOST = 1000
"""A linear range of more whole numbers than this is typed, not slid."""
AFTER_ZERO = 1e-5
"""The first stop after 0 on a log scale that begins there."""


@cache
def stops(limits: Real | Integer) -> tuple[float, ...]:
    """The round values of a range, in order, both ends among them."""
    values = _log(limits) if limits.scale == "log" else _linear(limits)
    inner = {round(value) if isinstance(limits, Integer) else value for value in values if limits.low <= value <= limits.high}
    return tuple(sorted({limits.low, limits.high, *inner}))


def slides(limits: Real | Integer) -> bool:
    """Whether the range has few enough values for a slider."""
    return not isinstance(limits, Integer) or limits.scale == "log" or limits.high - limits.low <= MOST


def written(value: float, digits: int = 12) -> str:
    """A number as the address and the slider write it: 0.001, 2000, 1e-5."""
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    if not exponent:
        return mantissa
    return f"{value:.0f}" if 0 < int(exponent) < 10 and value == int(value) else f"{mantissa}e{int(exponent)}"


def _log(limits: Real | Integer) -> list[float]:
    low = limits.low if limits.low > 0 else AFTER_ZERO
    decades = range(math.floor(math.log10(low)), math.floor(math.log10(limits.high)) + 1)
    return [_clean(mantissa * 10.0**decade) for decade in decades for mantissa in MANTISSAS]


def _linear(limits: Real | Integer) -> list[float]:
    """Multiples of the smallest 1, 2 or 5 times a power of ten that gives at most 100 steps."""
    least = (limits.high - limits.low) / 100
    decade = 10.0 ** math.floor(math.log10(least))
    step = next(factor * decade for factor in (1, 2, 5, 10) if factor * decade >= least * (1 - 1e-9))
    step = max(step, 1.0) if isinstance(limits, Integer) else step
    return [_clean(number * step) for number in range(math.ceil(limits.low / step), math.floor(limits.high / step) + 1)]


def _clean(value: float) -> float:
    """The value without what binary fractions add: 0.3 for 3 times 0.1."""
    return float(f"{value:.12g}")
