"""What the claimed error of a classical solution rests on, in one line."""

from __future__ import annotations

from core.errors import N_
from core.references.solution import Evidence
from dashboard.texts import _
from dashboard.texts.formats import count

BOTH = {
    "formula": N_("checked at {points} points that it did not choose, and against a formula"),
    "finer": N_("checked at {points} points that it did not choose, and with finer steps"),
    "other": N_("checked at {points} points that it did not choose, and by another method"),
}
ALONE = {"formula": "", "finer": N_("checked with finer steps"), "other": N_("checked by another method")}


def said(evidence: Evidence) -> str:
    """The line; empty where nothing is known, or the solution is a formula itself."""
    if not evidence.points:
        text = ALONE.get(evidence.second, "")
        return _(text) if text else ""
    text = BOTH.get(evidence.second, N_("checked at {points} points that it did not choose"))
    return _(text).format(points=count(evidence.points))
