"""Solutions that are alone until a place from which on several fit; a part of the cases end before, or cross such a place alone."""

from __future__ import annotations

import numpy as np

from benchmarks.tribunal.case import Array, Case, Fate, Truth, one
from benchmarks.tribunal.draws import Draws, rounded, text


def draw(draws: Draws) -> Case:
    """Solutions that part at a state without a slope of the equations, or where coefficients vanish inside the interval."""
    return draws.choice((_resting, _passing, _following, _stopping, _crossing, _singular, _singular, _second))(draws)


def _case(draws: Draws, ends: tuple[float, float], equation: str, conditions: list[str], truth: Truth) -> Case:
    return Case(draws.table(coordinates={"t": list(ends)}, unknowns=["u"], equations=[equation], conditions=conditions), truth)


def _end(draws: Draws, parting: float) -> tuple[float, bool]:
    """Where the interval [0, end] ends, and whether that is beyond the parting."""
    beyond = draws.chance(0.7)
    return rounded(parting * (draws.real(1.3, 3) if beyond else draws.real(0.4, 0.9))), beyond


def _resting(draws: Draws) -> Case:
    """u' = −c·|u|^p comes down to 0, may rest there, and go on down."""
    power, rate, first = draws.choice((0.5, draws.real(0.2, 0.75))), draws.scale(0.3, 5), draws.scale(0.1, 10)
    left = 1 - power
    end, beyond = _end(draws, first**left / (rate * left))

    def truth(t: Array) -> Array:
        return np.maximum(first**left - rate * left * t, 0.0) ** (1 / left)

    written = "sqrt(abs(u))" if power == 0.5 else f"abs(u)^{text(power)}"
    return _case(draws, (0.0, end), f"u_t = -{text(rate)}*{written}", [f"u(0) = {text(first)}"], Fate.FAMILY if beyond else one(truth))


def _passing(draws: Draws) -> Case:
    """u' = 3c·|u|^(2/3): ((t − p)·c)³ on either side, and 0 as long as it pleases."""
    rate, place = draws.scale(0.3, 3), draws.real(0.5, 2)
    end, beyond = _end(draws, place)
    first = -((rate * place) ** 3)
    fate = Fate.FAMILY if beyond else one(lambda t: (rate * (t - place)) ** 3)
    return _case(draws, (0.0, end), f"u_t = 3*{text(rate)}*abs(u)^(2/3)", [f"u(0) = {first!r}"], fate)


def _following(draws: Draws) -> Case:
    """u comes up to a curve, which it may follow, and leave when it pleases."""
    first, curve, slope = draws.scale(0.3, 4), *draws.choice((("t^2", "2*t"), ("sin(t)", "cos(t)"), ("2*t", "2")))
    end, beyond = _end(draws, 2 * np.sqrt(first))
    curves = {"t^2": lambda t: t**2, "sin(t)": np.sin, "2*t": lambda t: 2 * t}

    def truth(t: Array) -> Array:
        return curves[curve](t) - np.maximum(np.sqrt(first) - t / 2, 0.0) ** 2

    return _case(
        draws, (0.0, end), f"u_t = sqrt(abs(u - {curve})) + {slope}", [f"u(0) = {text(-first)}"], Fate.FAMILY if beyond else one(truth)
    )


def _stopping(draws: Draws) -> Case:
    """u' = −c·sign(u)·√|u| comes to rest in finite time, and stays: there is no other way on."""
    rate, first = draws.scale(0.3, 5), draws.scale(0.1, 10)
    end, _ = _end(draws, 2 * np.sqrt(first) / rate)
    return _case(
        draws, (0.0, end), f"u_t = -{text(rate)}*sign(u)*sqrt(abs(u))", [f"u(0) = {text(first)}"],
        one(lambda t: np.maximum(np.sqrt(first) - rate * t / 2, 0.0) ** 2),
    )  # fmt: skip


def _crossing(draws: Draws) -> Case:
    """u' = −|u| − c passes its kink at once."""
    first, push = draws.scale(0.2, 3), draws.scale(0.1, 2)
    place = float(np.log((first + push) / push))
    end = rounded(place * draws.real(0.5, 2.5))

    def truth(t: Array) -> Array:
        return np.where(t < place, (first + push) * np.exp(-t) - push, push * (1 - np.exp(np.maximum(t - place, 0.0))))

    return _case(draws, (0.0, end), f"u_t = -abs(u) - {text(push)}", [f"u(0) = {text(first)}"], one(truth))


def _singular(draws: Draws) -> Case:
    """(t − p)·u' = c·u: any multiple of |t − p|^c fits beyond p; a right side that is 0 at p besides leaves none open."""
    place, power = draws.choice((0.0, draws.real(-0.7, 0.7))), draws.choice((1.0, 2.0, 3.0, draws.real(0.4, 3)))
    away = "t" if place == 0 else f"(t - {text(place)})"
    first = draws.choice((-1.0, 1.0))
    ends = (-1.0, draws.real(0.8, 2)) if draws.chance(0.8) else (place + rounded(0.05), 1.0)
    if draws.chance(0.25):
        fed = draws.choice(("cos(t)", "exp(t)"))
        risen = {"cos(t)": np.sin, "exp(t)": np.exp}[fed]
        return _case(draws, (-1.0, 1.0), f"{away}*u_t = {away}*{fed}", [f"u({text(first)}) = 0"], one(lambda t: risen(t) - risen(first)))
    equation = draws.choice(("{away}*u_t = {c}*u", "u_t = {c}*u/{away}", "{away}*u_t - {c}*u = 0")).format(away=away, c=text(power))
    if ends[0] > place:
        return _case(draws, ends, equation, ["u(1) = 1"], one(lambda t: ((t - place) / (1 - place)) ** power))
    return _case(draws, (-1.0, 1.0), equation, [f"u({text(first)}) = 1"], Fate.FAMILY)


def _second(draws: Draws) -> Case:
    """An equation of second order, such as t²·u'' = k·(k − 1)·u, of which each half goes its own way."""
    equation, value, slope = draws.choice((
        ("t^2*u_tt - 2*u = 0", 1, 2), ("t^2*u_tt = 6*u", 1, 3), ("t*u_tt = u_t", 1, 2), ("t*u_tt - 2*u_t = 0", 1, 3),
        ("t^2*u_tt + t*u_t - 4*u = 0", 1, 2),
    ))  # fmt: skip
    side, size = draws.sign(), draws.real(0.5, 3)
    given = [f"u({text(side)}) = {text(size * value)}", f"u_t({text(side)}) = {text(rounded(size * slope) * side)}"]
    return _case(draws, (-1.0, 1.0), equation, given, Fate.FAMILY)
