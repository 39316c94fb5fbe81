"""Affine layers: all streams as one matrix; their adjoints go to the other side."""

from __future__ import annotations

import torch
from torch import nn

from core.derivatives.jets.buffers import Jets, Memory, dot
from core.derivatives.jets.gradients import Gradients
from core.network.layers import Factorised as Layer


class Linear:
    def __init__(self, layer: nn.Linear, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._before = before
        self.after = memory.between(layer.out_features, 1 - before.side, lasting=lasting)
        self._weight, self._bias = layer.weight, layer.bias
        self._values, self._offset = layer.weight.detach(), layer.bias.detach()
        self._columns = self._values.t()

    def forward(self, *, keep: bool) -> None:
        values = self.after.values
        torch.mm(self._before.values.flat, self._columns, out=values.flat)
        values.streams[0].add_(self._offset)

    def backward(self, gradients: Gradients) -> None:
        before, given = self._before, self.after.given
        gradients.product(self._weight, given, before.values)
        gradients.rows(self._bias, given.streams[0])
        if before.adjoints is not None:
            torch.mm(given.flat, self._values, out=before.adjoints.flat)


class Factorised:
    def __init__(self, layer: Layer, before: Jets, memory: Memory, *, lasting: bool) -> None:
        self._layer, self._before = layer, before
        width = len(layer.scale)
        self.after, self._unscaled = memory.between(width, 1 - before.side, lasting=lasting), memory.own(width)
        self._directions, self._scale, self._offset = layer.directions.detach(), layer.scale.detach(), layer.bias.detach()
        self._columns = self._directions.t()

    def forward(self, *, keep: bool) -> None:
        values = self.after.values
        torch.mm(self._before.values.flat, self._columns, out=self._unscaled.flat)
        torch.mul(self._unscaled.flat, self._scale, out=values.flat)
        values.streams[0].add_(self._offset)

    def backward(self, gradients: Gradients) -> None:
        before, given = self._before, self.after.given
        gradients.rows(self._layer.scale, dot(given.streams, self._unscaled.streams))
        gradients.rows(self._layer.bias, given.streams[0])
        given.flat.mul_(self._scale)
        gradients.product(self._layer.directions, given, before.values)
        if before.adjoints is not None:
            torch.mm(given.flat, self._directions, out=before.adjoints.flat)
