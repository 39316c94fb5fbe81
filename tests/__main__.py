"""Run the tests: `python3 -m tests [pytest's arguments]`. Needs Python alone; what else the tests need is installed at the first start."""

from __future__ import annotations

import os
import subprocess
import sys

from dashboard import environment

ALONE = "browser or processes or timed"
"""The marks of tests that get the machine for themselves: a browser, workers and limits in seconds suffer beside others."""
MOST = 4
"""Processes of pytest among which the other tests are shared out: each loads torch."""
ITSELF = ("-n", "-m", "--numprocesses", "--pdb", "--lf", "--ff", "--co")
"""Arguments with which pytest is run once, as they say."""
NOTHING = 5
"""The exit code of pytest where no test was chosen."""


def main() -> None:
    """Set up where needed; run the tests that can be shared out among the cores, then become pytest for the others."""
    environment.enter("tests", environment.TESTS)
    os.chdir(environment.ROOT)
    pytest, cores = [sys.executable, "-m", "pytest"], min(MOST, os.cpu_count() or 1)
    given = sys.argv[1:]
    if cores == 1 or any(item.startswith(ITSELF) or "::" in item for item in given):
        environment.replace(*pytest, *given)
    shared = subprocess.call([*pytest, "-n", str(cores), "-m", f"not ({ALONE})", *given])
    if shared not in (0, 1, NOTHING):  # interrupted, or used wrongly
        sys.exit(shared)
    alone = subprocess.call([*pytest, "-m", ALONE, *given])
    codes = {shared, alone} - {NOTHING}
    sys.exit(max(codes, default=NOTHING))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
