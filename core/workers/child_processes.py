"""Child processes that never outlive their parent.

A child is started by command, never by fork or spawn: it imports what it names and nothing of its parent. Its standard input is a pipe that
only the parent holds open; when the parent ends, however it ends and on whatever system, the pipe closes and the child ends itself.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
from typing import IO, Any

from core.errands.surroundings import ONE_THREAD, import_path
from core.errands.telling import end_with_parent


def start(
    module: str, *arguments: str, store_url: str, stdout: int | None = subprocess.DEVNULL, stderr: IO[Any] | None = None
) -> subprocess.Popen[bytes]:
    """Run `python -m module arguments…` as a child. `stderr` None: the parent's own.

    The child finds the store's URL in its environment, as its command, and a password in it, could be read by anyone on the machine.
    """
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": import_path(), "TANGENTE_STORE": store_url}
    command = [sys.executable, "-m", "core.workers.child_processes", module, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr, env=environment)


def main() -> None:
    """Become `module` in a child, which ends with its parent; to import it may take seconds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to obey
    end_with_parent()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
