import itertools
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from core.derivatives.reverse import derivatives
from core.experiment.choices import ACTIVATION_CHOICES, ARCHITECTURE_CHOICES, FACTORISATION_CHOICES, SLOPE_CHOICES
from core.experiment.making import experiment_of
from core.expressions import Derivative
from core.network.architectures import weights
from core.network.building import build
from core.network.inputs import Fourier, Periodic, Scale
from core.problem.reading.reading import problem_from_table
from tests.experiments import small

CPU = torch.device("cpu")


def test_the_box_is_scaled_to_minus_one_and_one() -> None:
    scale = Scale([-1.0, 0.0], [3.0, 10.0], torch.float64)
    corners = torch.tensor([[-1.0, 0.0], [3.0, 10.0], [1.0, 5.0]], dtype=torch.float64)
    torch.testing.assert_close(scale(corners), torch.tensor([[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0]], dtype=torch.float64))


@pytest.mark.parametrize("activation", ACTIVATION_CHOICES)
def test_every_activation_builds_a_sequential_of_the_asked_shape(activation: str) -> None:
    network = build(small("lagaris-4", activation=activation, depth=3, width=5), CPU)
    assert isinstance(network, torch.nn.Sequential)
    linears = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linears] == [(1, 5), (5, 5), (5, 5), (5, 2)]
    assert network(torch.zeros(7, 1, dtype=torch.float64)).shape == (7, 2)


def test_a_frequency_multiplies_the_first_layer_and_no_other() -> None:
    plain, fast = build(small("lagaris-4"), CPU).state_dict(), build(small("lagaris-4", frequency=7.0), CPU).state_dict()
    first = next(name for name in plain if name.endswith("weight"))
    assert plain[first].abs().max() > 0
    for name, value in plain.items():
        torch.testing.assert_close(fast[name], 7 * value if name == first else value)


def test_periodic_coordinates_enter_as_cosine_and_sine() -> None:
    layer = Periodic([False, True])
    found = layer(torch.tensor([[0.3, -1.0], [0.4, 0.0], [0.5, 1.0], [0.6, 0.5]], dtype=torch.float64))
    expected = torch.tensor([[0.3, -1.0, 0.0], [0.4, 1.0, 0.0], [0.5, -1.0, 0.0], [0.6, 0.0, 1.0]], dtype=torch.float64)
    torch.testing.assert_close(found, expected)


def test_hard_constraints_are_layers_around_the_same_network() -> None:
    soft, hard = build(small("heat"), CPU), build(small("heat", constraints="hard"), CPU)
    assert isinstance(hard, torch.nn.Sequential)
    assert {name: value.tolist() for name, value in soft.state_dict().items()} == {
        name: value.tolist() for name, value in hard.state_dict().items()
    }
    points = torch.rand(9, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x, t = points.split(1, dim=1)
    torch.testing.assert_close(hard(points), torch.sin(torch.pi * x) + 4 * x * (1 - x) * t * soft(points))


def test_a_periodic_network_repeats_with_all_its_derivatives() -> None:
    network = build(small("kdv-cosine", constraints="hard"), CPU)
    linears = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linears] == [(3, 8), (8, 8), (8, 1)]
    wanted = [Derivative("u", by) for by in ("", "x", "xx", "xxx", "t", "xt")]
    found = []
    for end in (-1.0, 1.0):
        columns = {"x": torch.full((3, 1), end).double(), "t": torch.tensor([[0.0], [0.3], [1.0]]).double()}
        columns = {name: column.requires_grad_() for name, column in columns.items()}
        found.append(derivatives({"u": network(torch.cat(list(columns.values()), 1))}, columns, wanted))
    for item in wanted:
        torch.testing.assert_close(found[0][item], found[1][item], atol=1e-9, rtol=0)
    assert found[0][wanted[1]].abs().max().item() > 1e-3


def test_the_seed_alone_fixes_the_weights() -> None:
    torch.manual_seed(1)
    first = build(small(seed=3), CPU).state_dict()
    torch.manual_seed(2)
    state = torch.get_rng_state()
    again, other = build(small(seed=3), CPU).state_dict(), build(small(seed=4), CPU).state_dict()
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["1.weight"], other["1.weight"])


def test_initial_weights_are_xaviers() -> None:
    weight = build(small(depth=2, width=256), CPU)[3].weight
    assert weight.std().item() == pytest.approx((2 / (256 + 256)) ** 0.5, rel=0.02)


def test_the_default_network_is_a_perceptron_of_xaviers_draws_in_order() -> None:
    generator = torch.Generator().manual_seed(5)
    values = list(build(small("lagaris-4", seed=5, frequency=3.0, precision="float32"), CPU).parameters())
    for index, (fan_out, fan_in) in enumerate([(8, 1), (8, 8), (2, 8)]):
        drawn = torch.nn.init.xavier_normal_(torch.empty(fan_out, fan_in), 1.0 if index else 3.0, generator=generator)
        assert torch.equal(values[2 * index], drawn) and not values[2 * index + 1].any()
    assert len(values) == 6


CHOICES: list[dict[str, Any]] = [
    dict(zip(("architecture", "factorisation", "slopes", "features"), chosen, strict=True))
    for chosen in itertools.product(ARCHITECTURE_CHOICES, FACTORISATION_CHOICES, SLOPE_CHOICES, (0, 3))
]


@pytest.mark.parametrize("chosen", CHOICES, ids=lambda chosen: " ".join(map(str, chosen.values())))
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(
    ("problem", "constraints"), [("burgers", "soft"), ("burgers", "hard"), ("convection", "hard"), ("lagaris-4", "soft")]
)
def test_every_choice_is_a_sequential_of_the_size_that_its_experiment_states(
    problem: str, constraints: str, precision: str, chosen: dict[str, Any]
) -> None:
    experiment = small(problem, constraints=constraints, precision=precision, depth=3, **chosen)
    state = torch.get_rng_state()
    network = build(experiment, CPU)
    assert torch.equal(state, torch.get_rng_state())
    assert isinstance(network, torch.nn.Sequential)
    assert sum(parameter.numel() for parameter in network.parameters()) == experiment.parameters
    outputs, inputs = len(experiment.bound.unknowns), len(experiment.inputs)
    assert [tuple(weight.shape) for weight in weights(network)] == [(8, inputs), (8, 8), (8, 8), (outputs, 8)]
    points = torch.rand(7, len(experiment.bound.coordinates), dtype=getattr(torch, precision))
    found = network(points)
    assert found.shape == (7, outputs) and found.dtype == points.dtype and found.isfinite().all()
    again = build(experiment, CPU).state_dict()
    assert all(torch.equal(value, again[name]) for name, value in network.state_dict().items())


def points_of(experiment: Any) -> Tensor:
    return torch.rand(9, len(experiment.bound.coordinates), dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("other", [{"factorisation": "random"}, {"slopes": "adaptive"}, {"factorisation": "random", "slopes": "adaptive"}])
@pytest.mark.parametrize("architecture", ARCHITECTURE_CHOICES)
def test_factors_and_slopes_begin_as_the_network_without_them(architecture: str, other: dict[str, str]) -> None:
    plain, with_them = (small("burgers", architecture=architecture, **choice) for choice in ({}, other))
    torch.testing.assert_close(build(with_them, CPU)(points_of(plain)), build(plain, CPU)(points_of(plain)), rtol=1e-12, atol=1e-14)
    assert with_them.parameters > plain.parameters


def test_factors_are_drawn_around_e() -> None:
    network = build(small("burgers", factorisation="random", width=256, depth=3), CPU)
    scales = torch.cat([value for name, value in network.state_dict().items() if name.endswith("scale")]).log()
    assert len(scales) == 3 * 256 + 1
    assert scales.mean().item() == pytest.approx(1.0, abs=0.02) and scales.std().item() == pytest.approx(0.1, rel=0.1)


def test_an_adaptive_slope_is_the_steepness_of_its_layer() -> None:
    network = build(small("decay", depth=1, slopes="adaptive"), CPU)
    slope = dict(network.named_parameters())["2.slope"]
    with torch.no_grad():
        slope.fill_(2.5)
    hidden = network[1](network[0](points_of(small("decay"))))
    torch.testing.assert_close(network(points_of(small("decay"))), network[3](torch.tanh(2.5 * hidden)))


def test_the_modified_network_is_the_papers_formula() -> None:
    network = build(small("burgers", architecture="modified", activation="sin"), CPU)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
    state = network.state_dict()

    def phi(name: str, values: Tensor) -> Tensor:
        return torch.sin(values @ state[f"{name}.weight"].T + state[f"{name}.bias"])

    x = network[0](points_of(small("burgers")))
    u, v, z = phi("1.first.0", x), phi("1.second.0", x), x
    for name in ("2.layer", "3.layer"):
        gate = phi(name, z)
        z = (1 - gate) * u + gate * v
    torch.testing.assert_close(network(points_of(small("burgers"))), z @ state["5.weight"].T + state["5.bias"])


def test_random_features_are_waves_of_the_given_frequency() -> None:
    layer = Fourier(2, 3, 0.5, torch.float64, torch.Generator().manual_seed(4))
    frequencies = 0.5 * torch.randn(3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    x = torch.rand(5, 3, dtype=torch.float64)  # the third is left as it is
    angles = 2 * math.pi * x[:, :2] @ frequencies.T
    torch.testing.assert_close(layer(x), torch.cat([angles.cos(), angles.sin(), x[:, 2:]], dim=1))
    assert list(layer.parameters()) == [] and "angular" in layer.state_dict()


def test_with_random_features_the_frequency_is_theirs_and_not_the_first_layers() -> None:
    one, two = (build(small("burgers", features=5, frequency=frequency), CPU).state_dict() for frequency in (1.0, 4.0))
    torch.testing.assert_close(two["1.angular"], 4 * one["1.angular"])
    assert torch.equal(two["2.weight"], one["2.weight"])
    others = [build(small("burgers", features=5, **change), CPU).state_dict() for change in ({"precision": "float32"}, {"seed": 1})]
    torch.testing.assert_close(others[0]["1.angular"], one["1.angular"].float())
    assert not torch.equal(others[1]["1.angular"], one["1.angular"])


@pytest.mark.parametrize("architecture", ARCHITECTURE_CHOICES)
def test_random_features_leave_a_periodic_network_periodic(architecture: str) -> None:
    experiment = small("convection", constraints="hard", features=4, architecture=architecture)
    low, high = experiment.bound.low[0], experiment.bound.high[0]
    times = torch.linspace(0, 1, 5, dtype=torch.float64)[:, None]
    inside = build(experiment, CPU).within
    ends = [inside(torch.cat([torch.full_like(times, end), times], dim=1)) for end in (low, high, (low + high) / 2)]
    torch.testing.assert_close(ends[0], ends[1], atol=1e-12, rtol=0)
    assert (ends[0] - ends[2]).abs().max() > 1e-3


def test_where_all_coordinates_are_periodic_there_is_nothing_for_random_features() -> None:
    table = {"coordinates": {"x": [0, 1]}, "unknowns": ["u"], "equations": ["u_xx = sin(2*pi*x)"], "conditions": ["u(0) = u(1)"]}
    settings = {"features": 4, "frequency": 3.0, "constraints": "hard", "precision": "float64"}
    with_them, without = (experiment_of(problem_from_table(table), {}, {**settings, **other}) for other in ({}, {"features": 0}))
    assert with_them.inputs == ("cos x", "sin x")
    points = torch.rand(4, 1, dtype=torch.float64)
    assert torch.equal(build(with_them, CPU)(points), build(without, CPU)(points))
