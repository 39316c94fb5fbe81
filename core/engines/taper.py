"""A taper: residuals of a network as tapes for jets (`core/derivatives/jets/program.py`) and for the compiled kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.engines.kernel import CODES, PackedTape
from core.expressions import Coordinate, Expression, Leaf
from core.expressions.tape import Tape

CODE_NAMES = {"^": "pow"}
"""Operations that have another name in the kernel."""


class Taper(Tape):
    """A tape whose slots are the outputs of a network first, then columns, constants and results.

    `output` gives the slot of what depends on the network, `outputs` is the number of these slots. `columns` are the expressions of
    coordinates, or other keys, whose values the tape wants for each row.
    """

    def __init__(self, output: Callable[[Leaf, Taper], int], outputs: int) -> None:
        super().__init__(lambda leaf: self.slot(leaf, leaf) if isinstance(leaf, Coordinate) else output(leaf, self))
        self._outputs = outputs
        self.known += [None] * outputs
        self._keys: dict[int, object] = {}
        self.columns: list[object] = []

    def column(self, key: object) -> int:
        """The slot of what is known at each row, by a key that is no expression."""
        slot = self.slot(key)
        self._keys[slot] = key
        return slot

    def packed(self, trees: Sequence[Expression]) -> PackedTape:
        """The tape of these residuals, as the kernel reads it; nothing can be added afterwards."""
        results = [self.add(tree) for tree in trees]
        used = dict.fromkeys([*(slot for _, _, first, second in self.operations for slot in (first, second)), *results])
        columns = [slot for slot in used if slot in self._keys or isinstance(self.known[slot], Expression)]
        constants = [slot for slot in used if isinstance(self.known[slot], float)]
        self.columns = [self._keys.get(slot, self.known[slot]) for slot in columns]
        order = [*range(self._outputs), *columns, *constants, *(slot for _, slot, _, _ in self.operations)]
        place = {slot: number for number, slot in enumerate(order)}
        operations = [
            (CODES[CODE_NAMES.get(name, name)], place[first], place[first if second < 0 else second])
            for name, _, first, second in self.operations
        ]
        return PackedTape(
            np.array([self.known[slot] for slot in constants], np.float64),
            np.array(operations, np.int32).reshape(-1, 3),
            np.array([place[result] for result in results], np.int32),
        )
