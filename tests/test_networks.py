import pytest
import torch

from core.experiment import ACTIVATIONS
from core.networks import Scale, build
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
