"""Training as a generator: `train(experiment)` yields a snapshot of the untrained network, and one after every step.

Stop, pause, step, stream and test are iteration. A snapshot reads the state and never changes it, so that watching cannot alter a result.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor, nn

from core.engines.choice import chosen, still
from core.engines.objective import Objective
from core.errors import RunError
from core.experiment.checkpoint import Checkpoint
from core.experiment.choices import OPTIMISER_CHOICES as METHODS
from core.experiment.experiment import Experiment, Stage
from core.loss.held_out import Validation
from core.loss.losses import Losses
from core.network.building import build
from core.optimisers.table import OPTIMISERS, Optimiser
from core.training.devices import torch_device
from core.training.learning_rate import learning_rate
from core.training.state import Parts, State, packed, unpacked


@dataclass(frozen=True)
class Snapshot:
    """One moment of a training, valid until the generator goes on.

    `seconds` is training time alone. `before` are the loss terms, (terms,), of the moment before, at the points of this step, which has
    computed them anyway; None at step 0. `engine` is that which takes the steps: the experiment may have left the choice.
    `best_step` says of which step the network is, where it is the best one.
    """

    step: int
    seconds: float
    before: Tensor | None
    network: nn.Sequential
    optimiser: Optimiser
    objective: Objective
    validation: Validation
    engine: str
    best_step: int | None = None

    @cached_property
    def losses(self) -> Tensor:
        """The loss terms of this moment's own weights, (terms,), computed when they are first asked for, at the points of the last step."""
        return self.objective.terms(self.network)

    def best(self) -> Snapshot:
        """The moment with a copy of the network whose weights were the best so far, at points that it is not trained on."""
        network, step = self.validation.best(self.step)
        return replace(self, network=network, best_step=step)

    def checkpoint(self) -> Checkpoint:
        """A copy of this moment from which `train` goes on as if it had never stopped."""
        parts = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state(),
            "objective": self.objective.state(),
            "validation": self.validation.state(),
        }
        return Checkpoint(self.step, self.seconds, packed(State(parts, self.engine)))


def train(experiment: Experiment, start: Checkpoint | None = None) -> Iterator[Snapshot]:
    """Train until the experiment's steps or seconds are reached, or nothing is gained any more; from `start` if given.

    The first snapshot is that of the network as it begins, of step 0; of a training that goes on, that of the first step after `start`.
    On a CPU, going on from a checkpoint gives the same bits as never having stopped. A checkpoint that was handed on by another run
    (`core/experiment/continuation.py`) is at step 0 and holds its network, which is the best so far, and what its method remembers. Raises
    `RunError` where the device is missing, or the checkpoint is that of another network.
    """
    device = torch_device(experiment.device)
    network = build(experiment, device)
    step, seconds = (0, 0.0) if start is None else (start.step, start.seconds)
    losses = Losses(experiment, device)
    kept = None if start is None else unpacked(start.data, device)
    if kept is not None:
        _load(kept.parts, network)
    handed_on = kept is not None and step == 0 and not kept.parts["validation"]
    engine = chosen(experiment, network) if kept is None or handed_on else still(kept.engine, experiment)
    objective, validation = Objective(network, losses, step, engine), Validation(network, losses)
    stage = experiment.stage(step)
    optimiser = OPTIMISERS[stage.method](network, experiment)
    if kept is not None and handed_on:
        optimiser.take_over(kept.parts["optimiser"])
        validation.see(step)
    elif kept is not None:
        if step > 0 and experiment.stage(step - 1) == stage:  # else the stage begins with this step
            optimiser.load(kept.parts["optimiser"])
        objective.load(kept.parts["objective"])
        validation.load(kept.parts["validation"])
    if kept is None or handed_on:
        yield Snapshot(0, 0.0, None, network, optimiser, objective, validation, engine)
    while not (_finished(experiment, step, seconds) or (stage.last and _futile(losses, step, stage, optimiser, objective, validation))):
        begun = time.perf_counter()
        if experiment.stage(step) != stage:
            stage = experiment.stage(step)
            optimiser = OPTIMISERS[stage.method](network, experiment)
        objective.go_to(step)
        terms = optimiser.step(objective, learning_rate(experiment, step))
        step += 1
        if step % METHODS[stage.method].check == 0:
            validation.see(step)
        if device.type != "cpu":
            _synchronise(device)
        seconds += time.perf_counter() - begun
        yield Snapshot(step, seconds, terms, network, optimiser, objective, validation, engine)


def restore(experiment: Experiment, checkpoint: Checkpoint, device: torch.device) -> nn.Sequential:
    """The network of a checkpoint."""
    network = build(experiment, device)
    _load(unpacked(checkpoint.data, device).parts, network)
    return network


def last_objective(experiment: Experiment, checkpoint: Checkpoint, network: nn.Sequential, losses: Losses) -> Objective:
    """What the last step before a checkpoint made small, with the points that it had; `network` is given the weights of the checkpoint."""
    objective = Objective(network, losses, max(0, checkpoint.step - 1))
    kept = unpacked(checkpoint.data, losses.device).parts
    _load(kept, network)
    objective.load(kept["objective"])
    return objective


def _load(kept: Parts, network: nn.Sequential) -> None:
    """Give the network the weights of a checkpoint; raises `RunError` where they are those of another."""
    try:
        network.load_state_dict(dict(kept["network"]))
    except RuntimeError as error:
        raise RunError("checkpoint-mismatch", reason=str(error)) from error


def _finished(experiment: Experiment, step: int, seconds: float) -> bool:
    return (experiment.steps is not None and step >= experiment.steps) or (experiment.seconds is not None and seconds >= experiment.seconds)


def _futile(losses: Losses, step: int, stage: Stage, optimiser: Optimiser, objective: Objective, validation: Validation) -> bool:
    """Whether the last method finds no better weights, or the points held out have not gained by any for too long."""
    patience = losses.experiment.patience
    stalled = optimiser.stalled and objective.constant
    tired = patience is not None and step - max(validation.progress, stage.begin, losses.draws.asked_from) >= patience
    return step > losses.draws.asked_from and (stalled or tired)


def _synchronise(device: torch.device) -> None:
    """Wait for a GPU, which works behind the program's back, so that its time is counted."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
