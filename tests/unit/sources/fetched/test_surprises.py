"""What is done on the bad day was written down before it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import BadInput
from huitou.sources.contract import Mapping
from huitou.sources.fetched.contract import DISCARD, EVOLVE, FREEZE, Expected
from huitou.sources.fetched.surprises import (
    meet,
    position_of,
    sort_out,
    texts,
    value_of,
)

COLUMNS = {"id": "number", "day": "date", "paid": "number", "shop": "text"}
MAPPING = Mapping(
    {"order_id": "id", "ordered_at": "day", "amount": "paid", "store": "shop"},
    tuple(COLUMNS), "parquet", "EUR", "Europe/Berlin",
)  # fmt: skip


@pytest.mark.parametrize(("policy", "known"), [(EVOLVE, True), (DISCARD, False)])
def test_a_new_column_is_told_and_taken_up_or_left(policy: str, known: bool) -> None:
    met = meet(Expected(COLUMNS, policy), MAPPING, [*COLUMNS, "clerk"], "till")
    assert ("clerk" in met.expected.columns) is known
    assert met.mapping.columns == MAPPING.columns
    (word,) = met.words
    assert "clerk" in str(word)


@pytest.mark.parametrize("columns", [[*COLUMNS, "clerk"], ["id", "day", "paid"]])
def test_a_frozen_source_stops_at_any_other_column(columns: list[str]) -> None:
    with pytest.raises(BadInput, match="frozen") as stopped:
        meet(Expected(COLUMNS, FREEZE), MAPPING, columns, "till")
    assert stopped.value.column in ("clerk", "shop")


@pytest.mark.parametrize("policy", [EVOLVE, DISCARD])
def test_a_column_that_is_gone_is_read_no_more_where_rows_mean_the_same_without_it(
    policy: str,
) -> None:
    met = meet(Expected(COLUMNS, policy), MAPPING, ["id", "day", "paid"], "till")
    assert "store" not in met.mapping.columns and "shop" in str(met.words[0])
    with pytest.raises(BadInput, match="'paid', which is read as “Amount paid”, is gone"):
        meet(Expected(COLUMNS, policy), MAPPING, ["id", "day", "shop"], "till")


ROWS = [(1, date(2026, 1, 2), Decimal("5.20"), "a"), (2, date(2026, 1, 3), "five", None)]


def test_a_value_of_another_kind_is_taken_stops_or_is_set_aside() -> None:
    names = list(COLUMNS)
    taken = sort_out(Expected(COLUMNS, on_types=EVOLVE), names, ROWS, "till")
    assert taken.fit == [0, 1] and taken.expected.columns["paid"] == "mixed"
    aside = sort_out(Expected(COLUMNS, on_types=DISCARD), names, ROWS, "till")
    assert (aside.fit, aside.unfit) == ([0], [(1, "paid")])
    with pytest.raises(BadInput, match="this is a text, where a number is expected") as stopped:
        sort_out(Expected(COLUMNS, on_types=FREEZE), names, ROWS, "till")
    assert (stopped.value.row, stopped.value.value) == (2, "five")


def test_a_column_that_was_empty_learns_its_kind() -> None:
    found = sort_out(Expected({"a": ""}), ["a"], [(None,), (1,), ("x",)], "till")
    assert found.expected.columns == {"a": "number"} and found.unfit == [(2, "a")]


CURSORS = st.one_of(
    st.integers(), st.text(), st.dates(), st.datetimes(), st.datetimes(timezones=st.just(UTC)),
    st.decimals(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False),
)  # fmt: skip


@given(CURSORS)
def test_a_position_is_read_as_it_was_kept(value: Any) -> None:
    again = value_of(position_of(value))
    assert again == value and type(again) is type(value)


def test_what_no_position_can_be_is_refused() -> None:
    for value in (True, b"x", None):
        with pytest.raises(BadInput, match="a cursor is"):
            position_of(value)


def test_nothing_is_rounded_on_the_way_to_a_file() -> None:
    told = [Decimal("1E+2"), Decimal("0.10"), True, datetime(2026, 1, 2, 3, 4, tzinfo=UTC), None]
    assert [texts(each) for each in told] == [
        "100", "0.10", "true", "2026-01-02 03:04:00+00:00", None
    ]  # fmt: skip
