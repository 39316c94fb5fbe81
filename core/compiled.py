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
from core.columns import Columns
from core.engines import ENGINES, Wanted
from core.expressions import At, Combination, Coordinate, Derivative, Expression, Leaf, compile, leaves_in
from core.jets import inputs
from core.jets.activations import DERIVATIVES
from core.jets.orders import Streams, parts, streams
from core.losses import Losses, Points
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
    _, layers = _split(network)
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
        self.points = points
        self._vector, self._dtype, self._weights = Vector.of(network), losses.dtype, weights
        self._groups = list(_Groups(losses, network).of(points))
        _, layers = _split(network)
        sizes = (layers[0].in_features, *(layer.out_features for layer in layers[::2]))
        self._plan = native.Plan(
            native.Network(sizes, NAMES[type(layers[1])]),
            [group.packed(weights) for group in self._groups],
            str(self._dtype).removeprefix("torch."),
        )
        self._theta, self._slopes = self._vector.values.numpy(), self._vector.slopes.numpy()
        self._terms = np.concatenate([group.terms for group in self._groups])
        self._counts = np.concatenate([np.full(len(group.terms), group.count) for group in self._groups])

    def weigh(self, weights: Weights) -> None:
        """Take other weights."""
        self._weights = weights
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
            return torch.dot(self._weights.terms, terms), terms
        pairs = zip(self._groups, self._plan.residuals(self._theta), strict=True)
        return torch.tensor(sum((group.scales(self._weights) * found**2).sum() for group, found in pairs), dtype=self._dtype), terms

    def _means(self) -> Tensor:
        """The terms, after an evaluation."""
        sums = np.concatenate(self._plan.sums)
        return torch.from_numpy(np.bincount(self._terms, sums / self._counts, len(self._weights.terms))).to(self._dtype)


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
        self._before, self._layers = _split(network)
        self._unknowns = losses.problem.unknowns

    def of(self, points: Points) -> Iterator[Group]:
        """Those of the equations, of each condition, and of the data."""
        everywhere = (None,) * len(self._losses.coordinates)
        equations = self._losses.equations
        yield self._group(equations, range(len(equations)), {everywhere: points.interior}, points.interior)
        for term, condition, rows in zip(self._losses.soft_terms, self._losses.soft, points.rows, strict=True):
            places = {
                place: Columns((name, column[part].detach()) for name, column in points.edge.items()) for place, part in rows.at.items()
            }
            if not places:  # a condition on nothing that is learned
                places = {everywhere: rows.base}
            yield self._group([condition.residual], [term], places, rows.base)
        yield from self._data()

    def _data(self) -> Iterator[Group]:
        data = self._losses.measured_at
        if data is None:
            return
        columns, values = data
        unknowns = list(values)
        trees = [Derivative(unknown) for unknown in unknowns]
        everywhere = (None,) * len(self._losses.coordinates)
        term = len(self._losses.weights) - 1
        found = self._group(trees, [term] * len(trees), {everywhere: columns}, columns, minus=[values[unknown] for unknown in unknowns])
        yield replace(found, count=found.rows * len(trees))

    def _group(
        self,
        trees: Sequence[Expression],
        terms: Sequence[int],
        places: Mapping[tuple[float | None, ...], Columns],
        base: Columns,
        minus: Sequence[Tensor] = (),
    ) -> Group:
        """Residuals that take the network at `places`, each less what `minus`, (rows, 1) each, says."""
        asked = frozenset(_wanted(leaf) for tree in trees for leaf in leaves_in(tree) if not isinstance(leaf, Coordinate))
        products = (
            Products(ENGINES[self._losses.experiment.losses_engine].values, self._unknowns, asked)
            if isinstance(self._network, Trial)
            else None
        )
        held = streams(frozenset(map(parts, asked if products is None else products.inside)))
        numbers = {place: number for number, place in enumerate(places)}
        extra: dict[object, Tensor] = {}

        def output(item: Wanted, place: int) -> Slot:
            stream = held.held.index(parts(item))
            return Slot("output", (place * len(held.held) + stream) * len(self._unknowns) + self._unknowns.index(item.unknown))

        def leaf(node: Leaf, taper: Taper) -> Slot:
            place = next(iter(places)) if not isinstance(node, At) else node.place
            item = _wanted(node)
            if products is None:
                return output(item, numbers[place])
            assert isinstance(self._network, Trial)
            total, factors = products.given(self._network, places[place])[item]
            slot = None
            for inner, factor in factors.items():
                if not factor.any():
                    continue
                extra[item, inner, place] = factor
                product = taper.operation("*", taper.column((item, inner, place)), output(inner, numbers[place]))
                slot = product if slot is None else taper.operation("+", slot, product)
            if slot is None or total.any():
                extra[item, place] = total
                shift = taper.column((item, place))
                slot = shift if slot is None else taper.operation("+", slot, shift)
            return slot

        taper = Taper(leaf, len(places) * len(held.held) * len(self._unknowns))
        if minus:
            keys = [Coordinate(f"measured {number}") for number in range(len(minus))]
            trees = [_less(tree, key) for tree, key in zip(trees, keys, strict=True)]
            base = Columns({**base, **dict(zip([key.name for key in keys], minus, strict=True))})
        tape = taper.tape(trees)
        values: dict[Leaf, Any] = {Coordinate(name): column.detach() for name, column in base.items()}
        columns = [extra[key] if key in extra else compile(key, TORCH)(values) for key in taper.columns]  # type: ignore[arg-type]
        rows = base.rows
        return Group(
            np.array(terms, np.int64),
            rows,
            held,
            np.stack([self._inputs(columns, held) for columns in places.values()]),
            np.stack([column.expand(rows, 1)[:, 0].numpy() for column in columns]) if columns else np.empty((0, rows)),
            tape,
        )

    def _inputs(self, columns: Columns, held: Streams) -> Array:
        """The jets before the first layer, (streams, features, rows)."""
        with torch.no_grad():
            points = torch.cat(list(columns.values()), dim=1)
            return inputs.jets(self._before, points, list(columns), held).transpose(1, 2).numpy()


def _less(tree: Expression, key: Coordinate) -> Expression:
    from core.expressions.algebra import subtract

    return subtract(tree, key)


def _wanted(leaf: Leaf) -> Wanted:
    if isinstance(leaf, At):
        return leaf.derivative
    assert isinstance(leaf, Derivative | Combination)
    return leaf


def _split(network: nn.Sequential) -> tuple[list[nn.Module], list[Any]]:
    """The layers that have nothing to learn, and the others."""
    layers = list(network)
    count = sum(type(layer) in inputs.INPUTS for layer in layers)
    return layers[:count], layers[count:]
