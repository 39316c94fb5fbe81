"""Ordinary differential equations whose conditions lie at several points, by collocation on a mesh that adapts itself.

SciPy's `solve_bvp` (Kierzenka and Shampine 2001, ACM TOMS 27:299) is given the exact Jacobians. Where the polynomials that meet the
conditions do not lead to a solution, the highest derivatives are taken times a factor that grows from 0, where the polynomials are the
solution, to 1. The difference to a solution with a coarser tolerance is the error that is reported: it exceeds that of the solution itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_bvp

from core.errors import InputError, RunError
from core.problem.bound import BoundProblem
from core.references.common.clock import Clock
from core.references.common.refinement import difference
from core.references.common.solution import WORST, Evidence, Solution
from core.references.ordinary import defects
from core.references.ordinary.guesses import bumps, constants, polynomials
from core.references.ordinary.pointwise import Conditions
from core.references.ordinary.slopes import Slopes
from core.references.ordinary.system import first_order, refuse_interfaces
from core.references.ordinary.uniqueness import check, linear
from core.references.ordinary.unit_interval import Pieces

Array = NDArray[np.float64]

ROUGH = 1e-3
"""The tolerance of the relative residuals at first."""
FINER = (1e-5, 1e-7)
"""The tolerances after that, as far as rounding allows."""
MESH = 33
"""Points of the first mesh."""
MOST_AT_FIRST = 2_000
MOST = 40_000
"""Points of a mesh, times states."""
COMPARED = 401
"""Points at which two solutions are compared."""
APART = 1e-2
"""The least distance, relative, of two solutions that are not one."""
LEAST = 1.0
"""Seconds for which further solutions are looked for."""
LOOKED = np.linspace(0, 1, 201)
"""Ends of the intervals of [0, 1] in which a solution is held against the equations."""
NOISE = 1e-5
"""A defect that the tolerances of the residuals allow."""
SHORTEST = 1 / 256
"""The least by which the factor of the highest derivatives grows."""


@dataclass(frozen=True)
class Shape:
    """A solution: its states (count * n, m) on a mesh (m,) of [0, 1], and between its points."""

    mesh: Array
    states: Array
    between: Callable[[Array], Array]


def solve(problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Solution:
    """The solution on the grid, (points, unknowns), and its relative error.

    Raises `InputError` for another kind of problem and one with interfaces, `RunError` where no solution is found.
    """
    refuse_interfaces(problem)
    conditions = Conditions(problem, Slopes(first_order(problem)))
    if len(conditions.places) < 2:
        raise InputError("reference-not-boundary")
    (axis,) = axes
    pieces = Pieces(conditions, axis[0], axis[-1], clock)
    with np.errstate(all="ignore"):
        _check_ends(pieces)
        first, error = _refined(pieces, _first(pieces))
        if error <= WORST:
            check(pieces, first.mesh, first.between)
        solved = [(_values(pieces, first, axis), error), *_others(pieces, first, axis)]
        defect, points = defects.largest(LOOKED, first.between(defects.nodes(LOOKED)), lambda x, y: pieces.rates(x, y, 1.0))
    (values, _), *others = solved
    errors = [error for _, error in solved] + [defect] * (defect > NOISE)
    return Solution(values, max(errors), Evidence(points, "finer"), tuple(values for values, _ in others))


def _refined(pieces: Pieces, rough: Shape) -> tuple[Shape, float]:
    """The solution near a rough one as well as it can be had, and its error; raises `RunError` where no finer one is found."""
    axis = np.linspace(pieces.breaks[0], pieces.breaks[-1], COMPARED)
    shapes = [rough]
    for tolerance in FINER:
        shape = _solved(pieces, shapes[-1], 1.0, tolerance, MOST)
        if shape is None:
            break
        shapes.append(shape)
    if len(shapes) < 2:
        raise RunError("reference-no-convergence")
    fine, coarse = (_values(pieces, shape, axis) for shape in (shapes[-1], shapes[-2]))
    return shapes[-1], difference(fine, coarse)


def _others(pieces: Pieces, first: Shape, axis: Array) -> Iterator[tuple[Array, float]]:
    """Further solutions of equations that are not linear, with their errors; looked for as long as the first one took, or for a second."""
    if linear(pieces, first.mesh, first.between):
        return
    part = pieces.clock.part(max(LEAST, pieces.clock.seconds))
    found = [_values(pieces, first, axis)]
    for guess in _guesses(pieces, first):
        if part.left < 0:
            return
        rough = _solved(pieces, guess, 1.0)
        if rough is None or any(difference(_values(pieces, rough, axis), values) < APART for values in found):
            continue
        try:
            shape, error = _refined(pieces, rough)
        except RunError:  # what only a coarse mesh has is no solution
            continue
        values = _values(pieces, shape, axis)
        if all(difference(values, known) > APART for known in found):
            found.append(values)
            yield values, error


def _guesses(pieces: Pieces, first: Shape) -> Iterator[Shape]:
    """Constants, and the first solution with a bump."""
    system, mesh = pieces.slopes.system, np.linspace(0, 1, MESH)
    yield from (_constant(pieces, states) for states in constants(system))
    low, high = pieces.breaks[0], pieces.breaks[-1]
    for several in zip(*(bumps(system, x, low, high) for x in pieces.points(mesh)), strict=True):
        yield _shape(mesh, first.between(mesh) + np.concatenate(several))


def _constant(pieces: Pieces, states: Array) -> Shape:
    """A shape with the same states (n,) everywhere."""
    return _shape(np.linspace(0, 1, MESH), np.outer(np.tile(states, pieces.count), np.ones(MESH)))


def _values(pieces: Pieces, shape: Shape, axis: Array) -> Array:
    """The unknowns on the grid, (points, unknowns)."""
    number = np.clip(np.searchsorted(pieces.breaks, axis, side="right") - 1, 0, pieces.count - 1)  # of the piece
    mesh = (axis - pieces.breaks[number]) / np.diff(pieces.breaks)[number]
    states = pieces.split(shape.between(mesh))[number, :, np.arange(len(axis))].T  # (n, points)
    return pieces.slopes.solution(axis, states)


def _check_ends(pieces: Pieces) -> None:
    """Refuse equations without a value at an end, as 2*u_x/x has none at 0."""
    slopes = pieces.slopes
    state = np.linspace(0.7, 1.3, pieces.size)
    if not slopes.system.affine:
        slopes.choose_root(float(pieces.breaks.mean()), state)
    for place in pieces.breaks:
        if not np.isfinite(slopes.many(np.array([place]), state[:, None])).all():
            raise InputError("reference-singular-end", place=f"{slopes.system.coordinate} = {place:g}")


def _first(pieces: Pieces) -> Shape:
    """A rough solution; raises `RunError` where no guess leads to one."""
    mesh = np.linspace(0, 1, MESH)
    x = pieces.points(mesh)  # (count, m)
    straight = _shape(mesh, np.concatenate([polynomials(pieces.conditions, row) for row in x]))
    found = _solved(pieces, straight, 1.0) or _continued(pieces, straight)
    for states in constants(pieces.slopes.system):
        found = found or _solved(pieces, _constant(pieces, states), 1.0)
    if found is None:
        raise RunError("reference-no-convergence")
    return found


def _continued(pieces: Pieces, shape: Shape) -> Shape | None:
    """Follow the solution from factor 0, the polynomials, to factor 1 (Allgower and Georg 1990, chapter 2)."""
    factor, step = 0.0, 0.25
    while factor < 1:
        found = _solved(pieces, shape, min(factor + step, 1.0))
        if found is not None:
            shape, factor, step = found, factor + step, 2 * step
        elif step > SHORTEST:
            step /= 2
        else:
            return None
    return shape


def _solved(pieces: Pieces, guess: Shape, factor: float, tolerance: float = ROUGH, most: int = MOST_AT_FIRST) -> Shape | None:
    """The solution to a tolerance, or None."""
    try:
        result = solve_bvp(
            lambda mesh, states: pieces.rates(mesh, states, factor),
            pieces.residuals,
            guess.mesh,
            guess.states,
            fun_jac=lambda mesh, states: pieces.jacobian(mesh, states, factor),
            bc_jac=pieces.residual_slopes,
            tol=tolerance,
            max_nodes=most // (pieces.count * pieces.size),
        )
    except (ValueError, ArithmeticError, np.linalg.LinAlgError):  # values that are not finite
        return None
    return Shape(result.x, result.y, result.sol) if result.success and np.isfinite(result.y).all() else None


def _shape(mesh: Array, states: Array) -> Shape:
    return Shape(mesh, states, lambda x: np.array([np.interp(x, mesh, row) for row in states]))
