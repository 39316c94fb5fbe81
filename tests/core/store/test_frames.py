import json
import math
import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

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
    assert got_arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(got_arrays[name], array)


def test_a_browser_can_view_every_array_in_place() -> None:
    data = pack({"name": "ν"}, {"a": np.ones(3), "b": np.ones((2, 2))})
    (length,) = struct.unpack_from("<I", data)
    assert (4 + length) % 8 == 0
    places = json.loads(data[4 : 4 + length])["arrays"]
    assert all(place["offset"] % 4 == 0 for place in places.values())
