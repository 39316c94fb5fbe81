"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import core

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLACE = r"(?:New file `(?P<new>[^`\n]+)`|In `(?P<old>[^`\n]+)`, after `(?P<line>[^\n]+)`)"
STEP = re.compile(rf"^{PLACE}:\n\n```\w+\n(?P<text>.*?)```$", re.DOTALL | re.MULTILINE)


def follow(recipe: str, copy: Path) -> None:
    """Do what a recipe says."""
    (chapter,) = re.findall(rf"^## {recipe}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    steps = list(STEP.finditer(chapter))
    assert len(steps) == chapter.count("```") // 2 > 0
    for step in steps:
        if step["new"]:
            assert not (copy / step["new"]).exists()
            (copy / step["new"]).write_text(step["text"], encoding="utf-8")
        else:
            before = (copy / step["old"]).read_text(encoding="utf-8")
            assert before.count(f"\n{step['line']}\n") == 1, step["line"]
            after = before.replace(f"\n{step['line']}\n", f"\n{step['line']}\n{step['text']}")
            (copy / step["old"]).write_text(after, encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for layer in ("core", "dashboard", "pages", "tests"):
        shutil.copytree(ROOT / layer, tmp_path / layer, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def python(copy: Path, *arguments: str) -> str:
    """What Python prints, with the copy as its code; fails where that fails."""
    done = subprocess.run([sys.executable, *arguments], cwd=copy, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def layers_hold(copy: Path) -> None:
    """The rules for imports and folders are kept, and the style."""
    python(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_layers.py")
    python(copy, "-m", "ruff", "check", "--no-cache", "core", "dashboard", "pages")
    python(copy, "-m", "ruff", "format", "--no-cache", "--check", "core", "dashboard", "pages")


def test_a_problem(copy: Path) -> None:
    follow("To add a problem", copy)
    assert "Relaxation towards a moving target" in python(copy, "-m", "core", "problems")
    trained = python(copy, "-m", "core", "solve", "relaxation", "--store", str(copy / "runs.db"))
    error = float(re.findall(r"relative L2  u (?:at most )?(\S+)", trained)[0])
    promise = tomllib.loads((copy / "core/problem/library/relaxation.toml").read_text(encoding="utf-8"))["problem"]["promise"]
    assert error <= promise


@pytest.mark.slow
def test_an_optimiser(copy: Path) -> None:
    follow("To add an optimiser", copy)
    asked = ("decay", "--optimiser", "descent", "--learning-rate", "0.01", "--steps", "200", "--store", str(copy / "runs.db"))
    assert "done: 200 steps" in python(copy, "-m", "core", "solve", *asked)
    layers_hold(copy)


@pytest.mark.slow
def test_a_figure(copy: Path) -> None:
    follow("To add a figure", copy)
    code = """
from core.experiment.making import experiment_of
from core.problem.reading.reading import load
from dashboard.components.stage.stage import panels
for name in ("lotka-volterra", "decay"):
    print([panel["name"] for panel in panels(experiment_of(load(name)))])
"""
    several, one = python(copy, "-c", code).splitlines()
    assert "by-size" in one and "by-size" not in several
    layers_hold(copy)


@pytest.mark.slow
def test_a_page(copy: Path) -> None:
    follow("To add a page", copy)
    code = f"""
import os
os.environ["TANGENTE_STORE"] = "sqlite:///{copy / "runs.db"}"
from streamlit.testing.v1 import AppTest
from core.experiment.making import experiment_of
from core.problem.reading.reading import load
from core.store import RunStore
RunStore().create(experiment_of(load("decay")))
app = AppTest.from_file("dashboard/main.py", default_timeout=60).run()
assert not app.exception
page = AppTest.from_file("pages/newest.py", default_timeout=60).run()
assert not page.exception, page.exception
print([element.value for element in page.markdown])
"""
    assert "Exponential decay: Waiting for a worker" in python(copy, "-c", code)
    layers_hold(copy)


def test_the_citation_is_of_this_version() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (\S+)$", text, re.MULTILINE) == [core.__version__]
