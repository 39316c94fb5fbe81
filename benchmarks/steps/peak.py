"""How many floating-point operations a second one core makes: a contender that multiplies matrices.

A "step" is the product of two square float32 matrices of 1,024 rows; what it tells for a loss is the rate of the fastest.
"""

from __future__ import annotations

import time

import torch

from benchmarks.steps.contenders import Contender
from benchmarks.steps.workloads import Steps, Workload

SIZE = 1024
OPERATIONS = 2 * SIZE**3
"""The operations of one product."""
PEAK = Contender("peak", "benchmarks.steps.peak", ("torch",))


def build(workload: Workload, variant: str = "") -> Steps:
    """Products of the same two matrices."""
    left, right, out = torch.rand(SIZE, SIZE), torch.rand(SIZE, SIZE), torch.empty(SIZE, SIZE)

    def product() -> float:
        begun = time.perf_counter()
        torch.mm(left, right, out=out)
        return time.perf_counter() - begun

    return lambda count: OPERATIONS / min(product() for _ in range(count))
