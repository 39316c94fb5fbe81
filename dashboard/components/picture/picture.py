"""A small picture of a problem's solution in a reserved place: fetched by the browser, once it is in sight and there is one.

It does not ask the page again while it waits: a page that is asked while another one opens may empty it.
"""

from __future__ import annotations

from core.problem.problem import Problem
from dashboard.components import component
from dashboard.server import references
from dashboard.texts import _

_component = component("picture", isolated=True)


def picture(problem: Problem, title: str, *, key: str) -> None:
    """The picture of a problem's reference at its own parameters; `title` says to screen readers whose it is."""
    data = {
        "reference": references.remember(problem, {}),
        "label": _("The solution of the problem: {title}").format(title=title),
        "waiting": _("The solution is being computed …"),
        "none": _("No picture: no solution is known."),
    }
    _component(key=key, data=data)
