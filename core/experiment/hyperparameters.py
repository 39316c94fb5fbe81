"""The declaration of a hyperparameter: its range, default, label and help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.errors import TangenteError
from core.ranges import Range


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter's declaration; `section` is its table in the experiment file, `optional` says that None means no limit."""

    name: str
    section: str
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
    section: str, range: Range, default: Any, label: str, help: str, *, essential: bool = False, optional: bool = False
) -> Any:
    declaration = {"section": section, "range": range, "label": label, "help": help, "essential": essential, "optional": optional}
    return field(default=default, metadata=declaration)
