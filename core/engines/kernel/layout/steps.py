"""The rule of the derivative streams as steps that the kernel takes in turn."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import numpy as np

from core.engines.kernel.layout.codes import FIRST, PRODUCT, SQUARE, STEP_WORDS, TERM, ZERO
from core.engines.kernel.layout.description import Array, Term, Terms

Step = tuple[list[int], float]
"""A step's words, and its coefficient."""


def steps(terms: Terms) -> tuple[Array, Array, int]:
    """The terms as steps of `core.engines.kernel.emission.jets`, (steps, words), with their coefficients, (steps,), and the highest order
    of φ.
    """
    by_stream: dict[int, list[Term]] = {stream: [] for stream in range(1, terms.streams)}
    for term in terms.entries:
        by_stream[term.stream].append(term)
    try:  # a stream after those that it takes, so that its start may add to their adjoints
        needs = {stream: {f for term in found for f in term.factors} - {stream} for stream, found in by_stream.items()}
        order, merged = tuple(TopologicalSorter(needs).static_order()), True
    except CycleError:
        order, merged = tuple(by_stream), False
    starts: list[Step] = []
    more: list[Step] = []
    for stream in order:
        start, rest = _started(stream, by_stream[stream], merged=merged)
        (more if merged else starts).append(start)
        more += [([TERM + len(term.factors) - 1, stream, term.order, *term.factors], term.coefficient) for term in rest]
    found = starts + more
    table = np.zeros((len(found), STEP_WORDS), np.int64)
    for number, (words, _) in enumerate(found):
        table[number, : len(words)] = words
    return table, np.array([coefficient for _, coefficient in found]), max((term.order for term in terms.entries), default=0)


def _started(stream: int, found: list[Term], *, merged: bool) -> tuple[Step, list[Term]]:
    """The step that gives a stream its first value, with as many of its terms as there is a step for, and the other terms."""
    linear, rest = Term(stream, 1, (stream,)), list(found)
    if linear not in rest:
        return ([ZERO, stream], 1.0), rest
    rest.remove(linear)
    second = next((term for term in rest if merged and term.order == 2 and len(term.factors) == 2), None)
    if second is None:
        return ([FIRST, stream], 1.0), rest
    rest.remove(second)
    f, g = second.factors
    return ([SQUARE if f == g else PRODUCT, stream, 2, f, g], second.coefficient), rest
