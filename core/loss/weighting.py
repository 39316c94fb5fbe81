"""How the weights of a loss follow what the network has learned: rules that renew them every period, between which they stay.

Every rule multiplies the weights that the experiment gives.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from core.domain.domain import TIME
from core.loss.jacobian import norms, traces
from core.loss.losses import Losses
from core.loss.points import Points, Residual
from core.loss.weights import Weights

SIZES: dict[str, Callable[[Losses, nn.Sequential, Points, Weights], Tensor]] = {"gradient-norm": norms, "ntk": traces}
"""Rules that balance terms: how strongly each of them moves the network, (terms,); they are given weights in inverse proportion.

gradient-norm: S. Wang, Y. Teng and P. Perdikaris, "Understanding and mitigating gradient flow pathologies in physics-informed neural
networks", SIAM J. Sci. Comput. 43 (2021) A3055, as in S. Wang, S. Sankaran, H. Wang and P. Perdikaris, "An expert's guide to training
physics-informed neural networks", arXiv:2308.08468 (2023), algorithm 1. ntk: S. Wang, X. Yu and P. Perdikaris, "When and why PINNs fail to
train: a neural tangent kernel perspective", J. Comput. Phys. 449 (2022) 110768, algorithm 1, with means for traces, as in the guide.
"""
AVERAGE = 0.9
"""The share of the past in the moving average of the terms' weights."""
LEAST = 1e-5
"""What is added to a term's size, over the sum of all, as in the guide's program: no weight is larger than its inverse."""
ATTENTION = "residual-attention"
DECAY, GAIN = 0.999, 0.01
"""γ and η of residual attention, at each step."""
SLICES = 32
"""The slices into which time is cut for causal weights."""


class Weighting:
    """The weights of an experiment's loss, and what is remembered to renew them."""

    def __init__(self, losses: Losses) -> None:
        self._losses, self._experiment = losses, losses.experiment
        self._memory: dict[str, Tensor] = {}

    def of(self, losses: Losses) -> None:
        """Go on with the losses of other values of the parameters."""
        self._losses = losses

    @property
    def follows(self) -> bool:
        """Whether the weights depend on what the network has learned."""
        return self._experiment.weighting != "fixed" or self._experiment.causality > 0

    def version(self, step: int) -> int:
        """The step, counted from 0, at which the weights of `step` are made."""
        return step // self._experiment.period * self._experiment.period if self.follows else 0

    def renew(self, network: nn.Sequential, points: Points) -> None:
        """Take account of the network as it is, at these points."""
        if not self.follows:
            return
        with self._losses.looking():
            residuals = [residual for batch in self._losses.batches(network, points) for residual in batch]
        if self._experiment.causality:
            self._memory |= self._causal(residuals, points)
        if self._experiment.weighting == ATTENTION:
            self._memory |= {f"attention.{residual.term}": self._attended(residual) for residual in residuals}
        if self._experiment.weighting in SIZES:
            of_points = Weights(self._losses.weights, self._of_points(points))
            factors = self._balanced(SIZES[self._experiment.weighting](self._losses, network, points, of_points))
            before = self._memory.get("factors", factors)
            self._memory["factors"] = AVERAGE * before + (1 - AVERAGE) * factors

    def follow(self, before: Points, after: Points) -> None:
        """Take new points: those that were among the points of before keep their attention, the others start anew."""
        names = [name for name in self._memory if name in {f"attention.{term}" for term in range(len(self._losses.problem.equations))}]
        if names:
            places = {row: number for number, row in enumerate(_rows(before))}
            old = torch.tensor([places.get(row, -1) for row in _rows(after)], device=self._losses.device)  # (n,)
            for name in names:
                self._memory[name] = torch.where(old < 0, 1.0, self._memory[name][old])

    def weights(self, points: Points) -> Weights:
        """The weights of all terms and points until they are renewed or the points are others."""
        given = self._losses.weights
        return Weights(given * self._memory["factors"] if "factors" in self._memory else given, self._of_points(points))

    @property
    def end(self) -> float:
        """The causal weight of the end of time, 1 where all times count alike."""
        return self._memory["slices"][-1].item() if "slices" in self._memory else 1.0

    def state(self) -> dict[str, Tensor]:
        """What is remembered."""
        return self._memory

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state()` gave."""
        self._memory = dict(state)

    def _of_points(self, points: Points) -> dict[int, Tensor]:
        """The weight of each point, (n, 1), by the number of the term: attention squared, over its mean, times causal weights.

        The mean is taken out so that the weights of the terms go on to say how much each counts beside the others.
        """
        found = {}
        for name, attention in self._memory.items():
            if name.startswith("attention."):
                squares = attention**2
                found[int(name.removeprefix("attention."))] = (squares / squares.mean().clamp_min(_tiny(squares)))[:, None]
        if "slices" in self._memory:
            causal = self._memory["slices"][self._slice(points)][:, None]  # (n, 1)
            found |= {term: found.get(term, 1.0) * causal for term in range(len(self._losses.problem.equations))}
        return found

    def _attended(self, residual: Residual) -> Tensor:
        """The attention λ of each of a residual's points, (n,): λ ← γ λ + η |r| / max |r|, once for each step of a period.

        S. J. Anagnostopoulos, J. D. Toscano, N. Stergiopulos and G. E. Karniadakis, "Residual-based attention in physics-informed neural
        networks", Comput. Methods Appl. Mech. Eng. 421 (2024) 116805, equation 6; the loss is the mean of (λ r)². As r stands still for a
        period, λ begins at 1 and not at 0, lest a point where r happens to vanish have no say in the first.
        """
        sizes = torch.linalg.vector_norm(residual.value.detach(), dim=1)  # (n,)
        share = sizes / sizes.max().clamp_min(_tiny(sizes))
        before = self._memory.get(f"attention.{residual.term}", torch.ones_like(share))
        kept = DECAY**self._experiment.period
        gained: Tensor = kept * before + GAIN * (1 - kept) / (1 - DECAY) * share
        return gained

    def _causal(self, residuals: list[Residual], points: Points) -> dict[str, Tensor]:
        """The weight of each slice of time, exp(−ε Σ L), (slices,): L are the losses of the slices before it, as parts of the first of all.

        S. Wang, S. Sankaran and P. Perdikaris, "Respecting causality for training physics-informed neural networks", Comput. Methods Appl.
        Mech. Eng. 421 (2024) 116813, equation 15. There L has the units of the equations, and ε must be found for each problem. Here L is
        the slice's mean squared residual, with the weights of the equations, over that of all time at the first step, and over the
        number of slices. So at first the end has the weight exp(−ε), and 1/e once the loss has fallen to its ε-th part.
        """
        slices = self._slice(points)
        squares = torch.zeros_like(points.interior[TIME][:, 0])  # (n,)
        for residual in residuals[: len(self._losses.problem.equations)]:
            squares += self._losses.weights[residual.term] * residual.value.detach()[:, 0] ** 2
        zeros = squares.new_zeros(SLICES)
        losses = zeros.index_add(0, slices, squares) / zeros.index_add(0, slices, torch.ones_like(squares)).clamp_min(1)
        first = self._memory.get("first", losses.mean())
        past = (losses.cumsum(0) - losses) / SLICES / first.clamp_min(_tiny(first))
        return {"first": first, "slices": torch.exp(-self._experiment.causality * past)}

    def _slice(self, points: Points) -> Tensor:
        """The number of the slice that each point of the equations lies in, (n,)."""
        time = next(item for item in self._losses.problem.coordinates if item.name == TIME)
        share = (points.interior[TIME].detach()[:, 0] - time.low) / (time.high - time.low)
        return (share * SLICES).long().clamp(0, SLICES - 1)

    def _balanced(self, sizes: Tensor) -> Tensor:
        """Σⱼ sizeⱼ / sizeᵢ for each term i, (terms,); 1 for those without weight, residuals or gradient."""
        counts = (sizes > 0) & (self._losses.weights > 0)
        total = sizes[counts].sum()
        return torch.where(counts, total / (sizes + LEAST * total), 1.0)


def _rows(points: Points) -> list[tuple[float, ...]]:
    """Each point of the equations."""
    return [tuple(row) for row in torch.cat(list(points.interior.values()), dim=1).tolist()]


def _tiny(values: Tensor) -> float:
    return torch.finfo(values.dtype).tiny
