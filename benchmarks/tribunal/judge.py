"""What an answer is worth, held against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from benchmarks.tribunal.case import Array, Axes, Fate, Solutions, Truth
from core.errors import TangenteError
from core.references import Reference

TIMES = 10.0
"""How much larger than claimed an error may be: an estimate is no bound."""
LEAST = 1e-9
"""An error below this is no lie, whatever was claimed."""
ROUNDING = 1e-13
"""How far a closed formula may be off in float64."""
SAID = {
    **dict.fromkeys(("reference-undetermined", "reference-family", "reference-family-added", "reference-family-curved"), Fate.FAMILY),
    **dict.fromkeys(("reference-leaves", "reference-parts"), Fate.FAMILY),
    "reference-contradiction": Fate.NONE,
    **dict.fromkeys(("reference-ill-posed", "reference-backward", "reference-feeds-itself"), Fate.ILL_POSED),
}
"""The codes by which a refusal says that there is no one solution; other codes say that none was found."""


class Verdict(StrEnum):
    """What an answer is: `MISSED` is one right solution, given as if it were the only one, where several are known."""

    RIGHT = "right"
    LIE = "lie"
    MISSED = "missed"
    REFUSED = "refused"
    CRASH = "crash"


@dataclass(frozen=True)
class Judgement:
    """The verdict; the true error, the largest over all solutions that are claimed, and how far the truth itself may be off.

    Both are NaN where there is nothing to compare. `slander` says that a refusal denies a solution that exists.
    """

    verdict: Verdict
    error: float = float("nan")
    accuracy: float = float("nan")
    slander: bool = False


def judge(truth: Truth, axes: Axes, answer: Reference | TangenteError) -> Judgement:
    """The judgement of an answer on the grid of `axes`."""
    if isinstance(answer, TangenteError):
        return _refusal(truth, answer)
    if isinstance(truth, Fate):
        return Judgement(Verdict.LIE)
    known = [formula(axes) for formula in truth.formulas]
    accuracy = max(ROUNDING, distance(truth.coarser(axes), known[0])) if truth.coarser else ROUNDING
    nearest = [min((distance(claimed, one), index) for index, one in enumerate(known)) for claimed in answer.solutions]
    error = max(far for far, _ in nearest)
    if not error <= max(TIMES * answer.error, LEAST) + accuracy:
        return Judgement(Verdict.LIE, error, accuracy)
    alone = len(known) > 1 and len({index for _, index in nearest}) == 1
    return Judgement(Verdict.MISSED if alone else Verdict.RIGHT, error, accuracy)


def _refusal(truth: Truth, answer: TangenteError) -> Judgement:
    """A refusal is right where there is no one solution; elsewhere, whether it says that there is none."""
    said = SAID.get(answer.code)
    if isinstance(truth, Fate):
        return Judgement(Verdict.RIGHT, slander=said not in (None, truth))
    several = isinstance(truth, Solutions) and len(truth.formulas) > 1
    return Judgement(Verdict.REFUSED, slander=said is not None and not several)


def distance(claimed: Array, known: Array) -> float:
    """The relative L2 distance of values (*shape, unknowns) from known ones, the largest over the unknowns; absolute where these vanish.

    Points at which a known value is NaN do not count; a claimed NaN gives infinity.
    """
    judged = np.isfinite(known)
    off = np.where(judged, claimed - known, 0.0)
    across = tuple(range(known.ndim - 1))
    size = np.sqrt(np.sum(np.where(judged, known, 0.0) ** 2, axis=across))
    count = np.sqrt(np.sum(judged, axis=across))
    far = np.sqrt(np.sum(off**2, axis=across)) / np.where(size > 0, size, count)
    return float(np.max(far)) if np.isfinite(far).all() else float("inf")
