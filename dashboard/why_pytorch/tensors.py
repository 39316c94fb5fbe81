"""Tensors in NumPy's place: the same expression in both, timed on the devices that are present."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errands.batch import Errand
from core.why_pytorch.operations import OPERATIONS
from dashboard.figures.style import TEXT, colour, layout, logarithmic
from dashboard.texts import _
from dashboard.why_pytorch import asking

KIND = "tensors"

_component = asking.section(KIND)


def show() -> None:
    """The section."""
    st.markdown(
        _(
            "A tensor of PyTorch can stand where an array of NumPy stood, often in the same words. Is it faster? Choose an operation: it "
            "is timed in both, in turns, with float32 numbers, one thread each, and memory that is kept from call to call, as in a "
            "training. The numbers lie on the device already: what it takes to carry them to a GPU is not counted."
        )
    )
    asking.show(_component, KIND, _data(), _errands)


def _errands(operation: str) -> list[Errand]:
    return [Errand("torch", "core.why_pytorch.tensors", (operation,))] if operation in OPERATIONS else []


def _data() -> dict[str, Any]:
    return {
        "start": _("Measure"),
        "operations": [
            {
                "name": operation.name,
                "label": _(operation.label),
                "numpy": operation.written("np"),
                "torch": operation.written("torch"),
                "square": operation.square,
                "remark": _(operation.remark),
            }
            for operation in OPERATIONS.values()
        ],
        "layout": layout(logarithmic(_("numbers")), logarithmic(_("seconds")), showlegend=True),
        "colours": [TEXT, *(colour(index) for index in range(5))],
        "texts": _texts(),
    }


def _texts() -> dict[str, Any]:
    return {
        "operation": _("Operation"),
        "vectors": _("a and b are vectors."),
        "matrices": _("a and b are square matrices."),
        "measuring": _("{done} of {all} sizes"),
        "title": _("Seconds for one {code}"),
        "numbers": _("numbers"),
        "times": _("{name}, times NumPy's speed"),
        "on": _("{library} on {device}"),
        "equal": _("{name} is as fast as NumPy at every size, to within a tenth."),
        "slower": _("{name} is nowhere faster than NumPy; at {worst} numbers it takes {slow} times as long."),
        "faster": _("{name} is nowhere slower than NumPy; at {best} numbers it is {fast} times as fast."),
        "from": _(
            "{name} is faster than NumPy from {first} numbers on, at most {fast} times as fast, at {best}; with fewer it is slower, and "
            "takes up to {slow} times as long, at {worst}."
        ),
        "mixed": _(
            "{name} is faster than NumPy at {faster} of {all} sizes, at most {fast} times as fast, at {best} numbers; it is slower at "
            "{slower}, and takes up to {slow} times as long, at {worst}."
        ),
        "noGpu": _("torch finds no GPU on this machine; whether one would win cannot be measured here."),
        "leftOut": _("The largest sizes were left out: this machine takes too long for them."),
    }
