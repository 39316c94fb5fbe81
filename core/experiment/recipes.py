"""What suits a training where neither the visitor nor the problem's file says it.

Chosen by measurement, see `benchmarks/library.py`: on a small network in float64, with points that follow the residual, Levenberg-Marquardt
comes nearest to the solution of ordinary equations, and of steady ones of one unknown and second order, in the time that one likes to
watch; for what goes on in time, for systems in space and for higher orders SSBroyden does, whose many cheap steps the compiled kernel makes
cheaper still, and so it does for ordinary equations of higher order with cusps. Their steps grow with the square of the number of weights,
so that what is larger is trained by Adam and L-BFGS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.domain.domain import TIME
from core.problem import cusps
from core.problem.binding import bind
from core.problem.measurements.made import Made
from core.problem.measurements.sampled import Sampled
from core.problem.problem import Problem
from core.ranges import DATA_FIRST

LIMIT = 1500
"""Weights and biases beyond which a step of Levenberg-Marquardt takes most of a second."""
OF_THE_METHOD = ("learning_rate", "schedule", "points", "steps", "resampling", "period", "patience", "precision")
"""Settings that suit one method and not another."""
MORE = 2000
"""Steps of a method that follows others, beyond theirs."""


@dataclass(frozen=True)
class Amount:
    """Collocation points and steps."""

    points: int
    steps: int


@dataclass(frozen=True)
class Suited:
    """What suits a method that keeps a table of all weights: amounts by the number of coordinates, and when points follow the residual.

    `patience` is the steps without progress that it is given: shocks are learned in fits and starts.
    """

    amounts: Mapping[int, Amount]
    period: int
    patience: int


MARQUARDT, BROYDEN = "levenberg-marquardt", "ssbroyden"
SUITED: Mapping[str, Suited] = {
    MARQUARDT: Suited({1: Amount(300, 400), 2: Amount(1200, 200), 3: Amount(1500, 120)}, period=10, patience=300),
    BROYDEN: Suited({1: Amount(300, 4000), 2: Amount(2500, 5000), 3: Amount(3000, 5000)}, period=500, patience=2000),
}
SMALL: Mapping[str, Any] = {"depth": 3, "width": 20}
ROUGH: Mapping[str, Any] = {"weighting": "ntk"}
"""What suits data with a kink or a jump, which are terms of the loss: a network that has yet to learn them, beside an equation that it
obeys as long as it has not, learns them last."""
LARGE: Mapping[str, Any] = {"optimiser": "adam 1000, lbfgs", "learning_rate": 3e-3}
MOST = 100_000
"""Weights and biases beyond which what L-BFGS remembers of its steps is too much for a checkpoint."""
FINDING: Mapping[str, Any] = {"curriculum": DATA_FIRST}
"""What suits problems with constants to be found."""
HUGE: Mapping[str, Any] = {"optimiser": "adam"}
MANY, BATCH = 3000, 1000
"""Rows of data alone beyond which no method keeps a table of all residuals, and Adam sees so many at a step."""
FEW, HELD = 10, 0.2
"""Rows of data alone from which on a share is held out, and that share."""


def stated(problem: Problem, recipe: Mapping[str, Any], given: Mapping[str, Any], *, rough: bool = False) -> dict[str, Any]:
    """What is `given`, then what the problem's `recipe` says, then what suits both, as far as that is more than a default.

    `rough` says that the problem's data have kinks or jumps.
    """
    both = {**recipe, **given}
    if {**_suited(problem, both), **both}["optimiser"] != {**_suited(problem, recipe), **recipe}["optimiser"]:
        recipe = {name: value for name, value in recipe.items() if name not in OF_THE_METHOD}
    known = {**recipe, **given}
    return {**_suited(problem, known), **_of_data(problem), **(ROUGH if rough else {}), **(FINDING if problem.estimates else {}), **known}


def _of_data(problem: Problem) -> dict[str, Any]:
    """What suits the data of a problem."""
    data = problem.data
    noise = {"noise": data.noise} if isinstance(data, Sampled | Made) else {}
    if data is None or problem.equations or data.count < FEW:
        return noise
    return {**noise, "validation": HELD, **({"batch_size": BATCH} if data.count > MANY else {})}


def _by_adam(problem: Problem, known: Mapping[str, Any]) -> bool:
    """Whether data are learned that are too many for a table of residuals, or that somebody wants in batches."""
    return problem.data is not None and (known.get("batch_size", 0) > 0 or (not problem.equations and problem.data.count > MANY))


def _suited(problem: Problem, known: Mapping[str, Any]) -> dict[str, Any]:
    precision = "float32" if known.get("device") == "mps" else "float64"  # which an Apple GPU does not have
    if "optimiser" not in known and _by_adam(problem, known):
        known = {**HUGE, **known}
    if "optimiser" not in known and _weights(problem, {**SMALL, **known}) > LIMIT:
        known = {**(LARGE if _weights(problem, {**SMALL, **known}) <= MOST else HUGE), **known}
    *before, last = known.get("optimiser", _method(problem)).split(", ")
    steps = sum(int(stage.split()[1]) for stage in before)
    suited = SUITED.get(MARQUARDT if last.startswith(MARQUARDT) else last)
    if suited is not None:
        amount = suited.amounts[len(problem.coordinates)]
        return {
            **SMALL,
            "points": amount.points,
            "steps": steps + amount.steps,
            "optimiser": _method(problem),
            "resampling": "adapt",
            "period": suited.period,
            "patience": suited.patience,
            "precision": precision,
        }
    if last == "adam":
        return {**HUGE, "steps": steps + MORE}
    return {**LARGE, "points": 2000, "steps": steps + MORE, "precision": precision}


def _weights(problem: Problem, known: Mapping[str, Any]) -> int:
    """Weights and biases of the network, about: without those that a period adds."""
    depth, width = known["depth"], known["width"]
    inputs, outputs = 2 * known.get("features", 0) or len(problem.coordinates), len(problem.unknowns) + len(problem.estimates)
    first = (inputs + 1) * width * (3 if known.get("architecture") == "modified" else 1)
    return int(first + (depth - 1) * (width + 1) * width + (width + 1) * outputs)


def idle_value(name: str, optimiser: str, default: Any) -> Any:
    """The value that a setting which does nothing is taken for: what suits the last method if that is all one knows, or its `default`."""
    last = optimiser.split(", ")[-1]
    suited = SUITED.get(MARQUARDT if last.startswith(MARQUARDT) else last)
    if suited is not None:
        return suited.period if name == "period" else default
    return default if last == "adam" else LARGE.get(name, default)


@lru_cache(maxsize=256)
def _method(problem: Problem) -> str:
    """The method that suits a small network."""
    names, bound = [coordinate.name for coordinate in problem.coordinates], bind(problem, dict(problem.values({})))
    if len(names) == 1:
        return BROYDEN if bound.order > 2 and cusps.find(bound) else MARQUARDT
    plain = TIME not in names and len(problem.unknowns) == 1 and bound.order <= 2
    return MARQUARDT if plain else BROYDEN
