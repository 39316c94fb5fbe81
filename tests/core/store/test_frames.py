import json
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import load

from core.files.tensors import metadata
from core.store.frames import pack, unpack


@given(
    st.dictionaries(st.text(max_size=8), st.floats() | st.text(max_size=8) | st.none(), max_size=4),
    st.dictionaries(
        st.text(min_size=1, max_size=8), hnp.arrays(np.float32, hnp.array_shapes(min_dims=1, max_dims=3, max_side=5)), max_size=4
    ),
)
def test_unpack_gives_back_what_was_packed(header: dict[str, object], arrays: dict[str, np.ndarray]) -> None:
    header.pop("arrays", None)
    got_header, got_arrays = unpack(pack(header, arrays))
    finite = {name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in header.items()}
    assert got_header == finite
    assert list(got_arrays) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(got_arrays[name], array)


def test_any_tool_opens_a_frame() -> None:
    data = pack({"name": "ν"}, {"a": np.ones(3), "b": np.ones((2, 2))})
    assert json.loads(metadata(data)["header"]) == {"name": "ν"}
    assert {name: (tensor.dtype.name, tensor.shape) for name, tensor in load(data).items()} == {
        "a": ("float32", (3,)),
        "b": ("float32", (2, 2)),
    }
