"""Classical solutions as the browser fetches them: by a key that stands for the problem and its values.

A page remembers what its key stands for; solved is only what somebody then fetches.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict

from core.domain import grids
from core.errors import N_, InputError, TangenteError
from core.problem.binding import bind
from core.problem.bound import BoundProblem
from core.problem.problem import Problem
from core.references import Reference
from core.store import classical
from core.store.frames import pack
from dashboard.server import evidence
from dashboard.server.services import cluster, store

METHODS = {
    "exact": N_("the exact solution"),
    "cole-hopf": N_("Cole–Hopf transformation"),
    "characteristics": N_("method of characteristics"),
    "initial-value": N_("Runge–Kutta (DOP853) or LSODA"),
    "boundary-value": N_("collocation on an adaptive mesh"),
    "lines": N_("method of lines"),
    "collocation": N_("spectral collocation"),
}
"""How each method of `core.references` is called where it is read."""

_MOST = 1000
"""Problems that are remembered."""
_lock = threading.Lock()
_remembered: OrderedDict[str, tuple[Problem, Mapping[str, float]]] = OrderedDict()


def remember(problem: Problem, values: Mapping[str, float]) -> str:
    """The key under which the problem's reference, its parameters at `values`, can now be fetched."""
    key = classical.key(problem, values)
    with _lock:
        _remembered[key] = problem, values
        _remembered.move_to_end(key)
        while len(_remembered) > _MOST:
            _remembered.popitem(last=False)
    return key


def recall(key: str) -> tuple[Problem, Mapping[str, float]]:
    """The problem and the values that a key stands for. Raises `InputError` for a key that no page has given out."""
    with _lock:
        if key not in _remembered:
            raise InputError("unknown-reference")
        return _remembered[key]


def fetched(key: str) -> bytes | TangenteError | None:
    """The reference as a frame on the live grid, or why there is none; None while the cluster, which is then asked, computes it.

    The header says `method`, `error`, `seconds`, `evidence`, the same in words as `claim`, and how many `solutions` there are. Raises
    `InputError` for a key that no page has given out.
    """
    problem, values = recall(key)
    answer = known(problem, values)
    return _packed(answer, bind(problem, values)) if isinstance(answer, Reference) else answer


def known(problem: Problem, values: Mapping[str, float]) -> Reference | TangenteError | None:
    """What is known of a problem's reference; where nothing is, the cluster is asked for it."""
    answer = classical.known(store(), problem, values)
    if answer is None:
        cluster().solve_reference(problem, values)
    return answer


def _packed(reference: Reference, problem: BoundProblem) -> bytes:
    """The frame: `reference.U` is the first solution's unknown U, `reference-2.U` the second's, if there is one."""
    axes = grids.axes(problem.coordinates, grids.LIVE)
    every = (slice(None, None, 2),) * len(axes)  # of the full grid
    arrays = {f"axis.{coordinate.name}": axis for coordinate, axis in zip(problem.coordinates, axes, strict=True)}
    for number, solution in enumerate(reference.solutions, 1):
        name = "reference" if number == 1 else f"reference-{number}"
        arrays |= {f"{name}.{unknown}": solution[..., index][every] for index, unknown in enumerate(problem.unknowns)}
    header = {"method": reference.method, "error": reference.error, "seconds": reference.seconds}
    said = {"evidence": asdict(reference.evidence), "claim": evidence.said(reference.evidence), "solutions": len(reference.solutions)}
    return pack({**header, **said}, arrays)
