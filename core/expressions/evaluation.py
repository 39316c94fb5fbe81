"""Trees → values, by NumPy, torch or whatever computes with + - * / ** and a table of functions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.expressions.functions import OPERATORS
from core.expressions.tape import NEG, Tape
from core.expressions.tree import Expression, Leaf


class _Played:
    """A tape of trees with the functions that play it: every leaf is a slot that has to be filled first."""

    def __init__(self, trees: Sequence[Expression], functions: Mapping[str, Callable[..., Any]]) -> None:
        self._loads: dict[Leaf, int] = {}
        tape = Tape(lambda leaf: self._loads.setdefault(leaf, tape.slot(leaf)))
        self._results = [tape.add(tree) for tree in trees]
        self._slots = tape.known
        known: dict[str, Callable[..., Any]] = {**OPERATORS, **functions, NEG: operator.neg}
        self._operations = [(known[name], slot, first, second) for name, slot, first, second in tape.operations]

    def _run(self, slots: list[Any]) -> None:
        for function, slot, first, second in self._operations:
            slots[slot] = function(slots[first]) if second < 0 else function(slots[first], slots[second])


class Program(_Played):
    """A tree made ready to be evaluated many times.

    Call it with the values of `leaves`. Constant parts are floats computed beforehand, so a function of one argument is never called with a
    float, one of two (atan2, min, max) with at most one; a tree without leaves gives a float.
    """

    def __init__(self, tree: Expression, functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__([tree], functions)
        (self._result,) = self._results
        self.leaves: tuple[Leaf, ...] = tuple(self._loads)

    def __call__(self, values: Mapping[Leaf, Any]) -> Any:
        slots: list[Any] = self._slots.copy()
        for leaf, slot in self._loads.items():
            slots[slot] = values[leaf]
        self._run(slots)
        return slots[self._result]


class Vector(_Played):
    """Several trees that share their common parts, called with the values of given leaves in order: for fast right-hand sides.

    A tree without leaves gives a float. Raises `KeyError` where a tree holds a leaf that is not given.
    """

    def __init__(self, trees: Sequence[Expression], leaves: Sequence[Leaf], functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(trees, functions)
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
