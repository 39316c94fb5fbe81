"""NumPy against torch, on each device present: the seconds that one operation takes, by the number of numbers.

    python -m core.why_pytorch.tensors OPERATION

All take turns, again and again, and the median counts: what slows the machine for a moment slows all. One thread each, and memory that is
kept between calls, as in a training: else some sizes would measure how the system hands it out, up to ten times the work itself. The
numbers lie on the device already, and a GPU's answer is waited for. The events (`core/errands/batch.py`):

- `contenders`: the `operation`, the `sizes` to come, and of each contender its `name`, its `library` with the version, and the `device`;
- `result` for each size, as far as the time suffices: its `size`, how many numbers there are, and the `seconds` by contender;
- `verdict`: by contender, how it did beside NumPy (`compared`).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np
import torch

from core.errands.telling import end_with_parent, tell
from core.running import process
from core.training import devices
from core.why_pytorch.operations import OPERATIONS, Operation

SIZES = tuple(round(10 ** (half / 2)) for half in range(4, 14))
"""10² to 10^6.5, two a decade."""
SECONDS = 6.0
"""The seconds that all sizes may take together."""
BLOCK = 1e-3
"""Seconds that calls are repeated for until the clock is read: it is too coarse for one."""
LEAST, MOST = 3, 31
"""The least and the most turns."""
EQUAL = 1.1
"""Times up to this ratio are called equal."""

Call = Callable[[], object]
Results = Mapping[int, Mapping[str, float]]


def arrays(operation: Operation, size: int) -> tuple[Any, Any]:
    """a and b, float32, of about `size` numbers each, the same for all."""
    draw = np.random.default_rng(0)
    side = round(size**0.5)
    shape = (side, side) if operation.square else (size,)
    return draw.standard_normal(shape, np.float32), draw.standard_normal(shape, np.float32)


def calls(operation: Operation, size: int) -> dict[str, Call]:
    """A call for each contender that carries out the operation once; on a GPU it waits for the result."""
    a, b = arrays(operation, size)
    made: dict[str, Call] = {"numpy": lambda: operation.apply(np, a, b)}
    for name in devices.labels():
        x, y = (torch.from_numpy(array).to(name) for array in (a, b))
        made[name] = lambda x=x, y=y: operation.apply(torch, x, y)  # type: ignore[misc]
    return made


def waiting(name: str) -> Call:
    """What waits until the contender has done all that was asked of it."""
    kind = name.partition(":")[0]
    if kind == "cuda":
        return lambda: torch.cuda.synchronize(name)
    return torch.mps.synchronize if kind == "mps" else lambda: None


def timed(calls: Mapping[str, Call], budget: float) -> dict[str, float]:
    """The seconds of one call of each, in turns; their first calls, which may be slow for good reasons, are not counted."""
    begun = time.perf_counter()
    waits = {name: waiting(name) for name in calls}
    repeats = {name: repeated(call, waits[name]) for name, call in calls.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(MOST):
        if time.perf_counter() - begun > budget * (1 if turn >= LEAST else 2) and turn:
            break
        for name, call in calls.items():
            times[name].append(spent(call, waits[name], repeats[name]))
    return {name: median(taken) for name, taken in times.items()}


def repeated(call: Call, wait: Call) -> int:
    """How many calls make a block, by the second call, unless the first alone was long."""
    first = spent(call, wait, 1)
    return 1 if first > 20 * BLOCK else max(1, round(BLOCK / max(spent(call, wait, 1), 1e-9)))


def spent(call: Call, wait: Call, repeats: int) -> float:
    """The seconds of one call, of several one after the other."""
    wait()
    begun = time.perf_counter()
    for _ in range(repeats):
        call()
    wait()
    return (time.perf_counter() - begun) / repeats


def compared(results: Results) -> dict[str, dict[str, Any]]:
    """How each contender did beside NumPy: the sizes at which it was `faster` and `slower`, and NumPy's time over its own, by size."""
    names = [name for name in next(iter(results.values())) if name != "numpy"]
    verdict: dict[str, dict[str, Any]] = {}
    for name in names:
        ratios = {size: seconds["numpy"] / seconds[name] for size, seconds in results.items()}
        verdict[name] = {
            "ratios": list(ratios.values()),
            "faster": [size for size, ratio in ratios.items() if ratio > EQUAL],
            "slower": [size for size, ratio in ratios.items() if ratio < 1 / EQUAL],
        }
    return verdict


def measure(operation: Operation, sizes: Sequence[int] = SIZES, seconds: float = SECONDS) -> dict[int, dict[str, float]]:
    """Time all sizes, and tell of each."""
    names = devices.labels()
    contenders = [{"name": "numpy", "library": f"NumPy {np.__version__}", "device": names["cpu"]}]
    contenders += [{"name": name, "library": f"torch {torch.__version__}", "device": label} for name, label in names.items()]
    tell("contenders", operation=operation.name, sizes=list(sizes), contenders=contenders)
    begun = time.perf_counter()
    results: dict[int, dict[str, float]] = {}
    for done, size in enumerate(sizes):
        left = seconds - (time.perf_counter() - begun)
        if left < 0 and results:
            break  # a slow machine: the larger sizes are left out
        results[size] = timed(calls(operation, size), left / (len(sizes) - done))
        tell("result", size=size, seconds=results[size])
    tell("verdict", operation=operation.name, compared=compared(results))
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.why_pytorch.tensors")
    parser.add_argument("operation", choices=sorted(OPERATIONS))
    given = parser.parse_args()
    end_with_parent()
    process.prepare()
    measure(OPERATIONS[given.operation])


if __name__ == "__main__":
    main()
