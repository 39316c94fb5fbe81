"""What the kernel is told: a network, the rules of its derivative streams, and residuals as tapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron; `sizes` are (features, width, …, width, outputs), `activation` a name of
    `core.engines.kernel.emission.activations`.

    Its parameters are one vector: for each layer the weights, (out, in), row by row, then the bias, (out,).
    """

    sizes: tuple[int, ...]
    activation: str

    @property
    def parameters(self) -> int:
        """The number of the network's parameters."""
        return sum(outs * (ins + 1) for ins, outs in zip(self.sizes[:-1], self.sizes[1:], strict=True))


@dataclass(frozen=True)
class Term:
    """a_stream gets coefficient · φ⁽ᵒʳᵈᵉʳ⁾(z_0) · Π z_factor, of one to four factors, which are streams > 0 and may repeat."""

    stream: int
    order: int
    factors: tuple[int, ...]
    coefficient: float = 1.0


@dataclass(frozen=True)
class Terms:
    """The rule by which φ acts on the streams 0 … streams − 1, of which 0 is the value; the others are derivatives or sums of such.

    Of u, u_x, u_xx: `Terms(3, (Term(1, 1, (1,)), Term(2, 1, (2,)), Term(2, 2, (1, 1))))`.
    """

    streams: int
    entries: tuple[Term, ...] = ()


@dataclass(frozen=True)
class PackedTape:
    """Residuals as a list of operations on slots, each a number for each row.

    The slots are, in this order: the network's outputs, (place, stream, unknown); the columns of the group; the constants; what the
    operations give, in turn. `operations`, (operations, 3), are codes of `core.engines.kernel.layout.codes.CODES` with the slots they take,
    the last of which does not count where there is only one. `results`, (residuals,), are the slots of the residuals."""

    constants: NDArray[np.float64]
    operations: NDArray[np.int32]
    results: NDArray[np.int32]


@dataclass(frozen=True)
class Group:
    """Residuals that share their rows. A row takes the network at one or more places; the loss is Σ scales r²."""

    terms: Terms
    inputs: Array
    """Streams of the network's input features, (places, streams, features, rows)."""
    columns: Array
    """What else is known at each row, (columns, rows)."""
    tape: PackedTape
    scales: Array
    """(residuals, rows), or (residuals, 1) for the same at all rows."""

    @property
    def rows(self) -> int:
        return int(self.inputs.shape[3])
