"""The figure of the constants that are to be found."""

from __future__ import annotations

from dashboard.figures.constants import constants


def test_each_constant_has_a_row_with_its_name_as_on_paper() -> None:
    figure = constants({"delta": "δ", "omega0": "ω₀"}, step="step", truth="truth")
    assert (figure.layout.yaxis.title.text, figure.layout.yaxis2.title.text) == ("δ", "ω₀")
    assert (figure.layout.xaxis.title.text, figure.layout.xaxis2.title.text) == (None, "step")
    filled = {trace.meta["fill"]["y"] for trace in figure.data}
    assert {f"{kind}.{name}" for kind in ("truth", "cursor", "estimate", "interval") for name in ("delta", "omega0")} == filled
