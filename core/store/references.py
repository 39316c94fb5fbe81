"""What classical solvers have found, and what they are asked: one answer a key, and a queue of questions.

A page, a worker or the command line asks; a solver takes the newest question, as whoever types a problem has no use for the answers to what
stood there a moment ago, and writes the answer. A question is held for a time only, so that another takes it up where a solver has died.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from core.errors import MESSAGES, InputError, RunError, TangenteError
from core.files.plain import to_json
from core.references import Reference
from core.references.common.solution import Evidence
from core.store.database import Database
from core.store.tables.schema import answers, questions

MOST_BYTES = 200_000_000
"""The bytes of all answers; beyond them the oldest are forgotten."""
MOST_QUESTIONS = 1000
"""The questions that may wait; beyond them the oldest are forgotten."""
_SLOWER = "store-failed"
"""What a database server says to the slower of two that write the same row; SQLite lets only one begin."""
_AGAIN = 2.0  # seconds after which asking once more moves a question to the front


@dataclass(frozen=True)
class Question:
    """A question that its reader holds: the key of its answer, the problem (as it was asked), and how often it has been taken up."""

    key: str
    problem: str
    attempts: int


class References:
    """The answers and questions of a store. A `TangenteError` in place of a solution says why there is none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Reference | TangenteError | None:
        """The answer of a key; None where there is none that is whole."""
        with self._database.read() as connection:
            row = connection.execute(select(answers).where(answers.c.key == key)).first()
        return _answer(row) if row is not None and _digest(row) == row.sha256 else None

    def write(self, key: str, answer: Reference | TangenteError) -> None:
        """Keep an answer in place of any before; its question is settled."""
        values = _row(key, answer)
        try:
            with self._database.write(durable=False) as connection:
                connection.execute(delete(answers).where(answers.c.key == key))
                _prune(connection, MOST_BYTES - values["size"])
                connection.execute(insert(answers).values(values))
                connection.execute(delete(questions).where(questions.c.key == key))
        except RunError as error:
            if error.code != _SLOWER or self.get(key) is None:
                raise

    def ask(self, key: str, problem: str, *, again: bool = False) -> None:
        """Have a key answered, unless it is; `again`: also where it was answered by a failure. Asked twice is asked once."""
        if not self._wanted(key, again):
            return
        now = time.time()
        try:
            with self._database.write(durable=False) as connection:
                if again:
                    connection.execute(delete(answers).where(answers.c.key == key, answers.c.failure.is_not(None)))
                if connection.scalar(select(answers.c.key).where(answers.c.key == key)) is not None:
                    return
                if not connection.execute(update(questions).where(questions.c.key == key).values(asked=now)).rowcount:
                    _make_room(connection)
                    connection.execute(insert(questions).values(key=key, asked=now, problem=problem, attempts=0))
        except RunError as error:
            if error.code != _SLOWER or self._wanted(key, again):
                raise

    def take(self, owner: str, seconds: float, key: str | None = None) -> Question | None:
        """The newest question, or that of `key`, for `owner` to answer within `seconds`; None where there is none that nobody else holds.

        One that `owner` already holds counts as free: it belonged to a process of that name that has died.
        """
        now = time.time()
        free = or_(_free(now), questions.c.owner == owner)
        these = free if key is None else free & (questions.c.key == key)
        newest = select(questions).where(these).order_by(questions.c.asked.desc(), questions.c.number.desc()).limit(1)
        with self._database.read() as connection:  # most of the time there is none, and nobody must wait for that
            if connection.execute(newest).first() is None:
                return None
        with self._database.write(durable=False) as connection:
            row = connection.execute(newest.with_for_update()).first()
            if row is None:
                return None
            held = {"owner": owner, "leased_until": now + seconds, "attempts": row.attempts + 1}
            connection.execute(update(questions).where(questions.c.number == row.number).values(held))
        return Question(row.key, row.problem, row.attempts + 1)

    def leave(self, owner: str, key: str) -> None:
        """Give a question back unanswered, as if it had not been taken."""
        back = {"owner": None, "leased_until": None, "attempts": questions.c.attempts - 1}
        with self._database.write(durable=False) as connection:
            connection.execute(update(questions).where(questions.c.key == key, questions.c.owner == owner).values(back))

    def unwanted(self, key: str, seconds: float) -> bool:
        """Whether nobody has asked for a key for `seconds`, and a newer question waits that nobody holds."""
        now = time.time()
        asked = select(questions.c.asked).where(questions.c.key == key, questions.c.asked < now - seconds).scalar_subquery()
        newer = select(questions.c.key).where(_free(now), questions.c.asked > asked).limit(1)
        with self._database.read() as connection:
            return connection.scalar(newer) is not None

    def waiting(self) -> list[str]:
        """The keys without an answer yet, those asked last first."""
        with self._database.read() as connection:
            return list(connection.scalars(select(questions.c.key).order_by(questions.c.asked.desc(), questions.c.number.desc())))

    def _wanted(self, key: str, again: bool) -> bool:
        """Whether asking changes anything; reading first keeps those who ask at every look from writing at every look."""
        settled = select(answers.c.key).where(answers.c.key == key)
        with self._database.read() as connection:
            if connection.scalar(settled.where(answers.c.failure.is_(None)) if again else settled) is not None:
                return False
            asked = connection.scalar(select(questions.c.asked).where(questions.c.key == key))
        return asked is None or asked < time.time() - _AGAIN


def _row(key: str, answer: Reference | TangenteError) -> dict[str, Any]:
    """What is kept of an answer."""
    if isinstance(answer, TangenteError):
        failure = to_json({"input": isinstance(answer, InputError), **answer.plain()})
        found: dict[str, Any] = {"failure": failure, "size": len(failure or "")}
    else:
        data = b"".join(np.ascontiguousarray(values, "<f8").tobytes() for values in answer.solutions)
        texts = {"shape": json.dumps(answer.values.shape), "evidence": json.dumps(asdict(answer.evidence))}
        scalars = {"method": answer.method, "error": float(answer.error), "seconds": float(answer.seconds)}
        found = {"data": data, "size": len(data), **texts, **scalars}
    row = {**dict.fromkeys(answers.c.keys()), "key": key, "created": time.time(), **found}
    return {**row, "sha256": _digest_of(row)}


def _answer(row: Row[Any]) -> Reference | TangenteError | None:
    """The answer that a row holds; None where it is a failure that this version has no words for."""
    if row.failure is None:
        values, *others = np.frombuffer(row.data, "<f8").reshape(-1, *json.loads(row.shape))
        return Reference(row.method, values, row.error, row.seconds, Evidence(**json.loads(row.evidence)), tuple(others))
    failure = json.loads(row.failure)
    kind = InputError if failure["input"] else RunError
    return kind(failure["code"], **failure["values"]) if failure["code"] in MESSAGES else None


def _digest(row: Row[Any]) -> str:
    return _digest_of(dict(row._mapping))


def _digest_of(row: dict[str, Any]) -> str:
    """The sha256, in hex, of all that an answer says."""
    said = [row[name] for name in ("key", "failure", "method", "error", "seconds", "shape", "evidence")]
    whole = hashlib.sha256(json.dumps(said).encode())
    whole.update(row["data"] or b"")
    return whole.hexdigest()


def _free(now: float) -> ColumnElement[bool]:
    """The condition that nobody holds a question."""
    return or_(questions.c.leased_until.is_(None), questions.c.leased_until < now)


def _prune(connection: Connection, room: int) -> None:
    """Forget the oldest answers until those left take no more than `room` bytes."""
    size = connection.scalar(select(func.coalesce(func.sum(answers.c.size), 0))) or 0
    if size <= room:
        return
    for row in connection.execute(select(answers.c.key, answers.c.size).order_by(answers.c.created)).all():
        if size <= room:
            return
        connection.execute(delete(answers).where(answers.c.key == row.key))
        size -= row.size


def _make_room(connection: Connection) -> None:
    """Forget the oldest questions where there are too many for one more."""
    count = connection.scalar(select(func.count()).select_from(questions)) or 0
    if count >= MOST_QUESTIONS:
        oldest = select(questions.c.number).order_by(questions.c.asked, questions.c.number).limit(count - MOST_QUESTIONS + 1)
        connection.execute(delete(questions).where(questions.c.number.in_(oldest)))
