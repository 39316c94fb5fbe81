"""The data of an experiment as its pictures show them: dots where unknowns are known, and the true slope of the function they are of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.data.measured import Measured
from core.domain import grids
from core.errors import TangenteError
from core.experiment.experiment import Experiment
from core.expressions import NUMPY, Coordinate, Expression, Leaf, differentiate, evaluate
from core.problem.measurements.made import Made
from core.references import Reference
from core.store import classical
from dashboard.server.services import store
from dashboard.texts import _

MOST = 1000
"""Dots of a picture: more are a cloud, and make the page heavy."""

Curve = tuple[Sequence[float], Sequence[float]]


def curves(experiment: Experiment) -> dict[str, Curve]:
    """The places and values of an experiment of one coordinate that are learned, and those that are held out, by their names."""
    found = _known(experiment)
    if found is None:
        return {}
    several, names = len(found.unknowns) > 1, (_("data"), _("data held out"))
    return {
        _("{unknown}, {name}").format(unknown=unknown, name=names[held]) if several else names[held]: (
            _thinned(points[:, 0]),
            _thinned(values),
        )
        for unknown, held, points, values in found.parts()
    }


def places(experiment: Experiment) -> list[Sequence[float]] | None:
    """The values of each coordinate at the data; None without any."""
    found = _known(experiment)
    return None if found is None else [_thinned(column) for column in found.points.T]


def _known(experiment: Experiment) -> Measured | None:
    """The data of an experiment; None without any, and while the solution of which they are made is still computed."""
    if not isinstance(experiment.problem.data, Made):
        return experiment.measured
    answer = classical.known(store(), experiment.problem, dict(experiment.values))
    if not isinstance(answer, Reference):
        return None
    return experiment.measured_of(answer.values)


def slopes(experiment: Experiment) -> dict[str, Curve]:
    """The derivative of the exact solution of one coordinate, where there is one and it can be told, by its name."""
    (coordinate,) = experiment.bound.coordinates
    (axis,) = grids.axes(experiment.bound.coordinates, grids.FULL)
    found = {}
    for unknown, tree in experiment.bound.exact.items():
        values = _derivative(tree, coordinate.name, axis)
        if values is not None:
            found[_("{unknown}, true slope").format(unknown=unknown)] = (axis.round(6).tolist(), values.tolist())
    return found


def _derivative(tree: Expression, letter: str, axis: NDArray[np.float64]) -> NDArray[np.float64] | None:
    try:
        slope = differentiate(tree, letter, (letter,))
        columns: dict[Leaf, NDArray[np.float64]] = {Coordinate(letter): axis}
        with np.errstate(all="ignore"):
            values = np.broadcast_to(np.asarray(evaluate(slope, columns.__getitem__, NUMPY), np.float64), axis.shape)
    except TangenteError:
        return None
    return values if np.isfinite(values).all() else None


def _thinned(values: NDArray[np.float64]) -> list[float]:
    every = -(-len(values) // MOST)
    return [float(f"{value:.5g}") for value in values[::every]]
