"""The visitor's cookie."""

from __future__ import annotations

import asyncio
import re
from http.cookies import SimpleCookie

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.server.visitor import COOKIE, Visitors

HTML = {"Accept": "text/html,*/*;q=0.8"}


def answer(request: Request) -> Response:
    return PlainTextResponse("hello")


def cookie(base: str = "http://127.0.0.1", **headers: str) -> str | None:
    """The cookie that the answer to a browser without any, but for those in `headers`, sets."""

    async def ask() -> httpx.Response:
        app = Starlette(routes=[Route("/", answer)], middleware=[Middleware(Visitors)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base) as client:
            return await client.get("/", headers=headers)

    return asyncio.run(ask()).headers.get("set-cookie")


def sent(**headers: str) -> str | None:
    found = cookie(**headers)
    return SimpleCookie(found)[COOKIE].value if found else None


def test_a_page_brings_a_cookie_that_scripts_and_other_sites_cannot_use() -> None:
    found = cookie(**HTML) or ""
    assert re.match(rf"{COOKIE}=[A-Za-z0-9_-]{{22}}; ", found)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(found.split("; "))
    assert "Secure" not in found  # over http, where it would never come back


def test_over_https_it_stays_on_https() -> None:
    assert "Secure" in (cookie("https://127.0.0.1", **HTML) or "").split("; ")


def test_each_browser_gets_its_own_and_keeps_it() -> None:
    first, second = sent(**HTML), sent(**HTML)
    assert first and second and first != second
    assert sent(**HTML, Cookie=f"{COOKIE}={first}") == first


@pytest.mark.parametrize("value", ["", "short", "x" * 23, "../../../../../etc/pas", '"><script>alert(1)</sc'])
def test_a_cookie_that_we_did_not_make_is_replaced(value: str) -> None:
    found = sent(**HTML, Cookie=f"{COOKIE}={value}")
    assert found is not None and found != value and re.fullmatch("[A-Za-z0-9_-]{22}", found)


def test_what_is_no_page_brings_none() -> None:
    assert sent(Accept="application/json") is None
