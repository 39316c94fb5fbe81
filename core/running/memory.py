"""How a process gets its memory from the system, where glibc does it."""

from __future__ import annotations

import ctypes
import platform

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -2, -3, -8  # mallopt(3)
_KEPT = {_M_TRIM_THRESHOLD: 256 << 20, _M_TOP_PAD: 64 << 20, _M_MMAP_THRESHOLD: 32 << 20}  # bytes
_SHARED = {_M_ARENA_MAX: 2, _M_MMAP_THRESHOLD: 128 << 10}  # heaps; bytes


def keep() -> None:
    """Keep what is freed: a training step frees its graph, tens of megabytes, and the next one wants it again.

    glibc would hand them back to the system and fault them in again, page by page, at every step, which took a tenth of the time.
    """
    _set(_KEPT)


def share() -> None:
    """Let the threads share what they free: glibc gives each a heap of its own, and a server has dozens of threads that seldom work.

    What is large goes back to the system at once: glibc would keep ever larger pieces, in heaps that small ones then hold fast.
    """
    _set(_SHARED)


def _set(options: dict[int, int]) -> None:
    if platform.libc_ver()[0] == "glibc":
        for option, value in options.items():
            ctypes.CDLL(None).mallopt(option, value)
