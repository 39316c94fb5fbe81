"""How many examples a property is tried on: few as a rule, and all that its test names with `python3 -m tests --slow`."""

from __future__ import annotations

import os

SLOW = "TANGENTE_TESTS_SLOW"
"""In the environment of the tests: "all" or "few" of what is slow; unset, none."""
COUNT = "TANGENTE_EXAMPLES"
"""In the environment: a number of examples for every property, as `benchmarks/fuzz.py` asks for."""
FEWEST = 10


def examples(most: int) -> int:
    """The number of examples of a property whose test asks for `most`."""
    if COUNT in os.environ:
        return int(os.environ[COUNT])
    return most if os.environ.get(SLOW) == "all" else max(FEWEST, most // 8)
