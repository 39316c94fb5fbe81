"""A function that is known by its values, in words: a constant, a sine or another simple one, or else what it is at a few places."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Interval
from core.expressions.writing import number_text
from core.problem.bound import BoundProblem

Array = NDArray[np.float64]

ALIKE = 1e-5
"""Two functions that differ by less, relatively, are one: the words are for the eye."""
QUARTERS = {1: 80, 2: 12, 3: 6}
"""Quarter waves along a coordinate at most, by the number of coordinates."""
WHOLE = (1, 2, 3, 4, 5, 6, 7, 8)
"""Frequencies of waves that do not fit the interval."""
FEW = {1: 201, 2: 17, 3: 9}
"""Points an axis on which functions are compared, by the number of coordinates."""
SHOWN = (0.0, 0.15, 0.35, 0.5, 0.75, 1.0)
"""Where a function without a name is given, along the domain."""
LETTERS = "cabdefghijklmnopqrstuvwxyz"

Named = tuple[str, Array]


def family(functions: Array, axes: tuple[Array, ...], problem: BoundProblem) -> str:
    """All sums of functions (count, *shape, unknowns) on the grid of `axes`, as text: `c*sin(pi*x)`, or `a + b*x`."""
    functions, axes = _thinned(functions, axes)
    texts = _simple(functions, axes, problem) or [_description(function, axes, problem) for function in functions]
    taken = {item.name for item in problem.coordinates} | set(problem.unknowns) | {"e"}
    letters = [letter for letter in LETTERS if letter not in taken]
    terms = [letter if text == "1" else f"{letter}*{text}" for letter, text in zip(letters, texts, strict=False)]
    several = f" for ({', '.join(problem.unknowns)})" if len(problem.unknowns) > 1 else ""
    return "any constant c" if texts == ["1"] else " + ".join(terms) + several


def _thinned(functions: Array, axes: tuple[Array, ...]) -> tuple[Array, tuple[Array, ...]]:
    """The functions and their axes at fewer points."""
    few = FEW[len(axes)]
    chosen = [np.unique(np.linspace(0, len(axis) - 1, few).round().astype(int)) for axis in axes]
    for number, where in enumerate(chosen, 1):
        functions = functions.take(where, axis=number)
    return functions, tuple(axis[where] for axis, where in zip(axes, chosen, strict=True))


def _simple(functions: Array, axes: tuple[Array, ...], problem: BoundProblem) -> list[str]:
    """The simple functions, as many as are needed, that span the same space; none where they do not."""
    count, unknowns = len(functions), functions.shape[-1]
    span = np.linalg.svd(functions.reshape(count, -1), full_matrices=False)[2]  # (count, points × unknowns)
    found: list[str] = []
    rest = span
    for text, values in _candidates(axes, problem):
        for number, name in enumerate(problem.unknowns):
            field = np.zeros((values.size, unknowns))
            field[:, number] = values.ravel()
            flat = field.ravel() / np.linalg.norm(field)
            if np.linalg.norm(flat - span.T @ (span @ flat)) > ALIKE or np.linalg.norm(rest @ flat) < ALIKE:
                continue
            found.append(text if unknowns == 1 else f"({', '.join(text if other == name else '0' for other in problem.unknowns)})")
            if len(found) == count:
                return found
            rest = _without(rest, flat)
    return []


def _without(span: Array, flat: Array) -> Array:
    """What of a space, by its rows, is orthogonal to one of its members."""
    left = span - np.outer(span @ flat, flat)
    return np.linalg.svd(left, full_matrices=False)[2][: len(span) - 1]


def _candidates(axes: tuple[Array, ...], problem: BoundProblem) -> Iterator[Named]:
    """Products of simple functions, the simplest first."""
    tables = [list(_along(axis, item, QUARTERS[len(axes)])) for axis, item in zip(axes, problem.coordinates, strict=True)]
    numbered = sorted(product(*(range(len(table)) for table in tables)), key=sum)
    for numbers in numbered:
        factors = [table[number] for table, number in zip(tables, numbers, strict=True)]
        values = factors[0][1]
        for _, other in factors[1:]:
            values = np.multiply.outer(values, other)
        yield "*".join(text for text, _ in factors if text != "1") or "1", values


def _along(axis: Array, item: Interval, quarters: int) -> Iterator[Named]:
    """Simple functions of one coordinate: 1, x, waves of so many quarters at most on the interval, and others of a whole frequency."""
    yield "1", np.ones(len(axis))
    yield item.name, axis
    for quarter in range(1, quarters + 1):
        frequency = quarter / 2 * np.pi / (item.high - item.low)
        inside = f"{_times_pi(quarter / 2 / (item.high - item.low))}*{_shifted(item)}"
        yield f"sin({inside})", np.sin(frequency * (axis - item.low))
        yield f"cos({inside})", np.cos(frequency * (axis - item.low))
    if quarters == QUARTERS[1]:
        yield from _others(axis, item)


def _others(axis: Array, item: Interval) -> Iterator[Named]:
    """Waves and exponentials of the coordinate itself."""
    for factor in WHOLE:
        inside = item.name if factor == 1 else f"{factor}*{item.name}"
        yield f"sin({inside})", np.sin(factor * axis)
        yield f"cos({inside})", np.cos(factor * axis)
        yield f"exp({inside})", np.exp(factor * (axis - item.high))
        yield f"exp(-{inside})", np.exp(-factor * (axis - item.low))


def _times_pi(factor: float) -> str:
    """A multiple of π, or the number that it comes to."""
    in_pi = f"{factor:.4g}"
    if abs(float(in_pi) - factor) < 1e-9 * factor:
        return "pi" if in_pi == "1" else f"{in_pi}*pi"
    return f"{factor * np.pi:.4g}"


def _shifted(item: Interval) -> str:
    if item.low == 0:
        return item.name
    return f"({item.name} {'-' if item.low > 0 else '+'} {number_text(abs(item.low))})"


def _description(function: Array, axes: tuple[Array, ...], problem: BoundProblem) -> str:
    """What a function (*shape, unknowns), made 1 where it is largest, is at places along the diagonal of the domain."""
    normalised = np.round(function / function.flat[np.abs(function).argmax()], 6) + 0.0
    places = [tuple(round(share * (len(axis) - 1)) for axis in axes) for share in SHOWN]
    names = ", ".join(problem.unknowns)
    values = "; ".join(", ".join(f"{value:.2g}" for value in normalised[place]) for place in places)
    along = "; ".join(", ".join(f"{axis[index]:.3g}" for axis, index in zip(axes, place, strict=True)) for place in places)
    letters = ", ".join(item.name for item in problem.coordinates)
    return f"[{names} = {values} at {letters} = {along}]"
