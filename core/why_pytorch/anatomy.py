"""One training step, taken apart: a program of a few lines is carried out line by line, as under a debugger, and its tensors are told.

    python -m core.why_pytorch.anatomy

The events (`core/errands/batch.py`), in this order:

- `line` for each line of `program`: its `number`, its `code`, and the `tensors` that it made or changed, each with what it `was` before;
- `graph`, after the line that made the tensor `of`: what autograd has recorded of it, as `nodes` and `edges`;
- `curves`: losses and sizes of the gradient of `STEPS` steps, `cleared` by `zero_grad` each time, and `kept`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn

from core.errands.telling import end_with_parent, tell

GRAPHS = ("u", "du", "loss")
"""The tensors of the program whose graphs are told."""
STEPS = 150
"""The steps that are trained with and without `zero_grad`."""

Record = dict[str, Any]


def program() -> None:
    """The program that is taken apart: the first step towards u' = −u, u(0) = 1, one statement a line, for the visitor."""
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(1, 3), nn.Tanh(), nn.Linear(3, 1))
    mse = nn.MSELoss()
    adam = torch.optim.Adam(net.parameters(), lr=0.05)
    t = torch.linspace(0, 1, 5).reshape(5, 1).requires_grad_()
    start, one = torch.zeros(1, 1), torch.ones(1, 1)
    u = net(t)
    (du,) = torch.autograd.grad(u.sum(), t, create_graph=True)
    equation = mse(du, -u)
    condition = mse(net(start), one)
    loss = equation + condition
    loss.backward()
    adam.step()
    adam.zero_grad()


def steps(clear: bool) -> Iterator[tuple[float, Tensor]]:
    """Repeat the step: each one's loss, and the gradient (10,) that Adam is given; without `zero_grad` unless `clear`."""
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(1, 3), nn.Tanh(), nn.Linear(3, 1))
    mse = nn.MSELoss()
    adam = torch.optim.Adam(net.parameters(), lr=0.05)
    t = torch.linspace(0, 1, 5).reshape(5, 1).requires_grad_()
    start, one = torch.zeros(1, 1), torch.ones(1, 1)
    while True:
        u = net(t)
        (du,) = torch.autograd.grad(u.sum(), t, create_graph=True)
        loss = mse(du, -u) + mse(net(start), one)
        loss.backward()
        yield loss.item(), torch.cat([p.grad.flatten() for p in net.parameters() if p.grad is not None])
        adam.step()
        if clear:
            adam.zero_grad()


def taken_apart() -> Iterator[Record]:
    """The events of `program`'s lines and graphs."""
    events: list[Record] = []
    code, first = inspect.getsourcelines(program)
    known: dict[str, Record] = {}

    def ran(line: int, variables: dict[str, Any]) -> None:
        """Take down what the line has done that has just been carried out."""
        now = {name: described(tensor) for name, tensor in tensors(variables).items()}
        news = [{"name": name, **record, "was": known.get(name)} for name, record in now.items() if record != known.get(name)]
        events.append(
            {
                "event": "line",
                "number": sum(event["event"] == "line" for event in events),
                "code": code[line - first].strip(),
                "tensors": news,
            }
        )
        events.extend(graph(name, variables) for name in GRAPHS if name in now and name not in known)
        known.update(now)

    watch(program, ran)
    yield from events


def watch(function: Callable[[], None], ran: Callable[[int, dict[str, Any]], None]) -> None:
    """Carry out a function, and call `ran` with each line's number and the variables after it.

    It is how debuggers stop at a line: Python itself calls back before each one.
    """
    line: int | None = None

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal line
        if frame.f_code is not function.__code__:
            return None
        if event in ("line", "return") and line is not None:
            ran(line, dict(frame.f_locals))
        if event == "line":
            line = frame.f_lineno
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)


def tensors(variables: dict[str, Any]) -> dict[str, Tensor]:
    """The tensors among variables by name, and those of a network, as one would write them: `net[0].weight`."""
    found: dict[str, Tensor] = {}
    for name, value in variables.items():
        if isinstance(value, Tensor):
            found[name] = value
        elif isinstance(value, nn.Sequential):
            for place, parameter in value.named_parameters():
                layer, _, kind = place.partition(".")
                found[f"{name}[{layer}].{kind}"] = parameter
    return found


def described(tensor: Tensor) -> Record:
    """What is told of a tensor."""
    return {
        "shape": list(tensor.shape),
        "value": tensor.tolist(),
        "requires_grad": tensor.requires_grad,
        "grad_fn": tensor.grad_fn.name() if tensor.grad_fn is not None else None,
        "grad": tensor.grad.tolist() if tensor.is_leaf and tensor.grad is not None else None,
    }


def graph(name: str, variables: dict[str, Any]) -> Record:
    """The graph behind the variable `name`, walked from its `grad_fn`: by it, derivatives will be computed backwards.

    Each node has the `layer` in which it is drawn, its longest way from the tensor, and, where a gradient is laid down, the tensor there,
    its `leaf`. Edges are pairs of nodes' numbers.
    """
    names = {id(tensor): place for place, tensor in tensors(variables).items()}
    found: list[Any] = [variables[name].grad_fn]  # holds the nodes, so that no two of them can be given the same id
    numbers = {id(found[0]): 0}
    edges: list[tuple[int, int]] = []
    for node in found:
        for follower, _ in node.next_functions:
            if follower is None:
                continue
            if id(follower) not in numbers:
                numbers[id(follower)] = len(found)
                found.append(follower)
            edges.append((numbers[id(node)], numbers[id(follower)]))
    layers = longest_ways(len(found), edges)
    nodes = [
        {"name": node.name().rpartition("::")[2], "layer": layer, "leaf": names.get(id(getattr(node, "variable", None)))}
        for node, layer in zip(found, layers, strict=True)
    ]
    return {"event": "graph", "of": name, "nodes": nodes, "edges": edges}


def longest_ways(count: int, edges: list[tuple[int, int]]) -> list[int]:
    """How many edges the longest way from node 0 to each node has; there is no circle."""
    layers = [0] * count
    for _ in range(count):
        for start, end in edges:
            layers[end] = max(layers[end], layers[start] + 1)
    return layers


def curves() -> Record:
    """What becomes of the loss and of the gradient's size, with `zero_grad` and without."""
    told: Record = {"event": "curves"}
    for name, clear in (("cleared", True), ("kept", False)):
        taken = [(loss, gradient.norm().item()) for loss, gradient in islice(steps(clear), STEPS)]
        told[name] = {"losses": [loss for loss, _ in taken], "gradients": [size for _, size in taken]}
    return told


def main() -> None:
    end_with_parent()
    torch.set_num_threads(1)
    for record in (*taken_apart(), curves()):
        tell(**record)


if __name__ == "__main__":
    main()
