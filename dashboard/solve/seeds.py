"""The section of the page Solve that trains an experiment with several seeds, and draws how far their results lie apart.

All it shows comes from the store, so whoever comes back finds it as it is. While seeds train, their results alone run again, once a second;
what is shown of runs that have ended is read once. A component without looks has the whole page run again when the status of a run changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.errors import TangenteError
from core.experiment.experiment import Experiment
from core.store import Run
from core.studies import seeds
from core.studies.seeds import FAILED, History, Outcome, Sought
from core.studies.spread import Array, Band, by_seconds, by_step, spread
from dashboard.components import component
from dashboard.components.chart.chart import chart
from dashboard.editor import previews
from dashboard.figures import bands as figures
from dashboard.problems.formula import letters
from dashboard.runs import actions
from dashboard.runs.status import STATES, TRAINING
from dashboard.server.services import store
from dashboard.server.visitor import visitor
from dashboard.solve import shown
from dashboard.texts import _, ngettext
from dashboard.texts.formats import count, in_markdown, number, precise

NAMES = _OPEN, _COUNT = "bands", "seeds"
"""The names in the address for whether the section is unfolded, and for the number of seeds."""
_AGAINST = "seeds-against"
_EVERY = 1.0  # seconds between two looks while something trains
_HEIGHT = 300

_follow = component("seeds", isolated=True)


def sought(experiment: Experiment) -> Outcome | None:
    """What the section's seeds come to where constants are to be found, for the stage to tell beside its own; else nothing is read.

    Raises `TangenteError` where the store cannot be read.
    """
    if not experiment.problem.estimates:
        return None
    return seeds.outcome([run for run in _runs(seeds.experiments(experiment, _wanted())) if run])


def _wanted() -> int:
    """The number of seeds that is asked for, also where the address alone says so yet."""
    try:
        return seeds.COUNT.check(_COUNT, st.session_state.get(_COUNT, st.query_params.get(_COUNT, seeds.USUAL)))
    except TangenteError:
        return seeds.USUAL


def section(experiment: Experiment, key: str, *, possible: bool) -> None:
    """The section, folded away at first; `key` is the problem's, and only what is `possible` can be trained."""
    label = _("Several seeds: how much is luck?")
    place = st.expander(label, key=_OPEN, icon=":material/stacked_line_chart:", on_change="rerun", bind="query-params")
    with place:
        if place.open:
            _contents(experiment, key, possible)


def _contents(experiment: Experiment, key: str, possible: bool) -> None:
    st.markdown(
        _(
            "A seed fixes the first weights and the points, so one run is one throw of the dice. Train the same "
            "experiment with several seeds, and see what all have in common. They wait until the runs of all "
            "pages have a worker; they go on if you leave, and the results are kept."
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="seeds-buttons"):
        limits = seeds.COUNT
        wanted = st.number_input(_("Number of seeds"), limits.low, limits.high, seeds.USUAL, key=_COUNT, width=150, bind="query-params")
        experiments = seeds.experiments(experiment, int(wanted))
        runs = _runs(experiments)
        missing = [one for one, run in zip(experiments, runs, strict=True) if not _settled(run)]
        label = _("Train {count} seeds").format(count=len(experiments))
        st.button(
            label,
            "seeds-train",
            icon=":material/play_arrow:",
            type="primary",
            on_click=actions.train_seeds,
            args=(missing,),
            disabled=not (possible and missing),
        )
        st.button(
            _("Stop all"),
            "seeds-stop",
            icon=":material/stop:",
            on_click=actions.stop_all,
            args=([run for run in runs if run],),
            disabled=not _training(runs),
        )
        under_way = {run.id: run.status for run in runs if run and run.status in TRAINING}
        _follow(key="seeds-follow", data={"runs": under_way}, on_look_change=lambda: None)
    st.fragment(_results, run_every=_EVERY if under_way else None)(experiment, experiments, key)


def _results(experiment: Experiment, experiments: Sequence[Experiment], key: str) -> None:
    """All results as they are now; what takes time comes first, as the page may interrupt this wherever something is drawn."""
    try:
        runs = _runs(experiments)
        solutions = _fields(tuple((run.id, run.finished) for run in runs if run and run.status == "done"))
        courses = {run.id: _history(run) for run in runs if run and (run.step or run.status == "diverged")}
        outcome = seeds.outcome([run for run in runs if run])
        st.markdown("  \n".join([_sentence(outcome, len(experiments)), *_constants(outcome)]))
        st.markdown(_table(experiments, runs, courses, key))
        _courses(list(courses.values()))
        _solutions(experiment, *solutions)
    except TangenteError as error:
        st.error(in_markdown(error))


def _runs(experiments: Sequence[Experiment]) -> list[Run | None]:
    """Each experiment's newest run."""
    return [store().latest(experiment.key, visitor()) for experiment in experiments]


def _settled(run: Run | None) -> bool:
    """Whether the section has nothing to begin."""
    return run is not None and (seeds.ended(run) or run.status in TRAINING)


def _training(runs: Sequence[Run | None]) -> bool:
    return any(run and run.status in TRAINING for run in runs)


# What they come to.


def _sentence(outcome: Outcome | None, wanted: int) -> str:
    """The median and the spread of what has been trained, and how many have failed."""
    if outcome is None:
        return _("No seed is trained yet.")
    over = _("{count} seeds") if outcome.count == wanted else _("{trained} of {count} seeds")
    said = {"over": over.format(trained=count(outcome.count), count=count(wanted)), **_extent(outcome)}
    if outcome.error is None:
        return _("**Median loss {median}** ({low} to {high}) over {over}; there is no reference to score them by.").format(**said)
    return " ".join([_("**Median relative L2 {median}** ({low} to {high}) over {over}.").format(**said), _failures(outcome)])


def _constants(outcome: Outcome | None) -> list[str]:
    """A sentence for each constant that the runs had to find."""
    return [_sought(letters(name), sought) for name, sought in (outcome.constants if outcome else {}).items()]


def _sought(name: str, sought: Sought) -> str:
    """What the runs found for a constant, and how many of them leave it in doubt."""
    parts = []
    if sought.spread is not None:
        values = {part: precise(getattr(sought.spread, part)) for part in ("median", "low", "high")}
        told = ngettext(
            "**{name} = {median}** ({low} to {high}) with {count} seed.",
            "**{name} = {median}** ({low} to {high}) with {count} seeds.",
            sought.count,
        )
        parts.append(told.format(name=name, count=count(sought.count), **values))
    if sought.doubted:
        told = ngettext("{count} seed leaves **{name}** in doubt.", "{count} seeds leave **{name}** in doubt.", sought.doubted)
        parts.append(told.format(name=name, count=count(sought.doubted)))
    return " ".join(parts)


def _extent(outcome: Outcome) -> dict[str, str]:
    of = outcome.loss if outcome.error is None else outcome.error
    return {name: _number(float(value)) for name, value in (("median", of.median), ("low", of.low), ("high", of.high))}


def _failures(outcome: Outcome) -> str:
    """The sentence that says how many seeds failed."""
    if not outcome.failed:
        return _("None failed: no error is above {limit}.").format(limit=number(FAILED))
    text = ngettext(
        "{failed} failed: its error is above {limit}, or it diverged.",
        "{failed} failed: their errors are above {limit}, or they diverged.",
        outcome.failed,
    )
    return text.format(failed=count(outcome.failed), limit=number(FAILED))


def _table(experiments: Sequence[Experiment], runs: Sequence[Run | None], courses: Mapping[str, History], key: str) -> str:
    """A row a seed, as Markdown; the number of the seed opens its run."""
    names = [item.name for item in experiments[0].problem.estimates]
    head = [_("Seed"), _("State"), _("Step"), _("Loss"), _("Relative L2"), *map(letters, names)]
    lines = [head, ["-:", "-", "-:", "-:", "-:", *["-:"] * len(names)]]
    for experiment, run in zip(experiments, runs, strict=True):
        link = f"[{experiment.seed}](?{urlencode(shown.query(experiment, key))})"
        lines.append([link, _(STATES[run.status if run else "none"]), *_row(run, courses), *(_value(run, name) for name in names)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _value(run: Run | None, name: str) -> str:
    """What a run has come to for a constant; with a question mark where that is in doubt."""
    if run is None or name not in run.estimates:
        return "–"
    found = run.estimates[name]
    return precise(found["value"]) if found["doubt"] is None else _("{value} ?").format(value=precise(found["value"]))


def _row(run: Run | None, courses: Mapping[str, History]) -> list[str]:
    """How far a run is, and how good: at its end, or at the last moment that was kept."""
    if run is None:
        return ["–", "–", "–"]
    course = courses.get(run.id)
    if seeds.ended(run) or course is None:
        return [count(run.step), _number(run.loss), _number(seeds.error(run.relative_l2))]
    return [count(run.step), *(_number(float(series.y[-1]) if len(series.y) else None) for series in (course.loss, course.error))]


def _number(value: float | None) -> str:
    return "–" if value is None else "∞" if value == float("inf") else number(value)


# The figures.


def _history(run: Run) -> History:
    return _kept(run.id, run.finished) if run.finished and run.status not in TRAINING else seeds.history(store(), run)


@lru_cache(maxsize=64)
def _kept(run_id: str, finished: float) -> History:
    """The course of a run that has ended, at that time."""
    return seeds.history(store(), store().get(run_id))


def _words() -> figures.Words:
    return figures.Words(_("median"), _("middle half"), _("smallest to largest"))


def _courses(histories: Sequence[History]) -> None:
    """Loss and error as the training goes on, against steps or seconds."""
    axes = {"step": _("step"), "seconds": _("seconds")}
    against = st.segmented_control(_("Against"), list(axes), format_func=axes.__getitem__, default="step", key=_AGAINST, required=True)
    if against == "seconds":
        loss = by_seconds([history.loss_in_seconds for history in histories])
        error = by_seconds([history.error_in_seconds for history in histories])
    else:
        loss, error = by_step([history.loss for history in histories]), by_step([history.error for history in histories])
    hint = _("The median and the spread over the seeds appear here.")
    left, right = st.columns(2, gap="small")
    with left:
        _course(loss, axes[against or "step"], "seeds-loss", _("Loss"), hint)
    with right:
        _course(error, axes[against or "step"], "seeds-error", _("Relative L2 error"), hint)


def _course(band: Band, along: str, key: str, title: str, hint: str) -> None:
    figure = figures.course(band, along, _words()) if len(band.x) else None
    label = _("{title}: median and spread over the seeds, against {axis}.").format(title=title, axis=along)
    chart(figure, key=key, title=title, hint=hint, label=label, height=_HEIGHT)


def _solutions(experiment: Experiment, axes: Mapping[str, Array], values: Mapping[str, NDArray[np.float32]]) -> None:
    """What the trained networks say: the median and the bands over one coordinate, how far they are apart over two or three."""
    problem = experiment.bound
    hint = _("The solutions of the trained networks appear here, one beside the other.")
    if len(problem.coordinates) == 1:
        title = _("Solution, median and spread")
        (coordinate,) = problem.coordinates
        spreads = {unknown: spread(of) for unknown, of in values.items()}
        figure = figures.curves(coordinate, axes[coordinate.name], spreads, _words()) if spreads else None
    else:
        title, figure = _("Spread of the solution, largest minus smallest"), None
        unknown, cut = previews.choice(problem, "seeds") if values else (0, None)
        if values:
            of = values[problem.unknowns[unknown]]
            figure = figures.distance(problem.coordinates, [axes[item.name] for item in problem.coordinates], of.max(0) - of.min(0), cut)
    chart(figure, key="seeds-field", title=title, hint=hint, label=title, height=_HEIGHT)


@lru_cache(maxsize=16)
def _fields(ended: tuple[tuple[str, float | None], ...]) -> tuple[Mapping[str, Array], Mapping[str, NDArray[np.float32]]]:
    """The fields of runs that are done, by their ids and the times of their ends."""
    return seeds.fields(store(), [store().get(run_id) for run_id, _finished in ended])
