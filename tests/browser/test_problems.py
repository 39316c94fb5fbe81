"""The page of problems: searched, filtered, in groups, with pictures that come by themselves, and links that open them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.problem.reading.reading import library
from dashboard.server.thumbnails import WIDTH
from tests.browser.harness import Server, Solve


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    opened = context.new_page()
    visitor = Solve(opened, server).open(problem="decay")
    opened.get_by_role("link", name="Problems").click()
    expect(opened.get_by_role("heading", name="Exponential decay")).to_be_visible()
    yield opened
    context.close()
    assert visitor.faults == []


def cards(page: Page) -> Locator:
    return page.get_by_role("heading", level=3)


def test_search_and_filters_find_and_the_address_keeps_them(page: Page) -> None:
    expect(cards(page)).to_have_count(len(library()))
    page.get_by_role("searchbox", name="Search").fill("vortex")
    expect(cards(page)).to_have_count(1)
    expect(page.get_by_role("heading", name="Taylor-Green vortex")).to_be_visible()
    expect(page).to_have_url(re.compile("q=vortex"))
    page.get_by_role("button", name=re.compile("^ODE")).click()
    expect(page.get_by_text("No problem matches")).to_be_visible()
    expect(page).to_have_url(re.compile("kind=ode"))
    page.reload()
    expect(page.get_by_text("No problem matches")).to_be_visible()
    page.get_by_role("button", name="Show all problems").click()
    expect(cards(page)).to_have_count(len(library()))
    expect(page).not_to_have_url(re.compile("kind|q="))


def test_kinds_and_difficulties_narrow_it_down(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^System")).click()
    page.get_by_role("button", name=re.compile("^easy")).click()
    expect(cards(page)).to_have_count(1)
    expect(page.get_by_role("heading", name="Harmonic oscillator as a system")).to_be_visible()


def test_a_picture_comes_without_a_reload_and_moves_nothing(page: Page) -> None:
    expect(cards(page)).to_have_count(len(library()))  # the scroll bar is there
    place = page.locator('[data-key="duffing"] .pi-place')
    place.scroll_into_view_if_needed()
    before = place.bounding_box()
    expect(place.locator("img")).to_be_visible()
    after = place.bounding_box()
    assert before is not None and after is not None
    assert (before["width"], before["height"]) == pytest.approx((after["width"], after["height"]), abs=1)
    assert place.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == WIDTH


def test_a_copy_of_a_problem_opens_in_the_editor(page: Page) -> None:
    card = page.locator('[data-key="damped-oscillator"]')
    card.get_by_text("More").click()
    expect(card.get_by_text("Networks learn slow changes before fast ones")).to_be_visible()
    card.get_by_role("link", name="Edit a copy").click()
    expect(page.get_by_role("heading", name="Write a problem")).to_be_visible()
    expect(page.get_by_label("Title").first).to_have_value(re.compile("Damped oscillator"))


def test_a_title_and_a_picture_open_it_in_solve(page: Page) -> None:
    page.get_by_role("link", name="Burgers' equation", exact=True).click()
    expect(page).to_have_url(re.compile(r"/\?problem=burgers&preset=watch"))
    expect(page.get_by_role("heading", level=1, name="Burgers' equation")).to_be_visible()
    page.go_back()
    place = page.locator('[data-key="pendulum"] .pi-place')
    place.scroll_into_view_if_needed()
    place.click(force=True)  # what lies over it is the title's link
    expect(page).to_have_url(re.compile(r"/\?problem=pendulum&preset=watch"))
    expect(page.get_by_role("heading", level=1, name="Pendulum")).to_be_visible()


def test_a_link_opens_in_a_new_tab_or_by_the_keyboard(page: Page) -> None:
    link = page.get_by_role("link", name="Heat equation", exact=True)
    with page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    other = opened.value
    expect(other.get_by_role("heading", name="Heat equation", exact=True)).to_be_visible()
    assert other.url.endswith("/?problem=heat&preset=watch")
    expect(page.get_by_role("heading", name="Problems")).to_be_visible()
    link.press("Enter")
    expect(page).to_have_url(re.compile("problem=heat"))


def test_problems_stand_in_groups(page: Page) -> None:
    fluids = page.get_by_role("region", name="Fluids")
    expect(fluids.get_by_role("listitem")).to_have_count(3)
    expect(fluids.get_by_role("heading", name="Lid-driven cavity")).to_be_visible()
    page.get_by_role("button", name=re.compile("^lesson")).click()
    expect(page).to_have_url(re.compile("lessons=lesson"))
    expect(page.get_by_role("heading", name="Exponential decay")).to_have_count(0)
    expect(page.get_by_role("heading", name="Lorenz system")).to_be_visible()
    page.get_by_role("searchbox", name="Search").fill("Navier-Stokes")
    expect(cards(page)).to_have_count(1)
    expect(cards(page)).to_have_text("Lid-driven cavity")


@pytest.mark.parametrize(("width", "height", "most"), [(1440, 900, 4132), (390, 844, 11902)])
def test_the_page_is_not_long(browser: Browser, server: Server, width: int, height: int, most: int) -> None:
    """The page takes at most two fifths of what it took when each card said everything."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(f"{server.address}/problems")
    expect(cards(page)).to_have_count(len(library()))
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= most
    context.close()


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 420, "height": 900})
    page = context.new_page()
    page.goto(f"{server.address}/problems")
    expect(cards(page)).to_have_count(len(library()))
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 420
    script = """() => [...document.querySelectorAll("[data-testid=stMain] *")]
        .filter((part) => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest(".katex"))
        .map((part) => part.outerHTML.slice(0, 120))"""
    assert page.evaluate(script) == []
    context.close()
