"""Run the tests: `python3 -m tests [pytest's arguments]`. Needs Python alone; what else the tests need is installed at the first start."""

from __future__ import annotations

import os
import sys

from dashboard import environment


def main() -> None:
    """Set up where needed, then become pytest."""
    environment.enter("tests", environment.TESTS)
    os.chdir(environment.ROOT)
    environment.replace(sys.executable, "-m", "pytest", *sys.argv[1:])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
