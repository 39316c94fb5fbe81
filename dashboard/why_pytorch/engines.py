"""Derivatives: the same training by nested autograd, by jets, and by the native step."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errands.batch import Errand
from core.problem.reading.reading import load
from core.why_pytorch.trainings import TRAININGS
from dashboard.figures.style import axis, colour, layout
from dashboard.texts import _
from dashboard.why_pytorch import asking

KIND = "engines"
NESTED = """
x, t = x.requires_grad_(), t.requires_grad_()
u = network(torch.cat([x, t], dim=1))
ones = torch.ones_like(u)
u_x, u_t = torch.autograd.grad(u, [x, t], ones, create_graph=True)
(u_xx,) = torch.autograd.grad(u_x, [x], ones, create_graph=True)
"""
"""The derivatives of Burgers' equation by autograd. The columns, (n, 1), are the points."""
JETS = """
points = Columns(x=x, t=t)
wanted = [Derivative("u", by) for by in ("", "x", "t", "xx")]

found = jets.values(network, points, ["u"], frozenset(wanted))
u, u_x, u_t, u_xx = (found[item] for item in wanted)
"""
"""The code that computes the derivatives by jets."""

_component = asking.section(KIND)


def show() -> None:
    """The section."""
    st.subheader(_("Derivatives: autograd, and faster ways to the same numbers"), anchor=False)
    st.markdown(
        _(
            "The loss holds derivatives of the network. Nested `autograd.grad` can take them of any function: it walks back through its "
            "graph once for each order, and `backward()` then walks back through all of that. *Jets* push all derivatives forward "
            "through the layers at once; the *native* step does so in one compiled program, together with the loss and Adam, for plain "
            "perceptrons. Autograd stays the reference that both are tested against, here once more."
        )
    )
    shown = {_("Nested autograd, for Burgers' equation"): NESTED, _("The same derivatives by jets, `core/derivatives/jets`"): JETS}
    for column, (title, code) in zip(st.columns(2), shown.items(), strict=True):
        with column:
            st.caption(title)
            st.code(code.strip(), language="python", wrap_lines=True)
    asking.show(_component, KIND, _data(), _errands)


def _errands(problem: str) -> list[Errand]:
    return [Errand("torch", "core.why_pytorch.engine_rates", (problem,))] if problem in TRAININGS else []


def _data() -> dict[str, Any]:
    label = _("{title}: {depth} layers of {width}, {points} points")
    return {
        "start": _("Measure the engines"),
        "trainings": [
            {
                "name": name,
                "label": label.format(title=_(load(name).title), depth=one.depth, width=one.width, points=f"{one.points:,}"),
            }
            for name, one in TRAININGS.items()
        ],
        "layout": layout(axis(_("steps a second"), rangemode="tozero"), axis("", showgrid=False), bargap=0.35),
        "engines": {
            "autograd": {"name": _("nested autograd"), "color": colour(0)},
            "jets": {"name": _("jets"), "color": colour(2)},
            "native": {"name": _("native step"), "color": colour(1)},
        },
        "texts": _texts(),
    }


def _texts() -> dict[str, Any]:
    return {
        "training": _("Training"),
        "preparing": _("Each engine takes the same {steps} steps; the native one may have to be compiled before …"),
        "turn": _("Turn {turn}"),
        "title": _("Steps a second, {label}"),
        "times": _("{rate} · {ratio} times"),
        "both": _("Here jets take {jets} times and the native step {native} times as many steps a second as nested autograd."),
        "jets": _("Here jets take {jets} times as many steps a second as nested autograd. The native step is not there."),
        "same": _("They compute the same: their losses differ by {difference} of their size at most in the first {steps} steps."),
        "apart": _("Their losses differ by up to {difference} of their size in the first {steps} steps: more than rounding explains."),
    }
