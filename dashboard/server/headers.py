"""The headers that every answer carries, and the names under which the server answers."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def allowed_hosts() -> list[str]:
    """The host names that requests may ask for.

    A server that listens on the loopback address alone answers only to its names, so that no web page can reach it under another name that
    resolves to it (DNS rebinding). `server.allowedHosts` overrides this.
    """
    chosen: list[str] = st.get_option("server.allowedHosts")
    if chosen:
        return chosen
    return [*LOOPBACK, "[::1]"] if st.get_option("server.address") in LOOPBACK else ["*"]


def content_security_policy() -> str:
    """What a page may load: nothing from elsewhere, and no script in the page but Streamlit's own.

    Streamlit imports a component's module from a `blob:` address; it and Plotly set styles, and Plotly draws maps as `data:` images.
    """
    index = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", index, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' blob: {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


class SafeHeaders:
    """Adds to every answer what keeps other sites from framing it, guessing its type or learning addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, adding the headers to its start."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
