"""The wheel: one name, all that the code needs beside it, and a page whose workers train, from a folder where no code is."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from core.experiment.making import experiment_of
from core.problem.reading.reading import load
from core.store import RunStore

ROOT = Path(__file__).resolve().parents[2]
PACKED = ("core", "dashboard", "pages")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pinned(file: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE))


def test_what_is_pinned_is_in_the_range_that_the_wheel_asks_for() -> None:
    asked = {requirement.name: requirement.specifier for requirement in map(Requirement, PROJECT["dependencies"])}
    pins = pinned("requirements.txt")
    assert asked.keys() == pins.keys()
    assert [name for name, version in pins.items() if version not in asked[name]] == []


def test_the_lock_holds_what_is_pinned_with_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = re.findall(r"^([\w.-]+)==([^\s;]+)[^\n]* \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(locked) == len(re.findall(r"^[\w.-]+==", text, re.MULTILINE))
    assert {(name.lower().replace("_", "-"), version) for name, version in pinned("requirements.txt").items()} <= set(locked)


def test_the_extra_for_benchmarks_is_what_they_need() -> None:
    assert set(PROJECT["optional-dependencies"]["benchmarks"]) == pinned("requirements-benchmarks.txt").keys()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed, in a folder of its own: what pip does with one, but for the commands."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def installed(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with the installed wheel, in another folder."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=site.parent, env=environment, capture_output=True, text=True, timeout=180, check=False)


def test_it_takes_one_name(site: Path) -> None:
    assert [path.name for path in site.iterdir() if path.suffix != ".dist-info"] == ["tangente"]


def test_it_holds_all_that_the_code_needs(site: Path) -> None:
    there = {path.relative_to(site / "tangente" / "_app").as_posix() for path in (site / "tangente" / "_app").rglob("*") if path.is_file()}
    kept = {path.relative_to(ROOT).as_posix() for part in PACKED for path in (ROOT / part).rglob("*") if path.is_file()}
    assert there == {name for name in kept if "__pycache__" not in name}
    assert (site / "tangente" / "py.typed").exists()


def test_it_says_what_it_is(site: Path) -> None:
    (told,) = site.glob("*.dist-info/METADATA")
    metadata = Parser().parsestr(told.read_text(encoding="utf-8"))
    assert (metadata["Name"], metadata["License-Expression"]) == ("tangente", "MIT")
    assert installed(site, "-m", "tangente", "--version").stdout.split() == ["Tangente", metadata["Version"]]


def test_it_trains_from_the_command_line_and_from_python(site: Path, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'runs.db'}"
    trained = installed(site, "-m", "tangente", "solve", "decay", "--steps", "5", "--store", store)
    assert trained.returncode == 0 and "done: 5 steps" in trained.stdout, trained.stderr
    code = f"import tangente; print(tangente.__file__); print(tangente.solve('decay', steps=5, store={store!r}).steps)"
    assert installed(site, "-c", code).stdout.split() == [str(site / "tangente" / "__init__.py"), "5"]


@pytest.mark.processes
def test_its_page_is_served_and_its_workers_train(site: Path, tmp_path: Path) -> None:
    store = RunStore(str(tmp_path / "runs.db"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "tangente", "--no-browser", "--port", str(port), "--store", store.url]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(site)}, stdout=log, stderr=log)
    try:
        run = store.create(experiment_of(load("decay"), settings={"optimiser": "adam", "steps": 5}))
        until = time.monotonic() + 120
        while store.get(run.id).status != "done":
            assert time.monotonic() < until and server.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=10) as answer:
            assert answer.status == 200
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
