"""How a process that trains is set up."""

from __future__ import annotations

import ctypes
import platform

import torch

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3  # mallopt(3)
_KEPT = {_M_TRIM_THRESHOLD: 256 << 20, _M_TOP_PAD: 64 << 20, _M_MMAP_THRESHOLD: 32 << 20}  # bytes


def prepare() -> None:
    """One thread, and memory that is kept between steps.

    On networks this small two threads are slower, and a run's bits depend on their number. A step frees its graph, tens of megabytes; glibc
    would hand them back to the system and fault them in again, page by page, at the next step, which took a tenth of the time.
    """
    torch.set_num_threads(1)
    if platform.libc_ver()[0] == "glibc":
        for option, value in _KEPT.items():
            ctypes.CDLL(None).mallopt(option, value)
