"""The Python environment of `python3 -m dashboard` and `python3 -m tests`: the running one if it will do, else `.venv` beside the code.

Standard library alone, and readable by Pythons that are too old to run the rest, so that they can say so.

    python3 -m dashboard.environment MODULE [ARGUMENT …]     # any module, such as ruff or mypy, with the tests' packages at hand
"""

from __future__ import annotations

import importlib.util
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
APP = ("requirements.txt",)
TESTS = ("requirements.txt", "requirements-dev.txt")

_OLDEST = (3, 11)
_PINNED = re.compile(r"([A-Za-z0-9._-]+)==([^\s;#]+)")


def enter(module: str, files: tuple[str, ...]) -> None:
    """Return where this process has all that `files` pin; else run `python -m module` with the same arguments where it has, and end.

    Ends the process with a message where that cannot be had. Where the files are not beside the code, it was installed by a wheel, and what
    it needs with it.
    """
    if not (ROOT / files[0]).exists():
        return
    _require_python(module)
    missing = unmet(files)
    if not missing:
        return
    if Path(sys.prefix).resolve() == FOLDER.resolve():
        _fill(files, missing)
    elif not _works(_interpreter()):
        _create()
    replace(str(_interpreter()), "-m", module, *sys.argv[1:])


def unmet(files: tuple[str, ...]) -> list[str]:
    """The pins of `files` that this process does not have at that version; a build of it (`2.13.0+cpu`) counts as it."""
    from importlib import metadata  # the first Python to have it is younger than the first that must understand this file

    missing = []
    for file in files:
        for line in (ROOT / file).read_text().splitlines():
            pin = _PINNED.match(line)
            if pin is None:
                continue
            try:
                present = metadata.version(pin[1])
            except metadata.PackageNotFoundError:
                present = ""
            if pin[2] not in (present, present.partition("+")[0]):
                missing.append(pin[0])
    return missing


def replace(*command: str) -> None:
    """Become `command`, in the same terminal; where a process cannot be replaced, wait for it and end as it did."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    try:
        sys.exit(subprocess.call(command))
    except KeyboardInterrupt:
        sys.exit(130)


def _require_python(module: str) -> None:
    if sys.version_info >= _OLDEST:
        return
    newer = [f"python3.{minor}" for minor in range(_OLDEST[1], 30) if shutil.which(f"python3.{minor}")]
    remedy = f"Run: {newer[0]} -m {module}" if newer else "Install a newer one, from your system's packages or python.org."
    sys.exit(f"Tangente needs Python 3.{_OLDEST[1]} or newer, but this is Python {sys.version.split()[0]} ({sys.executable}).\n{remedy}")


def _interpreter() -> Path:
    return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _works(interpreter: Path) -> bool:
    """Whether `interpreter` starts and is new enough: an upgrade of the system's Python can leave one that is not."""
    check = f"import sys; sys.exit(sys.version_info < {_OLDEST})"
    try:
        return subprocess.run([str(interpreter), "-c", check], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _create() -> None:
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        version = f"python3.{sys.version_info[1]}"
        remedy = f"apt install {version}-venv" if shutil.which("apt-get") else f"your system's package with {version}'s venv and ensurepip"
        sys.exit(
            f"Tangente sets up an environment of its own, and this Python lacks the module venv or ensurepip for it.\nInstall: {remedy}"
        )
    print(f"Setting up {FOLDER}, once.", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(FOLDER)]):
        sys.exit(f"Python could not make the environment {FOLDER}; its reason stands above.")


def _fill(files: tuple[str, ...], missing: list[str]) -> None:
    """Install what `files` name into this process's own environment, with pip's output in sight."""
    print(f"Installing what {' and '.join(files)} name, once; this takes some minutes. Missing: {', '.join(missing)}", flush=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
    if importlib.util.find_spec("pip") is None and subprocess.call([sys.executable, "-m", "ensurepip"]):
        sys.exit(f"pip is missing from {FOLDER} and could not be added; its reason stands above. Remove the folder and try again.")
    if subprocess.call([*pip, *(part for file in files for part in ("-r", str(ROOT / file)))]):
        sys.exit("pip could not install everything; its reason stands above. The same command goes on from where it stopped.")
    importlib.invalidate_caches()
    missing = unmet(files)
    if missing:
        sys.exit(f"pip has run, but {FOLDER} still lacks {', '.join(missing)}. Remove the folder and try again.")


def main() -> None:
    """Run the module that the command line names."""
    if len(sys.argv) < 2:
        sys.exit("usage: python3 -m dashboard.environment MODULE [ARGUMENT …]")
    enter("dashboard.environment", TESTS)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
