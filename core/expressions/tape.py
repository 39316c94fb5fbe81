"""Residuals written as tapes of operations, for jets (`core/derivatives/jets/program.py`) and for the compiled kernel
(`core/engines/kernel`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.engines.kernel import CODES, Tape
from core.expressions import Binary, Call, Coordinate, Expression, Leaf, Number, Unary
from core.expressions.evaluation import REPEATED
from core.expressions.functions import compute
from core.expressions.tree import fold


@dataclass(frozen=True)
class Slot:
    """A number for each row that depends on the network. Those of outputs come first, then columns, constants, results."""

    kind: str
    number: int


Value = float | Expression | Slot
"""A constant; what depends on the coordinates alone; what depends on the network."""


class Taper:
    """Writes one tape for several trees. `leaf` gives the slot of what depends on the network, `outputs` is the number of its slots.

    `columns` are the expressions, or other keys, whose values the tape wants for each row.
    """

    def __init__(self, leaf: Callable[[Leaf, Taper], Slot], outputs: int) -> None:
        self._leaf, self._outputs = leaf, outputs
        self.columns: list[object] = []
        self._constants: list[float] = []
        self._operations: list[tuple[str, Slot, Slot]] = []
        self._known: dict[object, Slot] = {}

    def tape(self, trees: Sequence[Expression]) -> Tape:
        """That of these residuals; nothing can be added afterwards."""
        results = [self.slot(fold(tree, self._place)) for tree in trees]
        operations = [(CODES[name], self._at(first), self._at(second)) for name, first, second in self._operations]
        return Tape(
            np.array(self._constants, np.float64),
            np.array(operations, np.int32).reshape(-1, 3),
            np.array([self._at(result) for result in results], np.int32),
        )

    def column(self, key: object) -> Slot:
        """The slot of what is known at each row."""
        return self._listed("column", key, self.columns)

    def slot(self, value: Value) -> Slot:
        """Where a value is."""
        if isinstance(value, Slot):
            return value
        return self._listed("constant", value, self._constants) if isinstance(value, float) else self.column(value)

    def operation(self, name: str, first: Slot, second: Slot | None = None) -> Slot:
        """The slot of a result; the same operation is written once."""
        if name in ("+", "*") and second is not None and (second.kind, second.number) < (first.kind, first.number):
            first, second = second, first
        key = (name, first, second)
        if key not in self._known:
            self._known[key] = Slot("operation", len(self._operations))
            self._operations.append((name, first, first if second is None else second))
        return self._known[key]

    def _listed(self, kind: str, key: object, where: list[float] | list[object]) -> Slot:
        if (kind, key) not in self._known:
            self._known[kind, key] = Slot(kind, len(where))
            where.append(key)  # type: ignore[arg-type]
        return self._known[kind, key]

    def _at(self, slot: Slot) -> int:
        starts = {"output": 0, "column": self._outputs}
        starts["constant"] = starts["column"] + len(self.columns)
        starts["operation"] = starts["constant"] + len(self._constants)
        return starts[slot.kind] + slot.number

    def _place(self, node: Expression, below: tuple[Value, ...]) -> Value:
        match node:
            case Number(value):
                return value
            case Coordinate():
                return node
            case Unary():
                return self._applied("-", node, below)
            case Binary(name) | Call(name):
                return self._applied(name, node, below)
        if not isinstance(node, Leaf):
            raise TypeError(f"expand {type(node).__name__} before evaluating")
        return self._leaf(node, self)

    def _applied(self, name: str, node: Expression, below: tuple[Value, ...]) -> Value:
        if all(isinstance(item, float) for item in below):
            values = [item for item in below if isinstance(item, float)]
            return -values[0] if isinstance(node, Unary) else compute(name, *values)
        if not any(isinstance(item, Slot) for item in below):
            return _rebuilt(node, tuple(Number(item) if isinstance(item, float) else item for item in below))  # type: ignore[misc]
        if isinstance(node, Unary):
            return self.operation("neg", self.slot(below[0]))
        if name == "^":
            return self._power(*below)
        return self.operation(name, *map(self.slot, below))

    def _power(self, base: Value, exponent: Value) -> Value:
        """Small whole powers are multiplied out."""
        if not isinstance(exponent, float) or exponent != int(exponent) or not 1 <= abs(exponent) <= REPEATED:
            return self.operation("pow", self.slot(base), self.slot(exponent))
        if exponent < 0:
            return self.operation("/", self.slot(1.0), self.slot(self._power(base, -exponent)))
        if exponent == 1:
            return base
        half = self.slot(self._power(base, float(exponent // 2)))
        square = self.operation("*", half, half)
        return self.operation("*", square, self.slot(base)) if exponent % 2 else square


def _rebuilt(node: Expression, below: tuple[Expression, ...]) -> Expression:
    match node:
        case Unary(op):
            return Unary(op, *below)
        case Binary(op):
            return Binary(op, *below)
        case Call(function):
            return Call(function, below)
    raise TypeError(f"{type(node).__name__} has nothing below it")
