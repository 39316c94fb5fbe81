"""Classical solutions by way of the store: found there, asked for there, or computed here and kept there.

An answer is a `Reference`, or the `TangenteError` that says why there is none; both are kept. Answers belong to what a problem states and
to its parameters' values, so that every run, page and file of the same content shares them. Methods that take milliseconds are computed
where they are wanted; for the others, `ask` leaves a question to the solvers (`core.workers.solver`) and returns at once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import secrets
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from core import references
from core.errors import RunError, TangenteError
from core.problem.binding import bind, content
from core.problem.problem import Problem, Values
from core.problem.reading.reading import problem_from_table
from core.references import Reference
from core.references.common.clock import Unwanted
from core.store import Question, RunStore

Answer = Reference | TangenteError

VERSION = 4
"""A number that goes up with every change of a method that makes its old answers, or failures, wrong."""
HELD = references.LIMIT + 10.0
"""Seconds after which whoever was to answer a question is taken for dead."""
MOST_ATTEMPTS = 3
"""Times that a question may be taken up: one that ends its solver each time is answered by that."""
_LOOK_EVERY = 0.5  # seconds
_WAIT = 0.1  # seconds between looks for an answer that another is working on

log = logging.getLogger(__name__)


def key(problem: Problem, values: Mapping[str, float]) -> str:
    """The sha256, in hex, of all that determines an answer; raises `InputError` for an unknown parameter."""
    determines = {"version": VERSION, "problem": _without_data(content(problem)), "values": dict(problem.values(values))}
    return hashlib.sha256(json.dumps(determines, sort_keys=True).encode()).hexdigest()


def check_known(problem: Problem) -> None:
    """Raise `RunError` where the problem has constants to be found whose true values nobody knows."""
    if problem.unguided:
        raise RunError("reference-estimate", names=", ".join(problem.unguided))


def known(store: RunStore, problem: Problem, values: Mapping[str, float]) -> Answer | None:
    """The answer, if the store has it or it takes milliseconds; None where it has yet to be computed."""
    try:
        name = key(problem, values)
    except TangenteError as error:
        return error
    return store.references.get(name) or _at_once(problem, problem.values(values))


def ask(store: RunStore, problem: Problem, values: Mapping[str, float], *, again: bool = False) -> None:
    """Have the answer computed by a solver, and return at once; `again`: also where it was a failure, which time may have caused.

    Raises `InputError` for an unknown parameter.
    """
    if _at_once(problem, problem.values(values)) is None:
        store.references.ask(key(problem, values), _stated(problem, values), again=again)


def find(store: RunStore, problem: Problem, values: Mapping[str, float], *, again: bool = False) -> Answer:
    """The answer: the store's, else computed in this process, or waited for where another is at it already; kept. `again` as in `ask`."""
    try:
        name, at_once = key(problem, values), _at_once(problem, problem.values(values))
    except TangenteError as error:
        return error
    if at_once is None:
        return _settled(store, name, _stated(problem, values), again)
    kept = store.references.get(name)
    if kept is None:
        store.references.write(name, at_once)
    return kept or at_once


def solve(question: Question, unwanted: Callable[[], bool] = lambda: False) -> Answer:
    """Answer a question in this process: whatever goes wrong is an answer, too. Raises `Unwanted` once `unwanted` says so."""
    if question.attempts > MOST_ATTEMPTS:
        return RunError("reference-keeps-failing", attempts=MOST_ATTEMPTS)
    stated = json.loads(question.problem)
    try:
        problem = problem_from_table(stated["problem"])
        return references.solve(bind(problem, stated["values"]), problem.reference, references.LIMIT, unwanted)
    except TangenteError as error:
        return error
    except Unwanted:
        raise
    except Exception as error:
        log.exception("A classical solver failed on %s", question.problem)
        return RunError("unexpected", reason=f"{type(error).__name__}: {error}")


class Lookup:
    """Looks for one answer, at most twice a second until it is there; a look that finds none asks the solvers for it."""

    def __init__(self, store: RunStore, problem: Problem, values: Mapping[str, float]) -> None:
        self._store, self._problem, self._values = store, problem, values
        self._found: Answer | None = None
        self._next = -math.inf

    def __call__(self) -> Answer | None:
        """The answer, or None while it is being computed."""
        now = time.monotonic()
        if self._found is not None or now < self._next:
            return self._found
        self._found = known(self._store, self._problem, self._values)
        if self._found is None:
            ask(self._store, self._problem, self._values)
        self._next = now + _LOOK_EVERY
        return self._found

    def insist(self) -> Answer:
        """The answer, computed in this process if need be."""
        if self._found is None:
            self._found = find(self._store, self._problem, self._values)
        return self._found


@lru_cache(maxsize=64)
def _at_once(problem: Problem, values: Values) -> Answer | None:
    """The answer of a method that takes milliseconds, or why there cannot be one; None where a solver has to tell."""
    try:
        bound = bind(problem, dict(values))
        check_known(problem)
        if problem.reference in ("none", *references.AT_ONCE) or not bound.equations:
            return references.solve(bound, problem.reference)
    except TangenteError as error:
        return error
    methods = references.candidates(bound) if problem.reference == "auto" else ()
    for method in methods:
        if method in references.AT_ONCE:
            try:
                return references.solve(bound, method)
            except TangenteError:
                continue  # the next may fit
    return None


def _settled(store: RunStore, name: str, stated: str, again: bool) -> Answer:
    """The answer of a key that a solver, or this process, has to compute."""
    owner = f"{os.getpid()}-{secrets.token_hex(8)}"
    store.references.ask(name, stated, again=again)
    while (answer := store.references.get(name)) is None:
        question = store.references.take(owner, HELD, name)
        if question is not None:
            return _answered(store, owner, question)
        store.references.ask(name, stated)  # it may have been forgotten
        time.sleep(_WAIT)
    return answer


def _answered(store: RunStore, owner: str, question: Question) -> Answer:
    """The answer to a question that `owner` holds; given back where this is interrupted."""
    try:
        answer = solve(question)
    except BaseException:
        store.references.leave(owner, question.key)
        raise
    store.references.write(question.key, answer)
    return answer


def _stated(problem: Problem, values: Mapping[str, float]) -> str:
    """A problem and its values as a question states them."""
    return json.dumps({"problem": _without_data(problem.table()), "values": dict(problem.values(values))})


def _without_data(table: dict[str, Any]) -> dict[str, Any]:
    """The table without its measurements, and what is to be found by them: no classical solution makes use of either."""
    return {name: value for name, value in table.items() if name not in ("data", "estimate")}
