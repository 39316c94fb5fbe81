"""Signals that ask a program to end: Ctrl-C, a terminal that is closed, whoever manages processes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def noted() -> Iterator[list[int]]:
    """The signals that arrive meanwhile, in a list that grows, and which do nothing else; those that are ignored, as `nohup` asks, stay so.

    A list, as a handler may not wait for a lock. To be used by the main thread, which alone may say what signals do.
    """
    received: list[int] = []
    before = {number: signal.getsignal(number) for number in SIGNALS}
    changed = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in changed:
        signal.signal(number, lambda number, frame: received.append(number))
    try:
        yield received
    finally:
        for number in changed:
            signal.signal(number, before[number])
