"""The environment of the other frameworks, made by real pip from packages made here."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from core.__main__ import main
from core.errands.batch import Batch, Errand
from core.errors import RunError
from core.why_pytorch.frameworks import installing
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS, Framework

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No index but a folder with one package, tiny, which is what is asked for; and no environment yet."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv(installing.VARIABLE, str(tmp_path / "others"))
    monkeypatch.setattr(installing, "REQUIREMENTS", tmp_path / "requirements.txt")
    (tmp_path / "requirements.txt").write_text("tiny==1.0\n")
    info = "tiny-1.0.dist-info"
    files = {
        "tiny/__init__.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(tmp_path / "tiny-1.0-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return tmp_path


def test_one_command_makes_the_environment(packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny = Framework("numpy_by_hand", "Tiny", "tiny", "yes", "", "tiny")
    assert tiny.python is None
    assert main(["frameworks"]) == 0
    assert "Successfully installed tiny-1.0" in capsys.readouterr().out
    assert tiny.python is not None and Path(tiny.python).is_relative_to(packages / "others")
    assert main(["frameworks"]) == 0  # again: there is nothing to do


def test_what_cannot_be_installed_is_told(packages: Path) -> None:
    (packages / "requirements.txt").write_text("huge==1.0\n")
    with pytest.raises(RunError, match=r"huge==1\.0"):
        installing.install(lambda line: None)


def test_what_the_app_has_itself_is_used_from_there(packages: Path) -> None:
    assert {FRAMEWORKS[name].python for name in ("pytorch", "numpy_by_hand")} == {sys.executable}


def test_as_an_errand_it_tells_how_far_it_is(packages: Path) -> None:
    """The real requirements, of which this index has none."""
    batch = Batch([Errand("frameworks", "core.why_pytorch.frameworks.installing")], timed=False)
    batch.wait(120)
    told = batch.events()
    assert [event["event"] for event in told][:2] == ["started", "step"]
    (failed,) = [event for event in told if event["event"] == "failed"]
    assert "could not be installed" in failed["complained"]


def reachable() -> bool:
    try:
        urllib.request.urlopen("https://pypi.org/simple/pip/", timeout=5).close()
    except OSError:
        return False
    return True


@pytest.mark.network
@pytest.mark.parametrize(
    "files",
    [
        ["requirements.txt"],
        ["requirements.txt", "requirements-dev.txt"],
        ["requirements.txt", "requirements-benchmarks.txt"],
        ["core/why_pytorch/frameworks/requirements.txt"],
    ],
    ids=lambda files: files[-1],
)
def test_requirements_contradict_nothing(files: list[str]) -> None:
    if not reachable():
        pytest.skip("needs the network")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    command += [part for file in files for part in ("-r", str(ROOT / file))]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=1800)
    assert done.returncode == 0, done.stdout[-2000:]
