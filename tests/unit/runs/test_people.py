"""The table of people: one row each, the likeliest suspect, and what silence has taken."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from huitou.runs.answers import at_stake, causes_of, lost_among, missed
from huitou.runs.moment import Moment
from huitou.runs.people import first_suspects, person_row, with_missed

TODAY, BEFORE = date(2011, 12, 9), date(2011, 9, 9)


def people(*rows: tuple[str, str, int, int]) -> pa.Table:
    """person, stage, worth now, worth when last seen; intervals are half and double."""
    ids, stages, now, then = (list(column) for column in zip(*rows, strict=True))
    table = pa.table(
        {
            "person_id": ids,
            "stage": stages,
            "value": pa.array(now, pa.int64()),
            "value_low": pa.array([each // 2 for each in now], pa.int64()),
            "value_high": pa.array([each * 2 for each in now], pa.int64()),
            "value_then": pa.array(then, pa.int64()),
        }
    )
    return with_missed(table)


def test_the_first_suspect_is_the_likeliest() -> None:
    causes = pa.table(
        {
            "person_id": ["b", "a", "a", "b"],
            "cause": ["price", "price", "unknown", "unknown"],
            "posterior": [0.6, 0.2, 0.8, 0.4],
        }
    )
    assert first_suspects(causes).to_pylist() == [
        {"person_id": "a", "cause": "unknown", "posterior": 0.8},
        {"person_id": "b", "cause": "price", "posterior": 0.6},
    ]
    assert first_suspects(causes.slice(0, 0)).num_rows == 0


def test_silence_takes_what_they_were_worth_less_what_they_are() -> None:
    table = people(("a", "lost", 100, 500), ("b", "lost", 50, 40), ("c", "slipping", 300, 300))
    assert table["missed"].to_pylist() == [400, 0, 0]
    taken = missed(table, "lost", "GBP")
    assert (taken.low.minor, taken.value.minor, taken.high.minor) == (200, 400, 800)
    stake = at_stake(table, "slipping", "GBP")
    assert (stake.low.minor, stake.value.minor, stake.high.minor) == (150, 300, 600)
    assert at_stake(table, "new", "GBP").value.minor == 0


def test_the_interval_of_one_adds_up_to_that_of_all() -> None:
    table = people(("a", "lost", 100, 500), ("b", "lost", 0, 40), ("c", "lost", 7, 90))
    shown = {"person_id": "p", "key": "k", "name": None, "stage": "lost", "orders": 1}
    shown |= {"last_day": "2011-06-09", "p_buy": 0.1, "act": None, "next_day": None}
    rows = [person_row({**shown, **row}, "GBP").missed for row in table.to_pylist()]
    whole = missed(table, "lost", "GBP")
    for end in ("low", "value", "high"):
        parts = sum(getattr(row, end).minor for row in rows)
        assert abs(getattr(whole, end).minor - parts) <= len(rows)
    assert all(
        row is not None and row.low.minor <= row.value.minor <= row.high.minor for row in rows
    )


def test_the_lost_of_before_who_bought_since_are_counted() -> None:
    stages = pa.table(
        {
            "person_id": ["a", "b", "c", "a", "b"],
            "at": pa.array([BEFORE, BEFORE, BEFORE, TODAY, TODAY], pa.date32()),
            "stage": ["lost", "lost", "active", "lost", "active"],
        }
    )
    moment = Moment(TODAY, 91, (BEFORE,), "Europe/London")
    found = lost_among(stages, moment, 0.2, pa.table({"person_id": ["b", "c"]}), "lost")
    assert (found.count, found.judged_before, found.came_back) == (1, 2, 1)
    assert found.came_back_share == 0.5
    none = lost_among(stages, Moment(TODAY, 91, (), "Europe/London"), 0.2, None, "lost")
    assert none.came_back_share is None


def test_every_lost_customer_is_shared_out_among_the_causes() -> None:
    table = people(("a", "lost", 100, 500), ("b", "active", 50, 90))
    suspects = pa.table(
        {
            "person_id": ["a", "a", "b"],
            "cause": ["price", "unknown", "price"],
            "posterior": [0.7, 0.3, 1.0],
        }
    )
    first = first_suspects(suspects)
    found = causes_of(table.join(first, "person_id"), suspects, "GBP")
    assert sum(cause.customers for cause in found) == 1
    assert found[0].code == "price" and found[0].value.minor == 280
    assert found[0].confidence == 0.7
