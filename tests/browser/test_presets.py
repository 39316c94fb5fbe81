"""Presets and `auto` in a real browser: what the address says, and what a screen reader does."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.harness import Solve


def test_the_address_says_the_preset_and_what_was_moved_alone(solve: Solve) -> None:
    solve.open()
    expect(solve.page).to_have_url(re.compile("preset=watch"))
    solve.choose_problem("Exponential decay")
    expect(solve.page).to_have_url(re.compile(r"\?problem=decay&preset=watch$"))
    solve.click("Sharp")
    expect(solve.page.get_by_text("auto: Levenberg-Marquardt")).to_be_visible()
    expect(solve.page).to_have_url(re.compile(r"\?problem=decay$"))
    solve.slide("Width", "40")
    expect(solve.page.get_by_text("auto: Adam, 1000 steps, then L-BFGS")).to_be_visible()
    expect(solve.train_button).to_be_enabled()
    expect(solve.page).to_have_url(re.compile(r"\?problem=decay&width=40$"))
    solve.page.reload()
    solve.wait_usable()
    expect(solve.page.get_by_text("auto: Adam, 1000 steps, then L-BFGS")).to_be_visible()
    expect(solve.slider("Steps")).to_have_attribute("aria-valuetext", "3000")
    solve.click("Back to 20")
    expect(solve.page).to_have_url(re.compile(r"\?problem=decay$"))
    expect(solve.slider("Steps")).to_have_attribute("aria-valuetext", "400")
    expect(solve.slider("Width")).to_have_attribute("aria-valuetext", "20")


def test_what_is_greyed_is_one_click_from_what_uses_it(solve: Solve) -> None:
    solve.open(problem="decay")
    expect(solve.slider("Learning rate")).to_be_disabled()
    solve.button("Adam uses it: switch").first.click()
    expect(solve.slider("Learning rate")).to_be_enabled()
    expect(solve.page).to_have_url(re.compile("optimiser=adam"))
    solve.page.reload()
    solve.wait_usable()
    expect(solve.slider("Steps")).to_have_attribute("aria-valuetext", "2000")


def test_the_browsers_way_back_brings_the_preset_of_before(solve: Solve) -> None:
    solve.open(problem="decay", depth=2)
    solve.open(problem="decay", preset="watch")
    expect(solve.slider("Learning rate")).to_have_attribute("aria-valuetext", "0.003")
    solve.page.go_back()
    solve.wait_usable()
    expect(solve.page.get_by_text("auto: Levenberg-Marquardt")).to_be_visible()
    expect(solve.slider("Depth")).to_have_attribute("aria-valuetext", "2")


def test_sliders_have_names_that_can_be_spoken(solve: Solve) -> None:
    solve.open(problem="decay")
    names = [slider.get_attribute("aria-label") for slider in solve.page.get_by_role("slider").all()]
    assert {"lambda", "u0", "Depth", "Width"} <= set(names)
    assert not [name for name in names if name is None or "$" in name or "\\" in name]
