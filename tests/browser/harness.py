"""The real server and a real browser, for the tests and the benchmarks that need them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds, for whatever a busy machine may be slow at
expect.set_options(timeout=1000 * PATIENCE)
NO_BROWSER = "needs Chromium: apt install chromium, or python -m playwright install chromium"

KEPT = "cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage"
"""The kinds of storage that a browser has for a page, other than the page's files."""
SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });"""
"""A script that adds up the layout's shifts (CLS) in `window.shifts`, from where a page begins."""
KEY = r"( Shortcut \w)?"
"""What the name of a button says of a key."""
ADAM = {"optimiser": "adam", "patience": "none", "precision": "float32", "resampling": "fixed"}
"""Many short steps, as tests that watch, pause and stop want them."""


class Server:
    """`streamlit run dashboard/app.py`, from a folder that is not the repository's, with a store of its own in it; below `base`, if any."""

    def __init__(self, folder: Path, base: str = "") -> None:
        self.folder = folder
        self.base = base
        self.store = f"sqlite:///{folder / 'runs.db'}"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = int(listener.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}/{base}".rstrip("/")
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and return once it answers."""
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "TANGENTE_SCHEDULER")}
        environment["TANGENTE_STORE"] = self.store
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "app.py"), "--server.port", str(self.port)]
        command += ["--server.baseUrlPath", self.base] if self.base else []
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        limit = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < limit, self.log()
            time.sleep(0.02)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """The system's Chromium, else Playwright's own; None where there is neither."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found)
        except Error as error:
            if found or "Executable doesn't exist" not in error.message:
                raise
            yield None
            return
        try:
            yield browser
        finally:
            browser.close()


def forget(context: BrowserContext, server: Server) -> None:
    """Close all pages, and forget all that they have left behind but the scripts: whoever comes next is another visitor."""
    if context.pages:
        session = context.new_cdp_session(context.pages[0])
        session.send("Storage.clearDataForOrigin", {"origin": server.address.removesuffix(f"/{server.base}"), "storageTypes": KEPT})
    for page in context.pages:
        page.close()
    context.clear_cookies()
    context.clear_permissions()


def complaints(message: ConsoleMessage) -> list[str]:
    """What the browser complains of, if it does.

    Two answers are meant to be 404: that a problem has no reference, and that Streamlit is not below the page's own address.
    """
    url = message.location.get("url", "")
    meant = "404" in message.text and any(part in url for part in ("/api/references/", "/api/pictures/", "/_stcore/"))
    ours = not any(part in message.text for part in ("Canvas2D: Multiple readback", "GL Driver Message"))  # Plotly's maps and surfaces
    return [message.text] if message.type in ("error", "warning") and ours and not meant else []


class Solve:
    """The Solve page in the hands of a person: found by roles, labels and what stands there."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.faults: list[str] = []
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda message: self.faults.extend(complaints(message)))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, **settings: object) -> Solve:
        """Open the page at these settings, and wait until it can be used."""
        self.page.goto(f"{self.server.address}/?{urlencode(settings)}")
        return self.wait_usable()

    def wait_usable(self) -> Solve:
        """Wait until it can be used; fails with the server's log where the page has."""
        failure = self.page.get_by_test_id("stException")
        expect(self.train_button.or_(failure).first).to_be_visible()
        assert failure.count() == 0, self.server.log()
        expect(self.page.locator(".tg-state")).not_to_be_empty()
        return self

    @property
    def train_button(self) -> Locator:
        """The button that begins, pauses and resumes a run, whatever it says."""
        return self.page.get_by_role("button", name=re.compile(f"^(Train( again)?|Pause|Resume){KEY}$"))

    def button(self, name: str) -> Locator:
        """The button of this name, whichever key presses it, too."""
        found = self.page.get_by_role("button", name=re.compile(f"^{re.escape(name)}{KEY}$"))
        return found.and_(self.page.locator("button:not([kind=header])"))  # Streamlit's own Stop ends a page that runs

    def click(self, name: str) -> None:
        self.button(name).click()

    def look(self, view: str) -> None:
        """Make a view the hero of the stage, and wait until it is drawn."""
        self.page.locator(".tg-tabs").get_by_role("button", name=view, exact=True).click()
        self.page.wait_for_timeout(300)

    def slider(self, label: str) -> Locator:
        return self.page.get_by_role("slider", name=label)

    def choose_problem(self, title: str) -> None:
        self.page.get_by_role("combobox", name="Problem").fill(title)  # a long list is drawn in part only
        self.page.get_by_role("option", name=re.compile(rf"^{re.escape(title)}( \(.*\))?$")).click()  # with what else it is called
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    def slide(self, label: str, text: str) -> None:
        """Move a slider by the arrow keys until it shows `text`."""
        slider = self.slider(label)
        slider.focus()
        now, wanted = float(slider.get_attribute("aria-valuetext") or "nan"), float(text)
        while now != wanted:
            slider.press("ArrowRight" if wanted > now else "ArrowLeft")
            before, now = now, float(slider.get_attribute("aria-valuetext") or "nan")
            assert before != now and (wanted - before) * (wanted - now) >= 0, f"{label} has no stop {text}, but {before} and {now}"

    @property
    def status(self) -> str:
        return self.page.locator(".tg-state").get_attribute("data-status") or ""

    def wait_status(self, *statuses: str, seconds: float = PATIENCE) -> str:
        """Wait for one of `statuses` in the live view; which it is."""
        pattern = re.compile("|".join(statuses))
        expect(self.page.locator(".tg-state")).to_have_attribute("data-status", pattern, timeout=1000 * seconds)
        return self.status

    @property
    def step(self) -> int:
        found = re.search(r"step ([\d,]+)", self.page.locator(".tg-pace").inner_text())
        return int(found[1].replace(",", "")) if found else 0

    def wait_step(self, least: int, seconds: float = PATIENCE) -> int:
        """Wait until that step is shown; the step shown then."""
        script = """least => {
            const found = document.querySelector(".tg-pace")?.textContent.match(/step ([\\d,]+)/);
            return found && Number(found[1].replaceAll(",", "")) >= least;
        }"""
        self.page.wait_for_function(script, arg=least, timeout=1000 * seconds)
        return self.step

    def number(self, label: str, key: str = "End") -> float | None:
        """What stands beside `label` among the numbers, of one unknown, once it does; None for a dash that stays.

        It belongs to the moment to which `key` brings the film: its last, or by Home its first.
        """
        if self.status in ("done", "diverged", "paused", "stopped"):
            expect(self.page.locator(".tg-stage")).to_have_attribute("data-whole", "true")
        if self.slider("Moment to look at").is_enabled():
            self.slider("Moment to look at").press(key)
        place = self.page.locator(".tg-numbers div").filter(has_text=label).locator("dd")
        with suppress(AssertionError):
            expect(place).not_to_have_text("–", timeout=5000)
        shown = place.inner_text()
        return None if shown == "–" else float(shown.partition(" (")[0].replace("−", "-"))


class Editor:
    """The editor page of one visitor."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.faults: list[str] = []
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda message: self.faults.extend(complaints(message)))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self) -> Editor:
        """Open it by the navigation, as people do; on a narrow screen, which folds that away, by its address."""
        if (self.page.viewport_size or {"width": 0})["width"] < 640:
            self.page.goto(f"{self.server.address}/editor")
        else:
            self.page.goto(self.server.address)
            self.page.get_by_role("link", name="Write a problem").click()
        return self.wait_usable()

    def wait_usable(self) -> Editor:
        failure = self.page.get_by_test_id("stException")
        expect(self.field("Equations").or_(failure).first).to_be_visible()
        assert failure.count() == 0, self.server.log()
        expect(self.state).not_to_have_text("")
        return self

    def field(self, label: str) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile(f"^{label}"))

    def note(self, field: str) -> Locator:
        return self.page.locator(f'[data-field="{field}"] .ed-note')

    def wrong(self, field: str) -> Locator:
        """The characters that are underlined in a field."""
        return self.page.locator(f'[data-field="{field}"] .ed-wrong')

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def state(self) -> Locator:
        return self.page.locator(".st-key-editor-state")

    @property
    def solution(self) -> Locator:
        return self.page.locator(".st-key-editor-solution")

    def type(self, label: str, text: str) -> None:
        """Put a text in place of what stands in a field, letter by letter, and stay in it."""
        field = self.field(label)
        field.click()
        field.press("ControlOrMeta+a")
        field.press_sequentially(text, delay=5)

    def wait_right(self) -> None:
        expect(self.state).not_to_contain_text("to mend")
        expect(self.button("Solve this")).to_be_enabled()
