"""All parameters of a network as one vector."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn


class Vector:
    """The parameters of a network that are learned, in the order of `named_parameters()`, moved into one vector: they become views of it.

    So a method moves all of them at once, whatever their number; their gradients lie side by side as well, in `slopes`.
    """

    def __init__(self, network: nn.Module) -> None:
        parameters = {name: parameter for name, parameter in network.named_parameters() if parameter.requires_grad}
        self._sizes = {name: parameter.shape for name, parameter in parameters.items()}
        self.values = torch.cat([parameter.detach().flatten() for parameter in parameters.values()])  # (parameters,)
        self.slopes = torch.zeros_like(self.values)  # (parameters,)
        values, slopes = self.parts(self.values), self.parts(self.slopes)
        for name, parameter in parameters.items():
            parameter.data, parameter.grad = values[name], slopes[name]

    @classmethod
    def of(cls, network: nn.Module) -> Vector:
        """The vector of a network, always the same one."""
        if network not in _vectors:
            _vectors[network] = cls(network)
        return _vectors[network]

    @property
    def size(self) -> int:
        """How many numbers are learned."""
        return len(self.values)

    def parts(self, vector: Tensor) -> dict[str, Tensor]:
        """What of a vector, (parameters,), belongs to each parameter, by name, as views of its shape."""
        parts = vector.split([size.numel() for size in self._sizes.values()])
        return {name: part.view(size) for (name, size), part in zip(self._sizes.items(), parts, strict=True)}

    def joined(self, parts: dict[str, Tensor]) -> Tensor:
        """A vector, (parameters,), of what belongs to each parameter."""
        return torch.cat([parts[name].flatten() for name in self._sizes])

    def read(self) -> Tensor:
        """A copy of all, (parameters,)."""
        return self.values.clone()

    def write(self, values: Tensor) -> None:
        """Set all, from (parameters,)."""
        self.values.copy_(values)


_vectors: WeakKeyDictionary[nn.Module, Vector] = WeakKeyDictionary()
