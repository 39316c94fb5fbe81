"""A page that is opened for the first time: what stands there stays where it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.harness import SHIFTS, Server

MOST = 0.05
"""Cumulative Layout Shift, the parts of the window that move times how far: at most a half of what Web Vitals call good."""


@pytest.mark.parametrize("address", ["", "?problem=burgers&preset=watch", "?problem=lorenz", "problems"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_while_a_page_comes(browser: Browser, server: Server, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.add_init_script(SHIFTS)
    page.goto(f"{server.address}/{address}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_function("() => document.querySelector('.stApp').dataset.testScriptState === 'notRunning'")
    page.wait_for_timeout(500)  # until the last of it is laid out
    assert page.evaluate("window.shifts") <= MOST
    context.close()
