"""Problems in LaTeX, as mathematicians write them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.expressions import Derivative, Expression, Parameter, to_latex
from core.problem.bound import parsed
from core.problem.problem import Problem


@dataclass(frozen=True)
class Formulas:
    """A problem in LaTeX, for display: one text an equation, condition, definition, parameter and exact solution."""

    domain: str
    equations: tuple[str, ...]
    conditions: tuple[str, ...]
    definitions: tuple[str, ...]
    parameters: tuple[str, ...]
    exact: tuple[str, ...]


def formulas(problem: Problem, values: Mapping[str, float] | None = None) -> Formulas:
    """The problem for display, with its parameters at `values`."""
    trees = parsed(problem)
    return Formulas(
        domain=r",\quad ".join(rf"{item.name} \in [{_number(item.low)},\, {_number(item.high)}]" for item in problem.coordinates),
        equations=tuple(" = ".join(map(to_latex, sides)) for sides in trees.equations) or tuple(_data(problem)),
        conditions=tuple(" = ".join(map(to_latex, sides)) for sides in trees.conditions),
        definitions=tuple(_is(Parameter(name), to_latex(tree)) for name, tree in trees.definitions.items()),
        parameters=tuple(_is(Parameter(name), _number(value)) for name, value in problem.values(values or {})),
        exact=tuple(_is(Derivative(name), to_latex(tree)) for name, tree in trees.exact.items()),
    )


def _data(problem: Problem) -> Iterator[str]:
    """What data alone ask for: each unknown has its value at each of their points, about."""
    if problem.data is None:
        return
    points = ", ".join(f"{item.name}_i" for item in problem.coordinates)
    for unknown in problem.data.unknowns:
        name = to_latex(Derivative(unknown))
        yield rf"{name}({points}) \approx {{{name}}}_i,\quad i = 1, \ldots, {problem.data.count}"


def _is(name: Expression, value: str) -> str:
    return f"{to_latex(name)} = {value}"


def _number(value: float) -> str:
    """A number for display: simple multiples of π as such, others to four digits."""
    for divisor in (1, 2, 3, 4):
        times = value / math.pi * divisor
        if 1 <= abs(round(times)) <= 12 and abs(times - round(times)) < 1e-12:
            sign, factor = "-" if times < 0 else "", abs(round(times))
            return rf"{sign}{factor if factor > 1 else ''}\pi{f'/{divisor}' if divisor > 1 else ''}"
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
