"""One server and one browser for all tests of this folder, and a page for each test.

They end with the folder's last test, for Playwright keeps an event loop running, and other tests want to run one of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.harness import NO_BROWSER, Server, Solve, chromium, forget


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        if found is None:
            pytest.skip(NO_BROWSER)
        yield found


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="package")
def returning(browser: Browser) -> Iterator[BrowserContext]:
    """A window that has the app's scripts in its cache, as a browser has that was here before."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    yield context
    context.close()


@pytest.fixture
def solve(returning: BrowserContext, server: Server) -> Iterator[Solve]:
    """A new visitor's page that must not have said anything wrong by the end of the test."""
    page = Solve(returning.new_page(), server)
    yield page
    forget(returning, server)
    assert page.faults == []


@pytest.fixture
def newcomer(browser: Browser, server: Server) -> Iterator[Solve]:
    """A page in a browser that has kept nothing, which must not have said anything wrong by the end of the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = Solve(context.new_page(), server)
    yield page
    context.close()
    assert page.faults == []
