"""A step in Burgers' equation, that smears or steepens into a shock: by Cole and Hopf's transformation (Whitham 1974, section 4.3)."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import log_ndtr

from benchmarks.tribunal.case import Array, Case, one
from benchmarks.tribunal.draws import Draws, text


def draw(draws: Draws) -> Case:
    """u_t + u·u_x = nu·u_xx from a jump between two levels, which the ends keep, as they are far."""
    left, right = draws.choice(((1.0, 0.0), (0.0, 1.0), (1.0, -1.0), (draws.real(0.5, 1), draws.real(-0.5, 0.3))))
    place, thick = draws.real(-0.2, 0.2), draws.scale(0.003, 0.05)
    table = draws.table(
        {"nu": thick},
        coordinates={"x": [-2, 2], "t": [0, 0.5]},
        unknowns=["u"],
        equations=["u_t + u*u_x = nu*u_xx"],
        conditions=[
            f"u(x, 0) = {text(left)} + ({text(right)} - {text(left)})*heaviside(x - {text(place)})",
            f"u(-2, t) = {text(left)}",
            f"u(2, t) = {text(right)}",
        ],
    )

    def truth(x: Array, t: Array) -> Array:
        """right + (left − right)/(1 + exp(…)·erfc(…)/erfc(…)), its quotient by logarithms."""
        away = x - place
        with np.errstate(all="ignore"):
            root = np.sqrt(4 * thick * t) / math.sqrt(2)
            before, after = log_ndtr((away - right * t) / root), log_ndtr(-(away - left * t) / root)
            power = (left - right) * (away - (left + right) / 2 * t) / (2 * thick) + before - after
            moved = right + (left - right) / (1 + np.exp(np.clip(power, -700, 700)))
        start = np.where(np.abs(away) < 1e-9, np.nan, np.where(away < 0, left, right))
        return np.where(t > 0, moved, start)

    return Case(table, one(truth))
