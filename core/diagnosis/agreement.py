"""Whether the two numbers that judge a run agree: how well its terms are met, at fresh points, and how far it is from the reference.

| error | all terms are met | a term is not |
|-|-|-|
| above `LARGE` | `frozen`, else `contradicted` | `frozen`; the faults of training, `unmet` where none of them is there |
| above `GOOD` | `imprecise` | those faults, else `unmet` |
| up to `GOOD` | nothing suspicious | those faults, else `unmet` |
| not known | nothing suspicious, and nothing can be said of the error | those faults, else `unmet` |

The first row comes before all other findings; what holds besides, such as rounding, is told after.
"""

from __future__ import annotations

from core.diagnosis import remedies
from core.diagnosis.case import GOOD, Case, Offers, Values
from core.experiment import recipes

LARGE = 0.1
"""A relative error that is no matter of digits: what is shown is another function."""
STILL = 0.1
"""The part of itself that a network adds to what its conditions were built into, below which it stands still."""
NOTHING = 0.01
"""The part of itself to which a loss has fallen that has fallen to nothing, beside a solution that is another one."""


def frozen(case: Case) -> Values | None:
    """The loss fell to nothing far from the reference, at what the conditions were built into, or at what carries their kinks."""
    checked, history = case.measures.checked, case.measures.history
    if not _far(case) or checked is None or checked.moved is None or history is None:
        return None
    if not (checked.moved <= STILL or _carries_kinks(case)) or not (case.met or history.last <= NOTHING * history.first):
        return None
    return {"first": history.first, "last": history.last, "moved": checked.moved, "error": case.error, "reference": case.reference or 0.0}


def thawed(case: Case) -> Offers:
    """Conditions as terms of the loss, weighed as suits rough ones."""
    return ({"constraints": "soft", **recipes.ROUGH},)


def contradicted(case: Case) -> Values | None:
    """All is met, and what is there is far from the reference."""
    return _both(case) if case.met and _far(case) and frozen(case) is None else None


def asked_otherwise(case: Case) -> Offers:
    """The conditions as terms of the loss; another start, which may find another solution."""
    return ({"constraints": "soft"}, {"seed": case.experiment.seed + 1})


def imprecise(case: Case) -> Values | None:
    """All is met, and the error is not small all the same."""
    error = case.error
    return _both(case) if case.met and error is not None and GOOD < error <= LARGE else None


def finer(case: Case) -> Offers:
    """The settings that bring residuals down further."""
    return (remedies.longer(case.experiment), *remedies.sharper(case.experiment), *remedies.more_points(case.experiment))


def unmet(case: Case) -> Values | None:
    """A term is not met."""
    checked = case.measures.checked
    if checked is None or case.met:
        return None
    worst = max(checked.terms, key=lambda term: term.unmet)
    return {"term": worst.name, "unmet": worst.unmet}


def _carries_kinks(case: Case) -> bool:
    """Whether conditions are built in that are too rough for it."""
    return case.experiment.constraints == "hard" and case.experiment.hindrance is not None


def _far(case: Case) -> bool:
    return case.error is not None and case.error > LARGE


def _both(case: Case) -> Values:
    checked = case.measures.checked
    assert checked is not None
    return {"unmet": checked.unmet, "error": case.error, "reference": case.reference or 0.0}
