"""What the claimed error of a classical solution rests on, in one line."""

from __future__ import annotations

from core.references.common.solution import Evidence
from dashboard.texts import _
from dashboard.texts.formats import count


def said(evidence: Evidence) -> str:
    """The line; empty where nothing is known."""
    return _(evidence.message).format(points=count(evidence.points)) if evidence.message else ""
