"""Checkpoints, each with the sha256 that tells whether it is whole."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, delete, func, insert, select

from core.errors import RunError
from core.experiment.checkpoint import Checkpoint
from core.store.tables.schema import checkpoints

MB = 1_000_000
LARGEST = 100 * MB
"""Bytes of a checkpoint; of two, half of it each."""


def newest_checkpoint(connection: Connection, run_id: str) -> Checkpoint | None:
    """The newest checkpoint whose sha256 holds; one at a time, as they may be large."""
    steps = connection.scalars(select(checkpoints.c.step).where(checkpoints.c.run == run_id).order_by(checkpoints.c.step.desc())).all()
    for step in steps:
        row = connection.execute(select(checkpoints).where(checkpoints.c.run == run_id, checkpoints.c.step == step)).first()
        if row is not None and digest(row.step, row.seconds, row.data) == row.sha256:
            return Checkpoint(row.step, row.seconds, bytes(row.data))
    return None


def add_checkpoint(connection: Connection, run_id: str, made: Checkpoint) -> None:
    """Write a checkpoint, and keep the one before it unless either is large; raises `RunError` where it is too large itself."""
    if len(made.data) > LARGEST:
        raise RunError("checkpoint-too-large", size=len(made.data) // MB, limit=LARGEST // MB)
    mine = checkpoints.c.run == run_id
    sizes = select(checkpoints.c.step, func.length(checkpoints.c.data).label("size")).where(mine, checkpoints.c.step < made.step)
    before = connection.execute(sizes.order_by(checkpoints.c.step.desc()).limit(1)).first()
    kept = [before.step] if before is not None and max(before.size, len(made.data)) <= LARGEST // 2 else []
    connection.execute(delete(checkpoints).where(mine, checkpoints.c.step.not_in(kept)))
    sha256 = digest(made.step, made.seconds, made.data)
    values = {"run": run_id, "step": made.step, "seconds": made.seconds, "sha256": sha256, "data": made.data}
    connection.execute(insert(checkpoints).values(values))


def digest(step: int, seconds: float, data: bytes) -> str:
    """The sha256 of a checkpoint and of where it belongs, in hex."""
    whole = hashlib.sha256(f"{step} {seconds!r}\n".encode())
    whole.update(data)
    return whole.hexdigest()
