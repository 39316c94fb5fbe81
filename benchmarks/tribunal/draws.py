"""Random choices of a case: numbers that a person might type, letters, and how constants are stated."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

Item = TypeVar("Item")

DIGITS = 3
"""Significant digits of a drawn number: the text then says exactly what the truth is computed from."""


class Draws:
    """The random choices of the case `number` of a kind: equal arguments give equal choices."""

    def __init__(self, kind: str, seed: int, number: int) -> None:
        self._random = np.random.default_rng([seed, zlib.crc32(kind.encode()), number])

    def real(self, low: float, high: float) -> float:
        """A number between `low` and `high`, all of them equally likely."""
        return rounded(self._random.uniform(low, high))

    def scale(self, low: float, high: float) -> float:
        """A positive number between `low` and `high`, all orders of magnitude equally likely."""
        return rounded(float(np.exp(self._random.uniform(np.log(low), np.log(high)))))

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return int(self._random.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self._random.uniform() < probability)

    def choice(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[int(self._random.integers(len(items)))]

    def sign(self) -> int:
        """1 or −1."""
        return self.choice((1, -1))

    def ordered(self, count: int, low: float, high: float, gap: float) -> tuple[float, ...]:
        """`count` growing numbers between `low` and `high`, at least `gap` of that range apart."""
        room = 1 - gap * (count - 1)
        parts = np.sort(self._random.uniform(0, room, count)) + gap * np.arange(count)
        return tuple(rounded(low + (high - low) * part) for part in parts)

    def table(self, constants: Mapping[str, float] | None = None, **stated: Any) -> dict[str, Any]:
        """A [problem] table whose texts name `constants`: as parameters, as definitions, or written out as numbers."""
        table = {"reference": "auto", **{key: value for key, value in stated.items() if value != {}}}
        if not constants:
            return table
        how = self.choice(("numbers", "parameters", "definitions"))
        if how == "numbers":
            return {key: _written_out(value, constants) for key, value in table.items()}
        if how == "parameters":
            return {**table, "parameters": {**constants, **table.get("parameters", {})}}
        return {
            **table,
            "definitions": {
                **{name: f"{value!r}" for name, value in constants.items()},
                **table.get("definitions", {}),
            },
        }


def rounded(value: float) -> float:
    """The number to `DIGITS` significant digits."""
    return float(f"{value:.{DIGITS}g}")


def text(value: float) -> str:
    """A number as one types it inside a product: exactly, a negative one in brackets."""
    return f"{float(value):g}" if float(f"{float(value):g}") == value >= 0 else f"{float(value)!r}" if value >= 0 else f"(-{text(-value)})"


def _written_out(value: Any, constants: Mapping[str, float]) -> Any:
    if isinstance(value, str):
        return re.sub(
            r"\b[A-Za-z][A-Za-z0-9]*\b",
            lambda word: text(constants[word[0]]) if word[0] in constants else word[0],
            value,
        )
    if isinstance(value, list):
        return [_written_out(item, constants) for item in value]
    if isinstance(value, dict):
        return {key: _written_out(item, constants) for key, item in value.items()}
    return value
