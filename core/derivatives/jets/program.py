"""A tape of operations by torch: its results, and the way back from their adjoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.engines.kernel.layout.codes import BINARY, CONSTANT, NAMES
from core.engines.kernel.layout.description import PackedTape
from core.expressions.torch_functions import TORCH

Number = Any
"""(rows,), or one and the same for all rows."""
Partial = Callable[[Number, Number, Number, Tensor], Tensor]
"""The share of an adjoint that goes to an operand, from both operands, the result, and that of the result."""


@dataclass(frozen=True)
class Operation:
    """`value(x, y)`, and what goes back to x and to y; of the one operand twice where there is but one."""

    value: Callable[[Number, Number], Number]
    partials: tuple[Partial, Partial]


def _none(x: Number, y: Number, r: Number, adjoint: Tensor) -> Tensor:
    raise AssertionError("there is no second operand")


def _by_torch(name: str, function: Callable[..., Tensor]) -> Operation:
    """An operation whose way back is torch's own."""
    operands = 2 if name in BINARY else 1

    def partial(number: int) -> Partial:
        def of(x: Number, y: Number, r: Number, adjoint: Tensor) -> Tensor:
            given = [x, y][:operands]
            with torch.enable_grad():
                given[number] = given[number].detach().requires_grad_()
                (found,) = torch.autograd.grad(function(*given), given[number], adjoint)
            return found

        return of

    value = function if operands == 2 else lambda x, y: function(x)
    return Operation(value, (partial(0), partial(1) if operands == 2 else _none))


OPERATIONS: Mapping[str, Operation] = {
    **{name: _by_torch(name, function) for name, function in TORCH.items()},
    "pow": _by_torch("pow", torch.pow),
    "+": Operation(lambda x, y: x + y, (lambda x, y, r, adjoint: adjoint, lambda x, y, r, adjoint: adjoint)),
    "-": Operation(lambda x, y: x - y, (lambda x, y, r, adjoint: adjoint, lambda x, y, r, adjoint: -adjoint)),
    "*": Operation(lambda x, y: x * y, (lambda x, y, r, adjoint: adjoint * y, lambda x, y, r, adjoint: adjoint * x)),
    "/": Operation(lambda x, y: x / y, (lambda x, y, r, adjoint: adjoint / y, lambda x, y, r, adjoint: -adjoint * r / y)),
    "neg": Operation(lambda x, y: -x, (lambda x, y, r, adjoint: -adjoint, _none)),
    "sin": Operation(lambda x, y: torch.sin(x), (lambda x, y, r, adjoint: adjoint * torch.cos(x), _none)),
    "cos": Operation(lambda x, y: torch.cos(x), (lambda x, y, r, adjoint: -adjoint * torch.sin(x), _none)),
    "exp": Operation(lambda x, y: torch.exp(x), (lambda x, y, r, adjoint: adjoint * r, _none)),
}


class Program:
    """A tape whose first slots are `outputs` ones of a network, which have adjoints, and `columns` known ones, which have none."""

    def __init__(self, tape: PackedTape, outputs: int, columns: int) -> None:
        self.outputs = outputs
        self._constants = tape.constants.tolist()
        self._results: list[int] = tape.results.tolist()
        first = outputs + columns + len(self._constants)
        live = [slot < outputs for slot in range(first)]
        self._steps: list[tuple[Callable[[Number, Number], Number], int, int]] = []
        self._back: list[tuple[Partial, int, int, int, int]] = []  # the operand that it goes to, x, y and the result
        for result, (code, x, y) in enumerate(tape.operations.tolist(), first):
            name = NAMES[code]
            operation = OPERATIONS[name]
            self._steps.append((operation.value, x, y))
            ways = [] if name in CONSTANT else [(0, x), (1, y)] if name in BINARY else [(0, x)]
            ways = [(number, slot) for number, slot in ways if live[slot]]
            self._back += [(operation.partials[number], slot, x, y, result) for number, slot in ways]
            live.append(bool(ways))
        self._back.reverse()
        self._live = live

    def run(self, outputs: Sequence[Tensor], columns: Sequence[Tensor]) -> list[Number]:
        """The values of all slots, (rows,) each or one number for all rows."""
        values: list[Number] = [*outputs, *columns, *self._constants]
        for value, x, y in self._steps:
            values.append(value(values[x], values[y]))
        return values

    def results(self, values: Sequence[Number]) -> list[Number]:
        """The tape's results, among the values that `run` gave."""
        return [values[slot] for slot in self._results]

    def back(self, values: Sequence[Number], adjoints: Sequence[Tensor]) -> list[Tensor | None]:
        """The adjoints of the outputs, from those of the results; None where there is none."""
        found: list[Tensor | None] = [None] * len(values)
        for slot, given in zip(self._results, adjoints, strict=True):
            if self._live[slot]:
                before = found[slot]
                found[slot] = given if before is None else before + given
        for partial, slot, x, y, result in self._back:
            adjoint = found[result]
            if adjoint is not None:
                share, before = partial(values[x], values[y], values[result], adjoint), found[slot]
                found[slot] = share if before is None else before + share
        return found[: self.outputs]
