"""The page docs/one_step.md: its code runs, and the step that it takes is the one that `train` takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from core.training.training import train

PAGE = Path(__file__).parent.parent / "docs" / "one_step.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def ran() -> dict[str, Any]:
    """The names that the page's blocks leave behind, run one after another."""
    names: dict[str, Any] = {}
    for number, block in enumerate(BLOCKS, start=1):
        exec(compile(block, f"{PAGE.name}, block {number}", "exec"), names)
    return names


def test_the_page_is_in_short_blocks() -> None:
    assert len(BLOCKS) >= 8 and max(block.count("\n") for block in BLOCKS) <= 12


def test_the_page_takes_the_step_that_train_takes(ran: dict[str, Any]) -> None:
    untrained, snapshot = train(ran["experiment"])
    assert (untrained.step, snapshot.step) == (0, 1) and snapshot.before is not None
    torch.testing.assert_close(torch.stack(ran["terms"]).detach(), snapshot.before, rtol=1e-10, atol=1e-12)
    theirs = list(snapshot.network.parameters())
    assert len(ran["after"]) == len(theirs) == len(ran["before"])
    for before, ours, other in zip(ran["before"], ran["after"], theirs, strict=True):
        torch.testing.assert_close(ours, other.detach(), rtol=1e-8, atol=1e-10)
        assert (ours != before).all()  # each weight has moved
