"""Classical solutions by way of a real store: when two are the same, who computes them, and what is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import references
from core.errors import InputError, RunError
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.references import Reference
from core.store import Question, RunStore, classical
from tests.experiments import without_exact

PENDULUM = load("pendulum")
"""States no exact solution: an initial-value problem, for a solver."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(str(tmp_path / "runs.db"))
    yield opened
    opened.close()


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long after the test began each solving began; the solver is the real one."""
    begun, moments, solve = time.monotonic(), [], references.solve

    def counted(*given: Any) -> Reference:
        moments.append(time.monotonic() - begun)
        return solve(*given)

    monkeypatch.setattr(references, "solve", counted)
    return moments


def stated(**changes: Any) -> Problem:
    table = {
        "coordinates": {"t": [0, 1]},
        "unknowns": ["u"],
        "parameters": {"k": 1.5},
        "equations": ["u_t = -k*u"],
        "conditions": ["u(0) = 1"],
    }
    return problem_from_table({**table, **changes})


def question(problem: Problem, attempts: int = 1) -> Question:
    return Question("k", classical._stated(problem, {}), attempts)


# keys


def test_what_says_the_same_has_the_same_key() -> None:
    key = classical.key(stated(), {})
    assert key == classical.key(stated(title="Another title", equations=["u_t = -k  * (u)"]), {"k": 1.5})
    assert len(key) == 64


def test_measurements_change_neither_the_key_nor_the_question() -> None:
    measured = stated(data={"columns": ["t", "u"], "rows": [[0.5, 0.4]]})
    assert measured.data is not None
    assert classical.key(measured, {}) == classical.key(stated(), {})
    assert classical._stated(measured, {}) == classical._stated(stated(), {})


@pytest.mark.parametrize(
    "changes",
    [
        {"equations": ["u_t = -k*u^2"]},
        {"conditions": ["u(0) = 2"]},
        {"coordinates": {"t": [0, 2]}},
        {"exact": {"u": "exp(-k*t)"}},
        {"reference": "none"},
        {"parameters": {"k": 2}},
    ],
)
def test_what_changes_the_answer_changes_the_key(changes: dict[str, Any]) -> None:
    assert classical.key(stated(**changes), {}) != classical.key(stated(), {})
    assert classical.key(stated(), {"k": 1.4}) != classical.key(stated(), {})


# known


@pytest.mark.parametrize(("name", "method"), [("decay", "exact"), ("burgers", "cole-hopf")])
def test_what_takes_milliseconds_is_known_at_once(store: RunStore, name: str, method: str) -> None:
    answer = classical.known(store, load(name), {})
    assert isinstance(answer, Reference)
    assert answer.method == method
    classical.ask(store, load(name), {})
    assert store.references.waiting() == []


def test_what_needs_a_solver_is_known_once_it_was_found(store: RunStore, solved: list[float]) -> None:
    assert classical.known(store, PENDULUM, {}) is None
    assert solved == []
    found = classical.find(store, PENDULUM, {})
    assert isinstance(found, Reference)
    again = classical.known(RunStore(store.url), PENDULUM, {})
    assert isinstance(again, Reference)
    np.testing.assert_array_equal(again.values, found.values)
    assert (again.method, again.error, again.seconds) == (found.method, found.error, found.seconds)
    assert isinstance(classical.find(store, PENDULUM, {}), Reference)
    assert len(solved) == 1


@pytest.mark.parametrize(
    ("problem", "values", "code"),
    [
        (stated(reference="none"), {}, "reference-off"),
        (stated(equations=["u_t = u/k"]), {"k": 0.0}, "division-by-zero"),
        (stated(), {"kappa": 1.0}, "unknown-parameter"),
    ],
)
def test_a_fault_of_the_problem_is_an_answer(store: RunStore, problem: Problem, values: dict[str, float], code: str) -> None:
    for look in (classical.known, classical.find):
        answer = look(store, problem, values)
        assert isinstance(answer, InputError)
        assert answer.code == code
    assert store.references.waiting() == []


# find


def test_a_failure_is_kept_and_can_be_tried_again(store: RunStore, solved: list[float]) -> None:
    slow = RunError("reference-too-slow", limit="20")
    store.references.write(classical.key(PENDULUM, {}), slow)
    for look in (classical.known, classical.find):
        assert str(look(store, PENDULUM, {})) == str(slow)
    classical.ask(store, PENDULUM, {})
    assert store.references.waiting() == []
    classical.ask(store, PENDULUM, {}, again=True)
    assert store.references.waiting() == [classical.key(PENDULUM, {})]
    assert solved == []
    assert isinstance(classical.find(store, PENDULUM, {}, again=True), Reference)
    assert store.references.waiting() == []
    classical.find(store, PENDULUM, {}, again=True)
    assert len(solved) == 1  # a success is not tried again


def test_two_who_want_the_same_compute_it_once(store: RunStore, solved: list[float]) -> None:
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(classical.find(store, PENDULUM, {}))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(answer) for answer in found] == [Reference] * 4
    assert len(solved) == 1


def test_who_finds_another_at_it_takes_over_when_that_one_has_died(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    classical.ask(store, PENDULUM, {})
    assert store.references.take("a solver that dies", 1.0)
    begun = time.monotonic()
    assert isinstance(classical.find(store, PENDULUM, {}), Reference)
    assert time.monotonic() - begun > 0.9


def test_an_interrupted_question_is_given_back(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*given: object) -> Reference:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(references, "solve", interrupted)
        with pytest.raises(KeyboardInterrupt):
            classical.find(store, PENDULUM, {})
    assert store.references.take("another", 10.0) is not None


# solve


def test_a_question_is_answered_by_its_reference_method() -> None:
    answer = classical.solve(question(without_exact("decay")))
    assert isinstance(answer, Reference)
    rate = load("decay").parameters[0].value
    time_axis = np.linspace(load("decay").coordinates[0].low, load("decay").coordinates[0].high, 401)
    np.testing.assert_allclose(answer.values[:, 0], answer.values[0, 0] * np.exp(-rate * time_axis), atol=1e-8)
    wrong = classical.solve(question(without_exact("decay", reference="cole-hopf")))
    assert isinstance(wrong, InputError)
    assert wrong.code == "not-burgers"


def test_a_solver_that_fails_for_a_reason_of_its_own_answers_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*given: object) -> Reference:
        raise ZeroDivisionError("of its own")

    monkeypatch.setattr(references, "solve", failing)
    answer = classical.solve(question(PENDULUM))
    assert isinstance(answer, RunError)
    assert "ZeroDivisionError: of its own" in answer.message


def test_a_question_that_ends_its_solver_each_time_is_given_up() -> None:
    assert isinstance(classical.solve(question(PENDULUM, classical.MOST_ATTEMPTS)), Reference)
    answer = classical.solve(question(PENDULUM, classical.MOST_ATTEMPTS + 1))
    assert isinstance(answer, RunError)
    assert answer.code == "reference-keeps-failing"
    assert "3" in answer.message


# a lookup


@pytest.fixture
def looks(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """How often the store was asked for an answer since the last call."""
    count, get = 0, store.references.get

    def counted(key: str) -> object:
        nonlocal count
        count += 1
        return get(key)

    def since() -> int:
        nonlocal count
        before, count = count, 0
        return before

    monkeypatch.setattr(store.references, "get", counted)
    return since


def test_a_lookup_asks_once_and_looks_twice_a_second_until_it_has_found(
    store: RunStore, looks: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(classical.time, "monotonic", lambda: now)
    lookup = classical.Lookup(store, PENDULUM, {})
    for _ in range(100):
        assert lookup() is None
    assert looks() == 1
    assert store.references.waiting() == [classical.key(PENDULUM, {})]
    store.references.write(classical.key(PENDULUM, {}), Reference("lines", np.zeros((401, 1)), 0.0, 0.0))
    assert lookup() is None
    now += 0.6
    for _ in range(100):
        assert isinstance(lookup(), Reference)
    assert looks() == 1


def test_a_lookup_that_insists_computes_what_is_missing(store: RunStore) -> None:
    lookup = classical.Lookup(store, PENDULUM, {})
    assert lookup() is None
    assert isinstance(lookup.insist(), Reference)
    assert isinstance(lookup(), Reference)
    assert isinstance(classical.known(store, PENDULUM, {}), Reference)


def test_data_alone_have_no_solution_unless_they_are_made_of_one(store: RunStore) -> None:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"]}
    rows = problem_from_table({**table, "data": {"columns": ["x", "u"], "rows": [[0, 1], [1, 2]]}})
    found = classical.known(store, rows, {})
    assert isinstance(found, InputError) and found.code == "reference-of-data"
    made = classical.known(store, problem_from_table({**table, "data": {"function": {"u": "x^2"}}}), {})
    assert isinstance(made, Reference) and made.method == "exact"
