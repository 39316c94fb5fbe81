"""The environment of the other frameworks: beside the app's own, as what they need contradicts what the app needs.

`python -m core.why_pytorch.frameworks.installing` makes it, or completes it, and tells of it: `step`, with a line of pip's, and `done`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_data_path

from core.errands.telling import end_with_parent, tell
from core.errors import RunError

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
VARIABLE = "TANGENTE_FRAMEWORKS"
"""Names another folder for it."""
_STEPS = ("Collecting", "Downloading", "Installing", "Successfully")
"""How those lines of pip's begin that say how far it is."""
_EVERY = 30.0  # seconds between two words of life


def folder() -> Path:
    """Where the environment is, or would be."""
    return Path(os.environ.get(VARIABLE) or user_data_path("tangente", appauthor=False) / "frameworks")


def interpreter(package: str) -> str | None:
    """The environment's interpreter, if it has a package."""
    places = folder().glob(f"lib/python*/site-packages/{package}") if os.name != "nt" else folder().glob(f"Lib/site-packages/{package}")
    return str(_python()) if _python().exists() and any(places) else None


def install(told: Callable[[str], None]) -> None:
    """Make the environment, and install what is missing; `told` is given what pip is at. Raises `RunError` with pip's reason."""
    if not _python().exists():
        told(f"Python's environment in {folder()}")
        _call([sys.executable, "-m", "venv", str(folder())], told)
    _call([str(_python()), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(REQUIREMENTS)], told)


def _python() -> Path:
    return folder() / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _call(command: list[str], told: Callable[[str], None]) -> None:
    """Carry out a command; raises `RunError` with the last that it said where it fails."""
    last = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        assert process.stdout is not None
        for line in filter(None, map(str.strip, process.stdout)):
            last = line if not line.startswith(("WARNING", "[notice]")) else last
            if line.startswith(_STEPS):
                told(line)
    if process.returncode:
        raise RunError("frameworks-not-installed", reason=last)


def main() -> None:
    end_with_parent()
    ended = threading.Event()

    def alive() -> None:
        while not ended.wait(_EVERY):
            tell("working")

    threading.Thread(target=alive, daemon=True).start()
    try:
        install(lambda line: tell("step", line=line))
    except RunError as error:
        sys.exit(str(error))
    finally:
        ended.set()
    tell("done")


if __name__ == "__main__":
    main()
