"""Two sections of the page "Why PyTorch" that do what they are asked: one step, taken apart; and tensors in NumPy's place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.why_pytorch.tensors import SIZES
from tests.browser.harness import Server, complaints

STEP, MEASURE = "Take a step apart", "Measure"
OVER = 90_000
"""Milliseconds within which an errand must be done."""


@pytest.fixture(params=[1440, 420])
def page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 1000})
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda message: faults.extend(complaints(message)))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(f"{server.address}/pytorch")
    yield opened
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= request.param
    context.close()
    assert faults == []


def section(page: Page, button: str) -> Locator:
    """The section that has a button, once its tab is open."""
    found = page.locator(".as-section").filter(has=page.locator("button", has_text=re.compile(f"^{button}$")))
    expect(found).to_be_attached()
    for tab in page.get_by_role("tab").all():
        if not found.is_visible():
            tab.click()
    expect(found).to_be_visible()
    return found


def ask(found: Locator, button: str) -> None:
    """Press a button, and wait until what it asks for is done."""
    found.get_by_role("button", name=button).click()
    expect(found.get_by_role("button", name="Stop")).to_be_visible()
    expect(found.get_by_role("button", name=button)).to_be_enabled(timeout=OVER)
    expect(found.get_by_role("button", name="Stop")).to_be_hidden()


def test_a_step_is_walked_through_line_by_line(page: Page) -> None:
    found = section(page, STEP)
    ask(found, STEP)
    expect(found.locator(".an-line")).to_have_count(14)
    found.locator(".an-line", has_text="loss.backward()").click()
    expect(found.locator(".an-card")).to_have_count(5)
    expect(found.locator(".an-card").first).to_contain_text("None")
    found.get_by_role("button", name="Next line").click()
    expect(found.locator(".an-line[aria-current]")).to_have_text("adam.step()")
    expect(found.locator(".an-card")).to_have_count(4)
    found.locator(".an-line", has_text="u = net(t)").click()
    expect(found.locator(".an-node")).to_have_count(10)
    expect(found.locator(".an-leaf")).to_have_count(5)
    found.get_by_role("button", name="of loss").click()
    expect(found.locator(".an-second")).to_have_count(1)
    expect(found.locator(".an-curves .scatterlayer .trace")).to_have_count(4)
    expect(found.locator(".an-verdict")).to_contain_text("without")


def test_an_operation_is_measured_and_judged(page: Page) -> None:
    found = section(page, MEASURE)
    found.get_by_role("combobox").select_option("sum")
    expect(found.locator(".te-code")).to_have_text(["a.sum()", "a.sum()"])
    ask(found, MEASURE)
    expect(found.locator(".te-table tbody tr")).to_have_count(len(SIZES))
    expect(found.locator(".te-verdict")).to_contain_text(re.compile("faster|slower|as fast"))
    assert found.locator(".scatterlayer .trace").count() >= 2
    found.get_by_role("combobox").select_option("tanh")
    expect(found.locator(".te-code")).to_have_text(["np.tanh(a)", "torch.tanh(a)"])
    expect(found.locator(".te-steps .tg-title")).to_contain_text("a.sum()")  # what was measured is still what is shown


def test_a_measurement_can_be_stopped(page: Page) -> None:
    found = section(page, MEASURE)
    found.get_by_role("combobox").select_option("solve")
    found.get_by_role("button", name=MEASURE).click()
    expect(found.locator(".as-note")).to_contain_text("of 10 sizes")
    found.get_by_role("button", name="Stop").click()
    expect(found.get_by_role("button", name=MEASURE)).to_be_enabled()
    expect(found.locator(".as-note")).to_have_text("Stopped.")
    expect(found.locator(".te-verdict")).to_be_empty()
