"""How derivatives of a network are computed: one function for each engine, all to the same result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from core.derivatives import reverse
from core.derivatives.jets import engine as jets
from core.expressions import Combination, Derivative
from core.network.columns import Columns

Wanted = Derivative | Combination


class Values(Protocol):
    """The function of a way to take derivatives."""

    def __call__(
        self, network: nn.Sequential, columns: Columns, unknowns: Sequence[str], wanted: frozenset[Wanted]
    ) -> dict[Wanted, Tensor]:
        """Each wanted derivative of the layers' outputs, the `unknowns`, at the points `columns`, (n, 1) each: (n, 1).

        They can be differentiated by the network's parameters.
        """


@dataclass(frozen=True)
class Differentiator:
    """A way to take derivatives; `differentiates` says that the coordinates have to require gradients, and that it knows no sums of
    derivatives.
    """

    values: Values
    differentiates: bool = False


AUTO, NATIVE = "auto", "native"
"""The engine whose steps are compiled (`core/engines/native_step.py`); what else is asked of a network is by jets."""
DIFFERENTIATORS: dict[str, Differentiator] = {
    "autograd": Differentiator(reverse.values, differentiates=True),
    "jets": Differentiator(jets.values),
}
