"""The command line: `python -m core solve|seeds|train-on|resume|reference|problems|runs|show|worker|frameworks|completion`.

Exit codes: 0 done, 2 bad input, 3 failed, 130 interrupted (what was done is kept), 141 left by whoever read the output.
"""

from __future__ import annotations

import argparse
import errno
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core import __version__, references
from core.errands import interruptions, logs
from core.errands.completion import completion
from core.errors import InputError, Position, RunError, TangenteError
from core.experiment import presets
from core.experiment.asking import asked
from core.experiment.continuation import varied
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.hyperparameters import Hyperparameter
from core.files import outputs
from core.problem.reading.reading import library, load
from core.ranges import Choice, Stages
from core.references import Reference, alone
from core.store import OVER, SILENCE, Run, RunStore, classical
from core.store.classical import Answer
from core.store.frames import unpack
from core.store.moments import VALIDATION
from core.studies import seeds
from core.studies.seeds import Outcome
from core.studies.spread import Spread
from core.why_pytorch.frameworks import installing

PROGRAM = "python -m core"
INTERRUPTED, UNREAD = 130, 141  # as shells count programs that SIGINT or SIGPIPE has ended
_GONE = (errno.EPIPE, errno.EIO)
"""What writing to a pipe gives that nobody reads any more, and to a terminal that was closed."""
_POLL = 0.1  # seconds between looks at a run's progress
_L2 = "relative L2"
_FROM_STORE = "From the store, trained {ago}; --again trains anew."
_LINE = 2.0  # seconds between lines where there is no terminal


def main(arguments: Sequence[str] | None = None, program: str = PROGRAM) -> int:
    """Carry out one command, called as `program`; returns the exit code."""
    try:
        return _carried_out(arguments, program)
    except OSError as error:
        if error.errno not in _GONE:
            raise
        _hush()
        return UNREAD


def _carried_out(arguments: Sequence[str] | None, program: str) -> int:
    try:
        options = _parser(program).parse_args(arguments)
        logs.begin()
        code: int = options.command(options)
        return code
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except RunError as error:
        print(error, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        sys.stdout.flush()  # here, where it is known what to do if nobody reads it


def _hush() -> None:
    """Say nothing more: at its end Python writes what it still has to say, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Train a neural network on a differential equation.")
    parser.set_defaults(program=program)
    parser.add_argument("--version", action="version", version=f"Tangente {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    solve = commands.add_parser("solve", help="train a network on a problem of the library or an experiment file")
    solve.set_defaults(command=_solve)
    _add_experiment(solve)

    several = commands.add_parser("seeds", help="train with several seeds, one after the other, and tell the median and the spread")
    several.set_defaults(command=_seeds)
    counted = f"the number of seeds, from the experiment's own on, {seeds.COUNT.low} to {seeds.COUNT.high} (default {seeds.USUAL})"
    several.add_argument("--count", default=seeds.USUAL, metavar="N", help=counted)
    _add_experiment(several)

    resume = commands.add_parser("resume", help="go on with a run that was stopped or paused, or whose process has died")
    resume.set_defaults(command=_resume)
    _add_run(resume)
    _add_json(resume)
    _add_store(resume)

    onward = commands.add_parser("train-on", help="train a run's network further, by more steps, another learning rate or another method")
    onward.set_defaults(command=_train_on)
    _add_run(onward)
    _add_settings(onward)

    alone = commands.add_parser("reference", help="compute the classical solution alone")
    alone.set_defaults(command=_alone, weight=[], preset=presets.SHARP, **dict.fromkeys(HYPERPARAMETERS))
    alone.add_argument("problem", metavar="NAME-or-FILE.toml")
    alone.add_argument("--value", action="append", default=[], metavar="NAME=NUMBER", help="set a parameter of the equation")
    alone.add_argument("--at", action="append", default=[], metavar="POINT", help='a point whose values are wanted, such as "x=0.5, t=0.6"')
    alone.add_argument("--json", type=Path, metavar="OUT.json", help="write the result to this file")
    alone.add_argument("--csv", type=Path, metavar="OUT.csv", help="write the solution on its grid to this file")

    problems = commands.add_parser("problems", help="list the library")
    problems.set_defaults(command=_problems)

    runs = commands.add_parser("runs", help="list what was trained, newest first")
    runs.set_defaults(command=_runs)
    runs.add_argument("--limit", type=int, default=20, metavar="N", help="list at most so many runs (default 20)")
    _add_store(runs)

    worker = commands.add_parser("worker", help="train what the pages of a Dask scheduler ask for, until that ends")
    worker.set_defaults(command=_worker)
    worker.add_argument("address", metavar="ADDRESS", help="the scheduler's, such as tcp://10.0.0.1:8786")
    _add_store(worker)

    others = commands.add_parser("frameworks", help="install the frameworks that PyTorch is compared with, in an environment of their own")
    others.set_defaults(command=_frameworks)

    completing = commands.add_parser("completion", help="print what makes bash or zsh complete the commands of tangente")
    completing.set_defaults(command=_completion)

    show = commands.add_parser("show", help="one run in full")
    show.set_defaults(command=_show)
    _add_run(show)
    _add_store(show)
    return parser


def _add_experiment(parser: argparse.ArgumentParser) -> None:
    """What says which experiment to train, and what becomes of its result."""
    parser.add_argument("problem", metavar="NAME-or-FILE.toml")
    _add_settings(parser)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """The settings of a training, and what becomes of its result."""
    for name, item in HYPERPARAMETERS.items():
        help = item.help.replace("%", "%%")
        if choices := _possible(item):
            help += f" One of {', '.join(choices)}."
        parser.add_argument("--" + name.replace("_", "-"), dest=name, metavar="VALUE", help=help)
    told = f"what is left out is as this preset has it: {', '.join(presets.PRESETS)} (default {presets.SHARP})"
    parser.add_argument("--preset", default=presets.SHARP, metavar="NAME", help=told)
    parser.add_argument("--value", action="append", default=[], metavar="NAME=NUMBER", help="set a parameter of the equation")
    parser.add_argument("--weight", action="append", default=[], metavar="TERM=NUMBER", help="weight of a loss term, or of all of a kind")
    _add_json(parser)
    parser.add_argument("--again", action="store_true", help="train even if the store has this result")
    _add_store(parser)


def _possible(item: Hyperparameter) -> tuple[str, ...]:
    """The words that a hyperparameter takes; none where it takes a number or something longer."""
    kind = item.range
    return kind.options if isinstance(kind, Choice) else kind.methods if isinstance(kind, Stages) else ()


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run's name, or its first letters")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, metavar="OUT.json", help="write the result to this file")


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", metavar="URL", help="where runs are kept (default: your data folder, or $TANGENTE_STORE)")


def _solve(options: argparse.Namespace) -> int:
    experiment, store, reference = _prepared(options)
    return _concluded(store, _known_or_trained(store, experiment, options.again), reference, options)


def _resume(options: argparse.Namespace) -> int:
    """Go on with a run from its last checkpoint, in this process; raises `InputError` where it is over, or trained elsewhere."""
    store = RunStore(options.store)
    run = _left(store, store.find(options.run).id)
    _check(run.experiment, options.json)
    reference = _solved(store, run.experiment, again=False)
    return _concluded(store, _train(store, run.experiment, run), reference, options)


def _train_on(options: argparse.Namespace) -> int:
    """Train a run's network further, as a run of its own; what is not said stays as it was there."""
    store = RunStore(options.store)
    parent = store.find(options.run)
    experiment = varied(parent.experiment, *_given(options))
    _check(experiment, options.json)
    known = None if options.again else store.continuation(parent.id, experiment)
    reference = _solved(store, experiment, options.again)
    if known is None or known.status != "done":
        known = _train(store, experiment, parent=parent.id)
    else:
        print(_FROM_STORE.format(ago=_ago(known)))
    return _concluded(store, known, reference, options)


def _left(store: RunStore, run_id: str) -> Run:
    """The run, which nobody trains; where its process was heard of a moment ago, after a wait for its next word."""
    until = time.monotonic() + SILENCE
    while (run := store.get(run_id)).status == "running" and not store.silent(run_id):
        if time.monotonic() > until:
            raise InputError("run-elsewhere", run=run_id)
        time.sleep(_POLL)
    if run.status in OVER:
        raise InputError("run-ended", run=run_id, status=run.status)
    return run


def _concluded(store: RunStore, run: Run, reference: Answer, options: argparse.Namespace) -> int:
    """Tell what became of a run, and write it to the file that is asked for, if there is one; the exit code."""
    beside = _beside(store, run)
    _write(options.json, _result(run, reference, beside))
    print(_summary(run, reference, beside))
    if run.status not in OVER:
        print(f"{options.program} resume {run.id} goes on from there")
    if run.status in ("failed", "diverged"):
        print(_error(run), file=sys.stderr)
        return 3
    return 0 if run.status == "done" else INTERRUPTED


def _alone(options: argparse.Namespace) -> int:
    """Solve classically; where there is no solution to give, say why."""
    experiment = _experiment(options)
    problem = experiment.bound
    if len(options.at) > 1:
        raise InputError("twice", at=Position(key="--at"))
    place = alone.point(options.at[0], problem.coordinates) if options.at else None
    for path in filter(None, (options.json, options.csv)):
        outputs.check(path)
    try:
        classical.check_known(experiment.problem)
        found = alone.solve(problem, experiment.problem.reference, place)
    except TangenteError as error:
        _write(options.json, alone.refused(error))
        print(error.message, file=sys.stderr)
        return 3
    result = alone.said(found, problem, place)
    print("\n".join(_solved_lines(found, result)))
    _write(options.json, result)
    if options.csv is not None:
        alone.write_csv(options.csv, found, problem, place)
    return 0


def _solved_lines(found: Reference, result: dict[str, Any]) -> Iterator[str]:
    """A classical solution in words, with what it is at the point that was asked for."""
    yield _reference(found)
    if found.evidence.message:
        yield found.evidence.message.format(points=f"{found.evidence.points:,}")
    for number, solution in enumerate(result["solutions"], 1):
        name = f"solution {number}: " if len(result["solutions"]) > 1 else ""
        if result["at"] is not None:
            place = ", ".join(f"{value:g}" for value in result["at"].values())
            yield name + "  ".join(f"{unknown}({place}) = {value:.12g}" for unknown, value in solution["values"].items())


def _seeds(options: argparse.Namespace) -> int:
    """Train with one seed after the other, until one is stopped; a seed that diverges is a result, one that fails is none."""
    wanted = seeds.COUNT.check("--count", options.count)
    experiment, store, reference = _prepared(options)
    runs: list[Run] = []
    for one in seeds.experiments(experiment, wanted):
        print(f"Seed {one.seed}, {len(runs) + 1} of {wanted}")
        runs.append(_known_or_trained(store, one, options.again))
        if runs[-1].status not in ("done", "diverged", "failed"):
            break
    outcome = seeds.outcome(runs)
    _write(options.json, {**_spreads(outcome), "runs": [_result(run, reference, _beside(store, run)) for run in runs]})
    print("\n".join([*map(_row, runs), *_told(outcome), f"reference: {_reference(reference)}"]))
    for run in runs:
        if run.status == "failed":
            print(_error(run), file=sys.stderr)
            return 3
    return 0 if all(map(seeds.ended, runs)) else INTERRUPTED


def _row(run: Run) -> str:
    """What a seed came to, as a line of a table."""
    scores = {"loss": run.loss, _L2: seeds.error(run.relative_l2)}
    loss, error = (f"{name} {'–' if value is None else f'{value:.2g}'}" for name, value in scores.items())
    return f"seed {run.experiment.seed:<4} {run.status:8} step {run.step:>7,}  {run.seconds:>7.2g} s  {loss:14} {error}"


def _told(outcome: Outcome | None) -> Iterator[str]:
    """The median and the spread, and how many failed."""
    if outcome is None:
        return
    for name, of in (("loss", outcome.loss), (_L2, outcome.error)):
        if of is not None:
            yield f"median {name} {of.median:.2g} ({of.low:.2g} to {of.high:.2g}) over {outcome.count} seeds"
    if outcome.error is not None:
        yield f"{outcome.failed} of {outcome.count} failed: {_L2} above {seeds.FAILED:g}, or diverged"
    for name, sought in outcome.constants.items():
        if sought.spread is not None:
            median, low, high = (f"{float(value):.5g}" for value in (sought.spread.median, sought.spread.low, sought.spread.high))
            yield f"median {name} {median} ({low} to {high}) over {sought.count} seeds"
        if sought.doubted:
            yield f"{name} is in doubt with {sought.doubted} of {sought.count + sought.doubted} seeds"


def _spreads(outcome: Outcome | None) -> dict[str, Any]:
    """The spreads of several seeds as JSON holds them; null stands for what is infinite, or not known."""
    if outcome is None:
        return {"count": 0, "failed": 0, "loss": None, "relative_l2": None}
    found = {
        "count": outcome.count,
        "failed": outcome.failed,
        "loss": _plain(outcome.loss),
        "relative_l2": _plain(outcome.error),
    }
    constants = {
        name: {"count": sought.count, "doubted": sought.doubted, "value": _plain(sought.spread)}
        for name, sought in outcome.constants.items()
    }
    return {**found, "estimates": constants} if constants else found


def _plain(spread: Spread | None) -> dict[str, float | None] | None:
    if spread is None:
        return None
    return {name: float(value) if math.isfinite(value) else None for name, value in vars(spread).items()}


def _prepared(options: argparse.Namespace) -> tuple[Experiment, RunStore, Answer]:
    """The experiment that is asked for, after a look at what could stand in its way, and the reference that it is held against."""
    experiment = _experiment(options)
    _check(experiment, options.json)
    for warning in experiment.warnings:
        print(f"warning: {warning.message}", file=sys.stderr)
    store = RunStore(options.store)
    return experiment, store, _solved(store, experiment, options.again)


def _check(experiment: Experiment, path: Path | None) -> None:
    """Raise `InputError` where the result cannot be written to `path`, or there is no such device as is asked for."""
    if path is not None:
        outputs.check(path)
    if experiment.device != "cpu":
        from core.training.devices import torch_device  # torch takes seconds to import, and is not needed to know of a processor

        try:
            torch_device(experiment.device)
        except RunError as error:  # to a worker this is a failure, here it is a mistake in the input
            raise InputError(error.code, **error.values) from None


def _known_or_trained(store: RunStore, experiment: Experiment, again: bool) -> Run:
    """The store's run of an experiment, if it is done, unless it is to be trained `again`; else a new one."""
    known = None if again else store.latest(experiment.key, visitor="")
    if known is not None and known.status == "done":
        print(_FROM_STORE.format(ago=_ago(known)))
        return known
    return _train(store, experiment)


def _write(path: Path | None, result: dict[str, Any]) -> None:
    if path is not None:
        outputs.write(path, json.dumps(result, indent=2) + "\n")


def _experiment(options: argparse.Namespace) -> Experiment:
    """The experiment that the flags ask for, on top of the file's or the library's."""
    return asked(options.problem, *_given(options), options.preset)


def _given(options: argparse.Namespace) -> tuple[dict[str, Any], dict[str, float], dict[str, float]]:
    """The settings, the values of parameters and the weights that the flags give."""
    settings = {name: getattr(options, name) for name in HYPERPARAMETERS if getattr(options, name) is not None}
    values = dict(_assignment("--value", text) for text in options.value)
    weights = dict(_assignment("--weight", text) for text in options.weight)
    return settings, values, weights


def _assignment(flag: str, text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise InputError("not-an-assignment", at=Position(key=flag, text=text, character=len(name) + len(equals))) from None


def _solved(store: RunStore, experiment: Experiment, again: bool) -> Answer:
    """The reference, or why there is none; before the training, so that neither takes time from the other."""
    given = experiment.problem, dict(experiment.values)
    if classical.known(store, *given) is None:
        print(f"Solving the problem classically, in at most {references.LIMIT:g} s", flush=True)
    return classical.find(store, *given, again=again)


def _train(store: RunStore, experiment: Experiment, left: Run | None = None, parent: str | None = None) -> Run:
    """Train in this process until the run ends, or a signal asks for the end of this process.

    It is a new run, which may go on from the `parent` of that id, or the one that was `left`.
    """
    from core.running.runner import run as train_run  # torch takes seconds to import, and the other commands do without it

    with interruptions.noted() as received:
        run, doing = (store.create(experiment, parent=parent), "Training") if left is None else (left, "Going on with")
        with ThreadPoolExecutor(1, "training") as pool, _stopping(store, run.id):
            print(f"{doing} {experiment.problem.title or 'the problem'} as run {run.id}", flush=True)
            if left is not None:
                store.resume(run.id)
            training = pool.submit(train_run, store.url, run.id)
            _follow(store, run.id, training, received)
            training.result()  # raises what could not even be recorded in the run
    ended = store.get(run.id)
    if ended.status in ("queued", "running"):
        raise InputError("run-elsewhere", run=run.id)
    return ended


@contextmanager
def _stopping(store: RunStore, run_id: str) -> Iterator[None]:
    """Have a run stop where something goes wrong, such as a report that nobody reads, instead of going on unseen."""
    try:
        yield
    except BaseException:
        with suppress(TangenteError):
            store.stop(run_id)
        raise


def _follow(store: RunStore, run_id: str, training: Future[str], received: list[int]) -> None:
    """Report until a training has ended; a signal asks the run to stop, and its last checkpoint is waited for."""
    report = _bar if sys.stderr.isatty() else _lines()
    while not training.done():
        wait([training], _POLL)
        if received:
            received.clear()
            store.stop(run_id)
        report(store.get(run_id))
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _bar(run: Run) -> None:
    share = _share(run)
    filled = round(30 * share)
    print(f"\r{'█' * filled}{'░' * (30 - filled)} {_progress(run)}\033[K", end="", file=sys.stderr, flush=True)


def _lines() -> Callable[[Run], None]:
    """A reporter that prints a line every two seconds."""
    last = time.monotonic()

    def report(run: Run) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE:
            last = time.monotonic()
            print(_progress(run), file=sys.stderr, flush=True)

    return report


def _share(run: Run) -> float:
    experiment = run.experiment
    shares = [run.step / experiment.steps if experiment.steps else 0.0, run.seconds / experiment.seconds if experiment.seconds else 0.0]
    return min(1.0, max(shares))


def _progress(run: Run) -> str:
    limit = f" of {run.experiment.steps:,}" if run.experiment.steps else ""
    rate = f" · {run.step / run.seconds:,.0f} steps/s" if run.seconds else ""
    return f"step {run.step:,}{limit}{rate}"


@dataclass(frozen=True)
class Beside:
    """The parts of a run's frame and film that its record lacks: the number of the solution `nearest` to it, and its `validation`.

    That is the loss at data that are held out: `loss` at step `best`, whose weights are kept, and `last` at `step`, the last one known.
    """

    nearest: int | None
    validation: dict[str, float] | None


def _beside(store: RunStore, run: Run) -> Beside:
    frame = store.frame(run.id)
    header = unpack(frame[1])[0] if frame else {}
    nearest, kept = (header.get("reference") or {}).get("nearest"), header.get(VALIDATION)
    if kept is None:
        return Beside(nearest, None)
    best = header.get("best", run.step)
    known = {best: kept, **store.held_out(run.id)}
    return Beside(nearest, {"best": best, "loss": kept, "step": max(known), "last": known[max(known)]})


def _summary(run: Run, reference: Answer | None, beside: Beside) -> str:
    rate = f" ({run.step / run.seconds:,.0f} steps/s)" if run.seconds else ""
    lines = [f"{run.status}: {run.step:,} steps in {run.seconds:.2g} s{rate} on {run.device or 'no device'}{_by(run)}"]
    if run.loss is not None:
        trained, losses = run.experiment.trained, run.losses or {}
        told = [f"{term} {value:.2g}" if term in trained else f"{term} built in" for term, value in losses.items()]
        lines.append("  ".join([f"loss {run.loss:.2g}", *told]))
    held = beside.validation
    if held is not None:
        kept = f"loss {held['loss']:.2g} at the data that are held out, of step {held['best']:,}, whose weights are kept"
        rose = f"; it rose to {held['last']:.2g} by step {held['step']:,}" if held["last"] > held["loss"] else ""
        lines.append(kept + rose)
    lines += [_constant(name, found, dict(run.experiment.values).get(name)) for name, found in run.estimates.items()]
    least = reference.error * 1.001 if isinstance(reference, Reference) else 0.0
    for name, scores, bound in ((_L2, run.relative_l2, least), ("max error", run.max_error, None)):
        known = {unknown: score for unknown, score in (scores or {}).items() if score is not None}
        if known:
            told = [f"{unknown} {'at most ' if bound and score <= bound else ''}{score:.2g}" for unknown, score in known.items()]
            lines.append(f"{name}  " + "  ".join(told))
    if reference is not None:
        lines.append(f"reference: {_reference(reference, beside.nearest)}")
    return "\n".join(lines)


_DOUBTS = {
    "undetermined": "which is not determined: the data leave it open, or training is stuck at a wrong value",
    "entangled": "which has no interval, as another constant is not determined",
    "unmet": "which nothing can be said of: the network does not obey the equations yet",
    "unsettled": "which training was still moving: more steps are needed before it has an interval",
}
"""The sentence about a constant that a run has not found, for each reason."""


def _constant(name: str, found: dict[str, Any], truth: float | None) -> str:
    """A constant that was found, in words."""
    told = f"{name} {found['value']:.6g}"
    if found["doubt"] is not None:
        told += f"  {_DOUBTS[found['doubt']]}"
    if found["low"] is not None:
        told += f"  95 % interval {found['low']:.6g} to {found['high']:.6g}"
    return told if truth is None else f"{told}  (truth {truth:g})"


def _by(run: Run) -> str:
    """The engine that took the steps; nothing of a run that has taken none."""
    return f" by the {run.engine} engine" if run.step and run.engine != "auto" else ""


def _reference(answer: Answer, nearest: int | None = None) -> str:
    """A reference in words, or why there is none."""
    if isinstance(answer, TangenteError):
        return f"none. {answer.message}"
    accuracy = f"relative error {answer.error:.1g} by its own estimate" if answer.error else "no error but rounding"
    return f"{answer.method}, {accuracy}, in {answer.seconds:.2g} s{_several(answer, nearest)}"


def _several(reference: Reference, nearest: int | None) -> str:
    """The number of solutions, if there are several, and the number of the nearest."""
    count = len(reference.solutions)
    if count == 1:
        return ""
    return f"; {count} solutions" if nearest is None else f"; solution {nearest} of {count} is the nearest"


def _error(run: Run) -> str:
    error = run.error or {"code": "run-lost", "values": {}}
    return RunError(error["code"], **error["values"]).message


def _result(run: Run, reference: Answer, beside: Beside) -> dict[str, Any]:
    found = None if isinstance(reference, TangenteError) else reference
    solutions = {"solutions": len(found.solutions), "nearest": beside.nearest} if found else {}
    return {
        "key": run.key,
        "run": run.id,
        "parent": run.parent,
        "before": run.before,
        "status": run.status,
        "steps": run.step,
        "seconds": run.seconds,
        "steps_per_second": run.step / run.seconds if run.seconds else None,
        "loss": run.loss,
        "losses": run.losses,
        "relative_l2": run.relative_l2,
        "max_error": run.max_error,
        "reference": found and {"method": found.method, "error": found.error, "seconds": found.seconds, **solutions},
        "estimates": run.estimates,
        "validation": beside.validation,
        "device": run.device,
        "engine": run.engine,
        "experiment": run.experiment.table(),
    }


def _problems(options: argparse.Namespace) -> int:
    width = max(map(len, library()))
    for name in library():
        problem = load(name)
        print(f"{name:{width}} {problem.difficulty:8} {problem.title}")
    return 0


def _runs(options: argparse.Namespace) -> int:
    store = RunStore(options.store)
    for run in _seen(store, *store.runs(options.limit)):
        experiment = run.experiment
        scores = [score for score in (run.relative_l2 or {}).values() if score is not None]
        error = f"L2 {max(scores):.1e}" if scores else ""
        name = experiment.problem.name or experiment.problem.title
        print(f"{run.id}  {run.status:8} {name:20} {experiment.depth}×{experiment.width:<4} step {run.step:>7,}  {error:12} {_ago(run)}")
    return 0


def _worker(options: argparse.Namespace) -> int:
    """Work for a scheduler, whose server has the same store."""
    store = RunStore(options.store)
    if not store.shared:
        raise InputError("scheduler-without-shared-store", scheduler=options.address)
    from core.running.worker import work  # torch takes seconds to import

    try:
        work(options.address, store.url)
    except OSError as error:
        raise RunError("scheduler-unreachable", address=options.address, reason=str(error)) from error
    return 0


def _frameworks(options: argparse.Namespace) -> int:
    installing.install(lambda line: print(line, flush=True))
    print(f"The frameworks are in {installing.folder()}.")
    return 0


def _completion(options: argparse.Namespace) -> int:
    """Print a script for the shell."""
    choices = {"--" + name.replace("_", "-"): words for name, item in HYPERPARAMETERS.items() if (words := _possible(item))}
    named = dict.fromkeys(("solve", "seeds", "reference"), library())
    print(completion(_parser(options.program), choices, named), end="")
    return 0


def _show(options: argparse.Namespace) -> int:
    store = RunStore(options.store)
    (run,) = _seen(store, store.find(options.run))
    print(f"run {run.id}, {_ago(run)}")
    if run.parent is not None:
        print(f"goes on from run {run.parent}, after {run.before:,} steps")
    print(_summary(run, classical.known(store, run.experiment.problem, dict(run.experiment.values)), _beside(store, run)))
    if run.error is not None:
        print(_error(run))
    print()
    print(run.experiment.to_toml(), end="")
    return 0


def _seen(store: RunStore, *runs: Run) -> list[Run]:
    """The runs, those stopped whose process has not been heard of for as long as a lease lasts: it is dead."""
    waiting = {run.id for run in store.claimable()}
    return [replace(run, status="stopped") if run.status == "running" and run.id in waiting else run for run in runs]


def _ago(run: Run) -> str:
    seconds = time.time() - (run.finished or run.created)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


if __name__ == "__main__":
    sys.exit(main())
