"""The figure of a result, as the page Solve draws it: a Plotly one that a notebook shows and a file keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.domain.domain import Interval
from core.experiment.experiment import Experiment

if TYPE_CHECKING:
    import plotly.graph_objects as go

AXES = ("axis", "reference-axis", "error-axis")
"""The kinds of axes that figures name, all the same here."""

Arrays = Mapping[str, NDArray[Any]]


Dots = Mapping[str, tuple[list[float], list[float]]]
"""Places and values of data, by the names in the legend."""


def figure(coordinates: tuple[Interval, ...], axes: Arrays, fields: Arrays, reference: Arrays, data: Dots | None = None) -> go.Figure:
    """The fields of one coordinate as curves on the reference and the data; of more as maps of network, reference and error.

    Maps have a row for each unknown. Three coordinates are cut halfway along the one that the page cuts.
    """
    arrays = {
        **{f"{kind}.{name}": values for name, values in axes.items() for kind in AXES},
        **{f"solution.{unknown}": values for unknown, values in fields.items()},
        **{f"reference.{unknown}": values for unknown, values in reference.items()},
        **{f"error.{unknown}": np.abs(fields[unknown] - values) for unknown, values in reference.items()},
    }
    return _maps(coordinates, list(fields), arrays) if len(coordinates) > 1 else _curves(coordinates[0], list(fields), arrays, data or {})


def _curves(coordinate: Interval, unknowns: list[str], arrays: Arrays, data: Dots) -> go.Figure:
    from dashboard.figures import curves
    from dashboard.figures.filling import filled

    named, beside = {unknown: unknown for unknown in unknowns}, {unknown: f"{unknown}, reference" for unknown in unknowns}
    return filled(curves.solution(coordinate, named, beside, {}, data), arrays)


def dots(experiment: Experiment, reference: Arrays) -> Dots:
    """The data of each unknown that is measured, along the first coordinate: what is learned, and what is held out.

    Those that are made of the solution are made of the `reference` on its grid, where there is one.
    """
    solution = np.stack([reference[name] for name in experiment.problem.unknowns], axis=-1) if reference else None
    known, names = experiment.measured_of(solution), ("data", "data held out")
    parts = () if known is None else known.parts()
    return {f"{unknown}, {names[held]}": (points[:, 0].tolist(), values.tolist()) for unknown, held, points, values in parts}


def _maps(coordinates: tuple[Interval, ...], unknowns: list[str], arrays: Arrays) -> go.Figure:
    from plotly.subplots import make_subplots

    from dashboard.figures import maps
    from dashboard.figures.filling import filled
    from dashboard.figures.style import TEMPLATE

    across = maps.sliced(coordinates)
    middle = 0.0 if across is None else (coordinates[across].low + coordinates[across].high) / 2
    drawn = [
        {
            f"{unknown}, {title}": trace
            for title, skeleton in (("network", maps.solution), ("reference", maps.reference), ("error", maps.error))
            for trace in filled(skeleton(coordinates), arrays, middle, unknown=unknown).data
        }
        for unknown in unknowns
    ]
    titles = [title for row in drawn for title in row]
    whole = make_subplots(len(drawn), len(drawn[0]), subplot_titles=titles, shared_xaxes=True, shared_yaxes=True)
    for number, row in enumerate(drawn, start=1):
        for column, trace in enumerate(row.values(), start=1):
            whole.add_trace(trace.update(showscale=False), number, column)
    right, up = (coordinates[index].name for index in maps.shown(coordinates))
    return whole.update_xaxes(title=right, row=len(drawn)).update_yaxes(title=up, col=1).update_layout(template=TEMPLATE)
