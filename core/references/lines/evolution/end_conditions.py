"""What holds at the ends of a coordinate, as functionals of the solution there and the values that these take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import TIME
from core.errors import InputError
from core.expressions import (
    NUMPY,
    At,
    Coordinate,
    Derivative,
    Expression,
    Leaf,
    Number,
    compile,
    differentiate,
    leaves_in,
    partial,
    replace,
    to_text,
)
from core.expressions.algebra import ZERO, add, multiply, negate
from core.references.lines.evolution.evolution import Evolution

Array = NDArray[np.float64]


class Trace(NamedTuple):
    """A derivative at an end: the number of its unknown, its orders along `t` and across the end, and which end (0 low, 1 high)."""

    unknown: int
    level: int
    order: int
    end: int


@dataclass(frozen=True)
class EndCondition:
    """residual = 0 at one end of a coordinate, whose linear part in the derivatives of the highest `level` is the functional `factors`.

    Where the residual is the functional less a function of `t` and the other coordinates, that is `value`; elsewhere it is None. `owner` is
    the unknown that has to obey.
    """

    residual: Expression
    traces: Mapping[At, Trace]
    level: int
    factors: Mapping[Trace, float]
    value: Expression | None
    owner: int
    end: int


def conditions(evolution: Evolution, letter: str) -> tuple[EndCondition, ...]:
    """The conditions at both ends of a coordinate; raises `InputError` for one that the method cannot use."""
    found: list[EndCondition] = []
    for end, residuals in enumerate(evolution.ends[letter]):
        for residual in residuals:
            found.append(_condition(residual, evolution, letter, end, found))
    return tuple(found)


def _condition(residual: Expression, evolution: Evolution, letter: str, end: int, before: list[EndCondition]) -> EndCondition:
    traces = {
        leaf: _trace(leaf, evolution, letter, end, residual) for leaf in sorted(leaves_in(residual), key=to_text) if isinstance(leaf, At)
    }
    level = max(trace.level for trace in traces.values())
    slopes = {leaf: partial(residual, leaf) for leaf in traces}
    plain = level == 0 and all(isinstance(slope, Number) for slope in slopes.values())
    item = next(item for item in evolution.space if item.name == letter)
    place: dict[Leaf, Expression] = {Coordinate(letter): Number(item.high if end else item.low)}
    highest = {leaf: slope for leaf, slope in slopes.items() if traces[leaf].level == level}
    factors = {traces[leaf]: _at_start(slope, traces, evolution, place) for leaf, slope in highest.items()}
    if not any(factors.values()):  # a factor that vanishes at the start only
        factors = dict.fromkeys(factors, 1.0)
    value = negate(replace(residual, {**dict.fromkeys(traces, ZERO), **place})) if plain else None
    if len(evolution.space) > 1 and (value is None or len({trace.unknown for trace in traces.values()}) > 1):
        raise InputError("reference-end-unsupported", condition=f"{to_text(residual)} = 0")
    taken = [condition.owner for condition in before if condition.end == end]
    owner = min({trace.unknown for trace in factors}, key=lambda unknown: (taken.count(unknown), unknown))
    return EndCondition(replace(residual, place), traces, level, factors, value, owner, end)


def _trace(leaf: At, evolution: Evolution, letter: str, end: int, residual: Expression) -> Trace:
    slot = evolution.slot(leaf.derivative)
    if slot.level > evolution.orders[slot.unknown]:
        raise InputError("reference-condition-order", name=to_text(leaf))
    if leaf.derivative.by.count(letter) + slot.level < len(leaf.derivative.by):
        raise InputError("reference-end-unsupported", condition=f"{to_text(residual)} = 0")
    return Trace(slot.unknown, slot.level, leaf.derivative.by.count(letter), end)


def _at_start(slope: Expression, traces: Mapping[At, Trace], evolution: Evolution, place: Mapping[Leaf, Expression]) -> float:
    """A factor's value at the start; one where it has none."""
    if isinstance(slope, Number):
        return slope.value
    values: dict[Leaf, Expression] = {**place, Coordinate(TIME): Number(evolution.time.low)}
    for leaf, trace in traces.items():
        known = evolution.starts.get((trace.unknown, trace.level), ZERO)
        across = next(iter(name for name in place if isinstance(name, Coordinate)))
        values[leaf] = replace(derived(known, across.name * trace.order, evolution.letters), values)
    with np.errstate(all="ignore"):
        program = compile(replace(slope, values), NUMPY)
        value = float(program({leaf: np.float64(0) for leaf in program.leaves}))
    return value if np.isfinite(value) else 1.0


def derived(tree: Expression, by: str, letters: tuple[str, ...]) -> Expression:
    """The tree's derivative along each letter of `by`."""
    for letter in by:
        tree = differentiate(tree, letter, letters)
    return tree


def along_time(tree: Expression) -> Expression:
    """d/dt of a condition's residual: its evaluations vary too, to whatever order."""
    result = partial(tree, Coordinate(TIME))
    for leaf in sorted((leaf for leaf in leaves_in(tree) if isinstance(leaf, At)), key=to_text):
        raised = At(Derivative(leaf.derivative.unknown, leaf.derivative.by + TIME), leaf.arguments)
        result = add(result, multiply(partial(tree, leaf), raised))
    return result
