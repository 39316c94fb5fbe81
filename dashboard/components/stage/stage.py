"""The stage: one component that shows the film of a run, so that the page need not run again while it trains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly
import plotly.graph_objects as go

from core.domain import grids
from core.domain.domain import Interval
from core.errors import N_
from core.experiment.choices import ARCHITECTURE_CHOICES, ENGINE_CHOICES, WEIGHTING_CHOICES
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.store import Run
from core.studies.seeds import COUNT, Outcome, Sought
from dashboard.components import component
from dashboard.components.stage import measured
from dashboard.figures import curves, maps
from dashboard.figures.constants import constants
from dashboard.figures.loss import loss
from dashboard.problems import terms
from dashboard.problems.formula import letters
from dashboard.runs.status import STATES
from dashboard.server import intro, references
from dashboard.texts import LANGUAGE, _, ngettext
from dashboard.texts.formats import number, told

NAMES = {"autograd": N_("autograd"), "jets": N_("jets"), "native": N_("native")}
"""The engines that take steps, in a word."""

_component = component("stage")


def stage(
    experiment: Experiment, run: Run | None, *, begun: bool = False, welcome: bool = False, several: Outcome | None = None, key: str
) -> None:
    """The film of `run`, or what awaits `experiment` where that is None: picture, timeline, numbers, losses and the network.

    `several` is what the experiment comes to with several seeds, this one's among them, where it looks for constants.
    `begun` says that the visitor has begun the run a moment ago: it is shown from its beginning. Where there is no run, the stage may
    `welcome` the visitor with the film that is shipped with the app. The page runs again when the run's status
    changes, and not for a moment of the film.
    """
    _component(
        key=key, data=_data(experiment, run, begun, several) | {"intro": _intro() if welcome else None}, on_status_change=lambda: None
    )


def _data(experiment: Experiment, run: Run | None, begun: bool, several: Outcome | None) -> dict[str, Any]:
    """What the component's script is given, as JSON; `problem` stands for all that the reference depends on, which is fetched by it."""
    coordinates = experiment.bound.coordinates
    return {
        "problem": references.remember(experiment.problem, dict(experiment.values)),
        "settings": _settings(experiment),
        "form": repr((coordinates, experiment.bound.unknowns)),
        "run": run.id if run else None,
        "begun": begun,
        "status": run.status if run else None,
        "step": run.step if run else 0,
        "before": run.before if run else 0,
        "seconds": run.seconds if run else 0.0,
        "engine": run.engine if run else None,
        "scores": {"loss": run.loss, "relative_l2": run.relative_l2, "max_error": run.max_error} if run else None,
        "weights": _weights(experiment),
        "limits": {"steps": experiment.steps, "seconds": experiment.seconds},
        "coordinates": [{"name": item.name, "low": item.low, "high": item.high} for item in coordinates],
        "network": _network(experiment),
        "panels": panels(experiment),
        "estimates": _estimates(experiment, run, several),
        "choices": _choices(experiment),
        "slice": _slice(coordinates),
        "texts": _texts(experiment),
        "locale": LANGUAGE,
        "plotly": plotly.__version__,
    }


def _settings(experiment: Experiment) -> dict[str, str]:
    """Every setting in words, by its label: what is told of a change."""
    values = {name: f"{value:.4g}" for name, value in experiment.values}
    weights = {_("weight of {term}").format(term=term): f"{value:.4g}" for term, value in experiment.weights}
    own = {name: getattr(experiment, name) for name in HYPERPARAMETERS}
    return values | weights | {_(HYPERPARAMETERS[name].label).lower(): told(value) for name, value in own.items()}


def _intro() -> dict[str, str]:
    """The film that welcomes, by its address below the server's, and what is said over it: while it plays, and at its end."""
    during = _("A neural network is learning this equation. It never sees the solution.")
    return {"path": f"api/intro/{intro.digest()}", "during": f"{_('Tangente')}: {during}", "after": _("Now you: press Train.")}


def _network(experiment: Experiment) -> dict[str, Any]:
    label = ngettext(
        "The network: {depth} hidden layer of {width} neurons, from {inputs} to {outputs}.",
        "The network: {depth} hidden layers of {width} neurons, from {inputs} to {outputs}.",
        experiment.depth,
    )
    coordinates = ", ".join(coordinate.name for coordinate in experiment.bound.coordinates)
    words = {"inputs": coordinates, "outputs": ", ".join(experiment.asked.outputs)}
    label = label.format(depth=experiment.depth, width=experiment.width, **words)
    title, encoders = _("Network"), ARCHITECTURE_CHOICES[experiment.architecture].encoders
    if encoders:
        title = _("Network, encoders not drawn")
        label += " " + _("Not drawn: {encoders} layers that are mixed into each hidden one.").format(encoders=encoders)
    return {
        "title": title,
        "label": label,
        "inputs": list(experiment.inputs),
        "outputs": list(experiment.asked.outputs),
        "depth": experiment.depth,
        "width": experiment.width,
    }


def panels(experiment: Experiment) -> list[dict[str, Any]]:
    """The figures: first the views, of which one is the hero of the stage, then what stands beside it."""
    views = _curves if len(experiment.bound.coordinates) == 1 else _maps
    beside = _residual if experiment.bound.equations else _slope
    return [*views(experiment), *_constants(experiment), _loss(experiment), *beside(experiment)]


def _constants(experiment: Experiment) -> list[dict[str, Any]]:
    """The figure of the constants that are to be found, where there are any."""
    names = {name: letters(name) for name in _truths(experiment)}
    if not names:
        return []
    figure = constants(names, step=_("step"), truth=_("truth"))
    return [_panel("constants", _("Constants"), figure, _("How each constant comes to its value."), aside=True)]


def _estimates(experiment: Experiment, run: Run | None, several: Outcome | None) -> dict[str, Any]:
    """Each constant that is to be found: its truth, where it is known, what the run has come to, and how far other seeds come."""
    found, sought = (run.estimates if run else {}), (several.constants if several else {})
    return {
        name: {"written": letters(name), "truth": truth, "found": found.get(name), "seeds": _seeds(sought.get(name))}
        for name, truth in _truths(experiment).items()
    }


def _seeds(sought: Sought | None) -> dict[str, Any] | None:
    """How far several seeds lie apart; nothing where they are too few, or leave the constant in doubt."""
    if sought is None or sought.spread is None or sought.count < COUNT.low:
        return None
    return {"count": sought.count, "low": float(sought.spread.low), "high": float(sought.spread.high)}


def _truths(experiment: Experiment) -> dict[str, float | None]:
    """The true value of each constant that is to be found, None where nobody knows it."""
    return {item.name: dict(experiment.values).get(item.name) for item in experiment.problem.estimates}


def _curves(experiment: Experiment) -> list[dict[str, Any]]:
    (coordinate,) = experiment.bound.coordinates
    unknowns = experiment.bound.unknowns
    several = len(unknowns) > 1
    network = {unknown: _("{unknown}, network").format(unknown=unknown) if several else _("network") for unknown in unknowns}
    reference = {unknown: _("{unknown}, reference").format(unknown=unknown) if several else _("reference") for unknown in unknowns}
    others = {unknown: _("{unknown}, other solutions").format(unknown=unknown) if several else _("other solutions") for unknown in unknowns}
    data = measured.curves(experiment)
    views = [_panel("solution", _("Solution"), curves.solution(coordinate, network, reference, others, data), _first())]
    if several:
        figure = curves.phase(unknowns, network=_("network"), reference=_("reference"))
        views.append(_panel("phase", _("Phase"), figure, _("The unknowns against each other.")))
    return [*views, _panel("error", _("Error"), curves.error(coordinate, unknowns), _missing(), reference=True)]


def _maps(experiment: Experiment) -> list[dict[str, Any]]:
    coordinates = experiment.bound.coordinates
    titles = _("Network"), _("Reference"), _("Error")
    figure = maps.solution(coordinates, measured.places(experiment), _("data"))
    views = [_panel("solution", _("Map"), figure, _first())]
    if len(coordinates) == 2:
        words = {"network": _("network"), "reference": _("reference")}
        views += [
            _panel("profile", _("Profile"), maps.profile(coordinates, **words), _first(), cut=True),
            _panel("surface", _("Surface"), maps.surface(coordinates), _first()),
        ]
    return [
        *views,
        _panel("reference", _("Reference"), maps.reference(coordinates), _("The exact or classical solution."), reference=True),
        _panel("error", _("Error"), maps.error(coordinates), _missing(), reference=True),
        _panel("together", _("Side by side"), maps.together(coordinates, titles), _first()),
    ]


def _loss(experiment: Experiment) -> dict[str, Any]:
    weights = dict(experiment.weights)
    labels = {name: _weighed(label, weights[name]) for name, label in terms.labels(experiment).items() if name in experiment.trained}
    held = _("held out") if experiment.validation and experiment.measured is not None else None
    figure = loss(labels, experiment.steps, step=_("step"), total=_("total"), held=held)
    return _panel("loss", _("Loss"), figure, _("How the loss falls, step by step."), aside=True)


def _weighed(label: str, weight: float) -> str:
    """A term's label with its weight, where it has another than 1: the curve is drawn as it counts in the total."""
    return label if weight == 1 else _("{term}, times {weight}").format(term=label, weight=number(weight))


def _slope(experiment: Experiment) -> list[dict[str, Any]]:
    """The derivative of a network of one coordinate that learns data alone."""
    if len(experiment.bound.coordinates) > 1:
        return []
    (coordinate,) = experiment.bound.coordinates
    names = {unknown: _("{unknown}, slope").format(unknown=unknown) for unknown in experiment.bound.unknowns}
    figure = curves.slope(coordinate, names, measured.slopes(experiment))
    return [
        _panel(
            "slope", _("Slope"), figure, _("The derivative of the network beside the true one: fits of noise have wild slopes."), aside=True
        )
    ]


def _residual(experiment: Experiment) -> list[dict[str, Any]]:
    coordinates = experiment.bound.coordinates
    equations = {number: _("equation {number}").format(number=number) for number in range(1, len(experiment.bound.equations) + 1)}
    figure = curves.residual(coordinates[0], equations) if len(coordinates) == 1 else maps.residual(coordinates)
    return [_panel("residual", _("Residual"), figure, _("How far the network is from fulfilling the equation."), aside=True)]


def _weights(experiment: Experiment) -> dict[str, str]:
    """What the visitor is told of the weights that change as the network learns: their labels, by their names in a frame's header."""
    of_terms = terms.labels(experiment) if WEIGHTING_CHOICES[experiment.weighting].terms else {}
    return {**of_terms, **({"end": _("end of time")} if experiment.causality else {})}


def _first() -> str:
    return _("Press Train, and watch the network learn the solution here.")


def _missing() -> str:
    return _("How far the network is from the reference.")


def _panel(
    name: str, title: str, figure: go.Figure, hint: str, *, aside: bool = False, reference: bool = False, cut: bool = False
) -> dict[str, Any]:
    """What the script needs of a figure; the hint stands in its place while it is empty, and says to screen readers what it shows.

    A figure `aside` stands beside the hero. Where there is no `reference` and the figure needs one, the script says so instead. Where it is
    `cut`, the visitor chooses where.
    """
    words = {"title": title, "label": f"{title}. {hint}", "hint": hint}
    return {"name": name, **words, "aside": aside, "reference": reference, "cut": cut, "figure": figure.to_json()}


def _choices(experiment: Experiment) -> list[dict[str, Any]]:
    """What the visitor may choose among where a map shows one of several fields."""
    if len(experiment.bound.coordinates) == 1:
        return []
    equations = [str(number) for number in range(1, len(experiment.bound.equations) + 1)]
    chosen = [_choice("unknown", _("Unknown"), {name: name for name in experiment.bound.unknowns})]
    return (
        chosen
        if not equations
        else [
            *chosen,
            _choice("equation", _("Residual"), {number: _("equation {number}").format(number=number) for number in equations}),
        ]
    )


def _slice(coordinates: tuple[Interval, ...]) -> dict[str, Any] | None:
    """The coordinate across which what is shown may be cut: the third of maps, one of two for profiles."""
    if len(coordinates) == 1:
        return None
    cut = maps.across(coordinates) if len(coordinates) == 2 else maps.sliced(coordinates)
    assert cut is not None
    item = coordinates[cut]
    label = _("Value of {coordinate} to look at").format(coordinate=item.name)
    return {"name": item.name, "low": item.low, "high": item.high, "points": grids.LIVE[len(coordinates)], "label": label}


def _choice(name: str, label: str, options: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "label": label, "options": list(options.items())}


def _texts(experiment: Experiment) -> dict[str, Any]:
    """The words that the script uses; what stands in braces it fills in."""
    return {
        "status": {name: _(text) for name, text in STATES.items()},
        "step": _("step {step}"),
        "stepOf": _("step {step} of {steps}"),
        "behind": _("you see step {step} · trained to step {trained}"),
        "best": _("step {step}: the best network, of step {best}"),
        "further": _(" (+{before})"),
        "fetching": _("The film is being fetched …"),
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
        "before": _("{now} (before: {before})"),
        "verdicts": {
            "learned": _("learned it: {off} off"),
            "roughly": _("roughly: {off} off"),
            "failed": _("did not learn it: {off} off"),
            "stopped": _("stopped before it had learned it: {off} off"),
            "unknown": _("judge by the constants: nobody knows the truth")
            if experiment.problem.unguided
            else _("can’t be judged: there is no reference"),
            "diverged": _("did not learn it: diverged"),
        },
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
        "film": _("The film of the run"),
        "timeline": _("Moment to look at"),
        "play": _("Play"),
        "pauseFilm": _("Pause the film"),
        "speed": _("Speed of the film"),
        "times": _("{speed} ×"),
        "asTrained": _("as it trains"),
        "loop": _("Again and again"),
        "live": _("live"),
        "fullScreen": _("Full screen"),
        "keys": _("Keys"),
        "close": _("Close"),
        "views": _("Views"),
        "makeHero": _("Show it large"),
        "skip": _("Skip to Train"),
        "constant": _("{name} = {value}"),
        "interval": _("95 %: {low} to {high}"),
        "seeds": _("{count} seeds: {low} to {high}"),
        "doubts": {
            "undetermined": _("not determined: the data leave {name} open, or training is stuck at a wrong value"),
            "entangled": _("no interval: another constant is not determined"),
            "unmet": _("no interval: the network does not obey the equations yet"),
            "unsettled": _("training was still moving it: train on"),
        },
        "truth": _("truth {truth}"),
        "ghost": _("grey: with {changes}"),
        "ghostAgain": _("grey: the run before"),
        "sweep": _("Sweep {name}"),
        "hold": _("Hold {name}"),
        "welcome": _("An example"),
        "dismiss": _("Dismiss what was there before"),
        "shortcuts": [
            (_("space"), _("play and pause the film")),
            ("← →", _("the moment before, the next")),
            ("t", _("train, and pause the training")),
            ("s", _("one step of the training")),
            ("o", _("start over")),
            ("f", _("full screen")),
            ("?", _("these keys")),
        ],
    }
