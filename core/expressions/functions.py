"""The functions and operators of the grammar: how many arguments they take and what they are of floats and NumPy arrays."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core.errors import InputError
from core.expressions.special import ARRAYS, NUMBERS, SPECIAL

CONSTANTS = {"pi": math.pi, "e": math.e}
ARITY = {
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"), 1),
    **dict.fromkeys(("exp", "log", "sqrt", "abs", "sign", "heaviside"), 1),
    **dict.fromkeys(("atan2", "min", "max"), 2),
    **dict.fromkeys(SPECIAL, 1),
}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}


def _sign(x: float) -> float:
    return float((x > 0) - (x < 0))


def _heaviside(x: float) -> float:
    return (1 + _sign(x)) / 2


FLOATS: Mapping[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in ARITY if hasattr(math, name)},
    **NUMBERS,
    "abs": abs,
    "sign": _sign,
    "heaviside": _heaviside,
    "min": min,
    "max": max,
}
# A step is one half at zero: so the derivatives of min and max at a tie are the mean of both, as autograd has them.
NUMPY: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "abs", "sign")},
    **{name: getattr(np, "arc" + name[1:]) for name in ("asin", "acos", "atan", "atan2")},
    "heaviside": lambda x: np.heaviside(x, 0.5),
    **ARRAYS,
    "min": np.minimum,
    "max": np.maximum,
}


def compute(name: str, *values: float) -> float:
    """An operator or function of floats; raises `InputError` where the result is no finite real number.

    Floats alone are combined, so that no text can make this slow.
    """
    try:
        result = (OPERATORS.get(name) or FLOATS[name])(*values)
    except ZeroDivisionError:
        raise InputError("division-by-zero", expression=_written(name, values)) from None
    except OverflowError:
        raise InputError("too-large", expression=_written(name, values)) from None
    except ValueError:
        raise InputError("not-real", expression=_written(name, values)) from None
    if isinstance(result, complex):
        raise InputError("not-real", expression=_written(name, values))
    if not math.isfinite(result):
        raise InputError("too-large", expression=_written(name, values))
    return float(result)


def _written(name: str, values: tuple[float, ...]) -> str:
    words = [f"{value:g}" for value in values]
    if name in OPERATORS:
        return name.join(f"({word})" if word.startswith("-") else word for word in words)
    return f"{name}({', '.join(words)})"
