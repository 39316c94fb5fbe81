"""Experiments made: from settings, with what is left out taken from the recipe, and read from files, all of them checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from core.data import balance
from core.domain.domain import TIME
from core.errors import InputError, Position, TangenteError
from core.experiment import curriculum, marching, presets, recipes
from core.experiment.choices import DENSE, ENTRIES, KINDS, OPTIMISER_CHOICES, STATE, WEIGHT
from core.experiment.experiment import HYPERPARAMETERS, Experiment, hindrance_at, terms, trial_at
from core.files import tables
from core.problem import roughness
from core.problem.binding import bind
from core.problem.checks import consistency
from core.problem.measurements.made import Made
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from core.problem.statement import Files, no_files
from core.ranges import nearest

_SECTIONS = ("problem", "values", "network", "training")
_METHOD, _AT_METHOD = presets.OPTIMISER, f"training.{presets.OPTIMISER}"
LIGHTEST = 1e-6
"""The least weight that a term is given where nobody says one."""


def experiment_of(
    problem: Problem,
    values: Mapping[str, float] | None = None,
    settings: Mapping[str, Any] | None = None,
    weights: Mapping[str, float] | None = None,
    preset: str = presets.SHARP,
) -> Experiment:
    """The experiment with what is left out (or `"auto"`) taken from a preset's recipe for the problem, then from what suits
    (`core/experiment/recipes.py`).

    Where the recipe is meant for another method, what it says of the training counts for nothing. An optimiser that is `"auto"` is that
    of the preset Sharp, whatever the preset.
    `weights` may name one term (`condition-2`) or a kind of term (`condition`). Raises `InputError`, placed at its key, for an unknown
    name, a value out of range, conditions that these values make contradictory, and hard constraints that the conditions do not allow,
    by their form or because their data are rough.
    """
    recipe = presets.recipe(problem, preset)
    if _is_auto((settings or {}).get(_METHOD)):
        settings = {**({} if preset == presets.SHARP else presets.beside_the_method(recipe)), **(settings or {})}
        recipe = {**presets.recipe(problem, presets.SHARP), "weights": recipe.get("weights", {})}
    experiment = _made(problem, recipe, values, settings, weights)
    hindrance = experiment.hindrance if experiment.constraints == "hard" else None
    if hindrance is not None:
        raise hindrance.located(key="network.constraints")
    _check_state(experiment)
    return experiment


def experiment_from_table(
    table: Mapping[str, Any], *, file: str | None = None, files: Files = no_files, preset: str = presets.SHARP
) -> Experiment:
    """The experiment of a parsed experiment file, with what that leaves out from a preset; `files` reads those that it names.

    Raises `InputError` placed at the file and key.
    """
    try:
        for name in table:
            if name not in _SECTIONS:
                raise _unknown("unknown-section", name, _SECTIONS, name)
        settings: dict[str, Any] = {}
        for section in ("network", "training"):
            settings |= _section(table, section)
        weights = settings.pop("weights", {})
        if not isinstance(weights, Mapping):
            raise InputError("not-a-table", at=Position(key="training.weights"), name="weights")
        return experiment_of(_problem(table, file, files), _section(table, "values"), settings, weights, preset)
    except TangenteError as error:
        raise error.located(file=file) from None


def experiment_from_toml(text: str, *, file: str | None = None) -> Experiment:
    """The experiment that a file's text states; raises `InputError` placed at the file and key."""
    return experiment_from_table(tables.read(text, file=file), file=file)


def experiment_from_json(text: str) -> Experiment:
    """The experiment that `Experiment.to_json` wrote."""
    table = json.loads(text)
    name = table.pop("name")
    settings = {**table["network"], **table["training"]}
    weights = settings.pop("weights")
    problem = problem_from_table(table["problem"], name=name, stored=True)
    if "steps" not in settings:
        settings["steps"] = None
    return _made(problem, {}, table.get("values", {}), settings, weights)


def _made(
    problem: Problem,
    stated: presets.Recipe,
    values: Mapping[str, float] | None,
    settings: Mapping[str, Any] | None,
    weights: Mapping[str, Any] | None,
) -> Experiment:
    """The experiment as `experiment_of` makes it, hard on rough data too: a stored run may be."""
    try:
        return _suited(problem, stated, values, settings or {}, weights)
    except InputError as error:
        if error.at.key != _AT_METHOD or not _is_auto((settings or {}).get(_METHOD, presets.AUTO)):
            raise
    return _suited(problem, stated, values, {**recipes.LARGE, **(settings or {}), _METHOD: recipes.LARGE[_METHOD]}, weights)


def _suited(
    problem: Problem,
    stated: presets.Recipe,
    values: Mapping[str, float] | None,
    settings: Mapping[str, Any],
    weights: Mapping[str, Any] | None,
) -> Experiment:
    """The experiment; raises `InputError` where its method, whoever chose it, cannot handle the network or the points."""
    given = {name: value for name, value in settings.items() if not _is_auto(value)}
    recipe = {name: value for name, value in stated.items() if name != "weights" and not _is_auto(value)}
    for name in [*given, *recipe]:
        if name not in HYPERPARAMETERS:
            raise _unknown("unknown-hyperparameter", name, list(HYPERPARAMETERS), name)
    own = problem.values(values or {})
    recipe, given = ({name: HYPERPARAMETERS[name].check(value) for name, value in part.items()} for part in (recipe, given))
    suited = recipes.stated(problem, recipe, given, rough=_rough(problem, own))
    if given.get("seconds") is not None and "steps" not in given:
        suited["steps"] = None
    chosen = {name: suited.get(name, item.default) for name, item in HYPERPARAMETERS.items()}
    if "constraints" not in recipe | given:
        chosen["constraints"] = "soft" if problem.estimates else _possible(problem, own)  # a trial function resists the data
    if chosen["steps"] is None and chosen["seconds"] is None:
        raise InputError("no-limit", at=Position(key="training.steps"))
    experiment = Experiment(problem, own, _weights(problem, own, stated.get("weights", {}), weights or {}), **chosen)
    _check_conditions(problem, experiment.values)
    with tables.located("network.constraints"):
        _ = experiment.trial
    if not isinstance(problem.data, Made):  # whose solution takes a solver, and is none of the page's business
        _ = experiment.measured
    _check_rings(experiment)
    _check_size(experiment)
    _check_phases(experiment)
    _check_weighting(experiment)
    return experiment


def _check_rings(experiment: Experiment) -> None:
    """Raise `InputError` where the ends of a coordinate are one place at which unknowns bend, but not one of the network's."""
    for item in experiment.problem.coordinates:
        if item.name not in experiment.periodic and any(
            (cusp.coordinate, cusp.place) == (item.name, item.high) for cusp in experiment.cusps
        ):
            raise InputError("ring-needs-period", at=Position(key="network.constraints"), coordinate=item.name)


def _check_size(experiment: Experiment) -> None:
    """Raise `InputError` where one of the methods cannot handle so large a network, or so many points."""
    others = len(experiment.problem.conditions) + sum(len(cusp.asked) for cusp in experiment.cusps)
    data = 0 if experiment.problem.data is None else experiment.rows * len(experiment.problem.data.unknowns)
    residuals = experiment.points * len(experiment.problem.equations) + experiment.condition_points * others + data
    for stage in experiment.stages:
        known, place = OPTIMISER_CHOICES[stage.method], Position(key=_AT_METHOD)
        if known.dense and experiment.parameters > DENSE:
            raise InputError("network-too-large", at=place, method=stage.method, parameters=experiment.parameters, most=DENSE)
        if known.rows and residuals * experiment.parameters > ENTRIES:
            most = ENTRIES // experiment.parameters
            raise InputError("too-many-residuals", at=place, method=stage.method, residuals=residuals, most=most)


def _check_state(experiment: Experiment) -> None:
    """Raise `InputError` where one of the methods has more to remember than a checkpoint holds. A stored run that failed of it may be."""
    bytes_each = 8 if experiment.precision == "float64" else 4
    for method in dict.fromkeys(stage.method for stage in experiment.stages):
        size = OPTIMISER_CHOICES[method].vectors * experiment.parameters * bytes_each
        if size > STATE:
            values = {"method": method, "size": size // 10**6, "limit": STATE // 10**6}
            raise InputError("state-too-large", at=Position(key=_AT_METHOD), **values)


def _check_phases(experiment: Experiment) -> None:
    """Raise `InputError` where the problem allows no windows of time, or not this curriculum."""
    with tables.located("training.windows"):
        if experiment.windows > 1:
            marching.check(experiment.problem, experiment.bound, experiment.cusps)
    with tables.located("training.curriculum"):
        curriculum.check(experiment)


def _check_weighting(experiment: Experiment) -> None:
    """Raise `InputError` where the weights of the loss cannot follow the residual as they are asked to."""
    if experiment.causality and TIME not in [coordinate.name for coordinate in experiment.problem.coordinates]:
        raise InputError("causality-without-time", at=Position(key="training.causality"), time=TIME)
    if experiment.weighting == "residual-attention" and experiment.resampling == "every-step":
        raise InputError("attention-to-passing-points", at=Position(key="training.weighting"))


@lru_cache(maxsize=256)
def _check_conditions(problem: Problem, values: tuple[tuple[str, float], ...]) -> None:
    if values != problem.values({}):  # these were checked with the problem
        consistency.check_conditions(problem, bind(problem, dict(values)))


@lru_cache(maxsize=256)
def _possible(problem: Problem, values: tuple[tuple[str, float], ...]) -> str:
    """The constraints that build in as many conditions as can be, by their form and as far as their data are smooth."""
    if not problem.conditions or hindrance_at(problem, values) is None:
        return "hard" if problem.conditions else "soft"
    try:
        trial_at(problem, values, "partial")
    except TangenteError:
        return "soft"
    return "partial"


@lru_cache(maxsize=256)
def _rough(problem: Problem, values: tuple[tuple[str, float], ...]) -> bool:
    try:
        return roughness.rough(bind(problem, dict(values)))
    except TangenteError:
        return False  # what is wrong with these values is said where they are checked


def _is_auto(value: object) -> bool:
    return isinstance(value, str) and value == "auto"


def _unknown(code: str, name: str, known: Sequence[str], key: str) -> InputError:
    near = None if name in HYPERPARAMETERS else nearest(name, known)  # one in the wrong section is not misspelt
    return InputError(f"{code}-near" if near else code, at=Position(key=key), name=tables.shown(name), near=near, known=", ".join(known))


def _section(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, Mapping):
        raise InputError("not-a-table", at=Position(key=name), name=name)
    if name in ("network", "training"):
        known = [item.name for item in HYPERPARAMETERS.values() if item.section == name] + (["weights"] if name == "training" else [])
        for key in section:
            if key not in known:
                raise _unknown("unknown-hyperparameter", key, known, f"{name}.{key}")
    return dict(section)


def _problem(table: Mapping[str, Any], file: str | None, files: Files) -> Problem:
    stated = table.get("problem")
    if isinstance(stated, str):
        return load(stated)
    if isinstance(stated, Mapping):
        return problem_from_table(stated, file=file, files=files)
    raise InputError("no-problem", at=Position(key="problem"))


def _weights(
    problem: Problem, values: tuple[tuple[str, float], ...], recipe: object, given: Mapping[str, Any]
) -> tuple[tuple[str, float], ...]:
    known = terms(problem, dict(values))
    possible = {*known, *terms(problem)}  # a cusp may lie elsewhere, or outside, at other values
    if not isinstance(recipe, Mapping):
        raise InputError("not-a-table", at=Position(key="training.weights"), name="weights")
    for name, value in [*recipe.items(), *given.items()]:
        if name not in possible and name not in KINDS:
            raise _unknown("unknown-term", name, [*KINDS, *known], f"training.weights.{name}")
        try:
            WEIGHT.check(name, value)
        except TangenteError as error:
            raise error.located(key=f"training.weights.{name}") from None

    def weight(term: str) -> float:
        kind = term.partition("-")[0]
        for source in (given, recipe):
            for name in (term, kind):
                if name in source:
                    return float(source[name])
        return float(min(max(balanced.get(term, 1.0), LIGHTEST), WEIGHT.high))

    balanced = balance.weights(problem, values)
    return tuple((term, weight(term)) for term in known)
