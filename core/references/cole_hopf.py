"""Burgers' equation u_t + u u_x = ν u_xx with u(x, 0) = −sin πx, by the Cole–Hopf transformation.

u = −2ν φ_x/φ turns the equation into the heat equation φ_t = ν φ_xx (Hopf 1950; Cole 1951), whose solution is a convolution with the heat
kernel. With y = x − z√(4νt) that gives (Basdevant et al. 1986, Computers & Fluids 14:23)

    u(x, t) = −∫ sin(πy) f(y) exp(−z²) dz / ∫ f(y) exp(−z²) dz,    f(y) = exp(−cos(πy)/(2πν)).

The usual 100 Gauss–Hermite nodes are exact to rounding for ν = 0.01/π and t ≤ 1, but off by 0.1 at ν = 0.0001. The trapezoidal rule on the
whole line converges exponentially as well (Trefethen and Weideman 2014), and its range and step can be chosen for any ν and t.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.domain import grids
from core.domain.domain import TIME, Place
from core.errors import InputError
from core.expressions import NUMPY, At, Coordinate, Derivative, Expression, Leaf, derivatives_in, evaluate, leaves_in
from core.problem.bound import BoundProblem
from core.references.common.clock import Clock
from core.references.common.solution import Evidence, Solution

Array = NDArray[np.float64]

DIGITS = 40.0
"""exp(−40) is beyond float64's digits, also beside an integral that is far smaller than one."""
MOST_NODES = 4000
BLOCK = 200_000
"""Points times nodes at a time: 1.6 MB an array."""
PROBES = 20
TOLERANCE = 1e-9
ERROR = 1e-12
"""The error of the quadrature, with a margin: its remainder, exp(−DIGITS), and the rounding of a few thousand summands."""
SHIFT = 1e-5
"""The shift for a slope by central difference, where only its periodicity is asked."""


def solve(problem: BoundProblem, axes: tuple[Array, ...], clock: Clock) -> Solution:
    """The solution on the grid, (*shape, 1), to rounding; raises `InputError` where the problem is not of the form above."""
    nu = viscosity(problem)
    points = grids.points(axes)
    time = [item.name for item in problem.coordinates].index(TIME)
    values = burgers(points[:, 1 - time], points[:, time], nu)
    return Solution(values.reshape(*map(len, axes), 1), ERROR, Evidence(second="formula"))


def burgers(x: Array, t: Array, nu: float) -> Array:
    """u at the points (x, t), (n,) each, t ≥ 0; raises `InputError` where ν is too small for it to be computed."""
    nodes = _nodes(float(t.max(initial=0.0)), nu)
    values = np.empty(len(x))
    rows = max(1, BLOCK // len(nodes))
    for start in range(0, len(x), rows):
        part = slice(start, start + rows)
        values[part] = _quotient(x[part], t[part], nu, nodes)
    return values


def _nodes(latest: float, nu: float) -> Array:
    """Trapezoidal nodes z that serve all times up to `latest`.

    The mass of the integrands lies where |x − y| ≤ min(t, 1), as |u| ≤ 1 and f has the period 2. A distance a off the real line they are
    larger by at most exp(a² + (cosh(πa√(4νt)) − 1)/(2πν)), so a step h errs by that times exp(−2πa/h) (Trefethen and Weideman 2014, theorem
    5.1): h is the largest for which some a makes this less than exp(−DIGITS).
    """
    reach = np.sqrt(min(latest, 1.0) / nu) / 2 + np.sqrt(DIGITS)
    a = np.geomspace(0.01, np.sqrt(DIGITS), 200)
    growth = a**2 + (np.cosh(np.minimum(2 * np.pi * a * np.sqrt(nu * latest), 700)) - 1) / (2 * np.pi * nu)
    step = (2 * np.pi * a / (DIGITS + growth)).max()
    half = int(np.ceil(reach / step))
    if 2 * half > MOST_NODES:
        raise InputError("reference-too-costly", nu=f"{nu:g}", time=f"{latest:g}")
    nodes: Array = step * np.arange(-half, half + 1.0)
    return nodes


def _quotient(x: Array, t: Array, nu: float, nodes: Array) -> Array:
    y = np.pi * (x[:, None] - np.sqrt(4 * nu * t)[:, None] * nodes)  # (n, nodes)
    exponents = np.cos(y) / (-2 * np.pi * nu) - nodes**2
    factors = np.exp(exponents - exponents.max(axis=1, keepdims=True))  # the largest is 1: neither overflow nor 0/0
    quotient: Array = -(np.sin(y) * factors).sum(axis=1) / factors.sum(axis=1)
    return quotient


def viscosity(problem: BoundProblem) -> float:
    """ν of a problem of the form above on [−1, 1], with ends at zero or periodic; raises `InputError` for any other."""
    space = [item for item in problem.coordinates if item.name != TIME]
    time = [item for item in problem.coordinates if item.name == TIME]
    shape = (len(space), len(time), len(problem.unknowns), len(problem.equations))
    if shape != (1, 1, 1, 1) or (space[0].low, space[0].high, time[0].low) != (-1.0, 1.0, 0.0):
        raise InputError("not-burgers")
    nu = _equation(problem.equations[0], problem.unknowns[0], space[0].name)
    if nu is None or not _meets_conditions(problem, nu):
        raise InputError("not-burgers")
    return nu


def _equation(residual: Expression, unknown: str, x: str) -> float | None:
    """ν, should the residual be c (u_t + u u_x − ν u_xx): from its values at random arguments."""
    u, u_t, u_x, u_xx = leaves = [Derivative(unknown, by) for by in ("", TIME, x, x + x)]
    if not derivatives_in(residual) <= set(leaves):
        return None
    nothing: dict[Leaf, float] = {**dict.fromkeys(leaves, 0.0), Coordinate(x): 0.5, Coordinate(TIME): 0.5}
    scale, diffusion = (_value(residual, {**nothing, leaf: 1.0}) for leaf in (u_t, u_xx))
    nu = -diffusion / scale if scale else 0.0
    random = np.random.default_rng(0)
    for _ in range(PROBES):
        a = {leaf: float(random.uniform(0.1, 2.0)) for leaf in nothing}
        expected = scale * (a[u_t] + a[u] * a[u_x] - nu * a[u_xx])
        if not abs(_value(residual, a) - expected) <= TOLERANCE * (1 + abs(scale)):
            return None
    return nu if nu > 0 else None


def _meets_conditions(problem: BoundProblem, nu: float) -> bool:
    """Whether the solution meets every condition, and these fix the start and both ends."""
    time = [item.name for item in problem.coordinates].index(TIME)
    fixed: set[tuple[float | None, float | None]] = set()  # (x, t)
    for condition in problem.conditions:
        if not all(_holds(condition.residual, edge, problem, nu) for edge in condition.edges):
            return False
        evaluated = {leaf.place for leaf in leaves_in(condition.residual) if isinstance(leaf, At) and not leaf.derivative.by}
        places = condition.edges if evaluated == {(None, None)} else evaluated  # u(boundary) is all free
        fixed |= {(place[1 - time], place[time]) for place in places}
    return {(None, 0.0), (-1.0, None), (1.0, None)} <= fixed


def _holds(residual: Expression, edge: Place, problem: BoundProblem, nu: float) -> bool:
    """Whether the solution meets a condition at random points of an edge."""
    letters = [item.name for item in problem.coordinates]
    random = np.random.default_rng(0)
    base = {item.name: random.uniform(item.low, item.high, PROBES) for item in problem.coordinates}
    base |= {name: np.full(PROBES, value) for name, value in zip(letters, edge, strict=True) if value is not None}
    values: dict[Leaf, Array] = {Coordinate(name): column for name, column in base.items()}
    for leaf in leaves_in(residual):
        if isinstance(leaf, At):
            moved = {name: np.full(PROBES, value) for name, value in zip(letters, leaf.place, strict=True) if value is not None}
            values[leaf] = _probe(leaf.derivative.by, {**base, **moved}, nu)
    error = np.abs(np.broadcast_to(evaluate(residual, values.__getitem__, NUMPY), PROBES))
    return bool((error <= TOLERANCE).all())


def _probe(by: str, columns: Mapping[str, Array], nu: float) -> Array:
    """The solution, or its slope, which like it has the period 2 in space; NaN for other derivatives."""
    time = columns[TIME]
    (space,) = (column for name, column in columns.items() if name != TIME)
    if not by:
        return burgers(space, time, nu)
    if len(by) > 1 or by == TIME:
        return np.full(PROBES, np.nan)
    return (burgers(space + SHIFT, time, nu) - burgers(space - SHIFT, time, nu)) / (2 * SHIFT)


def _value(tree: Expression, leaves: Mapping[Leaf, float]) -> float:
    return float(evaluate(tree, leaves.__getitem__, NUMPY))
