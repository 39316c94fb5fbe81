"""Leibniz' rule against derivatives of the whole trial function."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from core.derivatives.jets.orders import splits
from core.derivatives.leibniz import Products
from core.derivatives.reverse import derivatives
from core.derivatives.table import DIFFERENTIATORS
from core.expressions import Derivative, derivatives_in
from core.loss.losses import Losses
from core.network.building import build
from core.network.columns import Columns
from core.network.trial import TrialNetwork
from tests.experiments import small

CPU = torch.device("cpu")
PROBLEMS = (
    "decay",
    "damped-oscillator",
    "boundary-layer",
    "heat",
    "poisson",
    "lagaris-4",
    "lagaris-5",
    "convection",
    "kdv-soliton",
    "wave",
)


def network_and_points(name: str, seed: int = 0) -> tuple[TrialNetwork, Losses, Columns]:
    experiment = small(name, constraints="hard", seed=seed)
    losses = Losses(experiment, CPU)
    network = build(experiment, CPU)
    assert isinstance(network, TrialNetwork)
    points = losses.draws.at_step(0).interior
    return network, losses, Columns((name, column.clone().requires_grad_()) for name, column in points.items())


def whole(network: TrialNetwork, losses: Losses, columns: dict[str, Tensor], wanted: set[Derivative]) -> dict[Derivative, Tensor]:
    outputs = network(torch.cat(list(columns.values()), dim=1)).split(1, dim=1)
    return derivatives(dict(zip(losses.problem.unknowns, outputs, strict=True)), columns, wanted)


@pytest.mark.parametrize("engine", DIFFERENTIATORS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_derivatives_are_those_of_the_whole_and_so_are_their_gradients(name: str, engine: str) -> None:
    network, losses, columns = network_and_points(name)
    wanted = {item for tree in losses.problem.equations for item in derivatives_in(tree)}
    letters = "".join(columns)
    wanted |= {Derivative(unknown, by) for unknown in losses.problem.unknowns for by in ("", letters, letters[0] * 2 + letters[1:])}
    found = Products(DIFFERENTIATORS[engine].values, losses.problem.unknowns, wanted).values(network, columns)
    expected = whole(network, losses, columns, wanted)
    assert found.keys() == expected.keys()
    for item in wanted:
        assert found[item].shape == (len(columns[letters[0]]), 1)
        torch.testing.assert_close(found[item], expected[item], rtol=1e-9, atol=1e-9)
        ours, theirs = (torch.autograd.grad((part[item] ** 2).mean(), network[-1].weight, retain_graph=True) for part in (found, expected))
        torch.testing.assert_close(ours, theirs, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_look_without_gradients_sees_the_same(name: str) -> None:
    network, losses, _ = network_and_points(name)
    looked, expected = losses.draws.held_out(), losses.terms(network, losses.draws.held_out())
    with losses.looking():
        found = losses.terms(network, looked)  # the first time that these points are met
    assert not found.requires_grad
    torch.testing.assert_close(found, expected.detach())


def test_new_points_and_new_weights_are_seen() -> None:
    network, losses, columns = network_and_points("heat")
    other = Columns((name, (column.detach() * 0.5).requires_grad_()) for name, column in columns.items())
    wanted = {Derivative("u", "xx"), Derivative("u", "t")}
    products = Products(DIFFERENTIATORS["autograd"].values, losses.problem.unknowns, wanted)
    for points, trained in ((columns, network), (other, network), (columns, network_and_points("heat", seed=1)[0])):
        found, expected = products.values(trained, points), whole(trained, losses, points, wanted)
        for item in wanted:
            torch.testing.assert_close(found[item], expected[item])


def test_letters_are_shared_in_every_way() -> None:
    assert sorted(splits("xx")) == [("", "xx", 1), ("x", "x", 2), ("xx", "", 1)]
    assert sorted(splits("xxt")) == [("", "xxt", 1), ("t", "xx", 1), ("x", "xt", 2), ("xt", "x", 2), ("xx", "t", 1), ("xxt", "", 1)]
    assert list(splits("")) == [("", "", 1)]
