"""What a problem as a whole has to fulfil, beyond each of its texts being right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from core.errors import InputError, Position
from core.expressions import At, Coordinate, Derivative, Expression, Names, Parameter, leaves_in, to_text
from core.expressions.hints import free
from core.expressions.tree import fold
from core.files.tables import located
from core.problem import exact_residuals
from core.problem.binding import asked, bind
from core.problem.bound import BoundProblem, Sides, Trees, derivatives, exact_at, names_of, parameters_in, parsed, unknowns_in
from core.problem.checks import contradictions, identities
from core.problem.measurements import estimates
from core.problem.measurements.made import Made
from core.problem.pointing import pointed
from core.problem.problem import Problem


def check(problem: Problem, *, stored: bool = False) -> None:
    """Raise `InputError`, placed at its key, where the problem states nothing that could be solved, or contradicts itself.

    Runs of before are `stored` with statements that say nothing and exact solutions that are none; they can still be opened.
    """
    trees, names = parsed(problem), names_of(problem)
    for number, (text, sides) in enumerate(zip(problem.equations, trees.equations, strict=True), 1):
        with located(f"problem.equations[{number}]"), pointed(text, names, {}):
            _check_equation(sides, trees.held, names)
    estimates.check_used(problem.estimates, _used(trees), problem.data is not None)
    if isinstance(problem.data, Made) and problem.unguided:
        name = problem.unguided[0]
        raise InputError("data-made-without-truth", at=Position(key="problem.data"), name=name)
    _check_exact(problem)
    bound = bind(problem, {})
    asked(problem, {})
    if not problem.equations and problem.data is not None and problem.data.count < 2:
        raise InputError("data-one-row", at=Position(key="problem.data"))
    _check_used(bound, () if problem.data is None else problem.data.unknowns)
    if not stored:
        _check_said("equations", zip(trees.equations, bound.equations, strict=True), bound)
    _check_repeated("equations", bound.equations)
    _check_repeated("conditions", tuple(condition.residual for condition in bound.conditions))
    check_conditions(problem, bound)
    if not stored:
        _check_said("conditions", zip(trees.conditions, (item.residual for item in bound.conditions), strict=True), bound)
        _check_solves(problem, bound)


def _check_equation(sides: Sides, held: Mapping[str, frozenset[str]], names: Names) -> None:
    for leaf in sorted({leaf for side in sides for leaf in leaves_in(side)}, key=to_text):
        if isinstance(leaf, At):
            raise _misplaced(leaf, names)
    if not any(unknowns_in(side, held) for side in sides):
        raise InputError("equation-without-unknown")


def _misplaced(leaf: At, names: Names) -> InputError:
    """What to say of an unknown at a place in an equation, and how its value there can be stated."""
    name, unknown, further = to_text(leaf), to_text(leaf.derivative), free(names)
    fixed = [item for item, place in zip(names.coordinates, leaf.arguments, strict=True) if place != Coordinate(item)]
    if not fixed:
        return InputError("equation-with-boundary", name=name, unknown=unknown)
    constant = ", ".join(f"{further}_{letter} = 0" for letter in fixed)
    given = to_text(At(Derivative(further), leaf.arguments))
    return InputError("equation-with-place", name=name, unknown=unknown, free=further, constant=constant, given=given)


def _check_said(key: str, statements: Iterable[tuple[Sides, Expression]], bound: BoundProblem) -> None:
    """Raise `InputError` at a statement that holds, or fails, whatever the unknowns are; one that a parameter empties is let be."""
    for number, (sides, residual) in enumerate(statements, 1):
        empty = not any(isinstance(leaf, At | Derivative) for leaf in leaves_in(residual))
        if empty and any(isinstance(leaf, Parameter) for side in sides for leaf in leaves_in(side)):
            continue
        found = identities.verdict(residual, bound.coordinates)
        if found is not None:
            raise InputError(found, at=Position(key=f"problem.{key}[{number}]"))


def _check_solves(problem: Problem, bound: BoundProblem) -> None:
    """Raise `InputError` where the exact solution is none, with the place at which it fails."""
    for miss in exact_residuals.misses_at(problem, problem.values({})):
        if miss.false:
            raise missed(problem, bound, miss)


def missed(problem: Problem, bound: BoundProblem, miss: exact_residuals.Miss) -> InputError:
    """What to say of a statement that the exact solution misses, or nearly meets; at its formula, where only one can be at fault."""
    equation = miss.key == exact_residuals.EQUATIONS
    tree = bound.equations[miss.number - 1] if equation else bound.conditions[miss.number - 1].residual
    unknowns = {derivative.unknown for derivative in derivatives(tree)}
    key = f"problem.exact.{unknowns.pop()}" if len(unknowns) == 1 else "problem.exact"
    return InputError(
        f"exact-{'misses' if miss.false else 'nearly-meets'}-{'equation' if equation else 'condition'}",
        at=Position(key=key),
        text=(problem.equations if equation else problem.conditions)[miss.number - 1],
        place=", ".join(f"{name} = {value:.3g}" for name, value in miss.place),
        gap=f"{miss.gap:.2g}",
        part=f"{100 * miss.part:.2g} %",
    )


def _used(trees: Trees) -> set[str]:
    """The parameters in equations and conditions, those of the definitions there among them."""
    used = {name for sides in (*trees.equations, *trees.conditions) for side in sides for name in parameters_in(side)}
    for name, tree in reversed(tuple(trees.definitions.items())):  # a definition uses those before it
        used |= parameters_in(tree) if name in used else set()
    return used


def _check_exact(problem: Problem) -> None:
    trees = parsed(problem)
    if problem.exact and problem.unguided:
        at = Position(key=f"problem.estimate.{problem.unguided[0]}")
        raise InputError("exact-with-estimate", at=at, name=problem.unguided[0])
    for name, tree in trees.exact.items():
        for leaf in sorted(leaves_in(tree), key=to_text):
            if held := unknowns_in(leaf, trees.held):
                at = Position(key=f"{exact_at(problem)}.{name}")
                raise InputError("exact-with-unknown", at=at, name=to_text(leaf), unknowns=", ".join(sorted(held)))
    if problem.exact and set(problem.exact) != set(problem.unknowns):
        raise InputError("exact-incomplete", at=Position(key=exact_at(problem)), unknowns=", ".join(problem.unknowns))
    if problem.reference == "exact" and not problem.exact:
        raise InputError("exact-missing", at=Position(key="problem.reference"))


def _check_used(bound: BoundProblem, measured: tuple[str, ...]) -> None:
    """Raise `InputError` at an unknown of which nothing is said: by an equation, or, where there is none, by data."""
    used = {derivative.unknown for tree in bound.equations for derivative in derivatives(tree)}
    for number, unknown in enumerate(bound.unknowns, 1):
        if not bound.equations and unknown not in measured:
            raise InputError("unmeasured-unknown", at=Position(key=f"problem.unknowns[{number}]"), name=unknown)
        if bound.equations and unknown not in used:
            raise InputError("unused-unknown", at=Position(key=f"problem.unknowns[{number}]"), name=unknown)


def _check_repeated(key: str, trees: tuple[Expression, ...]) -> None:
    known: dict[object, int] = {}
    numbers = [fold(tree, partial(_numbered, known)) for tree in trees]
    for number, same in enumerate(numbers, 1):
        first = numbers.index(same) + 1
        if first < number:
            raise InputError("said-twice", at=Position(key=f"problem.{key}[{number}]"), first=f"{key}[{first}]")


def _numbered(known: dict[object, int], node: Expression, below: tuple[int, ...]) -> int:
    """A number for each distinct subtree; comparing the trees themselves would walk over what they share again and again."""
    label = node if not below else getattr(node, "op", None) or getattr(node, "function", None)
    return known.setdefault((label, below), len(known))


def check_conditions(problem: Problem, bound: BoundProblem) -> None:
    """Raise `InputError`, placed at its key, where conditions contradict one another at the values with which they are bound."""
    found = contradictions.find(bound)
    if found is None:
        return
    number, others = found
    place = Position(key=f"problem.conditions[{number}]", text=problem.conditions[number - 1])
    if not others:
        raise InputError("never-holds", at=place)
    texts = ", ".join(f"`{problem.conditions[other - 1]}` (conditions[{other}])" for other in others)
    raise InputError("contradiction" if len(others) == 1 else "contradictions", at=place, others=texts)
