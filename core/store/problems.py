"""The problems that visitors have saved, each in its visitor's own list, and the data that they brought, by their content."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy import delete as delete_from

from core.errors import InputError
from core.files.tables import MAX_BYTES, shown
from core.store.database import Database
from core.store.records import new_id
from core.store.tables.schema import data_sets, saved_problems

MOST = 500
"""Problems that a visitor may keep."""


@dataclass(frozen=True)
class SavedProblem:
    """A visitor's problem: its id, which cannot be guessed; the text of its file, TOML; and when it was last changed (s since 1970)."""

    id: str
    visitor: str
    text: str
    changed: float


class Problems:
    """The saved problems of a store. Whoever has an id may read its problem; only the visitor whose it is may change it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, visitor: str, text: str, id: str | None = None) -> SavedProblem:
        """Keep a problem, durably: a new one, or in place of the visitor's own of that id.

        Raises `InputError` for an id that is not in the visitor's list, for a text that no file could hold or that is too long, and where
        the list is full.
        """
        _check(text)
        now = time.time()
        with self._database.write(durable=True) as connection:
            if id is None:
                _check_room(connection, visitor)
                id = new_id()
                connection.execute(insert(saved_problems).values(id=id, visitor=visitor, text=text, changed=now))
            elif not connection.execute(update(saved_problems).where(*_own(visitor, id)).values(text=text, changed=now)).rowcount:
                raise InputError("unknown-saved-problem", id=shown(id))
        return SavedProblem(id, visitor, text, now)

    def get(self, id: str) -> SavedProblem:
        """One problem; raises `InputError` where there is none of that id."""
        with self._database.read() as connection:
            row = connection.execute(_ALL.where(saved_problems.c.id == id)).first()
        if row is None:
            raise InputError("unknown-saved-problem", id=shown(id))
        return _saved(row)

    def of(self, visitor: str) -> list[SavedProblem]:
        """A visitor's problems, the one changed last first."""
        mine = _ALL.where(saved_problems.c.visitor == visitor)
        with self._database.read() as connection:
            return [
                _saved(row) for row in connection.execute(mine.order_by(saved_problems.c.changed.desc(), saved_problems.c.number.desc()))
            ]

    def keep_data(self, data: bytes) -> str:
        """Keep data that a problem names, durably, once; their digest, a sha256 in hex."""
        digest = hashlib.sha256(data).hexdigest()
        with self._database.write(durable=True) as connection:
            if connection.scalar(select(data_sets.c.digest).where(data_sets.c.digest == digest)) is None:
                connection.execute(insert(data_sets).values(digest=digest, created=time.time(), data=data))
        return digest

    def data(self, digest: str) -> bytes:
        """The data of a digest; raises `InputError` where the store has none of it."""
        with self._database.read() as connection:
            found: bytes | None = connection.scalar(select(data_sets.c.data).where(data_sets.c.digest == digest))
        if found is None:
            raise InputError("unknown-data", digest=shown(digest))
        return found

    def delete(self, visitor: str, id: str) -> None:
        """Forget one of a visitor's problems; raises `InputError` for an id that is not in the visitor's list."""
        with self._database.write(durable=True) as connection:
            if not connection.execute(delete_from(saved_problems).where(*_own(visitor, id))).rowcount:
                raise InputError("unknown-saved-problem", id=shown(id))


_ALL = select(*(saved_problems.c[name] for name in ("id", "visitor", "text", "changed")))


def _own(visitor: str, id: str) -> tuple[Any, ...]:
    return saved_problems.c.id == id, saved_problems.c.visitor == visitor


def _saved(row: Row[Any]) -> SavedProblem:
    return SavedProblem(**row._mapping)


def _check(text: str) -> None:
    """Raise `InputError` for a text that is too long, or holds what no file of text and no database does."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise InputError("not-toml", reason=error.reason) from None
    if "\0" in text:
        raise InputError("not-toml", reason="it holds a NUL character")
    if size > MAX_BYTES:
        raise InputError("file-too-large", size=size, limit=MAX_BYTES)


def _check_room(connection: Connection, visitor: str) -> None:
    count = connection.scalar(select(func.count()).select_from(saved_problems).where(saved_problems.c.visitor == visitor)) or 0
    if count >= MOST:
        raise InputError("too-many-problems", limit=MOST)
