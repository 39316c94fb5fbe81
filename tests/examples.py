"""What takes long among the tests: all of it runs with `python3 -m tests --slow`, properties of trainings on few examples without."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

SLOW = "TANGENTE_TESTS_SLOW"
"""A variable of the environment of the tests: "all" or "few" of what is slow; unset, none."""
FEWEST = 10


def examples(most: int) -> int:
    """The number of examples of a property whose test asks for `most`."""
    return most if os.environ.get(SLOW) == "all" else max(FEWEST, most // 8)


def slow_of(names: Iterable[str], *slow: str) -> list[object]:
    """Parameters of a test, of which those that take long are marked so."""
    return [pytest.param(name, marks=pytest.mark.slow) if name in slow else name for name in names]
