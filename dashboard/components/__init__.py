"""The components of the pages, a folder each with `view.js` and `view.css`; in `shared` is what they have in common.

Streamlit takes a component's script as one text and loads it from a `blob:` address, from where a script can import nothing by a path. So
the text that it gets only fetches `view.js` from the server (dashboard/server/routes.py); that is a module, and imports what it needs by
paths.

What a component shows goes to it as the bytes of a JSON text: of an object Streamlit asks whether it, or a part of it, is a table, and
loads pandas and pyarrow for the question, 70 MB.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).resolve().parent
SCRIPTS = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(FOLDER.glob("*/*.js"))}
"""Every script, by its path from here."""
DIGEST = hashlib.sha256(repr(SCRIPTS).encode()).hexdigest()[:16]
"""The digest in the address of every script: a browser may keep a script for as long as none changes."""

# Streamlit's own script knows the address under which the app is served, whatever proxy or base path lies between.
_SCRIPT = """
const own = document.querySelector('script[type="module"][src*="/static/js/"]');
const base = own ? new URL("../../", own.src).href : new URL("./", document.baseURI).href;
const text = new TextDecoder();
export default async (component) => {
  const view = await import(`${base}components/DIGEST/NAME/view.js`);
  return view.default({ ...component, data: component.data && JSON.parse(text.decode(component.data)) });
};
"""

Component = Callable[..., Any]


def component(name: str, *styles: str, isolated: bool = False) -> Component:
    """The component of a folder, with the styles of its own `view.css`, if any, after those of other `styles`, by their paths from here.

    Unless it is `isolated` it shares the page's styles: Plotly looks there for its own.
    """
    files = [FOLDER / path for path in (*styles, f"{name}/view.css")]
    made = st.components.v2.component(
        f"tangente.{name}",
        js=_SCRIPT.replace("DIGEST", DIGEST).replace("NAME", name),
        css="\n".join(path.read_text(encoding="utf-8") for path in files if path.exists()) or None,
        isolate_styles=isolated,
    )

    def shown(*, data: Any = None, **given: Any) -> Any:
        return made(data=None if data is None else json.dumps(data, separators=(",", ":")).encode(), **given)

    return shown
