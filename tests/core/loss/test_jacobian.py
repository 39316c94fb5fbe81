"""The Jacobian against one `torch.autograd.grad` a row, against `torch.func.jacrev`, and against the gradient of the loss."""

import gc
import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call, jacrev

from core.derivatives.table import DIFFERENTIATORS
from core.engines.objective import Objective
from core.experiment.choices import ACTIVATION_CHOICES
from core.experiment.experiment import Experiment
from core.experiment.making import experiment_of
from core.loss.jacobian import jacobian
from core.loss.losses import Losses
from core.network.building import build
from core.network.parameters import Vector
from core.network.per_sample import Meetings
from core.problem.problem import Problem
from core.problem.reading.reading import load, problem_from_table
from tests.experiments import small

CPU = torch.device("cpu")


def measured() -> Problem:
    """A system of two unknowns and three measurements of each, at points that are not those of the equations."""
    rows = [[0.1, 0.5, -0.2], [0.4, 1.5, 0.3], [0.7, -0.5, 0.9]]
    return problem_from_table({**load("harmonic-system").table(), "data": {"columns": ["t", "y1", "y2"], "rows": rows}})


EVERYTHING = {"architecture": "modified", "factorisation": "random", "slopes": "adaptive", "features": 3}
"""Each of the network's choices other than by default."""

CASES: dict[str, Callable[[], Experiment]] = {
    "second order": lambda: small("damped-oscillator", weights={"equation": 1e-4, "condition-1": 1, "condition-2": 0.01}),
    "one number": lambda: small("decay", depth=1),
    "burgers": lambda: small("burgers", weights={"equation": 0.5, "condition-1": 3, "condition-3": 7}),
    "burgers, hard": lambda: small("burgers", constraints="hard", weights={"equation": 2}),
    "periodic": lambda: small("convection", weights={"condition-2": 5}),
    "periodic, hard": lambda: small("convection", constraints="hard"),
    "system": lambda: small("harmonic-system", weights={"equation-2": 3}),
    "three equations": lambda: small("kovasznay", points=10),
    "slopes at two places": lambda: small("schrodinger", constraints="soft", points=10),
    "fourth order": lambda: small("beam"),
    "fourth order, hard": lambda: small("kuramoto-sivashinsky", constraints="hard", points=10),
    "data": lambda: experiment_of(measured(), {}, {"width": 6, "depth": 2, "points": 20, "precision": "float64"}, {"data": 11}),
    "no weight": lambda: small("heat", weights={"condition-1": 0}),
    **{name: lambda name=name: small("burgers", activation=name, points=20) for name in ACTIVATION_CHOICES},
    "modified": lambda: small("burgers", architecture="modified", points=20),
    "factorised": lambda: small("burgers", factorisation="random", points=20),
    "adaptive": lambda: small("burgers", slopes="adaptive", points=20),
    "random features": lambda: small("burgers", features=3, points=20),
    "all of them": lambda: small("burgers", **EVERYTHING, points=20),
    "all of them, hard": lambda: small("burgers", constraints="hard", **EVERYTHING, points=20),
    "all of them, periodic, hard": lambda: small("kdv-cosine", constraints="hard", **EVERYTHING, points=10),
    "all of them, data": lambda: experiment_of(
        measured(), {}, {"width": 6, "depth": 2, "points": 20, "precision": "float64", **EVERYTHING}
    ),
}


def setting(experiment: Experiment) -> tuple[Losses, nn.Sequential]:
    """A network whose biases are not zero, as after a few steps."""
    network = build(experiment, CPU)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
    return Losses(experiment, CPU), network


def flat(gradients: tuple[Tensor, ...]) -> Tensor:
    return torch.cat([gradient.flatten() for gradient in gradients])


def row_by_row(losses: Losses, network: nn.Module, points: object) -> tuple[Tensor, Tensor]:
    """R and dR/dθ by the textbook."""
    values, rows = [], []
    for residual in [item for batch in losses.batches(network, points) for item in batch]:
        scale = math.sqrt(losses.weights[residual.term].item() / residual.value.numel())
        for value in residual.value.T.flatten() * scale:
            values.append(value.detach())
            rows.append(flat(torch.autograd.grad(value, list(network.parameters()), retain_graph=True, materialize_grads=True)))
    return torch.stack(values), torch.stack(rows)


def close(found: Tensor, expected: Tensor) -> None:
    assert found.shape == expected.shape
    assert (found - expected).abs().max() <= 1e-10 * expected.abs().max()
    assert not found.requires_grad


each_engine = pytest.mark.parametrize("engine", DIFFERENTIATORS)


@each_engine
@pytest.mark.parametrize("case", CASES)
def test_every_row_is_the_gradient_of_its_residual(case: str, engine: str) -> None:
    losses, network = setting(replace(CASES[case](), engine=engine))
    points = losses.draws.at_step(0)
    residuals, rows, terms = jacobian(losses, network, points)
    expected_residuals, expected_rows = row_by_row(losses, network, points)
    assert expected_rows.abs().max() > 0
    close(residuals, expected_residuals)
    close(rows, expected_rows)
    for index in range(rows.shape[1]):  # a column of small numbers is not lost beside one of large ones
        assert (rows[:, index] - expected_rows[:, index]).norm() <= 1e-10 * expected_rows[:, index].norm()
    assert torch.equal(terms, losses.terms(network, points).detach())


@each_engine
@pytest.mark.parametrize("case", CASES)
def test_the_squares_add_up_to_the_loss_and_the_rows_to_its_gradient(case: str, engine: str) -> None:
    losses, network = setting(replace(CASES[case](), engine=engine))
    problem = Objective(network, losses)
    residuals, rows, terms = problem.jacobian()
    total, terms_again = problem.descend()
    torch.testing.assert_close(residuals @ residuals, total)
    assert torch.equal(terms, losses.terms(network, losses.draws.at_step(0)).detach())
    torch.testing.assert_close(terms, terms_again, rtol=1e-12, atol=1e-14)
    close(2 * residuals @ rows, Vector.of(network).slopes)
    loss = losses.total(losses.terms(network, losses.draws.at_step(0)))
    close(2 * residuals @ rows, flat(torch.autograd.grad(loss, list(network.parameters()))))


@each_engine
def test_burgers_is_what_jacrev_makes_of_the_formula(engine: str) -> None:
    losses, network = setting(small("burgers", weights={"equation": 4}, engine=engine))
    points = losses.draws.at_step(0)
    nu = dict(losses.experiment.values)["nu"]

    def residuals(parameters: dict[str, Tensor]) -> Tensor:
        """Independent of `Losses`: nested `jacrev` at each point."""

        def u(point: Tensor) -> Tensor:
            return functional_call(network, parameters, (point[None],))[0, 0]

        def residual(point: Tensor) -> Tensor:
            u_x, u_t = jacrev(u)(point)
            return u_t + u(point) * u_x - nu * jacrev(jacrev(u))(point)[0, 0]

        inside = torch.cat(list(points.interior.values()), dim=1).detach()
        return torch.stack([residual(point) for point in inside]) * math.sqrt(4 / len(inside))

    parameters = {name: parameter.detach() for name, parameter in network.named_parameters()}
    expected = torch.cat([part.flatten(1) for part in jacrev(residuals)(parameters).values()], dim=1)
    close(jacobian(losses, network, points)[1][: len(expected)], expected)


def test_the_graph_of_the_loss_and_the_gradients_it_holds_are_left_alone() -> None:
    losses, network = setting(small("burgers"))
    jacobian(losses, network, losses.draws.at_step(0))
    assert all(parameter.grad is None for parameter in network.parameters())


class Slope(nn.Module):
    """tanh(a x + b), a vector and a number, as adaptive activation functions have them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.linspace(0.5, 1.5, width, dtype=torch.float64))
        self.b = nn.Parameter(torch.tensor(0.3, dtype=torch.float64))

    def forward(self, values: Tensor) -> Tensor:
        return torch.tanh(self.b + values * self.a)


class Twice(nn.Module):
    """A network that applies one layer twice."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, values: Tensor) -> Tensor:
        return self.layer(torch.tanh(self.layer(values)))


@pytest.mark.parametrize("layer", [Slope(8), Twice(nn.Linear(8, 8).double()), nn.Linear(8, 8, bias=False).double()])
def test_other_layers_are_followed_too(layer: nn.Module) -> None:
    losses, network = setting(small("burgers", engine="autograd"))
    network = nn.Sequential(*network[:2], layer, *network[2:])
    points = losses.draws.at_step(0)
    close(jacobian(losses, network, points)[1], row_by_row(losses, network, points)[1])


@each_engine
def test_what_is_not_learned_has_no_column(engine: str) -> None:
    losses, network = setting(small("burgers", engine=engine))
    points = losses.draws.at_step(0)
    _, whole, _ = jacobian(losses, network, points)
    first = next(layer for layer in network if isinstance(layer, nn.Linear)).requires_grad_(False)
    frozen = sum(parameter.numel() for parameter in first.parameters())
    close(jacobian(losses, network, points)[1], whole[:, frozen:])


class Normalised(nn.Linear):
    """Uses its weight before it multiplies rows by it."""

    def forward(self, values: Tensor) -> Tensor:
        return nn.functional.linear(values, self.weight / self.weight.norm(), self.bias)


class Outside(nn.Linear):
    """Adds what depends on no point."""

    def forward(self, values: Tensor) -> Tensor:
        return values + super().forward(torch.ones_like(values[:1]))


class Convolved(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv1d(1, 1, 3, padding=1, dtype=torch.float64)

    def forward(self, values: Tensor) -> Tensor:
        return self.layer(values[:, None])[:, 0]


@pytest.mark.parametrize("layer", [Normalised(8, 8).double(), Outside(8, 8).double(), Convolved()])
def test_a_use_that_cannot_be_followed_is_refused(layer: nn.Module) -> None:
    losses, network = setting(small("burgers", engine="autograd"))
    network = nn.Sequential(*network[:2], layer, *network[2:])
    with pytest.raises(TypeError, match=r"every parameter must meet .* but 2\..* is used otherwise"):
        jacobian(losses, network, losses.draws.at_step(0))


def test_an_equation_that_a_parameter_takes_the_unknown_from_has_empty_rows() -> None:
    table = load("decay").table()
    losses, network = setting(small("decay"))
    parameters = {**table["parameters"], "z": {"value": 1, "low": -1, "high": 1}}
    stated = {**table, "parameters": parameters, "equations": ["z*u_t + t = 0"], "exact": {}}
    values = (*losses.experiment.values, ("z", 0.0))
    losses = Losses(replace(losses.experiment, problem=problem_from_table(stated), values=values), CPU)
    rows = jacobian(losses, network, losses.draws.at_step(0))[1]
    assert not rows[: losses.experiment.points].any()


@pytest.mark.parametrize("constraints", ["soft", "hard"])
def test_nothing_of_it_stays_in_memory(constraints: str) -> None:
    """What the last pass takes down must not hold the graph that holds it: the garbage collector comes too seldom for large tables."""
    losses, network = setting(small("burgers", constraints=constraints))
    gc.collect()
    gc.disable()
    try:
        jacobian(losses, network, losses.draws.at_step(0))
        assert not [item for item in gc.get_objects() if type(item) is Meetings]
    finally:
        gc.enable()
