"""Data for the draft from a visitor's file: what was understood of it, which column is what, and how the draft takes them.

A file is looked at as a whole before anything of it is used; what is left out is told, with its line. The numbers go into the store by
their content, and the draft names them: it stays as small as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.domain.domain import TOLERANCE
from core.errors import N_, InputError, TangenteError
from core.files import sheet, tables
from core.files.sheet import Sheet
from core.files.tables import shown
from core.problem.measurements.data import packed
from dashboard.editor import form
from dashboard.editor.draft import Draft, Row
from dashboard.editor.form import Writing
from dashboard.editor.opening import placed
from dashboard.server.services import store
from dashboard.texts import _, ngettext
from dashboard.texts.formats import plain

FORMATS = ("csv", "tsv", "txt", "dat")
PREVIEWED = 5
"""Rows of the preview."""
LISTED = 5
"""Mistakes that are listed, of however many."""
MEGABYTES = sheet.MAX_BYTES // 1_000_000
SEPARATORS = {",": N_("commas"), ";": N_("semicolons"), "\t": N_("tabs"), "|": N_("bars"), " ": N_("spaces")}
"""The words for separators."""
_FILE, _CHOICE = "data-file", "data-column"

Numbers = NDArray[np.float64]


def panel(current: Writing | None) -> None:
    """Where a file can be brought, and all that follows from it."""
    data = current.draft.rest.get("data") if current else None
    with st.expander(_("Data from a file"), expanded=isinstance(data, dict), icon=":material/table_chart:", key="editor-data"):
        if current and data is not None:
            _there(current, data)
        label = _("A table of numbers (CSV, at most {megabytes} MB): a column for each coordinate, and one for an unknown or more")
        file = st.file_uploader(label.format(megabytes=MEGABYTES), FORMATS, key=_FILE, max_upload_size=MEGABYTES)
        if file is None or current is None:
            return
        try:
            found = _read(file.getvalue(), file.name)
        except InputError as error:
            st.error(placed(error, file.name))
            return
        _understood(found)
        _preview(found)
        _choose(current, found, hashlib.sha256(file.getvalue()).hexdigest()[:8])


@lru_cache(maxsize=4)
def _read(data: bytes, name: str) -> Sheet:
    return sheet.read(data, file=name)


def _there(current: Writing, data: Any) -> None:
    """What data the draft has, and how to do without."""
    name = data.get("name") or data.get("file") if isinstance(data, dict) else None
    said = _("The draft has data from {file}.").format(file=plain(str(name))) if name else _("The draft has data.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(said, width="stretch")
        st.button(_("Remove them"), "data-remove", on_click=_put, args=(current, None), icon=":material/delete:")


def _understood(found: Sheet) -> None:
    """What was recognised, in a sentence, and what is left out."""
    parts = [
        _("separated by {separator}").format(separator=_(SEPARATORS[found.separator])),
        _("decimal commas") if found.decimal == "," else _("decimal points"),
        found.encoding,
        ngettext("{count} column", "{count} columns", len(found.columns)).format(count=len(found.columns)),
        ngettext("{count} row", "{count} rows", len(found.lines)).format(count=f"{len(found.lines):,}"),
        _("no line of names") if found.header is None else _("names in line {line}").format(line=found.header.number),
    ]
    st.markdown(_("Understood: {parts}.").format(parts=", ".join(parts)))
    if found.left_out:
        text = ngettext(
            "Left out: line {lines}, as it has no numbers.", "Left out: lines {lines}, as they have no numbers.", len(found.left_out)
        )
        st.caption(text.format(lines=_some(found.left_out)))


def _some(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:LISTED])) + (" …" if len(numbers) > LISTED else "")


def _preview(found: Sheet) -> None:
    """The first rows, below their titles and units."""
    titles = [plain(f"{column.name} [{column.unit}]" if column.unit else column.title) for column in found.columns]
    rows = [line.cells[: len(titles)] for line in found.lines[:PREVIEWED]]
    lines = [titles, ["-"] * len(titles), *([plain(cell) for cell in row] for row in rows)]
    st.markdown("\n".join(f"| {' | '.join(cells)} |" for cells in lines))


def _choose(current: Writing, found: Sheet, mark: str) -> None:
    """A column for each coordinate and unknown, then what becomes of the draft with them; each file, by its `mark`, has its own choices."""
    draft = current.draft
    coordinates = [row[0].strip() for row in draft.coordinates if row[0].strip()]
    unknowns = [word.text for word in draft.words()]
    if not coordinates or not unknowns:
        st.info(_("Name the coordinates and the unknowns of the problem above; then choose their columns here."))
        return
    chosen: dict[str, int] = {}
    options = range(len(found.columns))
    with st.container(horizontal=True, key="data-columns"):
        for name, guess in _guesses(found, [*coordinates, *unknowns]).items():
            index = st.selectbox(
                _("Column of {name}").format(name=name),
                options,
                guess,
                lambda number: found.columns[number].title,
                key=f"{_CHOICE}-{name}-{mark}",
                placeholder=_("none"),
            )
            if index is not None:
                chosen[name] = index
    missing = [name for name in coordinates if name not in chosen]
    if missing or not any(name in chosen for name in unknowns):
        st.info(_("Choose a column for each coordinate, and for one unknown at least."))
        return
    for one, other in combinations(chosen, 2):
        if chosen[one] == chosen[other]:
            twice = found.columns[chosen[one]].title
            st.error(placed(InputError("data-column-for-two", name=shown(twice), first=one, second=other), found.file))
            return
    _use(current, found, chosen, coordinates)


def _guesses(found: Sheet, names: Sequence[str]) -> dict[str, int | None]:
    """A column for each name: of that name, or else of that in another case; for the others, those that are left, in their order."""
    titles = [(column.name, column.title) for column in found.columns]
    taken: dict[str, int] = {}
    for case in (str, str.lower):
        for name in names:
            if case is str.lower and len(name) == 1:
                continue  # T is no t
            alike = [index for index, own in enumerate(titles) if case(name) in map(case, own)]
            free = [index for index in alike if index not in taken.values()]
            if name not in taken and free:
                taken[name] = free[0]
    left = iter([index for index in range(len(titles)) if index not in taken.values()])
    return {name: taken[name] if name in taken else next(left, None) for name in names}


def _use(current: Writing, found: Sheet, chosen: dict[str, int], coordinates: Sequence[str]) -> None:
    """The rows that can be read, those that cannot, and the buttons that put them into the draft."""
    array, _lines, mistakes = found.numbers(list(chosen.values()), list(chosen))
    for error in mistakes[:LISTED]:
        st.warning(placed(error, found.file))
    if len(mistakes) > LISTED:
        st.caption(_("And {count} more rows that cannot be read.").format(count=len(mistakes) - LISTED))
    if len(array) == 0:
        st.error(_("No row can be read."))
        return
    outside = _outside(current.draft, array[:, : len(coordinates)], coordinates)
    if outside:
        st.warning(_("Some points lie outside the domain: {ranges}.").format(ranges=", ".join(outside)))
    rows = ngettext("{count} row", "{count} rows", len(array)).format(count=f"{len(array):,}")
    table = (found.file, list(chosen), array)
    with st.container(horizontal=True):
        if outside:
            label = _("Use {rows}, and widen the domain").format(rows=rows)
            st.button(label, "data-widen", type="primary", on_click=_take, args=(current, *table, True), icon=":material/open_in_full:")
        else:
            label = _("Use {rows}").format(rows=rows)
            st.button(label, "data-use", type="primary", on_click=_take, args=(current, *table, False), icon=":material/check:")


def _outside(draft: Draft, points: Numbers, coordinates: Sequence[str]) -> list[str]:
    """The coordinates whose values leave their range, with the range of the data; one without a range counts."""
    found = []
    for column, name in zip(points.T, coordinates, strict=True):
        row = next(row for row in draft.coordinates if row[0].strip() == name)
        if _wider(row, column) != row:
            found.append(f"{name} = {column.min():g} … {column.max():g}")
    return found


def _wider(row: Row, values: Numbers) -> Row:
    """The range of a coordinate that has room for all values: an end moves only where it must."""
    low, high = (_end(text) for text in row[1:3])
    least, most = float(values.min()), float(values.max())
    slack = 0.0 if low is None or high is None else TOLERANCE * max(1.0, high - low)
    return (
        row[0],
        row[1] if low is not None and low - slack <= least else f"{least:.12g}",
        row[2] if high is not None and most <= high + slack else f"{most:.12g}",
    )


def _end(text: str) -> float | None:
    """The end of a range as it is typed, None where it is no number yet."""
    try:
        return tables.number(text, "problem.coordinates")
    except TangenteError:
        return None


def _take(current: Writing, file: str, names: list[str], array: Numbers, widen: bool) -> None:
    """Put the rows into the store, and their name into the draft. For callbacks."""
    digest = store().problems.keep_data(packed(array).encode("ascii"))
    draft = current.draft
    if widen:
        columns = dict(zip(names, array.T, strict=True))
        rows = tuple(_wider(row, columns[row[0].strip()]) if row[0].strip() in columns else row for row in draft.coordinates)
        draft = replace(draft, coordinates=rows)
    _put(replace(current, draft=draft), {"stored": digest, "name": file[:200], "columns": names})


def _put(current: Writing, data: dict[str, Any] | None) -> None:
    """Open the draft with these data, or without any. For callbacks."""
    rest = {key: value for key, value in current.draft.rest.items() if key != "data"}
    form.open_draft(replace(current.draft, rest=rest if data is None else {**rest, "data": data}), current.saved)
