"""Why PyTorch, in a real browser: the race is run, watched and stopped, and judged."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.harness import Server, Solve


@pytest.fixture
def page(solve: Solve) -> Solve:
    solve.page.goto(solve.server.address)
    solve.page.get_by_role("link", name="Why PyTorch").click()
    expect(solve.page.get_by_role("heading", name="Why PyTorch")).to_be_visible()
    return solve


def test_the_race_is_run_and_judged(page: Solve) -> None:
    expect(page.page.get_by_text("not measured yet").first).to_be_visible()
    page.click("Run all")
    pytorch = page.page.get_by_role("row").filter(has_text=re.compile("^PyTorchversion"))
    expect(pytorch).to_contain_text("follows at once")
    expect(pytorch.get_by_role("cell").first).not_to_have_text("–")  # its steps a second, which it tells in the end
    expect(page.page.locator(".as-plot .scatterlayer .trace")).not_to_have_count(0)
    page.click("Stop")
    expect(page.button("Run all")).to_be_enabled()
    expect(page.page.get_by_text("PyTorch followed the change at once.")).to_be_visible()
    missing = page.page.get_by_role("row").filter(has_text="not installed")
    assert missing.count() == 0 or "–" in missing.first.inner_text()


def test_mistakes_are_made_and_told(page: Solve) -> None:
    page.page.get_by_role("tab", name="Debugging").click()
    page.click("Make the mistakes")
    expect(page.page.get_by_text("RuntimeError, in the step; shows the line").first).to_be_visible()
    expect(page.page.get_by_text("stops in 3 of 3 steps and shows a number").first).to_be_visible()
    page.page.get_by_role("button", name="Stop").locator("visible=true").click()


def test_the_engines_are_measured_and_compared(page: Solve) -> None:
    page.page.get_by_role("tab", name="Derivatives").click()
    page.page.locator(".as-chooser select", has_text="Damped oscillator").select_option("damped-oscillator")
    page.click("Measure the engines")
    plot = page.page.locator(".en-bars .as-plot")
    expect(plot.locator(".bars .point")).to_have_count(3)
    marked = plot.evaluate("plot => { plot.querySelector('.main-svg').marked = true; return plot._fullLayout._size.w; }")
    expect(page.page.get_by_text(re.compile(r"jets take [\d.]+ times .+ as many steps a second as nested autograd"))).to_be_visible()
    expect(page.page.get_by_text(re.compile(r"They compute the same: their losses differ by .* in the first 50 steps"))).to_be_visible()
    expect(plot.locator(".bars text")).to_have_text([re.compile(r"^[\d,]+$"), *[re.compile(r"^[\d,]+ · [\d.]+ times$")] * 2])
    assert marked and plot.evaluate("plot => plot.querySelector('.main-svg').marked")  # the same chart as at the first turn
    expect(page.button("Measure the engines")).to_be_enabled()


def test_the_measurement_of_engines_can_be_stopped(page: Solve) -> None:
    page.page.get_by_role("tab", name="Derivatives").click()
    page.click("Measure the engines")
    page.page.get_by_role("button", name="Stop").locator("visible=true").click()
    expect(page.page.get_by_text("Stopped.").locator("visible=true")).to_be_visible()
    expect(page.button("Measure the engines")).to_be_enabled()


@pytest.mark.parametrize("width", [420, 1440])
def test_nothing_is_wider_than_the_window(browser: Browser, server: Server, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{server.address}/pytorch")
    expect(page.get_by_role("button", name="Run all")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    context.close()
