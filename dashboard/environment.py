"""The Python environment of `python3 -m dashboard` and `python3 -m tests`: the running one if it will do, else `.venv` beside the code.

Standard library alone, and readable by Pythons that are too old to run the rest, so that they can say so.

    python3 -m dashboard.environment MODULE [ARGUMENT …]     # any module, such as ruff or mypy, with the tests' packages at hand
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import runpy
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
APP = ("requirements.txt",)
TESTS = ("requirements.txt", "requirements-dev.txt")

_OLDEST, _NEWEST = (3, 11), (3, 14)
"""The Pythons that all packages are built for."""
_LOG = FOLDER / "install.log"
_PROCESSORS = "https://download.pytorch.org/whl/cpu"
_PATIENCE = 5.0
"""Seconds that PyTorch's own index has to answer."""
_LARGE = re.compile(r"Downloading (?:\S*/)?([^-/\s]+-[^-\s]+)\S* \((\d{2,}\.?\d* MB|[\d.]+ GB)\)")
_PINNED = re.compile(r"([A-Za-z0-9._-]+)==([^\s;#]+)")


def enter(module: str, files: tuple[str, ...]) -> None:
    """Return where this process has all that `files` pin; else run `python -m module` with the same arguments where it has, and end.

    Ends the process with a message where that cannot be had. Where the files are not beside the code, it was installed by a wheel, and what
    it needs with it.
    """
    if not (ROOT / files[0]).exists():
        return
    here = sys.version_info >= _OLDEST and unmet(files)
    if here == []:
        return
    if here and Path(sys.prefix).resolve() == FOLDER.resolve():
        _fill(files, here)
    elif not _works(_interpreter()):
        _create(_python())
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


def _python() -> str:
    """The Python that the environment is made with: this one, or, where the packages are not built for it, another on this machine."""
    trouble = _trouble(sys.version_info[:2], sys.platform, platform.machine())
    if not trouble:
        return sys.executable
    for other in _others():
        if _trouble(*_told(other)) == "":
            print(trouble + " Taking " + other + " instead.", flush=True)
            return other
    sys.exit(
        trouble + " No other Python that would do was found on this machine: install one from python.org, or from your system's packages."
    )


def _trouble(version: tuple[int, int], system: str, machine: str) -> str:
    """Why Tangente cannot run on such a Python, in a sentence; "" where it can."""
    name = "Python {}.{}".format(*version)
    if version < _OLDEST:
        return "Tangente needs Python {}.{} or newer, but this is {}.".format(*_OLDEST, name)
    if version > _NEWEST:
        return "Tangente needs PyTorch, which is not built for {} yet: {}.{} is the newest that it is built for.".format(name, *_NEWEST)
    if (system, machine.lower()) == ("darwin", "x86_64"):
        return "Tangente needs PyTorch, which is no longer built for Macs with Intel processors."
    if (system, machine.lower()) == ("win32", "arm64"):
        return "Tangente needs PyTorch, which PyPI does not have for Windows on ARM; a Python for x64 runs there, too, and would do."
    return ""


def _others() -> Iterator[str]:
    """Yield the other Pythons on this machine, the newest first."""
    for minor in range(_NEWEST[1], _OLDEST[1] - 1, -1):
        version = f"3.{minor}"
        found = shutil.which("python" + version)
        if found is not None:
            yield found
        if os.name == "nt" and shutil.which("py"):
            asked = subprocess.run(["py", "-" + version, "-c", "import sys; print(sys.executable)"], stdout=subprocess.PIPE, check=False)
            if asked.returncode == 0:
                yield asked.stdout.decode().strip()


def _told(python: str) -> tuple[tuple[int, int], str, str]:
    """The version, the system and the machine of another Python; a version too old where it does not start."""
    asked = "import platform, sys; print(*sys.version_info[:2], sys.platform, platform.machine())"
    try:
        done = subprocess.run([python, "-c", asked], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        major, minor, system, machine = done.stdout.decode().split()
    except (OSError, ValueError):
        return (0, 0), "", ""
    return (int(major), int(minor)), system, machine


def _can_make() -> bool:
    """Whether this Python can make environments."""
    return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))


def _interpreter() -> Path:
    return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _works(interpreter: Path) -> bool:
    """Whether `interpreter` starts and is new enough: an upgrade of the system's Python can leave one that is not."""
    check = f"import sys; sys.exit(sys.version_info < {_OLDEST})"
    try:
        return subprocess.run([str(interpreter), "-c", check], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def _create(python: str) -> None:
    """Make the environment with a Python; what it shall hold is installed by itself."""
    check = "import sys, importlib.util as i; sys.exit(not all(i.find_spec(name) for name in ('venv', 'ensurepip')))"
    if not _can_make() if python == sys.executable else subprocess.call([python, "-c", check]):
        version = "python{}.{}".format(*_told(python)[0])
        remedy = f"apt install {version}-venv" if shutil.which("apt-get") else f"your system's package with {version}'s venv and ensurepip"
        sys.exit(
            f"Tangente sets up an environment of its own, and this Python lacks the module venv or ensurepip for it.\nInstall: {remedy}"
        )
    print(f"Setting up {FOLDER}, once.", flush=True)
    if subprocess.call([python, "-m", "venv", "--clear", str(FOLDER)]):
        sys.exit(f"Python could not make the environment {FOLDER}; its reason stands above.")


def _fill(files: tuple[str, ...], missing: list[str]) -> None:
    """Install what `files` name into this process's own environment, telling how far it is; all that pip says is kept in a file."""
    print(f"Installing what {' and '.join(files)} name, once; this takes some minutes. Missing: {', '.join(missing)}", flush=True)
    if importlib.util.find_spec("pip") is None and subprocess.call([sys.executable, "-m", "ensurepip"]):
        sys.exit(f"pip is missing from {FOLDER} and could not be added; its reason stands above. Remove the folder and try again.")
    begun = time.monotonic()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", *_builds()]
    errors = _installed([*pip, *(part for file in files for part in ("-r", str(ROOT / file)))])
    if errors is not None:
        reason = "\n".join(errors) or "its reason stands there."
        sys.exit(f"pip could not install everything (all it said is in {_LOG}): {reason}\nThe same command goes on from where it stopped.")
    importlib.invalidate_caches()
    missing = unmet(files)
    if missing:
        sys.exit(f"pip has run, but {FOLDER} still lacks {', '.join(missing)}. Remove the folder and try again.")
    print(f"Installed in {time.monotonic() - begun:.0f} s.", flush=True)


def _builds() -> list[str]:
    """Where pip finds PyTorch for processors alone, 4 GB smaller: on Linux PyPI's is for NVIDIA's GPUs, and this machine has none.

    Whoever has an index of their own keeps to that; where PyTorch's does not answer, pip would try it again and again for every package.
    """
    if sys.platform != "linux" or _own_index() or shutil.which("nvidia-smi") or Path("/proc/driver/nvidia").exists():
        return []
    try:
        urllib.request.urlopen(_PROCESSORS + "/torch/", timeout=_PATIENCE).close()
    except OSError:
        return []
    print("No NVIDIA GPU was found: taking PyTorch for processors, which is much smaller.", flush=True)
    return ["--extra-index-url", _PROCESSORS]


def _own_index() -> bool:
    """Whether pip's settings, in the environment or in its files, name where packages come from."""
    done = subprocess.run([sys.executable, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    settings = done.stdout.decode(errors="replace") + "".join(name for name in os.environ if name.startswith("PIP_"))
    return any(name in settings.lower().replace("_", "-") for name in ("index-url", "no-index"))


def _installed(command: list[str]) -> list[str] | None:
    """Run pip, and tell of large downloads and of the unpacking; None where all went well, else the errors that it told."""
    errors = []
    with _LOG.open("w", encoding="utf-8") as log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for data in process.stdout:
            line = data.decode(errors="replace").strip()
            log.write(line + "\n")
            large = _LARGE.match(line)
            if large is not None:
                print(f"  downloading {large[1]} ({large[2]})", flush=True)
            elif line.startswith("Installing collected packages"):
                print(f"  unpacking {line.count(',') + 1} packages", flush=True)
            elif line.startswith("ERROR:"):
                errors.append(line[len("ERROR:") :].strip())
    return errors if process.returncode else None


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
