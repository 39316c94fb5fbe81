"""What a problem as a whole has to fulfil, beyond each of its texts being right."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core import contradictions
from core.binding import BoundProblem, Sides, derivatives, names_of, parsed
from core.errors import InputError, Position
from core.expressions import At, Derivative, Expression, leaves_in, to_text
from core.expressions.tree import fold
from core.pointing import pointed
from core.tables import located

if TYPE_CHECKING:
    from core.problem import Problem


def check(problem: Problem) -> None:
    """Raise `InputError`, placed at its key, where the problem states nothing that could be solved, or contradicts itself."""
    for number, (text, sides) in enumerate(zip(problem.equations, parsed(problem).equations, strict=True), 1):
        with located(f"problem.equations[{number}]"), pointed(text, names_of(problem), {}):
            _check_equation(sides)
    _check_exact(problem)
    bound = problem.bind({})
    _check_used(bound)
    _check_repeated("equations", bound.equations)
    _check_repeated("conditions", tuple(condition.residual for condition in bound.conditions))
    check_conditions(problem, bound)


def _check_equation(sides: Sides) -> None:
    leaves = sorted({leaf for side in sides for leaf in leaves_in(side)}, key=to_text)
    for leaf in leaves:
        if isinstance(leaf, At):
            raise InputError("equation-with-place", name=to_text(leaf), unknown=to_text(leaf.derivative))
    if not any(isinstance(leaf, Derivative) for leaf in leaves):
        raise InputError("equation-without-unknown")


def _check_exact(problem: Problem) -> None:
    if problem.exact and set(problem.exact) != set(problem.unknowns):
        raise InputError("exact-incomplete", at=Position(key="problem.exact"), unknowns=", ".join(problem.unknowns))
    if problem.reference == "exact" and not problem.exact:
        raise InputError("exact-missing", at=Position(key="problem.reference"))


def _check_used(bound: BoundProblem) -> None:
    used = {derivative.unknown for tree in bound.equations for derivative in derivatives(tree)}
    for number, unknown in enumerate(bound.unknowns, 1):
        if unknown not in used:
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
