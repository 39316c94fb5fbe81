"""Phases of a run, all but the last of which make something easier small than what is asked.

They depend on the step alone: what a run does must not depend on a clock.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phases:
    """`count` stretches of a run. All but the last share the first half of its `steps` evenly; the last has the second half.

    Where no number limits the steps (None), all but the last have `period` steps each, and the last has the rest.
    """

    count: int
    steps: int | None
    period: int

    def at(self, step: int) -> int:
        """The phase of a step, both counted from 0."""
        number = step // self.period if self.steps is None else 2 * self.last * step // self.steps
        return min(self.last, number)

    def begin(self, phase: int) -> int:
        """The first step that `at` places in this phase, or in a later one where there are fewer steps than phases."""
        return phase * self.period if self.steps is None else -(-phase * self.steps // (2 * self.last or 1))

    @property
    def last(self) -> int:
        """The phase of what is asked."""
        return self.count - 1
