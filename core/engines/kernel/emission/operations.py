"""What the tape of a residual can do: each operation on rows of points, and its partial derivatives, with PyTorch's conventions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from core.engines.kernel.emission import elementary
from core.engines.kernel.emission.emission import Function, Module, Pointer, Real
from core.engines.kernel.layout.codes import CODES

Value = Callable[[Function, Real, Real], Real]
Partial = Callable[[Function, Real, Real, Real], Real | float]


@dataclass(frozen=True)
class Operation:
    """`value(f, x, y)`, and its derivatives by x and by y, `partials(f, x, y, value)`; one that takes only x has at most one."""

    value: Value
    partials: tuple[Partial, ...] = ()


def _library(name: str) -> Value:
    return lambda f, x, y: f.library(name, x)


def _sign(f: Function, x: Real) -> Real:
    return f.select(x.is_("gt", 0.0), 1.0, f.select(x.is_("lt", 0.0), f.splat(-1.0), 0.0))


def _share(relation: str) -> tuple[Partial, Partial]:
    """The partial derivatives of the smaller or greater of two: half to each if they are equal."""

    def of(f: Function, one: Real, other: Real) -> Real:
        return f.select(one.is_(relation, other), 1.0, f.select(one.is_("eq", other), f.splat(0.5), 0.0))

    return lambda f, x, y, r: of(f, x, y), lambda f, x, y, r: of(f, y, x)


def _base(f: Function, x: Real, y: Real, r: Real) -> Real:
    return f.select(y.is_("eq", 0.0), 0.0, y * f.library("pow", x, y - 1.0))


def _exponent(f: Function, x: Real, y: Real, r: Real) -> Real:
    vanishes = f.builder.and_(x.is_("eq", 0.0), y.is_("ge", 0.0))
    return f.select(vanishes, 0.0, r * f.library("log", x))


def _root(f: Function, x: Real) -> Real:
    return f.intrinsic("sqrt", x)


OPERATIONS: dict[str, Operation] = {
    "+": Operation(lambda f, x, y: x + y, (lambda f, x, y, r: 1.0, lambda f, x, y, r: 1.0)),
    "-": Operation(lambda f, x, y: x - y, (lambda f, x, y, r: 1.0, lambda f, x, y, r: -1.0)),
    "*": Operation(lambda f, x, y: x * y, (lambda f, x, y, r: y, lambda f, x, y, r: x)),
    "/": Operation(lambda f, x, y: x / y, (lambda f, x, y, r: 1.0 / y, lambda f, x, y, r: -(r / y))),
    "neg": Operation(lambda f, x, y: -x, (lambda f, x, y, r: -1.0,)),
    "pow": Operation(lambda f, x, y: f.library("pow", x, y), (_base, _exponent)),
    "sin": Operation(lambda f, x, y: elementary.sine_and_cosine(f, x)[0], (lambda f, x, y, r: elementary.sine_and_cosine(f, x)[1],)),
    "cos": Operation(lambda f, x, y: elementary.sine_and_cosine(f, x)[1], (lambda f, x, y, r: -elementary.sine_and_cosine(f, x)[0],)),
    "tan": Operation(_library("tan"), (lambda f, x, y, r: f.fma(r, r, 1.0),)),
    "asin": Operation(_library("asin"), (lambda f, x, y, r: 1.0 / _root(f, 1.0 - x * x),)),
    "acos": Operation(_library("acos"), (lambda f, x, y, r: -1.0 / _root(f, 1.0 - x * x),)),
    "atan": Operation(_library("atan"), (lambda f, x, y, r: 1.0 / f.fma(x, x, 1.0),)),
    "sinh": Operation(_library("sinh"), (lambda f, x, y, r: f.library("cosh", x),)),
    "cosh": Operation(_library("cosh"), (lambda f, x, y, r: f.library("sinh", x),)),
    "tanh": Operation(lambda f, x, y: elementary.tanh(f, x), (lambda f, x, y, r: f.fma(-r, r, 1.0),)),
    "exp": Operation(lambda f, x, y: elementary.exp(f, x), (lambda f, x, y, r: r,)),
    "log": Operation(_library("log"), (lambda f, x, y, r: 1.0 / x,)),
    "sqrt": Operation(lambda f, x, y: _root(f, x), (lambda f, x, y, r: 0.5 / r,)),
    "abs": Operation(lambda f, x, y: elementary.magnitude(f, x), (lambda f, x, y, r: _sign(f, x),)),
    "sign": Operation(lambda f, x, y: _sign(f, x)),
    "heaviside": Operation(lambda f, x, y: f.select(x.is_("gt", 0.0), 1.0, f.select(x.is_("eq", 0.0), f.splat(0.5), 0.0))),
    "atan2": Operation(
        lambda f, x, y: f.library("atan2", x, y),
        (lambda f, x, y, r: y / f.fma(x, x, y * y), lambda f, x, y, r: -x / f.fma(x, x, y * y)),
    ),
    "min": Operation(lambda f, x, y: f.intrinsic("minimum", x, y), _share("lt")),
    "max": Operation(lambda f, x, y: f.intrinsic("maximum", x, y), _share("gt")),
}


def emit(module: Module) -> None:
    """`operation` and `operation_back`, for `n` points."""
    _forward(module)
    _backward(module)


def _forward(module: Module) -> None:
    with module.function("operation", "ipppi") as (f, code, out, x, y, n):

        def case(operation: Operation) -> None:
            with f.loop(0, n, module.shape.lanes) as p:
                out.at(p).write(operation.value(f, x.at(p).vector(), y.at(p).vector()))

        f.choose(code, [(CODES[name], partial(case, operation)) for name, operation in OPERATIONS.items()])


def _backward(module: Module) -> None:
    """Adds to the adjoints of x and y, each where it is asked for."""
    with module.function("operation_back", "ippppppiii") as (f, code, out, x, y, out_bar, x_bar, y_bar, x_asked, y_asked, n):

        def case(operation: Operation) -> None:
            for of, bar, asked in zip(operation.partials, (x_bar, y_bar), (x_asked, y_asked), strict=False):
                with f.when(asked.differs(0)):
                    share(of, bar)

        def share(of: Partial, bar: Pointer) -> None:
            with f.loop(0, n, module.shape.lanes) as p:
                found = of(f, x.at(p).vector(), y.at(p).vector(), out.at(p).vector())
                bar.at(p).write(f.fma(out_bar.at(p).vector(), found, bar.at(p).vector()))

        f.choose(code, [(CODES[name], partial(case, operation)) for name, operation in OPERATIONS.items() if operation.partials])
