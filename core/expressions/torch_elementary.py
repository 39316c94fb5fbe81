"""The elementary functions of the grammar on tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor


def _pair(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Any, Any], Tensor]:
    """`function` of two tensors, made to take a number in either place."""

    def of(first: Any, second: Any) -> Tensor:
        like = first if isinstance(first, Tensor) else second
        return function(*(item if isinstance(item, Tensor) else torch.full_like(like, item) for item in (first, second)))

    return of


ELEMENTARY: Mapping[str, Callable[..., Any]] = {
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": torch.asin,
    "acos": torch.acos,
    "atan": torch.atan,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sign": torch.sign,
    "heaviside": lambda value: torch.heaviside(value.detach(), torch.full_like(value, 0.5)),  # torch has no derivative for it; it is zero
    "atan2": _pair(torch.atan2),
    "min": _pair(torch.minimum),
    "max": _pair(torch.maximum),
}
