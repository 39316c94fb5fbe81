"""Adam: D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.derivatives.table import NATIVE
from core.engines import kernel
from core.engines.objective import Objective
from core.experiment.experiment import Experiment
from core.network.parameters import Vector

MOMENTS = ("exp_avg", "exp_avg_sq")


class Adam:
    """`torch.optim.Adam`, or the kernel's own where that takes the steps; its moments are named tensors, to resume a run bit for bit."""

    stalled = False  # a step may well raise the loss, and the next one lower it further

    def __init__(self, network: nn.Module, experiment: Experiment) -> None:
        self._vector = Vector.of(network)
        self._parameters = nn.Parameter(self._vector.values)  # the same memory
        self._parameters.grad = self._vector.slopes
        device = self._vector.values.device
        rate: Tensor | float = experiment.learning_rate
        if device.type == "cuda":  # where a whole step is recorded, which reads it from memory
            rate = torch.tensor(rate, dtype=torch.float32, device=device)
        self._rate = rate
        self._adam = torch.optim.Adam([self._parameters], lr=rate, fused=True, capturable=isinstance(rate, Tensor))
        self._kernel: kernel.AdamMoments | None = None

    def step(self, objective: Objective, learning_rate: float) -> Tensor:
        """One update; the terms of the loss before it, (terms,)."""
        if objective.engine == NATIVE:
            _, terms = objective.descend()
            self._native().step(learning_rate)
            return terms
        if isinstance(self._rate, Tensor):
            self._rate.fill_(learning_rate)
        else:
            self._adam.param_groups[0]["lr"] = learning_rate
        return objective.recorded(self, lambda: self._taken(objective))

    def _taken(self, objective: Objective) -> Tensor:
        _, terms = objective.descend()
        self._adam.step()
        return terms

    def state(self) -> dict[str, Tensor]:
        """Step count, and moments of each parameter; empty before the first step."""
        state = self._adam.state[self._parameters]
        if not state:
            return {}
        step = state["step"] if self._kernel is None else torch.tensor(float(self._kernel.count))
        parts = {f"{name}.{part}": value for part in MOMENTS for name, value in self._vector.parts(state[part]).items()}
        return {"step": step, **parts}

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave; checkpoints of older versions have a step count for each parameter, all the same."""
        if not state:
            return
        found = self._adam.state[self._parameters]
        found["step"] = next(value for name, value in state.items() if name.rpartition(".")[2] == "step")
        for part in MOMENTS:
            values = {name.removesuffix(f".{part}"): value for name, value in state.items() if name.endswith(f".{part}")}
            found[part] = self._vector.joined(values)

    def take_over(self, state: dict[str, Tensor]) -> None:
        """Begin with the moments of another run."""
        self.load(state)

    def _native(self) -> kernel.AdamMoments:
        """The kernel's, on the same moments."""
        if self._kernel is None:
            state = self._adam.state[self._parameters]
            if not state:
                state |= {part: torch.zeros_like(self._vector.values) for part in MOMENTS}
            first, second = (state[part].numpy() for part in MOMENTS)
            count = int(state.pop("step", 0))  # the kernel counts from here on
            values, slopes = self._vector.values.numpy(), self._vector.slopes.numpy()
            self._kernel = kernel.AdamMoments(values, slopes, first=first, second=second, count=count)
        return self._kernel
