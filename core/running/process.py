"""How a process that trains is set up."""

from __future__ import annotations

import torch

from core.running import memory


def prepare() -> None:
    """One thread, as two are slower on such small networks and a run's bits depend on their number; and memory kept between steps."""
    torch.set_num_threads(1)
    memory.keep()
