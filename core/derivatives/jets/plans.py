"""A network with memory for jets at so many points, and the stock of those that are free: making one costs more than using it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from torch import Tensor, nn

from core.derivatives.jets import table  # noqa: F401  fills the table of rules
from core.derivatives.jets.buffers import Jets, Memory, Rows
from core.derivatives.jets.gradients import Gradients
from core.derivatives.jets.orders import Streams
from core.derivatives.jets.rules import Chain


class Plan:
    """The layers of a network that learn, at `points` points at a time."""

    def __init__(self, layers: Sequence[nn.Module], like: Tensor, streams: Streams, points: int, features: int) -> None:
        memory = Memory(like, streams, points)
        self.points = points
        self._before = Jets(memory.own(features), None, 0)
        self._chain = Chain(layers, self._before, memory)
        self._after: Jets = self._chain.after

    def forward(self, before: Tensor, *, keep: bool) -> Rows:
        """The jets of the outputs, from those of the features, (streams · points, features)."""
        self._before.values.flat.copy_(before)
        self._chain.forward(keep=keep)
        return self.after

    @property
    def after(self) -> Rows:
        """Where the jets of the outputs are after each `forward`."""
        return self._after.values

    @property
    def adjoints(self) -> Rows:
        """The place for the adjoints of the outputs' jets, to be filled before `backward`."""
        return self._after.given

    def backward(self, gradients: Gradients) -> None:
        """Hand the gradients of the parameters on."""
        self._chain.backward(gradients)


class Stock:
    """Plans that are free, for `limit` points in all, those used last kept longest."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._free: OrderedDict[int, list[Plan]] = OrderedDict()

    def take(self, points: int) -> Plan | None:
        """A plan for so many points, if there is one."""
        plans = self._free.get(points)
        return plans.pop() if plans else None

    def give(self, plan: Plan) -> None:
        """Take one back."""
        self._free.setdefault(plan.points, []).append(plan)
        self._free.move_to_end(plan.points)
        while sum(points * len(plans) for points, plans in list(self._free.items())) > self.limit:  # a plan may come back meanwhile
            self._free.popitem(last=False)


class Lease:
    """A plan that goes back to the stock when this is no longer needed."""

    def __init__(self, plan: Plan, stock: Stock) -> None:
        self.plan, self._stock = plan, stock

    def __del__(self) -> None:
        self._stock.give(self.plan)
