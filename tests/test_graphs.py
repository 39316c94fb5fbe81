"""Steps recorded as CUDA graphs against steps taken one by one."""

import pytest
import torch

from core import graphs
from core.training import train
from tests.experiments import small

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")


@pytest.mark.parametrize("resampling", ["fixed", "adapt"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_recorded_steps_are_those_taken_one_by_one(resampling: str, schedule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = small("burgers", device="cuda:0", steps=40, period=20, resampling=resampling, schedule=schedule)
    recorded = [snapshot.losses.cpu() for snapshot in train(experiment)]
    monkeypatch.setattr(graphs, "WARM", 1000)
    torch.testing.assert_close(recorded, [snapshot.losses.cpu() for snapshot in train(experiment)], rtol=1e-9, atol=1e-12)


def test_a_recorded_run_can_be_resumed() -> None:
    experiment = small("burgers", device="cuda:0", steps=30)
    whole = list(train(experiment))
    *_, last = train(experiment, list(train(small("burgers", device="cuda:0", steps=15)))[-1].checkpoint())
    torch.testing.assert_close(last.losses, whole[-1].losses, rtol=1e-9, atol=1e-12)
