"""The special functions of the grammar, of floats and NumPy arrays; SciPy is loaded when the first of its own is computed.

`sinc(x)` is sin(x)/x. `lambda_j(ν, x)` = Γ(ν+1) (2/x)^ν J_ν(x) and `lambda_i(ν, x)`, the same of I_ν, are in no text: the derivatives of
j1, i1 and sinc are made of them, as they have no division by x. They are the Λ of E. Jahnke and F. Emde, "Tables of Functions", 1945,
chapter VIII: even and entire, 1 at zero, dΛ_ν/dx = ∓x Λ_{ν+1} / (2 (ν+1)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

BESSEL = ("j0", "j1", "y0", "y1", "i0", "i1", "k0", "k1")
SPECIAL = ("erf", "erfc", "sech", "sinc", *BESSEL)
"""Functions of one argument whose names a problem may use for something else."""
DERIVED = ("lambda_j", "lambda_i")
"""Functions of two arguments, an order and x, that no text holds."""
NEAR = 1e-3
"""The |x| up to which three terms of Λ's series have all digits."""


@cache
def _scipy(name: str) -> Callable[..., Any]:
    from scipy import special

    found: Callable[..., Any] = getattr(special, name)
    return found


def _double(value: Any) -> Any:
    """SciPy has no more digits than float64 has."""
    return value.astype(np.float64) if getattr(value, "dtype", None) == np.longdouble else value


def _by_scipy(name: str) -> Callable[[Any], Any]:
    return lambda value: _scipy(name)(_double(value))


def _sech(value: Any) -> Any:
    decay = np.exp(-np.abs(value))
    return 2 * decay / (1 + decay * decay)


def _sinc(value: Any) -> Any:
    safe = np.where(value == 0, 1.0, value)
    return np.where(value == 0, 1.0, np.sin(safe) / safe)


def _ratio(bessel: str, sign: float) -> Callable[[float, Any], Any]:
    """Λ of the Bessel functions of this name; `sign` is that of its slope."""

    def of(order: float, value: Any) -> Any:
        size = np.abs(np.asarray(_double(value), np.float64))
        far = np.where(size < NEAR, 1.0, size)
        z = sign * np.where(size < NEAR, size, 0.0) ** 2 / 4
        series = 1 + z / (order + 1) * (1 + z / (2 * (order + 2)))
        return np.where(size < NEAR, series, math.gamma(order + 1) * _scipy(bessel)(order, far) / (far / 2) ** order)

    return of


ARRAYS: Mapping[str, Callable[..., Any]] = {
    **{name: _by_scipy(name) for name in ("erf", "erfc", *BESSEL)},
    "sech": _sech,
    "sinc": _sinc,
    "lambda_j": _ratio("jv", -1.0),
    "lambda_i": _ratio("iv", 1.0),
}


def _float(name: str) -> Callable[..., float]:
    def of(*values: float) -> float:
        with np.errstate(all="ignore"):
            found = float(ARRAYS[name](*values))
        if math.isnan(found):
            raise ValueError(name)  # as the functions of `math` do where they have no value
        return found

    return of


NUMBERS: Mapping[str, Callable[..., float]] = {**{name: _float(name) for name in ARRAYS}, "erf": math.erf, "erfc": math.erfc}
