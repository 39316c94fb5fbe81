"""The state of a training as safetensors, and back: tensors by the part of the training that they belong to, and the engine by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from safetensors.torch import load, save
from torch import Tensor

from core.files.tensors import metadata

PARTS = ("network", "optimiser", "objective", "validation")
"""What of a training has tensors of its own."""
ENGINE = "engine"

Parts = Mapping[str, dict[str, Tensor]]


@dataclass(frozen=True)
class State:
    """The named tensors of each of `PARTS`, and the name of the engine that takes the steps; None where none was noted."""

    parts: Parts
    engine: str | None


def packed(state: State) -> bytes:
    """The state as safetensors, with its engine in the metadata."""
    tensors = {f"{part}.{name}": value for part, named in state.parts.items() for name, value in named.items()}
    engine = None if state.engine is None else {ENGINE: state.engine}
    return save({name: value.detach().cpu().contiguous() for name, value in tensors.items()}, engine)


def unpacked(data: bytes, device: torch.device) -> State:
    """The state that `packed` made bytes of, with its tensors on `device`, laid out as tensors that were never saved.

    Each is a copy in memory that torch allocates for it, which begins at a multiple of 64 bytes. Those that safetensors gives begin
    anywhere, and sums over such memory, by `torch.dot` or MKL, may be taken in another order and rounded otherwise.
    """
    parts: dict[str, dict[str, Tensor]] = {part: {} for part in PARTS}
    engine = metadata(data).get(ENGINE)
    for name, value in load(data).items():
        part, _, rest = name.partition(".")
        if part == ENGINE:  # checkpoints of before have it as the name of an empty tensor
            engine = rest
        else:
            parts[part][rest] = value.to(device, copy=True)
    return State(parts, engine)
