"""What a hyperparameter may be: a real number, a whole number, one of several choices, or a short text that says more.

A range knows its limits, its scale and how to read itself from text; widget, check, address bar and command-line flag derive from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from core.errors import InputError

Scale = Literal["linear", "log"]
Value = float | int | str


@dataclass(frozen=True)
class Real:
    """A real number in [low, high]."""

    low: float
    high: float
    scale: Scale = "linear"

    def check(self, name: str, value: object) -> float:
        """`value` as a float; raises `InputError` where it is no finite number in the range."""
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise InputError("not-a-number", name=name, value=repr(value)) from None
        if isinstance(value, bool) or math.isnan(number):
            raise InputError("not-a-number", name=name, value=repr(value))
        if not self.low <= number <= self.high:
            raise InputError("out-of-range", name=name, low=f"{self.low:g}", high=f"{self.high:g}", value=f"{number:g}")
        return number


@dataclass(frozen=True)
class Integer:
    """A whole number in [low, high]; `words` are pairs of a word that may stand for one, and that one."""

    low: int
    high: int
    scale: Scale = "linear"
    words: tuple[tuple[str, int], ...] = ()

    def check(self, name: str, value: object) -> int:
        """`value` as an int; raises `InputError` where it is no whole number in the range."""
        value = dict(self.words).get(str(value), value)
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise InputError("not-an-integer", name=name, value=repr(value)) from None
        if isinstance(value, bool) or not math.isfinite(number) or number != int(number):
            raise InputError("not-an-integer", name=name, value=repr(value))
        if not self.low <= number <= self.high:
            raise InputError("out-of-range", name=name, low=self.low, high=self.high, value=int(number))
        return int(number)


@dataclass(frozen=True)
class Choice:
    """One of several names; `aliases` are pairs of another name for one, and that one."""

    options: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()

    def check(self, name: str, value: object) -> str:
        """The option that `value` names; raises `InputError` with the nearest name where it is none of them."""
        value = dict(self.aliases).get(str(value), value)
        if isinstance(value, str) and value in self.options:
            return value
        near = nearest(str(value), self.options)
        code = "not-a-choice-near" if near else "not-a-choice"
        raise InputError(code, name=name, options=", ".join(self.options), value=repr(value), near=near)


@dataclass(frozen=True)
class Stages:
    """Methods one after the other, each but the last with the number of its steps: `adam 1000, ssbroyden`."""

    methods: tuple[str, ...]
    usual: tuple[str, ...]

    def check(self, name: str, value: object) -> str:
        """`value`, a text or a list of one text a stage, in its usual spelling; raises `InputError` where a stage cannot be read."""
        parts = value if isinstance(value, list | tuple) and value else str(value).replace("->", ",").replace("→", ",").split(",")
        stages = [self._stage(name, str(part), last=index == len(parts) - 1) for index, part in enumerate(parts)]
        return ", ".join(stages)

    def _stage(self, name: str, text: str, *, last: bool) -> str:
        words = text.split()
        method = Choice(self.methods).check(name, words[0] if words else "")
        if last and len(words) == 1:
            return method
        if last:
            raise InputError("last-stage-has-steps", name=name, method=method, value=text.strip())
        if len(words) != 2:
            raise InputError("stage-without-steps", name=name, method=method, value=text.strip())
        return f"{method} {STAGE.check(name, words[1])}"


STAGE = Integer(1, 200_000)
"""The steps of a stage that has a number."""

NO_CURRICULUM = "none"
DATA_FIRST = "data first"
"""The curriculum in which measurements count first, and the equations more and more."""


@dataclass(frozen=True)
class Curriculum:
    """`none`, `data first`, or a parameter of the problem and the value that it begins with: `beta from 1`."""

    usual: tuple[str, ...] = (NO_CURRICULUM,)

    def check(self, name: str, value: object) -> str:
        """`value` in its usual spelling; raises `InputError` where it cannot be read. Only the problem knows its parameters."""
        words = str(value).split()
        if " ".join(words) in (NO_CURRICULUM, DATA_FIRST):
            return " ".join(words)
        if len(words) != 3 or words[1] != "from":
            raise InputError("not-a-curriculum", name=name, value=repr(value))
        return self.written(words[0], BEGINNING.check(name, words[2]))

    @staticmethod
    def written(parameter: str, first: float) -> str:
        """The text that says so, to twelve digits."""
        return f"{parameter} from {first:.12g}"

    @staticmethod
    def read(text: str) -> tuple[str, float]:
        """The parameter and its first value, from what `check` gave."""
        parameter, _, first = text.partition(" from ")
        return parameter, float(first)


BEGINNING = Real(-1e12, 1e12)
"""The first value of a parameter; the problem has narrower limits."""

Range = Real | Integer | Choice | Stages | Curriculum


def nearest(word: str, known: Iterable[str], likeness: float = 0.5) -> str | None:
    """The known word that `word` may have been meant as, or None."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=likeness)), None)
