"""Elementary functions of vectors, without branches as far as their usual arguments go.

The exponential is reduced to |r| ≤ ln 2 / 2, sine and cosine to |r| ≤ π/4, by multiples subtracted in parts (W. J. Cody and W. Waite,
"Software Manual for the Elementary Functions", 1980); what remains is a Taylor polynomial. Infinities and what is not a number come out as
they should.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numpy.polynomial import chebyshev
from scipy.special import erfcx

from core.engines.kernel.emission.emission import Function, Real

LN2 = Fraction("0.693147180559945309417232121458176568075500134")
HALF_PI = Fraction("1.5707963267948966192313216916397514420985847")


class Precision:
    """The numbers that depend on the precision."""

    def __init__(self, single: bool) -> None:
        self.digits = 24 if single else 53
        self.magic = 1.5 * 2.0 ** (self.digits - 1)  # added to a small number, it leaves the nearest integer in the last bits
        self.integer = ir.IntType(32 if single else 64)
        self.exponential = 8 if single else 14  # terms
        self.sine, self.cosine = (5, 6) if single else (8, 9)  # terms
        self.normal = 10 if single else 20  # the degree
        self.logarithm = 8 if single else 17  # terms
        self.ln2 = _parts(LN2, (15, 24) if single else (40, 53))
        self.half_pi = _parts(HALF_PI, (10, 11, 24) if single else (32, 33, 53))
        self.largest_angle = 8e3 if single else 1e6
        self.least_exponent, self.largest_exponent = (-105.0, 90.0) if single else (-746.0, 710.5)
        self.saturated = 19.0 if single else 40.0  # tanh(x/2) = 1 from here on


def _parts(value: Fraction, digits: tuple[int, ...]) -> tuple[float, ...]:
    """`value` as a sum of numbers with so many binary digits, rounded down but for the last."""
    parts = []
    for number, count in enumerate(digits):
        exponent = math.floor(math.log2(value))
        unit = Fraction(2) ** (exponent - count + 1)
        steps = value / unit
        part = unit * (round(steps) if number == len(digits) - 1 else math.floor(steps))
        parts.append(float(part))
        value -= part
    return tuple(parts)


def _precision(f: Function) -> Precision:
    return Precision(f.module.single)


def _bits(f: Function, x: Real) -> Any:
    return f.builder.bitcast(x.value, ir.VectorType(_precision(f).integer, f.shape.lanes))


def _constant(f: Function, value: int) -> Any:
    return ir.Constant(ir.VectorType(_precision(f).integer, f.shape.lanes), [value] * f.shape.lanes)


def _real(f: Function, bits: Any) -> Real:
    return Real(f, f.builder.bitcast(bits, f.module.vector))


def _reduced(f: Function, x: Real) -> tuple[Any, Real]:
    """The bits that hold n, and e^r − 1, of x = n ln 2 + r."""
    p = _precision(f)
    shifted = f.fma(x, float(1 / LN2), p.magic)
    n = shifted - p.magic
    r = f.fma(n, -p.ln2[1], f.fma(n, -p.ln2[0], x))
    q = f.polynomial(r, [1.0 / math.factorial(k + 2) for k in range(p.exponential - 2)])
    return _bits(f, shifted), f.fma(r * r, q, r)


def _power(f: Function, bits: Any) -> Real:
    """2ⁿ of the bits that hold n, in their last places."""
    p = _precision(f)
    bias = (1 << (p.integer.width - p.digits - 1)) - 1
    moved = f.builder.shl(f.builder.add(bits, _constant(f, bias)), _constant(f, p.digits - 1))
    return _real(f, moved)


def magnitude(f: Function, x: Real) -> Real:
    return f.intrinsic("fabs", x)


def with_sign(f: Function, x: Real, sign: Real) -> Real:
    """|x| with the sign of the other."""
    return f.intrinsic("copysign", x, sign)


def tanh(f: Function, x: Real) -> Real:
    """The hyperbolic tangent by e^y − 1 with y = 2|x|, precise to a few units in the last place also near zero."""
    y = magnitude(f, x)
    y = y + y
    largest = _precision(f).saturated
    bits, rest = _reduced(f, f.select(y.is_("gt", largest), largest, y))
    power = _power(f, bits)
    less = f.fma(power, rest, power - 1.0)
    return with_sign(f, less / (less + 2.0), x)


def decay(f: Function, x: Real) -> Real:
    """e^(−|x|), zero where it is below the smallest normal number."""
    y = magnitude(f, x)
    largest = 87.0 if f.module.single else 708.0
    bits, rest = _reduced(f, -f.select(y.is_("gt", largest), largest, y))
    power = _power(f, bits)
    return f.select(y.is_("gt", largest), 0.0, f.fma(power, rest, power))


def exp(f: Function, x: Real) -> Real:
    p = _precision(f)
    y = f.select(x.is_("lt", p.least_exponent), p.least_exponent, x)
    y = f.select(y.is_("gt", p.largest_exponent), p.largest_exponent, y)
    bits, rest = _reduced(f, y)
    n = f.builder.sub(bits, _bits(f, f.splat(p.magic)))
    half = f.builder.ashr(n, _constant(f, 1))
    return (rest + 1.0) * _power(f, half) * _power(f, f.builder.sub(n, half))


def sigmoid(f: Function, x: Real) -> Real:
    e = decay(f, x)
    return f.select(x.is_("lt", 0.0), e, 1.0) / (e + 1.0)


def softplus(f: Function, x: Real) -> tuple[Real, Real]:
    """log(1 + eˣ) and its derivative."""
    e = decay(f, x)
    s = e / (e + 2.0)  # log(1 + e) = 2 artanh s, s ≤ 1/3
    q = f.polynomial(s * s, [2.0 / (2 * k + 1) for k in range(_precision(f).logarithm)])
    return f.fma(s, q, f.select(x.is_("lt", 0.0), 0.0, x)), f.select(x.is_("lt", 0.0), e, 1.0) / (e + 1.0)


def normal(f: Function, x: Real) -> tuple[Real, Real]:
    """Φ and its density: the tail is the density times a function of t = (|x| − 4) / (|x| + 4) that Chebyshev's polynomials approximate."""
    size = magnitude(f, x)
    z = f.select(size.is_("gt", 40.0), 40.0, size)
    density = exp(f, z * z * -0.5)
    inverse = 1.0 / (z + 4.0)
    tail = density * inverse * f.polynomial((z - 4.0) * inverse, _tail(_precision(f).normal))
    return f.select(x.is_("gt", 0.0), 1.0 - tail, tail), density * (1 / math.sqrt(2 * math.pi))


def _tail(degree: int) -> list[float]:
    """Coefficients of (z + 4) (1 − Φ(z)) / exp(−z²/2), in powers of t."""

    def function(t: Any) -> Any:
        z = 4 * (1 + t) / (1 - t)
        return (z + 4) * erfcx(z * math.sqrt(0.5)) / 2

    return [float(item) for item in chebyshev.cheb2poly(chebyshev.chebinterpolate(function, degree))]


def sine_and_cosine(f: Function, x: Real) -> tuple[Real, Real]:
    p = _precision(f)
    found = [f.variable(x), f.variable(x)]
    size = magnitude(f, x)
    small = size.is_("le", p.largest_angle)
    every = f.builder.icmp_signed("==", f.builder.bitcast(small, ir.IntType(f.shape.lanes)), ir.Constant(ir.IntType(f.shape.lanes), -1))
    with f.builder.if_else(every) as (usual, rare):
        with usual:
            shifted = f.fma(x, float(1 / HALF_PI), p.magic)
            n = shifted - p.magic
            r = x
            for part in p.half_pi:
                r = f.fma(n, -part, r)
            square = r * r
            sine = f.polynomial(square, [(-1) ** (k + 1) / math.factorial(2 * k + 3) for k in range(p.sine - 1)])
            sine = f.fma(r * square, sine, r)
            cosine = f.polynomial(square, [(-1) ** k / math.factorial(2 * k) for k in range(p.cosine)])
            bits, width = _bits(f, shifted), p.integer.width
            odd = f.builder.icmp_signed("!=", f.builder.and_(bits, _constant(f, 1)), _constant(f, 0))
            for place, pair, offset in zip(found, ((cosine, sine), (sine, cosine)), (0, 1), strict=True):
                turned = f.builder.and_(f.builder.add(bits, _constant(f, offset)), _constant(f, 2))
                sign = f.builder.shl(turned, _constant(f, width - 2))
                place.set(_real(f, f.builder.xor(_bits(f, f.select(odd, *pair)), sign)))
        with rare:
            found[0].set(f.library("sin", x))
            found[1].set(f.library("cos", x))
    return found[0].get(), found[1].get()
