"""Diagnosis: plain sentences on what is wrong with a run that has ended, each with what was measured and what to set instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.diagnosis.case import Case
from core.diagnosis.findings import FAULTS, Finding, findings, good
from core.diagnosis.quantities import Checked, Measures
from core.diagnosis.remedies import Settings
from core.errands.batch import Errand
from core.errors import TangenteError
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.references import Reference
from core.store import Run, classical
from dashboard.components.chart.chart import chart
from dashboard.figures import diagnosis as figures
from dashboard.problems import terms
from dashboard.server import batches
from dashboard.server.services import store
from dashboard.solve.shown import NONE
from dashboard.solve.stops import written
from dashboard.texts import _, worded
from dashboard.texts.formats import count, number, percent, plain

ENDED = ("done", "stopped", "paused", "diverged")
"""The states of runs of which there is something to say."""
FAILED = 0.1
"""The relative error beyond which a run did not learn its problem."""
OFTEN = 0.5
"""Seconds between two looks at what is being measured."""
HEIGHT = 300


def show(run: Run | None) -> None:
    """The section of a run: a button that has it measured, and what is found; open where the run did not learn its problem."""
    ended = run if run is not None and run.status in ENDED else None
    kind = _kind(ended) if ended else ""
    batch = batches.newest(kind)
    running = batch is not None and batch.running
    with st.expander(_("Diagnosis: what is wrong, and what to change"), expanded=_failed(ended)):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            idle = ended is None or running
            st.button(_("Diagnose this run"), "diagnose", icon=":material/troubleshoot:", on_click=_start, args=(ended,), disabled=idle)
            st.button(_("Stop measuring"), "diagnose-stop", icon=":material/stop:", on_click=_stop, args=(kind,), disabled=not running)
        if ended is None:
            st.caption(_("A run can be measured here once it is done, stopped or has diverged."))
        elif running:
            _progress(kind)
        elif batch is not None:
            _told(ended, batches.told(batch.id, 0))
        else:
            st.caption(_("Measures the network at its last checkpoint, in a process of its own, within seconds."))


def _failed(run: Run | None) -> bool:
    """Tell whether a run ended far from its reference, or blew up."""
    errors = [error for error in (run.relative_l2 or {}).values() if error is not None] if run else []
    return run is not None and (run.status == "diverged" or max(errors, default=0.0) > FAILED)


def _kind(run: Run) -> str:
    """A run that goes on has more steps, and is measured anew."""
    return f"diagnosis-{run.id}-{run.step}"


def _start(run: Run) -> None:
    errand = Errand("diagnosis", "core.diagnosis", (run.id,), environment={"TANGENTE_STORE": store().url})
    batches.start(_kind(run), [errand], timed=False)


def _stop(kind: str) -> None:
    batch = batches.newest(kind)
    if batch is not None:
        batch.stop()


@st.fragment(run_every=OFTEN)
def _progress(kind: str) -> None:
    """The progress of the diagnosis; once it is over, the page shows what was found."""
    batch = batches.newest(kind)
    if batch is None or not batch.running:
        st.rerun()
    done = [event for event in batch.events() if event["event"] == "progress"]
    part = done[-1]["done"] / done[-1]["parts"] if done else 0.0
    st.progress(part, _("Measuring …") if done else _("Python is being started …"))


def _told(run: Run, events: list[dict[str, Any]]) -> None:
    """What a batch that is over has come to."""
    measured = next((event for event in events if event["event"] == "measured"), None)
    failed = next((event for event in events if event["event"] == "failed"), None)
    if measured is not None:
        _diagnosis(_case(run, Measures.read(measured["measures"])))
    elif failed is not None:
        st.error(plain(f"{failed['message']} {failed['complained']}"))
    else:
        st.caption(_("Stopped."))


def _case(run: Run, measures: Measures) -> Case:
    """A run with what was measured of it, and how good its reference claims to be, or why there is none."""
    known = classical.known(store(), run.experiment.problem, dict(run.experiment.values))
    reference = known.error if isinstance(known, Reference) else None
    refusal = known if isinstance(known, TangenteError) else None
    return Case(run.experiment, run.status, run.step, measures, run.relative_l2 or {}, reference, refusal)


def _diagnosis(case: Case) -> None:
    found = findings(case)
    for finding in found:
        _finding(case.experiment, finding)
    if not found:
        _nothing(case)
    if case.measures.checked is not None:
        st.caption(_("How far a term is unmet: the part of its summands that is left over, at points that were not trained on."))
        _figures(case.experiment, case.measures.checked)


def _finding(experiment: Experiment, finding: Finding) -> None:
    """A fault: its name, its sentence, and a button for each remedy."""
    fault = FAULTS[finding.code]
    values = {name: plain(text) for name, text in _worded(experiment, finding.values).items()}
    with st.container(border=True, gap="small", key=f"finding-{finding.code}"):
        st.markdown(f"**{_(fault.title).format(**values)}.** {_(fault.sentence).format(**values)}")
        with st.container(horizontal=True, gap="xsmall"):
            for place, remedy in enumerate(finding.remedies):
                key = f"remedy-{finding.code}-{place}"
                st.button(_label(experiment, remedy), key, icon=":material/healing:", on_click=st.session_state.update, args=(remedy,))


def _nothing(case: Case) -> None:
    figures = good(case)
    if figures is None:
        st.info(_("Nothing could be measured: the run took no step, or left no checkpoint with finite weights."))
        return
    text = _(
        "Nothing suspicious: every term is met to {unmet}; at fresh points the residual is {ratio} times what it is at those "
        "of the training; rounding is {rounding} of it; over the last fifth of the run the loss was divided by {fell}."
    )
    beside = (
        _("The relative error is {error}.")
        if "error" in figures
        else _("The error is not known, as there is no reference: that the terms are met does not prove the solution right.")
    )
    st.success(plain(f"{text} {beside}".format(**_worded(case.experiment, figures))))


def _figures(experiment: Experiment, checked: Checked) -> None:
    labels = [terms.labels(experiment)[term.name] for term in checked.terms]
    drawn = [(_gradients, True), (_cosines, len(labels) > 1), (_spectrum, checked.spectrum is not None)]
    wanted = [draw for draw, there in drawn if there]
    for column, draw in zip(st.columns(len(wanted)), wanted, strict=True):
        with column:
            draw(labels, checked)


def _gradients(labels: list[str], checked: Checked) -> None:
    norms = dict(zip(labels, (term.gradient for term in checked.terms), strict=True))
    label = _("The norm of the gradient of each term of the loss, with its weight.")
    chart(figures.gradients(norms, _("norm")), key="diagnosis-gradients", title=_("Gradients of the terms"), label=label, height=HEIGHT)


def _cosines(labels: list[str], checked: Checked) -> None:
    label = _("The cosines between the gradients of the terms: 1 where they agree, −1 where they are against each other.")
    figure = figures.cosines(labels, checked.cosines)
    chart(figure, key="diagnosis-cosines", title=_("Cosines between them"), label=label, height=HEIGHT)


def _spectrum(labels: list[str], checked: Checked) -> None:
    assert checked.spectrum is not None
    words = {"number": _("number"), "eigenvalue": _("eigenvalue"), "slow": _("slow below")}
    figure = figures.spectrum(checked.spectrum.eigenvalues, checked.spectrum.cut, **words)
    label = _("The eigenvalues of the neural tangent kernel. Directions below the line are learned too slowly for the steps of this run.")
    chart(figure, key="diagnosis-spectrum", title=_("Tangent kernel"), label=label, height=HEIGHT)


# Words.


def _label(experiment: Experiment, remedy: Settings) -> str:
    """What a remedy's button says."""
    changes = [_("{name} to {value}").format(name=_name(experiment, key), value=_value(value)) for key, value in remedy.items()]
    return _("Set {changes}").format(changes=", ".join(changes))


def _name(experiment: Experiment, key: str) -> str:
    if key in HYPERPARAMETERS:
        label = _(HYPERPARAMETERS[key].label)
        return label[:1].lower() + label[1:]
    return _("weight of {term}").format(term=terms.labels(experiment)[key.partition(".")[2]])


def _value(value: Any) -> str:
    """A setting as its control writes it."""
    return value if isinstance(value, str) else NONE if value is None else written(value)


def _worded(experiment: Experiment, values: Mapping[str, Any]) -> dict[str, str]:
    """The values of a sentence, as they are read."""

    def term(name: str) -> str:
        return terms.labels(experiment)[name]

    formats: dict[str, Callable[[Any], str]] = {
        **dict.fromkeys(("term", "one", "other", "fastest"), term),
        **dict.fromkeys(("unmet", "slow", "rounding", "moved"), percent),
        **dict.fromkeys(("step", "points", "residual", "solution", "order", "smoothness"), count),
        **dict.fromkeys(("activation", "precision", "coordinate"), str),
        "reason": worded,
    }
    return {name: formats.get(name, number)(value) for name, value in values.items()}
