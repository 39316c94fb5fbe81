"""Tables of what the rounds came to, and the page of the documentation that holds them.

    python -m benchmarks.steps.page benchmarks/step_rate.json docs/speed.md

Nothing is measured; `benchmarks.step_rate --markdown FILE` does the same with what it has just measured.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.steps.contenders import CONTENDERS, PLAIN
from benchmarks.steps.turns import Record
from benchmarks.steps.workloads import WORKLOADS

MARKS = "<!-- made by step_rate from here on -->", "<!-- as far as here -->"
"""The marks around what of the page is made; the rest of it is written by hand."""
ONE_CORE = 1.1
"""Seconds of the processor for each on the clock, beyond which more than one core has worked."""
CROWDED = 0.9
"""The share of the core below which others had it for a part of the time."""


def read(path: Path) -> list[Record]:
    """The records that a file keeps; none, where there is no file."""
    return [Record(**item) for item in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def write(path: Path, records: Sequence[Record]) -> None:
    """Keep records, one a workload, in the order of the workloads."""
    path.write_text(json.dumps([record.table() for record in records], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def joined(old: Iterable[Record], new: Iterable[Record]) -> list[Record]:
    """All records, a new one in the place of an old one."""
    found = {record.workload: record for record in [*old, *new]}
    return [found[name] for name in WORKLOADS if name in found]


def page(text: str, marks: tuple[str, str], made: str) -> str:
    """The page with what is `made` between these marks. Raises `ValueError` where nothing marks its place."""
    begin, end = marks
    start = text.find(begin)
    stop = text.find(end, start)
    if not 0 <= start < stop:
        raise ValueError(f"the page must hold {begin} and, below it, {end}; put them where the tables belong")
    return f"{text[:start]}{begin}\n\n{made}\n\n{text[stop:]}"


def tables(records: Sequence[Record]) -> str:
    """All tables, with what was left out, the machines and the versions."""
    parts = [
        "\n".join(f"- **{record.workload}**: {record.title}" for record in records),
        "Steps a second, medians:",
        _table(records, rate, [("the limit", lambda record: shown(limit(record)))]),
        "Times as many as the plain loop, in pairs of neighbours in time: the median (the smallest to the largest):",
        _table(records, ratio),
        "Share of the limit:",
        _table(records, share),
        *_notes(records),
    ]
    return "\n\n".join(part for part in parts if part)


def limit(record: Record) -> float:
    """Steps a second in which a core at its peak would do the products of a step, and nothing else."""
    return record.peak / record.operations


def rate(record: Record, name: str) -> str:
    """Steps a second."""
    return shown(statistics.median(record.rates[name]))


def shown(rate: float) -> str:
    """A rate with three digits, or all before the point."""
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"


def ratio(record: Record, name: str) -> str:
    """Times the plain loop's steps a second."""
    if PLAIN not in record.rates or name == PLAIN:
        return ""
    ratios = [own / plain for own, plain in zip(record.rates[name], record.rates[PLAIN], strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def share(record: Record, name: str) -> str:
    """The share of the limit, in percent."""
    return f"{statistics.median(record.rates[name]) / limit(record):.0%}"


Cell = Callable[[Record, str], str]


def _table(records: Sequence[Record], cell: Cell, more: Sequence[tuple[str, Callable[[Record], str]]] = ()) -> str:
    """A row for each contender, a column for each workload."""
    names = [name for name in CONTENDERS if any(name in record.rates and cell(record, name) for record in records)]
    rows = [[CONTENDERS[name].label, *(cell(record, name) if name in record.rates else "" for record in records)] for name in names]
    rows += [[label, *(show(record) for record in records)] for label, show in more]
    lines = [["contender", *(record.workload for record in records)], *rows]
    written = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([written[0], f"|-|{'-:|' * len(records)}", *written[1:]])


def _notes(records: Sequence[Record]) -> Iterable[str]:
    """The notes: who was left out, who took more than a core, the machines, the peaks and the versions."""
    reasons = [(f"{CONTENDERS[name].label}: {reason}", record.workload) for record in records for name, reason in record.left_out.items()]
    if reasons:
        grouped = groupby(sorted(reasons), key=lambda item: item[0])
        yield "Left out:\n\n" + "\n".join(f"- {reason} ({', '.join(workload for _, workload in each)})" for reason, each in grouped)
    greedy = [
        f"{CONTENDERS[name].label} in {record.workload}: {cores:.1f}"
        for record in records
        for name, cores in record.cores.items()
        if cores > ONE_CORE
    ]
    if greedy:
        yield f"More than one core worked, on average, for {', '.join(greedy)}."
    least = min((cores for record in records for cores in record.cores.values()), default=1.0)
    if least < CROWDED:
        yield f"Others used the machine at the same time: of a core, the contenders had as little as {least:.2f} (median of the turns)."
    machines = dict.fromkeys(record.machine for record in records)
    peaks = sorted({f"{record.peak / 1e9:.0f}" for record in records})
    versions = {package: version for record in records for package, version in record.versions.items()}
    rounds = sorted({len(rates) for record in records for rates in record.rates.values()})
    counted = " or ".join(str(count) for count in rounds)
    yield f"Machine: {'; '.join(machines)}; one thread for each training; {counted} rounds."
    found = " to ".join(dict.fromkeys((peaks[0], peaks[-1])))
    yield f"Peak of a core, the fastest product of float32 matrices of 1,024 rows: {found} billion operations a second."
    yield f"Versions: {', '.join(f'{package} {version}' for package, version in sorted(versions.items()))}."


def main() -> None:
    """Write the page from a file of records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("page", type=Path)
    options = parser.parse_args()
    options.page.write_text(page(options.page.read_text(encoding="utf-8"), MARKS, tables(read(options.records))), encoding="utf-8")


if __name__ == "__main__":
    main()
