"""What an experiment asks of a network: residuals of equations, of conditions and of measurements, each a term of the loss."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor, nn

from core.data.measured import Measured
from core.derivatives.sums import combined
from core.derivatives.table import DIFFERENTIATORS, Wanted
from core.experiment.experiment import Experiment
from core.expressions import At, Expression, leaves_in
from core.loss.points import Batch
from core.network.building import DTYPES
from core.problem import cusps


class Asked:
    """The statements of an experiment that training has to lower, on `device`.

    `equations` are residuals, derivatives of one sum taken together where the engine can; `conditions` are those that the network is not
    built to meet, with what is continuous at cusps (`core/problem/cusps.py`), and `condition_terms` the numbers of their terms. The sets
    `of_equations`, `of_statements` (the same, as they are written) and `of_conditions` say what has to be known of the unknowns.
    """

    def __init__(self, experiment: Experiment, device: torch.device) -> None:
        problem, self.dtype = experiment.asked, DTYPES[experiment.precision]
        met = () if experiment.trial is None else experiment.trial.met
        soft = [(number, condition) for number, condition in enumerate(problem.conditions) if number not in met]
        soft += enumerate(cusps.conditions(problem, experiment.cusps, torch.finfo(self.dtype).eps), len(problem.conditions))
        self.engine = experiment.torch_engine
        self.equations = problem.equations if DIFFERENTIATORS[self.engine].differentiates else combined(problem.equations)
        self.conditions = [condition for _, condition in soft]
        self.condition_terms = [len(problem.equations) + number for number, _ in soft]
        self.data = None if experiment.measured is None else Data(experiment, experiment.measured, device)
        self.of_equations, self.of_statements = _wanted(self.equations), _wanted(problem.equations)
        self.of_conditions = _wanted([condition.residual for condition in self.conditions])

    @property
    def measured(self) -> float:
        """The size of the measured values, by root mean square; 0 without any."""
        return 0.0 if self.data is None else float(self.data.all.values.square().mean().sqrt())


class Data:
    """The data of an experiment on `device`, of `unknowns`: `all` that are trained on, and those `held` out, None where none are."""

    def __init__(self, experiment: Experiment, measured: Measured, device: torch.device) -> None:
        self.unknowns, self.noise = measured.unknowns, measured.noise
        rows = torch.tensor(np.hstack([measured.points, measured.values]), dtype=DTYPES[experiment.precision], device=device)
        held = torch.from_numpy(measured.held).to(device)
        self._split = [len(experiment.problem.coordinates), len(measured.unknowns)]
        self.all = self._batch(rows[~held] if bool(held.any()) else rows)
        self.held = self._batch(rows[held]) if bool(held.any()) else None
        self._columns = [experiment.problem.unknowns.index(unknown) for unknown in measured.unknowns]

    def of(self, network: nn.Module, batch: Batch) -> Tensor:
        """The network's values at the points of a batch, (n, measured)."""
        outputs: Tensor = network(batch.points)[:, self._columns]
        return outputs

    def _batch(self, rows: Tensor) -> Batch:
        return Batch(*rows.split(self._split, dim=1))


def _wanted(trees: Collection[Expression]) -> frozenset[Wanted]:
    """What has to be known of the unknowns."""
    leaves = {leaf for tree in trees for leaf in leaves_in(tree)}
    return frozenset([leaf for leaf in leaves if isinstance(leaf, Wanted)] + [leaf.derivative for leaf in leaves if isinstance(leaf, At)])
