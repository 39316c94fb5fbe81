"""The loss of an experiment as the compiled kernel (`core/native`) takes it: points as arrays, equations as tapes of operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core import native
from core.batches import Points
from core.columns import Columns
from core.domain import Place
from core.engines import ENGINES, Wanted
from core.expressions import At, Binary, Combination, Coordinate, Derivative, Expression, Leaf, compile, leaves_in
from core.jets import inputs
from core.jets.activations import DERIVATIVES
from core.jets.orders import Streams, parts, streams
from core.losses import Losses
from core.networks import Trial
from core.products import Products
from core.taping import Slot, Taper
from core.torch_functions import TORCH
from core.vector import Vector
from core.weights import Weights

Array = NDArray[Any]
NAMES = dict(zip(DERIVATIVES, ("tanh", "sin", "gelu", "silu", "softplus", "sigmoid", "relu"), strict=True))
"""The activations as the kernel calls them."""


def suits(network: nn.Sequential) -> bool:
    """Whether the kernel knows this network: affine layers, all learned, with one and the same activation between them, on a CPU."""
    _, layers = inputs.split(network)
    between = layers[1::2]
    return (
        len(layers) % 2 == 1
        and all(type(layer) is nn.Linear for layer in layers[::2])
        and len({type(layer) for layer in between}) == 1
        and type(between[0]) in NAMES
        and all(parameter.requires_grad and parameter.device.type == "cpu" for parameter in network.parameters())
    )


class Compiled:
    """The loss of `network` at certain points by the kernel, which must be there; `weights` may change, points may not."""

    def __init__(self, losses: Losses, network: nn.Sequential, points: Points, weights: Weights) -> None:
        self._made_of = losses, points
        self._vector, self._dtype, self._weights = Vector.of(network), losses.dtype, weights
        self._given = weights.terms.numpy()
        self._groups = list(_Groups(losses, network).of(points))
        _, layers = inputs.split(network)
        sizes = (layers[0].in_features, *(layer.out_features for layer in layers[::2]))
        self._plan = native.Plan(
            native.Network(sizes, NAMES[type(layers[1])]),
            [group.packed(weights) for group in self._groups],
            str(self._dtype).removeprefix("torch."),
        )
        self._theta, self._slopes = self._vector.values.numpy(), self._vector.slopes.numpy()
        self._terms = np.concatenate([group.terms for group in self._groups])
        self._counts = np.concatenate([np.full(len(group.terms), group.count) for group in self._groups])

    def made_of(self, losses: Losses, points: Points) -> bool:
        """Whether it was made of these: others have other equations, or others' values of parameters."""
        return self._made_of[0] is losses and self._made_of[1] is points

    def weigh(self, weights: Weights) -> None:
        """Take other weights."""
        self._weights, self._given = weights, weights.terms.numpy()
        for number, group in enumerate(self._groups):
            self._plan.rescale(number, group.scales(weights))

    def descend(self) -> tuple[Tensor, Tensor]:
        """The loss, (), and its terms, (terms,); its gradient is left in the `slopes` of the network's vector."""
        return self._evaluated(self._slopes)

    def value(self) -> Tensor:
        """The loss, ()."""
        return self._evaluated(None)[0]

    def jacobian(self) -> tuple[Tensor, Tensor, Tensor]:
        """R, (rows,), whose |R|² is the loss, dR/dθ, (rows, parameters), and the terms, (terms,)."""
        size = sum(len(group.terms) * group.rows for group in self._groups)
        rows = torch.empty(size, self._vector.size, dtype=self._dtype)
        residuals = self._plan.jacobian(self._theta, rows.numpy())
        return torch.from_numpy(residuals), rows, self._means()

    def _evaluated(self, slopes: Array | None) -> tuple[Tensor, Tensor]:
        self._plan.evaluate(self._theta, slopes)
        terms = self._means()
        if not self._weights.points:
            return torch.from_numpy(np.asarray(self._given @ terms.numpy())), terms
        pairs = zip(self._groups, self._plan.residuals(self._theta), strict=True)
        return torch.tensor(sum((group.scales(self._weights) * found**2).sum() for group, found in pairs), dtype=self._dtype), terms

    def _means(self) -> Tensor:
        """The terms, after an evaluation."""
        sums = np.concatenate(self._plan.sums)
        means = np.bincount(self._terms, sums / self._counts, len(self._given))
        return torch.from_numpy(means.astype(self._given.dtype))


@dataclass(frozen=True)
class Group:
    """Residuals that share their rows: `terms` are their numbers, (residuals,), `count` is by what their squares' sums are divided.

    `inputs` are (places, streams, features, rows), `columns` (columns, rows).
    """

    terms: NDArray[np.int64]
    count: int
    streams: Streams
    inputs: Array
    columns: Array
    tape: native.Tape

    @property
    def rows(self) -> int:
        return int(self.inputs.shape[3])

    def scales(self, weights: Weights) -> Array:
        """What the squares are multiplied by in the loss, (residuals, rows) or (residuals, 1)."""
        given = weights.terms.numpy()[self.terms][:, None] / self.count
        if not any(term in weights.points for term in self.terms.tolist()):
            return np.asarray(given)
        rows = [weights.points[term][:, 0].numpy() if term in weights.points else np.ones(self.rows) for term in self.terms.tolist()]
        return np.asarray(given * np.stack(rows))

    def packed(self, weights: Weights) -> native.Group:
        """As the kernel takes it."""
        terms = [
            native.Term(stream, term.order, term.factors, term.times)
            for stream, found in enumerate(self.streams.composed)
            for term in found
        ]
        known = native.Terms(len(self.streams.held), tuple(terms))
        return native.Group(known, self.inputs, self.columns, self.tape, self.scales(weights))


class _Groups:
    """The groups of an experiment's residuals."""

    def __init__(self, losses: Losses, network: nn.Sequential) -> None:
        self._losses, self._network = losses, network
        self._everywhere: Place = (None,) * len(losses.coordinates)

    def of(self, points: Points) -> Iterator[Group]:
        """Those of the equations, of each condition, and of the data."""
        losses = self._losses
        yield self._group(losses.equations, range(len(losses.equations)), {self._everywhere: points.interior}, points.interior)
        for term, condition, rows in zip(losses.soft_terms, losses.soft, points.rows, strict=True):
            places = {
                place: Columns((name, column[part].detach()) for name, column in points.edge.items()) for place, part in rows.at.items()
            }
            yield self._group([condition.residual], [term], places or {self._everywhere: rows.base}, rows.base)
        if losses.measured_at is not None:
            yield self._data(*losses.measured_at)

    def _data(self, columns: Columns, values: Mapping[str, Tensor]) -> Group:
        """What each unknown that is measured is more than it should be; all of it is one term."""
        measured = {Coordinate(f"{unknown} measured"): value for unknown, value in values.items()}
        trees = [Binary("-", Derivative(unknown), key) for unknown, key in zip(values, measured, strict=True)]
        terms = [len(self._losses.weights) - 1] * len(trees)
        base = Columns({**columns, **{key.name: value for key, value in measured.items()}})
        found = self._group(trees, terms, {self._everywhere: columns}, base)
        return replace(found, count=found.rows * len(trees))

    def _group(self, trees: Sequence[Expression], terms: Sequence[int], places: Mapping[Place, Columns], base: Columns) -> Group:
        """Residuals of rows that take the network at `places`, and their own coordinates from `base`."""
        leaves = _Leaves(self._losses, self._network, trees, places)
        taper = Taper(leaves.slot, len(places) * len(leaves.streams.held) * len(self._losses.problem.unknowns))
        tape = taper.tape(trees)
        values: dict[Leaf, Any] = {Coordinate(name): column.detach() for name, column in base.items()}
        columns = [leaves.columns[key] if key in leaves.columns else compile(key, TORCH)(values) for key in taper.columns]  # type: ignore[arg-type]
        rows = base.rows
        return Group(
            np.array(terms, np.int64),
            rows,
            leaves.streams,
            np.stack([self._inputs(columns, leaves.streams) for columns in places.values()]),
            np.stack([column.expand(rows, 1)[:, 0].numpy() for column in columns]) if columns else np.empty((0, rows)),
            tape,
        )

    def _inputs(self, columns: Columns, held: Streams) -> Array:
        """The jets before the first layer, (streams, features, rows)."""
        before, _ = inputs.split(self._network)
        with torch.no_grad():
            points = torch.cat(list(columns.values()), dim=1)
            return inputs.jets(before, points, list(columns), held).transpose(1, 2).numpy()


class _Leaves:
    """What residuals take of the network at `places`: outputs in `streams`, and by Leibniz what makes them those of a trial function.

    `columns` are the factors and shifts of that, (rows, 1), by the keys under which a tape asks for them.
    """

    def __init__(self, losses: Losses, network: nn.Sequential, trees: Sequence[Expression], places: Mapping[Place, Columns]) -> None:
        self._unknowns, self._network, self._places = losses.problem.unknowns, network, places
        self._numbers = {place: number for number, place in enumerate(places)}
        asked = frozenset(_wanted(leaf) for tree in trees for leaf in leaves_in(tree) if not isinstance(leaf, Coordinate))
        self._products = None
        if isinstance(network, Trial):
            self._products = Products(ENGINES[losses.experiment.losses_engine].values, self._unknowns, asked)
            asked = self._products.inside
        self.streams = streams(frozenset(map(parts, asked)))
        self.columns: dict[object, Tensor] = {}

    def slot(self, leaf: Leaf, taper: Taper) -> Slot:
        """Where a leaf's value is, or comes to be."""
        place, item = leaf.place if isinstance(leaf, At) else next(iter(self._places)), _wanted(leaf)
        if self._products is None:
            return self._output(item, place)
        assert isinstance(self._network, Trial)
        shift, factors = self._products.given(self._network, self._places[place])[item]
        found = None
        for inner, factor in factors.items():
            if factor.any():
                product = taper.operation("*", self._column((item, inner, place), factor, taper), self._output(inner, place))
                found = product if found is None else taper.operation("+", found, product)
        if found is not None and not shift.any():
            return found
        column = self._column((item, place), shift, taper)
        return column if found is None else taper.operation("+", found, column)

    def _output(self, item: Wanted, place: Place) -> Slot:
        stream = self._numbers[place] * len(self.streams.held) + self.streams.held.index(parts(item))
        return Slot("output", stream * len(self._unknowns) + self._unknowns.index(item.unknown))

    def _column(self, key: object, values: Tensor, taper: Taper) -> Slot:
        self.columns[key] = values
        return taper.column(key)


def _wanted(leaf: Leaf) -> Wanted:
    """What is asked for of an unknown."""
    if isinstance(leaf, At):
        return leaf.derivative
    assert isinstance(leaf, Derivative | Combination)
    return leaf
