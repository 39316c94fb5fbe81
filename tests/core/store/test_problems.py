"""Visitors' saved problems, on a real file: whose they are, what is refused, and what survives."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from core.errors import InputError, RunError
from core.files import tables
from core.store import RunStore, SavedProblem
from core.store.problems import MOST

ROOT = Path(__file__).parents[3]
TEXT = '[problem]\ntitle = "Schrödinger ψ 方程 🌊"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


@pytest.fixture
def store(path: Path) -> Iterator[RunStore]:
    opened = RunStore(str(path))
    yield opened
    opened.close()


def test_a_saved_problem_comes_back_as_it_was(store: RunStore) -> None:
    made = store.problems.save("ada", TEXT)
    assert (made.visitor, made.text) == ("ada", TEXT)
    assert abs(made.changed - time.time()) < 5
    assert RunStore(store.url).problems.get(made.id) == made


def test_saving_under_an_id_replaces_ones_own(store: RunStore) -> None:
    first, second = (store.problems.save("ada", text) for text in ("a = 1", "a = 2"))
    assert store.problems.of("ada") == [second, first]
    changed = store.problems.save("ada", "a = 3", first.id)
    assert store.problems.of("ada") == [changed, second]
    assert (changed.id, store.problems.get(first.id).text) == (first.id, "a = 3")


def test_ids_cannot_be_guessed(store: RunStore) -> None:
    ids = {store.problems.save("ada", "").id for _ in range(100)}
    assert len(ids) == 100
    assert all(len(name) == 16 for name in ids)


def test_a_visitor_can_change_nothing_of_anothers(store: RunStore) -> None:
    made = store.problems.save("ada", TEXT)
    for action in (lambda: store.problems.save("eve", "stolen", made.id), lambda: store.problems.delete("eve", made.id)):
        with pytest.raises(InputError, match=made.id) as caught:
            action()
        assert caught.value.code == "unknown-saved-problem"
    assert store.problems.of("eve") == []
    assert store.problems.of("ada") == [made]


def test_a_deleted_problem_is_gone(store: RunStore) -> None:
    made = store.problems.save("ada", TEXT)
    store.problems.delete("ada", made.id)
    assert store.problems.of("ada") == []
    for action in (
        lambda: store.problems.get(made.id),
        lambda: store.problems.delete("ada", made.id),
        lambda: store.problems.save("ada", TEXT, made.id),
    ):
        with pytest.raises(InputError) as caught:
            action()
        assert caught.value.code == "unknown-saved-problem"


def test_the_largest_file_is_kept_and_a_larger_one_refused(store: RunStore) -> None:
    assert store.problems.save("ada", "é" * (tables.MAX_BYTES // 2)).text == "é" * (tables.MAX_BYTES // 2)
    with pytest.raises(InputError, match="16000") as caught:
        store.problems.save("ada", "é" * (tables.MAX_BYTES // 2) + "!")
    assert caught.value.code == "file-too-large"


@pytest.mark.parametrize("text", ["a = '\0'", "a = '\ud800'"])
def test_what_no_text_file_can_hold_is_refused(store: RunStore, text: str) -> None:
    with pytest.raises(InputError) as caught:
        store.problems.save("ada", text)
    assert caught.value.code == "not-toml"
    assert "{" not in str(caught.value)


def test_a_full_list_says_so_and_still_can_be_changed(store: RunStore, path: Path) -> None:
    made = store.problems.save("ada", TEXT)
    with sqlite3.connect(path) as connection:
        rows = [(f"id{number}", "ada", 0.0, "") for number in range(MOST - 1)]
        connection.executemany("INSERT INTO saved_problems (id, visitor, changed, text) VALUES (?, ?, ?, ?)", rows)
    connection.close()
    with pytest.raises(InputError, match=str(MOST)) as caught:
        store.problems.save("ada", TEXT)
    assert caught.value.code == "too-many-problems"
    store.problems.save("ada", "changed", made.id)
    store.problems.save("eve", TEXT)
    store.problems.delete("ada", made.id)
    store.problems.save("ada", TEXT)


def test_sql_in_a_text_is_a_text(store: RunStore) -> None:
    text = "'; DROP TABLE saved_problems; --"
    made = store.problems.save(text, text)
    assert store.problems.of(text) == [made]


def test_threads_share_the_lists(store: RunStore) -> None:
    problems: list[Exception] = []

    def work(visitor: str) -> None:
        try:
            for number in range(10):
                made = store.problems.save(visitor, f"a = {number}")
                store.problems.save(visitor, f"b = {number}", made.id)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(f"visitor {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    for number in range(6):
        assert [made.text for made in store.problems.of(f"visitor {number}")] == [f"b = {number}" for number in range(9, -1, -1)]


def test_a_full_disk_keeps_what_was_saved(path: Path) -> None:
    def limit(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA max_page_count = 60")

    event.listen(Pool, "connect", limit)
    kept: list[SavedProblem] = []
    try:
        store = RunStore(str(path))
        kept.append(store.problems.save("ada", TEXT))
        with pytest.raises(RunError) as caught:
            while True:
                kept.append(store.problems.save("ada", "x" * tables.MAX_BYTES))
        assert caught.value.code == "disk-full"
        with pytest.raises(RunError):
            store.problems.save("ada", "y" * tables.MAX_BYTES, kept[0].id)
        store.close()
    finally:
        event.remove(Pool, "connect", limit)
    assert len(kept) > 1
    reopened = RunStore(str(path))
    assert reopened.problems.of("ada") == kept[::-1]
    reopened.problems.save("ada", TEXT)


WRITER = """
import sys
from core.store import RunStore

store = RunStore(sys.argv[1])
for number in range(100_000):
    print(store.problems.save("ada" + sys.argv[2], f"a = {number}" * 100).id, flush=True)
    if number % 400 == 399:
        for made in store.problems.of("ada" + sys.argv[2])[5:]:
            store.problems.delete("ada" + sys.argv[2], made.id)
"""


@pytest.mark.processes
def test_kills_lose_nothing_acknowledged(store: RunStore, path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", WRITER, store.url]
    writers = [subprocess.Popen([*command, str(number)], cwd=ROOT, stdout=subprocess.PIPE, text=True) for number in range(3)]
    for number, writer in enumerate(writers):
        assert writer.stdout is not None
        told = [writer.stdout.readline()]
        time.sleep(0.1 * number)
        writer.kill()
        told += [line for line in writer.stdout.readlines() if line.endswith("\n")]
        writer.stdout.close()
        writer.wait()
        last = store.problems.get(told[-1].strip())
        assert last.text.startswith(f"a = {len(told) - 1}a")
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
