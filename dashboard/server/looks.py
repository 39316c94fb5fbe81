"""The looks of a page before its script has run: they come with the page itself, so that nothing moves once Streamlit knows them.

The script brings `page.css` once more (dashboard/main.py): only below Streamlit's own styles does it overrule them all.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = Path(__file__).resolve().parents[1]
_PARTLY = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
"""The headers for which an answer would be no whole page."""
PAGE, FIRST, SIDEBAR = (
    f"<style>{(FOLDER / name).read_text(encoding='utf-8')}</style>" for name in ("page.css", "first.css", "first_with_sidebar.css")
)


class Looks:
    """Puts styles and the app's name into every page; the page that has a sidebar, below `base`, also keeps room for it."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app = app
        self._front = f"/{base.strip('/')}".rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; a page as a whole, as its length changes."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        whole = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in _PARTLY]}
        start: Message | None = None
        parts: list[bytes] = []

        async def send_with_looks(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is not None and message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    body = self._dressed(b"".join(parts), scope["path"])
                    headers = MutableHeaders(scope=start)
                    headers["Content-Length"] = str(len(body))
                    for name in ("ETag", "Last-Modified"):  # those of Streamlit's file
                        del headers[name]
                    await send(start)
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        await self.app(whole, receive, send_with_looks)

    def _dressed(self, page: bytes, path: str) -> bytes:
        styles = PAGE + FIRST + (SIDEBAR if path.rstrip("/") == self._front else "")
        named = page.replace(b"<title>Streamlit</title>", b"<title>Tangente</title>", 1)
        return named.replace(b"</head>", styles.encode() + b"</head>", 1)


def _is_page(start: Message) -> bool:
    """Whether an answer begins that is a page."""
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
