"""Labels of the backtest: purchase days in the window after a moment, and nothing else."""

from __future__ import annotations

from datetime import date, datetime

from tests.unit.facts.rows import by_person, line, shop

from huitou.facts.bought import bought
from huitou.facts.contract import BOUGHT

ORIGIN = datetime(2011, 3, 1)  # the last day known is 28 February


def test_the_window_opens_the_day_after_and_closes_with_its_last_day() -> None:
    t = shop(
        line("before", date(2011, 2, 28)),
        line("first", date(2011, 3, 1)),
        line("last", date(2011, 3, 10)),
        line("after", date(2011, 3, 11)),
    )
    out = bought(t, ORIGIN, 10)
    assert out.to_pyarrow().schema.types == BOUGHT.types
    assert {name: row["days"] for name, row in by_person(out).items()} == {"first": 1, "last": 1}


def test_days_are_counted_not_orders_and_returns_are_not_purchases() -> None:
    t = shop(
        line("a", date(2011, 3, 2), order="1"),
        line("a", date(2011, 3, 2), order="2"),
        line("a", date(2011, 3, 5)),
        line("b", date(2011, 3, 5), -100),
        line(None, date(2011, 3, 5)),
    )
    assert {name: row["days"] for name, row in by_person(bought(t, ORIGIN, 30)).items()} == {"a": 2}


def test_days_are_cut_in_the_shops_zone() -> None:
    late = line("a", date(2011, 3, 2), ordered_at=datetime(2011, 3, 1, 17))
    t = shop(late, zone="Asia/Shanghai")
    assert by_person(bought(t, datetime(2011, 3, 1, 16), 1))["a"]["days"] == 1
    assert by_person(bought(t, datetime(2011, 2, 28, 16), 1)) == {}
