"""Ends that feed a solution, as u_x = 1000 u at the high end of a rod feeds the heat in it, so that it grows beyond all numbers.

With factors frozen at the end, exp(st) Σ cⱼ exp(κⱼ(s) x), of the κⱼ that decay into the domain, solves the equations; it meets conditions
without a right-hand side where their matrix (Bᵢⱼ) = (what condition i makes of exp(κⱼ x)) is singular (Kreiss and Lorenz 1989, Initial-
Boundary Value Problems, section 7.1). The largest real s at which it is, is the rate of growth.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from core.domain.domain import TIME, Interval
from core.errors import InputError
from core.references.lines.evolution.boundary_count import factors_at, symbol
from core.references.lines.evolution.end_conditions import EndCondition, conditions
from core.references.lines.evolution.evolution import Evolution

Array = NDArray[np.float64]

SLOWEST, FASTEST = 7.3, 1.1e16
"""Rates that are looked for, times the duration; no round numbers, at which the determinant might vanish just there."""
SAMPLES = 151
MOST = 300.0
"""The largest exponent of a growth whose squares are numbers."""


def check(evolution: Evolution) -> None:
    """Raise `InputError` where an end makes the solution grow beyond all numbers."""
    duration = evolution.time.high - evolution.time.low
    for item in evolution.space:
        for end, place in enumerate((item.low, item.high)):
            found = rate(evolution, item, end) if item.name not in evolution.periodic else 0.0
            if found * duration > MOST:
                where = f"{item.name} = {place:g}"
                raise InputError("reference-feeds-itself", place=where, rate=f"{found:.1g}", time=TIME, high=f"{evolution.time.high:g}")


def rate(evolution: Evolution, item: Interval, end: int) -> float:
    """The rate at which one end makes the solution grow, as far as can be told.

    It is 0 where no rate is found, or there are several unknowns or derivatives along time at the end.
    """
    given = _given(evolution, item, end)
    factors = factors_at(evolution, item, end) if given else None
    if factors is None:
        return 0.0
    rates = np.geomspace(SLOWEST, FASTEST, SAMPLES) / (evolution.time.high - evolution.time.low)
    determinant = partial(_determinant, evolution, item, end, factors[0], given)
    signs = np.sign([determinant(s) for s in rates])
    changes = np.flatnonzero(signs[1:] * signs[:-1] < 0)
    return float(brentq(determinant, rates[changes[-1]], rates[changes[-1] + 1])) if len(changes) else 0.0


def _given(evolution: Evolution, item: Interval, end: int) -> list[EndCondition]:
    """The conditions at an end; none where they are of a kind that is not judged."""
    if len(evolution.unknowns) > 1:
        return []
    try:
        given = [condition for condition in conditions(evolution, item.name) if condition.end == end]
    except InputError:  # said by whoever uses them
        return []
    judged = all(condition.level == 0 for condition in given) and any(len(condition.factors) > 1 for condition in given)
    return given if judged else []  # the values and slopes that are given one by one feed nothing


def _determinant(evolution: Evolution, item: Interval, end: int, factors: Array, given: list[EndCondition], s: float) -> float:
    """det B over the product of the differences of the κ, a real number; zero where there are not as many κ as conditions."""
    ((polynomial,),) = symbol(evolution, item, factors, s)
    roots = np.asarray(polynomial.roots(), dtype=np.complex128)
    into = roots[roots.real > 0 if end else roots.real < 0] / (item.high - item.low)
    if len(into) != len(given):
        return 0.0
    rows = [sum(factor * into**trace.order for trace, factor in condition.factors.items()) for condition in given]
    spread = np.prod([into[j] - into[i] for j in range(len(into)) for i in range(j)])
    value = complex(np.linalg.det(np.array(rows)) / spread)
    return value.real if np.isfinite(value) else 0.0
