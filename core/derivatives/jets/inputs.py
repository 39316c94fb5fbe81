"""The jets of what enters the first layer: functions of the coordinates alone, in closed form, nothing of which is learned."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from core.derivatives.jets.orders import Streams
from core.network.inputs import Bend, Cusps, Fourier, Periodic, Scale

Rows = dict[str, Tensor | None]
"""The rows by the letters of a derivative: (n, features), or (features,) for all points alike; None where zero."""


def jets(layers: Sequence[nn.Module], points: Tensor, letters: Sequence[str], streams: Streams) -> Tensor:
    """The jets (streams, n, features) at points, (n, d), whose coordinates are named `letters`, after these layers."""
    names = sorted({by for parts in streams.held for by, _ in parts})
    rows: Rows = {by: _unit(by, letters, points) if by else points for by in names}
    for layer in layers:
        rows = INPUTS[type(layer)](layer, rows)
    found = _value(rows).new_zeros(len(streams.held), *_value(rows).shape)
    for stream, parts in zip(found, streams.held, strict=True):
        for by, factor in parts:
            row = rows[by]
            if row is not None:
                stream.add_(row, alpha=factor)
    return found


def _value(rows: Rows) -> Tensor:
    value = rows[""]
    assert value is not None
    return value


def _unit(by: str, letters: Sequence[str], points: Tensor) -> Tensor | None:
    """A derivative of the coordinates by themselves, (d,)."""
    return points.new_tensor([float(letter == by) for letter in letters]) if len(by) == 1 else None


def _scale(layer: Scale, rows: Rows) -> Rows:
    return {by: None if row is None else row * layer.factor if by else layer(row) for by, row in rows.items()}


def _cusps(layer: Cusps, rows: Rows) -> Rows:
    value = _value(rows)
    distances, own = layer.distances(value), list(range(value.shape[1]))
    return {
        by: torch.cat([_spread(row, own, value), *(_bend(bend, distance, by, rows) for bend, distance in distances)], dim=1)
        for by, row in rows.items()
    }


def _bend(bend: Bend, distance: Tensor, by: str, rows: Rows) -> Tensor:
    """A derivative of a function of one coordinate, (n, 1)."""
    found = bend.derivative(distance, len(by))
    for letter in by:
        slope = rows[letter]
        assert slope is not None
        found = found * slope[..., bend.axis : bend.axis + 1]
    return found


def _periodic(layer: Periodic, rows: Rows) -> Rows:
    waves = _waves({by: None if row is None else math.pi * row[..., layer.periodic] for by, row in rows.items()})
    return {by: torch.cat([_spread(row, layer.others, waves[by]), waves[by]], dim=1) for by, row in rows.items()}


def _fourier(layer: Fourier, rows: Rows) -> Rows:
    count = layer.angular.shape[1]
    others = list(range(count, _value(rows).shape[1]))
    waves = _waves({by: None if row is None else row[..., :count] @ layer.angular.T for by, row in rows.items()})
    return {by: torch.cat([waves[by], _spread(row, others, waves[by])], dim=1) for by, row in rows.items()}


def _spread(row: Tensor | None, features: list[int], like: Tensor) -> Tensor:
    """The row's entries for some features, as (n, features)."""
    return like.new_zeros(len(like), len(features)) if row is None else row[..., features].expand(len(like), -1)


def _waves(angles: Rows) -> dict[str, Tensor]:
    """cos and sin of angles that are affine in the coordinates, (n, 2 · angles) for each derivative.

    The k-th derivative of a wave is the wave a quarter turn further on for each, times the angle's slopes.
    """
    value = _value(angles)
    turns = [torch.cat([torch.cos(value), torch.sin(value)], dim=1), torch.cat([-torch.sin(value), torch.cos(value)], dim=1)]
    turns += [-turns[0], -turns[1]]
    found = {}
    for by in angles:
        wave = turns[len(by) % 4]
        for letter, times in Counter(by).items():
            slope = angles[letter]
            assert slope is not None
            wave = wave * torch.cat([slope, slope], dim=-1) ** times
        found[by] = wave
    return found


def split(network: nn.Sequential) -> tuple[list[nn.Module], list[Any]]:
    """The layers before the first one that learns, and the others."""
    layers = list(network)
    count = sum(type(layer) in INPUTS for layer in layers)
    return layers[:count], layers[count:]


INPUTS: dict[type[nn.Module], Callable[..., Rows]] = {Cusps: _cusps, Scale: _scale, Periodic: _periodic, Fourier: _fourier}
"""What a layer before the first makes of jets."""
