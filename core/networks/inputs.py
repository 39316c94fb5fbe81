"""What becomes of the coordinates before the first layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Scale(nn.Module):
    """Maps the box [low, high] to [−1, 1] in each coordinate, so that every input has the size Xavier's argument assumes."""

    def __init__(self, low: Sequence[float], high: Sequence[float], dtype: torch.dtype) -> None:
        super().__init__()
        below, above = torch.tensor(low, dtype=torch.float64), torch.tensor(high, dtype=torch.float64)
        self.register_buffer("factor", (2 / (above - below)).to(dtype))  # (d,)
        self.register_buffer("shift", (-(above + below) / (above - below)).to(dtype))  # (d,)

    factor: Tensor
    shift: Tensor

    def forward(self, points: Tensor) -> Tensor:
        """(n, d) → (n, d)."""
        return torch.addcmul(self.shift, points, self.factor)


class Periodic(nn.Module):
    """Replaces each scaled coordinate that is periodic by a cosine and a sine of one period, so that all derivatives are periodic too."""

    def __init__(self, periodic: Sequence[bool]) -> None:
        super().__init__()
        self.periodic = [axis for axis, repeats in enumerate(periodic) if repeats]
        self.others = [axis for axis, repeats in enumerate(periodic) if not repeats]

    def forward(self, points: Tensor) -> Tensor:
        """(n, d), the period being [−1, 1] → (n, d + periodic): the other coordinates, then the cosines, then the sines."""
        angles = math.pi * points[:, self.periodic]
        return torch.cat([points[:, self.others], torch.cos(angles), torch.sin(angles)], dim=1)


class Fourier(nn.Module):
    """Replaces the first coordinates, x, by cos(2πBx) and sin(2πBx), where B holds random frequencies of standard deviation `sigma`.

    M. Tancik et al., "Fourier features let networks learn high frequency functions in low dimensional domains", NeurIPS 2020; for
    differential equations S. Wang, H. Wang and P. Perdikaris, Comput. Methods Appl. Mech. Eng. 384 (2021) 113938. B is not learned.
    """

    def __init__(self, coordinates: int, features: int, sigma: float, dtype: torch.dtype, generator: torch.Generator) -> None:
        super().__init__()
        drawn = torch.randn(features, coordinates, dtype=torch.float64, generator=generator)
        self.register_buffer("angular", (2 * math.pi * sigma * drawn).to(dtype))  # 2πB, (features, coordinates)

    angular: Tensor

    def forward(self, points: Tensor) -> Tensor:
        """(n, coordinates + rest), scaled → (n, 2 features + rest): the cosines, the sines, the rest as it is."""
        coordinates = self.angular.shape[1]
        angles = points[:, :coordinates] @ self.angular.T  # (n, features)
        return torch.cat([torch.cos(angles), torch.sin(angles), points[:, coordinates:]], dim=1)
