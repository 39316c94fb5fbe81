"""Stores of every version ever released, on SQLite and on PostgreSQL: each opens, is brought to this version, and loses nothing.

PostgreSQL is tested where `TANGENTE_POSTGRES` has the URL of a server on which databases may be made, or where its programs and psycopg are
installed; it refuses to start as root, who starts it as the user `postgres`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import URL, create_engine, insert, inspect, make_url, text

from core.store import Run, RunStore
from core.store.checkpoints import digest
from core.store.tables.migrations import STEPS
from core.store.tables.schema import ADDED, SCHEMA, metadata
from tests.core.store.tables import released
from tests.experiments import small

SERVER = os.environ.get("TANGENTE_POSTGRES")
FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
EXPERIMENT = small()
OLD: dict[str, Any] = {
    **{"id": "a-run-of-before", "key": EXPERIMENT.key, "status": "paused", "interactive": True, "step": 3, "seconds": 0.3, "steps": 30},
    **{"device": "cpu", "engine": "jets", "created": 1.0, "started": 2.0, "finished": 3.0, "stop": False, "resumed": False},
    **{"watched_until": 0.0, "token": 1, "loss": 0.1, "losses": '{"equation-1": 0.1}', "experiment": EXPERIMENT.to_json()},
}


def program(name: str) -> str | None:
    """A program of PostgreSQL's, where it is installed."""
    return shutil.which(name, path=os.pathsep.join([*map(str, FOLDERS), os.environ["PATH"]]))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """The URL of a PostgreSQL server, its own database among those on it."""
    pytest.importorskip("psycopg", reason="PostgreSQL's driver is not installed")
    if SERVER:
        yield make_url(SERVER)
        return
    initdb, control = program("initdb"), program("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("PostgreSQL is not installed")
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(subprocess.run([*user, "mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    data, log = str(folder / "data"), str(folder / "log")
    quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder.parent}
    subprocess.run([*user, initdb, "-D", data, "-A", "trust", "-U", "postgres", "--no-sync"], **quiet)
    subprocess.run([*user, control, "-D", data, "-l", log, "-w", "-o", f"-k {folder} -c listen_addresses=", "start"], **quiet)
    try:
        yield URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
    finally:
        subprocess.run([*user, control, "-D", data, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """A database without tables."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(tmp_path / "runs.db"))
        return
    server: URL = request.getfixturevalue("server")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS tangente_test"))
        connection.execute(text("CREATE DATABASE tangente_test"))
    yield server.set(database="tangente_test")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE tangente_test WITH (FORCE)"))
    engine.dispose()


def old_store(url: URL, version: int) -> None:
    """A store of that version, with a run that was paused, and what versions since then hold beside."""
    engine = create_engine(url)
    with engine.begin() as connection:
        tables = released.make(connection, version).tables
        losses = np.arange(6, dtype="<f4").tobytes()
        sha256 = digest(3, 0.3, b"three")
        rows: dict[str, dict[str, Any]] = {
            "runs": OLD,
            "losses": {"run": OLD["id"], "first": 1, "rows": 3, "terms": 2, "data": losses},
            "checkpoints": {"run": OLD["id"], "step": 3, "seconds": 0.3, "sha256": sha256, "data": b"three"},
            "snapshots": {"run": OLD["id"], "step": 1, "data": b"one"},
            "frames": {"run": OLD["id"], "version": 7, "data": b"seven"},
            "saved_problems": {"id": "p", "visitor": "ada", "changed": 1.0, "text": "a = 1"},
            "answers": {"key": "k", "created": 0.0, "size": 0, "sha256": ""},
        }
        for name, row in rows.items():
            if name in tables:
                connection.execute(insert(tables[name]).values(row))
    engine.dispose()


def opened(url: URL) -> RunStore:
    return RunStore(url.render_as_string(hide_password=False))


@pytest.mark.parametrize("version", range(1, SCHEMA))
def test_a_store_of_any_version_opens_and_keeps_all_that_cannot_be_computed_again(url: URL, version: int) -> None:
    old_store(url, version)
    with closing(opened(url)) as store:
        run = store.get(OLD["id"])
        assert (run.status, run.step, run.experiment, run.loss, run.version) == ("paused", 3, EXPERIMENT, 0.1, 7)
        assert (run.parent, run.before, run.visitor) == (None, 0, None)
        np.testing.assert_array_equal(store.losses(run.id), np.arange(6).reshape(3, 2))
        saved, frame = store.checkpoint(run.id), store.frame(run.id)
        assert saved is not None and (saved.step, saved.data) == (3, b"three")
        assert frame == (7, b"seven") and store.moment(run.id, 1) == b"one"
        assert [kept.text for kept in store.problems.of("ada")] == (["a = 1"] if version >= 2 else [])
        assert (store.references.get("k") is None) or version >= 3
        store.resume(run.id)
        assert store.lease(run.id, "a worker") is not None
        made = store.create(EXPERIMENT, visitor="ada")
        assert store.get(made.id).visitor == "ada"


@pytest.mark.parametrize("version", range(1, SCHEMA))
def test_a_store_that_was_brought_up_has_the_tables_of_a_new_one(url: URL, version: int) -> None:
    old_store(url, version)
    with closing(opened(url)):
        pass
    engine = create_engine(url)
    with engine.connect() as connection:
        found = inspect(connection)
        assert connection.scalar(text("SELECT value FROM meta")) == str(SCHEMA)
        for table in metadata.sorted_tables:
            known = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert known == {column.name: bool(column.nullable) for column in table.columns}, table.name
    engine.dispose()


def test_every_version_says_how_a_store_follows() -> None:
    assert {*STEPS, *ADDED} == set(range(2, SCHEMA + 1))


def test_several_that_open_an_old_store_together_bring_it_up_once(url: URL) -> None:
    old_store(url, 1)
    found: list[Run | Exception] = []

    def look() -> None:
        try:
            with closing(opened(url)) as store:
                store.problems.save("ada", "a = 1")
                found.append(store.get(OLD["id"]))
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run.id for run in found if isinstance(run, Run)] == [OLD["id"]] * 6, found
    with closing(opened(url)) as store:
        assert len(store.problems.of("ada")) == 6


def test_a_continuation_is_made_and_found_on_any_database(url: URL) -> None:
    with closing(opened(url)) as store:
        parent = store.create(EXPERIMENT, visitor="ada")
        child = store.create(EXPERIMENT, parent=parent.id, visitor="bob", status="paused")
        assert store.continuation(parent.id, EXPERIMENT) == child == store.get(child.id)
        assert store.latest(child.key, "ada") == child  # there is no other
        assert [run.id for run in store.working()] == [parent.id]
