"""Training from Python: an experiment from whatever states it, and its result, from the store where that has it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from core.errors import RunError, TangenteError
from core.experiment.asking import asked
from core.experiment.continuation import varied
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_of
from core.experiment.presets import SHARP
from core.problem.problem import Problem
from core.problem.reading.reading import problem_from_table
from core.store import Run, RunStore, classical
from core.store.frames import unpack
from tangente.result import Result

if TYPE_CHECKING:  # torch takes seconds to import, and only training needs it
    from core.training.training import Snapshot

Numbers = Mapping[str, float]
Stated = str | os.PathLike[str] | Problem | Experiment | Mapping[str, Any]
"""A name of the library, the path of an experiment file, a problem, an experiment, or the table [problem] of such a file."""


def experiment(
    stated: Stated, values: Numbers | None = None, weights: Numbers | None = None, *, preset: str = SHARP, **settings: Any
) -> Experiment:
    """The experiment, all of it checked; what is left out is as the preset has it: `sharp`, `watch`, or `failing`.

    Raises `InputError` at the first mistake.

    `values` are those of the equation's parameters, `weights` those of the loss terms, `settings` what `tangente solve --help` lists.
    """
    if isinstance(stated, Experiment):
        known = {name: found for name in HYPERPARAMETERS if (found := getattr(stated, name)) is not None}
        given = {**dict(stated.values), **(values or {})}
        return experiment_of(stated.problem, given, known | settings, {**dict(stated.weights), **(weights or {})})
    if isinstance(stated, Mapping):
        return experiment_of(problem_from_table(stated), values, settings, weights, preset)
    if isinstance(stated, Problem):
        return experiment_of(stated, values, settings, weights, preset)
    return asked(os.fspath(stated), settings, values or {}, weights or {}, preset)


def solve(
    stated: Stated,
    values: Numbers | None = None,
    weights: Numbers | None = None,
    *,
    store: RunStore | str | None = None,
    again: bool = False,
    preset: str = SHARP,
    **settings: Any,
) -> Result:
    """Train a network on a problem, in this process, and give the result; at once where the store has it, unless `again`.

    `stated`, `values`, `weights`, `preset` and `settings` are as in `experiment`. `store` is where runs are kept, or its URL; by default
    the app's own. Raises `InputError` for a mistake in what is asked for, `RunError` where the training fails or diverges. Ctrl-C stops the
    run at its last step, and keeps it.
    """
    asked_for = experiment(stated, values, weights, preset=preset, **settings)
    kept = store if isinstance(store, RunStore) else RunStore(store)
    run = None if again else kept.latest(asked_for.key, visitor="")
    if run is None or run.status != "done":
        classical.find(kept, asked_for.problem, dict(asked_for.values), again=again)  # before, so that neither takes the other's time
        run = _trained(kept, asked_for)
    return _result(kept, run)


def train_on(
    run: Result | str,
    values: Numbers | None = None,
    weights: Numbers | None = None,
    *,
    store: RunStore | str | None = None,
    again: bool = False,
    **settings: Any,
) -> Result:
    """Train the network of a run further, from where it is, and give the result; the run itself stays as it is.

    `run` is a result, or the name of a run in the store. What is not said stays as it was there; `steps` are those from here on. The rest
    is as in `solve`. Raises `InputError` where the settings ask for a network of another shape, too.
    """
    kept = store if isinstance(store, RunStore) else RunStore(store)
    parent = kept.find(run if isinstance(run, str) else run.run)
    asked_for = varied(parent.experiment, settings, values, weights)
    found = None if again else kept.continuation(parent.id, asked_for)
    if found is None or found.status != "done":
        classical.find(kept, asked_for.problem, dict(asked_for.values), again=again)
        found = _trained(kept, asked_for, parent.id)
    return _result(kept, found)


def train(
    stated: Stated, values: Numbers | None = None, weights: Numbers | None = None, *, preset: str = SHARP, **settings: Any
) -> Iterator[Snapshot]:
    """Train step by step, without a store: after each step, a snapshot with the network, the losses and the seconds until then."""
    asked_for = experiment(stated, values, weights, preset=preset, **settings)
    from core.training.training import train as train_steps

    return train_steps(asked_for)


def _trained(store: RunStore, asked_for: Experiment, parent: str | None = None) -> Run:
    """The run, done, which may go on from another of the id `parent`; raises `RunError` with what went wrong where it is not."""
    import torch

    from core.running.runner import run as train_run

    threads = torch.get_num_threads()
    run = store.create(asked_for, parent=parent)
    try:
        with ThreadPoolExecutor(1, "training") as pool, _stopping(store, run.id):
            pool.submit(train_run, store.url, run.id).result()
    finally:
        torch.set_num_threads(threads)  # a run has one of its own
    ended = store.get(run.id)
    if ended.status != "done":
        error = ended.error or {"code": "run-lost", "values": {}}
        raise RunError(error["code"], **error["values"])
    return ended


@contextmanager
def _stopping(store: RunStore, run_id: str) -> Iterator[None]:
    """Have a run stop where the wait for it is interrupted."""
    try:
        yield
    except BaseException:
        with suppress(TangenteError):
            store.stop(run_id)
        raise


def _result(store: RunStore, run: Run) -> Result:
    """A run that is done, with what the store keeps of it."""
    import torch

    from core.training.training import restore

    frame, checkpoint = store.frame(run.id), store.checkpoint(run.id)
    if frame is None or checkpoint is None:
        raise RunError("run-lost")
    _, arrays = unpack(frame[1])
    terms = store.losses(run.id)  # (steps, terms)
    network = restore(run.experiment, checkpoint, torch.device("cpu"))
    return Result(
        experiment=run.experiment,
        run=run.id,
        steps=run.step,
        seconds=run.seconds,
        loss=run.loss,
        losses={term: terms[:, index] for index, term in enumerate(run.experiment.terms)},
        held_out=store.held_out(run.id) if run.experiment.validation else {},
        relative_l2=run.relative_l2 or {},
        max_error=run.max_error or {},
        estimates=run.estimates,
        axes=_named(arrays, "axis."),
        fields=_named(arrays, "solution."),
        reference=_named(arrays, "reference."),
        network=network.requires_grad_(False).eval(),
    )


def _named(arrays: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {name.removeprefix(kind): array for name, array in arrays.items() if name.startswith(kind)}
