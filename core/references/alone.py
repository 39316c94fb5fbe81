"""A classical solution alone, as the command line gives it: at a point, as JSON, as CSV."""

from __future__ import annotations

import csv
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core import references
from core.domain import grids
from core.domain.domain import Interval
from core.errors import InputError, Position, TangenteError
from core.problem.bound import BoundProblem
from core.references import Reference

Point = tuple[float, ...]

FLAG = "--at"


def point(text: str, coordinates: tuple[Interval, ...]) -> Point:
    """The point that a text such as `x=0.5, t=0.6` names, a value a coordinate; raises `InputError` where it names none of the domain."""
    given: dict[str, float] = {}
    start = 0
    for part in text.split(","):
        name, equals, value = part.partition("=")
        known = next((item for item in coordinates if item.name == name.strip()), None)
        at = Position(key=FLAG, text=text, character=start + len(part) - len(part.lstrip()))
        if not equals or known is None or known.name in given:
            raise InputError("not-a-point", at=at, coordinates=", ".join(f"{item.name}=NUMBER" for item in coordinates))
        given[known.name] = _inside(value, known, Position(key=FLAG, text=text, character=start + len(name) + 1))
        start += len(part) + 1
    if len(given) < len(coordinates):
        missing = ", ".join(f"{item.name}=NUMBER" for item in coordinates)
        raise InputError("not-a-point", at=Position(key=FLAG, text=text, character=len(text)), coordinates=missing)
    return tuple(given[item.name] for item in coordinates)


def _inside(text: str, item: Interval, at: Position) -> float:
    """A coordinate's value; an end exactly where it is that but for rounding."""
    try:
        value = float(text)
    except ValueError:
        raise InputError("not-a-point", at=at, coordinates=f"{item.name}=NUMBER") from None
    snapped = item.snapped(value) if math.isfinite(value) else None
    if snapped is None:
        limits = {"coordinate": item.name, "low": f"{item.low:g}", "high": f"{item.high:g}"}
        raise InputError("outside-domain", at=at, name=f"{item.name}={text.strip()}", value=f"{value:g}", **limits)
    return snapped


def solve(problem: BoundProblem, method: str, place: Point | None) -> Reference:
    """The reference on a grid that has `place`; raises as `references.solve` does."""
    return references.solve(problem, method, axes=_axes(problem, place))


def _axes(problem: BoundProblem, place: Point | None) -> tuple[grids.Array, ...]:
    return grids.through(problem.coordinates, place) if place else grids.axes(problem.coordinates, grids.FULL)


def said(reference: Reference, problem: BoundProblem, place: Point | None) -> dict[str, Any]:
    """The result as JSON can hold it; `solutions` has an entry for each, `values` are those of the first."""
    solutions = [{"values": values} for values in _values(reference, problem, place)]
    return {
        "method": reference.method,
        "error": reference.error,
        "seconds": reference.seconds,
        "evidence": asdict(reference.evidence),
        "at": dict(zip((item.name for item in problem.coordinates), place, strict=True)) if place else None,
        "values": solutions[0]["values"],
        "solutions": solutions,
    }


def refused(error: TangenteError) -> dict[str, Any]:
    """The answer where there is no reference: the reason, and nothing else."""
    nothing: dict[str, Any] = dict.fromkeys(("method", "error", "seconds", "evidence", "at", "values"))
    return {**nothing, "solutions": [], "code": error.code, "reason": error.message}


def _values(reference: Reference, problem: BoundProblem, place: Point | None) -> list[dict[str, float | None]]:
    """Each solution's unknowns at a place; null without one."""
    if place is None:
        return [dict.fromkeys(problem.unknowns) for _ in reference.solutions]
    where = grids.index(_axes(problem, place), place)
    return [dict(zip(problem.unknowns, map(float, solution[where]), strict=True)) for solution in reference.solutions]


def write_csv(path: Path, reference: Reference, problem: BoundProblem, place: Point | None) -> None:
    """Write the grid, a row a point: coordinates, unknowns and, where there are several, the number of the solution."""
    points = grids.points(_axes(problem, place)).tolist()
    several = len(reference.solutions) > 1
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*(item.name for item in problem.coordinates), *problem.unknowns, *(["solution"] if several else [])])
        for number, solution in enumerate(reference.solutions, 1):
            values = solution.reshape(len(points), -1).tolist()
            rows.writerows([*at, *row, *([number] if several else [])] for at, row in zip(points, values, strict=True))
