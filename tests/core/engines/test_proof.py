"""The kernel's proof: code that crashes, or computes something else, is found out in another process, and runs go by jets."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.engines import kernel
from core.engines.kernel import machine, proving
from core.engines.kernel.emission import emission, operations
from core.errors import RunError
from core.training.training import train
from tests.experiments import small

Broken = Callable[[], None]


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no kernel has been compiled."""
    monkeypatch.setattr(machine, "_loaded", {})
    monkeypatch.setattr(machine, "_place", lambda precision: tmp_path / f"{precision}.o")
    return tmp_path


@pytest.fixture
def crashing(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel that calls a function that nobody has."""
    original = emission.Module.external
    monkeypatch.setattr(emission, "LIBRARY", (*machine.LIBRARY, "tangente_nowhere"))
    monkeypatch.setattr(emission.Module, "external", lambda self, name, count: original(self, "tangente_nowhere", count))
    return alone


def test_a_sound_kernel_is_proved_once_for_a_machine(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proofs: list[str] = []
    fault = proving.fault

    def counted(code: bytes, precision: str) -> str:
        proofs.append(precision)
        return fault(code, precision)

    monkeypatch.setattr(proving, "fault", counted)
    for precision in kernel.PRECISIONS:
        assert not kernel.ready(precision)
        kernel.prepare(precision)
    machine._loaded.clear()
    for precision in kernel.PRECISIONS:
        assert kernel.ready(precision) and kernel.sound(precision)
    assert proofs == list(kernel.PRECISIONS)
    machine._loaded.clear()
    (alone / "float32.proof").unlink()
    assert not kernel.ready("float32") and kernel.sound("float32")
    assert proofs == [*kernel.PRECISIONS, "float32"]


def test_a_kernel_that_crashes_ends_nothing_but_its_proof(crashing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="does not work on this machine"):
        kernel.prepare("float64")
    monkeypatch.setattr(proving, "fault", lambda code, precision: pytest.fail("It was tried before."))
    assert not kernel.ready("float64") and not kernel.sound("float64")


def test_a_run_takes_jets_where_the_kernel_crashes_and_says_so(crashing: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        *_, last = train(small(steps=3, engine="native", precision="float64"))
    assert last.engine == "jets" and "steps by jets" in caplog.text


def test_a_run_that_comes_to_such_a_machine_goes_on_by_jets(alone: Path, request: pytest.FixtureRequest) -> None:
    *_, last = train(small(steps=3, engine="native", precision="float64"))
    assert last.engine == "native"
    kept = last.checkpoint()
    machine._loaded.clear()
    for file in alone.iterdir():
        file.unlink()
    request.getfixturevalue("crashing")
    *_, last = train(small(steps=6, engine="native", precision="float64"), kept)
    assert (last.step, last.engine) == (6, "jets")


@pytest.mark.parametrize("precision", kernel.PRECISIONS)
@pytest.mark.parametrize(("name", "part"), [("tanh", "value"), ("log", "value"), ("pow", "partials"), ("exp", "partials")])
def test_a_kernel_that_computes_something_else_is_found_out(
    alone: Path, monkeypatch: pytest.MonkeyPatch, precision: str, name: str, part: str
) -> None:
    known = operations.OPERATIONS[name]
    wrong = operations.OPERATIONS["sqrt"].value if part == "value" else (lambda f, x, y, r: 3.0,) * len(known.partials)
    monkeypatch.setitem(operations.OPERATIONS, name, replace(known, **{part: wrong}))
    with pytest.raises(RunError, match=f"{name} is wrong"):
        kernel.prepare(precision)


def test_a_function_that_the_library_lacks_is_named(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LIBRARY", (*machine.LIBRARY, "tangente_nowhere"))
    with pytest.raises(RunError, match="there is no function tangente_nowheref"):
        machine.load("float32", b"")
