"""A mark says where a listing goes on; whatever else stands in an address is refused in words."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import HuitouError
from huitou.ground.marks import LARGEST, mark, read

ids = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=1, max_size=26)
values = st.integers(-LARGEST, LARGEST) | st.floats(allow_nan=False) | st.dates().map(str)


@given(values, ids)
def test_what_was_marked_is_read(value: int | float | str, key: str) -> None:
    assert read(mark(value, key)) == (value, key)


@pytest.mark.parametrize(
    "said",
    [
        5, None, [], [1], [1, "a", 2], ["a", 1], [None, "a"], [True, "a"], [[1], "a"], {"a": 1},
        [2**63, "a"], [-(10**200), "a"], [1, "a\x00b"], ["\x00", "a"], [1, "\ud800"],
        [1, "a" * 999],
    ],
)  # fmt: skip
def test_another_value_is_no_mark(said: object) -> None:
    with pytest.raises(HuitouError, match="not the mark of a page"):
        read(base64.urlsafe_b64encode(json.dumps(said).encode()).decode())


@given(st.text())
def test_any_text_is_a_mark_or_refused(text: str) -> None:
    try:
        read(text)
    except HuitouError as refused:
        assert refused.to_try
