"""The diagnosis on the page Solve: every finding with every remedy, each pressed, and what the controls then show.

The measures are those of the trainings of `tests/core/diagnosis/test_diagnosis.py`, told as their errand tells them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from streamlit.testing.v1 import AppTest

from core.diagnosis.case import Case
from core.diagnosis.findings import FAULTS, Finding, findings
from core.diagnosis.remedies import Settings, possible, sharper
from core.experiment.experiment import HYPERPARAMETERS
from core.experiment.making import experiment_of
from core.problem.reading.reading import load
from core.store import Device, RunStore, classical
from dashboard.server.visitor import LOCAL
from dashboard.solve import diagnosis
from dashboard.solve.controls import NONE
from tests.core.diagnosis.test_diagnosis import faulty, off, sound

ROOT = Path(__file__).resolve().parents[3]
Open = Callable[[Case], Callable[[], AppTest]]


@dataclass(frozen=True)
class Over:
    """A batch whose errand has told what it measured."""

    id: str = "over"
    running: bool = False


@pytest.fixture
def solve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Stores a case as it ended and was measured, and gives what opens the page at its experiment."""
    store = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    store.publish_devices("worker-1", [Device("cpu", "a processor", "worker-1")])
    monkeypatch.setenv("TANGENTE_STORE", store.url)

    def stored(case: Case) -> Callable[[], AppTest]:
        recipe = {section: case.experiment.table()[section] for section in ("network", "training")}
        saved = store.problems.save(LOCAL, tomli_w.dumps({"problem": case.experiment.problem.table(), **recipe}))
        lease = store.lease(store.create(case.experiment).id, "test")
        assert lease is not None
        scores = {"loss": 1.0, "losses": {}, "relative_l2": case.errors, "max_error": {}}
        store.finish(lease, case.status, step=case.step, seconds=1.0, **scores)
        if case.refusal is not None:
            store.references.write(classical.key(case.experiment.problem, dict(case.experiment.values)), case.refusal)
        events = [{"event": "measured", "measures": case.measures.plain()}]
        monkeypatch.setattr(diagnosis.batches, "newest", lambda kind: Over() if kind.startswith("diagnosis-") else None)
        monkeypatch.setattr(diagnosis.batches, "told", lambda id, since: events)
        unlimited = [name for name in HYPERPARAMETERS if getattr(case.experiment, name) is None]  # which no file can say
        return partial(opened, {"problem": saved.id, **dict.fromkeys(unlimited, NONE)})

    return stored


def opened(query: Mapping[str, str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "solve.py"), default_timeout=60)
    for name, text in query.items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def control(app: AppTest, key: str) -> Any:
    """The value that the control of that key shows."""
    (found,) = [item for kind in (app.select_slider, app.selectbox, app.number_input, app.radio) for item in kind if item.key == key]
    return found.value


def press(app: AppTest, code: str, place: int, remedy: Settings) -> None:
    """Press a remedy's button, and see all that it sets."""
    app.button(f"remedy-{code}-{place}").click().run()
    assert not app.exception
    assert {key: control(app, key) for key in remedy} == dict(remedy)


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.success, *app.info))


@pytest.mark.parametrize("code", FAULTS)
def test_every_finding_is_told_and_every_remedy_sets_its_controls(code: str, solve: Open) -> None:
    case, _ = faulty(code)
    found = findings(case)
    page = solve(case)
    words = said(page())
    assert [finding.code for finding in found if FAULTS[finding.code].title.partition("{")[0] not in words] == []
    for finding in found:
        for place, remedy in enumerate(finding.remedies):
            press(page(), finding.code, place, remedy)


@pytest.mark.parametrize("error", [None, 1e-4])
def test_nothing_suspicious_is_said_with_the_error_or_that_none_is_known(error: float | None, solve: Open) -> None:
    case, _ = off((sound(), faulty("early")[1]), error)
    (told,) = solve(case)().success
    assert "Nothing suspicious" in told.value
    assert ("The relative error is" in told.value) == (error is not None)
    assert ("The error is not known" in told.value) == (error is None)


OTHERS: Mapping[str, Any] = {
    **{"depth": 4, "width": 17, "activation": "gelu", "frequency": 3.3, "architecture": "modified", "factorisation": "random"},
    **{"slopes": "adaptive", "features": 5, "constraints": "soft", "learning_rate": 0.0123, "points": 777, "steps": 123, "patience": 55},
    **{"device": "cuda:0", "condition_points": 33, "sampling": "uniform", "resampling": "retain", "period": 44, "windows": 3},
    **{"curriculum": "epsilon from 0.01", "weighting": "ntk", "causality": 1.5, "optimiser": "adam 55, lbfgs", "schedule": "cosine"},
    **{"precision": "float32", "engine": "autograd", "seed": 12345, "seconds": 4.5},
}
"""A value of each hyperparameter that Allen and Cahn's problem does not have."""
NOTHING = {name: None for name, item in HYPERPARAMETERS.items() if item.optional}
ONE: list[Settings] = [{name: value} for name, value in [*OTHERS.items(), *NOTHING.items()]]
OF_DATA: Mapping[str, Any] = {"batch_size": 7, "validation": 0.35, "noise": 0.123}
"""A value of each hyperparameter of measured data that the noisy sine does not have."""


def test_other_values_are_those_of_every_hyperparameter() -> None:
    assert {*OTHERS, *OF_DATA} == set(HYPERPARAMETERS) and not OTHERS.keys() & OF_DATA.keys()


@pytest.mark.parametrize("remedy", [{name: value} for name, value in OF_DATA.items()], ids=str)
def test_a_remedy_may_set_anything_of_data(remedy: Settings, solve: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, remedy)
    stated = experiment_of(load("noisy-sine"), {}, {"seconds": 9, "steps": 500})
    press(solve(replace(sound(), experiment=stated))(), "early", 0, remedy)


@pytest.mark.parametrize("remedy", [*ONE, {"weights.condition-1": 123.0}], ids=str)
def test_a_remedy_may_set_anything(remedy: Settings, solve: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, remedy)
    stated = experiment_of(load("allen-cahn"), {}, {"seconds": 9, "steps": 500})
    press(solve(replace(sound(), experiment=stated))(), "early", 0, remedy)


def test_a_second_order_method_is_offered_where_a_run_had_patience(solve: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    lorenz = experiment_of(load("lorenz"))
    (remedy,) = possible(lorenz, sharper(lorenz))
    assert remedy["patience"] is None
    offer(monkeypatch, remedy)
    press(solve(replace(sound(), experiment=lorenz))(), "early", 0, remedy)


def offer(monkeypatch: pytest.MonkeyPatch, remedy: Settings) -> None:
    """Let the diagnosis find one fault, with this remedy; the figures of another problem's terms are not drawn."""
    finding = Finding("early", {"step": 500, "fell": 2.0, "unmet": 0.5}, (remedy,))
    monkeypatch.setattr(diagnosis, "findings", lambda case: (finding,))
    monkeypatch.setattr(diagnosis, "_figures", lambda experiment, checked: None)
