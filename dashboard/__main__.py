"""Start the app: `python3 -m dashboard`. Needs Python alone; what else the app needs is installed at the first start."""

from __future__ import annotations

import argparse
import errno
import os
import runpy
import signal
import socket
import sys
import threading
import time
import urllib.request
import webbrowser

from core import __version__
from dashboard import environment

_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def main(program: str = "python3 -m dashboard") -> None:
    """Set up where needed, then serve the app until Ctrl-C; called as `program`."""
    options = _options(program)
    _require_port(options.host, options.port, program)
    environment.enter("dashboard", environment.APP)
    if options.store:
        os.environ["TANGENTE_STORE"] = options.store
    if options.scheduler:
        os.environ["TANGENTE_SCHEDULER"] = options.scheduler
    if options.workers:
        os.environ["TANGENTE_WORKERS"] = str(options.workers)
    threading.Thread(target=_announce, args=(_address(options.host, options.port), options.browser), daemon=True).start()
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))  # the server has ended by then; else Streamlit says that it was aborted
    sys.argv = ["streamlit", "run", str(environment.ROOT / "dashboard" / "app.py"), *_flags(options)]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _options(program: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=program, description="Watch a neural network learn a differential equation.")
    parser.add_argument("--port", type=_port, default=8501, help="where the page is served (default: %(default)s)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on; 0.0.0.0 lets other machines in (default: %(default)s)"
    )
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="do not open the page")
    parser.add_argument("--version", action="version", version=f"Tangente {__version__}")
    parser.add_argument("--store", metavar="URL", help="where runs are kept (default: your data folder, or $TANGENTE_STORE)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="train on this Dask cluster (default: workers of its own)")
    help = "how many runs may train at once; each worker holds 250 to 400 MB (default: one a core, at most four)"
    parser.add_argument("--workers", type=_workers, metavar="N", help=help)
    return parser.parse_args()


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"workers are a whole number from 1 to 256, not {text!r}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a whole number from 1 to 65535, not {text!r}")
    return int(text)


def _flags(options: argparse.Namespace) -> list[str]:
    flags = {"server.port": options.port, "server.address": options.host, "server.headless": "true", "logger.hideWelcomeMessage": "true"}
    return [part for name, value in flags.items() for part in (f"--{name}", str(value))]


def _require_port(host: str, port: int, program: str) -> None:
    """End with a message where nothing can be served there; Streamlit would tell so only after the set-up, and less clearly."""
    problem = _cannot_bind(host, port)
    if problem is None:
        return
    if problem.errno == errno.EADDRINUSE:
        free = next((other for other in range(port + 1, min(port + 100, 65536)) if _cannot_bind(host, other) is None), None)
        remedy = f" Try: {program} --port {free}" if free else ""
        sys.exit(f"Port {port} is taken, perhaps by another Tangente.{remedy}")
    if problem.errno == errno.EACCES:
        sys.exit(f"This user may not serve on port {port}. Try: {program} --port 8501")
    sys.exit(f"Nothing can be served at {host}: {problem.strerror or problem}.")


def _cannot_bind(host: str, port: int) -> OSError | None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            if os.name != "nt":  # there it would allow what is taken
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError as error:
        return error
    return None


def _address(host: str, port: int) -> str:
    """The address under which this machine's own browser finds the page."""
    name = _WILDCARDS.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _announce(address: str, browser: bool) -> None:
    """Print where the server is and open it, once it answers."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            direct.open(f"{address}/_stcore/health", timeout=5).close()
            break
        except OSError:
            time.sleep(0.1)
    print(f"Tangente is at {address} (Ctrl-C ends it). {_trained_by()}", flush=True)
    if browser and _has_display():
        webbrowser.open(address)


def _trained_by() -> str:
    """Who trains, in a sentence."""
    from core.workers.cluster import usual_workers  # not before the set-up

    scheduler = os.environ.get("TANGENTE_SCHEDULER")
    if scheduler:
        return f"Runs train on the cluster of {scheduler}."
    workers = int(os.environ.get("TANGENTE_WORKERS") or usual_workers())
    return f"Up to {workers} run{'s train' if workers > 1 else ' trains'} at once; --workers changes that."


def _has_display() -> bool:
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
