"""How the learning rate goes over the steps: functions of the step alone, so that a resumed run takes the same steps.

Each gives the share of the learning rate at a share of the steps, both in [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Callable

_RISE = 0.1

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda share: 1.0,
    "cosine": lambda share: (1 + math.cos(math.pi * share)) / 2,  # Loshchilov and Hutter 2017, SGDR, equation 5, without restarts
    "exponential": lambda share: 100.0**-share,
    "warm-up": lambda share: share / _RISE if share < _RISE else (1 + math.cos(math.pi * (share - _RISE) / (1 - _RISE))) / 2,
}
