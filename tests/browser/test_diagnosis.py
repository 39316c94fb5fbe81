"""A run that ended too early: diagnosed in a real process, and mended by one click."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.harness import ADAM, Solve

SHORT = {**ADAM, "problem": "decay", "depth": 2, "width": 8, "points": 50, "steps": 100, "learning_rate": 0.01}


def test_a_run_is_diagnosed_and_a_click_sets_what_may_mend_it(solve: Solve) -> None:
    page = solve.open(**SHORT).page
    page.get_by_text("Diagnosis: what is wrong").click()
    expect(solve.button("Diagnose this run")).to_be_disabled()
    expect(page.get_by_text("A run can be measured here once it is done")).to_be_visible()
    solve.click("Train")
    solve.wait_status("done", seconds=120)
    solve.click("Diagnose this run")
    expect(page.get_by_text("Ended too early")).to_be_visible()
    expect(page.get_by_text(re.compile("The loss still fell by a factor of .* over the last fifth of its 100 steps"))).to_be_visible()
    for title, label in {"Gradients": "The norm of", "Cosines": "The cosines", "Tangent kernel": "The eigenvalues"}.items():
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.get_by_role("figure", name=label)).to_be_visible()
    expect(solve.slider("Steps")).to_have_attribute("aria-valuetext", "100")
    solve.click("Set steps to 300")
    expect(solve.slider("Steps")).to_have_attribute("aria-valuetext", "300")
    expect(page).to_have_url(re.compile("[?&]steps=300"))
    solve.wait_status("none")
    solve.click("Train")
    solve.wait_status("done", seconds=120)
    assert solve.step == 300
