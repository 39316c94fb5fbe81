"""Operations that NumPy and torch both have, written once: the same expression does for the arrays of either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import N_


@dataclass(frozen=True)
class Operation:
    """`apply(library, a, b)` carries out `code`, in which `{library}` stands for `np` or `torch`.

    a and b are float32, of as many numbers as is said: vectors, or (`square`) matrices of about as many.
    """

    name: str
    label: str
    code: str
    apply: Callable[[Any, Any, Any], Any]
    square: bool = False
    remark: str = ""
    """The remark that the two do not do quite the same."""

    def written(self, library: str) -> str:
        """The expression in one of the two."""
        return self.code.format(library=library)


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("multiply-add", N_("Multiply and add"), "2 * a + b", lambda library, a, b: 2 * a + b),
        Operation("exp", N_("Exponential"), "{library}.exp(a)", lambda library, a, b: library.exp(a)),
        Operation("tanh", N_("Hyperbolic tangent"), "{library}.tanh(a)", lambda library, a, b: library.tanh(a)),
        Operation("where", N_("Choose"), "{library}.where(a > b, a, b)", lambda library, a, b: library.where(a > b, a, b)),
        Operation("sum", N_("Sum"), "a.sum()", lambda library, a, b: a.sum()),
        Operation("cumsum", N_("Running sum"), "a.cumsum(0)", lambda library, a, b: a.cumsum(0)),
        Operation(
            "sort",
            N_("Sort"),
            "{library}.sort(a)",
            lambda library, a, b: library.sort(a),
            remark=N_("torch.sort does more: it also gives the order, for which NumPy has argsort."),
        ),
        Operation("fft", N_("Fourier transform"), "{library}.fft.fft(a)", lambda library, a, b: library.fft.fft(a)),
        Operation("matmul", N_("Matrix times matrix"), "a @ b", lambda library, a, b: a @ b, square=True),
        Operation("transpose", N_("Add the transpose"), "a + a.T", lambda library, a, b: a + a.T, square=True),
        Operation(
            "solve",
            N_("Solve linear equations"),
            "{library}.linalg.solve(a, b)",
            lambda library, a, b: library.linalg.solve(a, b),
            square=True,
        ),
    )
}
