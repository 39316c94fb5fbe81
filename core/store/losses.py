"""The losses of a run, in blocks of consecutive steps, (steps, terms), float32."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, delete, insert, select

from core.store.schema import losses


def block_of(row: Row[Any]) -> NDArray[np.float32]:
    """The losses of a row, (steps, terms)."""
    return np.frombuffer(row.data, "<f4").reshape(row.rows, row.terms)


def add_losses(connection: Connection, run_id: str, first: int, block: NDArray[np.float32]) -> None:
    """Add the losses of steps `first`, …, (steps, terms), none of which may be there."""
    if len(block):
        size, terms = block.shape
        connection.execute(insert(losses).values(run=run_id, first=first, rows=size, terms=terms, data=block.tobytes()))


def cut_losses(connection: Connection, run_id: str, first: int, end: int | None) -> None:
    """Forget the losses of the steps from `first` up to, but not with, `end`; None: all that follow."""
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
