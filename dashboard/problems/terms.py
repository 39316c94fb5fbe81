"""The terms of a loss as they are read: equations by number, conditions by the place at which they hold."""

from __future__ import annotations

from collections import Counter

from core.domain.domain import TIME, Interval
from core.errors import N_
from core.experiment.experiment import Experiment
from core.problem.conditions import BoundCondition
from dashboard.texts import _

START, END, BOUNDARY, MEETING = N_("start"), N_("end"), N_("boundary"), N_("where the ends meet")
SIDES = ((N_("left edge"), N_("right edge")), (N_("lower edge"), N_("upper edge")))
"""The low and the high end of the first and of the second coordinate of space."""
KINDS = {"equation": N_("equation"), "condition": N_("condition"), "interface": N_("interface"), "data": N_("measurements")}
"""A term's kind in a word, where its place is not known."""


def labels(experiment: Experiment) -> dict[str, str]:
    """Each loss term's name as it is read, with a number where there are others of the same name."""
    coordinates = experiment.bound.coordinates
    places = {f"condition-{number}": _place(item, coordinates) for number, item in enumerate(experiment.bound.conditions, start=1)}
    words = {name: places.get(name) or KINDS[name.partition("-")[0]] for name in experiment.terms}
    count, seen = Counter(words.values()), Counter[str]()
    found = {}
    for name, word in words.items():
        seen[word] += 1
        found[name] = _(word) if count[word] == 1 else _("{name} {number}").format(name=_(word), number=seen[word])
    return found


def _place(condition: BoundCondition, coordinates: tuple[Interval, ...]) -> str | None:
    """The place at which a condition holds, in a word; None where there is no word for it."""
    if any(condition.closes(item, coordinates) for item in coordinates):
        return MEETING
    if len(condition.edges) != 1:
        return BOUNDARY
    fixed = [(item, value) for item, value in zip(coordinates, condition.edges[0], strict=True) if value is not None]
    space = [item for item in coordinates if item.name != TIME]
    for item, value in fixed:
        if item.name == TIME and value in (item.low, item.high):
            return START if value == item.low else END
    if len(fixed) != 1 or fixed[0][1] not in (fixed[0][0].low, fixed[0][0].high):
        return None
    ((item, value),) = fixed
    axis = space.index(item)
    return SIDES[axis][value == item.high] if axis < len(SIDES) else None
