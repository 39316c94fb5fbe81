"""A tape that a backward pass leaves each point's own gradient on, by every parameter of a network.

Every use of a weight in a graph, in the forward pass as in the nested backward passes that give u_x, u_xx …, multiplies rows by it: x Wᵀ or
g W. Each of these products is differentiated by the other, to any order, and the gradient of W is, for both, a sum of outer products of the
rows that met. The last backward pass takes these rows down before they are summed over the points: Goodfellow 2015, "Efficient per-example
gradient computations", for residuals that hold derivatives of the network. As for these (`core/derivatives/reverse.py`), a point's output
has to depend on that point alone. Jets (`core/derivatives/jets`) hand over the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol, Self

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.overrides import TorchFunctionMode

_OPERATORS = ("add", "sub", "mul", "truediv")
ELEMENTWISE = frozenset(("add", "sub", "mul", "div", *(f"__{r}{name}__" for name in _OPERATORS for r in ("", "r"))))
"""Names of the functions in which a parameter of at most one axis may meet rows, (n, k), as a bias does."""


class Streams(Protocol):
    """Tensors of several rows for each point: all first ones, all second ones, …"""

    @property
    def streams(self) -> Sequence[Tensor]: ...


class SampleTape(TorchFunctionMode):
    """Follows a network's parameters through what is computed while it is entered, so that `play` and `read` tell each row's gradient.

    `entered` is the tape that is entered, if any.
    """

    entered: ClassVar[SampleTape | None] = None

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self._meetings = {
            id(parameter): Meetings(name, parameter) for name, parameter in network.named_parameters() if parameter.requires_grad
        }
        self.size = sum(item.parameter.numel() for item in self._meetings.values())

    def __enter__(self) -> Self:
        super().__enter__()  # type: ignore[no-untyped-call]
        SampleTape.entered = self
        return self

    def __exit__(self, *error: Any) -> None:
        SampleTape.entered = None
        super().__exit__(*error)  # type: ignore[no-untyped-call]

    def product(self, weight: Tensor, left: Streams, right: Streams) -> None:
        """Note a weight's gradient, (out, in): the sum of the outer products of the rows of `left`, width out, and `right`, width in."""
        meetings = self._meetings.get(id(weight))
        if meetings is None:  # not learned
            return
        for rows, others in zip(left.streams, right.streams, strict=True):
            meetings.pair(rows, others)

    def rows(self, parameter: Tensor, rows: Tensor) -> None:
        """Note a parameter's gradient, (size,) or (): the sum of these rows, (n, size)."""
        meetings = self._meetings.get(id(parameter))
        if meetings is not None:
            meetings.single(rows)

    def __torch_function__(self, function: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        met = [self._meetings.get(id(argument)) for argument in args]
        if any(met) and not kwargs:
            if function is nn.functional.linear and met[1] is not None and args[0].ndim == 2:
                return _linear(args[0], met[1], args[2] if len(args) > 2 else None, met[2] if len(met) > 2 else None)
            if getattr(function, "__name__", "") in ELEMENTWISE:
                args = _spread(args, met)
        return function(*args, **(kwargs or {}))

    def play(self, residuals: Sequence[Tensor], scales: Sequence[Tensor], length: int) -> None:
        """The last backward pass, of `residuals` times `scales`, (rows,) each; they depend on separate ones of `length` points."""
        meetings = list(self._meetings.values())
        for item in meetings:
            item.open()
        unfollowed = torch.autograd.grad(
            [value if value.requires_grad else value.clone().requires_grad_() for value in residuals],  # one that no parameter enters
            [item.parameter for item in meetings],
            scales,
            retain_graph=True,
            allow_unused=True,
        )
        for item, gradient in zip(meetings, unfollowed, strict=True):
            item.close(length, followed=gradient is None)

    @torch.no_grad()
    def read(self, places: Sequence[slice], out: Tensor) -> None:
        """What the last `play` gives for the residual at these `places`, (rows, parameters), into `out`."""
        torch.cat([item.rows(places, len(out)) for item in self._meetings.values()], dim=1, out=out)


class Meetings:
    """The rows that one parameter has met in the last backward pass.

    `pairs` are those, (n, out) and (n, in), whose outer products add up to the gradient of a weight, `singles` those, (n, size), that
    themselves add up to the gradient of any other parameter.
    """

    def __init__(self, name: str, parameter: nn.Parameter) -> None:
        self.name, self.parameter = name, parameter
        self.pairs: list[tuple[Tensor, Tensor]] = []
        self.singles: list[Tensor] = []
        self._open = False

    def open(self) -> None:
        """Forget what has been, and take down what comes."""
        self.pairs, self.singles, self._open = [], [], True

    def pair(self, left: Tensor, right: Tensor) -> None:
        if self._open:
            self.pairs.append((left.detach(), right.detach()))

    def single(self, rows: Tensor) -> None:
        if self._open:
            self.singles.append(rows.detach())

    def close(self, length: int, *, followed: bool) -> None:
        """Take down no more; raises `TypeError` where the parameter was also used in another way."""
        self._open = False
        if not followed or any(len(rows) != length for rows in [*self.singles, *(left for left, _ in self.pairs)]):
            raise TypeError(
                f"every parameter must meet the points' rows as a weight or bias of F.linear, or as a number or vector that is added to or "
                f"multiplies rows, but {self.name} {tuple(self.parameter.shape)} is used otherwise; "
                "teach core/network/per_sample.py that use"
            )

    def rows(self, places: Sequence[slice], length: int) -> Tensor:
        """Each row's gradient, (length, size); a residual's row depends on one point at each of its `places`."""
        if self.pairs:
            left = torch.stack([left[place] for left, _ in self.pairs for place in places], dim=1)  # (length, k, out)
            right = torch.stack([right[place] for _, right in self.pairs for place in places], dim=1)  # (length, k, in)
            return torch.bmm(left.transpose(1, 2), right).flatten(1)
        if self.singles:
            return torch.stack([rows[place] for rows in self.singles for place in places]).sum(0)
        return self.parameter.new_zeros(length, self.parameter.numel())


class _Times(Function):
    """x Wᵀ + b, (n, in) → (n, out)."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor | None, met: Meetings, met_bias: Meetings | None) -> Tensor:
        ctx.save_for_backward(rows, weight)
        ctx.met, ctx.met_bias = met, met_bias
        return rows @ weight.T if bias is None else torch.addmm(bias, rows, weight.T)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        rows, weight = ctx.saved_tensors
        ctx.met.pair(gradient, rows)
        if ctx.met_bias is not None:
            ctx.met_bias.single(gradient)
        return _back(gradient, weight, ctx.met) if ctx.needs_input_grad[0] else None, None, None, None, None


class _Back(Function):
    """g W, (n, out) → (n, in): what `_Times` does to gradients."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, weight: Tensor, met: Meetings) -> Tensor:
        ctx.save_for_backward(rows, weight)
        ctx.met = met
        return rows @ weight

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        rows, weight = ctx.saved_tensors
        ctx.met.pair(rows, gradient)
        return _times(gradient, weight, None, ctx.met, None) if ctx.needs_input_grad[0] else None, None, None


class _Repeated(Function):
    """A vector or a number as n equal rows, (n, size)."""

    @staticmethod
    def forward(ctx: Any, parameter: Tensor, n: int, met: Meetings) -> Tensor:
        ctx.met = met
        return parameter.reshape(1, -1).expand(n, -1)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        ctx.met.single(gradient)
        return None, None, None


_times: Callable[..., Tensor] = _Times.apply
_back: Callable[..., Tensor] = _Back.apply
_repeated: Callable[..., Tensor] = _Repeated.apply


def _linear(rows: Tensor, weight: Meetings, bias: Tensor | None, met: Meetings | None) -> Tensor:
    """`F.linear`; a bias that is no parameter is added afterwards."""
    if bias is None or met is not None:
        return _times(rows, weight.parameter, bias, weight, met)
    return _times(rows, weight.parameter, None, weight, None) + bias


def _spread(args: Sequence[Any], met: Sequence[Meetings | None]) -> list[Any]:
    """The arguments of an elementwise function, a parameter as rows where another argument has rows."""
    lengths = [len(item) for item in args if isinstance(item, Tensor) and item.ndim == 2 and item.requires_grad]
    return [
        item if meetings is None or item.ndim > 1 or not lengths else _repeated(item, lengths[0], meetings)
        for item, meetings in zip(args, met, strict=True)
    ]
