"""A spreadsheet's file of a cooling cup, from the file to the constant with its interval, in a person's hands."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from tests.browser.harness import Server, Solve
from tests.browser.test_editor import Editor, editor  # noqa: F401

RATE, ROOM = 0.045, 21.0


def cup(path: Path) -> Path:
    """Readings as a German spreadsheet writes them, with its flaws: decimal commas, units, a blank line, a reading that failed."""
    random = np.random.default_rng(2)
    rows = [
        f"{minute};{ROOM + 61 * math.exp(-RATE * minute) + 0.4 * random.standard_normal():.1f}".replace(".", ",")
        for minute in range(0, 61, 3)
    ]
    rows[7:7] = ["", "20;n.a."]
    path.write_bytes("\r\n".join(["# Tasse, Küche", "Zeit [min];Temperatur (°C)", *rows, ""]).encode("cp1252"))
    return path


def test_from_a_spreadsheet_to_a_constant_and_its_interval(editor: Editor, server: Server, tmp_path: Path) -> None:  # noqa: F811
    editor.open()
    page = editor.page
    editor.button("Start from …").click()
    editor.button("An empty form").click()
    expect(editor.field("Equations")).to_have_value("")
    expect(editor.button("An empty form")).to_have_count(0)
    editor.button("+ Coordinate").click()
    for label, text in (("Coordinate 1: its letter", "t"), ("Coordinate 1: low end", "0"), ("Coordinate 1: high end", "30")):
        page.get_by_label(label).fill(text)
    editor.type("Title", "My cup")
    editor.type("Unknowns", "T")
    page.get_by_text("Data from a file").click()
    page.get_by_test_id("stExpander").filter(has_text="Data from a file").locator('input[type="file"]').set_input_files(
        cup(tmp_path / "cup.csv")
    )
    expect(page.get_by_text("decimal commas")).to_be_visible()
    for name, column in (("t", "Zeit [min]"), ("T", "Temperatur (°C)")):
        expect(page.get_by_role("combobox", name=f"Column of {name}", exact=True)).to_have_value(column)
    page.get_by_role("button", name=re.compile("widen the domain")).click()
    expect(page.get_by_text("The draft has data from")).to_be_visible()
    editor.type("Equations", "dT/dt = -k*(T - A)")
    for name in ("k", "A"):
        editor.button(f"Find {name} from the data").first.click()
    editor.wait_right()
    expect(editor.field("Constants to be found")).to_have_value("k = 1\nA = 1")
    editor.button("Solve this").click()
    solve = Solve(page, server).wait_usable()
    solve.click("Sharp")
    solve.click("Train")
    solve.wait_status("done")
    expect(solve.page.locator(".tg-stage")).to_have_attribute("data-whole", "true")
    solve.slider("Moment to look at").press("End")
    told = solve.page.locator(".tg-constants")
    expect(told).to_contain_text("95 %")
    found = re.search(r"k = ([\d.]+), 95 %: ([\d.]+) to ([\d.]+)", told.inner_text())
    assert found, told.inner_text()
    value, low, high = map(float, found.groups())
    assert low < value < high and low - 0.003 < RATE < high + 0.003
