"""Trees → values, by NumPy, torch or whatever computes with + - * / ** and a table of functions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.expressions.functions import OPERATORS, compute
from core.expressions.tree import Binary, Call, Expression, Leaf, Number, Unary, fold

REPEATED = 8  # powers up to this one are multiplied out: faster than **, forwards and in autograd


class _Operations:
    """Trees as a flat list of operations, each distinct subtree once: running it neither recurses nor hashes trees."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions
        self._slots: list[float | None] = []  # the constants in their places
        self._loads: dict[Leaf, int] = {}
        self._operations: list[tuple[Callable[..., Any], int, int, int]] = []
        self._known: dict[Any, int] = {}

    def _run(self, slots: list[Any]) -> None:
        for function, slot, first, second in self._operations:
            slots[slot] = function(slots[first]) if second < 0 else function(slots[first], slots[second])

    def _place(self, node: Expression, below: tuple[int, ...]) -> int:
        match node:
            case Number(value):
                return self._constant(value)
            case Unary():
                return self._operation("-", operator.neg, *below)
            case Binary("^"):
                return self._power(*below)
            case Binary(op):
                return self._operation(op, OPERATORS[op], *below)
            case Call(name):
                return self._operation(name, self._functions[name], *below)
            case leaf:
                if not isinstance(leaf, Leaf):
                    raise TypeError(f"expand {type(leaf).__name__} before evaluating")
                return self._loads.setdefault(leaf, self._slot(leaf, None))

    def _slot(self, key: Any, value: float | None) -> int:
        if key not in self._known:
            self._known[key] = len(self._slots)
            self._slots.append(value)
        return self._known[key]

    def _constant(self, value: float) -> int:
        return self._slot(value, value)

    def _operation(self, name: str, function: Callable[..., Any], first: int, second: int = -1) -> int:
        values = [self._slots[slot] for slot in (first, second) if slot >= 0]
        if None not in values:
            return self._constant(-values[0] if function is operator.neg else compute(name, *values))  # type: ignore[operator,arg-type]
        if name in ("+", "*") and first > second:
            first, second = second, first
        key = (name, first, second)
        if key not in self._known:
            self._operations.append((function, self._slot(key, None), first, second))
        return self._known[key]

    def _power(self, base: int, exponent: int) -> int:
        n = self._slots[exponent]
        if n is None or self._slots[base] is not None or n != int(n) or not 1 <= abs(n) <= REPEATED:
            return self._operation("^", operator.pow, base, exponent)
        if n < 0:
            return self._operation("/", operator.truediv, self._constant(1.0), self._power(base, self._constant(-n)))
        if n == 1:
            return base
        half = self._power(base, self._constant(n // 2))
        square = self._operation("*", operator.mul, half, half)
        return self._operation("*", operator.mul, square, base) if n % 2 else square


class Program(_Operations):
    """A tree made ready to be evaluated many times.

    Call it with the values of `leaves`. Constant parts are floats computed beforehand, so a function of one argument is never called with a
    float, one of two (atan2, min, max) with at most one; a tree without leaves gives a float.
    """

    def __init__(self, tree: Expression, functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(functions)
        self._result = fold(tree, self._place)
        self.leaves: tuple[Leaf, ...] = tuple(self._loads)

    def __call__(self, values: Mapping[Leaf, Any]) -> Any:
        slots: list[Any] = self._slots.copy()
        for leaf, slot in self._loads.items():
            slots[slot] = values[leaf]
        self._run(slots)
        return slots[self._result]


class Vector(_Operations):
    """Several trees that share their common parts, called with the values of given leaves in order: for fast right-hand sides.

    A tree without leaves gives a float. Raises `KeyError` where a tree holds a leaf that is not given.
    """

    def __init__(self, trees: Sequence[Expression], leaves: Sequence[Leaf], functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(functions)
        self._results = [fold(tree, self._place) for tree in trees]
        place = {leaf: number for number, leaf in enumerate(leaves)}
        self._arguments = [(slot, place[leaf]) for leaf, slot in self._loads.items()]

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        slots: list[Any] = self._slots.copy()
        for slot, number in self._arguments:
            slots[slot] = values[number]
        self._run(slots)
        return [slots[result] for result in self._results]


def compile(tree: Expression, functions: Mapping[str, Callable[..., Any]]) -> Program:
    """The tree made ready to be evaluated many times: `compile(tree, NUMPY)({leaf: value, …})`."""
    return Program(tree, functions)


def evaluate(tree: Expression, leaf: Callable[[Leaf], Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """The value of the tree, asking `leaf` once for each distinct leaf."""
    program = Program(tree, functions)
    return program({name: leaf(name) for name in program.leaves})
