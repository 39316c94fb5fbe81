"""Checkpoints: all that a training needs to go on, as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from safetensors.torch import load, save
from torch import Tensor

PARTS = ("network", "optimiser", "objective", "validation", "engine")
"""What of a training has tensors of its own; `engine` holds one, empty, whose name is the engine's."""

Parts = Mapping[str, Mapping[str, Tensor]]


@dataclass(frozen=True)
class Checkpoint:
    """A moment of a training: the steps and seconds until then, and `data`, named tensors as safetensors."""

    step: int
    seconds: float
    data: bytes

    @classmethod
    def of(cls, step: int, seconds: float, parts: Parts) -> Checkpoint:
        """The checkpoint that holds the named tensors of each of `PARTS`."""
        tensors = {f"{part}.{name}": value for part, named in parts.items() for name, value in named.items()}
        return cls(step, seconds, save({name: value.detach().cpu().contiguous() for name, value in tensors.items()}))

    def parts(self, device: torch.device) -> dict[str, dict[str, Tensor]]:
        """The named tensors of each of `PARTS`, on `device`, laid out as tensors that were never saved.

        Each is a copy in memory that torch allocates for it, which begins at a multiple of 64 bytes. Those that safetensors gives begin
        anywhere, and sums over such memory, by `torch.dot` or MKL, may be taken in another order and rounded otherwise.
        """
        parts: dict[str, dict[str, Tensor]] = {part: {} for part in PARTS}
        for name, value in load(self.data).items():
            part, _, rest = name.partition(".")
            parts[part][rest] = value.to(device, copy=True)
        return parts
