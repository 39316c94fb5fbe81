"""Points as one column for each coordinate."""

from __future__ import annotations

from torch import Tensor


class Columns(dict[str, Tensor]):
    """Coordinate name → (n, 1).

    Told apart by what they are, not by what they hold: so what is computed from points can be kept for as long as these live.
    """

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    @property
    def rows(self) -> int:
        """How many points there are."""
        return len(next(iter(self.values())))
