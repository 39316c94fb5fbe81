"""A tape: trees flattened once into a list of operations on slots, which NumPy, torch, jets and the kernel play alike."""

from __future__ import annotations

from collections.abc import Callable

from core.expressions.functions import OPERATORS, compute
from core.expressions.tree import Binary, Call, Expression, Leaf, Number, Unary, fold

REPEATED = 8
"""Powers up to this one are multiplied out: faster than **, forwards and in autograd."""
NEG = "neg"
"""The operation that changes the sign; all others have the names that they have in trees."""
Known = float | Expression | None
"""What a slot holds before anything is played: a constant, an expression that the player computes as a whole, or nothing yet."""


class Tape:
    """Operations (name, slot, first, second) in the order in which they are to be played, each distinct one once.

    `leaf` says where the value of a leaf is. `second` is −1 where an operation takes one value. Playing neither recurses nor hashes trees.
    """

    def __init__(self, leaf: Callable[[Leaf], int]) -> None:
        self._leaf = leaf
        self.known: list[Known] = []
        self.operations: list[tuple[str, int, int, int]] = []
        self._slots: dict[object, int] = {}

    def add(self, tree: Expression) -> int:
        """The slot of a tree's value; its operations are written where they are not yet."""
        return fold(tree, self._place)

    def slot(self, key: object, known: Known = None) -> int:
        """The slot that bears a key, made where there is none."""
        if key not in self._slots:
            self._slots[key] = len(self.known)
            self.known.append(known)
        return self._slots[key]

    def constant(self, value: float) -> int:
        """The slot of a number."""
        return self.slot(value, value)

    def operation(self, name: str, first: int, second: int = -1) -> int:
        """The slot of a result: computed now where both values are numbers, and left in one expression where both are known as such."""
        known = [self.known[slot] for slot in (first, second) if slot >= 0]
        numbers = [value for value in known if isinstance(value, float)]
        if len(numbers) == len(known):
            return self.constant(-numbers[0] if name == NEG else compute(name, *numbers))
        if None not in known:
            whole = _joined(name, tuple(Number(value) if isinstance(value, float) else value for value in known))  # type: ignore[misc]
            return self.slot(whole, whole)
        if name in ("+", "*") and first > second:
            first, second = second, first
        key = (name, first, second)
        if key not in self._slots:
            self.operations.append((name, self.slot(key), first, second))
        return self._slots[key]

    def _place(self, node: Expression, below: tuple[int, ...]) -> int:
        match node:
            case Number(value):
                return self.constant(value)
            case Unary():
                return self.operation(NEG, *below)
            case Binary("^"):
                return self._power(*below)
            case Binary(name) | Call(name):
                return self.operation(name, *below)
        if not isinstance(node, Leaf):
            raise TypeError(f"expand {type(node).__name__} before evaluating")
        return self._leaf(node)

    def _power(self, base: int, exponent: int) -> int:
        """Small whole powers of what is not known yet are multiplied out."""
        n = self.known[exponent]
        if not isinstance(n, float) or self.known[base] is not None or n != int(n) or not 1 <= abs(n) <= REPEATED:
            return self.operation("^", base, exponent)
        if n < 0:
            return self.operation("/", self.constant(1.0), self._power(base, self.constant(-n)))
        if n == 1:
            return base
        half = self._power(base, self.constant(float(n // 2)))
        square = self.operation("*", half, half)
        return self.operation("*", square, base) if n % 2 else square


def _joined(name: str, below: tuple[Expression, ...]) -> Expression:
    if name == NEG:
        return Unary("-", *below)
    return Binary(name, *below) if name in OPERATORS else Call(name, below)
