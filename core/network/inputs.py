"""What becomes of the coordinates before the first layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Bend:
    """A function of one coordinate that is smooth but at `place`: the distance |d| from there or, if it `jumps`, the sign of d.

    Where the coordinate has a `period`, L, it is |sin(πd/L)| L/π, or sign(d) cos(πd/L): both are periodic, and smooth at the ends.
    """

    axis: int
    place: float
    jumps: bool
    period: float | None = None

    def derivative(self, distance: Tensor, order: int) -> Tensor:
        """The bend's derivative of an order at distances d, (n, 1) → (n, 1); the place itself counts as below."""
        smooth = self._power(distance, order) if self.period is None else self._wave(distance, order, math.pi / self.period)
        return torch.where(distance > 0, smooth, -smooth)

    def _power(self, distance: Tensor, order: int) -> Tensor:
        """The derivative of d, or of 1."""
        power = distance if not self.jumps else torch.ones_like(distance)
        return power if order == 0 else torch.ones_like(distance) if order == 1 and not self.jumps else torch.zeros_like(distance)

    def _wave(self, distance: Tensor, order: int, angular: float) -> Tensor:
        """The derivative of sin(ωd)/ω, or of cos(ωd): a quarter turn on for each."""
        angle, turn = angular * distance, order + (1 if self.jumps else 0)
        wave = (torch.sin(angle), torch.cos(angle), -torch.sin(angle), -torch.cos(angle))[turn % 4]
        return wave * angular ** (turn - 1)


class Cusps(nn.Module):
    """Appends to the coordinates functions of one of them each that bend or jump at a place, so that what is made of them can as well."""

    def __init__(self, bends: Sequence[Bend], dtype: torch.dtype) -> None:
        super().__init__()
        self.bends = tuple(bends)
        self.register_buffer("places", torch.tensor([bend.place for bend in bends], dtype=torch.float64).to(dtype))  # (bends,)

    places: Tensor

    def forward(self, points: Tensor) -> Tensor:
        """(n, d) → (n, d + bends)."""
        return torch.cat([points, *(bend.derivative(distance, 0) for bend, distance in self.distances(points))], dim=1)

    def distances(self, points: Tensor) -> list[tuple[Bend, Tensor]]:
        """Each function with the distances of points, (n, d), from its place, (n, 1)."""
        return [(bend, points[:, bend.axis : bend.axis + 1] - place) for bend, place in zip(self.bends, self.places, strict=True)]


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
