"""What all records come to: a table of kinds, the codes of refusals, and the lies with their problems."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence

import tomli_w

from benchmarks.tribunal.hearing import Record
from benchmarks.tribunal.judge import Verdict

HEAD = """| kind | problems | right | lies | missed branches | refused | crashes | false reason | median s | 95 % s |
|-|-|-|-|-|-|-|-|-|-|
"""
ALL = 0.10
"""The largest part of all problems that may be refused."""
EACH = 0.50
"""The largest part of one kind that may be refused."""


def table(records: Sequence[Record], kinds: Sequence[str]) -> str:
    """The table, a line a kind that was heard, and one of all."""
    groups = [(kind, [record for record in records if record.kind == kind]) for kind in kinds]
    return HEAD + "".join(_line(name, found) for name, found in (*groups, ("all", list(records))) if found)


def _line(name: str, records: list[Record]) -> str:
    seconds = [record.seconds for record in records]
    counts = [counted(records, verdict) for verdict in Verdict]
    cells = [name, len(records), *counts, sum(record.slander for record in records)]
    times = (f"{statistics.median(seconds):.2f}", f"{sorted(seconds)[int(0.95 * (len(seconds) - 1))]:.2f}")
    return f"| {' | '.join(map(str, (*cells, *times)))} |\n"


def counted(records: Sequence[Record], verdict: Verdict) -> int:
    """How many records have this verdict."""
    return sum(record.verdict == verdict for record in records)


def refusals(records: Sequence[Record]) -> str:
    """How often each kind is refused by which code, whether rightly or not."""
    counts = Counter((record.kind, record.truth, record.code) for record in records if record.code)
    return "".join(f"- {kind} (truth: {truth}): {code}, {times} times\n" for (kind, truth, code), times in sorted(counts.items()))


def findings(records: Sequence[Record]) -> str:
    """Each lie and each crash with its problem, as a file that the command line reads."""
    wrong = [record for record in records if record.verdict in (Verdict.LIE, Verdict.CRASH)]
    return "\n".join(f"# {_finding(record)}\n{toml(record.name, record.table)}" for record in wrong)


def _finding(record: Record) -> str:
    if record.verdict == Verdict.CRASH:
        return f"{record.name}: crash, {record.words}"
    true = "" if record.error is None else f", off by {record.error:.1e}"
    return f"{record.name}: truth {record.truth}, {record.method} claims {record.claim:.1e}{true}"


def toml(name: str, table: object) -> str:
    """The problem as an experiment file."""
    return tomli_w.dumps({"problem": {"title": name, **dict(table)}})  # type: ignore[call-overload]


def faults(records: Sequence[Record], kinds: Sequence[str]) -> list[str]:
    """What is not as it must be: lies, crashes, and too many refusals."""
    found = [f"{counted(records, verdict)} × {verdict}" for verdict in (Verdict.LIE, Verdict.CRASH) if counted(records, verdict)]
    groups = [
        ("all", list(records), ALL),
        *((kind, [item for item in records if item.kind == kind], EACH) for kind in kinds),
    ]
    for name, items, most in groups:
        if items and (refused := counted(items, Verdict.REFUSED)) > most * len(items):
            found.append(f"{name}: {refused} of {len(items)} refused, more than {most:.0%}")
    return found
