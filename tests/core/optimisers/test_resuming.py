"""A run that goes on holds its state as one that never stopped: the same tensors, with the same strides, aligned in the same way.

`torch.dot` and MKL sum what is not aligned in another order, on some processors and not on others. So these tests look at where things lie,
which no processor hides; that the bits are the same as well is tested with each method.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.engines import kernel
from core.experiment.checkpoint import Checkpoint
from core.optimisers.table import OPTIMISERS
from core.training.state import State, packed, unpacked
from core.training.training import Snapshot, train
from tests.experiments import small

CPU = torch.device("cpu")
LINE = 64  # bytes: torch's allocator begins with a line of the cache
STOP = 9  # at the step after that every method looks at the points held out
METHODS = list(OPTIMISERS)
ENGINES = ["autograd", "jets", "native"]
ODD: dict[str, Any] = {"steps": 20, "depth": 2, "width": 7, "points": 41, "period": 3}  # hardly a length fills whole lines
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "drawn at every step": ("burgers", {"resampling": "every-step"}),
    "points that follow the residual": ("burgers", {"resampling": "adapt"}),
    "points that are added": ("burgers", {"resampling": "add"}),
    "points that are retained": ("burgers", {"resampling": "retain"}),
    "weights by gradients": ("burgers", {"weighting": "gradient-norm"}),
    "weights by the tangent kernel": ("burgers", {"weighting": "ntk"}),
    "attention": ("burgers", {"weighting": "residual-attention", "resampling": "retain"}),
    "causal weights": ("burgers", {"causality": 1.0}),
    "windows": ("burgers", {"windows": 3}),
    "a curriculum": ("burgers", {"curriculum": "nu from 0.1"}),
    "hard constraints": ("burgers", {"constraints": "hard"}),
    "another network": ("burgers", {"architecture": "modified", "factorisation": "random", "slopes": "adaptive", "engine": "jets"}),
    "stages": ("burgers", {"optimiser": "adam 3, lbfgs"}),
    "stages that begin here": ("burgers", {"optimiser": "adam 9, lbfgs"}),
    "float32": ("burgers", {"precision": "float32"}),
    "several unknowns": ("lorenz", {}),
}

Layout = tuple[tuple[int, ...], tuple[int, ...], torch.dtype, int]


def layout(tensor: Tensor) -> Layout:
    """Shape, strides, type, and where in a line of memory it begins."""
    return tuple(tensor.shape), tensor.stride(), tensor.dtype, tensor.data_ptr() % LINE if tensor.numel() else 0


def held(thing: Any, name: str, inside: tuple[int, ...] = ()) -> Iterator[tuple[str, Layout]]:
    """Where each tensor lies that a thing holds, itself or by what it is made of, by the way to it."""
    if isinstance(thing, Tensor):
        yield name, layout(thing)
    elif id(thing) not in inside:
        for key, part in parts(thing):
            yield from held(part, f"{name} {key}", (*inside, id(thing)))


def parts(thing: Any) -> list[tuple[Any, Any]]:
    """What a thing is made of, by name; by number where the names are objects, or their ids."""
    if isinstance(thing, nn.Module):
        return list(thing.state_dict().items())
    if isinstance(thing, torch.optim.Optimizer):
        return [("state", list(thing.state.values()))]
    if isinstance(thing, Mapping):
        return [(key if isinstance(key, str) or key in range(100) else number, part) for number, (key, part) in enumerate(thing.items())]
    if isinstance(thing, list | tuple):
        return list(enumerate(thing))
    if type(thing).__module__.startswith("core"):
        names = [*getattr(thing, "__dict__", {}), *getattr(type(thing), "__slots__", ())]
        return [(name, getattr(thing, name)) for name in names if not callable(getattr(thing, name))]
    return []


def of(snapshot: Snapshot) -> dict[str, Layout]:
    """Where each tensor lies on which the rest of a training depends."""
    names = ("network", "optimiser", "objective", "validation")
    return {way: found for name in names for way, found in held(getattr(snapshot, name), name)}


def at(experiment: Any, step: int, start: Checkpoint | None = None) -> Snapshot:
    """A training after a step; the generator that it came from has not gone on."""
    return next(snapshot for snapshot in train(experiment, start) if snapshot.step == step)


def made(problem: str, settings: Mapping[str, Any]) -> Any:
    if settings.get("engine") == "native":
        kernel.prepare(settings.get("precision", "float64"))
    return small(problem, **{**ODD, **settings})


CASES = [
    *(
        pytest.param("burgers", {"optimiser": method, "engine": engine}, id=f"{method} {engine}")
        for method in METHODS
        for engine in ENGINES
    ),
    *(
        pytest.param(problem, {"optimiser": method, **settings}, id=f"{method} {name}")
        for method in ("adam", "lbfgs")
        for name, (problem, settings) in VARIANTS.items()
    ),
]


@pytest.mark.parametrize(("problem", "settings"), CASES)
def test_a_step_after_going_on_all_lies_where_it_does_without_a_stop(problem: str, settings: Mapping[str, Any]) -> None:
    experiment = made(problem, settings)
    checkpoint = at(experiment, STOP).checkpoint()
    whole, resumed = at(experiment, STOP + 1), at(experiment, STOP + 1, checkpoint)
    assert of(resumed) == of(whole)


@pytest.mark.parametrize(("problem", "settings"), CASES)
def test_state_that_is_read_back_lies_where_it_did(problem: str, settings: Mapping[str, Any]) -> None:
    """The state includes what the next step replaces, such as the gradient from which it begins."""
    experiment = made(problem, settings)
    whole = at(experiment, STOP)
    kept, other = unpacked(whole.checkpoint().data, CPU).parts, next(train(experiment))
    optimiser = OPTIMISERS[experiment.stage(STOP - 1).method](other.network, experiment)
    optimiser.load(kept["optimiser"])
    other.objective.go_to(STOP - 1)
    other.objective.load(kept["objective"])
    other.validation.load(kept["validation"])
    pairs = ((optimiser, whole.optimiser), (other.objective, whole.objective), (other.validation, whole.validation))
    for one, two in pairs:
        assert {name: layout(value) for name, value in one.state().items()} == {name: layout(value) for name, value in two.state().items()}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_each_tensor_of_a_checkpoint_begins_a_line_of_memory_of_its_own(method: str, precision: str) -> None:
    experiment = small("burgers", **ODD, optimiser=method, precision=precision, weighting="residual-attention")
    kept = unpacked(at(experiment, STOP).checkpoint().data, CPU).parts
    tensors = [tensor for named in kept.values() for tensor in named.values() if tensor.numel()]
    assert all(tensor.data_ptr() % LINE == 0 and tensor.is_contiguous() for tensor in tensors)
    assert len({tensor.untyped_storage().data_ptr() for tensor in tensors}) == len(tensors)


def test_a_checkpoint_of_an_older_version_gives_the_same_bits() -> None:
    """An older version kept the steps of L-BFGS as the rows of one tensor, and the engine's name as that of an empty one."""
    experiment = small("burgers", **ODD, optimiser="lbfgs", engine="autograd")
    checkpoint = at(experiment, STOP).checkpoint()
    kept = unpacked(checkpoint.data, CPU)
    state = kept.parts["optimiser"]
    stacked = {name: torch.stack([state.pop(f"{name}.{number}") for number in range(STOP)]) for name in ("moved", "changed")}
    parts = {**kept.parts, "optimiser": {**state, **stacked}, "engine": {str(kept.engine): torch.empty(0)}}
    older = Checkpoint(checkpoint.step, checkpoint.seconds, packed(State(parts, None)))
    assert unpacked(older.data, CPU).engine == kept.engine == "autograd"
    resumed = at(experiment, 20, older)
    assert resumed.checkpoint().data == at(experiment, 20).checkpoint().data
    assert {layout(value)[-1] for value in resumed.optimiser.state().values()} == {0}
