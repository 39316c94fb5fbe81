"""The losses of a run, in blocks of consecutive rows, (rows, terms), float32.

Rows are numbered from 1: number n has the losses of the weights after n − 1 steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, delete, insert, select

from core.store.tables.schema import losses

MOST = 400
"""Rows of a curve."""


def block_of(row: Row[Any]) -> NDArray[np.float32]:
    """The losses that a row of the table has, (rows, terms)."""
    return np.frombuffer(row.data, "<f4").reshape(row.rows, row.terms)


def add_losses(connection: Connection, run_id: str, first: int, block: NDArray[np.float32]) -> None:
    """Add the losses from number `first` on, (rows, terms), none of which may be there."""
    if len(block):
        size, terms = block.shape
        connection.execute(insert(losses).values(run=run_id, first=first, rows=size, terms=terms, data=block.tobytes()))


def cut_losses(connection: Connection, run_id: str, first: int, end: int | None) -> None:
    """Forget the losses from number `first` up to, but not with, `end`; None: all that follow."""
    past = [losses.c.first < end] if end is not None else []
    hit = (losses.c.run == run_id, losses.c.first + losses.c.rows > first, *past)
    chunks = connection.execute(select(losses).where(*hit)).all()
    if not chunks:
        return
    connection.execute(delete(losses).where(*hit))
    for chunk in chunks:
        block = block_of(chunk)
        add_losses(connection, run_id, chunk.first, block[: max(0, first - chunk.first)])
        if end is not None:
            add_losses(connection, run_id, end, block[max(0, end - chunk.first) :])


def curve(rows: NDArray[np.float32], weights: Sequence[tuple[str, float]]) -> dict[str, NDArray[np.float64]]:
    """The loss by the step, from rows of terms (rows, terms) and each term's name and weight, at no more than `MOST` places.

    `loss.steps` says after how many steps the weights were those to which a loss belongs: 0, …, evenly spread on a log axis. `loss.total`
    is the weighted sum, and `loss.TERM` a term. Empty where there are no rows.
    """
    if not len(rows):
        return {}
    places = np.unique(np.geomspace(1, len(rows), MOST).round().astype(int)) - 1 if len(rows) > MOST else np.arange(len(rows))
    kept = rows[places].astype(np.float64)  # (k, terms)
    found = {"loss.steps": places.astype(np.float64), "loss.total": kept @ np.array([weight for _, weight in weights])}
    return found | {f"loss.{term}": kept[:, index] for index, (term, _) in enumerate(weights)}
