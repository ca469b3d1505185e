"""The step that looks for exoduses: windows, groups, steps of the ladder, verdicts with people."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from tests.unit.facts.rows import line, rows, shop

from huitou.facts.groups import belonging
from huitou.models import exodus as model
from huitou.runs.moment import Moment
from huitou.runs.steps import exodus

DAY = date(2024, 6, 30)


def moment(*back: int) -> Moment:
    return Moment(DAY, 56, tuple(DAY - timedelta(days=each) for each in back), "UTC")


def test_windows_of_a_kind_do_not_overlap() -> None:
    halves, wholes = exodus.newest(moment(28, 56, 84, 112, 140, 168, 365))
    assert [days for _, days in halves] == [28] * 6
    assert all(days == 56 for _, days in wholes)
    for some in (halves, wholes):
        for (start, _), (before, days) in pairwise(some):
            assert before + timedelta(days=days) <= start


def test_a_shop_without_a_past_has_no_window() -> None:
    assert exodus.newest(moment()) == ([], [])


def test_somebody_belongs_to_a_group_from_their_first_purchase_there() -> None:
    t = shop(
        line("a", date(2024, 1, 1), store="hill", channel="web", category="tea"),
        line("a", date(2024, 3, 1), store="hill", campaign="spring"),
        line("a", date(2024, 4, 1), -500, store="bund"),
        line("b", date(2024, 2, 1), store="bund"),
        line(None, date(2024, 1, 1), store="bund"),
    )
    found = {
        (row["person_id"], row["kind"], row["part"]): row["since"]
        for row in rows(belonging(t, exodus_evening()))
    }
    first = (date(2024, 1, 1) - date(1970, 1, 1)).days
    assert found["a", "store", "hill"] == first
    assert ("a", "store", "bund") not in found  # what went back makes nobody belong
    assert found["b", "store", "bund"] == first + 31
    assert found["a", "campaign", "spring"] == first + 60
    assert found["a", "acquisition", "web"] == first
    assert {kind for _, kind, _ in found} == {
        "store", "channel", "category", "campaign", "acquisition", "sku",
    }  # fmt: skip


def exodus_evening() -> Any:
    return moment().evening(DAY)


def test_who_climbed_left_the_step_below() -> None:
    stood = [("a", "plain", date(2024, 1, 1)), ("b", "plain", date(2024, 1, 2)),
             ("a", "gold", date(2024, 2, 1))]  # fmt: skip
    table = pa.Table.from_pylist(list(exodus._stays(stood)))
    told = {(row["person_id"], row["part"]): row for row in table.to_pylist()}
    assert told["a", "plain"]["until"] == told["a", "gold"]["since"]
    assert told["a", "gold"]["until"] == told["b", "plain"]["until"] == exodus.FOREVER


def test_small_groups_are_left_out_and_evenings_know_who_was_there() -> None:
    people = [f"p{n}" for n in range(100)]
    told = [
        {"person_id": who, "kind": "store", "part": "hill", "since": 10 + n, "until": 500}
        for n, who in enumerate(people)
    ]
    told += [{**told[0], "part": "tiny"}]
    groups = exodus.grouped(pa.Table.from_pylist(told))
    assert groups.names == (("store", "hill"),)
    evening = date(1970, 1, 1) + timedelta(days=59)
    person, group = exodus.members(groups, pa.array(people), evening)
    assert person.tolist() == list(range(50)) and not group.any()
    late = date(1970, 1, 1) + timedelta(days=500)
    assert exodus.members(groups, pa.array(people), late)[0].size == 0


def test_of_each_kind_the_largest_are_kept_whatever_else_is_called_so() -> None:
    rows = [
        {"person_id": f"p{n}", "kind": kind, "part": part, "since": 0, "until": exodus.FOREVER}
        for kind, part, size in (
            ("store", "b", 50), ("store", "a", 50), ("region", "a", 60), ("store", "few", 9),
            ("region", "c", 70),
        )
        for n in range(size)
    ]  # fmt: skip
    groups = exodus.grouped(pa.Table.from_pylist(rows[::-1]))
    assert groups.names == (("region", "c"), ("region", "a"), ("store", "a"), ("store", "b"))
    assert np.bincount(groups.group).tolist() == [70, 60, 50, 50]
    assert len(groups.person) == len(groups.since) == 230
    none = exodus.grouped(pa.Table.from_pylist(rows[:9]))
    assert none.names == () and len(none.person) == len(none.group) == 0


def test_a_named_group_tells_what_is_at_stake_and_who_stayed_away() -> None:
    draw = np.random.default_rng(5)
    count, people = 4000, [f"p{n:04}" for n in range(4000)]
    store = draw.integers(0, 8, count)
    told = [
        {"person_id": who, "kind": "store", "part": f"s{of}", "since": 0, "until": exodus.FOREVER}
        for who, of in zip(people, store, strict=True)
    ]
    groups = exodus.grouped(pa.Table.from_pylist(told))
    leaving = groups.names.index(("store", "s3"))

    def window(start: date, *, left: bool) -> exodus.Seen:
        chance = draw.beta(0.7, 0.7, count)
        came = draw.random(count) < chance
        if left:
            came &= ~((store == 3) & (draw.random(count) < 0.3))
        scores = pa.table(
            {
                "person_id": people,
                "p_buy": chance,
                "value": pa.array([1000] * count, pa.int64()),
                "expected": chance,
                "spend": [500.0] * count,
            }
        )
        person, group = exodus.members(groups, pa.array(people), start)
        counted = model.tally(chance, came, person, group, len(groups.names))
        return exodus.Seen(start, 28, scores, came, person, group, model.absent(counted))

    past = [window(DAY - timedelta(days=28 * back), left=back == 1) for back in range(1, 5)]
    found, who = exodus.verdicts(groups, [past])
    assert [row["part"] for row in found if row["named"]] == ["s3"]
    row = found[0]
    members = int((store == 3).sum())
    assert row["people"] == members == int(past[0].absent.people[leaving])
    assert 0.2 < row["share"] < 0.4
    assert row["value_share"] == round(1000 * members * row["share"])
    assert row["value_low"] <= row["value_share"] <= row["value_high"]
    away = by_rows(who)
    assert len(away) == members - row["came"]
    assert all(store[int(each["person_id"][1:])] == 3 for each in away)


def by_rows(table: pa.Table) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = table.to_pylist()
    return out
