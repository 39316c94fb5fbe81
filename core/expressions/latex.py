"""Trees → LaTeX, as mathematicians write: fractions, powers, subscripts for derivatives, Greek letters."""

from __future__ import annotations

import re

from core.expressions.functions import CONSTANTS
from core.expressions.special import BESSEL, DERIVED
from core.expressions.tree import (
    At,
    Binary,
    Call,
    Combination,
    Coordinate,
    Derivative,
    Differential,
    Expression,
    Laplacian,
    Number,
    Parameter,
    Unary,
    fold,
)
from core.expressions.writing import ATOM, BINDING, MINUS, Written, orders

LETTERS = (
    "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = {name: "\\" + name for name in LETTERS.split()} | {"epsilon": r"\varepsilon"}
FUNCTIONS = {
    **{name: "\\" + name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "min", "max")},
    **{name: "\\arc" + name[1:] for name in ("asin", "acos", "atan")},
    "sign": r"\operatorname{sign}",
    "heaviside": r"\operatorname{H}",
    "atan2": r"\operatorname{atan2}",
    **{name: rf"\operatorname{{{name}}}" for name in ("erf", "erfc", "sech", "sinc")},
    **{name: f"{name[0].upper()}_{{{name[1]}}}" for name in BESSEL},
}


def symbol(name: str, subscript: str = "") -> str:
    """A name with its digits and what follows `_` as subscripts: `omega0` → \\omega_{0}, `k_in` → k_{\\mathrm{in}}."""
    head, *tail = name.split("_")
    letters, digits = re.fullmatch(r"(.*?)([0-9]*)", head).groups()  # type: ignore[union-attr]
    below = ",".join(part for part in (digits, *map(_word, tail), subscript) if part)
    return _word(letters) + (f"_{{{below}}}" if below else "")


def _word(letters: str) -> str:
    if letters in GREEK:
        return GREEK[letters]
    return letters if len(letters) <= 1 or letters.isdecimal() else rf"\mathrm{{{letters}}}"


def _number(value: float) -> str:
    for name, known in (("\\pi", CONSTANTS["pi"]), ("e", CONSTANTS["e"])):
        if abs(value) == known:
            return name if value > 0 else f"-{name}"
    digits, _, exponent = repr(value).removesuffix(".0").partition("e")
    if not exponent:
        return digits
    power = f"10^{{{int(exponent)}}}"
    return power if digits == "1" else f"-{power}" if digits == "-1" else rf"{digits} \cdot {power}"


def _brackets(text: str) -> str:
    tall = any(mark in text for mark in (r"\frac", r"\sqrt", r"\left", "^{"))
    return rf"\left({text}\right)" if tall else f"({text})"


def _bracketed(written: Written, least: int) -> str:
    text, binding = written
    return text if binding >= least else _brackets(text)


def _product(left: Written, right: Written) -> Written:
    first, second = _bracketed(left, BINDING["*"]), _bracketed(right, BINDING["*"])
    if second.startswith("-"):
        second = _brackets(second)
    dot = second[0].isdigit() or (second.startswith(r"\frac") and first[-1].isdigit())
    return rf"{first} \cdot {second}" if dot else rf"{first}\,{second}", BINDING["*"]


def _fraction(above: Written, below: Written) -> Written:
    text, binding = above
    if text.startswith("-") and binding > BINDING["+"]:  # the minus of a product reads better before the fraction
        return rf"-\frac{{{text[1:]}}}{{{below[0]}}}", BINDING["*"]
    return rf"\frac{{{text}}}{{{below[0]}}}", MINUS


def _binary(op: str, left: Written, right: Written) -> Written:
    match op:
        case "/":
            return _fraction(left, right)
        case "^":
            return f"{_bracketed(left, ATOM)}^{{{right[0]}}}", BINDING["^"]
        case "*":
            return _product(left, right)
    second = _bracketed(right, BINDING["+"] + (op == "-"))
    if second.startswith("-"):
        second = _brackets(second)
    return f"{_bracketed(left, BINDING['+'])} {op} {second}", BINDING["+"]


def _call(function: str, arguments: list[str]) -> Written:
    inside = ", ".join(arguments)
    match function:
        case "sqrt":
            return rf"\sqrt{{{inside}}}", ATOM
        case "abs":
            return rf"\left|{inside}\right|", ATOM
        case "exp":
            return f"e^{{{inside}}}", BINDING["^"]
    if function in DERIVED:
        order, inside = arguments
        return rf"\Lambda^{{{function[-1].upper()}}}_{{{order}}}" + _brackets(inside), ATOM
    return FUNCTIONS[function] + _brackets(inside), ATOM


def _differential(operand: Written, by: str) -> Written:
    below = r"\,".join(rf"\partial {letter}" if order == 1 else rf"\partial {letter}^{{{order}}}" for letter, order in orders(by))
    above = r"\partial" if len(by) == 1 else rf"\partial^{{{len(by)}}}"
    return rf"\frac{{{above}}}{{{below}}}\,{_applied(operand)}", BINDING["*"]


def _applied(operand: Written) -> str:
    return operand[0] if operand[1] == ATOM else _brackets(operand[0])


def _at(derivative: Derivative, arguments: tuple[Expression, ...]) -> str:
    name = symbol(derivative.unknown, derivative.by)
    if all(isinstance(argument, Coordinate) for argument in arguments):
        return rf"{name}\big|_{{\partial\Omega}}"
    return rf"{name}({', '.join(map(to_latex, arguments))})"


def _write(node: Expression, below: tuple[Written, ...]) -> Written:
    match node:
        case Combination():
            raise TypeError("a combination is for evaluation alone and has no text")
        case Number(value):
            text = _number(value)
            return text, MINUS if value < 0 else BINDING["*"] if "10^" in text else ATOM
        case Coordinate(name) | Parameter(name):
            return symbol(name), ATOM
        case Derivative(unknown, by):
            return symbol(unknown, by), ATOM
        case At(derivative, arguments):
            return _at(derivative, arguments), ATOM
        case Unary():
            return f"-{_bracketed(below[0], BINDING['*'])}", MINUS if below[0][1] > MINUS else BINDING["*"]
        case Binary(op):
            return _binary(op, *below)
        case Call(function):
            return _call(function, [text for text, _ in below])
        case Differential(_, by):
            return _differential(below[0], by)
        case Laplacian():
            return rf"\Delta {_applied(below[0])}", BINDING["*"]


def to_latex(tree: Expression) -> str:
    """The tree in LaTeX, for KaTeX as well."""
    return fold(tree, _write)[0]
