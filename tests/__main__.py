"""Run the tests: `python3 -m tests [pytest's arguments]`. Needs Python alone; what else the tests need is installed at the first start."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dashboard import environment

MOST = 4
"""Processes of pytest: each loads torch, and those in which a browser or workers are waited for compute little."""


def main() -> None:
    """Set up where needed, then become pytest."""
    environment.enter("tests", environment.TESTS)
    os.chdir(environment.ROOT)
    environment.replace(sys.executable, "-m", "pytest", *shared(sys.argv[1:]), *sys.argv[1:])


def shared(arguments: Sequence[str]) -> list[str]:
    """The arguments by which pytest shares the tests out among the cores; none where that is chosen, or one test."""
    chosen = any(item.startswith(("-n", "--numprocesses", "--pdb")) or "::" in item for item in arguments)
    return [] if chosen else ["-n", str(min(MOST, 1 + (os.cpu_count() or 1))), "--dist", "loadgroup"]


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
