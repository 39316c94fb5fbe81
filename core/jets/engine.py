"""A network's derivatives by jets, as one node of torch's graph, with a backward pass of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.autograd import Function

from core.columns import Columns
from core.expressions import Combination, Derivative
from core.jets import inputs
from core.jets.orders import Streams, parts, streams
from core.jets.rules import Gradients, Jets, Rule, rule
from core.tape import Tape


def values(
    network: nn.Sequential, columns: Columns, unknowns: Sequence[str], wanted: frozenset[Derivative | Combination]
) -> dict[Derivative | Combination, Tensor]:
    """Each wanted derivative of the network's outputs, the `unknowns`, at the points, (n, 1), differentiable in its parameters alone."""
    of, places = _network(network, tuple(unknowns), wanted)
    outputs = of.outputs(of.inputs(columns))
    return {item: outputs[place] for item, place in places.items()}


class _Network:
    """A network for jets of certain streams."""

    def __init__(self, network: nn.Sequential, held: Streams) -> None:
        self._before, layers = inputs.split(network)
        self._streams = held
        self._rule: Rule = rule(nn.Sequential(*layers), held)
        self.parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self._inputs: WeakKeyDictionary[Columns, Jets] = WeakKeyDictionary()

    def inputs(self, columns: Columns) -> Jets:
        """Those before the first layer; kept while the points stay."""
        if columns not in self._inputs:
            with torch.no_grad():
                points = torch.cat(list(columns.values()), dim=1)
                found = inputs.jets(self._before, points, list(columns), self._streams)
                self._inputs[columns] = Jets(found.flatten(0, 1), len(found))
        return self._inputs[columns]

    def outputs(self, before: Jets) -> tuple[Tensor, ...]:
        """Each derivative of each output, (n, 1), those of one derivative side by side."""
        found: tuple[Tensor, ...] = _outputs(self, before, *self.parameters)
        return found

    def forward(self, before: Jets, *, keep: bool) -> tuple[Jets, Any]:
        """Those of the outputs."""
        return self._rule.forward(before, keep=keep)

    def backward(self, adjoint: Jets, kept: Any, gradients: Gradients) -> None:
        """Hand the gradients of the parameters on, from the adjoints of the outputs' jets."""
        self._rule.backward(adjoint, kept, gradients)


Asked = tuple[tuple[str, ...], frozenset[Derivative | Combination]]
"""The unknowns and what is wanted of them."""
_networks: WeakKeyDictionary[nn.Sequential, dict[Asked, tuple[_Network, dict[Derivative | Combination, int]]]] = WeakKeyDictionary()


def _network(network: nn.Sequential, *asked: Any) -> tuple[_Network, dict[Derivative | Combination, int]]:
    """A network for the jets that hold what is asked for, and the number of the output that is each of these."""
    known = _networks.setdefault(network, {})
    if asked not in known:
        unknowns, wanted = asked
        held = streams(frozenset(map(parts, wanted)))
        places = {item: held.held.index(parts(item)) * len(unknowns) + unknowns.index(item.unknown) for item in wanted}
        known[asked] = _Network(network, held), places
    return known[asked]


class _Sums:
    """Gradients summed over all points."""

    def __init__(self) -> None:
        self.found: dict[int, Tensor] = {}

    def product(self, weight: Tensor, left: Jets, right: Jets) -> None:
        if weight.requires_grad:
            self._add(weight, torch.mm(left.flat.t(), right.flat))

    def rows(self, parameter: Tensor, rows: Tensor) -> None:
        if parameter.requires_grad:
            self._add(parameter, rows.sum(0).view_as(parameter))

    def _add(self, parameter: Tensor, gradient: Tensor) -> None:
        before = self.found.get(id(parameter))
        self.found[id(parameter)] = gradient if before is None else before + gradient


class _Outputs(Function):
    """The derivatives of the outputs, as a function of the parameters."""

    @staticmethod
    def forward(ctx: Any, network: _Network, before: Jets, *parameters: Tensor) -> tuple[Tensor, ...]:
        outputs, ctx.kept = network.forward(before, keep=any(ctx.needs_input_grad))
        ctx.network, ctx.unknowns, ctx.tape = network, outputs.flat.shape[1], Tape.entered
        ctx.set_materialize_grads(False)
        return outputs.streams if ctx.unknowns == 1 else tuple(part for stream in outputs.streams for part in stream.split(1, dim=1))

    @staticmethod
    def backward(ctx: Any, *adjoints: Tensor | None) -> Any:
        like = next(adjoint for adjoint in adjoints if adjoint is not None)
        given = [torch.zeros_like(like) if adjoint is None else adjoint for adjoint in adjoints]
        if ctx.unknowns > 1:
            given = [torch.cat(given[start : start + ctx.unknowns], dim=1) for start in range(0, len(given), ctx.unknowns)]
        adjoint = Jets(torch.cat(given), len(given))
        if ctx.tape is not None:
            ctx.network.backward(adjoint, ctx.kept, ctx.tape)
            return (None,) * (2 + len(ctx.network.parameters))
        sums = _Sums()
        ctx.network.backward(adjoint, ctx.kept, sums)
        return None, None, *(sums.found.get(id(parameter)) for parameter in ctx.network.parameters)


_outputs: Any = _Outputs.apply
