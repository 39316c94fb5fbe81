"""Trees → trees: symbolic derivatives, substitution, expansion; constants are folded and neutral elements dropped on the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from core.errors import InputError
from core.expressions.functions import compute
from core.expressions.tree import (
    At,
    Binary,
    Call,
    Coordinate,
    Derivative,
    Differential,
    Expression,
    Laplacian,
    Leaf,
    Number,
    Parameter,
    Unary,
    fold,
    size,
    walk,
)

ORDER = 4  # the highest derivative
NODES = 5_000  # of what a tree may grow to, shared ones counted each time: what writing or comparing it costs
DISTINCT = 2_000  # of these, when shared ones count once: what evaluating it costs
ZERO, ONE, TWO, MINUS_ONE = Number(0), Number(1), Number(2), Number(-1)


def negate(a: Expression) -> Expression:
    match a:
        case Number(value):
            return Number(-value)
        case Unary(_, operand):
            return operand
    return Unary("-", a)


def add(a: Expression, b: Expression) -> Expression:
    match a, b:
        case Number(x), Number(y):
            return Number(compute("+", x, y))
        case (Number(0), other) | (other, Number(0)):
            return other
        case _, Number(y) if y < 0:
            return Binary("-", a, Number(-y))
        case _, Unary(_, operand):
            return Binary("-", a, operand)
    return Binary("+", a, b)


def subtract(a: Expression, b: Expression) -> Expression:
    match a, b:
        case Number(x), Number(y):
            return Number(compute("-", x, y))
        case _, Number(0):
            return a
        case Number(0), _:
            return negate(b)
        case _, Number(y) if y < 0:
            return Binary("+", a, Number(-y))
        case _, Unary(_, operand):
            return Binary("+", a, operand)
    return Binary("-", a, b)


def multiply(a: Expression, b: Expression) -> Expression:
    match a, b:
        case Number(x), Number(y):
            return Number(compute("*", x, y))
        case (Number(0), _) | (_, Number(0)):
            return ZERO
        case (Number(1), other) | (other, Number(1)):
            return other
        case (Number(-1), other) | (other, Number(-1)):
            return negate(other)
        case Number(x), Binary("*", Number(y), other):
            return multiply(Number(compute("*", x, y)), other)
        case _, Number():
            return multiply(b, a)
    return Binary("*", a, b)


def divide(a: Expression, b: Expression) -> Expression:
    match a, b:
        case Number(x), Number(y):
            return Number(compute("/", x, y))
        case _, Number(0):
            raise InputError("division-by-zero", expression="…/0")
        case Number(0), _:
            return ZERO
        case _, Number(1):
            return a
        case Binary("*", Number(x), other), Number(y):
            return multiply(Number(compute("/", x, y)), other)
    return Binary("/", a, b)


def power(a: Expression, b: Expression) -> Expression:
    match a, b:
        case Number(x), Number(y):
            return Number(compute("^", x, y))
        case _, Number(0):
            return ONE
        case _, Number(1):
            return a
    return Binary("^", a, b)


def call(function: str, *arguments: Expression) -> Expression:
    values = [argument.value for argument in arguments if isinstance(argument, Number)]
    if len(values) == len(arguments):
        return Number(compute(function, *values))
    return Call(function, arguments)


MAKERS: dict[str, Callable[[Expression, Expression], Expression]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "^": power,
}


def rebuilt(node: Expression, below: tuple[Expression, ...]) -> Expression:
    """The node with other nodes below it, constants folded."""
    match node:
        case Unary():
            return negate(*below)
        case Binary(op):
            return MAKERS[op](*below)
        case Call(function):
            return call(function, *below)
        case Differential(_, by):
            return Differential(below[0], by)
        case Laplacian():
            return Laplacian(below[0])
    return node


def _limited(tree: Expression, number: Callable[[Expression], int], most: int) -> Expression:
    if number(tree) > most:
        raise InputError("grows-too-large", limit=most)
    return tree


def _distinct(tree: Expression) -> int:
    """How many nodes the tree has when a shared one counts once: what evaluating it costs."""
    return sum(1 for _ in walk(tree))


def substitute(tree: Expression, values: Mapping[str, Expression]) -> Expression:
    """The tree with parameters and definitions replaced, in the places of evaluations too, and all constants folded.

    Substitute before expanding: D(…) takes what is not replaced yet as constant. Raises `InputError` where a constant part has no finite
    value, or the tree grows beyond all measure.
    """

    def rule(node: Expression, below: tuple[Expression, ...]) -> Expression:
        match node:
            case Parameter(name):
                return values.get(name, node)
            case At(derivative, arguments):
                return At(derivative, tuple(substitute(argument, values) for argument in arguments))
        return rebuilt(node, below)

    return _limited(fold(tree, rule), size, NODES)


def summands(tree: Expression) -> Iterator[Expression]:
    """What is added and subtracted in a tree, signs left out."""
    stack = [tree]
    while stack:
        node = stack.pop()
        match node:
            case Binary("+" | "-"):
                stack += [node.left, node.right]
            case Unary():
                stack.append(node.operand)
            case _:
                yield node


def restrict(tree: Expression, place: Mapping[str, float]) -> Expression:
    """The tree on the part of the domain where the coordinates in `place` have these values, constants folded.

    For trees without evaluations. Raises `InputError` where a part that becomes constant has no finite value.
    """
    return fold(
        tree, lambda node, below: Number(place[node.name]) if isinstance(node, Coordinate) and node.name in place else rebuilt(node, below)
    )


def replace(tree: Expression, leaves: Mapping[Leaf, Expression]) -> Expression:
    """The tree with leaves replaced, an evaluation such as `u(x, 0)` as a whole, and constants folded.

    Raises `InputError` where a part that becomes constant has no finite value, or the tree grows beyond all measure.
    """
    return _limited(
        fold(tree, lambda node, below: leaves.get(node, node) if isinstance(node, Leaf) else rebuilt(node, below)),
        _distinct,
        DISTINCT,
    )


def raised(derivative: Derivative, coordinate: str, coordinates: tuple[str, ...]) -> Derivative:
    """One order higher, its letters in coordinate order; raises `InputError` beyond the highest order."""
    by = "".join(sorted(derivative.by + coordinate, key=coordinates.index))
    if len(by) > ORDER:
        raise InputError("order-too-high", name=f"{derivative.unknown}_{by}", order=len(by), limit=ORDER)
    return Derivative(derivative.unknown, by)


# d f(a) / da, as a tree in a: the rules of every textbook. `heaviside` is one half at zero, see functions.py.
SLOPES: dict[str, Callable[[Expression], Expression]] = {
    "sin": lambda a: call("cos", a),
    "cos": lambda a: negate(call("sin", a)),
    "tan": lambda a: add(ONE, power(call("tan", a), TWO)),
    "asin": lambda a: divide(ONE, call("sqrt", subtract(ONE, power(a, TWO)))),
    "acos": lambda a: divide(MINUS_ONE, call("sqrt", subtract(ONE, power(a, TWO)))),
    "atan": lambda a: divide(ONE, add(ONE, power(a, TWO))),
    "sinh": lambda a: call("cosh", a),
    "cosh": lambda a: call("sinh", a),
    "tanh": lambda a: subtract(ONE, power(call("tanh", a), TWO)),
    "exp": lambda a: call("exp", a),
    "log": lambda a: divide(ONE, a),
    "sqrt": lambda a: divide(Number(0.5), call("sqrt", a)),
    "abs": lambda a: call("sign", a),
    "sign": lambda a: ZERO,
    "heaviside": lambda a: ZERO,
    "erf": lambda a: multiply(Number(2 / math.sqrt(math.pi)), call("exp", negate(power(a, TWO)))),
    "erfc": lambda a: multiply(Number(-2 / math.sqrt(math.pi)), call("exp", negate(power(a, TWO)))),
    "sech": lambda a: negate(multiply(call("sech", a), call("tanh", a))),
    "sinc": lambda a: _slope_of_lambda("lambda_j", Number(0.5), a),
    "j0": lambda a: negate(call("j1", a)),
    "j1": lambda a: subtract(call("j0", a), divide(call("lambda_j", ONE, a), TWO)),
    "y0": lambda a: negate(call("y1", a)),
    "y1": lambda a: subtract(call("y0", a), divide(call("y1", a), a)),
    "i0": lambda a: call("i1", a),
    "i1": lambda a: subtract(call("i0", a), divide(call("lambda_i", ONE, a), TWO)),
    "k0": lambda a: negate(call("k1", a)),
    "k1": lambda a: negate(add(call("k0", a), divide(call("k1", a), a))),
}
# The same for two arguments: the slopes along the first and the second.
SLOPES_OF_TWO: dict[str, Callable[[Expression, Expression], tuple[Expression, Expression]]] = {
    "atan2": lambda y, x: (
        divide(x, add(power(x, TWO), power(y, TWO))),
        negate(divide(y, add(power(x, TWO), power(y, TWO)))),
    ),
    "min": lambda a, b: (call("heaviside", subtract(b, a)), call("heaviside", subtract(a, b))),
    "max": lambda a, b: (call("heaviside", subtract(a, b)), call("heaviside", subtract(b, a))),
    "lambda_j": lambda order, a: (ZERO, _slope_of_lambda("lambda_j", order, a)),
    "lambda_i": lambda order, a: (ZERO, _slope_of_lambda("lambda_i", order, a)),
}


def _slope_of_lambda(function: str, order: Expression, a: Expression) -> Expression:
    """∓a Λ_{ν+1}(a) / (2 (ν+1)), see special.py; the order ν is a number."""
    higher = add(order, ONE)
    factor = divide(Number(0.5 if function == "lambda_i" else -0.5), higher)
    return multiply(multiply(factor, a), call(function, higher, a))


def _slope_of_power(a: Expression, b: Expression, da: Expression, db: Expression) -> Expression:
    if db == ZERO:
        return multiply(b, multiply(power(a, subtract(b, ONE)), da))
    if da == ZERO:
        return multiply(multiply(power(a, b), call("log", a)), db)
    return multiply(power(a, b), add(multiply(db, call("log", a)), divide(multiply(b, da), a)))


def _slope(op: str, a: Expression, b: Expression, da: Expression, db: Expression) -> Expression:
    match op:
        case "+" | "-":
            return MAKERS[op](da, db)
        case "*":
            return add(multiply(da, b), multiply(a, db))
        case "/" if db == ZERO:
            return divide(da, b)
        case "/":
            return divide(subtract(multiply(da, b), multiply(a, db)), power(b, TWO))
    return _slope_of_power(a, b, da, db)


def differentiate(tree: Expression, coordinate: str, coordinates: tuple[str, ...]) -> Expression:
    """The exact derivative along a coordinate; `coordinates` gives the order of a derivative's letters.

    Parameters count as constants: substitute definitions first. An evaluation such as `u(x, 0)` varies with its free coordinates. Raises
    `InputError` where the order of a derivative becomes too high.
    """

    def slope(leaf: Leaf) -> Expression:
        match leaf:
            case Coordinate(name):
                return ONE if name == coordinate else ZERO
            case Derivative():
                return raised(leaf, coordinate, coordinates)
            case At(derivative, arguments):
                return At(raised(derivative, coordinate, coordinates), arguments) if Coordinate(coordinate) in arguments else ZERO
        return ZERO

    return _derivative(tree, slope)


def partial(tree: Expression, leaf: Leaf) -> Expression:
    """∂tree/∂leaf, with every other leaf held constant: a coordinate, an unknown or a derivative counts as a variable of its own.

    Expand first; an evaluation such as `u(x, 0)` is a leaf too, whatever its place. Raises `InputError` where the tree grows beyond all
    measure.
    """
    return _limited(_derivative(tree, lambda other: ONE if other == leaf else ZERO), _distinct, DISTINCT)


def _derivative(tree: Expression, slope: Callable[[Leaf], Expression]) -> Expression:
    """The derivative by the chain rule, given those of the leaves; D(…) and lap(…) commute with it."""

    def rule(node: Expression, below: tuple[Expression, ...]) -> Expression:
        match node:
            case Number():
                return ZERO
            case Unary():
                return negate(*below)
            case Binary(op, left, right):
                return _slope(op, left, right, *below)
            case Call(function, (only,)):
                return multiply(SLOPES[function](only), below[0]) if below[0] != ZERO else ZERO
            case Call(function, (first, second)):
                along_first, along_second = SLOPES_OF_TWO[function](first, second)
                return add(multiply(along_first, below[0]), multiply(along_second, below[1]))
            case Differential(_, by):
                return Differential(below[0], by)
            case Laplacian():
                return Laplacian(below[0])
            case Coordinate() | Parameter() | Derivative() | At():
                return slope(node)
        raise TypeError(f"{type(node).__name__} has no derivative")

    return fold(tree, rule)


def expand(tree: Expression, coordinates: tuple[str, ...], space: tuple[str, ...]) -> Expression:
    """The tree with every D(…) and lap(…) carried out, so that derivatives of unknowns alone are left.

    Raises `InputError` where the order of a derivative becomes too high or the tree grows beyond all measure.
    """

    def along(operand: Expression, by: str) -> Expression:
        for coordinate in by:
            operand = _limited(differentiate(operand, coordinate, coordinates), _distinct, DISTINCT)
        return operand

    def rule(node: Expression, below: tuple[Expression, ...]) -> Expression:
        match node:
            case Differential(_, by):
                return along(below[0], by)
            case Laplacian():
                total: Expression = ZERO
                for coordinate in space:
                    total = add(total, along(below[0], 2 * coordinate))
                return total
        return rebuilt(node, below)

    return _limited(fold(tree, rule), _distinct, DISTINCT)
