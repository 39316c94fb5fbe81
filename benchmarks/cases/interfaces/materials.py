"""Coefficients that jump from material to material, as values by layer and as the texts in which people write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.tribunal.draws import Draws, text

Array = NDArray[np.float64]

STEPS: dict[str, Callable[[str], str]] = {
    "heaviside": lambda argument: f"heaviside({argument})",
    "sign": lambda argument: f"(1 + sign({argument}))/2",
    "max": lambda argument: f"max(sign({argument}), 0)",
    "min": lambda argument: f"min(1 + sign({argument}), 1)",
}
"""How a step from 0 to 1 at the root of an argument can be written."""


@dataclass(frozen=True)
class Materials:
    """Layers between `borders`, (count + 1,) with both ends, and `values`, one a layer."""

    borders: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def layers(self) -> list[tuple[float, float, float]]:
        """Each layer's ends and its value."""
        return list(zip(self.borders, self.borders[1:], self.values, strict=False))

    def at(self, places: Array) -> Array:
        """The value at places, on a border that of the layer to the right."""
        return np.array(self.values)[np.clip(np.searchsorted(self.borders, places, "right") - 1, 0, len(self.values) - 1)]

    def write(self, letter: str, way: str) -> str:
        """The text: the first value, and the steps to each of the next."""
        steps = zip(self.borders[1:], self.values, self.values[1:], strict=False)
        rest = [f"({text(after)} - {text(before)})*{STEPS[way](f'{letter} - {text(border)}')}" for border, before, after in steps]
        return " + ".join([text(self.values[0]), *rest])


def borders(draws: Draws, low: float, high: float, layers: int) -> tuple[float, ...]:
    """The ends of so many layers, none thinner than a tenth of the whole."""
    inner = draws.ordered(layers - 1, low + 0.12 * (high - low), high - 0.12 * (high - low), 0.15)
    return (low, *inner, high)


def draw(draws: Draws, ends: tuple[float, ...], low: float, high: float) -> Materials:
    """Materials between these borders with values from `low` to `high`, neighbours different."""
    return Materials(ends, tuple(draws.scale(low, high) for _ in ends[1:]))
