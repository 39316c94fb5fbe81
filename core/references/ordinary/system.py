"""Equations in one coordinate as a first-order system: which derivatives are its states, and which ones the equations give.

The states y are every unknown and its derivatives below the highest that the equations hold; z are those highest derivatives, and the
residuals F(x, y, z) = 0 determine them. An unknown without derivatives is part of z, and no state.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import structural_rank

from core.errors import InputError
from core.expressions import Coordinate, Derivative, Expression, Leaf, Number, derivatives_in, partial
from core.problem.bound import BoundProblem

Matrix = tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True)
class System:
    """A system of as many residuals F as unknowns; `orders` has the order of each unknown's highest derivative in them."""

    coordinate: str
    unknowns: tuple[str, ...]
    orders: tuple[int, ...]
    residuals: tuple[Expression, ...]

    @property
    def size(self) -> int:
        """The number of states, and of the conditions that they need."""
        return sum(self.orders)

    @cached_property
    def states(self) -> tuple[Derivative, ...]:
        """y: unknown by unknown, by rising order."""
        pairs = zip(self.unknowns, self.orders, strict=True)
        return tuple(Derivative(unknown, self.coordinate * order) for unknown, highest in pairs for order in range(highest))

    @cached_property
    def highest(self) -> tuple[Derivative, ...]:
        """z: one an unknown."""
        return tuple(Derivative(unknown, self.coordinate * order) for unknown, order in zip(self.unknowns, self.orders, strict=True))

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """x, y and z in this order: the arguments of every tree of the system."""
        return (Coordinate(self.coordinate), *self.states, *self.highest)

    @cached_property
    def next(self) -> tuple[int, ...]:
        """The place in (*y, *z) of each state's derivative."""
        places = {leaf: number for number, leaf in enumerate((*self.states, *self.highest))}
        return tuple(places[Derivative(state.unknown, state.by + self.coordinate)] for state in self.states)

    @cached_property
    def mass(self) -> Matrix:
        """∂F/∂z, a row an equation."""
        return _slopes(self.residuals, self.highest)

    @cached_property
    def stiffness(self) -> Matrix:
        """∂F/∂y, a row an equation."""
        return _slopes(self.residuals, self.states)

    @cached_property
    def affine(self) -> bool:
        """Whether z enters with factors that do not depend on z."""
        return not any(derivatives_in(slope) & set(self.highest) for row in self.mass for slope in row)

    @cached_property
    def diagonal(self) -> tuple[int, ...] | None:
        """The equation of each of z, where every equation holds one of them alone."""
        columns = [[column for column, slope in enumerate(row) if slope != Number(0)] for row in self.mass]
        if self.affine and sorted(columns) == [[column] for column in range(len(self.unknowns))]:
            return tuple(columns.index([column]) for column in range(len(self.unknowns)))
        return None


def first_order(problem: BoundProblem) -> System:
    """The problem's equations as a first-order system.

    Raises `InputError` where there are several coordinates, more or fewer equations than unknowns, or equations that do not determine every
    highest derivative, as in a differential-algebraic system of a higher index.
    """
    if len(problem.coordinates) != 1:
        raise InputError("reference-one-coordinate", number=len(problem.coordinates))
    if len(problem.equations) != len(problem.unknowns):
        raise InputError("reference-not-square", equations=len(problem.equations), unknowns=len(problem.unknowns))
    held = {leaf for tree in problem.equations for leaf in derivatives_in(tree)}
    orders = tuple(max((len(leaf.by) for leaf in held if leaf.unknown == unknown), default=0) for unknown in problem.unknowns)
    system = System(problem.coordinates[0].name, problem.unknowns, orders, problem.equations)
    pattern = csr_array(np.array([[slope != Number(0) for slope in row] for row in system.mass], dtype=np.float64))
    if structural_rank(pattern) < len(orders):
        raise InputError("reference-not-explicit", highest=", ".join(f"{leaf.unknown}_{leaf.by}".rstrip("_") for leaf in system.highest))
    return system


def refuse_interfaces(problem: BoundProblem) -> None:
    """Raise `InputError` where something is continuous that the equations do not show."""
    for interface in problem.interfaces:
        raise InputError("reference-interface", place=f"{interface.coordinate} = {interface.place:g}")


def _slopes(trees: tuple[Expression, ...], leaves: tuple[Derivative, ...]) -> Matrix:
    return tuple(tuple(partial(tree, leaf) for leaf in leaves) for tree in trees)
