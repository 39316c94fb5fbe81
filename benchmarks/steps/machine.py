"""Where and when figures were measured."""

from __future__ import annotations

import os
import platform
from datetime import date

from core.training.devices import labels


def described() -> str:
    """The processor, its cores, the system, Python and the day."""
    return f"{labels()['cpu']}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, {python()}, {date.today()}"


def python() -> str:
    """Python and its version."""
    return f"Python {platform.python_version()}"
