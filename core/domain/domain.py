"""Where a problem lives: a box, a range for each coordinate."""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[float | None, ...]
"""One entry a coordinate: its value, or None where it is free."""

TIME = "t"
"""The coordinate that is time; all others are space, in which `lap` and `boundary` are meant."""
TOLERANCE = 1e-12
"""Two values of a coordinate are the same where they differ by no more, relative to the size of its range."""


@dataclass(frozen=True)
class Interval:
    """A coordinate and its range."""

    name: str
    low: float
    high: float

    def snapped(self, value: float) -> float | None:
        """`value`, or the end that it equals but for rounding; None outside the range."""
        for end in (self.low, self.high):
            if abs(value - end) <= TOLERANCE * max(1.0, self.high - self.low):
                return end
        return value if self.low < value < self.high else None


def space(coordinates: tuple[Interval, ...]) -> tuple[str, ...]:
    """The coordinates that are not time."""
    return tuple(coordinate.name for coordinate in coordinates if coordinate.name != TIME)


def faces(coordinates: tuple[Interval, ...]) -> tuple[Place, ...]:
    """The faces of the box in space, at all times."""
    return tuple(
        tuple(end if other is coordinate else None for other in coordinates)
        for coordinate in coordinates
        if coordinate.name != TIME
        for end in (coordinate.low, coordinate.high)
    )
