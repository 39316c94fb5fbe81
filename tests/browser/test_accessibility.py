"""Every page, in both themes, by axe-core: nothing that keeps people out, or makes it hard for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.harness import ROOT, Solve

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci")]


def findings(page: Page, axe: Path = AXE) -> list[tuple[str, str, list[str]]]:
    """What is grave: the rule, what it asks for, and where it is broken."""
    page.evaluate(axe.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [(item["id"], item["help"], [node["html"] for node in item["nodes"]]) for item in found if item["impact"] in GRAVE]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["?problem=burgers", "problems", "editor", "pytorch"])
def test_a_page_has_nothing_grave(solve: Solve, path: str, theme: Any) -> None:
    solve.page.emulate_media(color_scheme=theme)
    solve.page.goto(f"{solve.server.address}/{path}")
    solve.page.get_by_role("heading", level=1).wait_for()
    solve.page.wait_for_timeout(3000)
    assert findings(solve.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_trained_run_has_nothing_grave(solve: Solve, theme: Any) -> None:
    solve.page.emulate_media(color_scheme=theme)
    solve.open(problem="decay", depth=1, width=8, points=20, steps=30, seed=31 if theme == "dark" else 32)
    solve.click("Train")
    solve.wait_status("done")
    assert findings(solve.page) == []
