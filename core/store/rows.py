"""Rows of the table of runs, read and changed within a transaction."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, Update, func, select, update

from core.errors import InputError
from core.store.records import Run
from core.store.tables.schema import frames, runs

_JSON = ("losses", "relative_l2", "max_error", "estimates", "error")
_OTHERWISE_NAMED = {"attempts": runs.c.token, "version": func.coalesce(frames.c.version, 0), "text": runs.c.experiment}
_COLUMNS = {field.name: runs.c.get(field.name) for field in fields(Run)} | _OTHERWISE_NAMED
RUNS = select(*(column.label(name) for name, column in _COLUMNS.items() if column is not None)).join_from(
    runs, frames, frames.c.run == runs.c.id, isouter=True
)
"""All runs, with the columns that a `Run` has."""


def one(connection: Connection, run_id: str) -> Row[Any]:
    """A run's row; raises `InputError` where there is none of that id."""
    row = connection.execute(RUNS.where(runs.c.id == run_id)).first()
    if row is None:
        raise InputError("unknown-run", run=run_id)
    return row


def run_of(row: Row[Any]) -> Run:
    """The run that a row of `RUNS` tells of."""
    values = dict(row._mapping)
    for name in _JSON:
        values[name] = None if values[name] is None else json.loads(values[name])
    return Run(**{**values, "estimates": values["estimates"] or {}})


def lost(row: Row[*tuple[Any, ...]], now: float) -> bool:
    """Whether a run's worker has not been heard of for as long as a lease lasts."""
    return bool(row.status == "running" and row.leased_until < now)


def change(run_id: str) -> Update:
    """A change of one run's row, to be given its values."""
    return update(runs).where(runs.c.id == run_id)
