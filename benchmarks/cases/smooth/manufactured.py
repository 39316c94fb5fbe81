"""Problems made to measure: a solution is chosen, and whatever an operator gives for it becomes the equation's right side.

The solution stands in the problem as the definition w, which says nothing to a solver: right sides and conditions are texts in w, such as
D(w, x, 2), or half of the time written out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.tribunal.case import Array, Axes, Case, Formula, Solutions
from benchmarks.tribunal.draws import Draws
from core.expressions import NUMPY, Coordinate, Expression, Leaf, Names, evaluate, expand, parse, substitute, to_text

LONGEST = 300
"""Characters of a right side that is written out."""
Ranges = Mapping[str, Sequence[float]]


def case(draws: Draws, ranges: Ranges, solution: Mapping[str, str], operators: Sequence[str], places: Sequence[str], **more: Any) -> Case:
    """The case whose `operators`, such as u_t - u_xx, give for the solution what their right sides say, and `places`, such as u(0, t), too.

    A place with = in it, as of a period, is taken as it is. `solution` maps each unknown to its formula.
    """
    names = {unknown: f"w{unknown}" if len(solution) > 1 else "w" for unknown in solution}
    written = draws.chance(0.5)
    equations = []
    for operator in operators:
        right = _of_solution(operator, names)
        if written:
            tree = _written_out(right, ranges, {names[unknown]: formula for unknown, formula in solution.items()})
            right = tree if len(tree) <= LONGEST else right
        equations.append(f"{operator} = {right}")
    table = draws.table(
        coordinates={name: list(ends) for name, ends in ranges.items()},
        unknowns=list(solution),
        definitions={names[unknown]: formula for unknown, formula in solution.items()},
        equations=equations,
        conditions=[place if "=" in place else f"{place} = {_of_solution(_placeless(place, solution), names)}" for place in places],
        **more,
    )
    return Case(table, Solutions((formula_of(ranges, solution),)))


def stated(draws: Draws, ranges: Ranges, solution: Mapping[str, str], equations: Sequence[str], places: Sequence[str]) -> Case:
    """The case of equations that `solution` obeys as they stand, and is given at `places`."""
    made = case(draws, ranges, solution, (), places)
    return Case({**made.table, "equations": list(equations)}, made.truth)


def formula_of(ranges: Ranges, solution: Mapping[str, str]) -> Formula:
    """The solution on a grid, from its texts."""
    trees = [parse(text, Names(coordinates=tuple(ranges))) for text in solution.values()]

    def formula(axes: Axes) -> Array:
        mesh = np.meshgrid(*axes, indexing="ij")
        columns: dict[Leaf, Array] = {Coordinate(name): values for name, values in zip(ranges, mesh, strict=True)}
        return np.stack([np.broadcast_to(evaluate(tree, columns.__getitem__, NUMPY), mesh[0].shape) for tree in trees], axis=-1)

    return formula


def _of_solution(text: str, names: Mapping[str, str]) -> str:
    """A text with w in place of u, and D(w, x, 2) in place of u_xx."""
    for unknown, name in names.items():
        text = re.sub(rf"\b{unknown}_([a-z]+)\b", lambda found, name=name: _derivative(name, found[1]), text)  # type: ignore[misc]
        text = re.sub(rf"\b{unknown}\b(?!_)", name, text)
    return text


def _derivative(name: str, letters: str) -> str:
    return f"D({name}, {', '.join(f'{letter}, {letters.count(letter)}' for letter in sorted(set(letters)))})"


def _placeless(place: str, solution: Mapping[str, str]) -> str:
    """u_x(1, t) + u(1, t) without its places."""
    return re.sub(rf"\b((?:{'|'.join(solution)})(?:_[a-z]+)?)\([^()]*\)", r"\1", place)


def _written_out(right: str, ranges: Ranges, formulas: Mapping[str, str]) -> str:
    letters = tuple(ranges)
    known: dict[str, Expression] = {name: parse(formula, Names(coordinates=letters)) for name, formula in formulas.items()}
    tree = substitute(parse(right, Names(coordinates=letters, parameters=tuple(formulas))), known)
    return to_text(expand(tree, letters, tuple(letter for letter in letters if letter != "t")))
