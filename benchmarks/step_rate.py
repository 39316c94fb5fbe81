"""Training steps a second: Tangente, by each of its engines, a plain PyTorch loop, and other libraries, on the same six trainings.

    python -m benchmarks.step_rate [--workloads A O] [--contenders plain "tangente jets"] [--rounds 9] [--json FILE] [--markdown FILE]

One thread, float32, Adam, points that stay. Each contender has a process of its own, set up as its author would; one that is not installed
(`pip install -r requirements-benchmarks.txt`) is left out. They take turns of about 0.4 s: each round compares neighbours in time, so that
a machine whose speed drifts does not decide. What compiling takes is before the first turn that counts.

The limit is the steps a second of which the matrix products in Taylor mode would keep a core busy at its peak, which is measured in the
same rounds; activations, the loss and the optimiser would then cost nothing.

FILE of `--json` keeps the rates beside those of other workloads that it holds; that of `--markdown` is a page with marks, as docs/speed.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.steps.contenders import CONTENDERS, usual
from benchmarks.steps.page import MARKS, joined, page, read, tables, write
from benchmarks.steps.turns import compare
from benchmarks.steps.workloads import WORKLOADS


def main() -> None:
    """Compare, print the tables, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", nargs="+", choices=WORKLOADS, default=list(WORKLOADS), metavar="NAME", help=", ".join(WORKLOADS))
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=usual(), metavar="NAME", help=", ".join(CONTENDERS))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    options = parser.parse_args()
    kept = read(options.json) if options.json else []
    records = []
    for workload in options.workloads:
        records.append(compare(workload, options.contenders, options.rounds))
        if options.json:
            write(options.json, joined(kept, records))
    print(tables(records))
    if options.markdown:
        text = page(options.markdown.read_text(encoding="utf-8"), MARKS, tables(joined(kept, records)))
        options.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
