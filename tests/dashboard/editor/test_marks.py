"""Where in the editor's fields mistakes lie."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.editor.draft import Draft
from dashboard.editor.marks import Mark, check, marks

DECAY = Draft(
    title="Decay",
    coordinates=(("t", "0", "1"),),
    unknowns="u",
    parameters=(("k", "1", "", ""),),
    equations="u_t = -k*u",
    conditions="u(0) = 1",
)


def only(**changes: object) -> Mark:
    (mark,) = marks(replace(DECAY, **changes))
    return mark


def place(mark: Mark) -> tuple[str, int, int, int | None, int | None]:
    return mark.field, mark.line, mark.cell, mark.start, mark.end


def test_a_right_draft_is_an_experiment() -> None:
    checked = check(DECAY)
    assert checked.marks == ()
    assert checked.experiment is not None and checked.experiment.problem.title == "Decay"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"equations": "\n  u_t = -k*kappa"}, ("equations", 1, 0, 11, 16)),
        ({"equations": "u_t = -k*"}, ("equations", 0, 0, 9, 10)),
        ({"equations": "u_t = -k*u ? 2"}, ("equations", 0, 0, 11, 12)),
        ({"equations": "u_t = -k*u\n\nk = 1"}, ("equations", 2, 0, 0, 5)),
        ({"equations": ""}, ("equations", 0, 0, None, None)),
        ({"conditions": "u(0) = 1\n u(7) = 2"}, ("conditions", 1, 0, 1, 2)),
        ({"coordinates": (("t", "0", " 2*pj"),)}, ("coordinates", 0, 2, 3, 5)),
        ({"coordinates": (("t", "", "1"),)}, ("coordinates", 0, 1, 0, 1)),
        ({"coordinates": (("t", "0", "1"), ("tt", "0", "1"))}, ("coordinates", 1, 0, None, None)),
        ({"coordinates": (("t", "0", "1"), ("", "0", "1"))}, ("coordinates", 1, 0, None, None)),
        ({"coordinates": (("t", "0", "1"), ("t", "0", "2"))}, ("coordinates", 1, 0, None, None)),
        ({"parameters": (("k", "1", "2", "3"),)}, ("parameters", 0, 1, None, None)),
        ({"parameters": (("k", "1", "1 +", "3"),)}, ("parameters", 0, 2, 3, 4)),
        ({"parameters": (("k", "1", "", ""), ("sin", "1", "", ""))}, ("parameters", 1, 0, None, None)),
        ({"unknowns": "u,  1v"}, ("unknowns", 0, 0, 4, 6)),
        ({"unknowns": "u, v"}, ("unknowns", 0, 0, 3, 4)),
        ({"definitions": "a = 1\nb = 2*c"}, ("definitions", 1, 0, 6, 7)),
        ({"definitions": "a + 1"}, ("definitions", 0, 0, 0, 5)),
        ({"definitions": "a = 1\na = 2"}, ("definitions", 1, 0, None, None)),
        ({"exact": "u(t) = exp(-q*t)"}, ("exact", 0, 0, 12, 13)),
        ({"exact": "v = 1"}, ("exact", 0, 0, None, None)),
        ({"reference": "magic"}, ("reference", 0, 0, None, None)),
        ({"title": "x" * 200}, ("title", 0, 0, None, None)),
    ],
)
def test_each_mistake_has_its_place(changes: dict[str, object], expected: tuple[object, ...]) -> None:
    assert place(only(**changes)) == expected


def test_all_are_found_in_the_order_of_lines() -> None:
    found = marks(replace(DECAY, equations="u_t = q\nu_t = 1 +", conditions="u(0) = (", definitions="w"))
    assert sorted((mark.field, mark.line) for mark in found) == [("conditions", 0), ("definitions", 0), ("equations", 0), ("equations", 1)]


def test_a_key_without_a_field_concerns_the_whole() -> None:
    mark = only(rest={"domain": "disk(0, 0, 1)"})
    assert (mark.field, mark.key, mark.error.code) == ("", "domain", "unsupported-domain")
