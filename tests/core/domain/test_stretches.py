"""Stretches of a coordinate: jumps, bends and narrow functions are found in the trees, however narrow and wherever."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.domain import Interval
from core.domain.stretches import Stretch, stretches
from core.expressions import Names, parse

NAMES = Names(("x", "t"), ("u",))


def found(text: str, low: float = 0.0, high: float = 1.0, others: tuple[Interval, ...] = ()) -> tuple[Stretch, ...]:
    return stretches([parse(text, NAMES)], Interval("t", low, high), others)


def longest(parts: tuple[Stretch, ...], at: float) -> float:
    return min(part.longest for part in parts if part.low <= at <= part.high)


@settings(deadline=None, max_examples=60)
@given(place=st.floats(0.01, 0.99), exponent=st.floats(-6, -2))
@pytest.mark.parametrize(
    "shape", ["exp(-((t - {a})/{w})^2)", "tanh((t - {a})/{w})", "1/(1 + ((t - {a})/{w})^2)", "1/cosh((t - {a})/{w})^2"]
)
def test_what_is_narrow_is_seen_wherever_it_is(shape: str, place: float, exponent: float) -> None:
    width = 10.0**exponent
    parts = found("u + " + shape.format(a=repr(place), w=repr(width)))
    assert longest(parts, place) <= width
    assert parts[0].low == 0.0
    assert parts[-1].high == 1.0
    assert all(one.high == other.low for one, other in itertools.pairwise(parts))


@settings(deadline=None, max_examples=60)
@given(places=st.lists(st.floats(0.001, 0.999), min_size=1, max_size=6, unique=True))
def test_stretches_end_where_a_function_jumps_or_bends(places: list[float]) -> None:
    text = " + ".join(f"{function}(t - {place!r})*u" for function, place in zip(["heaviside", "sign", "abs"] * 2, places, strict=False))
    ends = {part.high for part in found(text)}
    for place in places:
        assert min(abs(end - place) for end in ends) <= 1e-9


@settings(deadline=None, max_examples=40)
@given(place=st.floats(0.01, 0.99), exponent=st.floats(-7, -2))
@pytest.mark.parametrize("shape", ["max(0, 1 - abs(t - {a})/{w})", "max(1 - ((t - {a})/{w})^2, 0)", "heaviside({w} - abs(t - {a}))"])
def test_a_pulse_between_two_samples_has_its_ends(shape: str, place: float, exponent: float) -> None:
    width = 10.0**exponent
    ends = [part.high for part in found(shape.format(a=repr(place), w=repr(width)) + "*u")]
    for end in (place - width, place + width):
        if 1e-8 < end < 1 - 1e-8:
            assert min(abs(found_end - end) for found_end in ends) <= 1e-9


@pytest.mark.parametrize("text", ["sin(t)^2 + exp(-t)", "u/(1 + t) + t^2/(2 + sin(t))", "u_t + u*u_x", "exp(-t)*cos(3*t)", "sqrt(1 + t)"])
def test_wide_functions_leave_one_stretch(text: str) -> None:
    assert found(text) == (Stretch(0.0, 1.0, np.inf),)


def test_a_pulse_far_from_its_place_is_nothing() -> None:
    parts = found("exp(-((t - 0.5)/1e-4)^2)")
    assert len(parts) == 3
    assert parts[0].longest == parts[2].longest == np.inf


def test_a_pulse_in_both_coordinates_has_one_place() -> None:
    parts = found("exp(-((x - 0.3)^2 + (t - 0.5)^2)/1e-4)", others=(Interval("x", 0, 1),))
    assert longest(parts, 0.5) <= 0.01
    assert longest(parts, 0.2) == np.inf


def test_a_pulse_that_moves_may_be_anywhere() -> None:
    parts = found("exp(-((x - t)/0.01)^2)", others=(Interval("x", 0, 1),))
    assert all(part.longest <= 0.01 for part in parts)


@pytest.mark.slow
def test_many_pulses_have_one_step() -> None:
    assert {part.longest for part in found("exp(-100*sin(1000*t)^2)")} != {np.inf}
