"""What is measured of a run's network: gradients of the loss terms, the neural tangent kernel, the residual at fresh points, rounding.

All is computed in float64 on the CPU, from the weights as they are, so that what rounding adds can be told from what was not learned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from core.diagnosis.quantities import Checked, Spectrum, Term
from core.diagnosis.waves import waves
from core.engines.objective import Objective
from core.experiment.checkpoint import Checkpoint
from core.experiment.experiment import Experiment
from core.loss import jacobian, sizes
from core.loss.losses import Losses
from core.loss.points import Points
from core.network.trial import TrialNetwork
from core.training.training import last_objective, restore

CPU = torch.device("cpu")
FRESH = (500, 4000)
"""Fewest and most fresh points."""
ROWS, ENTRIES = 400, 20_000_000
"""Rows of the Jacobian, and its entries, at most."""
ENOUGH = 100
"""Rows without which a spectrum says little."""
CONDITION_POINTS = 40

Told = Callable[[int, int], None]
"""A function that is told how many of how many parts are done."""


def checked(experiment: Experiment, checkpoint: Checkpoint, told: Told = lambda done, parts: None) -> Checked | None:
    """All that is measured at a checkpoint; None where its weights are no finite numbers."""
    measurement = Measurement(experiment, checkpoint)
    if not measurement.finite:
        return None
    parts = measurement.parts()
    found: dict[str, object] = {}
    for done, (name, value) in enumerate(parts, start=1):
        found[name] = value
        told(done, PARTS)
    return Checked(**found)  # type: ignore[arg-type]


PARTS = 10


class Measurement:
    """A run's network at a checkpoint, and the points of its last step."""

    def __init__(self, experiment: Experiment, checkpoint: Checkpoint) -> None:
        self.experiment = replace(experiment, precision="float64", device="cpu")
        self._asked, self._checkpoint = replace(experiment, device="cpu"), checkpoint
        self.network = restore(self.experiment, checkpoint, CPU)
        self.losses = Losses(self.experiment, CPU)
        self.objective: Objective = last_objective(self.experiment, checkpoint, self.network, self.losses)

    @property
    def finite(self) -> bool:
        return all(bool(parameter.isfinite().all()) for parameter in self.network.parameters())

    def parts(self) -> Iterator[tuple[str, object]]:
        """Each field of `Checked` with its value."""
        each = self._gradients()
        values, rows, places = self._jacobian()
        losses, points = self._fresh()
        yield "terms", self._terms(each, rows, places, sizes.unmet(losses, self.network, points))
        yield "cosines", cosines(each)
        yield "spectrum", self._spectrum(values, rows, places)
        yield "waves", waves(self.losses, self.network)
        yield "at_points", self._size(self.losses, self.objective.points)
        yield "at_fresh", self._size(losses, points)
        yield "spread", self._spread(points)
        yield "given", sizes.given(losses, points)
        yield "rounding", self._rounding()
        yield "moved", self._moved(points)

    def _gradients(self) -> Tensor:
        """The gradient of each term that there is, with its weight, (kept, parameters)."""
        points = self.objective.points
        each = jacobian.of_terms(self.losses, self.network, points) * self.losses.weights[:, None]
        return each[self._kept()]

    def _kept(self) -> list[int]:
        """The numbers of the terms that are not met by construction."""
        return sorted({residual.term for batch in self.losses.batches(self.network, self.objective.points) for residual in batch})

    def _jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """The unweighted R, (rows,), dR/dθ, (rows, parameters), and the number of each row's term, (rows,)."""
        most = min(ROWS, max(1, ENTRIES // self.experiment.parameters))
        terms = len(self.experiment.weights)
        few = replace(
            self.experiment,
            points=max(2, min(self.experiment.points, most // (2 * max(1, len(self.experiment.problem.equations))))),
            condition_points=max(1, min(self.experiment.condition_points, CONDITION_POINTS, most // (2 * terms))),
            weights=tuple((name, 1.0) for name, _ in self.experiment.weights),
        )
        even = Losses(few, CPU)
        points = even.draws.at_step(0)
        values, rows, _ = jacobian.jacobian(even, self.network, points)
        residuals = [residual for batch in even.batches(self.network, points) for residual in batch]
        places = torch.cat([torch.full((residual.value.numel(),), residual.term) for residual in residuals])
        return values, rows, places

    def _terms(self, each: Tensor, rows: Tensor, places: Tensor, unmet: list[float]) -> tuple[Term, ...]:
        losses = self.losses.terms(self.network, self.objective.points).tolist()
        norms = torch.linalg.vector_norm(each, dim=1).tolist()
        found = []
        for number, norm, part in zip(self._kept(), norms, unmet, strict=True):
            name, weight = self.experiment.weights[number]
            found.append(Term(name, weight, losses[number], norm, float(rows[places == number].square().sum()), part))
        return tuple(found)

    def _spectrum(self, values: Tensor, rows: Tensor, places: Tensor) -> Spectrum | None:
        if len(rows) < ENOUGH and self.experiment.parameters > ENTRIES // ENOUGH:
            return None
        scales = self.losses.weights[places].sqrt()  # (rows,)
        return spectrum(values * scales, rows * scales[:, None], self._checkpoint.step)

    def _fresh(self) -> tuple[Losses, Points]:
        """Points that no step has seen."""
        least, most = FRESH
        points = min(max(self.experiment.points, least), most)
        losses = Losses(replace(self.experiment, points=points, seed=self.experiment.seed ^ (1 << 30), resampling="fixed"), CPU)
        return losses, losses.draws.at_step(0)

    def _size(self, losses: Losses, points: Points) -> float:
        """The size of the equations' residuals, each with its weight."""
        residuals = losses.residuals(self.network, points.interior)
        squares = [weight * float(item.detach().square().mean()) for weight, item in zip(losses.weights.tolist(), residuals, strict=False)]
        return float(sum(squares) ** 0.5)

    def _spread(self, points: Points) -> float:
        with torch.no_grad():
            outputs = self.network(torch.cat(list(points.interior.values()), dim=1))  # (n, unknowns)
        return float(outputs.std(dim=0).max())

    def _moved(self, points: Points) -> float | None:
        """The size of factor times network in u = shift + factor·N, over that of u."""
        if not isinstance(self.network, TrialNetwork):
            return None
        with torch.no_grad():
            outputs = self.network(torch.cat(list(points.interior.values()), dim=1)).split(1, dim=1)  # (n, 1) each
            shifts, _ = self.network.parts(points.interior)
        found = [(sizes.rms(output - shift), sizes.rms(output)) for output, shift in zip(outputs, shifts, strict=True)]
        return max(added / whole if whole > 0 else 0.0 for added, whole in found)

    def _rounding(self) -> float:
        """The size of what rounding adds to the equations' residuals, over that of the whole loss; at points that both precisions have."""
        coarse = Losses(self._asked, CPU)
        network = restore(self._asked, self._checkpoint, CPU)
        interior = torch.cat(list(self.objective.points.interior.values()), dim=1).detach().to(coarse.dtype)  # (n, d)
        rounded = coarse.residuals(network, coarse.draws.columns(interior))
        exact = self.losses.residuals(self.network, self.losses.draws.columns(interior))
        weights = self.losses.weights.tolist()
        noise = sum(weight * sizes.rms(one - other) ** 2 for weight, one, other in zip(weights, rounded, exact, strict=False))
        total = float(self.losses.total(self.losses.terms(self.network, self.objective.points)).detach())
        return float((noise / total) ** 0.5) if total > 0 else 0.0


def cosines(each: Tensor) -> tuple[tuple[float, ...], ...]:
    """The cosines of the angles between gradients, (terms, parameters) → (terms, terms); 0 beside one that vanishes."""
    norms = torch.linalg.vector_norm(each, dim=1, keepdim=True)
    units = each / torch.where(norms > 0, norms, 1)
    return tuple(tuple(row) for row in (units @ units.T).clamp(-1, 1).tolist())


def spectrum(values: Tensor, rows: Tensor, steps: int) -> Spectrum:
    """The spectrum of the kernel J Jᵀ for residuals `values`, (rows,), and `rows`, J, (rows, parameters), after `steps` steps.

    Under gradient descent the part of R along an eigenvector falls by a factor that depends on the eigenvalue alone (Jacot et al. 2018,
    Neural tangent kernel; for residuals: Wang, Yu and Perdikaris 2022, "When and why PINNs fail to train"), and no step may be longer than
    the largest one allows.
    """
    eigenvalues, directions = torch.linalg.eigh(rows @ rows.T)
    eigenvalues, parts = eigenvalues.clamp(min=0).flip(0), (directions.T @ values).square().flip(0)
    cut = float(eigenvalues[0]) / max(1, steps)
    total = float(parts.sum())
    slow = float(parts[eigenvalues < cut].sum()) / total if total > 0 else 0.0
    return Spectrum(tuple(eigenvalues.tolist()), cut, slow)
