"""How the kernels are laid out on a machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A vector holds `lanes` numbers; the micro-kernels keep `rows` × `vectors` of them in registers; blocks have up to `block` points."""

    precision: str  # float32 or float64
    lanes: int
    rows: int
    vectors: int
    block: int

    @property
    def chunk(self) -> int:
        """Points that a micro-kernel takes at a time."""
        return self.lanes * self.vectors

    @property
    def size(self) -> int:
        """Bytes of a number."""
        return 4 if self.precision == "float32" else 8
