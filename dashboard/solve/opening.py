"""The address of a run: that of the page Solve with the settings that the run has."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from core.errors import TangenteError
from core.experiment import presets
from core.experiment.making import experiment_from_json
from core.store import Run
from dashboard.problems import catalogue
from dashboard.problems.catalogue import PROBLEM
from dashboard.runs.actions import RUN
from dashboard.solve import shown


def address(run: Run) -> str | None:
    """The address of a run, seen from any page; None where its problem is neither in the library nor in the visitor's list."""
    try:
        name, query = _query(run.text)
        own = name or next((entry.id for entry in catalogue.own() if entry.problem == run.experiment.problem), None)
        return None if own is None else f"./?{urlencode({**query, PROBLEM: own, RUN: run.id})}"
    except TangenteError:  # what the run is of is no longer there
        return None


@lru_cache(maxsize=256)
def _query(text: str) -> tuple[str, dict[str, str]]:
    """The name of the problem of an experiment, given as JSON, and the shortest words of an address for its settings."""
    experiment = experiment_from_json(text)
    found = [shown.query(experiment, "", preset) for preset in presets.known(experiment.problem)]
    return experiment.problem.name, min(found, key=len)
