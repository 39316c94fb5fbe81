"""Problems: unknowns on a domain, the equations they obey inside it, and the conditions they meet on parts of it.

A problem is text in the notation of `core.expressions`. The library holds one TOML file a problem, in the form that anyone can write.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.domain.domain import Interval
from core.errors import InputError, Position
from core.files import tables
from core.problem import statement
from core.problem.measurements import estimates
from core.problem.measurements.data import Measurements
from core.problem.measurements.estimates import Estimate
from core.problem.measurements.made import Made
from core.problem.measurements.sampled import Sampled
from core.problem.statement import ParameterRange
from core.ranges import nearest

Values = tuple[tuple[str, float], ...]
"""The parameters' names and values, in the problem's order."""


@dataclass(frozen=True)
class Problem:
    """What a [problem] table states, checked. `name` is that of a library problem, else empty.

    `promise` is the relative L2 error that training by the recipe reaches: infinite where it is known to fail, None where nothing is said.
    `recipe` holds the hyperparameters that suit the problem, which its file gives in [network] and [training]; `failure`, where there is a
    lesson in it, those with which plain training fails, in [failure]; `watch` what the preset Watch has other than for most problems, in
    [watch]. None of them is part of the statement, nor is `group`, what it is about: equal problems may differ there.
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
    data: Measurements | Sampled | Made | None = None
    estimates: tuple[Estimate, ...] = ()
    group: str = field(default="", compare=False)
    recipe: Mapping[str, Any] = field(default_factory=dict, compare=False)
    failure: Mapping[str, Any] = field(default_factory=dict, compare=False)
    watch: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __hash__(self) -> int:
        return hash((self.name, self.coordinates, self.unknowns, self.equations, self.conditions))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds: `regression` without equations, else `ode` (one coordinate) or `pde`, and `system` where unknowns are coupled."""
        if not self.equations:
            return ("regression",)
        return ("ode" if len(self.coordinates) == 1 else "pde", *(["system"] if len(self.unknowns) > 1 else []))

    @property
    def unguided(self) -> tuple[str, ...]:
        """The constants to be learned whose true values nobody knows."""
        known = {parameter.name for parameter in self.parameters}
        return tuple(item.name for item in self.estimates if item.name not in known)

    def table(self) -> dict[str, Any]:
        """The [problem] table that states this problem."""
        words = {"title": self.title, "source": self.source, "description": self.description, "teaches": self.teaches}
        promise = {} if self.promise is None else {"promise": statement.FAILURE if math.isinf(self.promise) else self.promise}
        return {
            **{key: text for key, text in words.items() if text},
            "difficulty": self.difficulty,
            **({"group": self.group} if self.group else {}),
            **promise,
            "coordinates": {item.name: [item.low, item.high] for item in self.coordinates},
            "unknowns": list(self.unknowns),
            "parameters": {item.name: {"value": item.value, "low": item.low, "high": item.high} for item in self.parameters},
            **({"estimate": estimates.table(self.estimates)} if self.estimates else {}),
            "definitions": dict(self.definitions),
            "equations": list(self.equations),
            "conditions": list(self.conditions),
            "exact": dict(self.exact),
            "reference": self.reference,
            **({} if self.data is None else {"data": self.data.table(self.coordinates)}),
        }

    def values(self, given: Mapping[str, float]) -> Values:
        """Each parameter's value, given or its own; raises `InputError` for an unknown parameter and a value that is no number."""
        known = {parameter.name: parameter.value for parameter in self.parameters}
        for name in given:
            if name not in known:
                near = nearest(name, known)
                code = "unknown-parameter-near" if near else "unknown-parameter" if known else "no-parameters"
                raise InputError(code, at=Position(key=f"values.{name}"), name=name, near=near, known=", ".join(known))
        return tuple((name, tables.number(given.get(name, value), f"values.{name}")) for name, value in known.items())
