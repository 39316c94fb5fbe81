"""The sidebar of the page Solve below the problem: presets, the settings that matter most, and all others in groups, with a search.

Whatever comes and goes is in a container of its own, so that each control keeps its place: a bound one that is drawn elsewhere than before
loses its way into the address (Streamlit 1.67: the browser forgets it with its old place).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import streamlit as st

from core.experiment import curriculum
from core.experiment import presets as known_presets
from core.experiment.experiment import HYPERPARAMETERS, terms
from core.experiment.hyperparameters import GROUPS, Hyperparameter
from core.experiment.making import experiment_of
from core.experiment.presets import PRESETS, SHARP
from core.experiment.uses import OF_DATA
from core.problem.problem import Problem
from core.store import Device
from dashboard.problems.equation import continuities
from dashboard.solve import controls, presets, sharpening, shown
from dashboard.solve.shown import Shown, text
from dashboard.texts import _, ngettext
from dashboard.texts.formats import number

_SEARCH = "settings-search"
_WEIGHTS = "loss"
"""The group to which the weights of the terms belong."""


def preset_row(problem: Problem, page: Shown) -> None:
    """The presets, that which is on marked: the one of the page, unless a setting has moved; and what lies between them."""
    names, on = known_presets.known(problem), presets.on()
    labels = {name: _(PRESETS[name].label) for name in names}
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, gap="xsmall"):
            for name in names:
                mark = ":material/check:" if name == on and not page.changed else None
                st.button(labels[name], f"preset-{name}", icon=mark, on_click=_take, args=(problem, name))
        words = {name: f"{_(PRESETS[name].help)} {promise(problem) if name == SHARP else ''}".strip() for name in names}
        st.caption(" ".join(_("**{preset}**: {words}").format(preset=labels[name], words=words[name]) for name in names))
        if sharpening.is_on(page.values):
            st.caption(_("Sharpened: the network of before, trained on by another method."))
        elif page.changed:
            changed = ngettext("{preset}, with {number} setting changed.", "{preset}, with {number} settings changed.", len(page.changed))
            st.caption(changed.format(preset=labels[on], number=len(page.changed)))
        if along := _went_along(page):
            st.caption(along)


def _went_along(page: Shown) -> str:
    """What has changed along with the setting that was moved last, as it suits that; nothing where all else stayed."""
    names = {name: _(HYPERPARAMETERS[name].label).lower() for name in page.followed if name in HYPERPARAMETERS}
    told = [f"{label} {text(page.followed[name], 4)} → {text(page.values[name], 4)}" for name, label in names.items()]
    return _("Changed along, to suit: {changes}.").format(changes=", ".join(told)) if told else ""


def promise(problem: Problem) -> str:
    """What Sharp reaches on a problem, as was measured; nothing where nobody has."""
    if problem.promise is None:
        return ""
    if math.isinf(problem.promise):
        return _("Here it fails, too: a lesson.")
    return _("Here it ends about {error} off.").format(error=number(problem.promise))


def _take(problem: Problem, name: str) -> None:
    """Set every control as a preset has it."""
    shown.show(experiment_of(problem, preset=name), controls.chosen(), name)


def values(problem: Problem, page: Shown) -> dict[str, float]:
    """The sliders of the parameters, each with its value."""
    with st.container():
        return {item.name: controls.parameter(item, controls.state(f"values.{item.name}", page)) for item in problem.parameters}


def essentials(problem: Problem, page: Shown, devices: tuple[Device, ...]) -> dict[str, Any]:
    """The settings that matter most, each with its value."""
    return {item.name: _control(item, problem, page, devices) for item in HYPERPARAMETERS.values() if item.essential}


def more(problem: Problem, page: Shown, devices: tuple[Device, ...]) -> tuple[dict[str, Any], dict[str, float]]:
    """The other settings in groups, and the weights of the loss terms, each with its value; the search hides what it does not find."""
    wanted = st.text_input(_("Search the settings"), key=_SEARCH, type="search", live=True, placeholder=_("points, seed, weight …"))
    settings: dict[str, Any] = {}
    weights: dict[str, float] = {}
    for group, label in GROUPS.items():
        with st.container(key=f"group-{group}"):
            st.markdown(f"**{_(label)}**")
            for item in _others(group):
                settings[item.name] = _control(item, problem, page, devices)
            if group == _WEIGHTS:
                weights = _weights(problem, page)
    _hide(_unfound(problem, wanted or ""))
    return settings, weights


def _control(item: Hyperparameter, problem: Problem, page: Shown, devices: tuple[Device, ...]) -> Any:
    """The control of a hyperparameter with its value; none of how data are learned, where a problem has none."""
    if item.name in OF_DATA and problem.data is None:
        return page.defaults[item.name]
    return controls.hyperparameter(item, page.defaults[item.name], devices, curriculum.usual(problem), controls.state(item.name, page))


def _others(group: str) -> Iterator[Hyperparameter]:
    return (item for item in HYPERPARAMETERS.values() if item.group == group and not item.essential)


def _weights(problem: Problem, page: Shown) -> dict[str, float]:
    """The sliders of the weights, each with its value."""
    st.markdown(_("Weights of the equations and conditions"))
    return {
        term: controls.weight(term, text, page.defaults[f"weights.{term}"], controls.state(f"weights.{term}", page))
        for term, text in _terms(problem).items()
    }


def _terms(problem: Problem) -> dict[str, str]:
    """The names of the loss terms, and what each asks for."""
    asked = (*problem.equations, *problem.conditions, *continuities(problem))
    return dict(zip_longest(terms(problem), asked, fillvalue=_("the measurements")))


# The search.


def _unfound(problem: Problem, wanted: str) -> list[str]:
    """The containers without any of the words that are wanted: settings, and groups of which no setting is left."""
    hidden: list[str] = []
    for group, label in GROUPS.items():
        texts = {f"setting-{item.name}": f"{item.name} {_(item.label)} {_(item.help)} {_(label)}" for item in _others(group)}
        if group == _WEIGHTS:
            texts |= {f"setting-weights.{term}": f"{term} {text} {_('Weights')}" for term, text in _terms(problem).items()}
        missing = [key for key, text in texts.items() if not _found(text, wanted)]
        hidden += [f"group-{group}"] if len(missing) == len(texts) else missing
    return hidden


def _found(text: str, wanted: str) -> bool:
    return all(word in _plain(text) for word in re.findall(r"\w+", _plain(wanted)))


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def _hide(keys: list[str]) -> None:
    """Hide containers. They are drawn all the same: a control that is not drawn would forget its value."""
    if keys:
        names = ", ".join(f".st-key-{re.sub(r'[^a-zA-Z0-9_-]', '-', key)}" for key in keys)
        st.html(f"<style>{names} {{ display: none; }}</style>")
