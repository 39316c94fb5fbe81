"""The derivative streams through an activation, forwards and backwards: Faà di Bruno's formula, as a list of steps for each row of points.

a_0 = φ(z_0), and a_s gets Σ c φ⁽ᵐ⁾(z_0) Π z_f. The commonest sums are one step each: φ' z_s + c φ'' z_f z_g has all of a second derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import prod

from core.engines.kernel.emission.emission import Function, Integer, Module, Pointer, Real, Variable
from core.engines.kernel.layout.codes import (
    ACTIVATIONS,
    FACTOR,
    FACTORS,
    FIRST,
    ORDER,
    ORDERS,
    PRODUCT,
    SQUARE,
    STEP_WORDS,
    STREAM,
    TERM,
    ZERO,
)


def emit(module: Module) -> None:
    """`jets` and `jets_back`."""
    _forward(module)
    _backward(module)


class _Row:
    """A step for the vectors of a chunk, `apart` from each other."""

    def __init__(self, f: Function, step: Pointer, scale: Real, d: Pointer, z: Pointer, z_stride: Integer, apart: Integer) -> None:
        self._step, self._d, self._z, self._stride, self._chunk = step, d, z, z_stride, f.shape.chunk
        self.vectors = [(apart * v, v * f.shape.lanes) for v in range(f.shape.vectors)]
        self.scale = scale
        self.stream = step.integer(STREAM)
        self.own = z.at(self.stream * z_stride)

    def derivative(self, order: int) -> Pointer:
        """φ⁽ᵐ⁾, (chunk,)."""
        return self._d.at((order - 1) * self._chunk)

    def stepped(self, more: int = 0) -> Pointer:
        """φ⁽ᵐ⁾ of the step's own order, or of so many more."""
        return self._d.at((self._step.integer(ORDER) + (more - 1)) * self._chunk)

    def streams(self, count: int) -> list[Integer]:
        """The streams of the step's factors."""
        return [self._step.integer(FACTOR + number) for number in range(count)]

    def factors(self, count: int) -> list[Pointer]:
        """z_f, (chunk,) each."""
        return [self._z.at(stream * self._stride) for stream in self.streams(count)]


@contextmanager
def _chunks(f: Function, n: Integer, width: Integer) -> Iterator[tuple[Integer, Integer]]:
    """Where each chunk begins, and how far its vectors are apart: those of a feature, or where there is but one, of several features.

    The last features may come twice, which does no harm: no step reads what a later one writes.
    """
    shape = f.shape
    narrow = f.builder.and_(n.equals(shape.lanes), f.integer(shape.vectors - 1).below(width))
    features, apart = f.either(narrow, shape.vectors, 1), f.either(narrow, shape.block, shape.lanes)
    with f.loop(0, width, features) as number, f.loop(0, n, shape.chunk) as p:
        yield number.least(width - features) * shape.block + p, apart


def _forward(module: Module) -> None:
    chunk = module.shape.chunk
    with module.function("jets", "ipipipitpiiii") as (f, *given):
        code, z, z_stride, a, a_stride, e, e_stride, steps, scales, count, order, n, width = given
        d = f.array(ORDERS * chunk)
        with _chunks(f, n, width) as (place, apart):
            _derive(f, "fresh", code, (z.at(place), a.at(place), e.at(place), e_stride, d, order, apart))
            with f.loop(0, count) as number:
                step = steps.at(number * STEP_WORDS)
                row = _Row(f, step, scales.number(number).splat(), d, z.at(place), z_stride, apart)
                f.choose(step.integer(), _forward_cases(f, row, a.at(row.stream * a_stride + place)))


def _forward_cases(f: Function, row: _Row, out: Pointer) -> list[tuple[int, Callable[[], None]]]:
    def zero() -> None:
        for v, _ in row.vectors:
            out.write(f.splat(0.0), v)

    def first() -> None:
        for v, u in row.vectors:
            out.write(row.derivative(1).vector(u) * row.own.vector(v), v)

    def second(count: int) -> None:
        factors = row.factors(count)
        for v, u in row.vectors:
            product = factors[0].vector(v) * factors[-1].vector(v)
            out.write(f.fma(row.derivative(2).vector(u) * row.scale, product, row.derivative(1).vector(u) * row.own.vector(v)), v)

    def term(count: int) -> None:
        factors, derivative = row.factors(count), row.stepped()
        for v, u in row.vectors:
            out.write(f.fma(derivative.vector(u) * row.scale, prod([factor.vector(v) for factor in factors]), out.vector(v)), v)

    terms = [(TERM + count - 1, partial(term, count)) for count in range(1, FACTORS + 1)]
    return [(ZERO, zero), (FIRST, first), (SQUARE, partial(second, 1)), (PRODUCT, partial(second, 2)), *terms]


def _backward(module: Module) -> None:
    """Z̄ of Ā; a step that gives Z̄_s its first value comes before those that have it as a factor."""
    lanes, chunk = module.shape.lanes, module.shape.chunk
    with module.function("jets_back", "ipippipipitpiiii") as (f, *given):
        code, z, z_stride, a, e, e_stride, a_bar, a_bar_stride, z_bar, z_bar_stride, steps, scales, count, order, n, width = given
        d = f.array(ORDERS * chunk)
        with _chunks(f, n, width) as (place, apart):
            _derive(f, "again", code, (z.at(place), a.at(place), e.at(place), e_stride, d, order + 1, apart))
            value = [f.variable(a_bar.at(place).vector(apart * v) * d.vector(v * lanes)) for v in range(module.shape.vectors)]
            with f.loop(0, count) as number:
                step = steps.at(number * STEP_WORDS)
                row = _Row(f, step, scales.number(number).splat(), d, z.at(place), z_stride, apart)
                bar = a_bar.at(row.stream * a_bar_stride + place)
                f.choose(step.integer(), _backward_cases(f, row, bar, z_bar.at(place), z_bar_stride, value))
            for v, item in enumerate(value):
                z_bar.at(place).write(item.get(), apart * v)


def _backward_cases(
    f: Function, row: _Row, bar: Pointer, z_bar: Pointer, z_bar_stride: Integer, value: Sequence[Variable]
) -> list[tuple[int, Callable[[], None]]]:
    own = z_bar.at(row.stream * z_bar_stride)

    def targets(count: int) -> list[Pointer]:
        return [z_bar.at(stream * z_bar_stride) for stream in row.streams(count)]

    def zero() -> None:
        for v, _ in row.vectors:
            own.write(f.splat(0.0), v)

    def first() -> None:
        for item, (v, u) in zip(value, row.vectors, strict=True):
            given = bar.vector(v)
            own.write(row.derivative(1).vector(u) * given, v)
            item.set(f.fma(row.derivative(2).vector(u) * row.own.vector(v), given, item.get()))

    def second(count: int) -> None:
        factors, places = row.factors(count), targets(count)
        for item, (v, u) in zip(value, row.vectors, strict=True):
            given, left, right = bar.vector(v), factors[0].vector(v), factors[-1].vector(v)
            own.write(row.derivative(1).vector(u) * given, v)
            slope = f.fma(row.derivative(3).vector(u) * row.scale, left * right, row.derivative(2).vector(u) * row.own.vector(v))
            item.set(f.fma(slope, given, item.get()))
            share = row.derivative(2).vector(u) * row.scale * given
            if count == 1:
                places[0].write(f.fma(share + share, left, places[0].vector(v)), v)
            else:
                places[0].write(f.fma(share, right, places[0].vector(v)), v)
                places[1].write(f.fma(share, left, places[1].vector(v)), v)

    def term(count: int) -> None:
        factors, places, lower, upper = row.factors(count), targets(count), row.stepped(), row.stepped(1)
        for item, (v, u) in zip(value, row.vectors, strict=True):
            given = bar.vector(v) * row.scale
            values = [factor.vector(v) for factor in factors]
            item.set(f.fma(upper.vector(u) * given, prod(values), item.get()))
            share = lower.vector(u) * given
            for number, place in enumerate(places):
                others = values[:number] + values[number + 1 :]
                place.write(place.vector(v) + (share * prod(others) if others else share), v)

    terms = [(TERM + count - 1, partial(term, count)) for count in range(1, FACTORS + 1)]
    return [(ZERO, zero), (FIRST, first), (SQUARE, partial(second, 1)), (PRODUCT, partial(second, 2)), *terms]


def _derive(f: Function, prefix: str, code: Integer, arguments: tuple[Pointer | Integer, ...]) -> None:
    """φ', φ'', … of a chunk of points into `d`, by the activation whose number is `code`."""
    f.choose(code, [(number, partial(f.call, f"{prefix}_{name}", *arguments)) for number, name in enumerate(ACTIVATIONS)])
