import pytest
import torch

from core.derivatives import derivatives
from core.experiment import ACTIVATIONS
from core.expressions import Derivative
from core.networks import Periodic, Scale, build
from tests.experiments import small

CPU = torch.device("cpu")


def test_the_box_is_scaled_to_minus_one_and_one() -> None:
    scale = Scale([-1.0, 0.0], [3.0, 10.0], torch.float64)
    corners = torch.tensor([[-1.0, 0.0], [3.0, 10.0], [1.0, 5.0]], dtype=torch.float64)
    torch.testing.assert_close(scale(corners), torch.tensor([[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0]], dtype=torch.float64))


@pytest.mark.parametrize("activation", ACTIVATIONS)
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
    assert layer.features == 3
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
