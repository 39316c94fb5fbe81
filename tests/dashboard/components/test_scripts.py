"""The components' scripts, by the tools that know their language; and whether what Python sends is what they say they take.

Node runs their tests. The other tools come by `npm ci`. Where they are missing, their tests are skipped: the app itself needs none.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.problem.reading.reading import load
from core.store import RunStore
from dashboard.server import services
from tests.experiments import small

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TOOLS = ROOT / "node_modules" / ".bin"
WIRE = "tangente."
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node: apt install nodejs")
needs_tools = pytest.mark.skipif(shutil.which("node") is None or not TOOLS.exists(), reason="needs node and what `npm ci` installs")


def passes(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_node
def test_the_helpers_of_the_scripts() -> None:
    passes("node", "--test", *sorted(HERE.glob("*.test.js")))


@needs_tools
def test_the_types_of_the_scripts() -> None:
    passes(TOOLS / "tsc")


@needs_tools
def test_the_style_of_the_scripts() -> None:
    passes(TOOLS / "biome", "ci")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    url = f"sqlite:///{tmp_path / 'runs.db'}"
    monkeypatch.setenv("TANGENTE_STORE", url)
    monkeypatch.setattr(services, "cluster", lambda: Asked())
    return RunStore(url)


class Asked:
    """Workers that do nothing: nobody asks them for anything while a page is only looked at."""

    def solve_reference(self, *_asked: object) -> None:
        """Nobody computes it."""


def sent(app: AppTest) -> list[tuple[str, dict[str, Any]]]:
    """The component and what it is sent, for each on the page."""
    assert not app.exception
    return [(part.proto.component_name.removeprefix(WIRE), json.loads(part.proto.bytes)) for part in app.get("bidi_component")]


def page(name: str, **query: str) -> list[tuple[str, dict[str, Any]]]:
    app = AppTest.from_file(str(ROOT / "pages" / name), default_timeout=60)
    for key, text in query.items():
        app.query_params[key] = text
    return sent(app.run())


def live(experiment: Experiment, run_id: str | None = None) -> list[tuple[str, dict[str, Any]]]:
    def show(given: str, run_id: str | None) -> None:
        from core.experiment.making import experiment_from_json
        from dashboard.components.stage.stage import stage
        from dashboard.server.services import store

        stage(experiment_from_json(given), store().get(run_id) if run_id else None, key="live")

    return sent(AppTest.from_function(show, args=(experiment.to_json(), run_id), default_timeout=60).run())


def of_all_pages(store: RunStore) -> list[tuple[str, dict[str, Any]]]:
    """What each component is sent, on every page."""
    run = store.create(small())
    lease = store.lease(run.id, "a test")
    assert lease is not None
    store.finish(lease, "done", step=12, seconds=1.5, loss=0.25, losses={}, relative_l2={"u": 0.5}, max_error={"u": None})
    pages = [page("solve.py", problem="burgers", bands="true"), page("problems.py"), page("editor.py"), page("pytorch.py")]
    views = [live(small(), run.id), live(experiment_of(load("taylor-green"))), live(small("burgers", weighting="ntk", causality=2.0))]
    return [part for parts in (*pages, *views) for part in parts]


@needs_tools
def test_what_is_sent_is_what_the_scripts_take(store: RunStore, contract: Callable[..., str]) -> None:
    parts = of_all_pages(store)
    missing = {path.parent.name for path in (ROOT / "dashboard" / "components").glob("*/view.js")} - {name for name, _data in parts}
    assert not missing
    assert contract([*parts, ("seeds", {"runs": {"a run": "running"}})]) == ""


@needs_tools
@pytest.mark.parametrize("change", [{"extra": 1}, {"locale": None}, {"groups": 3}])
def test_what_is_not_is_found(contract: Callable[..., str], change: dict[str, Any]) -> None:
    assert "error TS" in contract([("gallery", {"groups": [], "texts": {"waiting": "", "none": "", "more": ""}, "locale": "en", **change})])


@pytest.fixture
def contract(tmp_path: Path) -> Callable[[list[tuple[str, dict[str, Any]]]], str]:
    """What TypeScript has against these data, each for the component of a name."""

    def against(parts: list[tuple[str, dict[str, Any]]]) -> str:
        lines = []
        for number, (name, data) in enumerate(parts):
            kind = f'import("{(ROOT / "dashboard" / "components" / name / "view.js").as_posix()}").Data'
            lines.append(f"export const sent{number}: {kind} = {json.dumps(data)};\n")
        (tmp_path / "sent.ts").write_text("".join(lines), encoding="utf-8")
        options = {"extends": (ROOT / "tsconfig.json").as_posix(), "include": [], "files": ["sent.ts"]}
        (tmp_path / "tsconfig.json").write_text(json.dumps(options), encoding="utf-8")
        done = subprocess.run([TOOLS / "tsc", "-p", tmp_path], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    return against
