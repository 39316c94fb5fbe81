"""The running server as a process: what it holds, where it listens, what it sends, and what it leaves behind."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.harness import ADAM, Server, Solve

MEGABYTE = 1_000_000
MOST_MEMORY = 200 * MEGABYTE


@pytest.fixture
def used(solve: Solve, server: Server) -> Iterator[psutil.Process]:
    """The server's process after a visitor has trained something."""
    solve.open(**ADAM, problem="burgers", depth=2, width=8, points=50, steps=20, seed=5)
    if solve.status != "done":
        solve.click("Train")
    solve.wait_status("done")
    yield psutil.Process(server.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: /proc tells which libraries a process has loaded")
def test_the_server_holds_no_torch_and_little_memory(used: psutil.Process) -> None:
    loaded = Path(f"/proc/{used.pid}/maps").read_text()
    assert "numpy" in loaded and "torch" not in loaded and "pandas" not in loaded
    assert used.memory_info().rss <= MOST_MEMORY


def test_all_its_processes_listen_on_the_loopback_address_alone(used: psutil.Process) -> None:
    family = [used, *used.children(recursive=True)]
    listening = [
        connection.laddr.ip
        for process in family
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 2 and set(listening) <= {"127.0.0.1", "::1"}


def test_answers_carry_safe_headers(server: Server) -> None:
    for path in ("/", "/_stcore/health", "/api/runs/none/status", "/plotly.js"):
        headers = httpx.get(server.address + path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "SAMEORIGIN", path


def test_another_name_for_the_address_is_refused(server: Server) -> None:
    assert httpx.get(server.address, headers={"Host": "evil.example"}).status_code == 400


def test_routes_answer_what_they_should(server: Server) -> None:
    missing = httpx.get(f"{server.address}/api/runs/none/film")
    assert missing.status_code == 404 and missing.json()["error"] == "unknown-run"
    gone = httpx.get(f"{server.address}/api/batches/none?since=0")
    assert gone.status_code == 404 and gone.json()["error"] == "unknown-batch"
    script = httpx.get(f"{server.address}/plotly.js")
    assert script.headers["content-type"].startswith("text/javascript") and script.headers["content-encoding"] == "gzip"
    again = httpx.get(f"{server.address}/plotly.js", headers={"If-None-Match": script.headers["etag"]})
    assert again.status_code == 304


def test_pages_work_below_a_base_path(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    with Server(tmp_path, base="lab/tangente") as server:
        solve = Solve(context.new_page(), server)
        asked: list[str] = []
        solve.page.on("request", lambda request: asked.append(request.url))
        solve.open(problem="decay")
        expect(solve.page.locator(".tg-plot .js-line").first).to_be_visible()  # the reference, as a curve
        solve.page.get_by_role("link", name="Problems").click()
        expect(solve.page.locator(".pi-image").first).to_be_visible()
    own = [url for url in asked if "/components/" in url or "/plotly.js" in url or "/api/" in url]
    assert len(own) >= 10 and all(url.startswith(f"{server.address}/") for url in own)
    assert solve.faults == []
    context.close()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_nothing_outlives_the_server(browser: Browser, tmp_path: Path, how: str) -> None:
    server = Server(tmp_path)
    server.start()
    context = browser.new_context()
    solve = Solve(context.new_page(), server).open(**ADAM, problem="burgers", depth=2, width=8, points=50, steps=200_000)
    solve.click("Train")
    solve.wait_step(1)
    family = psutil.Process(server.pid).children(recursive=True)
    assert len(family) >= 2
    if how == "kill":
        psutil.Process(server.pid).kill()
    server.stop()
    context.close()
    _, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []


def test_a_second_server_on_the_same_store_goes_on_with_the_run(browser: Browser, tmp_path: Path) -> None:
    settings = {**ADAM, "problem": "burgers", "depth": 2, "width": 8, "points": 50, "steps": 200_000}
    first, second = Server(tmp_path), Server(tmp_path)
    context = browser.new_context()
    with second:
        first.start()
        solve = Solve(context.new_page(), first).open(**settings)
        solve.click("Train")
        solve.wait_step(10)
        psutil.Process(first.pid).kill()
        first.stop()
        time.sleep(0.1)
        other = Solve(context.new_page(), second).open(**settings)
        step = other.wait_step(10)
        other.wait_step(step + 20)
        other.click("Stop")
        other.wait_status("stopped")
    context.close()
