"""The mark of who works, on every page: it follows by itself, and the page under it does not run again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.harness import Server, Solve

LONG = {
    **{"problem": "burgers", "depth": 2, "width": 8, "points": 50, "steps": 200_000, "optimiser": "adam"},
    **{"constraints": "soft", "resampling": "fixed", "patience": "none", "seed": 31},
}


def mark(page: Page) -> Locator:
    return page.locator(".st-key-working").get_by_role("button").first


def test_what_trains_is_told_and_stopped_from_another_page(solve: Solve, browser: Browser, server: Server) -> None:
    solve.open(**LONG)
    solve.click("Train")
    solve.wait_step(5)
    solve.page.goto(f"{server.address}/problems")
    expect(mark(solve.page)).to_contain_text("running 1")
    search = solve.page.get_by_label("Search", exact=True)
    search.click()
    search.press_sequentially("flo")  # of which the page learns at Enter alone
    context = browser.new_context()
    stranger = context.new_page()
    stranger.goto(f"{server.address}/pytorch")
    mark(stranger).click()
    expect(stranger.get_by_text("another visitor's")).to_be_visible()
    expect(stranger.locator("[class*=st-key-working-stop]")).to_have_count(0)
    mark(solve.page).click()
    row = solve.page.get_by_text(re.compile(r"step [\d,]+ of 200,000 · yours"))
    before = row.inner_text()
    expect(row).not_to_have_text(before)  # it follows, and stays open
    solve.page.locator("[class*=st-key-working-stop]").get_by_role("button").click()
    expect(mark(solve.page)).to_contain_text("idle")
    expect(mark(stranger)).to_contain_text("idle")
    expect(search).to_have_value("flo")
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_mark_covers_nothing_and_takes_no_room(solve: Solve, server: Server, width: int) -> None:
    solve.page.set_viewport_size({"width": width, "height": 844})
    solve.open()
    box = mark(solve.page).bounding_box()
    title = solve.page.get_by_role("heading", level=1).bounding_box()
    menu = solve.page.get_by_test_id("stMainMenu").bounding_box()
    assert box is not None and title is not None and menu is not None
    assert box["y"] >= 0 and box["y"] + box["height"] <= title["y"]
    assert box["x"] + box["width"] <= menu["x"]
