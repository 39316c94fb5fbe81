"""Adam for the kernel's flat parameters: what `torch.optim.Adam` does, without its calls."""

from __future__ import annotations

import math

import numpy as np

from core.engines.kernel import machine
from core.engines.kernel.layout.description import Array


class AdamMoments:
    """Moves `theta` by `gradient`, (parameters,) both; its moments `first` and `second` may be given, to go on after `count` steps."""

    def __init__(
        self,
        theta: Array,
        gradient: Array,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        first: Array | None = None,
        second: Array | None = None,
        count: int = 0,
    ) -> None:
        self.first, self.second = (np.zeros_like(theta) if item is None else item for item in (first, second))
        self.count, self._betas = count, betas
        for item in (theta, gradient, self.first, self.second):
            if item.dtype != theta.dtype or item.shape != (theta.size,) or not item.flags.c_contiguous:
                raise ValueError(f"contiguous {theta.dtype} arrays ({theta.size},) are needed, but got {item.dtype} {item.shape}")
        self._kernel = machine.prepare(theta.dtype.name)
        beta, beta_2 = betas
        self._constants = np.array([beta, 1 - beta, beta_2, 1 - beta_2, 0, 0, epsilon], theta.dtype)
        addresses = [item.ctypes.data for item in (self.first, self.second, self._constants)]
        self._table = np.array(addresses, np.int64)
        self._kept = theta, gradient  # while their addresses are in use
        self._arguments = int(self._table.ctypes.data), int(theta.ctypes.data), int(gradient.ctypes.data), theta.size

    def step(self, rate: float) -> None:
        """One step at this learning rate."""
        self.count += 1
        self._constants[4] = rate / (1 - self._betas[0] ** self.count)
        self._constants[5] = 1 / math.sqrt(1 - self._betas[1] ** self.count)
        self._kernel.adam(*self._arguments)
