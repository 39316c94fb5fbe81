"""What every framework is given: points, first weights, and an equation that may be exchanged while it trains.

Keeps to Python 3.6 and NumPy. The weights are Glorot's, drawn by NumPy's old generator, whose numbers are the same in every version.
"""

import json
import operator
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

Residual = Callable[[Any, Sequence[Any], Any, Any], Any]
PI = float(np.pi)
LEARNING_RATE = 1e-3
FLOAT = np.float32


class Task:
    """A problem in numbers: all arrays are float32.

    `points` (n, d) are where the equation is asked to hold, `forcing` (n, 1) is what it may need there; `condition_points` (m, d) are
    where the network has to give `condition_values` (m, 1). `weights` are a pair for each layer: (inputs, outputs) and (outputs,).
    `residual(u, first, second, forcing)` takes what the framework has computed at the points: u (n, 1), its first derivatives, a sequence
    of d (n, 1), and the second one along the first coordinate (n, 1). It uses arithmetic alone, so that it does for the tensors of any
    framework; `changed` is another one.

    The loss is mean(residual²) + mean((u − condition_values)²). Adam: learning rate 1e-3, the usual 0.9, 0.999 and 1e-8.
    """

    def __init__(
        self,
        name: str,
        equation: str,
        changed_equation: str,
        widths: Sequence[int],
        points: Any,
        forcing: Any,
        condition_points: Any,
        condition_values: Any,
        residual: Residual,
        changed: Residual,
    ) -> None:
        self.name = name
        self.equation = equation
        self.changed_equation = changed_equation
        self.points = np.ascontiguousarray(points, FLOAT)
        self.forcing = np.ascontiguousarray(forcing, FLOAT)
        self.condition_points = np.ascontiguousarray(condition_points, FLOAT)
        self.condition_values = np.ascontiguousarray(condition_values, FLOAT)
        self.residual = residual
        self.changed = changed
        self.weights = _glorot(widths)


def _glorot(widths: Sequence[int]) -> List[Tuple[Any, Any]]:
    draw = np.random.RandomState(0)
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        limit = np.sqrt(6.0 / (inputs + outputs))
        layers.append((draw.uniform(-limit, limit, (inputs, outputs)).astype(FLOAT), np.zeros(outputs, FLOAT)))
    return layers


def ode() -> Task:
    """u'' = −π² sin(πx) on [0, 1], zero at both ends: 200 points, 1-32-32-1. Changed: four times the load."""
    x = np.linspace(0, 1, 200)[:, None]

    def residual(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
        return second + forcing

    def changed(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
        return second + 4 * forcing

    return Task(
        "ode",
        "u_xx = -pi^2*sin(pi*x)",
        "u_xx = -4*pi^2*sin(pi*x)",
        (1, 32, 32, 1),
        x,
        PI**2 * np.sin(PI * x),
        [[0.0], [1.0]],
        [[0.0], [0.0]],
        residual,
        changed,
    )


def burgers() -> Task:
    """Burgers' equation, ν = 0.01/π, in (x, t): 2,000 points, 2-32-32-32-32-1. Changed: with a reaction."""
    draw = np.random.RandomState(1)
    points = draw.uniform([-1, 0], [1, 1], (2000, 2))
    start = np.stack([np.linspace(-1, 1, 100), np.zeros(100)], axis=1)
    sides = [np.stack([np.full(50, end), np.linspace(0, 1, 50)], axis=1) for end in (-1.0, 1.0)]
    values = [-np.sin(PI * start[:, :1]), np.zeros((50, 1)), np.zeros((50, 1))]
    nu = 0.01 / PI

    def residual(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
        u_x, u_t = first
        return u_t + u * u_x - nu * second

    def changed(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
        u_x, u_t = first
        return u_t + u * u_x - nu * second + 5 * u

    return Task(
        "burgers",
        "u_t + u*u_x = nu*u_xx",
        "u_t + u*u_x = nu*u_xx - 5*u",
        (2, 32, 32, 32, 32, 1),
        points,
        np.zeros((2000, 1)),
        np.concatenate([start, *sides]),
        np.concatenate(values),
        residual,
        changed,
    )


def read(file: str) -> Task:
    """The task that a JSON file states, as `core.why_pytorch.frameworks.stated` writes it: its equation is a tree of arithmetic."""
    said = json.loads(Path(file).read_text())
    tree, change = said["tree"], said["change"]

    def residual(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
        return value(tree, {"u": u, "second": second, "first": first, "forcing": forcing})

    def changed(u: Any, first: Sequence[Any], second: Any, forcing: Any) -> Any:
        return residual(u, first, second, forcing) + change * (u + 1)

    names = ("name", "equation", "changed_equation", "widths", "points", "forcing", "condition_points", "condition_values")
    return Task(residual=residual, changed=changed, **{name: said[name] for name in names})


def value(tree: Any, given: Dict[str, Any]) -> Any:
    """The value of nested lists of arithmetic."""
    if not isinstance(tree, list):
        return tree
    head, operands = tree[0], tree[1:]
    if head == "first":
        return given["first"][operands[0]]
    if head == "forcing":
        return given["forcing"][:, operands[0] : operands[0] + 1]
    if head in given:
        return given[head]
    left, right = (value(operand, given) for operand in operands)
    return OPERATORS[head](left, right)


def power(left: Any, right: float) -> Any:
    """Whole powers stay whole: not every framework raises negative numbers to others."""
    return left ** (int(right) if right == int(right) else right)


OPERATORS: Dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": power,
}
TASKS: Dict[str, Callable[[], Task]] = {"ode": ode, "burgers": burgers}
