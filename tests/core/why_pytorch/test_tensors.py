"""NumPy against torch: the same expressions, timed fairly, and a verdict that follows from the times."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest
import torch

from core.errands.batch import Batch, Errand
from core.training import devices
from core.why_pytorch import tensors
from core.why_pytorch.operations import OPERATIONS


def numbers(result: Any) -> Any:
    """The values of an array, of a tensor, or of the first tensor of several."""
    return np.asarray(result[0] if isinstance(result, tuple) else result)


@pytest.mark.parametrize("name", OPERATIONS)
def test_both_compute_the_same(name: str) -> None:
    operation = OPERATIONS[name]
    a, b = tensors.arrays(operation, 400)
    assert a.dtype == np.float32 and a.size == 400
    in_numpy = operation.apply(np, a, b)
    in_torch = operation.apply(torch, torch.from_numpy(a), torch.from_numpy(b))
    np.testing.assert_allclose(numbers(in_torch), numbers(in_numpy), rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_code_that_is_shown_is_what_is_timed(name: str) -> None:
    operation = OPERATIONS[name]
    a, b = tensors.arrays(operation, 100)
    x, y = torch.from_numpy(a), torch.from_numpy(b)
    np.testing.assert_array_equal(eval(operation.written("np"), {"np": np, "a": a, "b": b}), operation.apply(np, a, b))
    shown = eval(operation.written("torch"), {"torch": torch, "a": x, "b": y})
    np.testing.assert_array_equal(numbers(shown), numbers(operation.apply(torch, x, y)))


def test_every_device_takes_part_beside_numpy() -> None:
    assert list(tensors.calls(OPERATIONS["exp"], 100)) == ["numpy", *devices.labels()]


def test_all_take_turns_and_one_slow_moment_does_not_count() -> None:
    order: list[str] = []

    def call(name: str, slow: int) -> None:
        order.append(name)
        time.sleep(0.2 if order.count(name) == slow else 0.021)

    times = tensors.timed({"numpy": lambda: call("numpy", 4), "cpu": lambda: call("cpu", 0)}, budget=0.4)
    assert order[:2] == ["numpy", "cpu"] and order[2:] == ["numpy", "cpu"] * (len(order) // 2 - 1)
    assert times["numpy"] == pytest.approx(0.021, rel=0.5) and times["cpu"] == pytest.approx(0.021, rel=0.5)


def test_short_calls_are_repeated_until_the_clock_can_tell() -> None:
    count = 0

    def call() -> None:
        nonlocal count
        count += 1

    assert 0 < tensors.timed({"numpy": call}, budget=1.0)["numpy"] < 1e-5
    assert count > tensors.MOST * 10


def test_the_verdict_follows_from_the_times() -> None:
    results = {
        100: {"numpy": 1e-6, "cpu": 4e-6, "cuda:0": 1e-5},
        1000: {"numpy": 2e-6, "cpu": 2.1e-6, "cuda:0": 1e-5},
        10_000: {"numpy": 9e-6, "cpu": 3e-6, "cuda:0": 1e-5},
    }
    verdict = tensors.compared(results)
    assert verdict["cpu"] == {"ratios": pytest.approx([0.25, 2 / 2.1, 3.0]), "faster": [10_000], "slower": [100]}
    assert verdict["cuda:0"]["faster"] == [] and verdict["cuda:0"]["slower"] == [100, 1000, 10_000]


def test_a_measurement_tells_who_what_and_how(capsys: pytest.CaptureFixture[str]) -> None:
    tensors.measure(OPERATIONS["tanh"], (100, 1000), seconds=1.0)
    contenders, *results, verdict = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    names = [contender["name"] for contender in contenders["contenders"]]
    assert contenders["operation"] == verdict["operation"] == "tanh" and names == ["numpy", *devices.labels()]
    assert [result["size"] for result in results] == contenders["sizes"] == [100, 1000]
    assert all(0 < seconds < 1 for result in results for seconds in result["seconds"].values())
    measured = {result["size"]: result["seconds"] for result in results}
    assert verdict["compared"] == tensors.compared(measured)


def test_a_machine_that_is_too_slow_leaves_out_the_larger_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(tensors.measure(OPERATIONS["sum"], (100, 1000, 10_000), seconds=0.0)) == [100]
    assert "verdict" in capsys.readouterr().out


def test_the_errand_measures_all_sizes_in_time() -> None:
    batch = Batch([Errand("torch", "core.why_pytorch.tensors", ("solve",))])
    begun = time.monotonic()
    batch.wait(120)
    told = [event["event"] for event in batch.events()]
    assert told == ["started", "contenders", *["result"] * told.count("result"), "verdict", "ended", "over"]
    assert 5 <= told.count("result") <= len(tensors.SIZES)
    assert time.monotonic() - begun < 60


def test_an_operation_that_there_is_not_is_refused() -> None:
    batch = Batch([Errand("torch", "core.why_pytorch.tensors", ("__import__('os')",))])
    batch.wait(60)
    (failed,) = [event for event in batch.events() if event["event"] == "failed"]
    assert failed["code"] == "errand-crashed" and "invalid choice" in failed["complained"]
