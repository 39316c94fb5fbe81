"""The log: what a process says of its work on standard error, from a level on that `TANGENTE_LOG` names."""

from __future__ import annotations

import logging
import os

VARIABLE = "TANGENTE_LOG"
LEVELS = ("debug", "info", "warning", "error")
USUAL = "warning"


def begin() -> None:
    """Say what is of the level asked for, or more; a word that is no level counts as none."""
    asked = os.environ.get(VARIABLE, USUAL).lower()
    level = asked if asked in LEVELS else USUAL
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("core").setLevel(level.upper())
