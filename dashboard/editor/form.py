"""The editor's form: a component that holds what is typed, and the draft that the page knows of it.

The browser is the draft's home: it keeps what is typed, and sends it shortly after each change, with a version. The page answers with the
mistakes. A problem that is opened on purpose gets a token, by which the browser knows that it has not seen it yet.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.problem import statement
from dashboard.components import component
from dashboard.editor.draft import Draft
from dashboard.editor.marks import Mark, missing
from dashboard.editor.offers import LABELS, Offer, offers
from dashboard.editor.respelling import respelled
from dashboard.problems import catalogue
from dashboard.server.references import METHODS
from dashboard.texts import LANGUAGE, _, worded

KEY = "editor"
EXAMPLE = "example"

FILE = "problem.toml"

_OPENING, _KNOWN, _SAVED, _SENT = "editor-opening", "editor-known", "editor-saved", "editor-sent"

_component = component("editor", isolated=True)


@dataclass(frozen=True)
class Writing:
    """What the page knows of the form: the draft, which version of it, and the id under which the visitor has saved it, if at all."""

    draft: Draft
    token: str
    version: int
    saved: str | None


def example() -> Draft:
    """What stands in the form of someone who has never written anything: small, right, and with something of everything."""
    return Draft(
        title=_("A driven decay"),
        coordinates=(("t", "0", "2*pi"),),
        unknowns="u",
        parameters=(("k", "1", "0.1", "3"),),
        equations="u_t = -k*u + sin(t)",
        conditions="u(0) = 1",
    )


def open_draft(draft: Draft, saved: str | None = None) -> None:
    """Have the form show a draft in place of what is there; `saved` is its id in the visitor's list."""
    st.session_state[_OPENING] = {"token": secrets.token_urlsafe(8), "draft": draft.state(), "saved": saved}


def open_problem(key: str, *, copy: bool) -> None:
    """Have the form show a problem by its key, one's own to be changed, or a copy; raises `InputError` where there is none."""
    draft = Draft.from_toml(catalogue.source(key))
    own = not copy and catalogue.mine(key)
    if not own:
        draft = replace(draft, title=_("Copy of {title}").format(title=catalogue.title(key)))
    open_draft(draft, key if own else None)


def writing() -> Writing | None:
    """The draft in the form; None until the browser has told, where the page asks for none in particular."""
    state = st.session_state.get(KEY)
    sent = state.get("draft") if state else None
    if isinstance(sent, dict) and isinstance(sent.get("version"), int):
        st.session_state[_KNOWN] = sent
    opening, known = st.session_state.get(_OPENING), st.session_state.get(_KNOWN)
    if opening and (known is None or known.get("opened") != opening["token"]):
        known = {**opening, "version": 0}
    if known is None:
        return None
    token, saved = str(known.get("token")), known.get("saved")
    saved = st.session_state.get(_SAVED, {}).get(token, saved if isinstance(saved, str) else None)
    return Writing(Draft.from_state(known.get("draft")), token, known["version"], saved)


def save(current: Writing) -> str:
    """Keep the draft in the visitor's list; its id. Raises `InputError` where the list or the draft is too long."""
    id = catalogue.save(current.draft.toml(), current.saved)
    st.session_state.setdefault(_SAVED, {})[current.token] = id
    return id


def send_file(text: str) -> None:
    """Have the browser save a file. Streamlit's own button would give what was typed when it was drawn, not when it is clicked."""
    st.session_state[_SENT] = {"token": secrets.token_urlsafe(8), "name": FILE, "text": text}


def form(current: Writing | None, marks: Sequence[Mark]) -> None:
    """The form, with the mistakes of the draft that the page knows."""
    opening = st.session_state.get(_OPENING) or {"token": EXAMPLE, "draft": example().state(), "saved": None, "weak": True}
    answer = current and {
        "token": current.token,
        "version": current.version,
        "saved": current.saved,
        "marks": [_marked(current.draft, mark) for mark in marks if not missing(current.draft, mark)],
        "spelled": respelled(current.draft),
    }
    data = {"fields": _fields(), "texts": _texts(), "opening": opening, "answer": answer, "locale": LANGUAGE}
    data["file"] = st.session_state.pop(_SENT, None)
    _component(key=KEY, data=data, on_draft_change=lambda: None)


def _marked(draft: Draft, mark: Mark) -> dict[str, Any]:
    places = {name: getattr(mark, name) for name in ("field", "line", "cell", "start", "end", "key")}
    return {**places, "message": worded(mark.error), "offers": [_offered(offer) for offer in offers(draft, mark)]}


def _offered(offer: Offer) -> dict[str, str]:
    label = _(LABELS[offer.kind]).format(name=offer.name, text=offer.said)
    return {"label": label, "text": offer.text, "kind": offer.kind, "name": offer.name}


def _fields() -> list[dict[str, Any]]:
    """The form's fields in their order, with all that is read in them."""
    return [
        _text("title", _("Title"), placeholder=_("What it is called"), single=True),
        _text("description", _("Description"), placeholder=_("What it describes"), optional=True),
        _rows(
            "coordinates",
            _("Coordinates"),
            _("One to three single letters, each with its range. `t` is time; an end may be a constant, such as `2*pi`."),
            [
                ("", _("Coordinate {number}: its letter"), "x"),
                (_("from"), _("Coordinate {number}: low end"), "0"),
                (_("to"), _("Coordinate {number}: high end"), "1"),
            ],
            _("Coordinate"),
            _("Remove coordinate {number}"),
        ),
        _text("unknowns", _("Unknowns"), _("The functions to be found, with commas between them."), "u, v", single=True, formula=True),
        _text(
            "equations",
            _("Equations"),
            _("One a line. `u_t`, `u_xx`, `u_xt` are derivatives; `lap(u)` is the Laplacian, `D(u^2/2, x)` differentiates any expression."),
            "u_t + u*u_x = nu*u_xx",
            formula=True,
        ),
        _text(
            "conditions",
            _("Conditions"),
            _("One a line: `u(0) = 1`, `u_x(1, t) = 0`, `u(boundary) = 0`, or periodic, `u(-1, t) = u(1, t)`."),
            "u(x, 0) = -sin(pi*x)",
            formula=True,
        ),
        _rows(
            "parameters",
            _("Parameters"),
            _("Numbers in the equations, each with the range of its slider."),
            [
                ("", _("Parameter {number}: its name"), "k"),
                ("=", _("Parameter {number}: value"), "1"),
                (_("from"), _("Parameter {number}: low end"), ""),
                (_("to"), _("Parameter {number}: high end"), ""),
            ],
            _("Parameter"),
            _("Remove parameter {number}"),
            optional=True,
        ),
        _text(
            "estimate",
            _("Constants to be found"),
            _("One a line: a name in the equations, and a first guess. They are learned from the data."),
            "k = 0.1",
            formula=True,
            optional=True,
        ),
        _text(
            "definitions",
            _("Definitions"),
            _("One a line: a name for an expression, to be used in any of the others."),
            "w = sqrt(omega0^2 - delta^2)",
            formula=True,
            optional=True,
        ),
        _text(
            "exact",
            _("Exact solution"),
            _("One line for each unknown. It is used to show and to score, never to train."),
            "u = exp(-k*t)",
            formula=True,
            optional=True,
        ),
        {
            "name": "reference",
            "kind": "choice",
            "label": _("Classical solution"),
            "hint": _("What the network is held against, to show and to score."),
            "options": [(key, _reference(key)) for key in statement.CHOICES["reference"]],
        },
    ]


def labels() -> dict[str, str]:
    """What each field is called on the page."""
    return {field["name"]: field["label"] for field in _fields()}


def _text(name: str, label: str, hint: str = "", placeholder: str = "", **kind: bool) -> dict[str, Any]:
    return {"name": name, "kind": "text", "label": label, "hint": hint, "placeholder": placeholder, **kind}


def _rows(
    name: str, label: str, hint: str, cells: list[tuple[str, str, str]], add: str, remove: str, *, optional: bool = False
) -> dict[str, Any]:
    words = [{"before": before, "label": described, "placeholder": shown} for before, described, shown in cells]
    most = statement.MOST[name]
    return {
        **{"name": name, "kind": "rows", "label": label, "hint": hint, "optional": optional},
        **{"cells": words, "add": add, "remove": remove, "most": most},
    }


def _reference(key: str) -> str:
    words = {"auto": _("automatic: whichever method suits"), "none": _("none")}
    return words[key] if key in words else _(METHODS[key])


def _texts() -> dict[str, str]:
    """The other words of the form; what stands in braces its script fills in."""
    return {
        "optional": _("optional"),
        "character": _("Character {character}: "),
        "lineCharacter": _("Line {line}, character {character}: "),
        "line": _("Line {line}: "),
        "more": _("({number} of {count})"),
        "back": _("Bring back what was here before"),
        "leaveOut": _("Leave out {key}"),
        "spelled": _("Written in the notation of this page."),
    }
