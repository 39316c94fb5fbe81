"""Checkpoints, each with the sha256 that tells whether it is whole."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from core.experiment.checkpoint import Checkpoint
from core.store.schema import checkpoints


def newest_checkpoint(connection: Connection, run_id: str) -> Checkpoint | None:
    """The newest checkpoint whose sha256 holds; one at a time, as they may be large."""
    steps = connection.scalars(select(checkpoints.c.step).where(checkpoints.c.run == run_id).order_by(checkpoints.c.step.desc())).all()
    for step in steps:
        row = connection.execute(select(checkpoints).where(checkpoints.c.run == run_id, checkpoints.c.step == step)).first()
        if row is not None and digest(row.step, row.seconds, row.data) == row.sha256:
            return Checkpoint(row.step, row.seconds, bytes(row.data))
    return None


def digest(step: int, seconds: float, data: bytes) -> str:
    """The sha256 of a checkpoint and of where it belongs, in hex."""
    whole = hashlib.sha256(f"{step} {seconds!r}\n".encode())
    whole.update(data)
    return whole.hexdigest()
