"""A problem with two solutions: both are drawn, and the picture holds the network against the one that is chosen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from core.store import RunStore
from dashboard.server.visitor import LOCAL
from tests.browser.harness import ADAM, Server, Solve

BRATU = """[problem]
title = "Bratu"
coordinates = { x = [0, 1] }
unknowns = ["u"]
equations = ["u_xx + 2*exp(u) = 0"]
conditions = ["u(0) = 0", "u(1) = 0"]
"""
HIGHEST = [0.32895, 2.89553]
"""The middles of both, 2 log cosh(θ/4) where θ = 2 cosh(θ/4)."""

CURVES = """() => Object.fromEntries([...document.querySelectorAll(".tg-plot")].flatMap((plot) => plot.data ?? [])
    .filter(({ name, y }) => name && y?.length)
    .map(({ name, y }) => [name, Math.max(...[...y].filter((value) => !Number.isNaN(value)))]))"""


@pytest.fixture
def bratu(solve: Solve, server: Server) -> Solve:
    saved = RunStore(server.store).problems.save(LOCAL, BRATU)
    return solve.open(problem=saved.id, **{**ADAM, "depth": 1, "width": 8, "steps": 200, "points": 40})


def curves(solve: Solve) -> dict[str, Any]:
    """The largest value of each curve by its name."""
    found: dict[str, Any] = solve.page.evaluate(CURVES)
    return found


def test_both_solutions_are_drawn_and_the_error_is_that_from_the_chosen_one(bratu: Solve) -> None:
    chooser = bratu.page.get_by_label("Compare with")
    expect(chooser).to_be_visible()
    expect(bratu.page.locator(".tg-cost")).to_contain_text("2 solutions")
    drawn = curves(bratu)
    assert sorted((drawn["reference"], drawn["other solutions"])) == pytest.approx(HIGHEST, abs=1e-4)
    bratu.click("Train")
    bratu.wait_status("done")
    expect(bratu.page.locator(".tg-cost")).to_have_text(re.compile(r"errors from solution \d of 2, the nearest"))
    score = bratu.number("Relative L2")
    seen = {}
    for number in ("1", "2"):
        chooser.select_option(number)
        bratu.page.wait_for_timeout(300)
        seen[number] = curves(bratu)
        bratu.look("Error")
        seen[number] |= {"u": curves(bratu)["u"]}
        bratu.look("Solution")
        network, held = seen[number]["network"], seen[number]["reference"]
        assert seen[number]["u"] >= 0.99 * abs(network - held), "the error is that from the solution drawn as the reference"
    assert seen["1"]["reference"] == pytest.approx(seen["2"]["other solutions"])
    assert seen["2"]["reference"] == pytest.approx(seen["1"]["other solutions"])
    assert bratu.number("Relative L2") == score, "the score stays that of the nearest"
    chooser.select_option("the nearest solution")


def test_a_problem_with_one_solution_offers_no_choice(solve: Solve) -> None:
    solve.open(problem="decay", **ADAM)
    expect(solve.page.locator(".tg-cost")).to_contain_text("Reference")
    expect(solve.page.get_by_label("Compare with")).to_be_hidden()
