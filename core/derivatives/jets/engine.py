"""A network's derivatives by jets, as one node of torch's graph, with a backward pass of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.autograd import Function

from core.derivatives.jets import inputs
from core.derivatives.jets.gradients import Copies, Sums
from core.derivatives.jets.orders import Streams, parts, streams
from core.derivatives.jets.plans import Lease, Plan, Stock
from core.expressions import Combination, Derivative
from core.network.columns import Columns
from core.network.per_sample import SampleTape


def values(
    network: nn.Sequential, columns: Columns, unknowns: Sequence[str], wanted: frozenset[Derivative | Combination]
) -> dict[Derivative | Combination, Tensor]:
    """Each wanted derivative of the network's outputs, the `unknowns`, at the points, (n, 1), differentiable in its parameters alone."""
    of, places = _network(network, tuple(unknowns), wanted)
    outputs = of.outputs(of.inputs(columns))
    return {item: outputs[place] for item, place in places.items()}


ENTRIES = 2**15
"""The numbers in one layer's values at the points that are best taken at a time: with their derivatives, what a core's own cache holds."""
AT_ONCE = 2**22
"""The numbers in one layer's values at the points that a GPU takes at a time."""
WAITING = 16
"""How many times as many points as are taken at once there may be plans for that wait for their next use."""


class _Network:
    """A network for jets of certain streams."""

    def __init__(self, network: nn.Sequential, held: Streams) -> None:
        self._before, self._layers = inputs.split(network)
        self._streams = held
        self.parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        first = self.parameters[0]
        self._like, self._place = first.detach(), first.data_ptr()
        entries = ENTRIES if self._like.device.type == "cpu" else AT_ONCE
        self._most = max(1, entries // max(parameter.shape[0] for parameter in self.parameters if parameter.ndim))
        self._stock = Stock(WAITING * self._most if self._like.device.type == "cpu" else 0)
        self._inputs: WeakKeyDictionary[Columns, Tensor] = WeakKeyDictionary()

    def inputs(self, columns: Columns) -> Tensor:
        """The jets before the first layer, (streams, n, features); kept while the points stay."""
        if columns not in self._inputs:
            with torch.no_grad():
                points = torch.cat(list(columns.values()), dim=1)
                self._inputs[columns] = inputs.jets(self._before, points, list(columns), self._streams)
        return self._inputs[columns]

    def outputs(self, before: Tensor) -> tuple[Tensor, ...]:
        """Each derivative of each output, (n, 1), those of one derivative side by side, from `inputs`."""
        if not torch.is_grad_enabled():
            return self.parted(self.looked(before))
        found: tuple[Tensor, ...] = _outputs(self, before, *self.parameters)
        return found

    def parted(self, outputs: Tensor) -> tuple[Tensor, ...]:
        """(streams, n, unknowns) as a tensor, (n, 1), for each stream and unknown."""
        return tuple(part for stream in outputs.unbind() for part in stream.split(1, dim=1))

    def lease(self, points: int, features: int) -> Lease:
        """A plan for so many points. On a GPU none is kept: what is recorded there must have memory of its own."""
        if self.parameters[0].data_ptr() != self._place:  # the parameters have moved
            self._like, self._place = self.parameters[0].detach(), self.parameters[0].data_ptr()
            self._stock = Stock(self._stock.limit)
        plan = self._stock.take(points)
        if plan is None:
            plan = Plan(self._layers, self._like, self._streams, points, features)
        return Lease(plan, self._stock)

    def looked(self, before: Tensor) -> Tensor:
        """The jets of the outputs, (streams, n, unknowns), a few points at a time, as nothing is to be kept."""
        _, n, features = before.shape
        found = []
        for part in before.split(-(-n // -(-n // self._most)), dim=1):
            lease = self.lease(part.shape[1], features)
            found.append(lease.plan.forward(part.flatten(0, 1), keep=False).stacked.clone())
            del lease  # for the next part to have it
        return torch.cat(found, dim=1)


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


class _Outputs(Function):
    """The derivatives of the outputs, as a function of the parameters."""

    @staticmethod
    def forward(ctx: Any, network: _Network, before: Tensor, *parameters: Tensor) -> tuple[Tensor, ...]:
        ctx.lease = network.lease(before.shape[1], before.shape[2])
        outputs = ctx.lease.plan.forward(before.flatten(0, 1), keep=True).stacked.clone()
        ctx.network, ctx.unknowns = network, outputs.shape[2]
        ctx.tape = SampleTape.entered
        ctx.set_materialize_grads(False)
        return network.parted(outputs)

    @staticmethod
    def backward(ctx: Any, *adjoints: Tensor | None) -> Any:
        like = next(adjoint for adjoint in adjoints if adjoint is not None)
        given = [torch.zeros_like(like) if adjoint is None else adjoint for adjoint in adjoints]
        plan: Plan = ctx.lease.plan
        if ctx.unknowns == 1:
            torch.cat(given, out=plan.adjoints.flat)
        else:
            for stream, start in zip(plan.adjoints.streams, range(0, len(given), ctx.unknowns), strict=True):
                torch.cat(given[start : start + ctx.unknowns], dim=1, out=stream)
        if ctx.tape is not None:
            plan.backward(Copies(ctx.tape))
            return (None,) * (2 + len(ctx.network.parameters))
        sums = Sums()
        plan.backward(sums)
        return None, None, *(sums.found.get(id(parameter)) for parameter in ctx.network.parameters)


_outputs: Any = _Outputs.apply
