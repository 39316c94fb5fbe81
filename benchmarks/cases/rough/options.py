"""European options: a kinked payoff that diffuses (Black and Scholes 1973), on a price range whose end hardly matters."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from benchmarks.tribunal.case import Array, Axes, Case, Solutions, pointwise
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """A call or a put, forwards in the time to expiry or backwards from it, in calendar time."""
    strike, rate, spread = draws.choice((1.0, 50.0, 100.0)), draws.real(0.01, 0.08), draws.real(0.15, 0.3)
    expiry = draws.choice((1.0, 0.5, draws.real(0.3, 1)))
    top = 5 * strike
    call, backward = draws.chance(0.6), draws.chance(0.5)
    left = f"({text(expiry)} - t)" if backward else "t"
    payoff = "max(S - K, 0)" if call else "max(K - S, 0)"
    low, high = ("0", f"{text(top)} - K*exp(-r*{left})") if call else (f"K*exp(-r*{left})", "0")
    terms = "sigma^2/2*S^2*V_SS + r*S*V_S - r*V"
    table = draws.table(
        {"K": strike, "r": rate, "sigma": spread},
        coordinates={"S": [0, rounded(top)], "t": [0, expiry]},
        unknowns=["V"],
        equations=[f"V_t + {terms} = 0" if backward else f"V_t = {terms}"],
        conditions=[f"V(S, {text(expiry) if backward else '0'}) = {payoff}", f"V(0, t) = {low}", f"V({text(top)}, t) = {high}"],
    )

    def truth(price: Array, time: Array) -> Any:
        remaining = expiry - time if backward else time
        with np.errstate(all="ignore"):
            scaled = spread * np.sqrt(remaining)
            upper = (np.log(price / strike) + (rate + spread**2 / 2) * remaining) / scaled
            discounted = strike * np.exp(-rate * remaining)
            value = price * ndtr(upper) - discounted * ndtr(upper - scaled)
        value = np.where(price == 0, 0.0, np.where(remaining <= 0, np.maximum(price - strike, 0), value))
        return value if call else value - price + discounted

    exact = pointwise(truth)

    def shifted(axes: Axes) -> Array:
        """The price, off by what the exact value and the condition at the highest price differ by: as much as the end can matter."""
        first = np.array([0.0 if backward else expiry])  # the time at which most remains
        there = float(exact((np.array([top]), first))[0, 0, 0])
        held = top - strike * np.exp(-rate * expiry) if call else 0.0
        return exact(axes) + abs(there - held)

    return Case(table, Solutions((exact,), shifted))
