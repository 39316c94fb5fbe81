"""Adam: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.experiment import Experiment
from core.objective import Objective
from core.optimisers.vector import Vector

MOMENTS = ("exp_avg", "exp_avg_sq")


class Adam:
    """`torch.optim.Adam` with its moments as named tensors, so that a run can be resumed bit for bit."""

    stalled = False  # a step may well raise the loss, and the next one lower it further

    def __init__(self, network: nn.Module, experiment: Experiment) -> None:
        self._vector = Vector(network)
        self._parameters = nn.Parameter(self._vector.values)  # the same memory
        self._parameters.grad = self._vector.slopes
        self._adam = torch.optim.Adam([self._parameters], lr=experiment.learning_rate, fused=True)

    def step(self, objective: Objective, learning_rate: float) -> Tensor:
        """One update; the terms of the loss before it, (terms,)."""
        _, terms = self._vector.descend(objective)
        self._adam.param_groups[0]["lr"] = learning_rate
        self._adam.step()
        return terms

    def state(self) -> dict[str, Tensor]:
        """Step count, and moments of each parameter; empty before the first step."""
        state = self._adam.state[self._parameters]
        if not state:
            return {}
        return {
            "step": state["step"],
            **{f"{name}.{part}": value for part in MOMENTS for name, value in self._vector.parts(state[part]).items()},
        }

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave; checkpoints of older versions have a step count for each parameter, all the same."""
        if not state:
            return
        found = self._adam.state[self._parameters]
        found["step"] = next(value for name, value in state.items() if name.rpartition(".")[2] == "step")
        for part in MOMENTS:
            found[part] = self._vector.joined(
                {name.removesuffix(f".{part}"): value for name, value in state.items() if name.endswith(f".{part}")}
            )
