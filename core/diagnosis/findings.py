"""What is found wrong with a run: a table of faults, each with the sentence that tells it, the test for it and what may mend it.

Every test is one of measured quantities, which the sentence states. The thresholds below are
our own choice of what is worth a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.diagnosis import agreement, remedies
from core.diagnosis.case import GOOD, Case, Offers, Values
from core.diagnosis.quantities import Term
from core.diagnosis.remedies import Settings
from core.errors import MESSAGES, N_
from core.references import OUTFLOW, VERDICTS

BAD = 0.2
"""A condition that is unmet to this part is not met."""
MOST = 2
"""Remedies of one fault: who has to choose among many is not helped."""
GREW = 10.0
"""How many times its lowest value a loss may be at its end, which also may not be above its beginning."""
FALLS, STANDS = 1.3, 1.1
"""A loss that falls at least, and at most, by this factor over a fifth of the run still falls, or stands; over half, by twice that."""
LEAST = 20
"""Steps of which can be said that they came to a stand."""
UNEVEN = 100.0
"""How many times faster than another a term may be lowered, or how many times larger its gradient may be."""
AGAINST = -0.5
"""The cosine of two gradients below which they are against each other."""
FLAT = 0.1
"""The part of what the conditions give below which a solution does not vary."""
OSCILLATES, FINER, SLOW = 6, 1.5, 0.5
"""Crossings of a residual that oscillates, how many times as many as the solution's, and the part of it that is slow to learn."""
UNSEEN = 3.0
"""How many times larger the residual may be at points that were not trained on."""
ROSE, LEARNED = 1.2, 0.9
"""How many times its lowest value the loss at data that are held out rises to, while that of the others falls to this part of itself."""
ROUNDED = 0.1
"""The part of a residual that may be rounding."""


@dataclass(frozen=True)
class Finding:
    """A fault that was found: the values of its sentence, and settings that may mend it, the best first."""

    code: str
    values: Mapping[str, Any]
    remedies: tuple[Settings, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What can be wrong: its sentence, with `values` by name; what tests for it, and what may mend it.

    The test returns the values where the fault is there, else None. `explains` says that the fault tells why a term is not met.
    """

    title: str
    sentence: str
    test: Callable[[Case], Values | None]
    mend: Callable[[Case], Offers]
    explains: bool = True


def findings(case: Case) -> tuple[Finding, ...]:
    """All faults that are there, in the order of `FAULTS`, each with the remedies that can be had.

    There is none only where nothing could be measured, or where all terms are met and no error is known above `GOOD`.
    """
    found = []
    for code, fault in FAULTS.items():
        values = fault.test(case)
        if values is not None:
            found.append(Finding(code, values, remedies.possible(case.experiment, fault.mend(case))[:MOST]))
    return tuple(found)


def good(case: Case) -> Values | None:
    """The figures of a run in which nothing was found, `error` among them where it is known; None where nothing could be measured."""
    checked, history = case.measures.checked, case.measures.history
    if checked is None or history is None:
        return None
    ratio = checked.at_fresh / checked.at_points if checked.at_points > 0 else 1.0
    known = {} if case.error is None else {"error": case.error}
    return {"unmet": checked.unmet, "ratio": ratio, "rounding": checked.rounding, "fell": history.fifth, **known}


# Tests and remedies of each fault.


def _problem(case: Case) -> Values | None:
    refusal = case.refusal
    return {"reason": refusal} if refusal is not None and refusal.code in (*VERDICTS, OUTFLOW) else None


def _diverged(case: Case) -> Values | None:
    history = case.measures.history
    if case.status == "diverged":
        return {"last": float("inf"), "lowest": history.lowest if history else float("inf"), "step": case.step}
    if history is None or history.last <= min(GREW * history.lowest, history.first):
        return None
    return {"last": history.last, "lowest": history.lowest, "step": case.step}


def _calmer(case: Case) -> Offers:
    slower = remedies.times(case.experiment, "learning_rate", 0.1) if "adam" in case.experiment.optimiser else {}
    return (slower, *remedies.sharper(case.experiment))


def _rough(case: Case) -> Values | None:
    return next((warning.values for warning in case.experiment.warnings if warning.code == "activation-too-rough"), None)


def _trivial(case: Case) -> Values | None:
    checked = case.measures.checked
    if checked is None or not checked.spread < FLAT * checked.given:
        return None
    conditions = [term for term in checked.terms if term.name.startswith("condition")]
    worst = max(conditions, key=_unmet, default=None)
    if worst is None or worst.unmet < BAD:
        return None
    return {"spread": checked.spread, "given": checked.given, "term": worst.name, "unmet": worst.unmet}


def _weighted(case: Case) -> Offers:
    checked = case.measures.checked
    return () if checked is None else (remedies.balanced(checked), remedies.constrained(case.experiment))


def _weighted_up(case: Case) -> Offers:
    checked = case.measures.checked
    return () if checked is None else (*_weighted(case), remedies.conditions_up(checked))


def _unbalanced(case: Case) -> Values | None:
    checked = case.measures.checked
    if checked is None:
        return None
    worst, fastest = max(checked.terms, key=_unmet), max(checked.terms, key=_pace)
    largest = max(term.gradient for term in checked.terms)
    uneven = _pace(fastest) > UNEVEN * _pace(worst) or largest > UNEVEN * worst.gradient
    if not uneven or worst.unmet < GOOD:
        return None
    pace = _pace(fastest) / _pace(worst) if _pace(worst) > 0 else float("inf")
    smallest = min(term.gradient for term in checked.terms)
    values = {"term": worst.name, "unmet": worst.unmet, "fastest": fastest.name, "pace": pace}
    return {**values, "largest": largest, "smallest": smallest}


def _conflicting(case: Case) -> Values | None:
    checked, history = case.measures.checked, case.measures.history
    if checked is None or checked.unmet < GOOD or history is None or history.fifth > FALLS:
        return None
    numbers = range(len(checked.terms))
    pairs = [(checked.cosines[one][other], one, other) for one in numbers for other in numbers if one < other]
    cosine, one, other = min(pairs, default=(1.0, 0, 0))
    if cosine > AGAINST:
        return None
    return {"one": checked.terms[one].name, "other": checked.terms[other].name, "cosine": cosine, "unmet": checked.unmet}


def _constrained(case: Case) -> Offers:
    return (remedies.constrained(case.experiment), *remedies.sharper(case.experiment))


def _biased(case: Case) -> Values | None:
    checked = case.measures.checked
    if checked is None or checked.spectrum is None or checked.unmet < GOOD or checked.spectrum.slow < SLOW:
        return None
    waves = checked.waves
    if waves.residual < max(OSCILLATES, FINER * waves.solution):
        return None
    shown = {"coordinate": waves.coordinate, "residual": waves.residual, "solution": waves.solution}
    return {**shown, "slow": checked.spectrum.slow, "unmet": checked.unmet}


def _finer(case: Case) -> Offers:
    checked = case.measures.checked
    if checked is None:
        return ()
    return ({**remedies.finer(case.experiment, checked.waves.residual), "activation": "sin"},)


def _overfitted(case: Case) -> Values | None:
    held = case.measures.held
    if held is None or held.last < ROSE * held.lowest or held.now > LEARNED * held.then:
        return None
    return {"step": held.step, "lowest": held.lowest, "last": held.last, "then": held.then, "now": held.now}


def _plainer(case: Case) -> Offers:
    """A smaller network; fewer steps, if nothing else."""
    held = case.measures.held
    smaller = remedies.times(case.experiment, "width", 0.5)
    return (smaller, {"steps": held.step} if held is not None and case.experiment.steps is not None else {})


def _unseen(case: Case) -> Values | None:
    checked = case.measures.checked
    if checked is None or checked.unmet < GOOD or checked.at_fresh <= 0 or checked.at_fresh < UNSEEN * checked.at_points:
        return None
    ratio = checked.at_fresh / checked.at_points if checked.at_points > 0 else float("inf")
    return {"at_fresh": checked.at_fresh, "at_points": checked.at_points, "ratio": ratio, "points": case.experiment.points}


def _early(case: Case) -> Values | None:
    return _falling(case) if case.status == "done" and not _diverged(case) else None


def _interrupted(case: Case) -> Values | None:
    return None if case.status in ("done", "diverged") else _falling(case)


def _falling(case: Case) -> Values | None:
    history, checked = case.measures.history, case.measures.checked
    if history is None or history.fifth < FALLS or checked is None or checked.unmet < GOOD:
        return None
    return {"fell": history.fifth, "step": case.step, "unmet": checked.unmet}


def _stalled(case: Case) -> Values | None:
    history, checked = case.measures.history, case.measures.checked
    if history is None or checked is None or checked.unmet < GOOD or _diverged(case):
        return None
    if history.steps < LEAST or history.fifth > STANDS or history.half > 2 * STANDS:
        return None
    return {"half": history.half, "last": history.last, "unmet": checked.unmet}


def _unexplained(case: Case) -> Values | None:
    """A term that is not met, where no fault tells why."""
    explained = any(fault.explains and fault.test(case) is not None for fault in FAULTS.values())
    return None if explained else agreement.unmet(case)


def _brought_down(case: Case) -> Offers:
    return (remedies.longer(case.experiment), *_constrained(case), *remedies.more_points(case.experiment))


def _rounded(case: Case) -> Values | None:
    checked = case.measures.checked
    if checked is None or case.experiment.precision == "float64" or checked.rounding < ROUNDED:
        return None
    return {"rounding": checked.rounding, "precision": case.experiment.precision}


def _pace(term: Term) -> float:
    """How fast gradient descent lowers the term, with its weight."""
    return term.weight * term.pace


def _unmet(term: Term) -> float:
    return term.unmet


FAULTS: dict[str, Fault] = {
    "problem": Fault(
        N_("The problem itself"),
        N_("The classical solver refuses the problem, and no setting of the training mends that: {reason}"),
        _problem,
        lambda case: (),
        explains=False,
    ),
    "frozen": Fault(
        N_("The constraint froze the network"),
        N_(
            "The loss fell from {first} to {last}, and yet the relative error is {error}, while the reference "
            "claims an error of {reference}. The network is built into a function that carries the conditions "
            "through the whole domain, and adds only {moved} of its size to that function: kinks, jumps and steep "
            "places of the conditions stay where they are, and the points beside them do not see it."
        ),
        agreement.frozen,
        agreement.thawed,
    ),
    "contradicted": Fault(
        N_("Two numbers that disagree"),
        N_(
            "All terms are met to {unmet} at points that were not trained on, and yet the relative error is "
            "{error}, while the reference claims an error of {reference}. Either the problem has another "
            "solution, which the network found, or it lets small residuals grow large, as chaos does; or "
            "something is wrong: the reference, the exact solution that was given, or a condition that is built "
            "in."
        ),
        agreement.contradicted,
        agreement.asked_otherwise,
    ),
    "diverged": Fault(
        N_("The training blew up"),
        N_("The loss ended at {last} after step {step}, and had been as low as {lowest}. Steps were too long."),
        _diverged,
        _calmer,
    ),
    "rough": Fault(N_("The activation has too few derivatives"), MESSAGES["activation-too-rough"], _rough, lambda case: (remedies.SMOOTH,)),
    "trivial": Fault(
        N_("A trivial solution"),
        N_(
            "The network is nearly constant: it varies by {spread} over the domain, while the conditions give "
            "values of size {given}. It obeys the equation in a trivial way, and the term {term} is unmet to "
            "{unmet}."
        ),
        _trivial,
        _weighted_up,
    ),
    "overfitted": Fault(
        N_("The noise is learned by heart"),
        N_(
            "From step {step} on, the loss at the data that are held out rose from {lowest} to {last}, while that of the data that are "
            "learned fell from {then} to {now}: what the network learns since is the noise. A run that ends keeps the network of its "
            "lowest loss at the data held out."
        ),
        _overfitted,
        _plainer,
    ),
    "unbalanced": Fault(
        N_("Terms out of balance"),
        N_(
            "The term {term} is unmet to {unmet}, and gradient descent lowers the term {fastest} {pace} times as fast. Gradients have "
            "norms from {smallest} to {largest}."
        ),
        _unbalanced,
        _weighted,
    ),
    "conflicting": Fault(
        N_("Terms against each other"),
        N_(
            "The gradients of the terms {one} and {other} point against each other, with a cosine of {cosine}: what lowers one raises the "
            "other. The term that is met worst is unmet to {unmet}."
        ),
        _conflicting,
        _constrained,
    ),
    "biased": Fault(
        N_("Fast waves are missing"),
        N_(
            "The residual crosses its mean {residual} times along {coordinate}, the solution {solution} times: "
            "the missing part oscillates. {slow} of the squared residual lies in directions of the tangent kernel "
            "that gradient descent hardly learns."
        ),
        _biased,
        _finer,
    ),
    "unseen": Fault(
        N_("Too few points"),
        N_(
            "The residual is {at_points} at the {points} points of the training, and {at_fresh} at fresh ones: {ratio} times as large. "
            "The network has learned its points by heart."
        ),
        _unseen,
        lambda case: remedies.more_points(case.experiment),
    ),
    "early": Fault(
        N_("Ended too early"),
        N_("The loss still fell by a factor of {fell} over the last fifth of its {step} steps, and a term is still unmet to {unmet}."),
        _early,
        lambda case: (remedies.longer(case.experiment),),
    ),
    "interrupted": Fault(
        N_("Halted before its end"),
        N_(
            "The run was halted after {step} steps. The loss still fell by a factor of {fell} over their last "
            "fifth, and a term is still unmet to {unmet}. Resume goes on."
        ),
        _interrupted,
        lambda case: (),
    ),
    "stalled": Fault(
        N_("Stalled"),
        N_("The loss fell only by a factor of {half} over the second half of the run, to {last}, though a term is unmet to {unmet}."),
        _stalled,
        lambda case: remedies.sharper(case.experiment),
    ),
    "unmet": Fault(
        N_("A term is not met"),
        N_("The term {term} is unmet to {unmet}: its summands should cancel, and that part of them is left over."),
        _unexplained,
        _brought_down,
        explains=False,
    ),
    "imprecise": Fault(
        N_("Small residuals, and not so small an error"),
        N_(
            "All terms are met to {unmet}, and the relative error is {error} all the same: small residuals grow "
            "to a larger error in this problem. Whatever lowers them further lowers the error."
        ),
        agreement.imprecise,
        agreement.finer,
        explains=False,
    ),
    "rounded": Fault(
        N_("The limit of {precision}"),
        N_("Rounding in {precision} makes up {rounding} of the residual's size: further steps chase noise."),
        _rounded,
        lambda case: ({"precision": "float64"},),
        explains=False,
    ),
}
"""Every fault, the gravest first."""
