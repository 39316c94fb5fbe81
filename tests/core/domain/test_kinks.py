"""Where trees are rough: in their values, their slopes, or the derivatives that an equation asks for."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.domain import Interval
from core.domain.kinks import Kink, kink
from core.expressions import Names, parse

X, Y, T = Interval("x", -1, 1), Interval("y", 0, 2), Interval("t", 0, 1)
NAMES = Names(("x", "y", "t"), ())


def found(text: str, along: Interval = X, orders: int = 2) -> Kink | None:
    return kink(parse(text, NAMES), along, (X, Y, T), orders)


ROUGH = {
    "heaviside(x - 0.2)": (0, 0.2, False),
    "sign(sin(9*x) + 0.1)": (0, None, False),
    "heaviside(x - 0.2) - heaviside(x - 0.4)": (0, None, False),
    "atan2(x, -1)": (0, 0, False),
    "abs(x)": (1, 0, False),
    "min(x, 1 - x)": (1, 0.5, False),
    "max(x - 0.123456789, 0)": (1, 0.123456789, False),
    "exp(-abs(x)/0.1)": (1, 0, False),
    "sqrt(x^2)": (1, 0, False),
    "sqrt((x - 0.3)^2)": (1, 0.3, False),
    "1e6*abs(x)": (1, 0, False),
    "1e-6*abs(x)": (1, 0, False),
    "abs(x)^0.5": (1, 0, True),
    "sqrt(1 - x^2)": (1, None, True),
    "sqrt(x + 1)": (1, -1, True),
    "acos(x)": (1, None, True),
    "(x^2)^(1/3)": (1, 0, True),
    "x*abs(x)": (2, 0, False),
    "max(x, 0)^2": (2, 0, False),
    "abs(x)^1.5": (2, 0, True),
    "abs(x - y + 1)": (1, None, False),
    "heaviside(0.3 - sqrt(x^2 + (y - 1)^2))": (0, None, False),
}


@pytest.mark.parametrize("text", ROUGH)
def test_what_is_rough_is_found_with_its_place_and_its_order(text: str) -> None:
    order, place, infinite = ROUGH[text]
    one = found(text)
    assert one is not None
    assert (one.order, one.infinite, one.coordinate) == (order, infinite, "x")
    assert place is None or one.place == pytest.approx(place, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "sin(pi*x)",
        "abs(x^2)",
        "abs(x + 1)",
        "abs(x - 2)",
        "max(x, -2)",
        "sqrt(x^4)",
        "sqrt(x^2 + 1e-4)",
        "x^2*abs(x)",
        "abs(x)^3.5",
        "sin(x)/x",
        "tanh(1000*x)",
        "x + 1e-5*abs(x)",
        "heaviside(y - 1)*x",
        "0*abs(x)",
        "3",
    ],
)
def test_what_is_smooth_is_not(text: str) -> None:
    assert found(text) is None


def test_derivatives_count_as_far_as_they_are_asked_for() -> None:
    assert found("x*abs(x)", orders=1) is None
    assert found("x^2*abs(x)", orders=3) is not None


def test_each_coordinate_is_looked_along() -> None:
    assert found("abs(y - 0.5)*x", along=X) is None
    assert found("abs(y - 0.5)*x", along=Y) == Kink(1, pytest.approx(0.5), "y", infinite=False)


@pytest.mark.parametrize("place", np.random.default_rng(0).uniform(-0.99, 0.99, 20))
def test_a_kink_is_found_wherever_it_is(place: float) -> None:
    one = found(f"exp(x)*abs(x - ({float(place)!r}))")
    assert one is not None and one.place == pytest.approx(place, abs=1e-9)
