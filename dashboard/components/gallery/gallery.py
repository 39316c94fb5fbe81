"""The cards of problems in their groups: pictures that the browser fetches once they are in sight, and links that open them.

The pictures do not ask the page again while they wait: a page that is asked while another one opens may empty it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.components import component
from dashboard.texts import LANGUAGE, _

_component = component("gallery", isolated=True)


def gallery(groups: Mapping[str, Sequence[Mapping[str, Any]]], opened: Callable[[str], None], *, key: str) -> None:
    """Cards by the titles of their groups; `opened` is called with the address of a link that is followed within the page."""
    data = {
        "groups": [{"title": title, "cards": list(cards)} for title, cards in groups.items()],
        "texts": {
            "waiting": _("The solution is being computed …"),
            "none": _("No picture: no solution is known."),
            "more": _("More"),
        },
        "locale": LANGUAGE,
    }
    result = _component(key=key, data=data, on_opened_change=lambda: None)
    if result.opened:
        opened(result.opened)
