"""The names that a text may use, and what an unknown one may have been meant as."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import InputError
from core.expressions.functions import ARITY, CONSTANTS
from core.expressions.special import BESSEL, SPECIAL
from core.expressions.tree import Coordinate, Derivative, Expression, Number, Parameter
from core.ranges import nearest

OPERATIONS = ("D", "lap")
BOUNDARY = "boundary"
RESERVED = {*ARITY, *CONSTANTS, *OPERATIONS, BOUNDARY} - {*SPECIAL}
"""Names that stand for nothing else; those of special functions, such as y0 and k1, give way to a problem's own."""
LIKENESS = 0.6
"""How much of two names has to agree: `gamma` was not meant as `max`."""
LENGTH = 40  # of a name
# What people write elsewhere for what the notation calls otherwise.
ALIASES = {
    **{"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "sgn": "sign", "H": "heaviside"},
    **{
        "step": "heaviside",
        "theta": "heaviside",
        "fabs": "abs",
        "minimum": "min",
        "maximum": "max",
        "laplacian": "lap",
        "Laplacian": "lap",
    },
    **{"laplace": "lap", "Delta": "lap", "diff": "D", "Pi": "pi", "PI": "pi"},
    **{f"bessel{name}": name for name in BESSEL},
}


@dataclass(frozen=True)
class Names:
    """The names of a problem: coordinates in their order, unknowns, and parameters (estimates and definitions among them).

    Raises `InputError` for a name that the grammar could not read, or would read as something else.
    """

    coordinates: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for name in self.coordinates + self.unknowns + self.parameters:
            self._check(name)
            if name in seen:
                raise InputError("name-twice", name=name)
            seen.add(name)

    def _check(self, name: str) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name, re.ASCII) or len(name) > LENGTH:
            raise InputError("not-a-name", name=repr(name[:LENGTH]))
        if name in self.coordinates and len(name) > 1:
            raise InputError("not-a-letter", name=name)
        # A factor D is no differentiation D(…): diffusion coefficients keep their name.
        derivative = name not in self.unknowns + self.coordinates and self.derivative(name) is not None
        if derivative or (name in RESERVED and not (name == "D" and name in self.parameters)):
            raise InputError("name-reserved", name=name)

    def derivative(self, word: str) -> Derivative | None:
        """The unknown or derivative that the word means, of whatever order."""
        if word in self.unknowns:
            return Derivative(word)
        unknown, _, letters = word.rpartition("_")
        if unknown in self.unknowns and letters and all(letter in self.coordinates for letter in letters):
            return Derivative(unknown, "".join(sorted(letters, key=self.coordinates.index)))
        return None

    def value(self, word: str) -> Expression | None:
        """What the word means where it stands alone, if anything."""
        if word in CONSTANTS:
            return Number(CONSTANTS[word])
        if word in self.coordinates:
            return Coordinate(word)
        if word in self.parameters:
            return Parameter(word)
        return self.derivative(word)

    def near(self, word: str) -> str | None:
        """The name that an unknown word may have been meant as."""
        for unknown in sorted(self.unknowns, key=len, reverse=True):
            letters = word.removeprefix(unknown).strip("_")
            if word.startswith(unknown) and letters and all(letter in self.coordinates for letter in letters):
                return f"{unknown}_{letters}"
        known = [*self.coordinates, *self.unknowns, *self.parameters, *ARITY, *CONSTANTS, *OPERATIONS]
        if word in ALIASES:
            return ALIASES[word]
        for name in known:
            if name.lower() == word.lower():
                return name
        known = [name for name in known if name not in BESSEL]  # too short to be what another name was meant as
        return nearest(word, known, LIKENESS) if len(word) <= LENGTH else None
