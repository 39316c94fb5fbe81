"""Continuations: runs that begin with the network, and as far as it suits them the method's memory, that another run has come to.

A continuation is a run of its own, with steps that count from 0. It takes over

- the network: all parameters and buffers, of the best weights where its parent is done, else of the last;
- what the parent's method remembers (moments, an approximate Hessian, a damping), where its own first method is the same one and computes
  in the same precision: so Adam goes on without a bump;

and nothing else. Points, weights of the loss, held-out scores and the engine belong to the settings, which may have changed, and are made
anew. The best weights so far begin as the parent's, judged by the continuation's own loss, so that it never ends with worse ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from safetensors.numpy import load, save

from core.errors import InputError
from core.experiment.checkpoint import Checkpoint
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_of
from core.experiment.recipes import OF_THE_METHOD

NETWORK, OPTIMISER = "network.", "optimiser."
"""The beginnings of the names of tensors that are handed on."""
SHAPE = ("depth", "width", "architecture", "factorisation", "slopes", "inputs", "unknowns")
"""The settings that give a network's tensors their shapes, which a continuation cannot change."""


def check(parent: Experiment, child: Experiment) -> None:
    """Raise `InputError` where the network of `child` is not of the same shape as that of `parent`."""
    for name in SHAPE:
        before, after = _shape(parent, name), _shape(child, name)
        if before != after:
            raise InputError("other-network", name=name.replace("_", " "), before=before, after=after)


def key(child: Experiment, parent_key: str, step: int, *, best: bool) -> str:
    """A sha256, in hex, of everything that determines a continuation from `step` of a run; `best` are the best weights until there."""
    determines = {"experiment": child.key, "parent": parent_key, "step": step, "best": best}
    return hashlib.sha256(json.dumps(determines, sort_keys=True).encode()).hexdigest()


def handed_on(parent: Experiment, child: Experiment, reached: Checkpoint) -> Checkpoint:
    """The checkpoint at step 0 with which `child` begins where `parent` has come to at `reached`."""
    kinds = (NETWORK, OPTIMISER) if _same_method(parent, child, reached.step) else (NETWORK,)
    tensors = {name: value for name, value in load(reached.data).items() if name.startswith(kinds)}
    return Checkpoint(0, 0.0, save(tensors))


def varied(
    experiment: Experiment,
    settings: Mapping[str, Any],
    values: Mapping[str, float] | None = None,
    weights: Mapping[str, float] | None = None,
) -> Experiment:
    """The experiment with other `settings`, on its own network; what belongs to its method is as suits another, if that is asked for.

    Raises `InputError` as `experiment_of` does.
    """
    own = {name: getattr(experiment, name) for name in HYPERPARAMETERS}
    if settings.get("optimiser", experiment.optimiser) != experiment.optimiser:
        own = {name: value for name, value in own.items() if name not in OF_THE_METHOD}
    elif settings.get("seconds") is not None and "steps" not in settings:
        own["steps"] = None
    given = {**dict(experiment.values), **(values or {})}
    return experiment_of(experiment.problem, given, {**own, **settings}, {**dict(experiment.weights), **(weights or {})})


def _same_method(parent: Experiment, child: Experiment, step: int) -> bool:
    last, first = parent.stage(max(0, step - 1)).method, child.stage(0).method
    return last == first and parent.precision == child.precision


def _shape(experiment: Experiment, name: str) -> str:
    """The value of a setting of `SHAPE`, as an error tells it."""
    value = experiment.asked.outputs if name == "unknowns" else getattr(experiment, name)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
