"""The live view of a run: one component that fetches frames and draws them, so that the page need not run again while it trains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly
import plotly.graph_objects as go

from core.domain import grids
from core.domain.domain import Interval
from core.errors import N_
from core.experiment.choices import ARCHITECTURE_CHOICES, ENGINE_CHOICES, WEIGHTING_CHOICES
from core.experiment.experiment import Experiment
from core.store import Run
from dashboard.components import component
from dashboard.figures import curves, maps
from dashboard.figures.loss import loss
from dashboard.runs.status import STATES
from dashboard.server import references
from dashboard.texts import LANGUAGE, _, ngettext

FEW = 6
"""Curves whose legend fits above a chart of the usual height, also on a phone."""
NAMES = {"autograd": N_("autograd"), "jets": N_("jets"), "native": N_("native")}
"""The engines that take steps, in a word."""

_component = component("live")


def live_view(experiment: Experiment, run: Run | None, *, key: str) -> None:
    """The whole live area: progress, picture, losses, numbers and the network; of `run`, or ready for `experiment` where that is None.

    The page runs again when the run's status changes, and not for a frame.
    """
    _component(key=key, data=_data(experiment, run), on_status_change=lambda: None)


def _data(experiment: Experiment, run: Run | None) -> dict[str, Any]:
    """What the component's script is given, as JSON; `problem` stands for all that the reference depends on, which is fetched by it."""
    return {
        "problem": references.remember(experiment.problem, dict(experiment.values)),
        "run": run.id if run else None,
        "status": run.status if run else None,
        "step": run.step if run else 0,
        "seconds": run.seconds if run else 0.0,
        "engine": run.engine if run else None,
        "scores": {"loss": run.loss, "relative_l2": run.relative_l2, "max_error": run.max_error} if run else None,
        "weights": _weights(experiment),
        "limits": {"steps": experiment.steps, "seconds": experiment.seconds},
        "network": _network(experiment),
        "panels": panels(experiment),
        "choices": _choices(experiment),
        "slice": _slice(experiment.bound.coordinates),
        "texts": _texts(),
        "locale": LANGUAGE,
        "plotly": plotly.__version__,
    }


def _network(experiment: Experiment) -> dict[str, Any]:
    label = ngettext(
        "The network: {depth} hidden layer of {width} neurons, from {inputs} to {outputs}.",
        "The network: {depth} hidden layers of {width} neurons, from {inputs} to {outputs}.",
        experiment.depth,
    )
    coordinates = ", ".join(coordinate.name for coordinate in experiment.bound.coordinates)
    words = {"inputs": coordinates, "outputs": ", ".join(experiment.bound.unknowns)}
    label = label.format(depth=experiment.depth, width=experiment.width, **words)
    title, encoders = _("Network"), ARCHITECTURE_CHOICES[experiment.architecture].encoders
    if encoders:
        title = _("Network, encoders not drawn")
        label += " " + _("Not drawn: {encoders} layers that are mixed into each hidden one.").format(encoders=encoders)
    return {
        "title": title,
        "label": label,
        "span": 1,
        "inputs": list(experiment.inputs),
        "outputs": list(experiment.bound.unknowns),
        "depth": experiment.depth,
        "width": experiment.width,
    }


def panels(experiment: Experiment) -> list[dict[str, Any]]:
    """The figures, in the order of the page; a row is four wide."""
    coordinates = experiment.bound.coordinates
    if len(coordinates) == 1:
        return _curves(experiment, coordinates[0])
    return _maps(experiment, coordinates)


def _curves(experiment: Experiment, coordinate: Interval) -> list[dict[str, Any]]:
    unknowns = experiment.bound.unknowns
    several = len(unknowns) > 1
    network = {unknown: _("{unknown}, network").format(unknown=unknown) if several else _("network") for unknown in unknowns}
    reference = {unknown: _("{unknown}, reference").format(unknown=unknown) if several else _("reference") for unknown in unknowns}
    others = {unknown: _("{unknown}, other solutions").format(unknown=unknown) if several else _("other solutions") for unknown in unknowns}
    equations = {number: _("equation {number}").format(number=number) for number in range(1, len(experiment.bound.equations) + 1)}
    return [
        _panel("solution", _("Solution"), curves.solution(coordinate, network, reference, others), 3, _first()),
        _loss(experiment, 2),
        _panel("error", _("Error"), curves.error(coordinate, unknowns), 1, _missing(), reference=True),
        _panel("residual", _("Residual"), curves.residual(coordinate, equations), 1, _later()),
    ]


def _maps(experiment: Experiment, coordinates: maps.Coordinates) -> list[dict[str, Any]]:
    classical = _("The exact or classical solution.")
    return [
        _panel("solution", _("Solution"), maps.solution(coordinates), 1, _first()),
        _panel("reference", _("Reference"), maps.reference(coordinates), 1, classical, reference=True),
        _panel("error", _("Error"), maps.error(coordinates), 1, _missing()),
        _loss(experiment, 3),
        _panel("residual", _("Residual"), maps.residual(coordinates), 1, _later()),
    ]


def _loss(experiment: Experiment, span: int) -> dict[str, Any]:
    labels = {name: label for name, label in term_labels(experiment).items() if name in experiment.trained}
    figure = loss(labels, experiment.steps, step=_("step"), total=_("total"))
    return _panel("loss", _("Loss"), figure, span, _("How the loss falls, step by step."), tall=len(labels) > FEW)


def term_labels(experiment: Experiment) -> dict[str, str]:
    """Each loss term's name as it is read, without a number where there is no other of its kind."""
    words = {
        "equation": (_("equation"), _("equation {number}")),
        "condition": (_("condition"), _("condition {number}")),
        "interface": (_("interface"), _("interface {number}")),
    }
    names = experiment.terms
    labels = {}
    for name in names:
        kind, _dash, number = name.partition("-")
        alone, numbered = words[kind]
        labels[name] = numbered.format(number=number) if sum(other.startswith(kind) for other in names) > 1 else alone
    return labels


def _weights(experiment: Experiment) -> dict[str, str]:
    """What the visitor is told of the weights that change as the network learns: their labels, by their names in a frame's header."""
    of_terms = term_labels(experiment) if WEIGHTING_CHOICES[experiment.weighting].terms else {}
    return {**of_terms, **({"end": _("end of time")} if experiment.causality else {})}


def _first() -> str:
    return _("Press Train, and watch the network learn the solution here.")


def _missing() -> str:
    return _("How far the network is from the reference.")


def _later() -> str:
    return _("How far the network is from fulfilling the equation.")


def _panel(
    name: str, title: str, figure: go.Figure, span: int, hint: str, *, reference: bool = False, tall: bool = False
) -> dict[str, Any]:
    """What the script needs of a figure; the hint stands in its place while it is empty, and says to screen readers what it shows.

    Where there is no `reference` and the figure needs one, the script says so instead. If `tall`, its legend needs room on a phone.
    """
    words = {"title": title, "label": f"{title}. {hint}", "hint": hint}
    return {"name": name, **words, "span": span, "tall": tall, "reference": reference, "figure": figure.to_json()}


def _choices(experiment: Experiment) -> list[dict[str, Any]]:
    """What the visitor may choose among where a map shows one of several fields."""
    if len(experiment.bound.coordinates) == 1:
        return []
    equations = [str(number) for number in range(1, len(experiment.bound.equations) + 1)]
    return [
        _choice("unknown", _("Unknown"), {name: name for name in experiment.bound.unknowns}),
        _choice("equation", _("Residual"), {number: _("equation {number}").format(number=number) for number in equations}),
    ]


def _slice(coordinates: tuple[Interval, ...]) -> dict[str, Any] | None:
    """The third coordinate, across which maps are slices."""
    cut = maps.sliced(coordinates)
    if cut is None:
        return None
    item = coordinates[cut]
    label = _("Value of {coordinate} to look at").format(coordinate=item.name)
    return {"name": item.name, "low": item.low, "high": item.high, "points": grids.LIVE[3], "label": label}


def _choice(name: str, label: str, options: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "label": label, "options": list(options.items())}


def _texts() -> dict[str, Any]:
    """The words that the script uses; what stands in braces it fills in."""
    return {
        "status": {name: _(text) for name, text in STATES.items()},
        "step": _("step {step}"),
        "stepOf": _("step {step} of {steps}"),
        "rate": _("{rate} steps/s"),
        "rateBy": _("{rate} steps/s · {engine}"),
        "elapsed": _("{elapsed} elapsed"),
        "left": _("{left} left"),
        "seconds": _("{seconds} s"),
        "minutes": _("{minutes} min {seconds} s"),
        "progress": _("Progress of the training"),
        "relativeL2": _("Relative L2 error"),
        "maxError": _("Largest error"),
        "loss": _("Loss"),
        "reference": _("Reference: {method}, estimated error {error}, took {elapsed}"),
        "exact": _("Reference: {method}"),
        "nearest": _("errors from solution {number} of {count}, the nearest"),
        "compareWith": _("Compare with"),
        "theNearest": _("the nearest solution"),
        "solution": _("solution {number}"),
        "solutions": _("{count} solutions"),
        "computing": _("The classical solution is being computed …"),
        "missing": _("No reference: {reason}"),
        "weights": _("weights of the loss: {weights}"),
        "trained": _("the network trained {elapsed}"),
        "methods": {name: _(text) for name, text in references.METHODS.items()},
        "engine": _("{name}: {help}"),
        "engines": {name: {"name": _(word), "help": _(ENGINE_CHOICES[name])} for name, word in NAMES.items()},
        "noCharts": _("The charts could not be loaded. Reload the page to try again."),
        "plotly": {
            "Download plot as a PNG": _("Save as PNG"),
            "Reset axes": _("Show all"),
            "Double-click to zoom back out": _("Double-click to zoom out again"),
        },
        "replay": _("Replay"),
        "play": _("Play"),
        "stopReplay": _("Stop"),
        "replayStep": _("Step to look at"),
    }
