"""The loop that a person would write in PyTorch: derivatives by nested `autograd.grad`, each condition a pass of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.autograd import grad

from benchmarks.steps.points import Points, draw
from benchmarks.steps.workloads import DELTA, LEARNING_RATE, NU, OMEGA, Steps, Workload

Loss = Callable[[nn.Module], Tensor]


def build(workload: Workload, variant: str = "") -> Steps:
    """A training with points that stay."""
    torch.manual_seed(0)
    with torch.device(workload.device):
        model = network(workload)
        loss_of = LOSSES[workload.problem](draw(workload), [condition.weight for condition in workload.conditions], workload.weight)
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)

    def steps(count: int) -> float:
        for _ in range(count):
            optimiser.zero_grad()
            loss = loss_of(model)
            loss.backward()
            optimiser.step()
        return loss.item()

    return steps


def network(workload: Workload) -> nn.Sequential:
    """Affine layers with tanh between them."""
    layers = [part for fan_in, fan_out in pairwise(workload.sizes) for part in (nn.Linear(fan_in, fan_out), nn.Tanh())]
    return nn.Sequential(*layers[:-1])


def burgers(points: Points, weights: list[float], weight: float) -> Loss:
    """u_t + u u_x = ν u_xx with u = −sin(πx) at the start and 0 at both ends."""
    mse = nn.MSELoss()
    x, t = (column.requires_grad_() for column in torch.tensor(points.interior).split(1, dim=1))
    start, left, right = (torch.tensor(edge) for edge in points.edges)

    def loss(model: nn.Module) -> Tensor:
        u = model(torch.cat([x, t], dim=1))
        u_x, u_t = grad(u, (x, t), torch.ones_like(u), create_graph=True)
        (u_xx,) = grad(u_x, x, torch.ones_like(u_x), create_graph=True)
        residual = u_t + u * u_x - NU * u_xx
        misses = model(start) + torch.sin(math.pi * start[:, :1]), model(left), model(right)
        total: Tensor = weight * mse(residual, torch.zeros_like(residual))
        for factor, miss in zip(weights, misses, strict=True):
            total += factor * mse(miss, torch.zeros_like(miss))
        return total

    return loss


def oscillator(points: Points, weights: list[float], weight: float) -> Loss:
    """u_tt + 2δ u_t + ω² u = 0 with u = 1 and u_t = 0 at the start."""
    mse = nn.MSELoss()
    t, start = torch.tensor(points.interior).requires_grad_(), torch.tensor(points.edges[0]).requires_grad_()

    def loss(model: nn.Module) -> Tensor:
        u = model(t)
        (u_t,) = grad(u, t, torch.ones_like(u), create_graph=True)
        (u_tt,) = grad(u_t, t, torch.ones_like(u_t), create_graph=True)
        residual = u_tt + 2 * DELTA * u_t + OMEGA**2 * u
        u0 = model(start)
        (speed,) = grad(u0, start, torch.ones_like(u0), create_graph=True)
        total: Tensor = weight * mse(residual, torch.zeros_like(residual)) + weights[0] * mse(u0, torch.ones_like(u0))
        total += weights[1] * mse(speed, torch.zeros_like(speed))
        return total

    return loss


def poisson(points: Points, weights: list[float], weight: float) -> Loss:
    """−u_xx − u_yy = 2π² sin(πx) sin(πy) with u = 0 on the boundary."""
    mse = nn.MSELoss()
    x, y = (column.requires_grad_() for column in torch.tensor(points.interior).split(1, dim=1))
    (rim,) = (torch.tensor(edge) for edge in points.edges)
    load = (2 * math.pi**2 * torch.sin(math.pi * x) * torch.sin(math.pi * y)).detach()

    def loss(model: nn.Module) -> Tensor:
        u = model(torch.cat([x, y], dim=1))
        u_x, u_y = grad(u, (x, y), torch.ones_like(u), create_graph=True)
        (u_xx,) = grad(u_x, x, torch.ones_like(u_x), create_graph=True)
        (u_yy,) = grad(u_y, y, torch.ones_like(u_y), create_graph=True)
        residual = -u_xx - u_yy - load
        miss = model(rim)
        total: Tensor = weight * mse(residual, torch.zeros_like(residual))
        total += weights[0] * mse(miss, torch.zeros_like(miss))
        return total

    return loss


LOSSES: dict[str, Callable[[Points, list[float], float], Loss]] = {
    "burgers": burgers,
    "damped-oscillator": oscillator,
    "poisson": poisson,
}
