"""What is claimed for PyTorch, by whom, and what was just measured of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.errands.batch import Event
from core.errors import N_
from core.why_pytorch.frameworks.catalogue import FRAMEWORKS, HAND, PAPER
from core.why_pytorch.frameworks.results import Result, results
from core.why_pytorch.frameworks.task import TASKS
from core.why_pytorch.operations import OPERATIONS
from dashboard.server import batches
from dashboard.texts import _
from dashboard.texts.formats import number
from dashboard.why_pytorch import mistakes, race, tensors

OURS, KERAS, NUMPY = "pytorch", "keras_pytorch", "numpy_by_hand"
NEAR = 0.8
"""A step rate of this part of the fastest counts as fast."""

Measured = Mapping[str, Result]
Verdict = tuple[str, str]
"""The name of a verdict in `VERDICTS`, and what was measured, in words."""

VERDICTS = {
    "yes": (N_("confirmed"), "green", ":material/check:"),
    "no": (N_("not confirmed"), "red", ":material/close:"),
    "partly": (N_("in part"), "orange", ":material/contrast:"),
    "open": (N_("not measured yet"), "gray", ":material/hourglass_empty:"),
}


Judge = Callable[[], Sequence[tuple[str, Verdict]]]
"""Gives the verdicts on a claim, each with what it is about, empty where that needs no saying."""


@dataclass(frozen=True)
class Claim:
    """A claim, its source, and how it is judged by what was measured last."""

    text: str
    source: str
    judge: Judge


def by_race(judge: Callable[[Measured], Verdict]) -> Judge:
    """Judge by the results of each training that was run."""

    def judged() -> list[tuple[str, Verdict]]:
        found = {task: results(batch.events()) for task in TASKS if (batch := batches.newest(race.kind(task)))}
        return [(_(race.NAMES[task]), judge(measured)) for task, measured in found.items()] or [("", judge({}))]

    return judged


def _labels(names: list[str]) -> str:
    return ", ".join(FRAMEWORKS[name].label for name in names)


def dynamic(measured: Measured) -> Verdict:
    """Whether PyTorch follows a change of the equation, and who does not."""
    if OURS not in measured:
        return "open", _("Run the frameworks above.")
    stale = [name for name, result in measured.items() if not result.follows]
    follow = [name for name, result in measured.items() if result.follows and name != OURS]
    if not measured[OURS].follows:
        return "no", _("PyTorch went on with the old equation.")
    parts = [_("PyTorch followed the change at once.")]
    if stale:
        parts.append(_("These went on with the old equation, without a word: {names}.").format(names=_labels(stale)))
    if follow:
        parts.append(_("It is not alone; these followed, too: {names}.").format(names=_labels(follow)))
    return "yes", " ".join(parts)


def fast(measured: Measured) -> Verdict:
    """How PyTorch's step rate compares with the fastest."""
    others = {name: result for name, result in measured.items() if name != OURS}
    if OURS not in measured or not others:
        return "open", _("Run the frameworks above; it takes two to compare.")
    best = max(others.values(), key=lambda result: result.steps_per_second)
    ratio = measured[OURS].steps_per_second / best.steps_per_second
    words = _("{label} made {best} steps a second, PyTorch {ours}: {ratio} times as many.").format(
        label=FRAMEWORKS[best.name].label,
        best=number(best.steps_per_second),
        ours=number(measured[OURS].steps_per_second),
        ratio=number(ratio),
    )
    return ("yes" if ratio >= 1 else "partly" if ratio >= NEAR else "no"), words


def differentiates(measured: Measured) -> Verdict:
    """The claim that derivatives of any order come from the framework, and what it takes without."""
    if OURS not in measured:
        return "open", _("Run the frameworks above.")
    manual = [name for name, framework in FRAMEWORKS.items() if framework.derivatives in (HAND, PAPER)]
    lines = FRAMEWORKS[NUMPY].lines
    words = _("PyTorch differentiated its own output twice in the loss. These need it done by hand: {names}.").format(names=_labels(manual))
    if lines:
        words += " " + _("It takes {lines} lines of code in NumPy, and {ours} in PyTorch.").format(lines=lines, ours=FRAMEWORKS[OURS].lines)
    return "yes", words


def simple(_measured: Measured) -> Verdict:
    """Whether a library on top would make the program shorter."""
    ours, keras = FRAMEWORKS[OURS].lines, FRAMEWORKS[KERAS].lines
    if not keras:
        return "open", _("There is no program to compare with.")
    words = _("The same training takes {ours} lines in PyTorch and {keras} in Keras on PyTorch. What reads better is a matter of taste.")
    return ("yes" if ours <= keras else "partly"), words.format(ours=ours, keras=keras)


def found(events: Sequence[Event]) -> Verdict:
    """Whether PyTorch showed each mistake by its line, and what a stop in the function showed, beside the others."""
    told = [event for event in events if event["event"] in ("mistake", "breakpoint")]
    if not [event for event in told if event["who"] == OURS]:
        return "open", _("Make the mistakes above.")
    lines = [event for event in told if event["who"] == OURS and event["event"] == "mistake"]
    shown = [event for event in lines if event["line"]]
    stops = {event["who"]: isinstance(event["shown"], float) and event["calls"] >= event["steps"] for event in told if "calls" in event}
    blind = [name for name, number in stops.items() if not number]
    words = _("PyTorch showed the line of {shown} of {all} mistakes; the others went on without a word, with a wrong number.").format(
        shown=len(shown), all=len(lines)
    )
    if stops.get(OURS):
        words += " " + _("A stop in the function came at every step and showed a number.")
    if blind:
        words += " " + _("This is not so in: {names}.").format(names=_labels(blind))
    return ("yes" if len(shown) == len(lines) and stops.get(OURS) else "partly" if stops.get(OURS) else "no"), words


def by_mistakes() -> list[tuple[str, Verdict]]:
    """Judge by the mistakes that were made."""
    batch = batches.newest(mistakes.KIND)
    return [("", found(batch.events() if batch else ()))]


def replaces(events: Sequence[Event]) -> Verdict:
    """Whether torch was faster than NumPy at the operation that was measured last."""
    verdicts = [event for event in events if event["event"] == "verdict"]
    if not verdicts:
        return "open", _("Measure an operation under Tensors.")
    operation = _(OPERATIONS[verdicts[-1]["operation"]].label)
    compared = verdicts[-1]["compared"]
    parts = [
        _("{name}: faster at {faster}, slower at {slower} of {all} sizes.").format(
            name=name, faster=len(it["faster"]), slower=len(it["slower"]), all=len(it["ratios"])
        )
        for name, it in compared.items()
    ]
    always = any(len(it["faster"]) == len(it["ratios"]) for it in compared.values())
    ever = any(it["faster"] for it in compared.values())
    words = _("{operation}, beside NumPy.").format(operation=operation) + " " + " ".join(parts)
    return ("yes" if always else "partly" if ever else "no"), words


def by_tensors() -> list[tuple[str, Verdict]]:
    """Judge by the operation that was measured last."""
    batch = batches.newest(tensors.KIND)
    return [("", replaces(batch.events() if batch else ()))]


CLAIMS = (
    Claim(
        N_("Its tensors take NumPy's place, and are faster, above all on a GPU."),
        "PyTorch, Deep Learning with PyTorch: a 60 minute blitz",
        by_tensors,
    ),
    Claim(
        N_("Graphs are made while they run: a function may change at run time, and the gradient follows."),
        "Paszke et al. 2017, Automatic differentiation in PyTorch",
        by_race(dynamic),
    ),
    Claim(N_("It is fast."), "Paszke et al. 2019, PyTorch: An Imperative Style, High-Performance Deep Learning Library", by_race(fast)),
    Claim(N_("It differentiates whatever NumPy could have computed."), "Paszke et al. 2017", by_race(differentiates)),
    Claim(N_("Networks need no higher-level library."), "Paszke et al. 2019, section 4", by_race(simple)),
    Claim(N_("Mistakes are easy to find: it runs line by line, in any debugger."), "Paszke et al. 2019, section 4.1", by_mistakes),
)


def show() -> None:
    """The section: each claim with its source and a verdict, for each training that was run."""
    st.subheader(_("The claims"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Each verdict is computed from what was measured on this machine, above."), width="stretch")
        st.button(_("Judge again"), "claims-again", icon=":material/refresh:")
    for claim in CLAIMS:
        with st.container(border=True):
            st.markdown(f"**{_(claim.text)}**  \n:small[{_('Source: {source}').format(source=claim.source)}]")
            for about, (verdict, words) in claim.judge():
                name, colour, icon = VERDICTS[verdict]
                st.markdown(f":{colour}-badge[{icon} {_(name)}] {about + ': ' if about else ''}{words}")
