"""Smooth functions as texts."""

from __future__ import annotations

from benchmarks.tribunal.draws import Draws, rounded, text

LINES = (
    "sin({a}*{x} + {b})",
    "cos({a}*{x})",
    "exp(-{a}*{x})",
    "1/(1 + {a}*{x}^2)",
    "tanh({a}*{x} - {b})",
    "(1 + {b}*{x} - {x}^3/3)",
    "sqrt(1 + {a}*{x}^2)",
    "log(2 + {x}^2)",
    "exp(-{a}*{x})*cos({c}*{x})",
)
CALM = (*LINES[:2], "exp(-{a}*{x})", "1/(1 + {a}*{x}^2)", "(1 + {b}*{x})")


def line(draws: Draws, letter: str, fast: float = 4.0) -> str:
    """A function of one coordinate."""
    return draws.choice(LINES).format(x=letter, a=text(draws.real(0.5, fast)), b=text(draws.real(0.2, 1)), c=text(draws.real(2, 2 * fast)))


def fading(draws: Draws, letter: str = "t") -> str:
    """A calm function of time."""
    return draws.choice(CALM).format(x=letter, a=text(draws.real(0.3, 2)), b=text(draws.real(0.2, 1)))


def field(draws: Draws, letters: str) -> str:
    """A function of two or three coordinates: products and sums of functions of one, or a wave along a slant."""
    size = text(draws.choice((1.0, draws.real(0.3, 3))))
    way = draws.choice(("product", "product", "sum", "slant"))
    parts = [fading(draws, letter) if letter == "t" else line(draws, letter, 3.0) for letter in letters]
    if way == "product":
        return f"{size}*{'*'.join(parts)}"
    if way == "sum":
        return f"{size}*{'*'.join(parts)} + {text(rounded(draws.real(0.2, 1)))}*{letters[0]}"
    slant = " + ".join(f"{text(draws.real(0.5, 2.5))}*{letter}" for letter in letters)
    return f"{size}*{draws.choice(('sin({})', 'exp(-({})/3)', 'cos({})')).format(slant)}"
