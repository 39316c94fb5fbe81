"""The values that controls show: what somebody has moved, and for all others what the preset says beside that.

A control at its default follows it. So where the method is `auto`, another width may bring another method, with the steps and points that
suit it; where a method was chosen, the others stand at the preset's own settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.errors import InputError, TangenteError
from core.experiment import recipes
from core.experiment.choices import WEIGHT
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_of
from core.experiment.presets import AUTO, OPTIMISER, SHARP
from core.experiment.uses import idle
from core.problem.problem import Problem
from core.ranges import NO_CURRICULUM, Real
from dashboard.problems import catalogue
from dashboard.problems.catalogue import PROBLEM
from dashboard.solve import address, presets
from dashboard.solve.stops import written

NONE = "none"
"""The address's word for no limit."""
NETWORK = ("depth", "width", "features", "architecture", "factorisation", "slopes", "device")
SIZES = (*NETWORK, "points", "condition_points")
"""The settings on which it depends which method suits."""
INSTEAD = {
    "network.constraints": "soft",
    "training.optimiser": "adam",
    "training.windows": 1,
    "training.curriculum": NO_CURRICULUM,
    "training.weighting": "fixed",
    "training.causality": 0.0,
}
"""The values that are always possible, for hyperparameters that the problem or others may forbid."""
SEEN = "address-seen"
_DEFAULTS, _VALUES, _EARLIER = "shown-defaults", "shown-values", "shown-earlier-defaults"
_FOLLOWED = "shown-followed"

Settings = Mapping[str, Any]
"""Control key → value."""


@dataclass(frozen=True)
class Shown:
    """The controls' values and defaults; `method` is the optimiser with `auto` resolved, `refusal` what hinders these settings.

    `followed` are the controls that nobody has moved, but that went along with the last that was, each with its value of before.
    """

    values: Settings
    defaults: Settings
    method: str
    refusal: TangenteError | None
    problem: Problem
    followed: Mapping[str, Any]

    @property
    def changed(self) -> tuple[str, ...]:
        """The keys of the controls that are not as the preset has them."""
        return tuple(key for key, value in self.values.items() if value != self.defaults[key])

    @property
    def idle(self) -> tuple[str, ...]:
        """The names of the hyperparameters that do nothing."""
        return idle({name: self.values[name] for name in HYPERPARAMETERS} | {OPTIMISER: self.method}, self.problem)


def settings(experiment: Experiment) -> dict[str, Any]:
    """Every control's key, and what it shows for `experiment`."""
    return {
        **experiment.settings,
        **{f"values.{name}": value for name, value in experiment.values},
        **{f"weights.{term}": value for term, value in experiment.weights},
    }


def nearest_experiment(
    problem: Problem, values: Mapping[str, float], settings: Settings, weights: Mapping[str, float]
) -> tuple[Experiment, InputError | None]:
    """The experiment of these settings; where they ask for what cannot be, the nearest that can, and the reason."""
    refusal = None
    while True:
        try:
            return experiment_of(problem, values, settings, weights), refusal
        except InputError as error:
            instead, name = INSTEAD.get(str(error.at.key)), str(error.at.key).rpartition(".")[2]
            if instead is None or settings[name] == instead:
                raise
            settings, refusal = {**settings, name: instead}, refusal or error


def usual(problem: Problem, preset: str) -> str:
    """The value of the method's control where nobody has moved it."""
    return AUTO if preset == SHARP else experiment_of(problem, preset=preset).optimiser


def defaults(problem: Problem, preset: str, moved: Settings) -> tuple[dict[str, Any], str]:
    """The value of each control unless it is moved, and the method that the controls ask for.

    `moved` are the controls that somebody has moved. Values that make no experiment count for nothing here: it is told elsewhere.
    """
    chosen = moved.get(OPTIMISER, usual(problem, preset))
    values = {name: moved[f"values.{name}"] for name, _ in problem.values({}) if f"values.{name}" in moved}
    asked = {name: moved[name] for name in (SIZES if chosen == AUTO else ("device",)) if name in moved}
    suited = _suited(problem, preset, values, {**asked, **({OPTIMISER: AUTO} if chosen == AUTO else {})})
    own = _suited(problem, preset, values, {OPTIMISER: AUTO} if chosen == AUTO else {})
    found = {
        **settings(experiment_of(problem, preset=preset)),
        **suited.settings,
        **{name: getattr(own, name) for name in asked},
        OPTIMISER: usual(problem, preset),
    }
    return found, suited.optimiser if chosen == AUTO else chosen


def _suited(problem: Problem, preset: str, values: Mapping[str, float], asked: Settings) -> Experiment:
    """The experiment that a preset makes of values and settings, without those that cannot be."""
    for some_values, some in ((values, asked), ({}, asked)):
        try:
            return experiment_of(problem, some_values, some, preset=preset)
        except InputError:
            continue
    return experiment_of(problem, preset=preset)


def follow_address() -> None:
    """Have the address alone say what is moved, at the next look."""
    st.session_state.pop(_DEFAULTS, None)


def shown_for(problem: Problem) -> Shown:
    """The values of the controls, set to them before they are drawn."""
    preset = presets.on()
    fresh = _DEFAULTS not in st.session_state or bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
    known = settings(experiment_of(problem, preset=preset))
    now = {key: value for key in known if (value := _now(problem, key, fresh)) is not ...}
    moved = now if fresh else _moved(now)
    found, method = defaults(problem, preset, moved)
    _note_followed({key: moved.get(key, default) for key, default in found.items()}, moved, fresh)
    _remember(found, {key: moved.get(key, default) for key, default in found.items()}, fresh)
    for key, default in found.items():
        value = moved.get(key, default)
        if key in st.session_state and st.session_state[key] != value:
            st.session_state[key] = value
    values = {key: moved.get(key, default) for key, default in found.items()}
    return Shown(values, found, method, _refusal(problem, values, method), problem, st.session_state[_FOLLOWED])


def _note_followed(values: Settings, moved: Settings, fresh: bool) -> None:
    """Keep which controls go along with the one that was moved just now; what was kept of the last stays until the next."""
    if fresh:
        st.session_state[_FOLLOWED] = {}
        return
    before, stood = st.session_state[_VALUES], st.session_state[_DEFAULTS]
    gone = {key: before[key] for key, value in values.items() if key in before and before[key] != value}
    if gone:
        at_default = {key for key in gone if key not in moved and before[key] == stood.get(key)}
        st.session_state[_FOLLOWED] = {key: value for key, value in gone.items() if key in at_default}


def _moved(now: Settings) -> dict[str, Any]:
    """The controls that somebody has moved, of those that show `now`.

    A browser that has yet to hear of a new default sends the one of before, along with what its visitor has moved just then: an echo.
    """
    before, values, earlier = (st.session_state[name] for name in (_DEFAULTS, _VALUES, _EARLIER))
    news = {key for key, value in now.items() if key not in values or value != values[key]}
    echoes = {key for key in news if len(news) > 1 and now[key] in earlier.get(key, ())}
    return {key: value for key, value in now.items() if key not in echoes and (key not in before or value != before[key])}


def _remember(found: Settings, values: Settings, fresh: bool) -> None:
    """Keep the defaults, the ones before them, and what the controls show."""
    before, earlier = ({}, {}) if fresh else (st.session_state[_DEFAULTS], st.session_state[_EARLIER])
    gone = {key: (*earlier.get(key, ()), before[key]) for key, default in found.items() if key in before and before[key] != default}
    st.session_state[_DEFAULTS], st.session_state[_VALUES], st.session_state[_EARLIER] = found, values, {**earlier, **gone}


def query(experiment: Experiment, key: str, preset: str | None = None) -> dict[str, str]:
    """The address's names and texts for an experiment of the problem of that key: the preset, and all that is not as it has it."""
    preset = presets.on() if preset is None else preset
    values, found = _as_shown(experiment, preset)
    changed = {name: value for name, value in values.items() if value != found[name]}
    return {PROBLEM: key, **presets.in_address(preset)} | {name: text(value) for name, value in changed.items()}


def show(experiment: Experiment, key: str, preset: str = SHARP) -> None:
    """Set every control to an experiment of the problem of that key. For callbacks: a widget that is drawn already cannot be set."""
    address.forget()
    presets.set_on(preset)
    st.session_state[PROBLEM] = key
    st.session_state[SEEN] = (key, preset)
    values, found = _as_shown(experiment, preset)
    _remember(found, values, fresh=True)
    st.session_state[_FOLLOWED] = {}
    st.session_state.update(values)
    st.query_params.from_dict({PROBLEM: key, **presets.in_address(preset)})  # one entry in the browser's history, not one a control


def method_chosen() -> None:
    """Steps, points and the like go along with the method, as what suits one does not suit another. For callbacks."""
    problem = catalogue.find(st.session_state[PROBLEM])
    given = {name: st.session_state[name] for name in (OPTIMISER, "device") if name in st.session_state}
    sizes = {name: st.session_state[name] for name in NETWORK if name in st.session_state} if given[OPTIMISER] == AUTO else {}
    suited = _suited(problem, presets.on(), {}, {**sizes, **given})
    st.session_state.update({name: getattr(suited, name) for name in recipes.OF_THE_METHOD})


def put_back(key: str) -> None:
    """Set a control to its default. For callbacks."""
    take({key: st.session_state[_DEFAULTS][key]})


def take(changes: Settings) -> None:
    """Set some controls; with the method, all that goes along with it. For callbacks."""
    st.session_state.update(changes)
    if OPTIMISER in changes:
        method_chosen()


def text(value: Any, digits: int = 12) -> str:
    """A setting as the address writes it."""
    return NONE if value is None else value if isinstance(value, str) else written(value, digits)


def _as_shown(experiment: Experiment, preset: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of the controls for an experiment, and their defaults beside it."""
    values = settings(experiment)
    auto, method = defaults(experiment.problem, preset, {**values, OPTIMISER: AUTO})
    if method == experiment.optimiser and auto[OPTIMISER] == AUTO:
        return {**values, OPTIMISER: AUTO}, auto
    return values, defaults(experiment.problem, preset, values)[0]


def _refusal(problem: Problem, values: Settings, method: str) -> TangenteError | None:
    """The error that hinders the experiment which the controls ask for; None where there is none."""

    def part(kind: str) -> dict[str, Any]:
        return {key.removeprefix(kind): value for key, value in values.items() if key.startswith(kind)}

    given = {name: values[name] for name in HYPERPARAMETERS} | {OPTIMISER: method}
    try:
        return nearest_experiment(problem, part("values."), given, part("weights."))[1]
    except TangenteError as error:
        return error


def _now(problem: Problem, key: str, fresh: bool) -> Any:
    """The value of a control as the page is drawn, or what the address asks it to; `...` where nothing is said, or what cannot be."""
    if not fresh and key in st.session_state:
        return st.session_state[key]
    asked = st.query_params.get(key)
    if asked is None:
        return ...
    try:
        return _check(problem, key)(asked)
    except TangenteError:
        return ...


def _check(problem: Problem, key: str) -> Callable[[str], Any]:
    """The function that reads a control's text in the address."""
    _kind, dot, name = key.partition(".")
    if dot:
        ranges = {f"values.{item.name}": Real(item.low, item.high) for item in problem.parameters}
        return partial(ranges.get(key, WEIGHT).check, name)
    if key == OPTIMISER:
        return lambda asked: AUTO if asked == AUTO else str(HYPERPARAMETERS[key].check(asked))
    item = HYPERPARAMETERS[key]
    return lambda asked: item.check(None if item.optional and asked == NONE else asked)
