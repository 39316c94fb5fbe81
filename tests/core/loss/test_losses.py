"""Loss terms against formulas written out by hand, and against networks that are the exact solution."""

import math

import pytest
import torch
from torch import Tensor, nn

from core.experiment.experiment import terms
from core.expressions import evaluate
from core.expressions.torch_functions import TORCH
from core.loss.losses import Losses
from core.network.building import build
from tests.experiments import small

CPU = torch.device("cpu")


class Exact(nn.Module):
    """A network's stand-in that gives the problem's exact solution."""

    def __init__(self, losses: Losses) -> None:
        super().__init__()
        self.names = [coordinate.name for coordinate in losses.problem.coordinates]
        self.exact = [losses.problem.exact[unknown] for unknown in losses.problem.unknowns]

    def forward(self, points: Tensor) -> Tensor:
        """(n, d) → (n, unknowns)."""
        columns = {name: points[:, axis : axis + 1] for axis, name in enumerate(self.names)}
        values = [evaluate(tree, lambda leaf: columns[leaf.name], TORCH) for tree in self.exact]
        return torch.cat([value if isinstance(value, Tensor) else torch.full((len(points), 1), value) for value in values], dim=1)


@pytest.mark.parametrize("name", ["decay", "damped-oscillator", "lagaris-4", "boundary-layer", "poisson", "heat", "convection"])
@pytest.mark.parametrize("sampling", ["sobol", "uniform"])
def test_the_exact_solution_has_no_loss(name: str, sampling: str) -> None:
    experiment = small(name, sampling=sampling, engine="autograd")
    losses = Losses(experiment, CPU)
    found = losses.terms(Exact(losses), losses.draws.at_step(0))
    assert found.shape == (len(terms(experiment.problem)),)
    # residuals are sums of large terms (ω₀² u, ε⁻¹) that cancel: 1e-8 squared is far above rounding and far below a wrong formula
    assert found.max().item() < 1e-16


def test_burgers_terms_are_the_ones_written_by_hand() -> None:
    experiment = small("burgers", weights={"equation": 1, "condition": 3}, engine="autograd")
    losses = Losses(experiment, CPU)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1)).double()
    points = losses.draws.at_step(0)
    x, t = points.interior["x"], points.interior["t"]
    u = network(torch.cat([x, t], 1))
    u_x, u_t = torch.autograd.grad(u.sum(), (x, t), create_graph=True)
    (u_xx,) = torch.autograd.grad(u_x.sum(), x, create_graph=True)
    nu = dict(experiment.values)["nu"]
    equation = ((u_t + u * u_x - nu * u_xx) ** 2).mean()
    at_start = points.rows[0].base
    start = ((network(torch.cat([at_start["x"], at_start["t"]], 1)) + torch.sin(math.pi * at_start["x"])) ** 2).mean()
    assert torch.equal(at_start["t"], torch.zeros_like(at_start["t"]))
    found = losses.terms(network, points)
    torch.testing.assert_close(found[:2], torch.stack([equation, start]))
    torch.testing.assert_close(losses.total(found), found[0] + 3 * found[1:].sum())


def test_a_periodic_condition_compares_both_ends() -> None:
    losses = Losses(small("convection", engine="autograd"), CPU)

    class Ramp(nn.Module):
        def forward(self, points: Tensor) -> Tensor:
            return points[:, :1] * 1.0

    found = dict(zip(terms(losses.experiment.problem), losses.terms(Ramp(), losses.draws.at_step(0)), strict=True))
    assert found["condition-2"].item() == pytest.approx((2 * math.pi) ** 2)


def test_hard_conditions_have_no_loss_and_no_points() -> None:
    losses = Losses(small("heat", constraints="hard", weights={"equation": 2, "condition": 5}), CPU)
    points = losses.draws.at_step(0)
    assert len(points.rows) == 0 and len(points.edge["x"]) == 0
    network = build(losses.experiment, CPU)
    found = losses.terms(network, points)
    (residual,) = losses.residuals(network, points.interior)
    torch.testing.assert_close(found, torch.stack([(residual**2).mean(), torch.tensor(0.0).double(), torch.tensor(0.0).double()]))
    torch.testing.assert_close(losses.total(found), 2 * (residual**2).mean())


def test_the_equation_of_a_hard_network_is_the_one_written_by_hand() -> None:
    losses = Losses(small("heat", constraints="hard", engine="autograd"), CPU)
    network = build(losses.experiment, CPU)
    points = losses.draws.at_step(0)
    x, t = points.interior["x"], points.interior["t"]
    inner = nn.Sequential(*network)  # the layers alone
    u = torch.sin(math.pi * x) + 4 * x * (1 - x) * t * inner(torch.cat([x, t], 1))
    u_x, u_t = torch.autograd.grad(u.sum(), (x, t), create_graph=True)
    (u_xx,) = torch.autograd.grad(u_x.sum(), x, create_graph=True)
    expected = ((u_t - 0.4 * u_xx) ** 2).mean()
    found = losses.terms(network, points)[0]
    torch.testing.assert_close(found, expected)
    for one, two in zip(*(torch.autograd.grad(loss, list(network.parameters())) for loss in (found, expected)), strict=True):
        torch.testing.assert_close(one, two)


def test_points_are_redrawn_only_when_asked() -> None:
    fixed, redrawn = (Losses(small("burgers", resampling=how), CPU) for how in ("fixed", "every-step"))
    assert torch.equal(fixed.draws.at_step(0).interior["x"], fixed.draws.at_step(1).interior["x"])
    assert not torch.equal(redrawn.draws.at_step(0).interior["x"], redrawn.draws.at_step(1).interior["x"])
    assert not torch.equal(redrawn.draws.at_step(0).edge["x"], redrawn.draws.at_step(1).edge["x"])
