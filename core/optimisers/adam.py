"""Adam: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.experiment import Experiment
from core.objective import Objective


class Adam:
    """`torch.optim.Adam` with its moments as named tensors, so that a run can be resumed bit for bit."""

    stalled = False  # a step may well raise the loss, and the next one lower it further

    def __init__(self, network: nn.Module, experiment: Experiment) -> None:
        self._parameters = dict(network.named_parameters())
        self._adam = torch.optim.Adam(self._parameters.values(), lr=experiment.learning_rate, fused=True)

    def step(self, objective: Objective, learning_rate: float) -> Tensor:
        """One update; the terms of the loss before it, (terms,)."""
        self._adam.zero_grad()
        total, terms = objective.loss()
        total.backward()
        self._adam.param_groups[0]["lr"] = learning_rate
        self._adam.step()
        return terms.detach()

    def state(self) -> dict[str, Tensor]:
        """Step count and moments of each parameter; empty before the first step."""
        return {
            f"{name}.{part}": value for name, parameter in self._parameters.items() for part, value in self._adam.state[parameter].items()
        }

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""
        for name, value in state.items():
            parameter, _, part = name.rpartition(".")
            self._adam.state[self._parameters[parameter]][part] = value
