"""The classical solution beside the network: fetched once, with its error and its cost, or with the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from core.domain import grids
from core.errors import RunError
from core.problem.reading.reading import load
from core.references import Reference
from core.references.common.solution import Evidence
from core.store import RunStore, classical
from tests.browser.harness import ADAM, Server, Solve

QUICK = {**ADAM, "depth": 1, "width": 8, "points": 20, "steps": 10}
METHOD = "Runge–Kutta (DOP853) or LSODA"


@pytest.fixture
def store(server: Server) -> Iterator[RunStore]:
    made = RunStore(server.store)
    yield made
    made.close()


def cost(solve: Solve) -> Locator:
    return solve.page.locator(".tg-cost")


def test_cost_and_error_stand_beside_each_other_and_no_score_is_better(solve: Solve, store: RunStore) -> None:
    problem, values = load("pendulum"), {"b": 0.4}
    (axis,) = grids.axes(problem.coordinates, grids.FULL)
    reference = Reference("initial-value", np.cos(axis)[:, None], error=5.0, seconds=0.04)
    store.references.write(classical.key(problem, values), reference)
    solve.open(problem="pendulum", **{"values.b": 0.4}, **QUICK)
    expect(cost(solve)).to_have_text(f"Reference: {METHOD}, estimated error 5.0, took 0.040 s")
    solve.click("Train")
    solve.wait_status("done")
    expect(cost(solve)).to_contain_text("took 0.040 s · the network trained ")
    numbers = solve.page.locator(".tg-numbers dd")
    expect(numbers.nth(0)).to_have_text("≤ 5.0")
    expect(numbers.nth(1)).to_have_text("≤ 5.0")
    expect(numbers.nth(2)).not_to_contain_text("≤")


def test_where_there_is_none_the_reason_is_told(solve: Solve, store: RunStore) -> None:
    store.references.write(classical.key(load("duffing"), {"delta": 0.5}), RunError("reference-too-slow", limit=20))
    solve.open(problem="duffing", **{"values.delta": 0.5}, **QUICK)
    expect(cost(solve)).to_have_text("No reference: The classical solver needs more than 20 s; it was stopped.")
    solve.click("Train")
    solve.wait_status("done")
    assert solve.number("Relative L2") is None
    solve.look("Error")
    expect(solve.page.locator(".tg-hint:visible")).to_have_count(1)


def test_it_is_waited_for_and_drawn_when_it_comes(solve: Solve) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) < 3:
            route.fulfill(status=204)
        else:
            route.continue_()

    solve.page.route("**/api/references/*", answer)
    solve.open(problem="heat", **QUICK, seed=21)
    expect(cost(solve)).to_have_text("Reference: the exact solution")
    assert len(asked) == 3
    expect(solve.page.locator(".tg-panel").filter(has=solve.page.get_by_text("Reference", exact=True)).locator(".tg-hint")).to_be_hidden()


def test_it_is_solved_for_whoever_looks(solve: Solve) -> None:
    """The real solver does it, in a process of its own."""
    solve.open(problem="harmonic-system")
    solve.open(problem="van-der-pol", **QUICK)
    expect(cost(solve)).to_contain_text(f"Reference: {METHOD}, estimated error")


def test_going_back_to_a_value_fetches_nothing_again(newcomer: Solve) -> None:
    newcomer.open(problem="decay", **QUICK)
    parameter = newcomer.page.locator("[class*='st-key-values-']").get_by_role("slider").first
    start = parameter.get_attribute("aria-valuetext") or ""
    parameter.press("ArrowRight")
    expect(parameter).not_to_have_attribute("aria-valuetext", start)
    newcomer.page.wait_for_timeout(1500)
    parameter.press("ArrowLeft")
    expect(parameter).to_have_attribute("aria-valuetext", start)
    newcomer.page.wait_for_timeout(1500)
    entries = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/references/'))"
    sizes = newcomer.page.evaluate(f"() => {entries}.map(({{ transferSize }}) => transferSize)")
    assert len(sizes) == 3 and sizes[2] == 0 < sizes[0], "the third is the browser's own copy of the first"


def test_the_page_does_not_carry_it(browser: Browser, server: Server) -> None:
    """What Streamlit sends for the page has no field in it: a rerun costs the same with any reference."""
    context = browser.new_context()
    page = context.new_page()
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sent.append(len(data))))
    Solve(page, server).open(problem="taylor-green")
    assert sum(sent) < 400_000
    context.close()


def test_of_several_solutions_the_nearest_is_named_and_drawn(solve: Solve, store: RunStore) -> None:
    problem, values = load("pendulum"), {"b": 0.46}
    (axis,) = grids.axes(problem.coordinates, grids.FULL)
    far, near = np.cos(axis)[:, None] + 50, np.cos(axis)[:, None]
    reference = Reference("initial-value", far, 1e-6, 0.04, Evidence(4000, "finer"), (near,))
    store.references.write(classical.key(problem, values), reference)
    solve.open(problem="pendulum", **{"values.b": 0.46}, **QUICK)
    rests = "checked at 4,000 points that it did not choose, and with a finer solution"
    expect(cost(solve)).to_have_text(f"Reference: {METHOD}, estimated error 1.0e−6, took 0.040 s, {rests}, 2 solutions")
    solve.click("Train")
    solve.wait_status("done")
    expect(cost(solve)).to_contain_text(f"{rests}, errors from solution 2 of 2, the nearest")
    drawn = solve.page.evaluate("() => Math.max(...document.querySelector('.tg-plot').data[0].y)")
    assert drawn < 2
