"""The figures of a diagnosis: what is given is what is drawn."""

from __future__ import annotations

import pytest

from dashboard.figures import diagnosis


def test_bars_begin_a_decade_below_the_smallest_and_one_that_vanishes_is_none() -> None:
    figure = diagnosis.gradients({"equation": 10.0, "condition": 1e-3, "none": 0.0}, "norm")
    assert list(figure.data[0].y) == ["equation", "condition", "none"] and list(figure.data[0].x) == [10.0, 1e-3, 0.0]
    assert figure.layout.xaxis.range[0] == pytest.approx(-4) and figure.layout.xaxis.range[1] > 1
    assert diagnosis.gradients({"equation": 0.0}, "norm").layout.xaxis.range is not None


def test_cosines_have_their_numbers_in_their_squares() -> None:
    (squares,) = diagnosis.cosines(["a", "b"], [[1.0, -0.5], [-0.5, 1.0]]).data
    assert [list(row) for row in squares.text] == [["1.00", "−0.50"], ["−0.50", "1.00"]]
    assert (squares.zmin, squares.zmax) == (-1, 1)


def test_a_spectrum_leaves_out_rounding_and_has_the_line_of_what_is_slow() -> None:
    line, cut = diagnosis.spectrum([100.0, 1.0, 1e-20, 0.0], 0.1, number="number", eigenvalue="eigenvalue", slow="slow below").data
    assert list(line.y) == [100.0, 1.0] and list(line.x) == [1, 2]
    assert list(cut.y) == [0.1, 0.1] and list(cut.x) == [1, 2]
