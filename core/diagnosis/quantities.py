"""What is measured of a run, as plain numbers that travel as JSON; all are finite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class History:
    """How the loss went: at its beginning, at its lowest and at its end, and the factors by which it fell over the last half and fifth.

    A factor is that of a straight line through the logarithms, so that no single step decides; one below 1 says that the loss grew.
    """

    steps: int
    first: float
    lowest: float
    last: float
    half: float
    fifth: float


@dataclass(frozen=True)
class Term:
    """One loss term: its `weight`, its `loss`, the norm of its weighted `gradient`, and how much of its own size is unmet.

    `pace` is the mean square of the rows of its Jacobian, without its weight: how fast gradient descent lowers it, beside the others.
    `unmet` is the size of its residual, over that of what is added up in it: 0 where it holds, about 1 where nothing of it does.
    """

    name: str
    weight: float
    loss: float
    gradient: float
    pace: float
    unmet: float


@dataclass(frozen=True)
class Spectrum:
    """The eigenvalues of the neural tangent kernel, largest first, and the share of the squared residual that is slow.

    Slow is what lies in directions whose eigenvalue is below the largest over the number of steps, `cut`: too small for gradient descent
    to have come far along them.
    """

    eigenvalues: tuple[float, ...]
    cut: float
    slow: float


@dataclass(frozen=True)
class Waves:
    """How often the residual, and the solution, cross their mean along the coordinate on which the residual does so most often."""

    coordinate: str
    residual: int
    solution: int


@dataclass(frozen=True)
class Checked:
    """What is measured of the network at a checkpoint.

    `cosines` are those between the terms' gradients, (terms, terms). `at_points` and `at_fresh` are the sizes of the equations' residuals,
    by root mean square, at the points of the training and at fresh ones. `spread` is the largest standard deviation of an unknown over
    the domain, `given` the largest size that a condition gives one. `rounding` is the part of the residual's size that is rounding.
    `spectrum` is None where the network is too large for one. `moved` is how far the solution is from the function that the conditions
    were built into, in parts of its size, the largest over the unknowns; None where nothing is built in.
    """

    terms: tuple[Term, ...]
    cosines: Matrix
    spectrum: Spectrum | None
    waves: Waves
    at_points: float
    at_fresh: float
    spread: float
    given: float
    rounding: float
    moved: float | None

    @property
    def unmet(self) -> float:
        """The relative residual of the term that is met worst."""
        return max(term.unmet for term in self.terms)


@dataclass(frozen=True)
class Held:
    """The loss at the data that are held out: at its `lowest`, after step `step`, and in the `last` moment that tells it.

    `then` and `now` are the losses at the data that are learned around those two moments.
    """

    step: int
    lowest: float
    last: float
    then: float
    now: float


@dataclass(frozen=True)
class Measures:
    """All that is measured of a run.

    `checked` is None where it left no checkpoint with finite weights, `held` where no data are held out.
    """

    history: History | None
    checked: Checked | None
    held: Held | None = None

    def plain(self) -> dict[str, Any]:
        """The measures as JSON holds them."""
        return asdict(self)

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Measures:
        """The measures that `plain` wrote."""
        history, checked = table["history"], table["checked"]
        held = table.get("held")
        return cls(History(**history) if history else None, _checked(checked) if checked else None, Held(**held) if held else None)


def _checked(table: Mapping[str, Any]) -> Checked:
    spectrum = table["spectrum"]
    parts = {
        "terms": tuple(Term(**term) for term in table["terms"]),
        "cosines": tuple(tuple(row) for row in table["cosines"]),
        "spectrum": Spectrum(**{**spectrum, "eigenvalues": tuple(spectrum["eigenvalues"])}) if spectrum else None,
        "waves": Waves(**table["waves"]),
    }
    return Checked(**{**table, **parts})
