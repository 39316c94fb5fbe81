"""How many conditions the equations need at each end of a coordinate.

Of the solutions exp(st + κx) of the equations, with factors frozen as they are at an end at the start and Re s large, those that decay
into the domain have to be fixed by conditions there: as many as there are κ with Re κ < 0 at a low end, Re κ > 0 at a high one (Kreiss
1970; Gustafsson, Kreiss and Oliger 1995, chapter 10). So a wave needs one condition at each end, a current one where it flows in, and
u_t = −u_xxx two at the high end and one at the low.
"""

from __future__ import annotations

from functools import reduce
from itertools import permutations

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from core.domain.domain import TIME, Interval
from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Derivative, Expression, Leaf, Number, Vector, partial
from core.references.lines.evolution.conditions import derived
from core.references.lines.evolution.evolution import Evolution

Array = NDArray[np.float64]

FAST = 1e4
"""s times the duration: beyond what frozen factors of lower order could do."""
LARGEST = 5
"""Unknowns whose determinant is written out."""
ROUNDING = 1e-14
"""A coefficient so much smaller than the largest is zero."""
NEGLIGIBLE = 1e-9
"""Re κ beside |κ| that is zero but for rounding."""
SOME = np.random.default_rng(0).uniform(0.5, 1.5, 10_000)


def check(evolution: Evolution, *, turned: bool = False) -> None:
    """Raise `InputError` where an end has more or fewer conditions than the equations need there, or no conditions could help them.

    `turned` says that time was turned round, as what is given is given at its end.
    """
    try:
        _check(evolution)
    except InputError as error:
        if turned and error.code == "reference-ill-posed":
            raise InputError(
                "reference-backward", first=f"{TIME} = {evolution.time.low:g}", last=f"{TIME} = {evolution.time.high:g}"
            ) from None
        raise


def _check(evolution: Evolution) -> None:
    for item in evolution.space:
        for end, place in enumerate((item.low, item.high)):
            needed, given = needs(evolution, item, end), len(evolution.ends[item.name][end])
            if needed is not None and needed != given and item.name not in evolution.periodic:
                raise InputError("reference-end-count", place=f"{item.name} = {place:g}", needed=needed, given=given)


def needs(evolution: Evolution, item: Interval, end: int) -> int | None:
    """How many conditions an end needs; None where that is unclear: too many unknowns, or equations that degenerate there.

    Raises `InputError` where a wave of real length grows like exp(st): the equations are ill-posed.
    """
    if not evolution.needs(item.name):
        return 0
    factors = factors_at(evolution, item, end) if len(evolution.unknowns) <= LARGEST else None
    if factors is None:
        return None
    s = FAST / (evolution.time.high - evolution.time.low)
    values, structure = (_determinant(_rescaled(symbol(evolution, item, table, s))) for table in factors)
    if values.degree() != structure.degree():
        return None
    roots = values.roots()
    if (np.abs(roots.real) < NEGLIGIBLE * np.abs(roots)).any():
        raise InputError("reference-ill-posed")
    return int(np.count_nonzero(roots.real > 0 if end else roots.real < 0))


def _rescaled(matrix: list[list[Polynomial]]) -> list[list[Polynomial]]:
    """The matrix in κ over a typical size of it, so that rounding takes away no power of κ: with s, waves become as short as 1/s."""
    sizes: list[float] = []
    for polynomial in (polynomial for row in matrix for polynomial in row):
        held = np.flatnonzero(polynomial.coef)
        if len(held) > 1:
            low, high = held[[0, -1]]
            sizes.append(float(np.log(np.abs(polynomial.coef[low] / polynomial.coef[high])) / (high - low)))
    size = float(np.exp(np.mean(sizes))) if sizes else 1.0
    return [[polynomial(Polynomial([0.0, size])) for polynomial in row] for row in matrix]


def _determinant(matrix: list[list[Polynomial]]) -> Polynomial:
    size = range(len(matrix))
    total, scale = Polynomial([0.0]), 0.0
    for order in permutations(size):
        factors = (matrix[row][column] for row, column in zip(size, order, strict=True))
        term = reduce(lambda a, b: a * b, factors, Polynomial([_sign(order)]))
        total, scale = total + term, max(scale, float(np.abs(term.coef).max()))
    return total.trim(scale * ROUNDING)


def _sign(order: tuple[int, ...]) -> float:
    return float((-1) ** sum(a > b for number, a in enumerate(order) for b in order[number + 1 :]))


def symbol(evolution: Evolution, item: Interval, factors: Array, s: float) -> list[list[Polynomial]]:
    """The equations' matrix at exp(st) as polynomials in κ times the domain's size, which keeps their coefficients comparable."""
    axis, size = evolution.space.index(item), item.high - item.low
    unknowns = range(len(evolution.unknowns))
    matrix = [[Polynomial([0.0]) for _ in unknowns] for _ in unknowns]
    for row, along in zip(matrix, factors, strict=True):
        for leaf, factor in zip(evolution.leaves, along, strict=True):
            slot = evolution.slot(leaf)
            order = slot.space[axis]
            if sum(slot.space) == order:  # no derivative along the edge
                row[slot.unknown] += Polynomial([0.0] * order + [factor * s**slot.level / size**order])
    return matrix


def factors_at(evolution: Evolution, item: Interval, end: int) -> tuple[Array, Array] | None:
    """(equations, leaves) twice: ∂residual/∂leaf at the middle of an edge at the start, with rates at zero; and some number where it can be
    other than zero at all. None where it has no value.
    """
    place = {other.name: (other.low + other.high) / 2 for other in evolution.space} | {item.name: (item.low, item.high)[end]}
    coordinates: list[Leaf] = [Coordinate(name) for name in place]
    known = [leaf for leaf in evolution.leaves if leaf not in evolution.rates]
    slopes = [partial(tree, leaf) for tree in evolution.equations for leaf in evolution.leaves]
    try:
        starts = [_start(evolution, leaf) for leaf in known]
    except InputError:  # a derivative without a value
        return None
    with np.errstate(all="ignore"):
        at_start = Vector(starts, coordinates, NUMPY)([np.float64(value) for value in place.values()])
        values = [np.float64(value) for value in (evolution.time.low, *place.values(), *at_start, *[0.0] * len(evolution.rates))]
        results = Vector(slopes, [Coordinate(TIME), *coordinates, *known, *evolution.rates], NUMPY)(values)
    table = np.array(results, dtype=np.float64).reshape(len(evolution.equations), -1)
    some = np.array([slope != Number(0) for slope in slopes]).reshape(table.shape) * SOME[: table.size].reshape(table.shape)
    return (table, some) if np.isfinite(table).all() else None


def _start(evolution: Evolution, leaf: Derivative) -> Expression:
    number = evolution.unknowns.index(leaf.unknown)
    return derived(evolution.starts[number, leaf.by.count(TIME)], leaf.by.replace(TIME, ""), evolution.letters)
