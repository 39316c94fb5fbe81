"""SSBroyden: a self-scaled quasi-Newton method between BFGS and DFP, with all of H.

J. F. Urbán, P. Stefanou and J. A. Pons, "Unveiling the optimization process of physics informed neural networks: how accurate and
competitive can PINNs be?", J. Comput. Phys. 523 (2025) 113656, equations 9 and 13 to 23 ("SSBroyden2"), after M. Al-Baali, Comput. Optim.
Appl. 9 (1998) 191.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from core.experiment.experiment import Experiment
from core.optimisers.line_search import Place
from core.optimisers.quasi_newton import QuasiNewton

TINY = 1e-12


class SSBroyden(QuasiNewton):
    """H is scaled down where the last step says that it is too large, and updated by the member of Broyden's family that suits it."""

    def __init__(self, network: nn.Module, experiment: Experiment) -> None:
        super().__init__(network, experiment)
        self._inverse: Tensor | None = None  # (parameters, parameters), symmetric

    def _direction(self, gradient: Tensor) -> Tensor:
        return -gradient if self._inverse is None else -(self._inverse @ gradient)

    def _learn(self, moved: Tensor, changed: Tensor, start: Place, end: Place) -> None:
        first = self._inverse is None
        if self._inverse is None:
            self._inverse = torch.eye(self._vector.size, dtype=moved.dtype, device=moved.device)
        turned = self._inverse @ changed  # H·y
        along, squared = torch.dot(moved, changed).item(), torch.dot(changed, turned).item()  # s·y, y·H·y
        scale, share = factors(squared / along, -end.at * torch.dot(moved, start.gradient).item() / along, self._vector.size, first)
        pair = torch.stack([turned, moved], dim=1)  # (parameters, 2)
        mixed = -share / along
        inside = [[(share - 1) / squared, mixed], [mixed, share * squared / along / along]]
        weights = torch.tensor(inside, dtype=moved.dtype, device=moved.device) / scale
        weights[1, 1] += 1 / along
        self._inverse.addmm_(pair @ weights, pair.T, beta=1 / scale)

    def _forget(self) -> None:
        self._inverse = None

    def _remembered(self) -> dict[str, Tensor]:
        return {} if self._inverse is None else {"inverse": self._inverse}

    def _remember(self, state: dict[str, Tensor]) -> None:
        self._inverse = state.get("inverse")


def factors(h: float, b: float, size: int, first: bool) -> tuple[float, float]:
    """τ, by which H is divided, and φ, the share of BFGS in the update; h is y·H·y / s·y and b is s·B·s / s·y, B the inverse of H."""
    a = max(h * b - 1, TINY)  # not negative, by Cauchy and Schwarz
    low = min(1.0, h * (1 - math.sqrt(a / (1 + a))))
    low = max(low, TINY)
    theta = max((low - 1) / a, min(1 / low, (1 - b) / b))
    sigma = 1 + theta * a
    share = (1 - theta) / sigma
    if first:
        return h / sigma, share
    high = min(1.0, 1 / b)
    rest = abs(sigma) ** (1 / (1 - size)) if size > 1 else 1.0
    scale = min(high * rest, sigma) if theta <= 0 else high * min(rest, 1 / theta)
    return scale, share
