"""Three coordinates: maps are slices, moved all together by hand or by themselves."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.harness import ADAM, Solve

SMALL = {**ADAM, "problem": "taylor-green", "depth": 1, "width": 8, "points": 20, "condition_points": 10, "steps": 5}
NU, END = 0.1, 1.0
ROWS = "[33,17,33,17]"

FIELDS = """() => [...document.querySelectorAll(".tg-plot")].filter((plot) => plot.offsetWidth).flatMap((plot) => plot.data ?? [])
    .filter((trace) => trace.type === "heatmap").map(({ z, zmax }) => {
        const values = z.flatMap((row) => [...row]);
        return { most: Math.max(...values.map(Math.abs)), sum: values.reduce((a, b) => a + b, 0), rows: z.length, zmax };
    })"""


@pytest.fixture
def trained(solve: Solve) -> Solve:
    solve.open(**SMALL)
    if solve.status != "done":
        solve.click("Train")
    solve.wait_status("done")
    expect(solve.page.locator(".tg-stage")).to_have_attribute("data-whole", "true")
    solve.slider("Moment to look at").press("End")
    solve.look("Side by side")
    return solve


def scrubber(solve: Solve) -> Locator:
    return solve.page.get_by_role("slider", name="Value of t to look at")


def play(solve: Solve) -> Locator:
    """The slice's own button, which says Sweep or Hold, as the film has a Play of its own."""
    return solve.page.locator(".tg-slice button")


def fields(solve: Solve) -> list[dict[str, Any]]:
    """What the maps show: solution, reference, error, residual, of the network as it ended, on its own grid."""
    solve.page.wait_for_function(f"() => JSON.stringify(({FIELDS})().map((field) => field.rows)) === '{ROWS}'")
    solve.page.wait_for_timeout(200)
    found: list[dict[str, Any]] = solve.page.evaluate(FIELDS)
    return found


def test_the_keyboard_moves_all_maps_to_another_moment(trained: Solve) -> None:
    trained.page.evaluate("() => document.querySelectorAll('.tg-plot').forEach((plot) => { plot.marked = true; })")
    seen = {}
    for key, t in (("Home", 0.0), ("End", END)):
        scrubber(trained).press(key)
        expect(scrubber(trained)).to_have_attribute("aria-valuetext", f"t = {t:g}")
        seen[key] = fields(trained)
        assert seen[key][1]["most"] == pytest.approx(math.exp(-2 * NU * t), rel=1e-3), "the reference fades by this law"
    for first, last in zip(seen["Home"], seen["End"], strict=True):
        assert first["sum"] != last["sum"] and first["zmax"] == last["zmax"], "the colours stand still"
    assert trained.page.evaluate("() => [...document.querySelectorAll('.tg-plot')].every((plot) => plot.marked)")


def test_every_unknown_can_be_chosen(trained: Solve) -> None:
    before = fields(trained)
    trained.page.get_by_label("Unknown").select_option("p")
    after = fields(trained)
    assert before[1]["most"] != after[1]["most"] and before[3] == after[3]


def test_it_plays_until_it_is_stopped(trained: Solve) -> None:
    place = trained.page.locator(".tg-slice output")
    begin = place.inner_text()
    play(trained).click()
    expect(place).not_to_have_text(begin)
    play(trained).click()
    stopped = place.inner_text()
    trained.page.wait_for_timeout(600)
    assert place.inner_text() == stopped
    expect(play(trained)).to_have_text(re.compile("^Sweep "))


def test_those_who_ask_for_less_motion_see_single_pictures(trained: Solve) -> None:
    trained.page.emulate_media(reduced_motion="reduce")
    moments = "() => { const seen = (window.seen = []); new MutationObserver(() => seen.push(performance.now())).observe("
    moments += "document.querySelector('.tg-slice output'), { childList: true, characterData: true, subtree: true }); }"
    trained.page.evaluate(moments)
    play(trained).click()
    trained.page.wait_for_function("() => window.seen.length >= 3")
    play(trained).click()
    times = trained.page.evaluate("() => window.seen")
    assert all(later - earlier >= 900 for earlier, later in itertools.pairwise(times))


def test_nothing_jumps_while_it_is_moved(trained: Solve) -> None:
    places = """() => [...document.querySelectorAll(".tg-panel, .tg-numbers, .tg-timeline, .tg-slice > *")].map((part) => {
        const { x, y, width, height } = part.getBoundingClientRect();
        return [x, y, width, height].map(Math.round);
    })"""
    before = trained.page.evaluate(places)
    for key in ("Home", "ArrowRight", "End"):
        scrubber(trained).press(key)
        assert trained.page.evaluate(places) == before
