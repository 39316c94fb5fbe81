"""Classical solutions and the questions for them, on a real file: what is kept, who answers, and what survives."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from core.errors import InputError, RunError, TangenteError
from core.references import Reference
from core.references.common.solution import Evidence
from core.store import RunStore
from core.store import references as module

ROOT = Path(__file__).parents[3]
VALUES = np.random.default_rng(0).normal(size=(11, 7, 2))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


@pytest.fixture
def store(path: Path) -> Iterator[RunStore]:
    opened = RunStore(str(path))
    yield opened
    opened.close()


def solution(values: np.ndarray = VALUES, method: str = "lines") -> Reference:
    return Reference(method, values, 1e-9, 0.25)


def got(store: RunStore, key: str) -> Reference:
    answer = store.references.get(key)
    assert isinstance(answer, Reference)
    return answer


# answers


def test_a_solution_comes_back_bit_for_bit(store: RunStore) -> None:
    assert store.references.get("k") is None
    store.references.write("k", solution(np.asfortranarray(VALUES)))
    answer = got(RunStore(store.url), "k")
    np.testing.assert_array_equal(answer.values, VALUES)
    assert (answer.method, answer.error, answer.seconds, answer.values.dtype) == ("lines", 1e-9, 0.25, np.float64)


def test_several_solutions_and_what_their_error_rests_on_come_back(store: RunStore) -> None:
    stored = Reference("lines", VALUES, 1e-9, 0.25, Evidence(4000, "finer"), (VALUES + 1, VALUES - 1))
    store.references.write("k", stored)
    answer = got(RunStore(store.url), "k")
    assert answer.evidence == Evidence(4000, "finer")
    assert len(answer.solutions) == 3
    for found, expected in zip(answer.solutions, stored.solutions, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "error",
    [RunError("reference-too-slow", limit="20"), InputError("reference-off"), RunError("unexpected", reason="«ψ»\x00 🌊")],
)
def test_a_failure_comes_back_in_the_same_words(store: RunStore, error: TangenteError) -> None:
    store.references.write("k", error)
    answer = store.references.get("k")
    assert type(answer) is type(error)
    assert str(answer) == str(error)


def test_a_failure_of_which_this_version_has_no_words_does_not_count(store: RunStore) -> None:
    store.references.write("k", RunError("a-code-of-tomorrow"))
    assert store.references.get("k") is None


def test_the_last_answer_counts(store: RunStore) -> None:
    store.references.write("k", RunError("reference-too-slow", limit="20"))
    store.references.write("k", solution())
    assert got(store, "k").method == "lines"
    store.references.write("k", InputError("reference-off"))
    assert isinstance(store.references.get("k"), InputError)


@pytest.mark.parametrize(
    "damage",
    ["data = CAST(X'00' || substr(data, 2) AS BLOB)", "error = 0", "method = 'exact'", "shape = '[7, 11, 2]'", "key = 'other'"],
)
def test_a_damaged_answer_does_not_count(store: RunStore, path: Path, damage: str) -> None:
    store.references.write("k", solution())
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE answers SET {damage}")
    connection.close()
    assert store.references.get("k") is None
    assert store.references.get("other") is None


def test_beyond_the_limit_the_oldest_answers_are_forgotten(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 3 * VALUES.nbytes)
    for name in "abc":
        store.references.write(name, solution())
    store.references.write("c", solution())  # in its own place
    assert [name for name in "abc" if store.references.get(name)] == ["a", "b", "c"]
    store.references.write("d", solution())
    assert [name for name in "abcd" if store.references.get(name)] == ["b", "c", "d"]
    store.references.write("e", RunError("reference-too-slow", limit="20"))
    assert [name for name in "abcde" if store.references.get(name)] == ["c", "d", "e"]


# questions


def test_an_answer_settles_its_question(store: RunStore) -> None:
    store.references.ask("k", "{}")
    assert store.references.waiting() == ["k"]
    store.references.write("k", solution())
    assert store.references.waiting() == []
    store.references.ask("k", "{}")
    assert store.references.waiting() == []


def test_asked_twice_is_asked_once(store: RunStore) -> None:
    for _ in range(3):
        store.references.ask("k", "{}")
    assert store.references.waiting() == ["k"]
    assert store.references.take("one", 10) is not None
    store.references.ask("k", "{}")
    assert store.references.take("another", 10) is None


def test_asking_at_every_look_writes_nothing(store: RunStore, path: Path) -> None:
    connection = sqlite3.connect(path)

    def state() -> int:
        return int(connection.execute("PRAGMA data_version").fetchone()[0])

    store.references.ask("k", "{}")
    before = state()
    for _ in range(20):
        store.references.ask("k", "{}")
        assert store.references.take("a solver", 10, "nothing") is None
    assert state() == before
    connection.close()


def test_only_a_failure_is_asked_again(store: RunStore) -> None:
    store.references.write("good", solution())
    store.references.write("bad", RunError("reference-too-slow", limit="20"))
    for name in ("good", "bad"):
        store.references.ask(name, "{}", again=True)
    assert store.references.waiting() == ["bad"]
    assert store.references.get("bad") is None
    assert got(store, "good").method == "lines"


def test_the_newest_question_is_taken_first(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        store.references.ask(name, f'"{name}"')
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + 5)
    store.references.ask("a", '"a"')  # someone still wants to know
    taken = [store.references.take("a solver's", 10) for _ in range(1)]
    taken += [store.references.take(f"solver {number}", 10) for number in range(3)]
    assert [question and (question.key, question.problem, question.attempts) for question in taken] == [
        ("a", '"a"', 1),
        ("c", '"c"', 1),
        ("b", '"b"', 1),
        None,
    ]


def test_a_question_is_held_until_its_time_is_over(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.references.ask("k", "{}")
    assert store.references.take("one", 10) is not None
    assert store.references.take("another", 10) is None
    assert store.references.take("another", 10, "k") is None
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + 11)
    again = store.references.take("another", 10)
    assert again is not None
    assert again.attempts == 2


def test_a_solver_that_is_started_again_goes_on_at_once(store: RunStore) -> None:
    store.references.ask("k", "{}")
    store.references.take("solver", 10)
    again = store.references.take("solver", 10)
    assert again is not None
    assert (again.key, again.attempts) == ("k", 2)


def test_a_question_that_is_given_back_is_free(store: RunStore) -> None:
    store.references.ask("k", "{}")
    store.references.take("one", 10)
    store.references.leave("another", "k")
    assert store.references.take("another", 10) is None
    store.references.leave("one", "k")
    again = store.references.take("another", 10)
    assert again is not None
    assert again.attempts == 1


def test_a_question_is_unwanted_once_a_newer_one_waits_and_nobody_asks_any_more(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead, wall = 0.0, time.time
    monkeypatch.setattr(time, "time", lambda: wall() + ahead)
    store.references.ask("old", "{}")
    store.references.take("mine", 60)
    ahead = 10.0
    assert not store.references.unwanted("old", 5)  # nothing else waits
    store.references.ask("new", "{}")
    assert store.references.unwanted("old", 5)
    assert not store.references.unwanted("old", 15)
    assert not store.references.unwanted("new", 0)
    store.references.ask("old", "{}")  # somebody still waits for it
    assert not store.references.unwanted("old", 5)
    ahead = 20.0
    store.references.ask("new", "{}")
    store.references.take("another", 60)
    assert not store.references.unwanted("old", 5)  # another is at the newer one


def test_too_many_questions_drop_the_oldest(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_QUESTIONS", 3)
    for name in "abcde":
        store.references.ask(name, "{}")
    assert store.references.waiting() == ["e", "d", "c"]


# threads, processes, kills, a full disk


def test_threads_share_questions_and_answers(store: RunStore) -> None:
    names = [f"k{number}" for number in range(24)]
    answered: list[str] = []
    problems: list[Exception] = []

    def work(owner: str) -> None:
        try:
            for name in names:
                store.references.ask(name, "{}")
            while question := store.references.take(owner, 60):
                store.references.write(question.key, solution())
                answered.append(question.key)
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(f"solver {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(answered) == sorted(names)


CONTENDER = """
import sys
import numpy as np
from core.references import Reference
from core.references.common.solution import Evidence
from core.store import RunStore

sys.stdin.read()
store = RunStore(sys.argv[1])
while question := store.references.take(sys.argv[2], 60):
    store.references.write(question.key, Reference(sys.argv[2], np.zeros((101, 101, 1)), 0.0, 0.0))
    print(question.key, flush=True)
"""


@pytest.mark.processes
def test_processes_answer_each_question_once(store: RunStore) -> None:
    names = [f"k{number}" for number in range(30)]
    for name in names:
        store.references.ask(name, "{}")
    command = [sys.executable, "-W", "error", "-c", CONTENDER, store.url]
    children = [
        subprocess.Popen([*command, str(number)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for number in range(3)
    ]
    for process in children:
        assert process.stdin is not None
        process.stdin.close()
    taken = []
    for process in children:
        assert process.stdout is not None
        taken += process.stdout.read().split()
        process.stdout.close()
        assert process.wait(60) == 0
    assert sorted(taken) == sorted(names)


WRITER = """
import sys
import numpy as np
from core.references import Reference
from core.references.common.solution import Evidence
from core.store import RunStore

store = RunStore(sys.argv[1])
for number in range(100_000):
    store.references.ask(f"{sys.argv[2]}-{number}", "{}")
    store.references.write(f"{sys.argv[2]}-{number}", Reference("lines", np.full((101, 101, 1), number), 0.0, 0.0))
    print(number, flush=True)
"""


@pytest.mark.processes
def test_kills_lose_nothing_acknowledged(store: RunStore, path: Path) -> None:
    for life in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITER, store.url, str(life)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        told = [writer.stdout.readline()]
        time.sleep(0.05 * life)
        writer.kill()
        told += [line for line in writer.stdout.readlines() if line.endswith("\n")]
        writer.stdout.close()
        writer.wait()
        for line in told:
            assert (got(store, f"{life}-{int(line)}").values == int(line)).all()
        assert set(store.references.waiting()) <= {f"{number}-{last}" for number in range(4) for last in range(100_000)}
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_full_disk_is_said_and_keeps_what_was_there(path: Path) -> None:
    def limit(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA max_page_count = 150")

    event.listen(Pool, "connect", limit)
    try:
        store = RunStore(str(path))
        written = 0
        with pytest.raises(RunError) as caught:
            while written < 1000:
                store.references.ask(str(written), "{}")
                store.references.write(str(written), solution(np.full((101, 101, 1), written)))
                written += 1
        assert caught.value.code == "disk-full"
        with pytest.raises(RunError):
            store.references.write("0", solution(np.zeros((101, 101, 9))))
        store.close()
    finally:
        event.remove(Pool, "connect", limit)
    assert written > 0
    reopened = RunStore(str(path))
    for number in range(written):
        assert (got(reopened, str(number)).values == number).all()
    reopened.references.write(str(written), solution())
    assert reopened.references.waiting() == []
