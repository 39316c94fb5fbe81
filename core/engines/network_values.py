"""What residuals take of a network at places: outputs, and by Leibniz what makes them those of a trial function."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from core.derivatives.jets.orders import Streams, parts
from core.derivatives.leibniz import Products
from core.derivatives.table import DIFFERENTIATORS, Wanted
from core.domain.domain import Place
from core.engines.taper import Taper
from core.expressions import At, Combination, Coordinate, Derivative, Expression, Leaf, leaves_in
from core.loss.losses import Losses
from core.network.columns import Columns
from core.network.trial import TrialNetwork


@dataclass(frozen=True)
class Part:
    """A part of a trial function that is not the network: the factor of `inner` in `item`, or what `item` is shifted by."""

    item: Wanted
    inner: Wanted | None
    place: Place


class Leaves:
    """What residuals take of the network at places: outputs in streams, and by Leibniz what makes them those of a trial function.

    `wanted` is what the streams must hold, `unknowns` how many outputs there are, `vanishing` what of a trial function a tape leaves out.
    """

    def __init__(self, losses: Losses, network: nn.Sequential, trees: Collection[Expression], places: Mapping[Place, Columns]) -> None:
        self._unknowns, self._network = losses.problem.outputs, network
        self._numbers = {place: number for number, place in enumerate(places)}
        items: Collection[Wanted] = frozenset(
            _wanted(leaf) for tree in trees for leaf in leaves_in(tree) if not isinstance(leaf, Coordinate)
        )
        self._products = None
        if isinstance(network, TrialNetwork):
            self._products = Products(DIFFERENTIATORS[losses.experiment.torch_engine].values, self._unknowns, items)
            items = self._products.inside
        self.wanted = frozenset(map(parts, items))
        self.unknowns = len(self._unknowns)
        self.vanishing = self.vanishing_at(places)

    def vanishing_at(self, places: Mapping[Place, Columns]) -> frozenset[Part]:
        """The parts of the trial function that are zero at all of these points."""
        found = set()
        for place, columns in places.items():
            for item, (shift, factors) in self._given(columns).items():
                both: dict[Wanted | None, Tensor] = {None: shift, **dict(factors.items())}
                found |= {Part(item, inner, place) for inner, values in both.items() if not values.any()}
        return frozenset(found)

    def part(self, key: Part, places: Mapping[Place, Columns]) -> Tensor:
        """(rows, 1)."""
        shift, factors = self._given(places[key.place])[key.item]
        return shift if key.inner is None else factors[key.inner]

    def slot(self, leaf: Leaf, taper: Taper, held: Streams) -> int:
        """Where a leaf's value is, or comes to be."""
        place, item = leaf.place if isinstance(leaf, At) else next(iter(self._numbers)), _wanted(leaf)
        if self._products is None:
            return self._output(item, place, held)
        found = None
        for inner in self._products.within(item):
            key = Part(item, inner, place)
            if key not in self.vanishing:
                product = taper.operation("*", taper.column(key), self._output(inner, place, held))
                found = product if found is None else taper.operation("+", found, product)
        key = Part(item, None, place)
        if found is not None and key in self.vanishing:
            return found
        return taper.column(key) if found is None else taper.operation("+", found, taper.column(key))

    def _given(self, columns: Columns) -> Mapping[Wanted, tuple[Tensor, dict[Wanted, Tensor]]]:
        """What makes a trial function of the network."""
        if self._products is None:
            return {}
        assert isinstance(self._network, TrialNetwork)
        return self._products.given(self._network, columns)

    def _output(self, item: Wanted, place: Place, held: Streams) -> int:
        stream = self._numbers[place] * len(held.held) + held.held.index(parts(item))
        return stream * self.unknowns + self._unknowns.index(item.unknown)


def _wanted(leaf: Leaf) -> Wanted:
    """What is asked for of an unknown."""
    if isinstance(leaf, At):
        return leaf.derivative
    assert isinstance(leaf, Derivative | Combination)
    return leaf
