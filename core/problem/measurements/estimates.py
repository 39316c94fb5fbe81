"""Constants to be learned beside the solution: `estimate = { delta = 1 }` names each with its first guess.

A network gives a constant as an output that depends on no coordinate (`core/network/constants.py`): `output` times `scale`, so that what is
learned begins near one, whatever the units are. If `parameters` names a constant too, its value there is the truth, by which data are made
and the estimate is scored; training never sees it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.errors import InputError, Position
from core.expressions import At, Binary, Derivative, Expression, Number, leaves_in, substitute, to_text
from core.files import tables


@dataclass(frozen=True)
class Estimate:
    """A constant to be learned, and its first guess."""

    name: str
    guess: float

    @property
    def scale(self) -> float:
        """What the network's output is multiplied by: the size of the guess, or 1 where that is zero."""
        return abs(self.guess) or 1.0

    @property
    def start(self) -> float:
        """The network's output at first."""
        return self.guess / self.scale

    def within(self, tree: Expression) -> Expression:
        """The constant as training asks for it, in an equation, or where a condition's residual is evaluated."""
        places = sorted((leaf for leaf in leaves_in(tree) if isinstance(leaf, At)), key=to_text)
        output = At(Derivative(self.name), places[0].arguments) if places else Derivative(self.name)
        return output if self.scale == 1.0 else Binary("*", Number(self.scale), output)


def read(value: object) -> tuple[Estimate, ...]:
    """The constants that an `estimate` table names; raises `InputError` placed at the key of the first mistake."""
    given = tables.mapping(value, "problem.estimate", 20)
    return tuple(Estimate(name, tables.number(guess, f"problem.estimate.{name}")) for name, guess in given.items())


def learned(tree: Expression, estimates: Collection[Estimate]) -> Expression:
    """The tree with each constant as training asks for it."""
    return substitute(tree, {item.name: item.within(tree) for item in estimates}) if estimates else tree


def check_used(estimates: Collection[Estimate], used: Collection[str], measured: bool) -> None:
    """Raise `InputError` at a constant that no statement contains, or at all of them where nothing is measured."""
    for item in estimates:
        if item.name not in used:
            raise InputError("estimate-unused", at=Position(key=f"problem.estimate.{item.name}"), name=item.name)
    if estimates and not measured:
        raise InputError("estimate-without-data", at=Position(key="problem.estimate"), names=", ".join(item.name for item in estimates))


def table(estimates: Collection[Estimate]) -> Mapping[str, float]:
    """The `estimate` table that names these constants."""
    return {item.name: item.guess for item in estimates}
