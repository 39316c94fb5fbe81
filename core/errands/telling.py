"""How a program that runs in a process of its own tells what it does, and ends with whoever started it. Keeps to Python 3.6 alone."""

import json
import os
import sys
import threading
from typing import Any


def tell(event: str, **values: Any) -> None:
    """Write an event as a JSON object on a line of its own."""
    sys.stdout.write(json.dumps(dict(values, event=event)) + "\n")
    sys.stdout.flush()


def end_with_parent() -> None:
    """End at once, without cleaning up, when standard input closes: whoever started this has gone."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()
