"""The preset that the page stands on: what its controls show unless somebody moves them, and the address leaves out.

`preset=watch` stands in the address. An address that names a problem or settings without it is Sharp, so that a link of before opens as it
did; an address that names neither opens with Watch.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.errors import InputError
from core.experiment import presets
from core.experiment.experiment import HYPERPARAMETERS
from core.experiment.presets import PRESETS, SHARP, WATCH
from core.problem.problem import Problem
from dashboard.problems.catalogue import PROBLEM
from dashboard.solve import address
from dashboard.texts import _

PRESET = "preset"
"""The preset's name in the address."""
_ON = "preset-of-the-page"


def on() -> str:
    """The preset of the page."""
    name: str = st.session_state.get(_ON, SHARP)
    return name


def set_on(name: str) -> None:
    """Have the page stand on a preset."""
    st.session_state[_ON] = name


def asked() -> str:
    """The name of the preset that the address asks for, right or wrong."""
    text: str | None = st.query_params.get(PRESET)
    return text if text is not None else SHARP if any(map(_settles, st.query_params)) else WATCH


def on_for(problem: Problem) -> str:
    """The preset of the page, if a problem has it; else Watch."""
    return on() if on() in presets.known(problem) else WATCH


def follow(problem: Problem) -> None:
    """Take the preset that the address asks for; where the problem has none of that name, Sharp, with a note."""
    try:
        set_on(presets.check(problem, asked()))
    except InputError as error:
        set_on(SHARP)
        address.note(PRESET, error, _(PRESETS[SHARP].label))


def write(beside: Mapping[str, str]) -> None:
    """Write the preset into the address, which does without Sharp, and what is to stand `beside` it: both are one entry of the history."""
    name = on()
    preset = in_address(name) if st.query_params.get(PRESET) != name else {}
    if preset or beside:
        st.query_params.update({**beside, **preset})
    if name == SHARP and PRESET in st.query_params:
        del st.query_params[PRESET]


def in_address(name: str) -> dict[str, str]:
    """The address's words for a preset."""
    return {} if name == SHARP else {PRESET: name}


def _settles(name: str) -> bool:
    """Tell whether this name in an address is that of the problem or of a setting."""
    return name == PROBLEM or name in HYPERPARAMETERS or name.startswith(("values.", "weights."))
