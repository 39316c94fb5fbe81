"""A proof that compiled code works here: every operation, every activation and a step of Adam are tried.

`python -m core.engines.kernel.proof PRECISION` is given the code on its standard input, and prints the first thing that is wrong. See
`core/engines/kernel/proving.py`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator

import numpy as np

from core.engines.kernel import machine
from core.engines.kernel.layout.codes import ACTIVATIONS, BINARY, CODES, UNCOMPILED
from core.engines.kernel.layout.description import Array, Group, Network, PackedTape, Term, Terms
from core.engines.kernel.moments import AdamMoments
from core.engines.kernel.plan import Plan

TRUE: dict[str, Callable[..., Array]] = {
    **{"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "neg": np.negative, "pow": np.power},
    **{"sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan},
    **{"sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs},
    **{"sign": np.sign, "heaviside": lambda x: np.heaviside(x, 0.5), "atan2": np.arctan2, "min": np.minimum, "max": np.maximum},
}
"""The function that each operation should be."""
TOLERANCES = {"float32": (1e-4, 3e-2), "float64": (1e-10, 1e-5)}
"""The tolerances of values, and of a gradient beside a difference, relative to the largest."""
ROWS = 70


def faults(precision: str) -> Iterator[str]:
    """Yield a sentence for each part of the loaded code that does not work."""
    value, slope = TOLERANCES[precision]
    for name in (name for name in CODES if name not in UNCOMPILED):
        plan, expected = _operation(name, precision)
        if not _near(plan.residuals(_theta(plan, precision))[0][0], expected, value) or not _consistent(plan, precision, slope):
            yield f"{name} is wrong"
    for name in ACTIVATIONS:
        if not _consistent(_activation(name, precision), precision, slope if name != "relu" else math.inf):  # which bends within a step
            yield f"derivatives of {name} are wrong"
    theta = np.ones(37, precision)
    AdamMoments(theta, np.ones(37, precision)).step(0.25)
    if not _near(theta, 1 - 0.25 / (1 + 1e-8) * np.ones(37), value):
        yield "Adam is wrong"


def _operation(name: str, precision: str) -> tuple[Plan, Array]:
    """A residual that is the operation on two columns, and what it should be; another that is it on what the network gives."""
    random = np.random.default_rng(0)
    columns = random.uniform(0.5, 0.9, (2, ROWS))  # where all are smooth
    output, x, y, seventy, ten = range(5)
    steps = [(name, x, y), ("sin", output, output), ("*", 6, ten), ("+", 7, seventy), (name, 8, y)]
    codes = np.array([(CODES[step], one, other) for step, one, other in steps], np.int32)
    tape = PackedTape(np.array([0.7, 0.1]), codes, np.array([5, 9], np.int32))
    group = Group(Terms(1), random.uniform(-1, 1, (1, 1, 1, ROWS)), columns, tape, np.ones((2, 1)))
    return Plan(Network((1, 4, 1), "tanh"), [group], precision), TRUE[name](*columns[: 2 if name in BINARY else 1])


def _activation(name: str, precision: str) -> Plan:
    """A residual u_xx + u u_x."""
    random = np.random.default_rng(0)
    inputs = np.zeros((1, 3, 2, ROWS))
    inputs[0, 0], inputs[0, 1, 0] = random.uniform(-1, 1, (2, ROWS)), 1.0
    terms = Terms(3, (Term(1, 1, (1,)), Term(2, 1, (2,)), Term(2, 2, (1, 1))))
    tape = PackedTape(np.empty(0), np.array([(CODES["*"], 0, 1), (CODES["+"], 2, 3)], np.int32), np.array([4], np.int32))
    return Plan(Network((2, 5, 5, 1), name), [Group(terms, inputs, np.empty((0, ROWS)), tape, np.ones((1, 1)))], precision)


def _theta(plan: Plan, precision: str) -> Array:
    return np.random.default_rng(1).normal(0, 0.6, plan.parameters).astype(precision)


def _consistent(plan: Plan, precision: str, tolerance: float) -> bool:
    """Whether the gradient of Σ r² is 2 Jᵀ r, and, to the tolerance, what a small step shows."""
    theta = _theta(plan, precision)
    gradient = np.empty_like(theta)
    plan.evaluate(theta, gradient)
    rows = np.empty((sum(residuals.size for residuals in plan.residuals(theta)), theta.size), precision)
    residuals = plan.jacobian(theta, rows)
    step = 1e-2 if precision == "float32" else 1e-5
    along = (np.random.default_rng(2).normal(size=theta.size)).astype(precision)
    ends = [sum(item.sum() for item in plan.evaluate((theta + sign * step * along).astype(precision))) for sign in (1, -1)]
    slope = float(gradient.astype(float) @ along.astype(float))
    size = float(np.abs(gradient * along).sum()) + 1e-3
    return (
        _near(gradient, 2 * rows.T @ residuals, TOLERANCES[precision][0])
        and abs((ends[0] - ends[1]) / (2 * step) - slope) <= tolerance * size
    )


def _near(found: Array, true: Array, tolerance: float) -> bool:
    return bool(np.abs(found - true).max() <= tolerance * max(float(np.abs(true).max()), 1e-3))


def main() -> None:
    (precision,) = sys.argv[1:]
    machine.load(precision, sys.stdin.buffer.read())
    for found in faults(precision):
        print(found)
        sys.exit(1)


if __name__ == "__main__":
    main()
