"""What Train on would do, in words."""

from __future__ import annotations

from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.store import Run
from dashboard.runs.status import steps
from dashboard.texts import _
from dashboard.texts.formats import count, told

MOST = 3
"""Settings that are named."""


def on_from(origin: Run, experiment: Experiment) -> str:
    """The sentence on a run that can be trained on with the settings on the page, as they are or with what was moved since."""
    from_here = _("Train on: {more} more from here (step {step})").format(
        more=steps(experiment.steps) if experiment.steps else _("training"), step=count(origin.before + origin.step)
    )
    changes = moved(origin.experiment, experiment)
    if not changes:
        return _("{on}, as it is set; move a setting first to train on with another.").format(on=from_here)
    named = ", ".join([*changes[:MOST], *(["…"] if len(changes) > MOST else [])])
    return _("{on}, the network that was shown last, with {changes}. Train begins anew.").format(on=from_here, changes=named)


def moved(before: Experiment, after: Experiment) -> list[str]:
    """The settings that are others than before, each with its new value."""
    pairs = [(_(item.label).lower(), getattr(before, name), getattr(after, name)) for name, item in HYPERPARAMETERS.items()]
    values = [(name, dict(before.values).get(name), value) for name, value in after.values]
    weights = [(_("weight of {term}").format(term=term), dict(before.weights).get(term), value) for term, value in after.weights]
    return [f"{label} {told(new)}" for label, old, new in (*pairs, *values, *weights) if old != new]
