"""What the address bar asks for and cannot have.

Streamlit binds widgets to the address by itself and silently drops what they cannot show. Here the same is checked first and noted, so that
a visitor who follows a link with a mistake in it learns what is wrong, and what stands in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from core.errors import InputError, TangenteError
from core.ranges import nearest
from dashboard.texts import _
from dashboard.texts.formats import in_markdown

_NOTES = "address-notes"


def notes() -> list[str]:
    """What to tell about the address this page was opened with, a sentence or two each."""
    return list(st.session_state.get(_NOTES, {}).values())


def forget() -> None:
    """Drop the notes: the controls no longer stand where the address put them."""
    st.session_state.pop(_NOTES, None)


def asked(key: str, check: Callable[[str], Any], default: str) -> str | None:
    """The address's text for the control `key`; None where it has none, or none that `check` lets pass, which is then noted.

    `default` is what the control shows instead. The note stays until the visitor moves the control; the text leaves the address at once.
    """
    text = st.query_params.get(key)
    if text is None:
        return None
    try:
        check(text)
    except TangenteError as error:
        note(key, error, default)
        return None
    return text


def moved(key: str) -> None:
    """The visitor has moved the control `key`."""
    st.session_state.get(_NOTES, {}).pop(key, None)


def note(key: str, error: TangenteError, default: str) -> None:
    """Remember that `error` keeps the control `key` from what the address asks, so that it shows `default`."""
    text = _("{problem} The page uses {default} instead.").format(problem=in_markdown(error), default=default)
    st.session_state.setdefault(_NOTES, {})[key] = text


def check_names(known: Iterable[str]) -> None:
    """Note the names in the address that are nearly, but not quite, those of controls; others are none of ours."""
    for name in st.query_params:
        near = nearest(name, known)
        if name not in known and near:
            error = InputError("unknown-hyperparameter-near", name=name, near=near)
            st.session_state.setdefault(_NOTES, {})[name] = in_markdown(error)
