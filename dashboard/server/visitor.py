"""The visitor's name: an unguessable cookie that scripts cannot read, a key to a list of problems and to nothing else.

`Visitors` gives each browser its cookie with the first page; `visitor` reads it in a page's script.
"""

from __future__ import annotations

import re
import secrets
from http.cookies import CookieError, SimpleCookie

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "tangente_visitor"
LOCAL = "local"
"""The visitor where no browser is: a script that runs by itself, or under test."""

_FORM = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 bits
_YEAR = 365 * 24 * 3600
_SESSION = "visitor"


class Visitors:
    """Sends the visitor's cookie with every page, so that it lasts a year from the last visit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; where a browser asks for a page, with its cookie or a new one."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", _cookie(scope))
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def visitor() -> str:
    """The visitor's name; a browser that keeps no cookies gets one for as long as its page is open."""
    found = _valid(st.context.cookies.get(COOKIE))
    if found or not isinstance(st.context.headers.get("Host"), str):
        return found or LOCAL
    name: str = st.session_state.setdefault(_SESSION, _new())
    return name


def sender(headers: Headers) -> str:
    """The name of the visitor whose browser sent a request with these headers; `LOCAL` where it sent none."""
    return _valid(_sent(headers.get("cookie", ""))) or LOCAL


def _cookie(scope: Scope) -> str:
    known = _valid(_sent(Headers(scope=scope).get("cookie", "")))
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{COOKIE}={known or _new()}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{secure}"


def _sent(header: str) -> str | None:
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return None
    return cookies[COOKIE].value if COOKIE in cookies else None


def _valid(name: object) -> str | None:
    return name if isinstance(name, str) and _FORM.fullmatch(name) else None


def _new() -> str:
    return secrets.token_urlsafe(16)
