"""Run the tests: `python3 -m tests [pytest's arguments]`. Needs Python alone; what else the tests need is installed at the first start."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dashboard import environment

MOST_CORES = 4
"""More share less: browser tests keep to one process, and each loads torch."""


def main() -> None:
    """Set up where needed, then become pytest."""
    environment.enter("tests", environment.TESTS)
    os.chdir(environment.ROOT)
    environment.replace(sys.executable, "-m", "pytest", *shared(sys.argv[1:]), *sys.argv[1:])


def shared(arguments: Sequence[str]) -> list[str]:
    """The arguments by which pytest shares the tests out among the cores; none where one is chosen, or there is one core."""
    cores = min(MOST_CORES, os.cpu_count() or 1)
    chosen = any(item.startswith(("-n", "--numprocesses", "--pdb")) or "::" in item for item in arguments)
    return [] if chosen or cores < 2 else ["-n", str(cores), "--dist", "loadgroup"]


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
