"""All parameters of a network as one vector, which is how second-order methods see them."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Vector:
    """The parameters of a network that are learned, in the order of `parameters()`."""

    def __init__(self, network: nn.Module) -> None:
        self._parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.size = sum(parameter.numel() for parameter in self._parameters)

    def read(self) -> Tensor:
        """A copy of all, (parameters,)."""
        return torch.cat([parameter.detach().flatten() for parameter in self._parameters])

    @torch.no_grad()
    def write(self, values: Tensor) -> None:
        """Set all, from (parameters,)."""
        for parameter, part in zip(self._parameters, values.split([parameter.numel() for parameter in self._parameters]), strict=True):
            parameter.copy_(part.view_as(parameter))

    def gradient(self, loss: Tensor) -> Tensor:
        """That of a loss, (), by all of them, (parameters,); zero by those that it does not depend on."""
        for parameter in self._parameters:
            parameter.grad = None
        loss.backward()
        return torch.cat([torch.zeros_like(each).flatten() if each.grad is None else each.grad.flatten() for each in self._parameters])
