"""One case heard: the reference is asked for, and judged."""

from __future__ import annotations

import math
import signal
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.cases import draw
from benchmarks.tribunal.case import Case, Solutions
from benchmarks.tribunal.judge import Judgement, Verdict, judge
from core import references
from core.domain import grids
from core.errors import TangenteError
from core.problem.binding import bind
from core.problem.reading.reading import problem_from_table
from core.references import Reference

HANGING = 90
"""Seconds after which an answer is no longer waited for: solvers promise to need no more than 20."""


@dataclass(frozen=True)
class Record:
    """What became of a case, as JSON can hold it: `error`, `accuracy` and `claim` are None where there is none.

    `name` is KIND/SEED/NUMBER; `code` and `words` are those of a refusal or a crash; `seconds` is what reading and solving took;
    `table` is the problem.
    """

    name: str
    verdict: str
    truth: str
    error: float | None
    accuracy: float | None
    claim: float | None
    method: str
    points: int
    second: str
    slander: bool
    code: str
    words: str
    seconds: float
    table: dict[str, Any]

    @property
    def kind(self) -> str:
        """The kind of the case."""
        return self.name.split("/")[0]


def hear(name: str) -> Record:
    """Draw the case KIND/SEED/NUMBER, ask for its reference, and judge it."""
    kind, seed, number = name.split("/")
    case = draw(kind, int(seed), int(number))
    begun = time.perf_counter()
    answer: object
    try:
        answer, judgement = _heard(case)
    except Exception as error:  # whatever the engine lets through is a finding
        answer, judgement = error, Judgement(Verdict.CRASH)
    return _record(name, case, answer, judgement, time.perf_counter() - begun)


def answer_of(case: Case) -> tuple[Reference | TangenteError, tuple[Any, ...]]:
    """The reference of the case's problem, or the refusal; and the axes it is given on, none where the problem itself is refused."""
    try:
        bound = bind(problem_from_table(case.table), {})
    except TangenteError as error:
        return error, ()
    axes = grids.axes(bound.coordinates, grids.FULL)
    try:
        return references.solve(bound, "auto"), axes
    except TangenteError as error:
        return error, axes


def _heard(case: Case) -> tuple[Reference | TangenteError, Judgement]:
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(HANGING)
    try:
        answer, axes = answer_of(case)
    finally:
        signal.alarm(0)
    return answer, judge(case.truth, axes, answer)


def _give_up(*_: Any) -> None:
    raise TimeoutError(f"no answer within {HANGING} s")


def _record(name: str, case: Case, answer: object, judgement: Judgement, seconds: float) -> Record:
    given = answer if isinstance(answer, Reference) else None
    refused = answer if isinstance(answer, TangenteError) else None
    return Record(
        name=name,
        verdict=str(judgement.verdict),
        truth=f"{len(case.truth.formulas)} known" if isinstance(case.truth, Solutions) else str(case.truth),
        error=_number(judgement.error),
        accuracy=_number(judgement.accuracy),
        claim=given.error if given else None,
        method=given.method if given else "",
        points=given.evidence.points if given else 0,
        second=given.evidence.second if given else "",
        slander=judgement.slander,
        code=refused.code if refused else "" if given else type(answer).__name__,
        words="" if given else str(answer),
        seconds=given.seconds if given else seconds,
        table=dict(case.table),
    )


def _number(value: float) -> float | None:
    """A number for JSON, which has no NaN; infinity as the largest float."""
    return None if math.isnan(value) else min(value, 1.7e308)
