"""How many examples a property is tried on: few as a rule, and all that its test names with `python3 -m tests --slow`."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

SLOW = "TANGENTE_TESTS_SLOW"
"""A variable of the environment of the tests: "all" or "few" of what is slow; unset, none."""
COUNT = "TANGENTE_EXAMPLES"
"""A variable of the environment: a number of examples for every property, as `benchmarks/fuzz.py` asks for."""
FEWEST = 10


def examples(most: int) -> int:
    """The number of examples of a property whose test asks for `most`."""
    if COUNT in os.environ:
        return int(os.environ[COUNT])
    return most if os.environ.get(SLOW) == "all" else max(FEWEST, most // 8)


def slow_of(names: Iterable[str], *slow: str) -> list[object]:
    """Parameters of a test, of which those that take long are marked so."""
    return [pytest.param(name, marks=pytest.mark.slow) if name in slow else name for name in names]
