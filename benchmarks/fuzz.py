"""Hostile text: nothing is executed, nothing goes wrong unforeseen, nothing takes long.

    python -m benchmarks.fuzz                      100,000 generated strings
    python -m benchmarks.fuzz --strings 20000 --seed 7
    python -m benchmarks.fuzz --minutes 10         a fuzzer that is guided by the coverage of our code
    python -m benchmarks.fuzz --roundtrip 10000    parse → print → parse is the identity, and torch agrees with NumPy to 1e-12

Strings are made by the grammar, by mutation of right and of bad input (the library's and that of `tests/bad_inputs.py`), and of random
Unicode; each goes to `parse`, `parse_equation`, `Experiment.from_toml` or the editor's `mistakes`. Python's audit hooks report what runs,
opens or starts meanwhile. Seconds are those of the processor, so that other work on the machine does not count. The guided fuzzer is
Atheris (libFuzzer), which is not among the requirements: `pip install atheris==3.0.0` (Python 3.11 to 3.13 on Linux).
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.experiment.making import experiment_from_toml

ROOT = Path(__file__).parent.parent
SLOWEST = 1.0
"""Seconds that no text may take."""
HANGS = 60
"""Seconds after which the guided fuzzer gives up on a text: its code is instrumented, and other work may share the processor."""
KEPT = 20
"""The guided fuzzer's slowest texts, which are timed again without instruments."""
EXECUTED = ("exec", "compile", "open", "import")
STARTED = ("subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "socket.", "ctypes.", "pickle.")

Target = Callable[[str], object]


def targets() -> dict[str, Target]:
    """What is fed, by name; each raises `InputError` for what it refuses."""
    from core.expressions import Names, parse, parse_equation, to_latex, to_text
    from core.files import tables
    from core.problem.reading.mistakes import mistakes

    names = Names(("x", "t"), ("u", "v"), ("nu", "k", "omega0", "D"))

    def expression(text: str) -> None:
        tree = parse(text, names)
        to_text(tree)
        to_latex(tree)

    return {
        "parse": expression,
        "parse_equation": lambda text: parse_equation(text, names),
        "Experiment.from_toml": lambda text: experiment_from_toml(text, file="fuzz.toml"),
        "mistakes": lambda text: mistakes(tables.mapping(tables.read(text).get("problem"), "problem", 100)),
    }


class Watch:
    """What Python reports to be executed while `on` is true."""

    def __init__(self) -> None:
        self.on = False
        self.events: Counter[str] = Counter()
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and (event in EXECUTED or event.startswith(STARTED)):
            self.events[f"{event} {arguments!r:.60}"] += 1


@dataclass
class Tally:
    """What became of the strings."""

    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    uncaught: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, str, str] = (0.0, "", "")

    @property
    def number(self) -> int:
        return self.accepted + self.refused.total() + len(self.uncaught)


def feed(name: str, target: Target, text: str, tally: Tally) -> None:
    """Give a text to a target, and tally what comes of it."""
    from core.errors import InputError

    begun = time.thread_time()
    try:
        target(text)
        tally.accepted += 1
    except InputError as error:
        tally.refused[error.code] += 1
        str(error)  # which must be possible as well
    except Exception:
        tally.uncaught[f"{name}({text[:200]!a})"] = traceback.format_exc(limit=-3)
    seconds = time.thread_time() - begun
    if seconds > tally.slowest[0]:
        tally.slowest = seconds, name, text


def generated(number: int, seed: int) -> int:
    """Feed generated strings; returns the exit code."""
    from benchmarks.hostile import Generator

    known, watch, tallies = targets(), Watch(), {}
    for name, target in known.items():  # what is loaded at first use is loaded now
        feed(name, target, "u_t = sin(x)", Tally())
        tallies[name] = Tally()
    generator = Generator(seed)
    for name in ("Experiment.from_toml", "mistakes"):
        feed(name, known[name], generator.files[-1], Tally())
    begun = time.perf_counter()
    for count, (name, text) in enumerate(generator.strings(number), 1):
        watch.on = True
        feed(name, known[name], text, tallies[name])
        watch.on = False
        if count % 10_000 == 0:
            print(f"{count:,} strings", file=sys.stderr)
    print(f"{number:,} strings of seed {seed} in {time.perf_counter() - begun:.0f} s")
    return report(tallies, watch)


def report(tallies: dict[str, Tally], watch: Watch) -> int:
    for name, tally in tallies.items():
        seconds, _, text = tally.slowest
        print(f"{name:20} {tally.number:7,}: {tally.accepted:,} accepted, {tally.refused.total():,} refused by {len(tally.refused)} codes")
        print(f"{'':20} slowest {1e3 * seconds:.0f} ms: {text[:60]!a}")
    uncaught = {text: trace for tally in tallies.values() for text, trace in tally.uncaught.items()}
    slowest = max(tally.slowest[0] for tally in tallies.values())
    print(f"executed: {watch.events.total()} (must be 0)")
    print(f"uncaught exceptions: {len(uncaught)} (must be 0)")
    print(f"slowest: {slowest:.3f} s (must be below {SLOWEST:g} s)")
    for text, trace in list(uncaught.items())[:5]:
        print(f"\n{text}\n{trace}")
    for event, count in watch.events.most_common(5):
        print(f"{count} × {event}")
    return int(bool(uncaught) or watch.events.total() > 0 or slowest >= SLOWEST)


# The guided fuzzer, in a process of its own: libFuzzer ends it.


def guided(minutes: float, seed: int) -> int:
    """Run Atheris for so long; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, tally = Path(folder) / "corpus", Path(folder) / "tally.json"
        corpus.mkdir()
        _plant(corpus)
        asked = [f"-max_total_time={60 * minutes:.0f}", "-max_len=4096", f"-timeout={HANGS}", f"-seed={seed or 1}"]
        command = [sys.executable, "-m", "benchmarks.fuzz", "--child", str(tally), *asked, f"-artifact_prefix={folder}/", str(corpus)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
        if not tally.exists():
            print(done.stderr[-2_000:])
            return 1
        known = json.loads(tally.read_text())
    coverage = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", done.stderr)
    print(f"{known['runs']:,} inputs in {minutes:g} minutes")
    print(f"coverage, features, corpus: {', '.join(coverage[-1] if coverage else ['unknown'])}")
    watch, again = Watch(), Tally()
    watch.events.update(known["events"])
    for name, text in known["slowest"]:
        feed(name, targets()[name], text, again)
    if done.returncode:
        again.uncaught["the guided fuzzer"] = done.stderr[-4_000:]
    return report({"slowest again": again}, watch)


def _plant(corpus: Path) -> None:
    """What the fuzzer begins with: bad files, and the texts in them, for each target."""
    from tests.bad_inputs import BAD, file

    texts = [file(), *(bad.text for bad in BAD.values() if len(bad.text) < 4_000)]
    texts += [text for whole in texts for text in re.findall(r'"((?:[^"\\]|\\.)+)"', whole)]
    for number, text in enumerate(texts):
        for kind in range(len(targets())):
            (corpus / f"{number}-{kind}").write_bytes(bytes([kind]) + text.encode())


def child(path: Path, arguments: list[str]) -> None:
    """Fuzz in this process until libFuzzer ends it."""
    try:
        import atheris
    except ImportError:
        sys.exit("The guided fuzzer needs Atheris: pip install atheris==3.0.0")
    with atheris.instrument_imports(
        include=[
            "core.expressions",
            "core.problem.problem",
            "core.problem.statement",
            "core.files.tables",
            "core.files.toml",
            "core.problem.checks.consistency",
        ]
    ):
        known = list(targets().items())
    from core.errors import InputError

    watch, runs = Watch(), 0
    slowest: list[tuple[float, str, str]] = []

    def one(data: bytes) -> None:
        nonlocal runs
        name, target = known[data[0] % len(known) if data else 0]
        text = data[1:].decode("utf-8", "surrogateescape")
        begun = time.thread_time()
        watch.on = True
        try:
            target(text)
        except InputError as error:
            str(error)
        finally:
            watch.on = False
        runs += 1
        heapq.heappush(slowest, (time.thread_time() - begun, name, text))
        if len(slowest) > KEPT:
            heapq.heappop(slowest)
        if runs % 1_000 == 0:
            new = path.with_suffix(".new")
            new.write_text(json.dumps({"runs": runs, "events": watch.events, "slowest": [item[1:] for item in slowest]}))
            new.replace(path)

    for _, target in known:  # what is loaded at first use is loaded now
        with suppress(InputError):
            target("u_t = sin(x)")
    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def roundtrip(examples: int) -> int:
    """The two properties of trees, as the tests have them, on so many cases."""
    chosen = "test_what_is_written_reads_as_the_same_tree or test_torch_agrees_with_numpy"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/core/expressions/test_expressions.py",
        "-k",
        chosen,
        "--hypothesis-show-statistics",
        "-q",
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "TANGENTE_EXAMPLES": str(examples)}, capture_output=True, text=True, check=False
    )
    print("\n".join(line for line in done.stdout.splitlines() if re.search(r"passing|failing|passed|failed|::|Error", line)))
    return done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--strings", type=int, default=100_000, help="how many are generated (default 100,000)")
    parser.add_argument("--minutes", type=float, help="instead, run the guided fuzzer for so long")
    parser.add_argument("--roundtrip", type=int, metavar="CASES", help="instead, check printing and torch on so many cases")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.minutes is not None:
        return guided(options.minutes, options.seed)
    if options.roundtrip is not None:
        return roundtrip(options.roundtrip)
    return generated(options.strings, options.seed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]), sys.argv[3:])
    else:
        sys.exit(main())
