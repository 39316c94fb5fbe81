"""The mark of who works: what it says, and whose runs it stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core.experiment.making import experiment_of
from core.problem.reading.reading import problem_from_table
from core.store import RunStore
from dashboard.runs import working
from dashboard.server import asides
from dashboard.solve import opening
from tests.experiments import small

PAGE = """
from dashboard.runs import working
working.mark(lambda run: None)
"""
OWN = {"title": "My *own* one", "coordinates": {"t": [0, 1]}, "unknowns": ["u"], "equations": ["u_t = -u"], "conditions": ["u(0) = 1"]}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    made = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    monkeypatch.setenv("TANGENTE_STORE", made.url)
    monkeypatch.setattr("core.store.for_workers.LEASE", 600.0)
    yield made
    made.close()


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, store: RunStore) -> Callable[[str], AppTest]:
    def as_visitor(name: str) -> AppTest:
        monkeypatch.setattr(working, "visitor", lambda: name)
        app = AppTest.from_string(PAGE, default_timeout=20).run()
        assert not app.exception
        return app

    return as_visitor


def rows(app: AppTest) -> list[str]:
    return [element.value for element in app.markdown]


def test_where_nothing_trains_it_says_so(look: Callable[[str], AppTest], store: RunStore) -> None:
    assert working.summary(store.working()) == "idle"
    assert rows(look("ada")) == ["Nothing trains, and nothing waits."]


def test_it_tells_what_trains_and_what_waits_and_whose_it_is(look: Callable[[str], AppTest], store: RunStore) -> None:
    waiting = store.create(small("burgers"), visitor="bob")
    training = store.create(small(), visitor="ada")
    lease = store.lease(training.id, "a worker")
    assert lease is not None
    store.progress(lease, 1200, 1.0, "jets")
    app = look("ada")
    assert working.summary(store.working()) == "running 1, waiting 1"
    assert rows(app) == [
        "**Exponential decay**  \n2 × 8 · step 1,200 of 30 · yours",
        "**Burgers' equation**  \n2 × 8 · waiting for a worker · another visitor's",
    ]
    assert [button.key for button in app.button] == [f"working-stop-{training.id}"]
    app.button[0].click().run()
    assert not app.exception
    wishes = store.wishes(lease)
    assert wishes is not None and wishes.stop and store.get(waiting.id).status == "queued"


def test_what_one_has_left_paused_goes_on_or_is_stopped_from_here(look: Callable[[str], AppTest], store: RunStore) -> None:
    aside, other = (store.create(small(seed=seed), visitor="ada") for seed in (1, 2))
    for run in (aside, other):
        store.pause(run.id)
    asides.note(aside.id)
    assert rows(look("bob")) == ["Nothing trains, and nothing waits."]
    app = look("ada")
    told = ["2 × 8 · paused · step 0 of 30 · yours", "2 × 8 · paused, stepped aside · step 0 of 30 · yours"]
    assert [row.partition("\n")[2] for row in rows(app)] == told
    app.button(key=f"working-stop-{other.id}").click().run()
    app.button(key=f"working-resume-{aside.id}").click().run()
    assert not app.exception
    assert (store.get(aside.id).status, store.get(other.id).status) == ("queued", "stopped")
    assert not asides.stepped(aside.id)


def test_a_row_leads_to_its_run(store: RunStore) -> None:
    run = store.create(small(), visitor="ada")
    found = dict(parse_qsl((opening.address(run) or "").removeprefix("./?")))
    assert found["run"] == run.id and found["problem"] == run.experiment.problem.name and found["width"] == "8"
    assert opening.address(store.create(experiment_of(problem_from_table(OWN)), visitor="ada")) is None


def test_the_titles_of_what_others_have_typed_are_theirs(look: Callable[[str], AppTest], store: RunStore) -> None:
    store.create(experiment_of(problem_from_table(OWN)), visitor="bob")
    assert rows(look("bob"))[0].startswith(r"**My \*own\* one**")
    assert rows(look("ada"))[0].startswith("**A problem of their own**")


def test_many_runs_are_counted(look: Callable[[str], AppTest], store: RunStore) -> None:
    for seed in range(working.MOST + 3):
        store.create(small(seed=seed), visitor="ada", interactive=False)
    app = look("ada")
    assert len(rows(app)) == working.MOST and app.caption[0].value == "3 more wait."
