"""How many conditions the equations need at each end of a coordinate.

Of the solutions exp(st + κx) of the equations, with factors frozen as they are at an end at the start and Re s large, those that decay
into the domain have to be fixed by conditions there: as many as there are κ with Re κ < 0 at a low end, Re κ > 0 at a high one (Kreiss
1970; Gustafsson, Kreiss and Oliger 1995, chapter 10). So a wave needs one condition at each end, a current one where it flows in, and
u_t = −u_xxx two at the high end and one at the low.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import permutations, product
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from core.domain.domain import TIME, Interval
from core.errors import InputError
from core.expressions import NUMPY, Coordinate, Derivative, Expression, Leaf, Number, Vector, leaves_in, partial
from core.references.lines.evolution.end_conditions import derived
from core.references.lines.evolution.evolution import Evolution

Array = NDArray[np.float64]

FAST = 1e4
"""s times the duration: beyond what frozen factors of lower order could do."""
FASTER = 1e10
"""The s times the duration beyond what a fast reaction could do, where what grows everywhere is looked for."""
LOOKS = 9
"""Places and times, each, at which that is."""
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
        raise (_ill_posed(evolution, turned) if error.code == "reference-ill-posed" else error) from None


def check_inside(evolution: Evolution, *, turned: bool = False) -> None:
    """Raise `InputError` where factors that depend on coordinates alone make the equations ill-posed inside the domain, or later."""
    if any(_ill_posed_inside(evolution, item) for item in evolution.space):
        raise _ill_posed(evolution, turned)


def _ill_posed(evolution: Evolution, turned: bool) -> InputError:
    if not turned:
        return InputError("reference-ill-posed")
    return InputError("reference-backward", first=f"{TIME} = {evolution.time.low:g}", last=f"{TIME} = {evolution.time.high:g}")


def _check(evolution: Evolution) -> None:
    for item in evolution.space:
        places = [f"{item.name} = {place:g}" for place in (item.low, item.high)]
        needed = [needs(evolution, item, end) for end in (0, 1)]
        given = [len(conditions) for conditions in evolution.ends[item.name]]
        if item.name in evolution.periodic:
            continue
        for end in (0, 1):
            if needed[end] == 0 == given[1 - end] and needed[1 - end] == given[end] != 0:
                raise InputError("reference-outflow", outflow=places[end], inflow=places[1 - end])
        for place, wanted, count in zip(places, needed, given, strict=True):
            if wanted is not None and wanted != count:
                raise InputError("reference-end-count", place=place, needed=wanted, given=count)


def needs(evolution: Evolution, item: Interval, end: int) -> int | None:
    """How many conditions an end needs; None where that is unclear: too many unknowns, or equations that degenerate there.

    Raises `InputError` where a wave of real length grows like exp(st): the equations are ill-posed.
    """
    if not evolution.needs(item.name):
        return 0
    factors = factors_at(evolution, item, end) if len(evolution.unknowns) <= LARGEST else None
    if factors is None:
        return None
    roots = _roots(evolution, item, factors, FAST)
    if roots is None:
        return None
    if _waves(roots):
        raise InputError("reference-ill-posed")
    return int(np.count_nonzero(roots.real > 0 if end else roots.real < 0))


def _roots(evolution: Evolution, item: Interval, factors: tuple[Array, Array], fast: float) -> NDArray[Any] | None:
    """Each κ at s = `fast` over the duration; None where the equations degenerate."""
    s = fast / (evolution.time.high - evolution.time.low)
    values, structure = (_determinant(_rescaled(symbol(evolution, item, table, s))) for table in factors)
    return values.roots() if values.degree() == structure.degree() else None


def _waves(roots: NDArray[Any]) -> bool:
    """Whether one of the roots is a wave of real length, which then grows like exp(st)."""
    return bool((np.abs(roots.real) < NEGLIGIBLE * np.abs(roots)).any())


def _ill_posed_inside(evolution: Evolution, item: Interval) -> bool:
    """Whether waves of real length grow somewhere along the coordinate, or later, where factors depend on coordinates alone."""
    slopes = _slopes(evolution)
    if len(evolution.unknowns) > LARGEST or not evolution.needs(item.name):
        return False
    leaves = set().union(*(leaves_in(slope) for slope in slopes))
    if not leaves & {Coordinate(TIME), Coordinate(item.name)} or any(isinstance(leaf, Derivative) for leaf in leaves):
        return False
    places = {other.name: [(other.low + other.high) / 2] for other in evolution.space}
    places |= {part.name: np.linspace(part.low, part.high, LOOKS).tolist() for part in (evolution.time, item)}
    factors = Vector(slopes, [Coordinate(name) for name in places], NUMPY)
    with np.errstate(all="ignore"):
        tables = [_table(evolution, slopes, factors([np.float64(value) for value in place])) for place in product(*places.values())]
    known = [table for table in tables if table is not None]
    return any(all(_grows(evolution, item, table, fast) for fast in (FAST, FASTER)) for table in known)


def _grows(evolution: Evolution, item: Interval, factors: tuple[Array, Array], fast: float) -> bool:
    roots = _roots(evolution, item, factors, fast)
    return roots is not None and _waves(roots)


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
    slopes = _slopes(evolution)
    try:
        starts = [_start(evolution, leaf) for leaf in known]
    except InputError:  # a derivative without a value
        return None
    with np.errstate(all="ignore"):
        at_start = Vector(starts, coordinates, NUMPY)([np.float64(value) for value in place.values()])
        values = [np.float64(value) for value in (evolution.time.low, *place.values(), *at_start, *[0.0] * len(evolution.rates))]
        results = Vector(slopes, [Coordinate(TIME), *coordinates, *known, *evolution.rates], NUMPY)(values)
    return _table(evolution, slopes, results)


def _slopes(evolution: Evolution) -> list[Expression]:
    """∂residual/∂leaf of each equation by each leaf."""
    return [partial(tree, leaf) for tree in evolution.equations for leaf in evolution.leaves]


def _table(evolution: Evolution, slopes: Sequence[Expression], results: Sequence[Any]) -> tuple[Array, Array] | None:
    """The values of the slopes, (equations, leaves), and some numbers where they can be other than zero; None where one has no value."""
    table = np.array(results, dtype=np.float64).reshape(len(evolution.equations), -1)
    some = np.array([slope != Number(0) for slope in slopes]).reshape(table.shape) * SOME[: table.size].reshape(table.shape)
    return (table, some) if np.isfinite(table).all() else None


def _start(evolution: Evolution, leaf: Derivative) -> Expression:
    number = evolution.unknowns.index(leaf.unknown)
    return derived(evolution.starts[number, leaf.by.count(TIME)], leaf.by.replace(TIME, ""), evolution.letters)
