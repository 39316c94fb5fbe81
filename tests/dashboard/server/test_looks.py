"""The looks that come with a page."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.server.looks import SIDEBAR, Looks

HTML = {"Accept": "text/html,*/*;q=0.8"}
PAGE = "<html><head><title>Streamlit</title></head><body>hello</body></html>"


def page(request: Request) -> Response:
    return HTMLResponse(PAGE, headers={"ETag": '"streamlit"'})


def text(request: Request) -> Response:
    return PlainTextResponse(PAGE)


def asked(path: str, base: str = "", **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        routes = [Route("/text", text), Route("/{path:path}", page)]
        middleware = [Middleware(Looks, base=base), Middleware(GZipMiddleware, minimum_size=1)]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=routes, middleware=middleware))) as client:
            return await client.get(f"http://127.0.0.1{path}", headers=headers)

    return asyncio.run(ask())


def test_a_page_has_its_looks_and_the_name_of_the_app_and_is_whole() -> None:
    found = asked("/problems", **HTML)
    assert "<title>Tangente</title>" in found.text and ".stMainBlockContainer" in found.text and found.text.endswith("hello</body></html>")
    assert int(found.headers["Content-Length"]) == len(found.content)


def test_what_a_browser_has_kept_of_another_version_is_not_called_the_same() -> None:
    found = asked("/", **HTML, **{"If-None-Match": '"streamlit"'})
    assert found.status_code == 200 and "etag" not in found.headers


@pytest.mark.parametrize(
    ("path", "base", "has"),
    [("/", "", True), ("/problems", "", False), ("/below/", "below", True), ("/below", "/below/", True), ("/below/editor", "below", False)],
)
def test_the_page_with_a_sidebar_alone_keeps_room_for_it(path: str, base: str, has: bool) -> None:
    assert (SIDEBAR in asked(path, base, **HTML).text) == has


def test_nothing_else_is_touched() -> None:
    assert asked("/text", **HTML).text == PAGE
    assert asked("/", Accept="application/json").text == PAGE
