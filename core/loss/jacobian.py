"""The Jacobian of all residuals with respect to all parameters of a network, by one backward pass a residual instead of one a row.

The pass takes down what would be summed over the points (`core/network/per_sample.py`), so that each point's gradient can be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from core.loss.losses import Losses
from core.loss.points import Points, Residual
from core.loss.weights import Weights
from core.network.per_sample import SampleTape

ENTRIES = 10_000_000
"""The entries of the rows that `traces` makes at a time."""


def jacobian(losses: Losses, network: nn.Sequential, points: Points, weights: Weights | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """The weighted residuals R, (rows,), their derivatives dR/dθ, (rows, parameters), and the loss terms, (terms,).

    |R|² is the total loss with these weights, or with those of the experiment: each residual counts √(weights of its term and its point /
    number of its term's residuals). θ is those of `network.parameters()` that are learned, flattened. Raises `TypeError` where one is used
    in a way that cannot be followed.
    """
    tape, batches = _followed(losses, network, points)
    residuals = [residual for batch in batches for residual in batch]
    scales = dict(zip(map(id, residuals), (weights or Weights(losses.weights)).scales(residuals), strict=True))
    values = []
    rows = residuals[0].value.new_empty(sum(residual.value.numel() for residual in residuals), tape.size)
    start = 0
    for batch in batches:
        for parts in _played(tape, batch, [scales[id(residual)] for residual in batch]):
            values += parts
            for residual in batch:
                stop = start + len(residual.value)
                tape.read(residual.at, rows[start:stop])
                start = stop
    return torch.cat(values), rows, losses.means(residuals).detach()


def of_terms(losses: Losses, network: nn.Sequential, points: Points, weights: Weights | None = None) -> Tensor:
    """The gradient of each loss term, with the weights of its points but without its own, by the parameters, (terms, parameters)."""
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    found = losses.weights.new_zeros(len(losses.weights), sum(parameter.numel() for parameter in parameters))
    for residual in [residual for batch in losses.batches(network, points) for residual in batch]:
        if residual.value.requires_grad:
            mean = (weights or Weights(losses.weights)).mean(residual)
            gradients = torch.autograd.grad(mean, parameters, retain_graph=True, allow_unused=True, materialize_grads=True)
            found[residual.term] = torch.cat([gradient.flatten() for gradient in gradients])
    return found


def norms(losses: Losses, network: nn.Sequential, points: Points, weights: Weights) -> Tensor:
    """|dL/dθ| of each loss term L, (terms,), with the weights of its points, but without its own; zero where it has no residuals."""
    found: Tensor = torch.linalg.vector_norm(of_terms(losses, network, points, weights), dim=1)
    return found


def traces(losses: Losses, network: nn.Sequential, points: Points, weights: Weights) -> Tensor:
    """The mean of |dr/dθ|² over the residuals r of each loss term, (terms,): the trace of its tangent kernel over its size.

    The residuals count by the weights of their points, those of the terms have no say; zero where a term has none. The kernel's diagonal
    takes no more memory than a part of the Jacobian's rows at a time.
    """
    tape, batches = _followed(losses, network, points)
    found = torch.zeros_like(losses.weights)
    length = max(1, ENTRIES // tape.size)
    for batch in batches:
        for _ in _played(tape, batch, [weights.roots(residual) for residual in batch]):
            for residual in batch:
                size = len(residual.value)
                for start in range(0, size, length):
                    stop = min(start + length, size)
                    rows = found.new_empty(stop - start, tape.size)
                    tape.read([slice(place.start + start, place.start + stop) for place in residual.at], rows)
                    found[residual.term] += rows.square().sum() / residual.value.numel()
    return found


def _followed(losses: Losses, network: nn.Sequential, points: Points) -> tuple[SampleTape, list[list[Residual]]]:
    """All residuals, and the tape on which they were computed."""
    tape = SampleTape(network)
    with tape:
        return tape, losses.batches(network, points)


def _played(tape: SampleTape, batch: Sequence[Residual], scales: Sequence[Tensor | float]) -> Iterator[list[Tensor]]:
    """The residuals of a batch times `scales`, (rows,) each, column by column, with their gradients on the tape."""
    length = max(place.stop for residual in batch for place in residual.at)
    for column in range(batch[0].value.shape[1]):
        parts = [residual.value[:, column] for residual in batch]
        seeds = [torch.ones_like(part) * scale for part, scale in zip(parts, scales, strict=True)]
        tape.play(parts, seeds, length)
        yield [seed * part.detach() for seed, part in zip(seeds, parts, strict=True)]
