"""A tribunal for classical references: generated problems whose solutions are known, and what `auto` says of them.

    python -m benchmarks.truth [--count 1000] [--seed 0] [--kinds KIND …] [--jobs 2] [--json OUT.jsonl]
    python -m benchmarks.truth --show KIND/SEED/NUMBER

A *lie* is a solution whose true relative L2 error exceeds ten times the claimed one and 1e-9, or any one solution where there is none, a
family of them, or none that depends on its data. A *missed branch* is one right solution, given as if it were the only one, where several
are known. A *false reason* is a refusal that says something untrue of the solutions. With `--json` each record is kept as it is made, one
a line; a second start with the same file goes on where the first was interrupted, so that another engine needs another file. `--show`
prints a case's problem, for `python -m core solve`. The exit code is 1 where there are lies or crashes, where more than a tenth of all
problems is refused, or more than half of a kind.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from benchmarks.cases import KINDS, docket, draw
from benchmarks.tribunal import ledger, report
from benchmarks.tribunal.hearing import Record, hear


def main() -> None:
    """Hear the cases, print and keep what becomes of them, and sum up."""
    options = _options()
    if options.show:
        kind, seed, number = options.show.split("/")
        print(report.toml(options.show, draw(kind, int(seed), int(number)).table), end="")
        return
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))  # one core for each job
    records = list(_records(options.count, options.seed, options.kinds, options.jobs, options.json))
    print("\n" + report.table(records, options.kinds))
    print("Refusals, right and wrong:\n\n" + report.refusals(records))
    print(report.findings(records))
    faults = report.faults(records, options.kinds)
    print("\n".join(faults), file=sys.stderr)
    sys.exit(1 if faults else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--kinds",
        nargs="+",
        metavar="KIND",
        choices=tuple(KINDS),
        default=tuple(KINDS),
        help=", ".join(KINDS),
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="OUT.jsonl")
    parser.add_argument("--show", metavar="KIND/SEED/NUMBER")
    return parser.parse_args()


def _records(count: int, seed: int, kinds: Sequence[str], jobs: int, path: Path | None) -> Iterator[Record]:
    """The records of all cases, those first that the file holds already."""
    known = ledger.read(path)
    names = docket(count, seed, kinds)
    yield from (known[name] for name in names if name in known)
    if path is not None:
        ledger.mend(path)
    open_cases = [name for name in names if name not in known]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for done, future in enumerate(as_completed([pool.submit(hear, name) for name in open_cases]), 1):
            record = future.result()
            ledger.write(path, record)
            print(f"{done}/{len(open_cases)} {_told(record)}", flush=True)
            yield record


def _told(record: Record) -> str:
    claim = "" if record.claim is None else f" claims {record.claim:.1e}"
    true = "" if record.error is None else f", off by {record.error:.1e}"
    code = f" ({record.code})" if record.code else ""
    return f"{record.name}: {record.verdict}{code} {record.method}{claim}{true}, {record.seconds:.1f} s"


if __name__ == "__main__":
    main()
