"""Tangente from Python: `tangente.solve("burgers", steps=3000)`; docs/api.md tells the rest.

The code is in the packages `core`, `dashboard` and `pages`. They stand beside this one where it is developed, and in `_app` below it where
it is installed, so that installing it takes one name. This module puts them on the import path. Nothing here loads torch before it trains.
"""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE / "_app" if (_HERE / "_app").is_dir() else _HERE.parent
if sys.path[:1] != [str(_ROOT)]:
    sys.path.insert(0, str(_ROOT))  # before a folder named core that the program may stand in

import core  # noqa: E402

if Path(core.__file__).resolve().parent.parent != _ROOT:
    raise ImportError(f"tangente brings a package named core, and another is loaded already: {core.__file__}. Import tangente first.")

from core import __version__  # noqa: E402
from core.errors import InputError, RunError, TangenteError  # noqa: E402
from core.experiment.experiment import Experiment  # noqa: E402
from core.problem.problem import Problem  # noqa: E402
from core.problem.reading.reading import library  # noqa: E402
from core.store import RunStore  # noqa: E402
from tangente.result import Result  # noqa: E402
from tangente.solving import experiment, solve, train, train_on  # noqa: E402

__all__ = [
    "Experiment",
    "InputError",
    "Problem",
    "Result",
    "RunError",
    "RunStore",
    "TangenteError",
    "__version__",
    "experiment",
    "library",
    "solve",
    "train",
    "train_on",
]
