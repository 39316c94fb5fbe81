"""One widget for each kind of range, bound to the address bar.

Each hyperparameter, parameter of the problem and weight of a loss term has a key, which names it in the address and in session state alike:
`depth`, `values.nu`, `weights.condition-1`. Defaults come from the problem's recipe; what stands at its default is left out of the address.

Numbers are sliders over round values; a value between those, typed into the address or set by a preset, becomes a stop of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.errors import InputError, TangenteError
from core.experiment import curriculum, recipes
from core.experiment.choices import (
    ACTIVATION_CHOICES,
    ARCHITECTURE_CHOICES,
    CONSTRAINT_CHOICES,
    ENGINE_CHOICES,
    FACTORISATION_CHOICES,
    OPTIMISER_CHOICES,
    RESAMPLING_CHOICES,
    SAMPLING_CHOICES,
    SLOPE_CHOICES,
    WEIGHT,
    WEIGHTING_CHOICES,
)
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.hyperparameters import Hyperparameter
from core.experiment.making import experiment_of, failing_experiment
from core.expressions import Parameter, to_latex
from core.problem.problem import Problem
from core.problem.statement import ParameterRange
from core.ranges import NO_CURRICULUM, Choice, Curriculum, Integer, Range, Real, Stages
from core.store import Device
from dashboard.problems import catalogue
from dashboard.problems.catalogue import PROBLEM, library_problems
from dashboard.solve import address
from dashboard.solve.presets import Preset
from dashboard.solve.stops import slides, stops, written
from dashboard.texts import _

NONE = "none"
"""How the address writes that there is no limit."""

OPTIONS: dict[str, Mapping[str, str]] = {
    "activation": {name: activation.help for name, activation in ACTIVATION_CHOICES.items()},
    "constraints": CONSTRAINT_CHOICES,
    "architecture": {name: architecture.help for name, architecture in ARCHITECTURE_CHOICES.items()},
    "factorisation": FACTORISATION_CHOICES,
    "slopes": SLOPE_CHOICES,
    "sampling": SAMPLING_CHOICES,
    "resampling": RESAMPLING_CHOICES,
    "weighting": {name: weighting.help for name, weighting in WEIGHTING_CHOICES.items()},
    "engine": ENGINE_CHOICES,
}
"""What is said of the option that is chosen, for choices whose names do not say it."""

INSTEAD = {
    "network.constraints": "soft",
    "training.optimiser": "adam",
    "training.windows": 1,
    "training.curriculum": NO_CURRICULUM,
    "training.weighting": "fixed",
    "training.causality": 0.0,
}
"""What is always possible, for hyperparameters that the problem or others may forbid."""

_SEEN = "address-problem"
problems = library_problems


# The problem, which decides on the other controls and their defaults.


def problem() -> Problem:
    """The chosen problem: a selectbox of the library and the visitor's own, and `problem` in the address.

    The widget cannot be bound, as the address would show titles. So the address is followed where it differs from what was last seen there:
    after a link, or the browser's way back.
    """
    asked = st.query_params.get(PROBLEM)
    if PROBLEM not in st.session_state or asked not in (None, st.session_state.get(_SEEN)) or not _there(st.session_state[PROBLEM]):
        _follow(asked)
    titles = _titles(st.session_state[PROBLEM])
    key = st.selectbox(
        _("Problem"),
        list(titles),
        format_func=titles.__getitem__,
        key=PROBLEM,
        on_change=_chosen,
        persist_state="session",
        help=_("What the network learns to solve. The page Problems shows them all."),
    )
    if asked != key:
        st.query_params[PROBLEM] = key
    st.session_state[_SEEN] = key
    return catalogue.find(key)


def chosen() -> str:
    """The key of the problem on the page."""
    key: str = st.session_state[PROBLEM]
    return key


def _titles(shown: str) -> dict[str, str]:
    """The problems to choose from, by key: the library's, the visitor's own, and another visitor's if it is on the page."""
    titles = {problem.name: _(problem.title) for problem in library_problems()}
    titles |= {entry.id: _("{title} (yours)").format(title=entry.title) for entry in reversed(catalogue.own()) if entry.problem}
    titles.setdefault(shown, catalogue.title(shown))
    return dict(zip(titles, catalogue.told_apart(titles.values()), strict=True))


def _there(key: str) -> bool:
    """Whether the problem is still there: one's own may have been deleted since."""
    return _allowed(catalogue.find, key)


def experiment(
    problem: Problem, values: Mapping[str, float], settings: Mapping[str, Any], weights: Mapping[str, float]
) -> tuple[Experiment, InputError | None]:
    """The experiment that the controls ask for; where they ask for what cannot be, the nearest that can, and the reason."""
    refusal = None
    while True:
        try:
            return experiment_of(problem, values, settings, weights), refusal
        except InputError as error:
            instead, name = INSTEAD.get(str(error.at.key)), str(error.at.key).rpartition(".")[2]
            if instead is None or settings[name] == instead:
                raise
            settings, refusal = {**settings, name: instead}, refusal or error


def left_to_the_loss(experiment: Experiment, usual: str) -> TangenteError | None:
    """Why not all conditions are built in, where nobody chose that: neither the problem's file nor who left the `usual` constraints."""
    chosen = "constraints" in experiment.problem.recipe or experiment.constraints != usual
    return None if chosen or experiment.constraints == "hard" else experiment.hindrance


def settings(experiment: Experiment) -> dict[str, Any]:
    """Every control's key, and what it shows for `experiment`."""
    return {
        **{name: getattr(experiment, name) for name in HYPERPARAMETERS},
        **{f"values.{name}": value for name, value in experiment.values},
        **{f"weights.{term}": value for term, value in experiment.weights},
    }


def query(experiment: Experiment, key: str) -> dict[str, str]:
    """What the address says of an experiment of the problem of that key: all that is not as its recipe has it."""
    recipe = settings(experiment_of(experiment.problem))
    changed = {name: value for name, value in settings(experiment).items() if value != recipe[name]}
    return {PROBLEM: key} | {name: value if isinstance(value, str) else _text(value) for name, value in changed.items()}


def show(experiment: Experiment, key: str) -> None:
    """Set every control to an experiment of the problem of that key. For callbacks: a widget that is drawn already cannot be set."""
    address.forget()
    st.session_state[PROBLEM] = st.session_state[_SEEN] = key
    st.session_state.update(settings(experiment))
    st.query_params.from_dict({PROBLEM: key})  # one entry in the browser's history, not one for each control


def _chosen() -> None:
    show(experiment_of(catalogue.find(chosen())), chosen())


def _follow(asked: str | None) -> None:
    """Choose the problem that the address names, each control at its recipe unless the address names that too."""
    address.forget()
    first = library_problems()[0]
    key = asked if asked is not None else first.name
    try:
        found = catalogue.find(key)
    except InputError as error:
        key, found = first.name, first
        address.note(PROBLEM, error, _(first.title))
    st.session_state[PROBLEM] = key
    recipe = settings(experiment_of(found))
    st.session_state.update({key: value for key, value in recipe.items() if key in st.session_state and key not in st.query_params})


def presets(known: Mapping[str, Preset], problem: Problem) -> None:
    """Buttons that set several hyperparameters at once, and one that puts everything back to the problem's recipe."""
    with st.container(horizontal=True, gap="xsmall"):
        for name, preset in known.items():
            st.button(_(preset.label), f"preset-{name}", _(preset.help), st.session_state.update, (preset.settings,))
        st.button(_("Recommended"), "preset-recipe", _("All settings as they suit this problem."), show, (experiment_of(problem), chosen()))
        if problem.failure:
            help = _("Plain training, which fails on this problem: watch it, then take the recommended settings.")
            st.button(_("Failing"), "preset-failure", help, show, (failing_experiment(problem), chosen()))


# The other controls, each returning its value.


def hyperparameter(item: Hyperparameter, default: Any, devices: tuple[Device, ...], parameters: Sequence[ParameterRange] = ()) -> Any:
    """The widget of a hyperparameter, for a problem with these parameters; none where there is nothing to choose."""
    if item.name == "device":
        return _device(item, default, devices)
    if isinstance(item.range, Choice) and len(item.range.options) == 1:
        return default
    limits = Curriculum(curriculum.usual(parameters)) if isinstance(item.range, Curriculum) else item.range
    return WIDGETS[type(limits)](item.name, _(item.label), _(item.help), limits, default, optional=item.optional)


def parameter(item: ParameterRange) -> float:
    """The slider of a parameter of the problem's equations."""
    limits = Real(item.low, item.high, item.scale)
    value: float = WIDGETS[Real](
        f"values.{item.name}", f"${to_latex(Parameter(item.name))}$", _("A number in the equation."), limits, item.value
    )
    return value


def weight(term: str, text: str, default: float) -> float:
    """The slider of a loss term's weight; `text` is the equation, or whatever else the term asks for."""
    kind, _dash, number = term.partition("-")
    labels = {
        "equation": _("Equation {number}"),
        "condition": _("Condition {number}"),
        "interface": _("Interface {number}"),
        "data": _("Data"),
    }
    label = labels[kind].format(number=number)
    value: float = WIDGETS[Real](f"weights.{term}", label, f"`{text}`", WEIGHT, default)
    return value


def _number(key: str, label: str, help: str, limits: Real | Integer, default: Any, *, optional: bool = False) -> Any:
    """A slider over the range's stops and whatever value it has now; a range of too many whole numbers is typed."""
    check = partial(_checked, limits, label, optional)
    _note_if_moved(key, default)
    asked = address.asked(key, check, _text(default, digits=4))
    if not slides(limits):
        return st.number_input(label, limits.low, limits.high, default, key=key, help=help, bind="query-params")
    texts = {stop: written(stop) for stop in stops(limits)}
    if key in st.session_state and _allowed(check, st.session_state[key]):
        _add(texts, st.session_state[key], _text(st.session_state[key]))
    _add(texts, default, _text(default, digits=4))
    if asked is not None and asked not in texts.values():
        _add(texts, check(asked), asked)
    options = [*sorted(value for value in texts if value is not None), *([None] if optional else [])]
    return st.select_slider(label, options, default, lambda value: texts.get(value, NONE), key=key, help=help, bind="query-params")


def _choice(key: str, label: str, help: str, limits: Choice, default: str, *, optional: bool = False) -> str:
    _note_if_moved(key, default)
    address.asked(key, partial(limits.check, label), default)
    chosen = st.selectbox(label, limits.options, limits.options.index(default), key=key, help=help, bind="query-params")
    if key in OPTIONS:
        st.caption(_(OPTIONS[key][chosen]))
    return chosen


def _stages(key: str, label: str, help: str, limits: Stages, default: str, *, optional: bool = False) -> str:
    """One of the usual sequences of methods; below it what is said of its methods."""
    chosen = _usual(key, label, help, limits, default, on_change=_method_chosen)
    for method in dict.fromkeys(part.split()[0] for part in chosen.split(", ")):
        st.caption(_(OPTIMISER_CHOICES[method].help))
    return chosen


def _usual(
    key: str,
    label: str,
    help: str,
    limits: Stages | Curriculum,
    default: str,
    *,
    optional: bool = False,
    on_change: Callable[[], None] | None = None,
) -> str:
    """One of the usual texts of a range, or what the address, a file or a preset asks for."""
    check = partial(limits.check, label)
    _note_if_moved(key, default)
    asked = address.asked(key, check, default)
    options = list(dict.fromkeys([*limits.usual, default, *filter(None, [asked, st.session_state.get(key)])]))
    chosen = st.selectbox(label, options, options.index(default), key=key, help=help, bind="query-params", on_change=on_change)
    return check(chosen)


def _method_chosen() -> None:
    """Steps, points and the like go along with the method, as what suits one does not suit another."""
    kept = [name for name in HYPERPARAMETERS if name not in recipes.OF_THE_METHOD and name in st.session_state]
    try:
        suited = experiment_of(catalogue.find(chosen()), settings={name: st.session_state[name] for name in kept})
    except InputError:
        return
    st.session_state.update({name: getattr(suited, name) for name in recipes.OF_THE_METHOD})


def _device(item: Hyperparameter, default: str, devices: tuple[Device, ...]) -> str:
    """The devices that workers have, to choose from, and below them those that none has, with the reason.

    The default is always there, as work for it waits for a worker. So is one that the address asks for: another device is never taken in
    silence, and it is for the page to say that this one is missing.
    """
    captions = {default: _("no worker has it yet"), **{found.name: found.label for found in devices}}
    asked = address.asked(item.name, item.check, default) or st.session_state.get(item.name)
    if asked is not None and _allowed(item.check, asked):
        captions.setdefault(asked, _("no worker has it"))
    names, shown = list(captions), list(captions.values())
    label, help = _(item.label), _(item.help)
    chosen = st.radio(label, names, names.index(default), captions=shown, key=item.name, help=help, bind="query-params")
    kinds = {"cuda": _("NVIDIA GPU: no worker has one"), "mps": _("Apple GPU: no worker has one")}
    missing = {kind: reason for kind, reason in kinds.items() if not any(name.startswith(kind) for name in names)}
    if missing:
        absent, reasons = list(missing), list(missing.values())
        st.radio(_("Devices that are missing"), absent, None, captions=reasons, disabled=True, label_visibility="collapsed")
    return chosen


WIDGETS: dict[type[Range], Callable[..., Any]] = {Real: _number, Integer: _number, Choice: _choice, Stages: _stages, Curriculum: _usual}


def _checked(limits: Real | Integer, label: str, optional: bool, value: object) -> Any:
    """`value` as the range reads it; raises `InputError` where it is none of its values."""
    return None if optional and value in (None, NONE) else limits.check(label, value)


def _allowed(check: Callable[[Any], object], value: object) -> bool:
    try:
        check(value)
    except TangenteError:
        return False
    return True


def _text(value: float | None, digits: int = 12) -> str:
    return NONE if value is None else written(value, digits)


def _add(texts: dict[Any, str], value: Any, text: str) -> None:
    """Add a stop, in place of another of the same text."""
    for other in [other for other, known in texts.items() if known == text]:
        del texts[other]
    texts[value] = text


def _note_if_moved(key: str, default: Any) -> None:
    if key in st.session_state and st.session_state[key] != default:
        address.moved(key)
