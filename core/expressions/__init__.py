"""Equations as text and as trees: grammar, symbolic derivatives, evaluation, text and LaTeX again.

    names = Names(coordinates=("x", "t"), unknowns=("u",), parameters=("nu",))
    left, right = parse_equation("u_t + u*u_x = nu*u_xx", names)

Nothing typed is ever executed: a text becomes a tree of numbers, names, operators and known functions, or an `InputError` that points at
the character.
"""

from core.expressions.algebra import ORDER, differentiate, expand, partial, replace, restrict, substitute
from core.expressions.evaluation import Program, Vector, compile, evaluate
from core.expressions.functions import ARITY, CONSTANTS, FLOATS, NUMPY
from core.expressions.grammar import CHARACTERS, DEPTH, NODES, leaves_of, parse, parse_equation
from core.expressions.latex import to_latex
from core.expressions.magnitude import magnitude
from core.expressions.names import Names
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
    Leaf,
    Number,
    Parameter,
    Unary,
    constant,
    derivatives_in,
    leaves_in,
)
from core.expressions.writing import to_text

__all__ = [
    "ARITY",
    "CHARACTERS",
    "CONSTANTS",
    "DEPTH",
    "FLOATS",
    "NODES",
    "NUMPY",
    "ORDER",
    "At",
    "Binary",
    "Call",
    "Combination",
    "Coordinate",
    "Derivative",
    "Differential",
    "Expression",
    "Laplacian",
    "Leaf",
    "Names",
    "Number",
    "Parameter",
    "Program",
    "Unary",
    "Vector",
    "compile",
    "constant",
    "derivatives_in",
    "differentiate",
    "evaluate",
    "expand",
    "leaves_in",
    "leaves_of",
    "magnitude",
    "parse",
    "parse_equation",
    "partial",
    "replace",
    "restrict",
    "substitute",
    "to_latex",
    "to_text",
]
