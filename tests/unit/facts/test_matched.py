"""A return finds its order by number, else by who bought the same before, else it is said so."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from tests.unit.facts.rows import line, shop

from huitou.facts.matched import matched, returns_found, unmatched_returns

AS_OF = datetime(2026, 6, 1)
MAY = date(2026, 5, 1)
Row = dict[str, Any]


def day(n: int) -> date:
    return MAY + timedelta(days=n)


def told(*lines: Row) -> dict[str, tuple[str, str | None]]:
    rows = matched(shop(*lines), AS_OF).to_pyarrow().to_pylist()
    return {row["order_id"]: (row["how"], row["bought_in"]) for row in rows}


def test_a_number_goes_before_goods_and_what_finds_nothing_is_said() -> None:
    found = told(
        line("a", day(0), order="1"),
        line("a", day(2), order="2"),
        line("a", day(9), -1000, order="1/refund"),
        line("a", day(9), -1000, order="C77"),
        line("a", day(1), -1000, order="C76"),
        line("b", day(9), -1000, order="C78"),
        line(None, day(9), -1000, order="C79"),
        line("a", day(9), -1000, order="C80", sku="pot"),
        line("a", day(9), -1000, order="C81", sku=None),
        line("a", day(3), order="3"),
        line("a", day(3), -400, order="3"),
        line("a", day(9), -50, order="C82", is_product=False),
    )
    assert found == {
        "1/refund": ("number", "1"), "C77": ("goods", "3"), "C76": ("goods", "1"),
        "C78": ("none", None), "C79": ("none", None), "C80": ("none", None),
        "C81": ("none", None), "3": ("number", "3"),
    }  # fmt: skip


def test_what_happened_later_is_no_order_of_an_earlier_return() -> None:
    found = told(line("a", day(1), -1000, order="C1"), line("a", day(5), order="2"))
    assert found == {"C1": ("none", None)}


def test_how_many_find_none_is_a_metric_with_its_parts() -> None:
    tables = shop(
        line("a", day(0), order="1", channel="web"),
        line("a", day(2), -1000, order="C1", channel="web"),
        line("b", day(2), -300, order="C2", channel="till"),
    )
    assert unmatched_returns(tables, AS_OF).to_pyarrow()["value"].to_pylist() == [1]
    by = unmatched_returns(tables, AS_OF, by="channel").to_pyarrow().to_pylist()
    assert {row["part"]: row["value"] for row in by} == {"web": 0, "till": 1}
    parts = returns_found(tables, AS_OF).to_pyarrow().to_pylist()
    assert {row["part"]: (row["people"], row["value"], row["share"]) for row in parts} == {
        "goods": (1, 1000, 0.5), "none": (1, 300, 0.5)
    }  # fmt: skip


def test_a_shop_by_chance_is_matched_as_by_hand() -> None:
    drawn = random.Random(4)
    lines = []
    for n in range(300):
        back = drawn.random() < 0.3
        number = f"C{n}" if drawn.random() < 0.7 else f"{drawn.randrange(n + 1)}/refund"
        lines.append(
            line(drawn.choice(["a", "b", "c", None]), day(drawn.randrange(20)),
                 -100 if back else 100, order=number if back else str(n),
                 sku=drawn.choice(["cup", "pot", "tea", None]))
        )  # fmt: skip
    assert told(*lines) == dict(by_hand(lines))


def by_hand(lines: list[Row]) -> Any:
    sold = [one for one in lines if not one["is_return"]]
    for back in (one for one in lines if one["is_return"]):
        named = back["order_id"].removesuffix("/refund")
        if any(one["order_id"] == named for one in sold):
            yield back["order_id"], ("number", named)
            continue
        before = [
            one for one in sold
            if one["person_id"] == back["person_id"] is not None
            and one["sku"] == back["sku"] is not None and one["ordered_at"] <= back["ordered_at"]
        ]  # fmt: skip
        latest = max(before, key=lambda one: (one["ordered_at"], one["order_id"]), default=None)
        yield back["order_id"], ("goods", latest["order_id"]) if latest else ("none", None)
