"""Problems with numbers for their parameters, and what of a problem determines a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from core.expressions import to_text
from core.problem import exact_residuals
from core.problem.bound import BoundProblem, as_trained, parsed, with_values
from core.problem.measurements import estimates
from core.problem.problem import Problem, Values


def bind(problem: Problem, values: Mapping[str, float]) -> BoundProblem:
    """The problem with `values` for its parameters; those left out keep their own. An exact solution that is none there is left out.

    Raises `InputError` for an unknown parameter, for a value that is no number, and where an equation has no finite value.
    """
    return _bound(problem, problem.values(values))


@lru_cache(maxsize=1024)
def _bound(problem: Problem, values: Values) -> BoundProblem:
    bound = with_values(problem, values)
    return replace(bound, exact={}) if problem.unguided or any(miss.false for miss in exact_residuals.misses_at(problem, values)) else bound


def asked(problem: Problem, values: Mapping[str, float]) -> BoundProblem:
    """The problem as `bind` gives it, but for the constants that are to be learned; raises as that does."""
    return as_trained(problem, problem.values(values)) if problem.estimates else bind(problem, values)


def content(problem: Problem) -> dict[str, Any]:
    """What determines a run and its scores; spaces and superfluous brackets in the texts make no difference."""
    trees = parsed(problem)
    return {
        "coordinates": [[item.name, item.low, item.high] for item in problem.coordinates],
        "unknowns": list(problem.unknowns),
        "parameters": [item.name for item in problem.parameters],
        "definitions": {name: to_text(tree) for name, tree in trees.definitions.items()},
        "equations": [" = ".join(map(to_text, sides)) for sides in trees.equations],
        "conditions": [" = ".join(map(to_text, sides)) for sides in trees.conditions],
        "exact": {name: to_text(tree) for name, tree in trees.exact.items()},
        "reference": problem.reference,
        **({"estimate": estimates.table(problem.estimates)} if problem.estimates else {}),
        **({} if problem.data is None else {"data": problem.data.content(problem.coordinates)}),
    }
