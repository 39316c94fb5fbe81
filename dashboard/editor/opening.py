"""What can be done with the editor's draft: open another in its place, save, download; and how it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

import streamlit as st
import tomli_w

from core.errors import InputError, Position, TangenteError
from core.files import tables
from core.problem.measurements.data import STORED, packed, unpacked
from core.problem.reading.reading import load
from dashboard.editor import form
from dashboard.editor.draft import SECTIONS, Draft
from dashboard.editor.form import Writing
from dashboard.editor.marks import Checked, check, marks, missing
from dashboard.problems import catalogue
from dashboard.problems.catalogue import Entry
from dashboard.texts import _, ngettext
from dashboard.texts.formats import BLANK, in_markdown, plain

P = ParamSpec("P")

COPY, OPEN = "copy", "open"
"""What the address calls the key of a problem of which the editor shows a copy, or which it opens itself."""
_NOTES, _REFUSED, _FROM, _FILE, _STARTED = "editor-notes", "editor-refused", "editor-from", "editor-file", "editor-started"
_PANEL = "editor-start"  # a new key each time: a panel that is told to close before the browser has heard that it is open would stay open
_SHOWN = 5  # mistakes of a file that are listed; all are marked in the form


def told(action: Callable[P, None]) -> Callable[P, None]:
    """`action`, a callback, keeping what goes wrong for the page to tell."""

    @wraps(action)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        st.session_state[_NOTES], st.session_state[_REFUSED] = [], []
        try:
            action(*args, **kwargs)
        except TangenteError as error:
            st.session_state[_NOTES] = [placed(error)]

    return guarded


def notes(*, of_file: bool = False) -> list[str]:
    """What went wrong at the last click, or was wrong in the last file; `of_file`: what kept the last file from being opened."""
    found: list[str] = st.session_state.get(_REFUSED if of_file else _NOTES, [])
    return found


def placed(error: TangenteError, file: str | None = None) -> str:
    """An error with its place: file, key and character."""
    parts = [part for part in (file or error.at.file, error.at.key) if part]
    if error.at.character is not None:
        parts.append(_("character {number}").format(number=error.at.character + 1))
    return _("{place}: {problem}").format(place=plain(", ".join(parts)), problem=in_markdown(error)) if parts else in_markdown(error)


def follow() -> None:
    """Open what the address asks for, once: a reload then finds the draft as it was left."""
    for name in (COPY, OPEN):
        key = st.query_params.get(name)
        if key is not None:
            del st.query_params[name]
            told(form.open_problem)(key, copy=name == COPY)


@told
def save() -> None:
    """Keep the draft, as it is at the click, in the visitor's list."""
    current = form.writing()
    if current and not marks(current.draft):
        form.save(current)


@told
def delete(id: str) -> None:
    """Take a problem out of the visitor's list."""
    catalogue.delete(id)


@told
def open_own(id: str) -> None:
    """Go on with one of the visitor's problems."""
    form.open_problem(id, copy=False)


@told
def download() -> None:
    """Have the browser save the draft, as it is at the click and mistaken as it may be, as a file."""
    current = form.writing()
    if current:
        form.send_file(with_rows(current.draft).toml())


def with_rows(draft: Draft) -> Draft:
    """The draft with the rows of its data in it, where they are kept by the server alone: others could not read the file.

    Raises `InputError` where they are too many for a file.
    """
    data = draft.rest.get("data")
    if not isinstance(data, Mapping) or "stored" not in data:
        return draft
    columns = list(data["columns"])
    array = unpacked(catalogue.kept(STORED + data["stored"]).decode("ascii"), len(columns), "problem.data.stored")
    for rows in ({"rows": array.tolist()}, {"packed": packed(array)}):
        whole = replace(draft, rest={**draft.rest, "data": {"columns": columns, **rows}})
        with suppress(InputError):
            whole.toml()
            return whole
    raise InputError("data-not-in-a-file", at=Position(key="problem.data"), rows=len(array), name=data.get("name", "data.csv"))


def panel(entries: Sequence[Entry]) -> None:
    """Where another problem can be opened: a copy of the library's, an empty form, a file."""
    with st.popover(_("Start from …"), icon=":material/folder_open:", key=_keyed(_PANEL), on_change="rerun"):
        for note in notes(of_file=True):
            st.warning(note)
        keys = [problem.name for problem in catalogue.library_problems()]
        titles = {**{key: catalogue.title(key) for key in keys}, **{entry.id: entry.title for entry in entries}}
        titles = dict(zip(titles, catalogue.told_apart(titles.values()), strict=True))
        st.selectbox(
            _("A copy of a problem"),
            list(titles),
            None,
            titles.__getitem__,
            key=_keyed(_FROM),
            placeholder=_("Choose a problem"),
            on_change=_copy,
        )
        with st.container(horizontal=True, gap="xsmall"):
            st.button(_("A small example"), "editor-example", on_click=_open, args=(form.example(),))
            st.button(_("An empty form"), "editor-empty", on_click=_open, args=(Draft(),))
        label = _("Open a file (TOML, at most {kilobytes} kB)").format(kilobytes=tables.MAX_BYTES // 1000)
        st.file_uploader(label, "toml", key=_keyed(_FILE), on_change=_upload, max_upload_size=1)


def notation() -> None:
    """The notation in brief."""
    with st.popover(_("Notation"), icon=":material/function:", key="editor-notation"):
        st.markdown(
            _(
                "| write | for |\n|-|-|\n"
                "| `u_t`, `u_xx`, `u_xxt` | derivatives, up to the fourth order |\n"
                "| `D(u^2/2, x)`, `D(u, x, 2)` | the derivative of any expression |\n"
                "| `lap(u)` | the Laplacian in space |\n"
                "| `+ - * / ^`, `( )` | arithmetic; a product needs its `*` |\n"
                "| `pi`, `e`, `0.5`, `1e-3` | numbers |\n"
                "| `sin cos tan asin acos atan sinh cosh tanh sech` | functions of one argument |\n"
                "| `exp log sqrt abs sign heaviside erf erfc` | more of them |\n"
                "| `sinc(x)` | sin(x)/x |\n"
                "| `j0 j1 y0 y1 i0 i1 k0 k1` | Bessel functions |\n"
                "| `atan2 min max` | functions of two |\n"
                "| `u(0) = 1`, `u_t(0) = 0` | a condition at a point |\n"
                "| `u(x, 0) = sin(pi*x)`, `u_x(1, t) = 0` | a condition on an edge |\n"
                "| `u(boundary) = 0` | a condition on all of the boundary in space |\n"
                "| `u(-1, t) = u(1, t)` | a periodic condition |"
            )
        )


def state(current: Writing | None, checked: Checked, entries: Sequence[Entry]) -> str:
    """How the draft stands, in a sentence."""
    if current is None:
        return BLANK
    wrong = [mark for mark in checked.marks if not missing(current.draft, mark)]
    if checked.marks and not wrong:
        labels = form.labels()
        fields = dict.fromkeys(labels[mark.field] for mark in checked.marks)
        return f":material/edit: {_('Still to be written: {fields}.').format(fields=', '.join(fields))}"
    if wrong:
        text = ngettext("{count} mistake to mend. What you type is kept.", "{count} mistakes to mend. What you type is kept.", len(wrong))
        return f":material/error: {text.format(count=len(wrong))}"
    saved = next((entry for entry in entries if entry.id == current.saved), None)
    if saved is None:
        return f":material/edit: {_('Not saved yet. What you type is kept in this browser.')}"
    if saved.text != current.draft.toml():
        return f":material/edit: {_('Changed since you saved it.')}"
    return f":material/check_circle: {_('Saved in your list.')}"


@told
def _open(draft: Draft) -> None:
    form.open_draft(draft)
    _begun()


@told
def _copy() -> None:
    key = st.session_state[_keyed(_FROM)]
    if key is not None:
        _begun()
        form.open_problem(key, copy=True)


def _keyed(name: str) -> str:
    """The key of what chooses a draft: a new one after each choice. The closed panel's controls keep theirs, and would choose again."""
    return f"{name}-{st.session_state.get(_STARTED, 0)}"


def _begun() -> None:
    """Close the panel, in which a draft has been chosen."""
    st.session_state[_STARTED] = st.session_state.get(_STARTED, 0) + 1


@told
def _upload() -> None:
    file = st.session_state[_keyed(_FILE)]
    if file is None:
        return
    try:
        draft = _read(file.getvalue().decode(errors="replace"), file.name)
    except TangenteError as error:
        st.session_state[_REFUSED] = [placed(error)]
        return
    form.open_draft(draft)
    _begun()
    found = check(draft).marks
    lines = [placed(mark.error, file.name) for mark in found[:_SHOWN]]
    rest = len(found) - len(lines)
    more = [ngettext("And {count} more mistake.", "And {count} more mistakes.", rest).format(count=rest)] if rest else []
    st.session_state[_NOTES] = [*lines, *more]


def _read(text: str, file: str) -> Draft:
    """The draft that a file states: its own problem, or with the file's settings a copy of the library's that it names."""
    parts = tables.read(text, file=file)
    name = parts.get("problem")
    if not isinstance(name, str):
        return Draft.from_toml(text, file=file)
    problem = load(name)
    stated = tables.read(catalogue.source(name))
    for section in SECTIONS:
        stated[section] = {**stated.get(section, {}), **tables.mapping(parts.get(section, {}), section, most=100)}
    draft = Draft.from_toml(tomli_w.dumps({**stated, "values": parts.get("values", {})}), file=file)
    return replace(draft, title=_("Copy of {title}").format(title=_(problem.title)))
