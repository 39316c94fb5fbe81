"""One training with wider and wider networks: that it is one, and that its speed is told as it is."""

from __future__ import annotations

import copy
import time

import pytest
import torch

from core.errands.batch import Batch, Errand
from core.why_pytorch.frameworks import scaling
from core.why_pytorch.frameworks.scaling import Training


def test_a_step_trains_on_burgers_equation() -> None:
    """The first loss against central differences in float64."""
    training = Training("cpu", 8)
    exact, points, h = copy.deepcopy(training.network).double(), training.points.detach().double(), 1e-4
    along_x, along_t = torch.tensor([[h, 0.0]]), torch.tensor([[0.0, h]])
    with torch.no_grad():
        u, before, after = exact(points), exact(points - along_x), exact(points + along_x)
        u_x, u_xx = (after - before) / (2 * h), (after - 2 * u + before) / h**2
        u_t = (exact(points + along_t) - exact(points - along_t)) / (2 * h)
    losses = [training.step().item() for _ in range(60)]
    assert losses[0] == pytest.approx((u_t + u * u_x - 0.01 * u_xx).square().mean().item(), rel=1e-4)
    assert losses[-1] < losses[0] / 2


def test_the_speed_is_that_of_the_steps() -> None:
    assert scaling.rate(lambda: time.sleep(0.02), "cpu", 0.4) == pytest.approx(50, rel=0.3)


def test_a_step_that_takes_too_long_is_timed_once() -> None:
    calls: list[float] = []

    def step() -> None:
        calls.append(time.monotonic())
        time.sleep(0.1)

    assert scaling.rate(step, "cpu", 0.05) == pytest.approx(10, rel=0.3)
    assert len(calls) == 2  # one to warm up


def test_every_width_is_told_with_its_parameters() -> None:
    widths = (4, 16, 8)
    batch = Batch([Errand("cpu", "core.why_pytorch.frameworks.scaling", ("cpu", "--seconds", "0.1", "--widths", *map(str, widths)))])
    batch.wait(120)
    rates = [event for event in batch.events() if event["event"] == "rate"]
    assert not [event for event in batch.events() if event["event"] == "failed"]
    assert [event["width"] for event in rates] == list(widths)
    assert [event["parameters"] for event in rates] == [3 * w + 3 * (w * w + w) + w + 1 for w in widths]
    assert all(event["steps_per_second"] > 0 and event["device"] == "cpu" and not event["graph"] for event in rates)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_a_recorded_step_trains_as_the_step_does() -> None:
    one, other = Training("cuda", 16), Training("cuda", 16)
    replay = other.recorded()
    for _step in range(10):
        replay()
    for _step in range(scaling.WARM + 10):
        one.step()
    for mine, theirs in zip(one.network.parameters(), other.network.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)
