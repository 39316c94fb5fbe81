"""How large residuals are beside what they are made of: a number without a unit, where a loss has the square of the equation's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from core.expressions import At, Coordinate, Expression, Leaf, compile, derivatives_in, leaves_in
from core.expressions.algebra import summands
from core.expressions.torch_functions import TORCH
from core.loss.losses import Losses
from core.loss.points import Points
from core.network.columns import Columns


def rms(value: Any) -> float:
    """The root of the mean square of a tensor, or the size of a number."""
    return float(value.detach().square().mean().sqrt()) if isinstance(value, Tensor) else abs(float(value))


FAINT = 1e-3
"""The part of their natural size below which the summands of an equation vanish: what is left of them is rounding."""


def unmet(losses: Losses, network: nn.Sequential, points: Points) -> list[float]:
    """The size of each residual over the sum of the sizes of its summands, in the order of the terms; 0 where all vanish.

    A condition is also held against what it evaluates over the domain: in u(0) = 0 there is nothing else. An equation is held against a
    small part of what its summands would naturally be: with u_t = u_xx = 0 it is met, whatever rounding says.
    """
    natural = _natural(losses, network, points)
    sizes = [max(summed(tree, leaves), FAINT * summed(tree, {**leaves, **natural})) for tree, leaves in _equations(losses, network, points)]
    inside = _inside(losses, network, points.interior)
    for condition, leaves in zip(losses.asked.conditions, losses.condition_leaves(network, points), strict=True):
        looked = {leaf.derivative for leaf in leaves_in(condition.residual) if isinstance(leaf, At)}
        sizes.append(summed(condition.residual, leaves) + sum(inside[derivative] for derivative in looked))
    found = [rms(residual.value) for batch in losses.batches(network, points) for residual in batch]
    if len(found) > len(sizes):
        found[-1] = _beyond_noise(losses, found[-1])
        sizes.append(found[-1] + losses.asked.measured)
    return [value / size if size > 0 else 0.0 for value, size in zip(found, sizes, strict=True)]


def _beyond_noise(losses: Losses, size: float) -> float:
    """The size of the data's residual without the noise that was added to the data, which no network should follow."""
    data = losses.asked.data
    noise = 0.0 if data is None else float((data.noise**2).mean())
    return float(max(0.0, size**2 - noise) ** 0.5)


def given(losses: Losses, points: Points) -> float:
    """The largest size that a condition gives an unknown: of its residual where all unknowns are zero."""
    found = [0.0]
    for condition, rows in zip(losses.asked.conditions, points.rows, strict=True):
        if not any(leaf.derivative.by for leaf in leaves_in(condition.residual) if isinstance(leaf, At)):
            leaves: dict[Leaf, Any] = {Coordinate(name): column for name, column in rows.base.items()}
            leaves |= {leaf: torch.zeros(()) for leaf in leaves_in(condition.residual) if isinstance(leaf, At)}
            found.append(rms(compile(condition.residual, TORCH)(leaves)))
    return max(found)


def _equations(losses: Losses, network: nn.Sequential, points: Points) -> Iterator[tuple[Expression, Mapping[Leaf, Tensor]]]:
    leaves = losses.leaves(network, points.interior)
    return ((tree, leaves) for tree in losses.problem.equations)


def _natural(losses: Losses, network: nn.Sequential, points: Points) -> dict[Leaf, Tensor]:
    """What each derivative in the equations would be for a solution of this size that varies once over the domain, () each."""
    with torch.no_grad():
        outputs = network(torch.cat(list(points.interior.values()), dim=1)).square().mean(dim=0).sqrt()  # (outputs,)
    size = dict(zip(losses.problem.outputs, outputs, strict=True))
    length = {item.name: item.high - item.low for item in losses.problem.coordinates}
    wanted = {item for tree in losses.problem.equations for item in derivatives_in(tree)}
    return {item: size[item.unknown] / prod(length[letter] for letter in item.by) for item in wanted}


def summed(tree: Expression, leaves: Mapping[Leaf, Tensor]) -> float:
    """The sum of the sizes of an expression's summands, where its `leaves`, (n, 1) each, are these."""
    return sum(rms(compile(part, TORCH)(leaves)) for part in summands(tree))


def _inside(losses: Losses, network: nn.Sequential, columns: Columns) -> dict[Any, float]:
    """The size over the domain of all that the soft conditions evaluate."""
    wanted = frozenset(leaf.derivative for item in losses.asked.conditions for leaf in leaves_in(item.residual) if isinstance(leaf, At))
    inputs = Columns((name, column.detach().requires_grad_()) for name, column in columns.items())
    return {derivative: rms(value) for derivative, value in losses.values(network, inputs, wanted).items()}
