"""Several seeds of one experiment, in a person's hands."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.harness import ADAM, Solve

QUICK = {**ADAM, "problem": "decay", "depth": 2, "width": 8, "points": 50, "steps": 2000, "learning_rate": 0.01, "seed": 40, "seeds": 3}


def unfold(solve: Solve) -> None:
    solve.page.get_by_text("Several seeds").click()
    expect(solve.button("Train 3 seeds").or_(solve.page.get_by_test_id("stException")).first).to_be_visible()


def plot(solve: Solve, name: str) -> Locator:
    return solve.page.locator(f".st-key-seeds-{name} .tg-plot")


def sentence(solve: Solve) -> str:
    return solve.page.get_by_text("Median relative L2").locator("xpath=ancestor-or-self::p").inner_text()


def test_train_seeds_see_the_band_reload_and_see_it_again(solve: Solve) -> None:
    solve.open(**QUICK)
    unfold(solve)
    solve.click("Train 3 seeds")
    expect(solve.button("Stop all")).to_be_enabled()
    expect(plot(solve, "loss").locator(".fills path").first).to_be_attached()
    expect(solve.page.get_by_text("over 3 seeds")).to_be_visible()
    expect(solve.button("Stop all")).to_be_disabled()
    expect(solve.page.get_by_role("row", name=re.compile(r"^4[012] Trained 2,000"))).to_have_count(3)
    for name in ("loss", "error", "field"):
        traces = plot(solve, name).evaluate("node => node._fullData.map(trace => [trace.name, trace.fill, trace._length])")
        assert [fill for _name, fill, _length in traces] == ["none", "tonexty", "none", "tonexty", "none"]
        assert all(length > 10 for _name, _fill, length in traces)
    said = sentence(solve)
    numbers = [float(part) for part in re.findall(r"0\.\d+", said)]
    assert numbers[1] <= numbers[0] <= numbers[2], said

    solve.page.reload()
    solve.wait_usable()
    expect(solve.page.get_by_text("over 3 seeds")).to_be_visible()  # it stays unfolded, by the address
    assert sentence(solve) == said
    expect(plot(solve, "error").locator(".fills path").first).to_be_attached()
    expect(solve.button("Train 3 seeds")).to_be_disabled()
    solve.page.get_by_role("radio", name="seconds").click()
    solve.page.wait_for_function("""() => document.querySelector(".st-key-seeds-loss .tg-plot").layout.xaxis.title.text === "seconds" """)

    solve.page.set_viewport_size({"width": 390, "height": 844})
    table = solve.page.get_by_role("table").filter(has_text="Seed")
    assert table.evaluate("node => node.getBoundingClientRect().right <= innerWidth && node.scrollWidth > node.clientWidth")
    table.evaluate("node => node.scrollTo(node.scrollWidth, 0)")
    assert table.evaluate("node => node.scrollLeft > 0")
    solve.page.set_viewport_size({"width": 1440, "height": 1000})

    with solve.page.expect_popup() as opened:
        solve.page.get_by_role("link", name="41", exact=True).click()
    run = Solve(opened.value, solve.server).wait_usable()
    run.wait_status("done")
    assert "seed=41" in opened.value.url
    opened.value.close()


def test_the_band_grows_in_its_place_and_stop_all_stops_all(solve: Solve) -> None:
    solve.open(**{**QUICK, "steps": 200_000, "seed": 50})
    unfold(solve)
    solve.click("Train 3 seeds")
    expect(solve.page.get_by_role("row", name=re.compile(r"Training [1-9]")).first).to_be_visible()
    band = plot(solve, "loss")
    expect(band.locator(".fills path").first).to_be_attached()
    drawn = band.evaluate("node => { node.mark = 'the same'; return node._fullData[4]._length }")
    longer = """drawn => document.querySelector(".st-key-seeds-loss .tg-plot")._fullData[4]._length > drawn"""
    solve.page.wait_for_function(longer, arg=drawn)
    assert band.evaluate("node => node.mark") == "the same"  # redrawn, not rebuilt
    solve.click("Stop all")
    expect(solve.page.get_by_role("row", name=re.compile("^5[012] Stopped"))).to_have_count(3)
    expect(solve.button("Train 3 seeds")).to_be_enabled()
