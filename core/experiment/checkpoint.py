"""A checkpoint: all that a training needs to go on, as bytes that the store keeps and `core/training/state.py` reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Checkpoint:
    """A moment of a training: the steps and seconds until then, and `data`, named tensors as safetensors."""

    step: int
    seconds: float
    data: bytes
