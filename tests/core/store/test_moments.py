"""Moments as bytes: rounded to a part of their own range, read back by any tool, and frames of before read as moments."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import load

from core.files.tensors import metadata
from core.store import frames
from core.store.moments import header_of, of_frame, pack, unpack


def old_frame(header: dict[str, object], arrays: dict[str, np.ndarray]) -> bytes:
    """A frame as stores of before have it."""
    places, parts, offset = {}, [], 0
    for name, array in arrays.items():
        parts.append(np.ascontiguousarray(array, "<f4").tobytes())
        places[name] = {"offset": offset, "shape": list(array.shape)}
        offset += len(parts[-1])
    text = json.dumps({**header, "arrays": places}).encode()
    text += b" " * (-(4 + len(text)) % 8)
    return b"".join([struct.pack("<I", len(text)), text, *parts])


@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=1, max_dims=3, max_side=6),
        elements=st.floats(-1e300, 1e300, exclude_min=True, exclude_max=True) | st.sampled_from([np.nan, np.inf, -np.inf]),
    )
)
def test_a_field_comes_back_within_half_a_65534th_of_its_range(field: np.ndarray) -> None:
    _, fields = unpack(pack({}, {"solution.u": field}))
    found, finite = fields["solution.u"], np.isfinite(field)
    assert found.shape == field.shape
    np.testing.assert_array_equal(np.isnan(found), ~finite)
    if finite.any():
        span, size = np.ptp(field[finite]), np.abs(field[finite]).max()
        assert np.abs(found[finite] - field[finite]).max() <= span / 65534 * 0.501 + 4 * np.finfo(np.float64).eps * size + 1e-307


def test_any_tool_opens_a_moment() -> None:
    error = np.array([[0.0, 1e-9], [2e-9, np.nan]])
    data = pack({"step": 7, "loss": float("nan")}, {"solution.u": np.array([-1.0, 1.0]), "error.u": error})
    header = json.loads(metadata(data)["header"])
    tensors = load(data)
    assert header["step"] == 7 and header["loss"] is None
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype("int16")}
    assert tensors["error.u"][1, 1] == -32768
    scale, offset = header["scales"]["error.u"]
    np.testing.assert_allclose(offset + scale * tensors["error.u"][0], error[0], rtol=0, atol=1e-13)  # small beside the solution, and kept
    assert header_of(data) == header


def test_what_is_the_same_everywhere_is_exact() -> None:
    _, fields = unpack(pack({}, {"solution.u": np.full((3, 3), 0.1), "residual.1": np.full(2, np.inf)}))
    assert (fields["solution.u"] == 0.1).all() and np.isnan(fields["residual.1"]).all()


@pytest.mark.parametrize("packed", [old_frame, frames.pack])
def test_a_frame_is_read_as_a_moment(packed: type(old_frame)) -> None:  # type: ignore[valid-type]
    arrays = {"axis.t": np.arange(3.0), "solution.u": np.array([0, 1, 2.5]), "reference.u": np.ones(3), "loss.total": np.ones(1)}
    header, fields = unpack(packed({"step": 9}, arrays))
    assert header == {"step": 9} and fields.keys() == {"solution.u"}
    np.testing.assert_array_equal(fields["solution.u"], arrays["solution.u"])


def test_a_frame_of_before_becomes_a_moment_and_a_moment_stays_as_it_is() -> None:
    made = of_frame(old_frame({"step": 9}, {"solution.u": np.array([0, 1, 2.5]), "axis.t": np.arange(3.0)}))
    assert header_of(made)["step"] == 9 and header_of(made)["change"] is None and load(made).keys() == {"solution.u"}
    np.testing.assert_allclose(unpack(made)[1]["solution.u"], [0, 1, 2.5], atol=1e-4)
    assert of_frame(made) is made


def test_a_frame_of_before_is_still_a_frame() -> None:
    header, arrays = frames.unpack(old_frame({"step": 9}, {"axis.t": np.arange(3.0)}))
    assert header == {"step": 9}
    np.testing.assert_array_equal(arrays["axis.t"], [0, 1, 2])
