"""What the server serves beside the pages, and how it answers: routes, headers, names."""

from __future__ import annotations

import asyncio
import posixpath
import re
import struct
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from core.domain import grids
from core.errors import RunError
from core.problem.binding import bind
from core.problem.problem import Problem
from core.problem.reading.reading import load
from core.problem.statement import METHODS
from core.references import Reference, exact
from core.references.common.solution import Evidence
from core.store import Lease, Run, RunStore, classical, moments
from core.store.frames import unpack
from core.store.moments import Moment
from dashboard import components
from dashboard.server import headers, references, services, watchers
from dashboard.server.evidence import said
from dashboard.server.routes import routes
from tests.experiments import small

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    monkeypatch.setenv("TANGENTE_STORE", f"sqlite:///{tmp_path / 'runs.db'}")
    yield services.store()
    services.store().close()


class Client:
    """Asks the routes, without a server between."""

    def __init__(self) -> None:
        app = Starlette(routes=routes(), middleware=[Middleware(headers.SafeHeaders)])
        self.transport = httpx.ASGITransport(app)

    async def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        async with httpx.AsyncClient(transport=self.transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self.ask(path, **more))


@pytest.fixture
def client(store: RunStore) -> Client:
    return Client()


@pytest.fixture
def run(store: RunStore) -> Run:
    return store.create(small())


@pytest.fixture
def lease(store: RunStore, run: Run) -> Lease:
    found = store.lease(run.id, "a test")
    assert found is not None
    return found


def moment_of(step: int, **more: Any) -> Moment:
    return Moment(step, None, moments.pack({"step": step, **more}, {"solution.u": np.full(5, step), "residual.1": np.zeros(3)}))


def pieces(body: bytes) -> list[tuple[int, int]]:
    """The number and the step of each moment in an answer."""
    found, place = [], 0
    while place < len(body):
        number, length = struct.unpack_from("<II", body, place)
        found.append((number, moments.header_of(body[place + 8 : place + 8 + length])["step"]))
        place += 8 + length + -length % 8
    assert place == len(body) and place % 8 == 0
    return found


def test_a_film_comes_in_pieces_and_says_how_much_there_is(client: Client, store: RunStore, lease: Lease) -> None:
    path = f"/api/runs/{lease.run_id}/film"
    nothing = client.get(path)
    assert nothing.status_code == 204 and nothing.headers["x-film-newest"] == "0"
    store.write_moments(lease, [moment_of(step, note="x" * step) for step in (0, 1, 5)])
    store.progress(lease, 12, 3.5, "jets")
    whole = client.get(path)
    assert whole.status_code == 200 and whole.headers["content-type"] == "application/octet-stream"
    assert pieces(whole.content) == [(1, 0), (2, 1), (3, 5)]
    assert [whole.headers[f"x-run-{name}"] for name in ("status", "step", "seconds")] == ["running", "12", "3.500"]
    assert (whole.headers["x-film-newest"], whole.headers["cache-control"]) == ("3", "no-store")
    assert pieces(client.get(path, params={"after": 1, "most": 1}).content) == [(2, 1)]
    rest = client.get(path, params={"after": 3})
    assert rest.status_code == 204 and rest.headers["x-film-newest"] == "3"


def test_browsers_keep_the_pieces_of_a_film_that_is_over_but_the_last(client: Client, store: RunStore, lease: Lease) -> None:
    path = f"/api/runs/{lease.run_id}/film"
    store.write_moments(lease, [moment_of(step) for step in range(4)])
    assert client.get(path, params={"most": 2}).headers["cache-control"] == "no-store"
    store.finish(lease, "done", step=3, seconds=1.0, loss=0.5, losses={}, relative_l2=None, max_error=None)
    assert client.get(path, params={"most": 2}).headers["cache-control"] == "private, max-age=86400"
    assert client.get(path, params={"most": 2, "after": 2}).headers["cache-control"] == "no-store"
    assert client.get(path, params={"after": 4}).headers["cache-control"] == "no-store"


def test_the_losses_are_a_frame(client: Client, store: RunStore, lease: Lease) -> None:
    path = f"/api/runs/{lease.run_id}/losses"
    assert unpack(client.get(path).content)[1] == {}
    rows = np.arange(2000, dtype=np.float32).reshape(1000, 2)
    store.write_losses(lease, 1, rows)
    arrays = unpack(client.get(path).content)[1]
    steps = arrays["loss.steps"].astype(int)
    assert steps[0] == 0 and steps[-1] == 999 and len(steps) <= 400
    weight = dict(store.get(lease.run_id).experiment.weights)["condition-1"]
    assert arrays["loss.condition-1"] == pytest.approx(rows[steps, 1] * weight)
    assert arrays["loss.total"] == pytest.approx(rows[steps] @ [weight for _, weight in store.get(lease.run_id).experiment.weights])


def test_who_fetches_a_film_looks_at_the_run(client: Client, lease: Lease) -> None:
    assert not watchers.watched(lease.run_id)
    client.get(f"/api/runs/{lease.run_id}/film")
    assert watchers.watched(lease.run_id)


def test_the_status_is_told(client: Client, store: RunStore, lease: Lease) -> None:
    store.progress(lease, 3, 0.25, "jets")
    status = client.get(f"/api/runs/{lease.run_id}/status").json()
    assert status == {"status": "running", "step": 3, "steps": 30, "seconds": 0.25, "version": 0}


@pytest.mark.parametrize("path", ["film", "losses", "status"])
def test_an_unknown_run_is_told_as_json(client: Client, path: str) -> None:
    answer = client.get(f"/api/runs/none/{path}")
    assert answer.status_code == 404 and answer.json()["error"].startswith("unknown-")


@pytest.mark.parametrize("since", ["", "x", "1e3", "9" * 400, "²", "--1"])
def test_a_version_that_is_no_number_counts_as_none(client: Client, store: RunStore, lease: Lease, since: str) -> None:
    store.write_moments(lease, [moment_of(1)])
    assert client.get(f"/api/runs/{lease.run_id}/film", params={"after": since, "most": since}).status_code in (200, 204)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_routes_change_nothing(client: Client, run: Run, method: str) -> None:
    assert client.get(f"/api/runs/{run.id}/status", method=method).status_code == 405


class Solver:
    """A cluster that solves nothing, and notes what is to be solved."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def solve_reference(self, problem: Problem, values: Mapping[str, float]) -> None:
        self.asked.append(problem.name)


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> Solver:
    made = Solver()
    monkeypatch.setattr(references, "cluster", lambda: made)
    return made


@pytest.mark.parametrize("name", ["damped-oscillator", "heat", "kovasznay", "taylor-green"])
def test_an_exact_solution_comes_at_once_on_the_live_grid(client: Client, solver: Solver, name: str) -> None:
    problem = load(name)
    key = references.remember(problem, {})
    answer = client.get(f"/api/references/{key}")
    header, arrays = unpack(answer.content)
    assert (header["method"], header["error"]) == ("exact", 0.0) and header["seconds"] >= 0
    axes = grids.axes(problem.coordinates, grids.LIVE)
    for coordinate, axis in zip(problem.coordinates, axes, strict=True):
        np.testing.assert_allclose(arrays[f"axis.{coordinate.name}"], axis, rtol=1e-6)
    expected = exact.at(bind(problem, {}), grids.points(axes))
    for index, unknown in enumerate(problem.unknowns):
        np.testing.assert_allclose(arrays[f"reference.{unknown}"].ravel(), expected[:, index], atol=1e-6)
    assert "max-age" in answer.headers["cache-control"] and solver.asked == []


def test_what_is_not_solved_yet_is_asked_for_and_comes_later(client: Client, store: RunStore, solver: Solver) -> None:
    pendulum = load("pendulum")
    path = f"/api/references/{references.remember(pendulum, {'b': 0.3})}"
    waiting = client.get(path)
    assert (waiting.status_code, waiting.headers["cache-control"], solver.asked) == (204, "no-store", ["pendulum"])
    solved = Reference("initial-value", np.arange(401.0)[:, None], error=2e-12, seconds=0.04)
    store.references.write(classical.key(pendulum, {"b": 0.3}), solved)
    header, arrays = unpack(client.get(path).content)
    assert (header["method"], header["error"], header["seconds"]) == ("initial-value", 2e-12, 0.04)
    np.testing.assert_array_equal(arrays[f"reference.{pendulum.unknowns[0]}"], np.arange(0.0, 401.0, 2))


def test_several_solutions_come_together_with_what_their_error_rests_on(client: Client, store: RunStore, solver: Solver) -> None:
    key = references.remember(load("pendulum"), {"b": 0.35})
    first, second = np.arange(401.0)[:, None], -np.arange(401.0)[:, None]
    solved = Reference("initial-value", first, 2e-12, 0.04, Evidence(4000, "finer"), (second,))
    store.references.write(key, solved)
    header, arrays = unpack(client.get(f"/api/references/{key}").content)
    assert header["solutions"] == 2 and header["evidence"] == {"points": 4000, "second": "finer"}
    assert header["claim"] == "checked at 4,000 points that it did not choose, and with a finer solution"
    (unknown,) = load("pendulum").unknowns
    np.testing.assert_array_equal(arrays[f"reference.{unknown}"], np.arange(0.0, 401.0, 2))
    np.testing.assert_array_equal(arrays[f"reference-2.{unknown}"], -np.arange(0.0, 401.0, 2))


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (Evidence(), ""),
        (Evidence(0, "formula"), ""),
        (Evidence(), ""),
        (Evidence(0, "finer"), "checked with a finer solution"),
        (Evidence(12345, ""), "checked at 12,345 points that it did not choose"),
        (Evidence(500, "other"), "checked at 500 points that it did not choose, and by another method"),
    ],
)
def test_what_a_claim_rests_on_is_said_in_one_line(evidence: Evidence, words: str) -> None:
    assert said(evidence) == words


def test_where_there_is_no_reference_the_reason_is_told(client: Client, store: RunStore, solver: Solver) -> None:
    key = references.remember(load("pendulum"), {"b": 0.4})
    store.references.write(key, RunError("reference-too-slow", limit=20))
    answer = client.get(f"/api/references/{key}")
    assert answer.status_code == 404 and answer.headers["cache-control"] == "no-store"
    assert answer.json() == {"error": "reference-too-slow", "message": "The classical solver needs more than 20 s; it was stopped."}
    assert solver.asked == []


@pytest.mark.parametrize("key", ["none", "0" * 64, "..%2f..%2fetc", "%00"])
def test_a_key_that_no_page_gave_out_is_unknown(client: Client, solver: Solver, key: str) -> None:
    answer = client.get(f"/api/references/{key}")
    assert answer.status_code == 404 and solver.asked == []


def test_only_so_many_problems_are_remembered(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_MOST", 2)
    oldest, *others = [references.remember(load("decay"), {"lambda": value}) for value in (1.25, 1.5, 2.5)]
    assert client.get(f"/api/references/{oldest}").json()["error"] == "unknown-reference"
    assert [client.get(f"/api/references/{key}").status_code for key in others] == [200, 200]


def test_every_method_has_a_name() -> None:
    assert set(references.METHODS) == set(METHODS)


def test_a_picture_is_fetched_by_the_same_key(client: Client, store: RunStore, solver: Solver) -> None:
    assert client.get("/api/pictures/none").status_code == 404
    drawn = client.get(f"/api/pictures/{references.remember(load('decay'), {})}")
    assert drawn.headers["content-type"] == "image/webp" and "max-age" in drawn.headers["cache-control"]
    assert drawn.content[8:12] == b"WEBP" and solver.asked == []
    key = references.remember(load("pendulum"), {"b": 0.35})
    assert client.get(f"/api/pictures/{key}").status_code == 204 and solver.asked == ["pendulum"]
    store.references.write(key, RunError("reference-too-slow", limit=20))
    assert client.get(f"/api/pictures/{key}").json()["error"] == "reference-too-slow"


def test_plotly_is_sent_once(client: Client) -> None:
    answer = client.get("/plotly.js")
    assert answer.headers["content-encoding"] == "gzip" and answer.text.startswith("/**\n* plotly.js")
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/plotly.js", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    plain = client.get("/plotly.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.text == answer.text


def test_a_script_is_kept_by_browsers_until_any_changes(client: Client) -> None:
    answer = client.get(f"/components/{components.DIGEST}/shared/words.js")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    older = client.get("/components/0000/shared/words.js")  # by a page that has outlived its server
    assert older.text == answer.text and older.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["shared/nothing.js", "shared/asking.css", "__init__.py", "..%2froutes.py", ""])
def test_nothing_but_scripts_is_served_with_them(client: Client, path: str) -> None:
    assert client.get(f"/components/{components.DIGEST}/{path}").status_code == 404


def test_what_a_script_imports_is_there() -> None:
    for name, text in components.SCRIPTS.items():
        for path in re.findall(r'^import .* from "(.*)";$', text.decode(), re.MULTILINE):
            assert posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) in components.SCRIPTS, (name, path)


def test_routes_lie_below_the_base_path() -> None:
    assert {route.path for route in routes("/sub/")} == {f"/sub{route.path}" for route in routes()}


def test_safe_headers_on_every_answer(client: Client) -> None:
    answer = client.get("/nothing")
    policy = answer.headers["content-security-policy"]
    assert "unsafe-eval" not in policy and "script-src 'self' blob: 'sha256-" in policy and "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_a_slow_store_does_not_hold_up_others(client: Client, store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()
    monkeypatch.setattr(type(store), "newest_moment", lambda self, run_id: int(free.wait(5)))

    async def both() -> tuple[httpx.Response, httpx.Response]:
        slow = asyncio.create_task(client.ask(f"/api/runs/{run.id}/film"))
        quick = await client.ask(f"/api/runs/{run.id}/status")
        free.set()
        return quick, await slow

    quick, slow = asyncio.run(both())
    assert quick.status_code == 200 and slow.headers["x-film-newest"] == "1"


def test_one_store_for_the_process(store: RunStore) -> None:
    assert services.store() is store


def test_started_in_the_repository_or_elsewhere_it_has_the_same_settings() -> None:
    inside, everywhere = (tomllib.loads((ROOT / folder / ".streamlit" / "config.toml").read_text()) for folder in (".", "dashboard"))
    assert inside == everywhere


@pytest.mark.processes
@pytest.mark.parametrize("folder", ["repository", "elsewhere"])
def test_started_from_anywhere_it_is_safe(tmp_path: Path, folder: str) -> None:
    """The port is opened before `app.py` is read, so the address must come from the settings beside it."""
    script = "import sys, streamlit.config as c; c._main_script_path = sys.argv[1]; print([c.get_option(name) for name in sys.argv[2:]])"
    names = ["server.address", "client.showErrorDetails", "browser.gatherUsageStats", "server.maxUploadSize", "runner.postScriptGC"]
    command = [sys.executable, "-c", script, str(ROOT / "dashboard" / "app.py"), *names]
    read = subprocess.run(command, cwd=ROOT if folder == "repository" else tmp_path, capture_output=True, text=True, check=True)
    assert read.stdout.strip() == "['127.0.0.1', 'none', False, 2, False]"


PAGE = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
print(bool(app.exception), [name for name in ("pandas", "pyarrow", "torch") if name in sys.modules])
"""


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_no_page_asks_streamlit_whether_something_is_a_table(page: Path) -> None:
    """Streamlit would load pandas, 70 MB; and Plotly takes it from `sys.modules`, where another visitor's thread may be importing it."""
    ran = subprocess.run([sys.executable, "-c", PAGE, str(page)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False []"
