"""The entry: `streamlit run dashboard/app.py`, from any folder.

It puts the repository on the import path, serves the routes beside the pages, sends safe headers, and starts the workers with the server.
The pages are in `main.py`: Streamlit runs that again for each visitor and click, and this file once.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# Streamlit puts this folder on the path, where `main` or `live` would hide other modules of that name. The repository belongs there.
sys.path[:] = [str(HERE.parent), *(folder for folder in sys.path if Path(folder or ".").resolve() not in (HERE, HERE.parent))]

from core.running import memory  # noqa: E402

memory.share()  # before anything makes heaps of its own

import streamlit as st  # noqa: E402
from starlette.concurrency import run_in_threadpool  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: E402

from core.errors import TangenteError  # noqa: E402
from dashboard.server import services  # noqa: E402
from dashboard.server.headers import SafeHeaders, allowed_hosts  # noqa: E402
from dashboard.server.looks import Looks  # noqa: E402
from dashboard.server.routes import routes  # noqa: E402
from dashboard.server.visitor import Visitors  # noqa: E402


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Start the workers without waiting for them, and end them with the server.

    Where that fails, the pages are served all the same, and say why nothing trains.
    """
    try:
        await run_in_threadpool(services.cluster)
    except TangenteError as error:
        print(error, file=sys.stderr)
    try:
        yield {}
    finally:
        await run_in_threadpool(services.close)


BASE = st.get_option("server.baseUrlPath")

app = st.App(
    HERE / "main.py",
    routes=routes(BASE),
    middleware=[
        Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts()),
        Middleware(SafeHeaders),
        Middleware(Visitors),
        Middleware(Looks, base=BASE),
    ],
    lifespan=lifespan,
)
