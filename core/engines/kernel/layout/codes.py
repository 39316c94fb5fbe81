"""The numbers by which the tables name operations, activations and steps."""

NAMES = (
    *("+", "-", "*", "/", "neg", "pow"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    *("exp", "log", "sqrt", "abs", "sign", "heaviside", "atan2", "min", "max"),
    *("erf", "erfc", "sech", "sinc", "j0", "j1", "y0", "y1", "i0", "i1", "k0", "k1", "lambda_j", "lambda_i"),
)
CODES: dict[str, int] = {name: number for number, name in enumerate(NAMES)}
BINARY = frozenset(("+", "-", "*", "/", "pow", "atan2", "min", "max", "lambda_j", "lambda_i"))
CONSTANT = frozenset(("sign", "heaviside"))
"""Operations whose derivative is zero."""
UNCOMPILED = frozenset(NAMES[NAMES.index("erf") :])
"""Operations of a tape for which the kernel has no code."""
LIBRARY = ("acos", "asin", "atan", "atan2", "cos", "cosh", "log", "pow", "sin", "sinh", "tan")
"""The functions of the machine's mathematical library that the kernel calls."""

ACTIVATIONS = ("tanh", "sin", "gelu", "silu", "softplus", "sigmoid", "relu")
ORDERS = 5
"""Derivatives of an activation."""
MEMOS = 2
"""Panels that the way back needs besides z and φ(z), at most."""

ZERO, FIRST, SQUARE, PRODUCT, TERM = range(5)
"""The steps of `core.engines.kernel.emission.jets`: 0; φ' z_s; φ' z_s + c φ'' z_f²; φ' z_s + c φ'' z_f z_g; TERM + 0 … 3 add one of 1 … 4
factors.
"""
FACTORS = 4
STREAM, ORDER, FACTOR, STEP_WORDS = 1, 2, 3, 8
"""A step: its code, its stream s, m, the factors."""
