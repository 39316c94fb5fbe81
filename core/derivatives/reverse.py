"""Derivatives of a network's outputs with respect to its inputs, by `torch.autograd.grad`.

Reverse mode, once for each derivative that others build on (Griewank and Walther 2008, chapter 3). As point i's output depends on point i's
coordinates alone, the gradient of the outputs' sum holds each point's own derivative.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import torch
from torch import Tensor, nn

from core.expressions import Combination, Derivative
from core.network.columns import Columns


def values(
    network: nn.Module, columns: Columns, unknowns: Sequence[str], wanted: Collection[Derivative | Combination]
) -> dict[Derivative | Combination, Tensor]:
    """Each wanted derivative of the network's outputs, the `unknowns`, at the points `columns`, which require gradients: (n, 1) each.

    Raises `TypeError` where a sum of derivatives is wanted as one: here that saves nothing.
    """
    plain = [item for item in wanted if isinstance(item, Derivative)]
    if len(plain) < len(wanted):
        raise TypeError("nested derivatives are taken one by one, not in sums")
    outputs = network(torch.cat(list(columns.values()), dim=1)).split(1, dim=1)
    found: dict[Derivative | Combination, Tensor] = {}
    found.update(derivatives(dict(zip(unknowns, outputs, strict=True)), columns, plain).items())
    return found


def derivatives(
    outputs: Mapping[str, Tensor], coordinates: Mapping[str, Tensor], wanted: Collection[Derivative]
) -> dict[Derivative, Tensor]:
    """Each wanted derivative at each point, (n, 1), as part of the graph, so that it can be differentiated further.

    `outputs` holds each unknown, (n, 1), computed from `coordinates`, (n, 1) each, which require gradients. Derivatives share what they
    build on: `u_xx` and `u_xt` both start from one `u_x`, and one call yields all first derivatives that are needed. An output that does
    not depend on a coordinate has the derivative zero.
    """
    known = {Derivative(unknown, ""): output for unknown, output in outputs.items()}
    needed = {Derivative(item.unknown, item.by[:order]) for item in wanted for order in range(len(item.by) + 1)}
    for parent in ordered(needed):
        letters = [letter for letter in coordinates if Derivative(parent.unknown, parent.by + letter) in needed]
        if letters:
            gradients = _gradients(known[parent], [coordinates[letter] for letter in letters])
            for letter, gradient in zip(letters, gradients, strict=True):
                known[Derivative(parent.unknown, parent.by + letter)] = gradient  # (n, 1)
    return {item: known[item] for item in wanted}


def ordered(wanted: Collection[Derivative]) -> tuple[Derivative, ...]:
    """The derivatives in order: lower ones first, and always the same way round.

    The order in which a graph is built is that in which autograd sums its gradients: to repeat a run bit for bit it must not be a set's,
    which differs from process to process.
    """
    return tuple(sorted(wanted, key=lambda item: (len(item.by), item.unknown, item.by)))


def _gradients(output: Tensor, inputs: list[Tensor]) -> tuple[Tensor, ...]:
    if not output.requires_grad:  # a constant: it never met the inputs, and autograd would refuse it
        return tuple(torch.zeros_like(column) for column in inputs)
    return torch.autograd.grad(output, inputs, torch.ones_like(output), create_graph=True, allow_unused=True, materialize_grads=True)
