"""What the pages fetch beside Streamlit's own messages: of runs, of references, of errands, plotly.js, and the scripts of components.

A run's id cannot be guessed, and whoever has it may look. Reading the store blocks, so it happens in threads, off the event loop.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

import plotly
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import InputError, TangenteError
from core.store import Run
from dashboard import components
from dashboard.server import batches, films, intro, references, thumbnails, watchers
from dashboard.server.services import store
from dashboard.server.visitor import sender
from dashboard.texts import worded

FRAME = "application/octet-stream"
ACTIVE = ("queued", "running")
A_DAY = "private, max-age=86400"
FOREVER = "public, max-age=31536000, immutable"
_MOST = 1000
"""Moments that may be asked for at once."""


def routes(base: str = "") -> list[Route]:
    """The routes, below the server's base path."""
    base = f"/{base.strip('/')}" if base.strip("/") else ""
    return [
        Route(f"{base}/api/runs/{{id}}/film", _threaded(film)),
        Route(f"{base}/api/runs/{{id}}/losses", _threaded(losses)),
        Route(f"{base}/api/runs/{{id}}/status", _threaded(status)),
        Route(f"{base}/api/intro/{{digest}}", _threaded(welcome)),
        Route(f"{base}/api/references/{{key}}", _threaded(reference)),
        Route(f"{base}/api/pictures/{{key}}", _threaded(picture)),
        Route(f"{base}/api/batches/{{id}}", _threaded(batch)),
        Route(f"{base}/plotly.js", _threaded(plotly_js)),
        Route(f"{base}/components/{{digest}}/{{path:path}}", _threaded(script)),
    ]


def film(request: Request) -> Response:
    """The moments of a run numbered above `after`, at most `most`, or 204 where there is none; in both cases headers with the run's state.

    This also says that somebody looks. Of a run that is over a browser keeps every piece but the last.
    """
    run = _seen(request)
    newest = store().newest_moment(run.id)
    headers = {**_state(run), "X-Film-Newest": str(newest)}
    most = min(max(1, _integer(request, "most", films.MOST)), _MOST)
    found = store().moments(run.id, _integer(request, "after", 0), most, films.SIZE)
    if not found:
        return Response(status_code=204, headers=headers)
    if films.lasting(run, found, newest):
        headers["Cache-Control"] = A_DAY
    return Response(films.piece(found), media_type=FRAME, headers=headers)


def welcome(request: Request) -> Response:
    """The film that welcomes a visitor; its address carries its digest, so browsers keep it for a year."""
    return Response(intro.film(), media_type=FRAME, headers={"Cache-Control": FOREVER})


def losses(request: Request) -> Response:
    """The run's losses by the step so far, as a frame."""
    run = store().get(request.path_params["id"])
    return Response(films.losses(store(), run), media_type=FRAME, headers=_state(run))


def status(request: Request) -> Response:
    """The run's state, as JSON."""
    run = store().get(request.path_params["id"])
    return _json({"status": run.status, "step": run.step, "steps": run.steps, "seconds": run.seconds, "version": run.version})


def reference(request: Request) -> Response:
    """The frame of a reference, which a browser keeps, as its key stands for its content; 204 while it is being computed.

    404 where there is none, with the reason.
    """
    answer = references.fetched(request.path_params["key"])
    if answer is None:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    if isinstance(answer, TangenteError):
        return _json({"error": answer.code, "message": worded(answer)}, 404)
    return Response(answer, media_type=FRAME, headers={"Cache-Control": A_DAY})


def picture(request: Request) -> Response:
    """A small picture of a reference, by the same key, in the same ways."""
    drawn = thumbnails.fetched(request.path_params["key"])
    if drawn is None:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    if isinstance(drawn, TangenteError):
        return _json({"error": drawn.code, "message": worded(drawn)}, 404)
    return Response(drawn, media_type=thumbnails.TYPE, headers={"Cache-Control": A_DAY})


def batch(request: Request) -> Response:
    """What a batch of errands has told from event number `since` on."""
    return _json({"events": batches.told(request.path_params["id"], max(0, _integer(request, "since", 0)))})


def plotly_js(request: Request) -> Response:
    """plotly.js as the installed package brings it; its address carries the version, so browsers keep it for a year."""
    data, tag = _plotly_js()
    headers = {"ETag": tag, "Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(data), media_type="text/javascript", headers=headers)
    return Response(data, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})


def script(request: Request) -> Response:
    """A component's script. A browser keeps it for a year, unless a page of an older server asks by another digest."""
    text = components.SCRIPTS.get(request.path_params["path"])
    if text is None:
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    known = request.path_params["digest"] == components.DIGEST
    return Response(text, media_type="text/javascript", headers={"Cache-Control": FOREVER if known else "no-store"})


@cache
def _plotly_js() -> tuple[bytes, str]:
    """plotly.js, compressed once, and its entity tag."""
    data = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()
    return gzip.compress(data, compresslevel=6), f'"{hashlib.sha256(data).hexdigest()[:16]}"'


def _threaded(answer: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """The route that calls `answer` in a thread and words its errors as JSON."""

    def guarded(request: Request) -> Response:
        try:
            return answer(request)
        except TangenteError as error:
            code = 404 if isinstance(error, InputError) else 503
            return _json({"error": error.code, "message": worded(error)}, code)

    async def route(request: Request) -> Response:
        return await run_in_threadpool(guarded, request)

    return route


def _seen(request: Request) -> Run:
    """The run that is asked for; its worker is told that somebody looks."""
    run = store().get(request.path_params["id"])
    if run.status in ACTIVE:
        watchers.saw(run.id, sender(request.headers))
    return run


def _state(run: Run) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "X-Run-Status": run.status,
        "X-Run-Step": str(run.step),
        "X-Run-Seconds": f"{run.seconds:.3f}",
    }


def _integer(request: Request, name: str, default: int) -> int:
    """The query's whole number `name`; the default where it is missing or none."""
    try:
        return int(request.query_params.get(name, "")[:16])
    except ValueError:
        return default


def _json(content: dict[str, object], code: int = 200) -> Response:
    return JSONResponse(content, status_code=code, headers={"Cache-Control": "no-store"})
