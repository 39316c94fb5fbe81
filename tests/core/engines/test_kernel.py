"""The compiled kernel against PyTorch's nested automatic differentiation."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from core.engines.kernel import ACTIVATIONS, CODES, AdamMoments, Group, Network, PackedTape, Plan, Term, Terms, machine
from core.engines.kernel.layout.codes import UNCOMPILED
from core.engines.kernel.layout.shape import Shape
from core.expressions.torch_functions import TORCH

COMPILED = tuple(name for name in CODES if name not in UNCOMPILED)
TOLERANCES = {"float32": 1e-5, "float64": 1e-10}
DTYPES = {"float32": torch.float32, "float64": torch.float64}
Direction = tuple[int, ...]  # the inputs that a stream is differentiated by, in ascending order
FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "sin": torch.sin,
    "gelu": nn.functional.gelu,
    "silu": nn.functional.silu,
    "softplus": nn.functional.softplus,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
}
BINARIES: dict[str, Callable[[Any, Any], Any]] = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
    "pow": torch.pow,
    "atan2": torch.atan2,
    "min": torch.minimum,
    "max": torch.maximum,
}
UNARIES: dict[str, Callable[[Tensor], Tensor]] = {"neg": torch.neg} | {
    name: TORCH[name] for name in COMPILED if name in TORCH and name not in BINARIES
}


def partitions(items: Sequence[int]) -> list[list[list[int]]]:
    """All ways to split the places into blocks."""
    if not items:
        return [[]]
    head, *rest = items
    found = []
    for smaller in partitions(rest):
        found.append([[head], *smaller])
        for number, block in enumerate(smaller):
            found.append([*smaller[:number], [head, *block], *smaller[number + 1 :]])
    return found


def streams_of(directions: Sequence[Direction]) -> list[Direction]:
    """The value, and each direction with all below it, the lower orders first."""
    found = {
        tuple(sorted(part)) for direction in directions for n in range(len(direction) + 1) for part in itertools.combinations(direction, n)
    }
    return sorted(found, key=lambda direction: (len(direction), direction))


def rule(streams: Sequence[Direction]) -> Terms:
    """Faà di Bruno's formula."""
    entries: dict[tuple[int, int, tuple[int, ...]], int] = {}
    for number, direction in enumerate(streams):
        for split in partitions(range(len(direction))) if direction else []:
            factors = tuple(sorted(streams.index(tuple(sorted(direction[place] for place in block))) for block in split))
            key = (number, len(split), factors)
            entries[key] = entries.get(key, 0) + 1
    return Terms(len(streams), tuple(Term(s, m, factors, float(count)) for (s, m, factors), count in entries.items()))


@dataclass
class Case:
    """A network with random parameters, and groups of residuals, for both sides."""

    sizes: tuple[int, ...]
    activation: str
    groups: list[
        tuple[list[Direction], np.ndarray, np.ndarray, PackedTape, np.ndarray]
    ]  # streams, points (places, features, rows), columns, …
    scale: float = 1.0

    def theta(self) -> np.ndarray:
        random = np.random.default_rng(1)
        parts = []
        for ins, outs in itertools.pairwise(self.sizes):
            parts += [random.normal(0, self.scale / math.sqrt(ins), ins * outs), random.normal(0, 0.3, outs)]
        return np.concatenate(parts)

    def plan(self, precision: str) -> Plan:
        found = []
        for streams, points, columns, tape, scales in self.groups:
            inputs = np.zeros((len(points), len(streams), *points.shape[1:]))
            inputs[:, 0] = points
            for number, direction in enumerate(streams):
                if len(direction) == 1:
                    inputs[:, number, direction[0]] = 1.0
            found.append(Group(rule(streams), inputs, columns, tape, scales))
        return Plan(Network(self.sizes, self.activation), found, precision)

    def native(self, precision: str) -> tuple[list[np.ndarray], np.ndarray, list[np.ndarray]]:
        plan = self.plan(precision)
        theta = self.theta().astype(precision)
        gradient = np.full_like(theta, np.nan)
        plan.evaluate(theta, gradient)
        sums = [item.copy() for item in plan.evaluate(theta, gradient)]
        for with_gradient, without in zip(sums, plan.evaluate(theta), strict=True):
            assert np.array_equal(with_gradient, without, equal_nan=True)
        return sums, gradient, plan.residuals(theta)

    def torch(self) -> tuple[list[np.ndarray], np.ndarray, list[np.ndarray]]:
        theta = torch.tensor(self.theta(), requires_grad=True)
        function = FUNCTIONS[self.activation]
        loss = 0 * theta.sum()
        sums, values = [], []
        for streams, points, columns, tape, scales in self.groups:
            slots: list[Tensor] = []
            for place in points:
                inputs = [torch.tensor(row, requires_grad=True) for row in place]
                outputs = self._network(function, theta, torch.stack(inputs, dim=1))
                for direction in streams:
                    for unknown in range(self.sizes[-1]):
                        slots.append(_derivative(outputs[:, unknown], [inputs[number] for number in direction]))
            slots += [torch.tensor(column) for column in columns]
            slots += [torch.full((points.shape[2],), float(value), dtype=torch.float64) for value in tape.constants]
            names = list(COMPILED)
            for code, x, y in tape.operations.tolist():
                name = names[code]
                slots.append(BINARIES[name](slots[x], slots[y]) if name in BINARIES else UNARIES[name](slots[x]))
            residuals = torch.stack([slots[slot] for slot in tape.results.tolist()])
            sums.append(residuals.detach().square().sum(1).numpy())
            values.append(residuals.detach().numpy())
            loss = loss + (torch.tensor(scales) * residuals.square()).sum()
        (gradient,) = torch.autograd.grad(loss, theta, allow_unused=True, materialize_grads=True)
        return sums, gradient.numpy(), values

    def _network(self, function: Callable[[Tensor], Tensor], theta: Tensor, rows: Tensor) -> Tensor:
        start = 0
        for number, (ins, outs) in enumerate(itertools.pairwise(self.sizes)):
            weights = theta[start : start + ins * outs].reshape(outs, ins)
            rows = rows @ weights.T + theta[start + ins * outs : start + outs * (ins + 1)]
            start += outs * (ins + 1)
            rows = function(rows) if number < len(self.sizes) - 2 else rows
        return rows

    def check(self, precision: str, factor: float = 1.0) -> None:
        tolerance = factor * TOLERANCES[precision]
        sums, gradient, values = self.native(precision)
        true_sums, true_gradient, true_values = self.torch()
        for found, true in zip([*sums, *values, gradient], [*true_sums, *true_values, true_gradient], strict=True):
            assert found.shape == true.shape
            assert np.abs(found - true).max() <= tolerance * max(np.abs(true).max(), 1e-12)


def _derivative(values: Tensor, inputs: Sequence[Tensor]) -> Tensor:
    for item in inputs:
        if not values.requires_grad:
            return torch.zeros_like(values)
        (values,) = torch.autograd.grad(values.sum(), item, create_graph=True, allow_unused=True, materialize_grads=True)
    return values


def tape(operations: Sequence[tuple[str, int, int]], results: Sequence[int], constants: Sequence[float] = ()) -> PackedTape:
    codes = np.array([(CODES[name], x, y) for name, x, y in operations], np.int32).reshape(-1, 3)
    return PackedTape(np.array(constants, dtype=np.float64), codes, np.array(results, np.int32))


def weighted(count: int, rows: int, rng: int = 0) -> tuple[np.ndarray, PackedTape]:
    """Columns and a tape: the sum of `count` slots, each times a column."""
    columns = np.random.default_rng(rng).normal(size=(count, rows))
    operations = [("*", number, count + number) for number in range(count)]
    operations += (
        [("+", 2 * count, 2 * count + 1), *(("+", 3 * count + k, 2 * count + 2 + k) for k in range(count - 2))] if count > 1 else []
    )
    return columns, tape(operations, [2 * count + len(operations) - 1])


def simple(sizes: tuple[int, ...], activation: str, directions: Sequence[Direction], rows: int, scale: float = 1.0) -> Case:
    """One residual: all streams of all unknowns, each times a column."""
    random = np.random.default_rng(2)
    streams = streams_of(directions)
    columns, program = weighted(len(streams) * sizes[-1], rows)
    points = random.uniform(-1, 1, (1, sizes[0], rows))
    return Case(sizes, activation, [(streams, points, columns, program, random.uniform(0.5, 1, (1, rows)))], scale)


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("direction", [(), (0,), (0, 0), (0, 1), (0, 0, 1), (0, 0, 0), (0, 0, 1, 1), (0, 0, 0, 0)], ids=str)
def test_derivatives_and_gradient(precision: str, activation: str, direction: Direction) -> None:
    simple((2, 9, 8, 2), activation, [direction], 37).check(precision, 1 if len(direction) < 3 else 5)


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("width", [4, 5, 20, 32, 33, 64])
@pytest.mark.parametrize("rows", [1, 7, 63, 64, 65, 200])
def test_widths_and_tails(precision: str, width: int, rows: int) -> None:
    simple((2, width, width, 1), "tanh", [(0, 0), (1,)], rows).check(precision)


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("features", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("outputs", [1, 2, 3, 7])
def test_features_and_unknowns(precision: str, features: int, outputs: int) -> None:
    simple((features, 12, 7, outputs), "tanh", [(features - 1, features - 1), (0,)], 70).check(precision)


def conditions(tape_: PackedTape, columns: np.ndarray, scales: np.ndarray, sizes: tuple[int, ...] = (2, 11, 2), places: int = 1) -> Case:
    """One group of this tape, of u and v with their first derivatives."""
    rows = columns.shape[1]
    points = np.random.default_rng(5).uniform(-1, 1, (places, sizes[0], rows))
    return Case(sizes, "tanh", [(streams_of([(0,), (1,)]), points, columns, tape_, scales)])


@pytest.mark.parametrize("precision", TOLERANCES)
def test_several_places_and_residuals(precision: str) -> None:
    """u and its slope agree at three places; one residual is twice a result, one a column."""
    program = tape([("-", 0, 2), ("-", 1, 5), ("*", 4, 3), ("+", 7, 8)], [7, 9, 10, 10, 6])
    random = np.random.default_rng(7)
    points, columns = random.uniform(-1, 1, (3, 2, 75)), random.normal(size=(1, 75))
    Case((2, 11, 6, 1), "tanh", [(streams_of([(0,)]), points, columns, program, random.uniform(size=(5, 1)))]).check(precision)


@pytest.mark.parametrize("precision", TOLERANCES)
def test_several_groups(precision: str) -> None:
    first = simple((2, 8, 8, 2), "sin", [(0, 0), (1,)], 150)
    second = simple((2, 8, 8, 2), "sin", [(0,)], 3)
    third = simple((2, 8, 8, 2), "sin", [()], 66)
    Case(first.sizes, "sin", first.groups + second.groups + third.groups).check(precision)


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("depth", [0, 1, 2, 10])
def test_depths(precision: str, depth: int) -> None:
    simple((2, *[6] * depth, 1), "tanh", [(0, 0)], 20).check(precision, 4)


@pytest.mark.parametrize("precision", TOLERANCES)
def test_wide(precision: str) -> None:
    simple((3, 130, 256, 1), "tanh", [(0, 0), (1, 1)], 70).check(precision, 4)


def test_a_stream_that_sums_derivatives() -> None:
    """The Laplacian as one stream does what u_xx + u_yy do."""
    random = np.random.default_rng(3)
    points = random.uniform(-1, 1, (1, 2, 40))
    inputs = np.zeros((1, 4, 2, 40))
    inputs[:, 0], inputs[:, 1, 0], inputs[:, 2, 1] = points, 1, 1
    terms = (Term(1, 1, (1,)), Term(2, 1, (2,)), Term(3, 1, (3,)), Term(3, 2, (1, 1)), Term(3, 2, (2, 2)))
    network = Network((2, 9, 9, 1), "tanh")
    columns = np.zeros((0, 40))
    laplacian = Group(Terms(4, terms), inputs, columns, tape([("*", 3, 0)], [4]), np.ones((1, 1)))
    streams = streams_of([(0, 0), (1, 1)])
    separate = np.concatenate([inputs[:, :3], np.zeros((1, 2, 2, 40))], axis=1)
    both = Group(rule(streams), separate, columns, tape([("+", 3, 4), ("*", 5, 0)], [6]), np.ones((1, 1)))
    theta = Case(network.sizes, "tanh", []).theta()
    gradients = [np.empty_like(theta) for _ in range(2)]
    sums = [
        Plan(network, [group], "float64").evaluate(theta, gradient) for group, gradient in zip((laplacian, both), gradients, strict=True)
    ]
    np.testing.assert_allclose(sums[0], sums[1], rtol=1e-12)
    np.testing.assert_allclose(*gradients, rtol=1e-10, atol=1e-12 * np.abs(gradients[0]).max())


def test_rules_that_feed_each_other() -> None:
    """A linear rule through two streams that each take the other still has the adjoint of its own values."""
    terms = Terms(3, (Term(1, 1, (1,)), Term(1, 2, (2, 2)), Term(2, 1, (2,), 2.0), Term(2, 1, (1,)), Term(2, 3, (1, 1, 2), 0.5)))
    random = np.random.default_rng(3)
    inputs, network = random.normal(size=(1, 3, 2, 20)), Network((2, 5, 5, 1), "tanh")
    group = Group(terms, inputs, np.zeros((0, 20)), tape([("*", 1, 2), ("+", 3, 0)], [4]), np.ones((1, 1)))
    plan, theta = Plan(network, [group], "float64"), Case(network.sizes, "tanh", []).theta()
    gradient = np.empty_like(theta)
    plan.evaluate(theta, gradient)
    for place in range(0, len(theta), 7):
        ends = []
        for sign in (1, -1):
            moved = theta.copy()
            moved[place] += sign * 1e-5
            ends.append(plan.evaluate(moved)[0].copy())
        assert (ends[0] - ends[1])[0] / 2e-5 == pytest.approx(gradient[place], rel=1e-6, abs=1e-8)


SAFE = {"asin": 0.9, "acos": 0.9}  # times a sine, so that they stay in their domain
POSITIVE = {"log", "sqrt"}


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("name", COMPILED)
def test_operations(precision: str, name: str) -> None:
    """Each on u and v, slots 0 and 1, where it is smooth, with a column and a constant as well."""
    columns = np.random.default_rng(0).uniform(0.5, 1.5, (1, 70))  # slots 6; constants 7 and 8
    before = [("sin", 0, 0), ("*", 9, 8)] if name in SAFE else [("*", 0, 0), ("+", 9, 6)]  # slot 10
    if name in BINARIES:
        operations = (
            [*before, (name, 10, 1), (name, 1, 6), (name, 10, 7)]
            if name != "pow"
            else [*before, (name, 10, 1), (name, 10, 7), (name, 7, 1)]
        )
        operations += [("+", 11, 12), ("+", 14, 13)]
    else:
        operations = [*before, (name, 10, 10)] + ([] if name in POSITIVE | set(SAFE) else [(name, 1, 1), ("+", 11, 12)])
    program = tape(operations, [8 + len(operations)], [1.7, 0.9])
    conditions(program, columns, np.full((1, 70), 0.5)).check(precision, 3)


def test_derivatives_where_there_is_a_corner() -> None:
    """The kernel follows PyTorch's choices at ties and at zero."""
    names = ["abs", "sign", "heaviside"]
    operations = [
        ("*", 0, 7),
        *((name, 8, 8) for name in names),
        *((name, 0, 0) for name in ("min", "max")),
        ("max", 8, 7),
        ("min", 8, 7),
        ("pow", 8, 6),
    ]
    operations += [("pow", 8, 7), ("*", 11, 0), ("*", 10, 0), ("atan2", 0, 6)]
    columns = np.full((1, 9), 2.0)
    conditions(tape(operations, [*range(9, 21)], [0.0]), columns, np.ones((12, 1))).check("float64")


@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_random_tapes(data: st.DataObject) -> None:
    names = ["+", "-", "*", "neg", "sin", "cos", "tanh", "atan", "abs", "min", "max", "atan2"]
    operations = []
    for number in range(data.draw(st.integers(1, 12))):
        slot = st.integers(0, 8 + number)  # u, v, their derivatives, a column, two constants
        operations.append((data.draw(st.sampled_from(names)), data.draw(slot), data.draw(slot)))
    results = data.draw(st.lists(st.integers(0, 8 + len(operations)), min_size=1, max_size=3))
    columns = np.random.default_rng(0).normal(size=(1, 5))
    conditions(tape(operations, results, [0.7, -1.3]), columns, np.ones((len(results), 1))).check("float64", 100)


@pytest.mark.parametrize("precision", TOLERANCES)
def test_what_is_not_a_number_shows(precision: str) -> None:
    """A NaN shows in the sums and the gradient, as it would in PyTorch; what is infinite stays so."""
    columns = np.ones((1, 70))
    columns[0, 69] = math.nan
    case = conditions(tape([("*", 0, 6)], [7]), columns, np.ones((1, 1)))
    sums, gradient, values = case.native(precision)
    assert np.isnan(sums[0]).all() and np.isnan(gradient).any() and np.isnan(values[0]).sum() == 1
    columns[0, 69] = math.inf
    sums, _, values = case.native(precision)
    assert np.isinf(sums[0]).all() and np.isinf(values[0]).sum() == 1
    for name, value in (("tanh", math.nan), ("exp", math.nan), ("sin", math.inf), ("log", -1.0), ("sqrt", -1.0), ("max", math.nan)):
        columns[:] = value
        _, _, values = conditions(tape([(name, 6, 6)], [7]), columns, np.ones((1, 1))).native(precision)
        assert np.isnan(values[0]).all(), name


@pytest.mark.parametrize(("precision", "bound"), [("float32", 3e-7), ("float64", 1.5e-15)])
def test_elementary_functions_are_precise(precision: str, bound: float) -> None:
    """Relative to the value, over the range where they have one."""
    x = np.concatenate([sign * 10 ** np.linspace(-6, 2, 20_000) for sign in (1, -1)])
    x = x.astype(precision).astype(np.float64)
    group = Group(
        Terms(1),
        np.zeros((1, 1, 1, len(x))),
        x[None],
        tape([("tanh", 1, 1), ("exp", 1, 1), ("sin", 1, 1), ("cos", 1, 1)], [2, 3, 4, 5]),
        np.ones((4, 1)),
    )
    found = Plan(Network((1, 1), "tanh"), [group], precision).residuals(np.zeros(2, precision))[0].astype(np.float64)
    with np.errstate(over="ignore", under="ignore"):
        true = np.stack([np.tanh(x), np.exp(x), np.sin(x), np.cos(x)])
        assert np.array_equal(np.isfinite(found[1]), np.isfinite(true[1].astype(precision)))
    assert np.abs(found[0] / true[0] - 1).max() < bound
    assert np.abs(found[2:] - true[2:]).max() < bound
    normal = (true[1] > np.finfo(precision).tiny) & np.isfinite(found[1])
    assert np.abs(found[1] / np.where(normal, true[1], 1) - 1)[normal].max() < bound


def test_scales_are_changed() -> None:
    case = simple((2, 8, 1), "tanh", [(0,)], 70)
    streams, points, columns, program, scales = case.groups[0]
    inputs = np.zeros((1, len(streams), *points.shape[1:]))
    inputs[:, 0], inputs[:, 1, 0] = points, 1
    theta = case.theta()
    gradients = np.empty((2, len(theta)))
    plan = Plan(Network(case.sizes, "tanh"), [Group(rule(streams), inputs, columns, program, scales)], "float64")
    plan.rescale(0, 3 * scales)
    plan.evaluate(theta, gradients[0])
    Plan(Network(case.sizes, "tanh"), [Group(rule(streams), inputs, columns, program, 3 * scales)], "float64").evaluate(theta, gradients[1])
    assert np.array_equal(*gradients)


def test_what_does_not_fit_is_refused() -> None:
    network, columns = Network((2, 4, 1), "tanh"), np.zeros((0, 3))
    good = Group(Terms(1), np.zeros((1, 1, 2, 3)), columns, tape([], [0]), np.ones((1, 1)))
    plan = Plan(network, [good], "float64")
    with pytest.raises(ValueError, match="a contiguous float64 array"):
        plan.evaluate(np.zeros(network.parameters, np.float32))
    for bad in (
        Group(Terms(1), np.zeros((1, 1, 3, 3)), columns, tape([], [0]), np.ones((1, 1))),
        Group(Terms(1), np.zeros((1, 1, 2, 3)), np.zeros((1, 4)), tape([], [0]), np.ones((1, 1))),
        Group(Terms(1), np.zeros((1, 1, 2, 3)), columns, tape([("+", 0, 1)], [1]), np.ones((1, 1))),
        Group(Terms(1), np.zeros((1, 1, 2, 3)), columns, tape([], [1]), np.ones((1, 1))),
        Group(Terms(1), np.zeros((1, 1, 2, 3)), columns, tape([("erf", 0, 0)], [1]), np.ones((1, 1))),
    ):
        with pytest.raises(ValueError):
            Plan(network, [bad], "float64")
    with pytest.raises(ValueError, match="activation"):
        Plan(Network((2, 4, 1), "swish"), [good], "float64")


@pytest.mark.parametrize("precision", TOLERANCES)
def test_jacobian(precision: str) -> None:
    """Each residual's own gradient, over groups, places, tails and widths that fill no vector."""
    random = np.random.default_rng(7)
    sizes = (2, 11, 20, 1)
    first = simple(sizes, "tanh", [(0, 0), (1,)], 70)
    program = tape([("-", 0, 2), ("*", 1, 3)], [4, 5])
    places = (streams_of([(0,)]), random.uniform(-1, 1, (2, 2, 9)), np.zeros((0, 9)), program, random.uniform(size=(2, 9)))
    case = Case(sizes, "tanh", [*first.groups, places])
    plan, theta = case.plan(precision), case.theta().astype(precision)
    rows = np.full((70 + 18, len(theta)), np.nan, precision)
    values = plan.jacobian(theta, rows)
    sums, gradient, residuals = case.native(precision)
    roots = np.sqrt(np.concatenate([group[4].ravel() for group in case.groups]))
    np.testing.assert_allclose(values, roots * np.concatenate([item.ravel() for item in residuals]), rtol=1e-6)
    tolerance = TOLERANCES[precision] * np.abs(gradient).max()
    assert np.abs(2 * values @ rows - gradient).max() < tolerance
    assert [item.tolist() for item in plan.evaluate(theta)] == [item.tolist() for item in sums]
    step, place = 1e-6, 31
    if precision == "float64":
        ends = []
        for sign in (1, -1):
            theta[place] += sign * step
            ends.append(roots * np.concatenate([item.ravel() for item in plan.residuals(theta)]))
            theta[place] -= sign * step
        np.testing.assert_allclose((ends[0] - ends[1]) / (2 * step), rows[:, place], atol=1e-8)
    with pytest.raises(ValueError, match="a contiguous"):
        plan.jacobian(theta, rows[1:])


@pytest.mark.parametrize("precision", TOLERANCES)
def test_adam(precision: str) -> None:
    random = np.random.default_rng(0)
    theta = random.normal(size=37).astype(precision)
    parameter = torch.tensor(theta, requires_grad=True)
    other, gradient = torch.optim.Adam([parameter], lr=1e-2), np.empty_like(theta)
    native = AdamMoments(theta, gradient)
    for _ in range(20):
        gradient[:] = random.normal(size=37)
        parameter.grad = torch.tensor(gradient)
        other.step()
        native.step(1e-2)
    np.testing.assert_allclose(theta, parameter.detach().numpy(), rtol=3e-6 if precision == "float32" else 1e-12)
    with pytest.raises(ValueError, match="contiguous"):
        AdamMoments(theta, gradient[1:])


def test_import_is_light() -> None:
    """Neither the compiler nor what it needs is imported before it is asked for, nor does asking whether it has run make it run."""
    program = "import sys, core.engines.kernel as n; assert not n.compiled('float32'); assert not {'numba', 'llvmlite'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize("precision", TOLERANCES)
def test_narrower_vectors(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layout of a processor that has but short vectors and few registers computes the same."""
    shape = Shape(precision, lanes=4 if precision == "float32" else 2, rows=4, vectors=2, block=64)
    kernel = machine.Kernel(machine.compile(shape, machine.host()), shape)
    monkeypatch.setattr(machine, "prepare", lambda precision: kernel)
    for rows in (1, 3, 70):
        for activation in ACTIVATIONS:
            simple((2, 5, 9, 2), activation, [(0, 0, 1)], rows).check(precision, 5)


def test_kept_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled once; what is damaged there is compiled again, and a disk that cannot be written does not matter."""
    compiled: list[str] = []

    def compile(shape: Shape, processor: machine.Processor) -> bytes:
        compiled.append(shape.precision)
        return machine_compile(shape, processor)

    machine_compile = machine.compile
    place = tmp_path / "native" / "kernel.o"
    monkeypatch.setattr(machine, "compile", compile)
    monkeypatch.setattr(machine, "_place", lambda precision: place)

    def times() -> int:
        monkeypatch.setattr(machine, "_loaded", {})
        machine.prepare("float32")
        assert machine.compiled("float32") and not machine.compiled("float64")
        return len(compiled)

    assert [times(), times()] == [1, 1]
    place.write_bytes(place.read_bytes()[:-100])
    assert [times(), times()] == [2, 2]
    assert {item.name for item in place.parent.iterdir()} == {"kernel.o", "kernel.proof"}
    monkeypatch.setattr(machine, "_place", lambda precision: place / "below a file" / "kernel.o")
    assert times() == 3


def test_points_move() -> None:
    case, other = (simple((2, 8, 1), "tanh", [(0,)], 70, scale) for scale in (1.0, 1.0))
    streams, points, columns, program, scales = other.groups[0]
    other.groups = [(streams, points[:, :, ::-1] * 0.5, 2 * columns, program, scales)]
    plan, theta = case.plan("float64"), case.theta()
    inputs = np.zeros((1, len(streams), *points.shape[1:]))
    inputs[:, 0], inputs[:, 1, 0] = other.groups[0][1], 1
    plan.move(0, inputs, 2 * columns)
    assert np.array_equal(plan.residuals(theta)[0], other.plan("float64").residuals(theta)[0])
    with pytest.raises(ValueError, match="shapes"):
        plan.move(0, inputs[..., 1:], columns[:, 1:])
