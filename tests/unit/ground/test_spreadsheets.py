"""No cell is run by a spreadsheet, and every cell comes back as it was."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.spreadsheets import NEUTRALISED, neutral, restored

SIGNS = "=+-@\t\r\n＝＋－＠"
cells = st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠ \u3000\u00a0\ufeffa1"), max_size=6)


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u00a0 ", "\ufeff", "'", "''"])
@pytest.mark.parametrize("sign", SIGNS)
def test_a_formula_is_led_by_an_apostrophe(sign: str, blank: str) -> None:
    assert neutral(f"{blank}{sign}HYPERLINK(1)") == f"'{blank}{sign}HYPERLINK(1)"


@pytest.mark.parametrize("cell", ["", "a=b", "O'Neil", "'quoted'", "1-2", " plain", -5, 1.5, None])
def test_what_is_no_formula_stays_as_it_is(cell: object) -> None:
    assert neutral(cell) is cell


@given(cells)
def test_what_was_made_neutral_comes_back_as_it_was(cell: str) -> None:
    there = neutral(cell)
    assert restored(there) == cell
    assert pc.replace_substring_regex(pa.array([there]), NEUTRALISED, r"\1")[0].as_py() == cell
