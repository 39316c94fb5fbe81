"""A run that has ended, as findings judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.diagnosis.quantities import Measures
from core.diagnosis.remedies import Settings
from core.errors import TangenteError
from core.experiment.experiment import Experiment

GOOD = 0.01
"""A term that is met to this part of its size calls for nothing, nor does a solution that is this near the reference."""

Values = Mapping[str, Any]
"""What the sentence of a finding names."""
Offers = tuple[Settings, ...]
"""Settings that may mend it, the best first."""


@dataclass(frozen=True)
class Case:
    """A run that has ended: its experiment, its `status` in the store, the steps that it took, and what was measured.

    `errors` are the relative L2 errors of the unknowns, None where one has none, and `reference` is the error that the reference itself
    claims, None where there is no reference; `refusal` is then why.
    """

    experiment: Experiment
    status: str
    step: int
    measures: Measures
    errors: Mapping[str, float | None] = field(default_factory=dict)
    reference: float | None = None
    refusal: TangenteError | None = None

    @property
    def error(self) -> float | None:
        """The relative L2 error of the unknown that is worst; None without a reference."""
        return max((error for error in self.errors.values() if error is not None), default=None)

    @property
    def met(self) -> bool:
        """Whether equations, conditions and data are all known to hold, at points that were not trained on."""
        checked = self.measures.checked
        return checked is not None and checked.unmet < GOOD
