"""How large what a tree is computed from is: what its rounding is to be held against where terms cancel."""

from __future__ import annotations

from core.expressions.algebra import SLOPES, ZERO, add, call, divide, multiply, power
from core.expressions.tree import Binary, Call, Expression, Number, Unary, fold


def magnitude(tree: Expression) -> Expression:
    """A tree of the same leaves: |a| + |b| for a − b, also within products, quotients, powers and functions, to first order.

    Of x*(u_x - u) it is |x| (|u_x| + |u|), of sin(u_x - u) |sin(u_x − u)| + |cos(u_x − u)| (|u_x| + |u|).
    """
    return fold(tree, _size)


def _size(node: Expression, below: tuple[Expression, ...]) -> Expression:
    match node:
        case Unary():
            return below[0]
        case Binary("+" | "-"):
            return add(*below)
        case Binary("*"):
            return multiply(*below)
        case Binary("/", _, right):
            return divide(below[0], call("abs", right)) if right != ZERO else node
        case Binary("^", _, Number(exponent)) if exponent > 0:
            return power(below[0], Number(exponent))
        case Call("min" | "max"):
            return add(*below)
        case Call(function, (only,)):
            slope = SLOPES[function](only)
            return call("abs", node) if slope == ZERO else add(call("abs", node), multiply(call("abs", slope), below[0]))
    return call("abs", node)
