"""The surroundings of a child process: where it finds this code, and how many threads its libraries take."""

from __future__ import annotations

import os
from pathlib import Path

import core

ROOT = Path(core.__file__).resolve().parent.parent
"""The folder that holds the package `core`."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""Variables of the environment: on networks this small, two threads are slower; set before torch is imported, so that all agree."""


def import_path() -> str:
    """The value of `PYTHONPATH` with which a child finds this code first, then whatever this process was told to find."""
    return os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
