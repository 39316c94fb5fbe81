"""The declaration of a hyperparameter: its range, default, label and help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.errors import N_, TangenteError
from core.ranges import Range

GROUPS = {"network": N_("Network"), "points": N_("Points"), "loss": N_("Loss"), "method": N_("Method"), "run": N_("Run")}
"""The groups in which a page shows the hyperparameters: name → label."""


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter's declaration; `section` is its table in the experiment file, `group` one of `GROUPS`.

    `optional` says that None means no limit.
    """

    name: str
    section: str
    group: str
    range: Range
    default: Any
    label: str
    help: str
    essential: bool
    optional: bool

    def check(self, value: object) -> Any:
        """`value` in the hyperparameter's own type; raises `InputError` placed at `section.name`."""
        if value is None and self.optional:
            return None
        try:
            return self.range.check(self.name, value)
        except TangenteError as error:
            raise error.located(key=f"{self.section}.{self.name}") from None


def hyperparameter(
    section: str, group: str, range: Range, default: Any, label: str, help: str, *, essential: bool = False, optional: bool = False
) -> Any:
    """The field of a hyperparameter, with its declaration."""
    place = {"section": section, "group": group}
    return field(
        default=default, metadata={**place, "range": range, "label": label, "help": help, "essential": essential, "optional": optional}
    )
