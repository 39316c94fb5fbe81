"""The programs of the frameworks: the same training in each, in a real process, as far as it is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.errands.batch import Batch, Event
from core.why_pytorch.frameworks import catalogue, task
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS
from core.why_pytorch.frameworks.programs import numpy_by_hand, pytorch
from core.why_pytorch.frameworks.task import TASKS
from tests.examples import slow_of

COMPARED = 100
"""Steps in which all agree; later rounding drives them apart."""
FOLLOW = {"pytorch", "tensorflow", "keras_pytorch", "numpy_by_hand"}
"""The frameworks that notice another equation by themselves."""
_raced: dict[tuple[str, str], list[Event]] = {}


def raced(name: str, task: str) -> list[Event]:
    """What a framework tells of a race, which is run once."""
    if (name, task) not in _raced:
        errand = FRAMEWORKS[name].errand(task, COMPARED + 10, COMPARED)
        if errand is None:
            found = FRAMEWORKS[name]
            pytest.skip(f"{found.variable} names no interpreter" if found.variable else f"{found.package} is not installed")
        batch = Batch([errand], silence=500.0)
        batch.wait()
        _raced[name, task] = batch.events()
    return _raced[name, task]


def event(events: list[Event], kind: str) -> Event:
    (found,) = [event for event in events if event["event"] == kind]
    return found


def losses(events: list[Event]) -> list[float]:
    """The losses, one a step, the first included."""
    return [event(events, "built")["loss"], *(loss for each in events if each["event"] == "steps" for loss in each["losses"])]


@pytest.mark.processes
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", slow_of(FRAMEWORKS, "pytorch_compiled"))
def test_the_first_losses_are_those_of_pytorch(name: str, task: str) -> None:
    events = raced(name, task)
    assert not [event for event in events if event["event"] == "failed"]
    np.testing.assert_allclose(losses(events)[:COMPARED], losses(raced("pytorch", task))[:COMPARED], rtol=1e-4)
    assert losses(events)[COMPARED - 1] < 0.9 * losses(events)[0]


@pytest.mark.processes
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", slow_of(FRAMEWORKS, "pytorch_compiled"))
def test_another_equation_is_followed_at_once_or_after_a_rebuild(name: str, task: str) -> None:
    changed = event(raced(name, task), "changed")
    assert changed["follows"] == (name in FOLLOW)
    assert (changed["rebuild"] is None) == changed["follows"]


@pytest.mark.parametrize("name", slow_of(FRAMEWORKS, "pytorch_compiled"))
def test_one_that_is_missing_runs_no_errand(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "find_spec", lambda package: None)
    monkeypatch.delenv(FRAMEWORKS[name].variable or "TANGENTE_NONE", raising=False)
    assert FRAMEWORKS[name].errand("ode", 10, 5) is None


@pytest.mark.parametrize("equation", ["residual", "changed"])
@pytest.mark.parametrize("name", TASKS)
def test_gradients_on_paper_are_those_of_autograd(name: str, equation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "FLOAT", np.float64)
    given: Any = TASKS[name]()
    by_hand, by_autograd = numpy_by_hand.Program(given), pytorch.Program(given)
    by_hand.residual = by_autograd.residual = getattr(given, equation)
    loss, gradients = by_hand.loss_and_gradients()
    assert loss == pytest.approx(by_autograd.step(), rel=1e-12)
    for gradient, parameter in zip(gradients, by_autograd.network.parameters(), strict=True):
        np.testing.assert_allclose(gradient.T, parameter.grad.numpy(), rtol=1e-8, atol=1e-10)


def test_the_memory_is_that_of_the_program_alone() -> None:
    """The memory does not include that of the process which started the program, such as the server."""
    ballast = b"x" * 400_000_000
    batch = Batch([FRAMEWORKS["numpy_by_hand"].errand("ode", 12, 11)])  # type: ignore[list-item]
    batch.wait(60)
    assert len(ballast) > 2 * event(batch.events(), "done")["memory"] > 2e7
