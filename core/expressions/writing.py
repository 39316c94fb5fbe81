"""Trees → text in the notation that `parse` reads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from core.expressions.functions import CONSTANTS
from core.expressions.tree import (
    At,
    Binary,
    Call,
    Combination,
    Coordinate,
    Derivative,
    Differential,
    Expression,
    Laplacian,
    Number,
    Parameter,
    Unary,
    fold,
)

# How tightly an operator binds its operands: the parser reads by the same numbers.
BINDING = {"+": 10, "-": 10, "*": 20, "/": 20, "^": 40}
MINUS = 30  # -x^2 is -(x^2), but -x*y is (-x)*y
ATOM = 50

Written = tuple[str, int]  # a text, and how tightly it holds together


def number_text(value: float) -> str:
    """The shortest text that reads as this float again."""
    for name, known in CONSTANTS.items():
        if abs(value) == known:
            return name if value > 0 else f"-{name}"
    return repr(value).removesuffix(".0")


def orders(by: str) -> Iterator[tuple[str, int]]:
    """A derivative's coordinates and how often each occurs."""
    return ((letter, len(list(group))) for letter, group in groupby(by))


def bracketed(written: Written, least: int) -> str:
    text, binding = written
    return text if binding >= least else f"({text})"


def _binary(op: str, left: Written, right: Written) -> Written:
    binding = BINDING[op]
    if op == "^":
        return f"{bracketed(left, binding + 1)}^{bracketed(right, MINUS)}", binding
    # A minus directly behind another operator could be read, but not by people.
    second = f"({right[0]})" if right[0].startswith("-") else bracketed(right, binding + 1)
    space = " " if binding == BINDING["+"] else ""
    return f"{bracketed(left, binding)}{space}{op}{space}{second}", binding


def _derivative(derivative: Derivative) -> str:
    return f"{derivative.unknown}_{derivative.by}" if derivative.by else derivative.unknown


def _write(node: Expression, below: tuple[Written, ...]) -> Written:
    match node:
        case Combination():
            raise TypeError("a combination is for evaluation alone and has no text")
        case Number(value):
            return number_text(value), MINUS if value < 0 else ATOM
        case Coordinate(name) | Parameter(name):
            return name, ATOM
        case Derivative():
            return _derivative(node), ATOM
        case At(derivative, arguments):
            free = all(isinstance(argument, Coordinate) for argument in arguments)
            return f"{_derivative(derivative)}({'boundary' if free else ', '.join(map(to_text, arguments))})", ATOM
        case Unary():
            return f"-{bracketed(below[0], MINUS + 1)}", MINUS
        case Binary(op):
            return _binary(op, *below)
        case Call(function):
            return f"{function}({', '.join(text for text, _ in below)})", ATOM
        case Differential(_, by):
            along = (f", {letter}" if order == 1 else f", {letter}, {order}" for letter, order in orders(by))
            return f"D({below[0][0]}{''.join(along)})", ATOM
        case Laplacian():
            return f"lap({below[0][0]})", ATOM


def to_text(tree: Expression) -> str:
    """The tree as text with as few brackets as can be read; `parse` makes the same tree of it."""
    return fold(tree, _write)[0]
