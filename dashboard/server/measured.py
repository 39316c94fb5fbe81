"""The measurements of a problem for the pages: those that are stated, or those that are made from its reference once that is there."""

from __future__ import annotations

from core.domain import grids
from core.experiment.experiment import Experiment
from core.problem.data import Measurements
from core.problem.made import Made
from core.references import Reference
from core.store import classical
from dashboard.server.services import store

MOST = 1000
"""Measurements that are drawn, at most; of more, some that are spread evenly over all."""


def of(experiment: Experiment) -> tuple[str, ...]:
    """The unknowns that are measured."""
    return () if experiment.problem.data is None else experiment.problem.data.unknowns


def columns(experiment: Experiment) -> dict[str, list[float]] | None:
    """The columns of the measurements, by coordinate and unknown; None without any, and while those that are made are not known."""
    data = experiment.problem.data
    if isinstance(data, Made):
        data = _made(experiment, data)
    if not isinstance(data, Measurements):
        return None
    names = (*(item.name for item in experiment.problem.coordinates), *data.unknowns)
    rows = data.rows[:: -(-len(data.rows) // MOST)]
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def _made(experiment: Experiment, made: Made) -> Measurements | None:
    """The measurements of the reference; None while there is none."""
    answer = classical.known(store(), experiment.problem, dict(experiment.values))
    if not isinstance(answer, Reference):
        return None
    return made.measured(answer.values, grids.axes(experiment.bound.coordinates, grids.FULL), experiment.problem.unknowns)
