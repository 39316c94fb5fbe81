"""One step, taken apart: what is told of it, against torch asked in other ways."""

from __future__ import annotations

import inspect
from collections import Counter
from itertools import islice
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.errands.batch import Batch, Errand
from core.why_pytorch import anatomy

PARAMETERS = ("net[0].weight", "net[0].bias", "net[2].weight", "net[2].bias")


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    return list(anatomy.taken_apart())


def after(events: list[dict[str, Any]], code: str) -> dict[str, dict[str, Any]]:
    """The tensors that the line made or changed which begins with `code`."""
    (line,) = [event for event in events if event["event"] == "line" and event["code"].startswith(code)]
    return {tensor["name"]: tensor for tensor in line["tensors"]}


def graph(events: list[dict[str, Any]], of: str) -> dict[str, Any]:
    (found,) = [event for event in events if event["event"] == "graph" and event["of"] == of]
    return found


def loss_by_hand(w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    """mean((u' + u)²) + (u(0) − 1)², the derivative on paper."""
    t = torch.linspace(0, 1, 5).reshape(5, 1)
    hidden = torch.tanh(t @ w1.T + b1)  # (5, 3)
    u = hidden @ w2.T + b2
    du = ((1 - hidden**2) * w1.T) @ w2.T
    return ((du + u) ** 2).mean() + ((torch.tanh(b1) @ w2.T + b2 - 1) ** 2).mean()


def test_each_line_of_the_program_is_carried_out_and_told_once(events: list[dict[str, Any]]) -> None:
    told = [event for event in events if event["event"] == "line"]
    source = inspect.getsource(anatomy.program).splitlines()[2:]
    assert [line["code"] for line in told] == [line.strip() for line in source]
    assert [line["number"] for line in told] == list(range(len(source)))
    for part in ("Sequential", "MSELoss", "autograd.grad", "zero_grad", "Adam"):
        assert any(part in line["code"] for line in told)


def test_the_gradients_told_are_those_of_the_loss(events: list[dict[str, Any]]) -> None:
    made, pulled = after(events, "net ="), after(events, "loss.backward")
    weights = [torch.tensor(made[name]["value"]).requires_grad_() for name in PARAMETERS]
    loss = loss_by_hand(*weights)
    assert after(events, "loss =")["loss"]["value"] == pytest.approx(loss.item(), rel=1e-5)
    loss.backward()
    for name, weight in zip(PARAMETERS, weights, strict=True):
        assert weight.grad is not None
        torch.testing.assert_close(torch.tensor(pulled[name]["grad"]), weight.grad, rtol=1e-4, atol=1e-6)


def test_each_line_does_what_it_is_there_for(events: list[dict[str, Any]]) -> None:
    made, pulled = after(events, "net ="), after(events, "loss.backward")
    assert all(made[name]["was"] is None and made[name]["requires_grad"] and made[name]["grad"] is None for name in PARAMETERS)
    assert after(events, "u =")["u"]["grad_fn"] == "AddmmBackward0"
    assert set(pulled) == {*PARAMETERS, "t"} and all(pulled[name]["value"] == pulled[name]["was"]["value"] for name in pulled)
    moved, cleared = after(events, "adam.step"), after(events, "adam.zero_grad")
    assert set(moved) == set(PARAMETERS) == set(cleared) and all(cleared[name]["grad"] is None for name in cleared)
    for name in PARAMETERS:  # Adam's first step is as long as the learning rate, whatever the gradient
        way = torch.tensor(moved[name]["value"]) - torch.tensor(moved[name]["was"]["value"])
        torch.testing.assert_close(way, -0.05 * torch.tensor(pulled[name]["grad"]).sign(), rtol=1e-3, atol=1e-6)


def test_the_graph_of_the_network_is_the_network_backwards(events: list[dict[str, Any]]) -> None:
    found = graph(events, "u")
    names = Counter(node["name"] for node in found["nodes"])
    assert names == {"AddmmBackward0": 2, "TanhBackward0": 1, "TBackward0": 2, "AccumulateGrad": 5}
    assert {node["leaf"] for node in found["nodes"] if node["leaf"]} == {*PARAMETERS, "t"}
    assert found["nodes"][0] == {"name": "AddmmBackward0", "layer": 0, "leaf": None}


def test_the_graph_of_the_derivative_is_one_of_derivatives(events: list[dict[str, Any]]) -> None:
    names = {node["name"] for node in graph(events, "du")["nodes"]}
    assert {"TanhBackwardBackward0", "MmBackward0"} <= names
    assert "net[2].bias" not in {node["leaf"] for node in graph(events, "du")["nodes"]}  # a constant has no derivative


@pytest.mark.parametrize("of", anatomy.GRAPHS)
def test_edges_lead_to_later_layers_and_reach_every_node(events: list[dict[str, Any]], of: str) -> None:
    found = graph(events, of)
    layers = [node["layer"] for node in found["nodes"]]
    assert all(layers[start] < layers[end] for start, end in found["edges"])
    assert {end for _, end in found["edges"]} == set(range(1, len(layers)))
    assert all(bool(node["leaf"]) == (node["name"] == "AccumulateGrad") for node in found["nodes"])


@pytest.mark.parametrize("clear", [True, False])
def test_without_zero_grad_the_gradient_is_the_sum_of_all_so_far(clear: bool) -> None:
    torch.manual_seed(3)
    network = nn.Sequential(nn.Linear(1, 3), nn.Tanh(), nn.Linear(3, 1))
    weights = list(network.parameters())
    adam = torch.optim.Adam(weights, lr=0.05)
    total = [torch.zeros_like(weight) for weight in weights]
    for loss, told in islice(anatomy.steps(clear), 20):
        now = loss_by_hand(*weights)
        assert loss == pytest.approx(now.item(), rel=1e-3)
        fresh = torch.autograd.grad(now, weights)
        total = list(fresh) if clear else [before + more for before, more in zip(total, fresh, strict=True)]
        torch.testing.assert_close(told, torch.cat([part.flatten() for part in total]), rtol=1e-3, atol=1e-4)
        for weight, part in zip(weights, total, strict=True):
            weight.grad = part.clone()
        adam.step()


def test_without_zero_grad_nothing_is_learnt() -> None:
    told = anatomy.curves()
    assert len(told["cleared"]["losses"]) == len(told["kept"]["gradients"]) == anatomy.STEPS
    assert told["cleared"]["losses"][-1] < 1e-3 < 0.1 < told["kept"]["losses"][-1]


def test_the_errand_tells_lines_graphs_and_curves() -> None:
    batch = Batch([Errand("anatomy", "core.why_pytorch.anatomy")])
    batch.wait(60)
    kinds = Counter(event["event"] for event in batch.events())
    assert kinds == {"started": 1, "line": 14, "graph": 3, "curves": 1, "ended": 1, "over": 1}
