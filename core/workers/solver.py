"""A solver: a process that answers the store's questions for classical solutions, one at a time, without torch.

`python -m core.workers.solver --store URL` works for a store from this or another machine until it is ended. It is a process of its own so
that a preview does not wait behind trainings, nor a training for it. It finds its questions in the store rather than by Dask, which would
deal out runs to it as well, unless these were bound to the workers by resources; and what is bound by resources Dask does not queue by
priority."""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import secrets
import threading
import time
from contextlib import suppress
from types import TracebackType

import scipy.integrate  # noqa: F401  loaded before the first question needs it, which takes a second

from core import references
from core.errands import logs
from core.errors import RunError, TangenteError
from core.references.common.clock import Unwanted
from core.store import Question, RunStore, classical, default_url

_POLL = 0.1  # seconds between looks for a question
_LOOK_EVERY = 0.5  # seconds between looks whether an answer is still wanted
_PATIENCE = 5.0  # seconds without being asked after which a newer question goes before
_TROUBLE = 2.0  # seconds to wait where the store fails
_GRACE = 3.0  # seconds beyond the limit after which a solver is stopped that does not stop itself

log = logging.getLogger(__name__)


class Watchdog:
    """Ends this process where a question takes far longer than it may: a solver within LAPACK looks at no clock.

    A thread first writes that it was too slow. Should the library hold the interpreter, so that no thread runs, a second timer, which needs
    none, ends the process all the same, and the next takes the question up again.
    """

    def __init__(self, store: RunStore, question: Question, limit: float = references.LIMIT) -> None:
        self._store, self._question, self._limit = store, question, limit
        self._timer = threading.Timer(limit + _GRACE, self._stop)
        self._timer.daemon = True
        self._ending = threading.Lock()

    def __enter__(self) -> Watchdog:
        faulthandler.dump_traceback_later(self._limit + 2 * _GRACE, exit=True)
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ending.acquire()  # for good: from here on this question is not stopped any more
        self._timer.cancel()
        faulthandler.cancel_dump_traceback_later()

    def _stop(self) -> None:
        if self._ending.acquire(blocking=False):
            try:
                self._store.references.write(self._question.key, RunError("reference-too-slow", limit=f"{self._limit:g}"))
            finally:
                os._exit(1)


class Interest:
    """Whether somebody still waits for an answer: pages and workers that do ask again and again. Looks twice a second."""

    def __init__(self, store: RunStore, question: Question) -> None:
        self._store, self._key = store, question.key
        self._next = time.monotonic() + _LOOK_EVERY

    def lost(self) -> bool:
        """Whether a newer question waits, and nobody has asked for this one for a while, as the draft that it was about has changed."""
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + _LOOK_EVERY
        with suppress(TangenteError):  # the store's trouble is none of the solver's
            return self._store.references.unwanted(self._key, _PATIENCE)
        return False


def work(store: RunStore, owner: str) -> bool:
    """Answer the newest question, if any, or give it back when its answer is no longer waited for; whether there was one."""
    question = store.references.take(owner, classical.HELD)
    if question is None:
        return False
    try:
        with Watchdog(store, question):
            answer = classical.solve(question, Interest(store, question).lost)
    except Unwanted:
        store.references.leave(owner, question.key)
    else:
        store.references.write(question.key, answer)
    return True


def serve(store: RunStore, owner: str) -> None:
    """Answer questions until this process is ended."""
    while True:
        try:
            if not work(store, owner):
                time.sleep(_POLL)
        except TangenteError as error:  # a full disk or a lost database; the question stays
            log.warning("A classical solution could not be kept: %s", error)
            time.sleep(_TROUBLE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.workers.solver", description="Solve problems classically for a store.")
    parser.add_argument("--store", default=default_url(), metavar="URL", help="the store (default: $TANGENTE_STORE)")
    parser.add_argument("--name", help="a name that no other solver of this store has; one started again goes on where it was")
    given = parser.parse_args()
    logs.begin()
    serve(RunStore(given.store), given.name or secrets.token_hex(8))


if __name__ == "__main__":
    main()
