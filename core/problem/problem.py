"""Problems: unknowns on a domain, the equations they obey inside it, and the conditions they meet on parts of it.

A problem is text in the notation of `core.expressions`. The library holds one TOML file a problem, in the form that anyone can write.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.domain.domain import Interval
from core.errors import InputError, Position, TangenteError
from core.expressions import Derivative, Expression, Parameter, to_latex, to_text
from core.files import tables
from core.problem import statement
from core.problem.bound import BoundProblem, Values, bind, parsed
from core.problem.checks import consistency, exact_residuals
from core.problem.conditions import BoundCondition
from core.problem.data import Measurements
from core.problem.statement import Files, ParameterRange, no_files
from core.ranges import nearest

__all__ = ["BoundCondition", "BoundProblem", "Formulas", "Interval", "ParameterRange", "Problem", "library", "load"]

FOLDER = Path(__file__).parent / "library"


@dataclass(frozen=True)
class Formulas:
    """A problem in LaTeX, for display: one text an equation, condition, definition, parameter and exact solution."""

    domain: str
    equations: tuple[str, ...]
    conditions: tuple[str, ...]
    definitions: tuple[str, ...]
    parameters: tuple[str, ...]
    exact: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """What a [problem] table states, checked. `name` is that of a library problem, else empty.

    `promise` is the relative L2 error that training by the recipe reaches: infinite where it is known to fail, None where nothing is said.
    `recipe` holds the hyperparameters that suit the problem, which its file gives in [network] and [training]; `failure`, where there is a
    lesson in it, those with which plain training fails, in [failure]. Neither is part of the statement: equal problems may differ there.
    """

    name: str
    title: str
    source: str
    description: str
    teaches: str
    difficulty: str
    promise: float | None
    coordinates: tuple[Interval, ...]
    unknowns: tuple[str, ...]
    parameters: tuple[ParameterRange, ...]
    definitions: Mapping[str, str]
    equations: tuple[str, ...]
    conditions: tuple[str, ...]
    exact: Mapping[str, str]
    reference: str
    data: Measurements | None = None
    recipe: Mapping[str, Any] = field(default_factory=dict, compare=False)
    failure: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __hash__(self) -> int:
        return hash((self.name, self.coordinates, self.unknowns, self.equations, self.conditions))

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it is: `ode` (one coordinate) or `pde`, and `system` where several unknowns are coupled."""
        return ("ode" if len(self.coordinates) == 1 else "pde", *(["system"] if len(self.unknowns) > 1 else []))

    @classmethod
    def from_table(
        cls,
        table: Mapping[str, Any],
        *,
        name: str = "",
        file: str | None = None,
        recipe: Mapping[str, Any] | None = None,
        failure: Mapping[str, Any] | None = None,
        files: Files = no_files,
        stored: bool = False,
    ) -> Problem:
        """The problem that a [problem] table states; `files` reads those that it names; `stored`: it was read before, maybe less strictly.

        Raises `InputError` at the key, and the character where there is one, of the first mistake.
        """
        try:
            fields = statement.read(tables.mapping(table, "problem", most=100), files)
            problem = cls(name=name, **fields, recipe=dict(recipe or {}), failure=dict(failure or {}))
            consistency.check(problem, stored=stored)
        except TangenteError as error:
            raise error.located(file=file) from None
        return problem

    @classmethod
    def from_toml(cls, text: str, *, name: str = "", file: str | None = None) -> Problem:
        """The problem of an experiment file's [problem] table, with its [network] and [training] as the recipe, and its [failure].

        Raises as `from_table` does.
        """
        parts = tables.read(text, file=file)
        try:
            tables.check_keys(parts, "file", ("problem", "network", "training", "failure"), ("problem",))
            sections = {name: tables.mapping(parts.get(name, {}), name, most=100) for name in ("network", "training", "failure")}
        except TangenteError as error:
            raise error.located(file=file) from None
        recipe = {**sections["network"], **sections["training"]}
        return cls.from_table(parts["problem"], name=name, file=file, recipe=recipe, failure=sections["failure"])

    def table(self) -> dict[str, Any]:
        """The [problem] table that states this problem."""
        words = {"title": self.title, "source": self.source, "description": self.description, "teaches": self.teaches}
        promise = {} if self.promise is None else {"promise": statement.FAILURE if math.isinf(self.promise) else self.promise}
        return {
            **{key: text for key, text in words.items() if text},
            "difficulty": self.difficulty,
            **promise,
            "coordinates": {item.name: [item.low, item.high] for item in self.coordinates},
            "unknowns": list(self.unknowns),
            "parameters": {item.name: {"value": item.value, "low": item.low, "high": item.high} for item in self.parameters},
            "definitions": dict(self.definitions),
            "equations": list(self.equations),
            "conditions": list(self.conditions),
            "exact": dict(self.exact),
            "reference": self.reference,
            **({} if self.data is None else {"data": self.data.table(self.coordinates)}),
        }

    def content(self) -> dict[str, Any]:
        """What determines a run and its scores; spaces and superfluous brackets in the texts make no difference."""
        trees = parsed(self)
        return {
            "coordinates": [[item.name, item.low, item.high] for item in self.coordinates],
            "unknowns": list(self.unknowns),
            "parameters": [item.name for item in self.parameters],
            "definitions": {name: to_text(tree) for name, tree in trees.definitions.items()},
            "equations": [" = ".join(map(to_text, sides)) for sides in trees.equations],
            "conditions": [" = ".join(map(to_text, sides)) for sides in trees.conditions],
            "exact": {name: to_text(tree) for name, tree in trees.exact.items()},
            "reference": self.reference,
            **({} if self.data is None else {"data": self.data.table(self.coordinates)}),
        }

    def bind(self, values: Mapping[str, float]) -> BoundProblem:
        """The problem with `values` for its parameters; those left out keep their own. An exact solution that is none there is left out.

        Raises `InputError` for an unknown parameter, for a value that is no number, and where an equation has no finite value.
        """
        return _bound(self, self.values(values))

    def statement_latex(self, values: Mapping[str, float] | None = None) -> Formulas:
        """The problem for display, with its parameters at `values`."""
        trees = parsed(self)
        return Formulas(
            domain=r",\quad ".join(rf"{item.name} \in [{_number(item.low)},\, {_number(item.high)}]" for item in self.coordinates),
            equations=tuple(" = ".join(map(to_latex, sides)) for sides in trees.equations),
            conditions=tuple(" = ".join(map(to_latex, sides)) for sides in trees.conditions),
            definitions=tuple(_is(Parameter(name), to_latex(tree)) for name, tree in trees.definitions.items()),
            parameters=tuple(_is(Parameter(name), _number(value)) for name, value in self.values(values or {})),
            exact=tuple(_is(Derivative(name), to_latex(tree)) for name, tree in trees.exact.items()),
        )

    def values(self, given: Mapping[str, float]) -> Values:
        """Each parameter's value, given or its own; raises `InputError` for an unknown parameter and a value that is no number."""
        known = {parameter.name: parameter.value for parameter in self.parameters}
        for name in given:
            if name not in known:
                near = nearest(name, known)
                code = "unknown-parameter-near" if near else "unknown-parameter" if known else "no-parameters"
                raise InputError(code, at=Position(key=f"values.{name}"), name=name, near=near, known=", ".join(known))
        return tuple((name, tables.number(given.get(name, value), f"values.{name}")) for name, value in known.items())


@lru_cache(maxsize=1024)
def _bound(problem: Problem, values: Values) -> BoundProblem:
    bound = bind(problem, values)
    return replace(bound, exact={}) if any(miss.false for miss in exact_residuals.misses_at(problem, values)) else bound


def library() -> tuple[str, ...]:
    """The names of the library's problems."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load(name: str) -> Problem:
    """A library problem; raises `InputError` with the nearest name where there is none."""
    known = library()
    if name not in known:
        near = nearest(name, known)
        code = "unknown-problem-near" if near else "unknown-problem"
        raise InputError(code, at=Position(key="problem"), name=tables.shown(name), near=near, known=", ".join(known))
    return _load(name)


@lru_cache
def _load(name: str) -> Problem:
    path = FOLDER / f"{name}.toml"
    return Problem.from_toml(path.read_text(encoding="utf-8"), name=name, file=path.name)


def _is(name: Expression, value: str) -> str:
    return f"{to_latex(name)} = {value}"


def _number(value: float) -> str:
    """A number for display: simple multiples of π as such, others to four digits."""
    for divisor in (1, 2, 3, 4):
        times = value / math.pi * divisor
        if 1 <= abs(round(times)) <= 12 and abs(times - round(times)) < 1e-12:
            sign, factor = "-" if times < 0 else "", abs(round(times))
            return rf"{sign}{factor if factor > 1 else ''}\pi{f'/{divisor}' if divisor > 1 else ''}"
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
