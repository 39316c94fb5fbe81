"""The main job, end to end: choose, slide, train, watch, keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from core.problem.reading.reading import library
from tests.browser.harness import ADAM, Server, Solve

QUICK = {**ADAM, "problem": "decay", "depth": 2, "width": 8, "points": 50, "steps": 200, "learning_rate": 0.01}
LONG = {**ADAM, "problem": "burgers", "depth": 3, "width": 16, "points": 200, "steps": 200_000}


def test_choose_slide_train_watch_pause_resume_reload_stop(solve: Solve) -> None:
    solve.open()
    solve.choose_problem("Burgers' equation")
    solve.slide("Depth", "2")
    expect(solve.page).to_have_url(re.compile("[?&]depth=2"))
    solve.slide("Depth", "3")
    expect(solve.page).not_to_have_url(re.compile("[?&]depth=2"))
    expect(solve.page.get_by_role("img", name=re.compile("3 hidden layers"))).to_be_visible()  # the page knows

    solve.click("Train")
    solve.wait_status("running")
    solve.wait_step(1500, seconds=120)
    begin, later = solve.number("Relative L2", "Home"), solve.number("Relative L2", "End")
    assert begin is not None and later is not None and later < 0.8 * begin

    solve.click("Pause")
    solve.wait_status("paused")
    paused = solve.step
    expect(solve.page.get_by_text("Paused after")).to_be_visible()
    solve.page.wait_for_timeout(500)
    assert solve.step == paused

    solve.click("Resume")
    solve.wait_status("running")
    solve.wait_step(paused + 20)

    reached = solve.step
    solve.page.reload()
    solve.wait_usable().wait_status("running")
    assert solve.wait_step(reached) >= reached
    expect(solve.slider("Depth")).to_have_attribute("aria-valuetext", "3")

    solve.click("Stop")
    solve.wait_status("stopped")
    expect(solve.page.get_by_text("Stopped after")).to_be_visible()


def test_methods_take_turns_and_what_cannot_be_is_told(solve: Solve) -> None:
    solve.open(**{**QUICK, "steps": 40, "precision": "float64", "optimiser": "adam 20, ssbroyden"})
    solve.page.get_by_text("More settings").click()
    expect(solve.page.get_by_text("a table of all curvatures")).to_be_visible()
    solve.click("Train")
    solve.wait_status("done")
    error = solve.number("Relative L2")
    assert error is not None and error < 0.01
    solve.slide("Depth", "10")
    solve.slide("Width", "250")
    expect(solve.page.get_by_text("takes networks of up to 3000").first).to_be_visible()  # at its control, and above the picture
    expect(solve.button("Train")).to_be_disabled()
    optimiser = solve.page.get_by_role("combobox", name="Optimiser")
    optimiser.fill("")
    optimiser.press_sequentially("lbfgs")  # a long list is drawn in part only
    solve.page.get_by_role("option", name="adam 1000, lbfgs").click()
    expect(solve.page).to_have_url(re.compile("optimiser=adam(%20|\\+)1000%2C(%20|\\+)lbfgs"))
    expect(solve.page.get_by_text("to remember, and at most 100 MB are kept").first).to_be_visible()
    solve.click("Take auto")
    expect(solve.page).not_to_have_url(re.compile("optimiser="))
    expect(solve.button("Train")).to_be_enabled()


def test_weights_that_change_are_told_and_those_that_cannot_be_are_refused(solve: Solve) -> None:
    solve.open(**{**QUICK, "constraints": "soft", "weighting": "ntk", "causality": 2})
    solve.page.get_by_text("More settings").click()
    expect(solve.page.get_by_text("by the neural tangent kernel")).to_be_visible()
    solve.click("Train")
    solve.wait_status("done")
    expect(solve.page.locator(".tg-cost")).to_have_text(re.compile(r" · weights of the loss: equation \d\S*, start \d\S*, end of time \d"))
    solve.open(problem="poisson", causality=2)
    expect(solve.page.get_by_text("this problem has no coordinate t").filter(visible=True).first).to_be_visible()
    expect(solve.button("Train")).to_be_disabled()


def test_one_step_is_one_step(solve: Solve) -> None:
    solve.open(**{**QUICK, "seed": 11})
    for step in (1, 2, 3):
        solve.click("One step")
        assert solve.wait_step(step) == step
        solve.wait_status("paused")
    solve.click("Start over")
    solve.wait_status("none")


def test_a_change_and_back_shows_the_first_result_at_once(solve: Solve) -> None:
    solve.open(**{**QUICK, "seed": 12})
    solve.click("Train")
    solve.wait_status("done")
    first = solve.number("Relative L2")
    solve.slide("Depth", "3")
    solve.wait_status("none")
    solve.slide("Depth", "2")
    solve.wait_status("done")
    expect(solve.page.get_by_text("shown from the store")).to_be_visible()
    expect(solve.button("Train again")).to_be_enabled()
    assert solve.number("Relative L2") == first


def test_train_on_every_change(solve: Solve) -> None:
    solve.open(**{**QUICK, "seed": 13})
    solve.page.get_by_text("Train on every change").click()
    solve.slide("Depth", "3")
    solve.wait_status("done")


def test_a_film_is_whole_once_it_is_known_how_far_it_goes(solve: Solve) -> None:
    solve.open(**{**QUICK, "seed": 13})
    solve.click("Train")
    solve.wait_status("done")
    held: list[Route] = []
    solve.page.route("**/film?*", lambda route: held.append(route))
    with solve.page.expect_request("**/film?*"):
        solve.page.reload()
    solve.wait_usable()
    stage = solve.page.locator(".tg-stage")
    assert solve.status == "done" and stage.get_attribute("data-whole") == "false"
    for route in held:
        route.continue_()
    solve.page.unroute("**/film?*")
    expect(stage).to_have_attribute("data-whole", "true")


def test_a_result_outlives_the_server(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path)
    shown = []
    for _ in range(2):
        with server:
            context = browser.new_context()
            solve = Solve(context.new_page(), server).open(**QUICK)
            if not shown:
                solve.click("Train")
            solve.wait_status("done")
            expect(solve.page.get_by_text("shown from the store")).to_be_visible()
            shown.append([solve.number(label) for label in ("Relative L2", "Largest error", "Loss")])
            context.close()
    assert shown[0] == shown[1] and None not in shown[0]


def test_zoom_and_chart_stay_while_it_trains(solve: Solve) -> None:
    solve.open(**LONG)
    solve.click("Train")
    solve.wait_step(5)
    chart = solve.page.locator(".tg-plot.js-plotly-plot").first
    chart.evaluate("chart => { chart.marked = true; window.Plotly.relayout(chart, {'xaxis.range': [0.25, 0.5]}); }")
    step = solve.step
    solve.wait_step(step + 30)
    chart = solve.page.locator(".tg-plot.js-plotly-plot").first
    assert chart.evaluate("chart => [chart.marked, ...chart.layout.xaxis.range]") == [True, 0.25, 0.5]
    solve.click("Stop")
    solve.wait_status("stopped")


def test_two_visitors_see_the_same_run_and_none_stops_the_others(solve: Solve, browser: Browser, server: Server) -> None:
    solve.open(**{**LONG, "seed": 2})
    solve.click("Train")
    solve.wait_step(2)
    context = browser.new_context()
    other = Solve(context.new_page(), server).open(**{**LONG, "seed": 2})
    other.wait_status("running")
    other.click("Pause")
    other.wait_status("paused")
    other.page.reload()
    other.wait_usable().wait_status("paused")
    solve.wait_step(solve.step + 5)
    assert solve.status == "running"
    other.click("Resume")
    other.wait_status("running")
    other.click("Stop")
    other.wait_status("stopped")
    solve.click("Stop")
    solve.wait_status("stopped")
    context.close()


@pytest.fixture
def places(solve: Solve) -> Iterator[list[object]]:
    """Where each part of the page stands before, while and after it trains."""
    script = """() => [...document.querySelectorAll(".tg-panel, .tg-numbers, .tg-timeline, [data-testid=stButton]")].map((part) => {
        const { x, y, width, height } = part.getBoundingClientRect();
        return [x, y + document.querySelector("[data-testid=stMain]").scrollTop, width, height].map(Math.round);
    })"""
    found: list[object] = []
    solve.open(**{**QUICK, "problem": "burgers", "steps": 400})
    solve.page.wait_for_timeout(500)
    found.append(solve.page.evaluate(script))
    solve.click("Train")
    solve.wait_step(10)
    found.append(solve.page.evaluate(script))
    solve.wait_status("done", seconds=60)
    expect(solve.button("Train again")).to_be_visible()
    found.append(solve.page.evaluate(script))
    yield found


def test_nothing_jumps(places: list[object]) -> None:
    before, while_training, after = places
    assert before == while_training == after


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"problem": "burgers", "depth": 99}, "must lie between 1 and 10"),
        ({"problem": "burgers", "learning_rate": "fast"}, "must be a number"),
        ({"problem": "burgers", "activation": "tan"}, "did you mean tanh"),
        ({"problem": "burger"}, "burgers"),
        ({"problem": "burgers", "dept": 4}, "depth"),
        ({"problem": "burgers", "values.nu": "1e99"}, "must lie between"),
    ],
)
def test_what_the_address_cannot_have_is_told(solve: Solve, settings: dict[str, object], message: str) -> None:
    solve.open(**settings)
    expect(solve.page.get_by_role("alert").filter(has_text=message).first).to_be_visible()
    expect(solve.train_button).to_be_enabled()


def test_an_unknown_run_shows_the_untrained_page(solve: Solve) -> None:
    solve.open(problem="decay", seed=99)
    assert solve.status == "none"
    expect(solve.page.get_by_text("Not trained yet")).to_be_visible()


@pytest.mark.parametrize("problem", ["damped-oscillator", "burgers", "lagaris-4", "poisson"])
def test_every_kind_of_picture_is_drawn(solve: Solve, problem: str) -> None:
    solve.open(**{**QUICK, "problem": problem, "steps": 20})
    solve.click("Train")
    solve.wait_status("done")
    for name in [*solve.page.locator(".tg-tab").all_inner_texts()]:
        solve.page.locator(".tg-tabs").get_by_role("button", name=name, exact=True).click()
        expect(solve.page.locator(".tg-panel:visible")).to_have_count(4)
        expect(solve.page.locator(".tg-hint:visible")).to_have_count(0)
    expect(solve.page.locator(".tg-hint:visible")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_readable(browser: Browser, server: Server, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    solve = Solve(context.new_page(), server).open(**QUICK)
    script = """selector => {
        const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const channels = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((c) => linear(c / 255));
        const light = (text) => channels(text).reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
        const back = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
        const fore = getComputedStyle(document.querySelector(selector)).color;
        const [dark, bright] = [light(back), light(fore)].sort((a, b) => a - b);
        return [light(back), (bright + 0.05) / (dark + 0.05)];
    }"""
    for selector in ("h1", ".tg-numbers dd", ".tg-title"):
        background, contrast = solve.page.evaluate(script, selector)
        assert (background < 0.2) == (scheme == "dark")
        assert contrast >= 4.5  # WCAG 2.2, 1.4.3
    context.close()


def test_a_phone_shows_the_page_without_scrolling_sideways(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 420, "height": 900})
    solve = Solve(context.new_page(), server).open(**QUICK)
    script = """() => [...document.querySelectorAll("[data-testid=stMain] *")]
        .filter((part) => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest(".katex-display, .js-plotly-plot"))
        .map((part) => part.outerHTML.slice(0, 120))"""
    assert solve.page.evaluate(script) == []
    assert solve.page.evaluate("() => document.documentElement.scrollWidth") <= 420
    context.close()


def test_a_card_of_problems_opens_it(solve: Solve) -> None:
    solve.open()
    solve.page.get_by_role("link", name="Problems").click()
    expect(solve.page.get_by_role("heading", level=3)).to_have_count(len(library()))
    solve.page.get_by_role("link", name="Damped oscillator", exact=True).click()
    solve.wait_usable()
    expect(solve.page.get_by_role("heading", name="Damped oscillator", exact=True)).to_be_visible()
    expect(solve.page).to_have_url(re.compile("problem=damped-oscillator&preset=watch"))


def test_all_of_solve_by_keyboard(solve: Solve) -> None:
    """Train, watch, step, look around, start over: no mouse."""
    solve.open(**{**QUICK, "seed": 21})
    press = solve.page.keyboard.press
    for _tab in range(8):
        press("Tab")
        if solve.page.evaluate("() => document.activeElement.textContent") == "Skip to Train":
            break
    press("Enter")
    expect(solve.button("Train")).to_be_focused()
    press("Enter")
    solve.wait_status("done")
    solve.number("Loss", "Home")
    solve.page.evaluate("() => document.activeElement.blur()")
    moment = solve.page.locator(".tg-timeline .tg-moment")
    for key, text in (("ArrowRight", "step 1 of 200"), ("ArrowLeft", "step 0 of 200")):
        press(key)
        expect(moment).to_have_text(text)
    press(" ")
    expect(solve.button("Pause the film")).to_be_visible()
    press(" ")
    press("?")
    expect(solve.page.get_by_role("dialog")).to_be_visible()
    press("Escape")
    press("o")
    solve.wait_status("none")
    press("s")
    assert solve.wait_step(1) == 1
    solve.wait_status("paused")
    solve.slider("Depth").focus()
    press("ArrowRight")
    expect(solve.slider("Depth")).to_have_attribute("aria-valuetext", "3")
    expect(solve.page).not_to_have_url(re.compile("[?&]depth=2"))
