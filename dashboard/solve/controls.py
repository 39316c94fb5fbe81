"""One widget for each kind of range, bound to the address bar.

Each hyperparameter, parameter of the problem and weight of a loss term has a key, which names it in the address and in session state alike:
`depth`, `values.nu`, `weights.condition-1`. Defaults come from the preset (`dashboard/solve/shown.py`); what stands at its default is left
out of the address.

Numbers are sliders over round values; a value between those, typed into the address or set by a preset, becomes a stop of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from core.errors import N_, InputError, TangenteError
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
from core.experiment.experiment import Experiment
from core.experiment.hyperparameters import Hyperparameter
from core.experiment.making import experiment_of
from core.experiment.presets import AUTO, OPTIMISER
from core.experiment.uses import USES
from core.expressions import Parameter, to_latex
from core.problem.problem import Problem
from core.problem.reading.reading import load
from core.problem.statement import ParameterRange
from core.ranges import Choice, Curriculum, Integer, Range, Real, Stages
from core.store import Device
from dashboard.problems import catalogue
from dashboard.problems.catalogue import PROBLEM, library_problems
from dashboard.server import intro
from dashboard.solve import address, presets, shown
from dashboard.solve.shown import NONE, Shown, text
from dashboard.solve.stops import slides, stops, written
from dashboard.texts import _
from dashboard.texts.formats import in_markdown

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

ALSO = {
    "allen-cahn": N_("phase separation"),
    "burgers": N_("shock"),
    "cavity": N_("Navier–Stokes"),
    "fisher": N_("KPP"),
    "kdv-cosine": N_("Korteweg–de Vries"),
    "kdv-soliton": N_("Korteweg–de Vries"),
    "kovasznay": N_("Navier–Stokes"),
    "kuramoto-sivashinsky": N_("chaos"),
    "logistic": N_("Verhulst"),
    "lorenz": N_("chaos"),
    "lotka-volterra": N_("Lotka–Volterra"),
    "schrodinger": N_("quantum"),
    "taylor-green": N_("Navier–Stokes"),
}
"""What people call problems whose titles do not say it, or look for them by."""

problems = library_problems


# The problem, which decides on the other controls and their defaults.


def problem() -> Problem:
    """The chosen problem: a selectbox of the library and the visitor's own, and `problem` in the address.

    The widget cannot be bound, as the address would show titles. So the address is followed where it differs from what was last seen there:
    after a link, or the browser's way back.
    """
    asked = st.query_params.get(PROBLEM)
    moved = asked is not None and (asked, presets.asked()) != st.session_state.get(shown.SEEN)
    if PROBLEM not in st.session_state or moved or not _there(st.session_state[PROBLEM]):
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
    presets.write({} if asked == key else {PROBLEM: key})
    st.session_state[shown.SEEN] = (key, presets.on())
    return catalogue.find(key)


def chosen() -> str:
    """The key of the problem on the page."""
    key: str = st.session_state[PROBLEM]
    return key


def _titles(there: str) -> dict[str, str]:
    """The problems to choose from, by key: the library's, the visitor's own, and another visitor's if it is on the page."""
    titles = {problem.name: _titled(problem) for problem in library_problems()}
    titles |= {entry.id: _("{title} (yours)").format(title=entry.title) for entry in reversed(catalogue.own()) if entry.problem}
    titles.setdefault(there, catalogue.title(there))
    return dict(zip(titles, catalogue.told_apart(titles.values()), strict=True))


def _titled(problem: Problem) -> str:
    """The title, and in brackets what else people call it: a selectbox finds its options by what it shows."""
    also = ALSO.get(problem.name)
    return f"{_(problem.title)} ({_(also)})" if also else _(problem.title)


def _there(key: str) -> bool:
    """Tell whether the problem is still there: one's own may have been deleted since."""
    return _allowed(catalogue.find, key)


def left_to_the_loss(experiment: Experiment, usual: str) -> TangenteError | None:
    """Why not all conditions are built in, where nobody chose that: neither the problem's file nor who left the `usual` constraints."""
    chosen = "constraints" in experiment.problem.recipe or experiment.constraints != usual
    return None if chosen or experiment.constraints == "hard" else experiment.hindrance


def _chosen() -> None:
    """Show the chosen problem by the preset of the page, if that problem has it, with nothing moved."""
    problem = catalogue.find(chosen())
    preset = presets.on_for(problem)
    shown.show(experiment_of(problem, preset=preset), chosen(), preset)


def _follow(asked: str | None) -> None:
    """Choose the problem and the preset that the address names, each control at its default unless the address names that too."""
    address.forget()
    first = load(intro.PROBLEM)
    key = asked if asked is not None else first.name
    try:
        found = catalogue.find(key)
    except InputError as error:
        key, found = first.name, first
        address.note(PROBLEM, error, _(first.title))
    st.session_state[PROBLEM] = key
    presets.follow(found)
    shown.follow_address()


# The other controls, each returning its value.


@dataclass(frozen=True)
class State:
    """The things to say at a control: why it does nothing, what hinders its value, which method `auto` is, and whether it has moved."""

    idle: bool = False
    method: str = ""
    refusal: TangenteError | None = None
    moved: bool = False


def state(key: str, page: Shown) -> State:
    """The state of the control of that key."""
    refused = page.refusal is not None and str(page.refusal.at.key).rpartition(".")[2] == key
    return State(key in page.idle, page.method, page.refusal if refused else None, key in page.changed)


def hyperparameter(
    item: Hyperparameter,
    default: Any,
    devices: tuple[Device, ...],
    curricula: tuple[str, ...] = (),
    state: State = State(),
) -> Any:
    """The widget of a hyperparameter, for a problem that can have these curricula; none where there is nothing to choose."""
    if isinstance(item.range, Choice) and len(item.range.options) == 1:
        return default
    with st.container(key=f"setting-{item.name}", gap="xsmall"):
        value = _device(item, default, devices) if item.name == "device" else _widget(item, default, curricula, state)
        _beside(item.name, default, state)
    return value


def _widget(item: Hyperparameter, default: Any, curricula: tuple[str, ...], state: State) -> Any:
    limits = Curriculum(curricula) if isinstance(item.range, Curriculum) else item.range
    if isinstance(limits, Stages):
        return _stages(item.name, _(item.label), _(item.help), limits, default, method=state.method)
    more = {"disabled": True} if state.idle else {}
    return WIDGETS[type(limits)](item.name, _(item.label), _(item.help), limits, default, optional=item.optional, **more)


def _beside(key: str, default: Any, state: State) -> None:
    """Draw what stands below a control: why it does nothing, or why its value cannot be, each with what mends it; and its way back."""
    if state.idle:
        use = USES[key]
        st.caption(_(use.idle).format(method=spoken(state.method)))
        if use.label:
            st.button(_(use.label), f"use-{key}", type="tertiary", icon=":material/swap_horiz:", on_click=shown.take, args=(use.switch,))
    if state.refusal is not None:
        st.error(in_markdown(state.refusal))
        instead = AUTO if key == OPTIMISER else default if state.moved else shown.INSTEAD.get(str(state.refusal.at.key), default)
        label = _("Take {value}").format(value=text(instead))
        st.button(label, f"mend-{key}", type="primary", icon=":material/build:", on_click=shown.take, args=({key: instead},))
    if state.moved:
        label = _("Back to {value}").format(value=text(default, digits=4))
        help = _("This setting is not as the preset has it.")
        st.button(label, f"back-{key}", help, type="tertiary", icon=":material/undo:", on_click=shown.put_back, args=(key,))


def spoken(optimiser: str) -> str:
    """Methods as people write them: Adam, 1000 steps, then L-BFGS."""
    parts = [part.split() for part in optimiser.split(", ")]
    names = [_("{method}, {steps} steps").format(method=OPTIMISER_CHOICES[part[0]].name, steps=part[1]) for part in parts[:-1]]
    return _(", then ").join([*names, OPTIMISER_CHOICES[parts[-1][0]].name])


def parameter(item: ParameterRange, state: State = State()) -> float:
    """The slider of a parameter of the problem's equations, below its letter; its label is its name, which can be spoken."""
    limits, help = Real(item.low, item.high, item.scale), _("A number in the equation.")
    key = f"values.{item.name}"
    with st.container(key=f"setting-{key}", gap="xsmall"):
        st.markdown(f"${to_latex(Parameter(item.name))}$", help=help)
        value: float = _number(key, item.name, help, limits, item.value, label_visibility="collapsed")
        _beside(key, item.value, state)
    return value


def weight(term: str, text: str, default: float, state: State = State()) -> float:
    """The slider of a loss term's weight; `text` is the equation, or whatever else the term asks for."""
    kind, _dash, number = term.partition("-")
    labels = {
        "equation": _("Equation {number}"),
        "condition": _("Condition {number}"),
        "interface": _("Interface {number}"),
        "data": _("Data"),
    }
    label, key = labels[kind].format(number=number), f"weights.{term}"
    with st.container(key=f"setting-{key}", gap="xsmall"):
        value: float = _number(key, label, f"`{text}`", WEIGHT, default)
        _beside(key, default, state)
    return value


def _number(key: str, label: str, help: str, limits: Real | Integer, default: Any, *, optional: bool = False, **more: Any) -> Any:
    """A slider over the range's stops and whatever value it has now; a range of too many whole numbers is typed."""
    check = partial(_checked, limits, label, optional)
    _note_if_moved(key, default)
    asked = address.asked(key, check, text(default, digits=4))
    if not slides(limits):
        return st.number_input(label, limits.low, limits.high, default, key=key, help=help, bind="query-params", **more)
    texts = {stop: written(stop) for stop in stops(limits)}
    if key in st.session_state and _allowed(check, st.session_state[key]):
        _add(texts, st.session_state[key], text(st.session_state[key]))
    _add(texts, default, text(default, digits=4))
    if asked is not None and asked not in texts.values():
        _add(texts, check(asked), asked)
    options = [*sorted(value for value in texts if value is not None), *([None] if optional else [])]
    return st.select_slider(label, options, default, lambda value: texts.get(value, NONE), key=key, help=help, bind="query-params", **more)


def _choice(key: str, label: str, help: str, limits: Choice, default: str, *, optional: bool = False, **more: Any) -> str:
    _note_if_moved(key, default)
    address.asked(key, partial(limits.check, label), default)
    index = limits.options.index(default)
    chosen: str = st.selectbox(label, limits.options, index, key=key, help=help, bind="query-params", **more)
    if key in OPTIONS:
        st.caption(_(OPTIONS[key][chosen]))
    return chosen


def _stages(key: str, label: str, help: str, limits: Stages, default: str, *, method: str) -> str:
    """`auto`, or one of the usual sequences of methods; below it what is said of the methods. The value is what `auto` is."""
    chosen = _usual(key, label, help, limits, default, first=(AUTO,), on_change=shown.method_chosen)
    found = method if chosen == AUTO else chosen
    if chosen == AUTO:
        st.markdown(_("auto: {method}").format(method=spoken(found)))
    for name in dict.fromkeys(part.split()[0] for part in found.split(", ")):
        st.caption(_(OPTIMISER_CHOICES[name].help))
    return found


def _usual(
    key: str,
    label: str,
    help: str,
    limits: Stages | Curriculum,
    default: str,
    *,
    optional: bool = False,
    first: tuple[str, ...] = (),
    on_change: Callable[[], None] | None = None,
) -> str:
    """One of the usual texts of a range, or what the address, a file or a preset asks for; those that come `first` need no check."""

    def check(value: object) -> str:
        return value if isinstance(value, str) and value in first else limits.check(label, value)

    _note_if_moved(key, default)
    asked = address.asked(key, check, default)
    options = list(dict.fromkeys([*first, *limits.usual, default, *filter(None, [asked, st.session_state.get(key)])]))
    chosen = st.selectbox(label, options, options.index(default), key=key, help=help, bind="query-params", on_change=on_change)
    return check(chosen)


def _device(item: Hyperparameter, default: str, devices: tuple[Device, ...]) -> str:
    """The devices that workers have, to choose from, and below them those that none has, with the reason.

    The default is always there, as work for it waits for a worker. So is one that the address asks for: another device is never taken in
    silence, and it is for the page to say that this one is missing.
    """
    captions = {default: _("no worker has it yet"), **{found.name: found.label for found in devices}}
    asked = address.asked(item.name, item.check, default) or st.session_state.get(item.name)
    if asked is not None and _allowed(item.check, asked):
        captions.setdefault(asked, _("no worker has it"))
    names, told = list(captions), list(captions.values())
    label, help = _(item.label), _(item.help)
    chosen = st.radio(label, names, names.index(default), captions=told, key=item.name, help=help, bind="query-params")
    kinds = {"cuda": _("NVIDIA GPU: no worker has one"), "mps": _("Apple GPU: no worker has one")}
    missing = {kind: reason for kind, reason in kinds.items() if not any(name.startswith(kind) for name in names)}
    if missing:
        absent, reasons = list(missing), list(missing.values())
        st.radio(_("Devices that are missing"), absent, None, captions=reasons, disabled=True, label_visibility="collapsed")
    return chosen


WIDGETS: dict[type[Range], Callable[..., Any]] = {Real: _number, Integer: _number, Choice: _choice, Curriculum: _usual}


def _checked(limits: Real | Integer, label: str, optional: bool, value: object) -> Any:
    """`value` as the range reads it; raises `InputError` where it is none of its values."""
    return None if optional and value in (None, NONE) else limits.check(label, value)


def _allowed(check: Callable[[Any], object], value: object) -> bool:
    try:
        check(value)
    except TangenteError:
        return False
    return True


def _add(texts: dict[Any, str], value: Any, text: str) -> None:
    """Add a stop, in place of another of the same text."""
    for other in [other for other, known in texts.items() if known == text]:
        del texts[other]
    texts[value] = text


def _note_if_moved(key: str, default: Any) -> None:
    if key in st.session_state and st.session_state[key] != default:
        address.moved(key)
