"""One step, taken apart: five parts of PyTorch as one real training step, line by line, with its tensors and its graph."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errands.batch import Errand
from dashboard.figures.style import axis, colour, layout, logarithmic
from dashboard.texts import _
from dashboard.why_pytorch import asking

KIND = "anatomy"

_component = asking.section(KIND)


@st.fragment
def show() -> None:
    """The section."""
    st.markdown(
        _(
            "One training step is five parts of PyTorch: `Sequential`, `MSELoss`, `autograd.grad`, `Adam` and `zero_grad`. Here they teach "
            "a network of three neurons the equation $u' = -u$, $u(0) = 1$, at five points, and stop after each line, as a debugger does."
        )
    )
    asking.show(_component, KIND, _data(), lambda chosen: [Errand("torch", "core.why_pytorch.anatomy")])


def _data() -> dict[str, Any]:
    step = axis(_("step"))
    return {
        "start": _("Take a step apart"),
        "notes": _notes(),
        "texts": _texts(),
        "losses": layout(step, logarithmic(""), showlegend=True),
        "gradients": layout(step, logarithmic(""), showlegend=True),
        "lines": {"cleared": {"color": colour(0)}, "kept": {"color": colour(1)}},
    }


def _notes() -> list[tuple[str, str]]:
    """What to say of a line: of the first of these fragments that occurs in it."""
    return [
        ("manual_seed", _("Makes the first weights the same every time: whoever runs this sees the same numbers.")),
        (
            "Sequential",
            _(
                "The network: one input, three tanh neurons, one output. Its ten weights are leaves of the graph to come: nothing has "
                "computed them, and they want a gradient (requires_grad)."
            ),
        ),
        ("MSELoss", _("A function of two tensors: the mean of their squared differences. No tensor is made yet.")),
        (
            "Adam(",
            _("The optimiser is handed the weights, to change them in place. It never sees the loss: it reads what stands in each .grad."),
        ),
        (
            "linspace",
            _("Five points in [0, 1]. They want a gradient as well; otherwise nothing could be differentiated by t."),
        ),
        ("start, one", _("The condition u(0) = 1, as two tensors. They want no gradient.")),
        (
            "u = net",
            _(
                "What the network says at the five points. Its grad_fn shows that autograd has recorded how it was computed: "
                "see the graph of u."
            ),
        ),
        (
            "autograd.grad",
            _(
                "The derivative u′ at each point, exact up to rounding: the graph of u is walked backwards, down to t. create_graph=True "
                "records that walk as well, so that du has a graph of its own, and can be differentiated by the weights."
            ),
        ),
        ("equation =", _("How far the equation u′ = −u is from holding at the five points: the mean of the squares.")),
        ("condition =", _("How far u(0) is from 1, squared.")),
        ("loss =", _("One number, to be made small. Its graph holds all that has happened since the weights.")),
        (
            "backward",
            _(
                "Walks the graph of the loss backwards and adds what it finds to .grad of every leaf. No weight has moved yet. The points "
                "t have asked for a gradient, and so get one too, though nobody needs it."
            ),
        ),
        (
            "adam.step",
            _(
                "Moves every weight against its gradient. Adam's first step is as long as the learning rate, 0.05, "
                "however large the gradient."
            ),
        ),
        (
            "zero_grad",
            _(
                "Clears the gradients of the weights, but not that of t, which Adam was not given. Without this line, the next backward() "
                "would add to them: the two charts below show what becomes of that."
            ),
        ),
    ]


def _texts() -> dict[str, str]:
    return {
        "program": _("The program"),
        "tensors": _("What the line has done"),
        "nothing": _("It makes and changes no tensor."),
        "made": _("new"),
        "before": _("before"),
        "after": _("after"),
        "wanted": _("requires_grad"),
        "none": _("None"),
        "previous": _("Line before"),
        "next": _("Next line"),
        "graph": _("The graph that autograd built"),
        "of": _("of {name}"),
        "legend": _(
            "Arrows lead the way that backward() goes: from the result at the top to the leaves, where a gradient is laid down. Each node "
            "is the derivative of one operation; BackwardBackward is the derivative of a derivative."
        ),
        "described": _("The graph of {name}: {nodes} nodes, {edges} edges."),
        "losses": _("Loss, with and without zero_grad"),
        "gradients": _("Size of the gradient that Adam is given"),
        "cleared": _("with zero_grad"),
        "kept": _("without"),
        "verdict": _(
            "After {steps} steps the loss is {cleared} with zero_grad and {kept} without: there, each gradient is the sum of all so far, "
            "and the last one is {ratio} times as large."
        ),
    }
