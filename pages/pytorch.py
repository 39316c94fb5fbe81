"""Why PyTorch: the claims that are made for it, tested on the machine in front of you."""

from __future__ import annotations

import streamlit as st

from dashboard.texts import _
from dashboard.why_pytorch import anatomy, claims, devices, engines, mistakes, race, tensors

st.title(_("Why PyTorch"), anchor=False)
st.markdown(
    _(
        "PyTorch is praised for four things: its tensors take NumPy's place and run on GPUs; its graphs are made while they run, so that a "
        "function may change and the gradient follows; networks need no library on top; mistakes are easy to find. Test each of them here, "
        "on this machine, beside the other frameworks, also where it does not hold."
    )
)
names = [_("Frameworks"), _("Tensors"), _("Devices"), _("Derivatives"), _("One step, taken apart"), _("Debugging")]
for tab, section in zip(st.tabs(names), (race, tensors, devices, engines, anatomy, mistakes), strict=True):
    with tab:
        section.show()
claims.show()
