"""Eigenvalue problems whose eigenvalue is an unknown: infinitely many solutions, each by itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.tribunal.case import Array, Case, several
from benchmarks.tribunal.draws import Draws, text

MODES = 40
"""Eigenpairs that are listed."""


def draw(draws: Draws) -> Case:
    """p'' + E·p = 0 between walls at which p, or its slope, vanishes; p is scaled by its norm, its slope or its value at the start."""
    length = draws.choice((1.0, 2.0, draws.real(0.5, 5)))
    way, half = draws.choice(("norm", "slope", "value")), draws.chance(0.4)
    closed = way != "value"
    p = draws.choice(("p", "u", "f"))
    derivative = "" if closed else "_x"
    scaled = {"norm": ["N(0) = 0", f"N({text(length)}) = 1"], "slope": [f"{p}_x(0) = 1"], "value": [f"{p}(0) = 1"]}[way]
    table = draws.table(
        coordinates={"x": [0, length]},
        unknowns=[p, "E", *(["N"] if way == "norm" else [])],
        equations=[f"{p}_xx{'/2' if half else ''} + E*{p} = 0", "E_x = 0", *([f"N_x = {p}^2"] if way == "norm" else [])],
        conditions=[f"{p}{derivative}(0) = 0", f"{p}{derivative}({text(length)}) = 0", *scaled],
    )

    def pair(number: int, side: int) -> Callable[[Array], Any]:
        k = number * math.pi / length
        energy = k**2 * (0.5 if half else 1.0)
        if way == "slope":
            return lambda x: (np.sin(k * x) / k, np.full_like(x, energy))
        if way == "value":
            return lambda x: (np.cos(k * x), np.full_like(x, energy))
        size = side * math.sqrt(2 / length)
        return lambda x: (size * np.sin(k * x), np.full_like(x, energy), x / length - np.sin(2 * k * x) / (2 * k * length))

    numbers = range(1 if closed else 0, MODES)
    sides = (1, -1) if way == "norm" else (1,)
    return Case(table, several(*(pair(number, side) for number in numbers for side in sides)))
