"""The problem with its texts as trees and with numbers for its parameters: what is trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from core.domain import interfaces
from core.domain.domain import Interval, space
from core.domain.interfaces import Interface
from core.errors import InputError, Position, TangenteError
from core.expressions import (
    At,
    Binary,
    Derivative,
    Expression,
    Names,
    Number,
    Parameter,
    expand,
    leaves_in,
    parse,
    parse_equation,
    substitute,
    to_text,
)
from core.expressions.tree import walk
from core.files.tables import located
from core.problem import conditions
from core.problem.conditions import BoundCondition
from core.problem.measurements.estimates import Estimate, learned
from core.problem.measurements.sampled import Sampled
from core.problem.pointing import pointed
from core.problem.problem import Problem, Values

T = TypeVar("T")
MOST_NODES = 5_000
"""The nodes of all equations and conditions together, with definitions and derivatives written out."""
Sides = tuple[Expression, Expression]


@dataclass(frozen=True)
class BoundProblem:
    """A problem with numbers for its parameters: trees in which only coordinates and derivatives of unknowns are left.

    `equations` are residuals, left minus right. `exact` is empty where no exact solution is known, or its formula has no real value or is
    none for these parameters. `order` is that of the highest derivative. `interfaces` are places where equations hold in the sense of
    distributions alone: what they ask for there, the trees do not show. `estimates` are constants that are learned, outputs of the network
    beside the unknowns: the trees have each as an unknown that is never differentiated.
    """

    coordinates: tuple[Interval, ...]
    unknowns: tuple[str, ...]
    equations: tuple[Expression, ...]
    conditions: tuple[BoundCondition, ...]
    exact: Mapping[str, Expression]
    order: int
    interfaces: tuple[Interface, ...] = ()
    estimates: tuple[Estimate, ...] = ()

    def __hash__(self) -> int:
        return hash((self.coordinates, self.unknowns, self.equations, self.conditions))

    @property
    def outputs(self) -> tuple[str, ...]:
        """What a network gives: the unknowns, then the constants that are learned."""
        return (*self.unknowns, *(item.name for item in self.estimates))

    @property
    def low(self) -> tuple[float, ...]:
        return tuple(coordinate.low for coordinate in self.coordinates)

    @property
    def high(self) -> tuple[float, ...]:
        return tuple(coordinate.high for coordinate in self.coordinates)

    @property
    def space(self) -> tuple[str, ...]:
        return space(self.coordinates)


@dataclass(frozen=True)
class Trees:
    """A problem's texts, parsed; equations and conditions as their two sides. `held` are the unknowns that each definition holds."""

    definitions: Mapping[str, Expression]
    held: Mapping[str, frozenset[str]]
    equations: tuple[Sides, ...]
    conditions: tuple[Sides, ...]
    exact: Mapping[str, Expression]


@lru_cache(maxsize=256)
def parsed(problem: Problem) -> Trees:
    """The problem's trees; raises `InputError` at the key and the character of the first mistake."""
    names = names_of(problem)
    parameters = (*(parameter.name for parameter in problem.parameters), *problem.unguided)
    definitions: dict[str, Expression] = {}
    held: dict[str, frozenset[str]] = {}
    for name, text in problem.definitions.items():
        earlier = Names(names.coordinates, names.unknowns, (*parameters, *definitions))
        definitions[name] = _tree(parse_definition, text, earlier, f"problem.definitions.{name}")
        held[name] = unknowns_in(definitions[name], held)
    known = Names(names.coordinates, (), names.parameters)
    return Trees(
        definitions,
        held,
        _all_sides(problem.equations, names, "problem.equations"),
        _all_sides(problem.conditions, names, "problem.conditions"),
        {name: _tree(parse, text, known, f"{exact_at(problem)}.{name}") for name, text in problem.exact.items()},
    )


def exact_at(problem: Problem) -> str:
    """The key at which the exact solution is stated: its own, or that of the function of which the data are made."""
    return "problem.data.function" if isinstance(problem.data, Sampled) else "problem.exact"


@lru_cache(maxsize=1024)
def with_values(problem: Problem, values: Values) -> BoundProblem:
    """The problem with a value for each of its parameters, and its first guess for each constant of which nothing else is known.

    Raises `InputError` where an equation or condition has no finite value there.
    """
    guessed = {item.name: item.guess for item in problem.estimates}
    return _bound(problem, {name: Number(value) for name, value in {**guessed, **dict(values)}.items()}, ())


@lru_cache(maxsize=256)
def as_trained(problem: Problem, values: Values) -> BoundProblem:
    """The problem as a network is asked to solve it: with a value for each parameter but those that it has to find.

    Without such constants, what `with_values` gives, and it raises the same; with them, also `InputError` where an equation has interfaces.
    """
    known = with_values(problem, values)
    if not problem.estimates:
        return known
    if known.interfaces:
        place = known.interfaces[0]
        raise InputError("interface-with-estimate", at=Position(key="problem.estimate"), place=f"{place.coordinate} = {place.place:g}")
    unknown = {item.name: Parameter(item.name) for item in problem.estimates}
    return _bound(problem, {**{name: Number(value) for name, value in values}, **unknown}, problem.estimates)


def _bound(problem: Problem, names: Mapping[str, Expression], estimates: tuple[Estimate, ...]) -> BoundProblem:
    """The problem with what each name of a parameter stands for."""
    trees = parsed(problem)
    known, budget = _Known(trees.definitions, names), _Budget()
    written = tuple(_written(sides, known, number) for number, sides in enumerate(trees.equations, 1))
    equations = tuple(learned(_equation(tree, budget, problem, number), estimates) for number, tree in enumerate(written, 1))
    bound = tuple(_condition(sides, known, budget, problem, number) for number, sides in enumerate(trees.conditions, 1))
    bound = tuple(replace(item, residual=learned(item.residual, estimates)) for item in bound)
    return BoundProblem(
        coordinates=problem.coordinates,
        unknowns=problem.unknowns,
        equations=equations,
        conditions=bound,
        exact={} if estimates else _exact(trees.exact, known),
        interfaces=() if estimates else _interfaces(written, bound, problem),
        order=max((len(item.by) for tree in (*equations, *(item.residual for item in bound)) for item in derivatives(tree)), default=0),
        estimates=estimates,
    )


def derivatives(tree: Expression) -> set[Derivative]:
    """The unknowns and derivatives in the tree, also those evaluated at a place."""
    leaves = leaves_in(tree)
    return {leaf.derivative if isinstance(leaf, At) else leaf for leaf in leaves if isinstance(leaf, At | Derivative)}


def parse_definition(text: str, names: Names) -> Expression:
    """The tree of a definition, which may hold unknowns but at no place; raises `InputError` as `parse` does."""
    tree = parse(text, names)
    with pointed(text, names, {}):
        for leaf in leaves_in(tree):
            if isinstance(leaf, At):
                raise InputError("definition-with-place", name=to_text(leaf), unknown=to_text(leaf.derivative))
    return tree


def unknowns_in(tree: Expression, held: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The unknowns in a tree, where definitions stand for those that they hold."""
    return frozenset(item.unknown for item in derivatives(tree)).union(*(held.get(name, ()) for name in parameters_in(tree)))


class _Known:
    """What each name stands for; a definition is worked out, and raises its error, only where it is used."""

    def __init__(self, definitions: Mapping[str, Expression], parameters: Mapping[str, Expression]) -> None:
        self.definitions = definitions
        self.trees = dict(parameters)

    def used_by(self, *trees: Expression) -> Mapping[str, Expression]:
        """What the names in `trees` stand for, and more."""
        for name in sorted(name for tree in trees for name in parameters_in(tree)):
            if name not in self.trees:
                with located(f"problem.definitions.{name}"):
                    tree = self.definitions[name]
                    self.trees[name] = substitute(tree, self.used_by(tree))
        return self.trees


class _Budget:
    """How many nodes the statements may still have, so that no problem takes long to read."""

    def __init__(self) -> None:
        self.left = MOST_NODES

    def spend(self, tree: Expression) -> None:
        """Raise `InputError` where this tree is one too many."""
        self.left -= sum(1 for _ in walk(tree))
        if self.left < 0:
            raise InputError("problem-too-large", limit=MOST_NODES)


def parameters_in(tree: Expression) -> set[str]:
    """The names in a tree, in the places of evaluations too."""
    names: set[str] = set()
    for leaf in leaves_in(tree):
        if isinstance(leaf, Parameter):
            names.add(leaf.name)
        elif isinstance(leaf, At):
            names |= {name for argument in leaf.arguments for name in parameters_in(argument)}
    return names


def names_of(problem: Problem) -> Names:
    """All names, each checked against those before it, so that an error knows its place."""
    coordinates: tuple[str, ...] = ()
    for coordinate in problem.coordinates:
        with located(f"problem.coordinates.{coordinate.name}"):
            coordinates = Names((*coordinates, coordinate.name)).coordinates
    unknowns: tuple[str, ...] = ()
    for number, unknown in enumerate(problem.unknowns, 1):
        with located(f"problem.unknowns[{number}]"):
            unknowns = Names(coordinates, (*unknowns, unknown)).unknowns
    names = Names(coordinates, unknowns)
    parameters = [(f"problem.parameters.{parameter.name}", parameter.name) for parameter in problem.parameters]
    parameters += [(f"problem.estimate.{name}", name) for name in problem.unguided]
    for key, name in [*parameters, *((f"problem.definitions.{name}", name) for name in problem.definitions)]:
        with located(key):
            names = Names(coordinates, unknowns, (*names.parameters, name))
    return names


def _tree(parser: Callable[[str, Names], T], text: str, names: Names, key: str) -> T:
    with located(key):
        tree: T = _read(parser, text, names)
        return tree


@lru_cache(maxsize=512)
def _read(parser: Callable[[str, Names], Any], text: str, names: Names) -> Any:
    """The text as a parser reads it; kept, as whoever writes a problem changes one of its texts at a time."""
    return parser(text, names)


def _all_sides(texts: tuple[str, ...], names: Names, key: str) -> tuple[Sides, ...]:
    return tuple(_tree(parse_equation, text, names, f"{key}[{number}]") for number, text in enumerate(texts, 1))


def _written(sides: Sides, known: _Known, number: int) -> Expression:
    """An equation's residual with numbers for parameters, its derivatives D(…) and lap(…) as they are written."""
    with located(f"problem.equations[{number}]"):
        return substitute(Binary("-", *sides), known.used_by(*sides))


def _equation(written: Expression, budget: _Budget, problem: Problem, number: int) -> Expression:
    letters = tuple(coordinate.name for coordinate in problem.coordinates)
    with located(f"problem.equations[{number}]"):
        residual = expand(written, letters, space(problem.coordinates))
        budget.spend(residual)
        return residual


def _interfaces(written: tuple[Expression, ...], bound: tuple[BoundCondition, ...], problem: Problem) -> tuple[Interface, ...]:
    if not interfaces.possible(written):
        return ()
    closed = [item.name for item in problem.coordinates if conditions.rings(bound, item, problem.coordinates)]
    mistake, found = interfaces.find(written, problem.coordinates, space(problem.coordinates), closed)
    if mistake is not None:
        number, error = mistake
        raise error.located(key=f"problem.equations[{number + 1}]")
    return found


def _condition(sides: Sides, known: _Known, budget: _Budget, problem: Problem, number: int) -> BoundCondition:
    with located(f"problem.conditions[{number}]"):
        with pointed(problem.conditions[number - 1], names_of(problem), {}):
            _check_places(sides, parsed(problem).held)
        values = known.used_by(*sides)
        with pointed(problem.conditions[number - 1], names_of(problem), values):
            condition = conditions.bind(sides, values, problem.coordinates)
        budget.spend(condition.residual)
        return condition


def _check_places(sides: Sides, held: Mapping[str, frozenset[str]]) -> None:
    """Raise `InputError` where a condition names a definition that holds an unknown, as it cannot say where that is meant."""
    for name in sorted(name for side in sides for name in parameters_in(side)):
        if held.get(name):
            raise InputError("definition-without-place", name=name, unknowns=", ".join(sorted(held[name])))


def exact_of(problem: Problem) -> dict[str, Expression]:
    """The exact solution with its definitions written out and its parameters left; empty where it has no value whatever these are."""
    trees = parsed(problem)
    return _exact(trees.exact, _Known(trees.definitions, {item.name: Parameter(item.name) for item in problem.parameters}))


def _exact(exact: Mapping[str, Expression], known: _Known) -> dict[str, Expression]:
    try:
        return {name: substitute(tree, known.used_by(tree)) for name, tree in exact.items()}
    except TangenteError:
        return {}  # a formula that does not hold at these values, as that of an oscillator damped too much to swing
