"""What a window of days brought: both ends included, returns on the day they came back."""

from __future__ import annotations

from datetime import date, datetime

from tests.unit.facts.rows import by_person, line, shop

from huitou.facts.earned import earned
from huitou.facts.totals import earners

AS_OF = datetime(2011, 4, 1)
SHOP = shop(
    line("a", date(2011, 1, 31), 1000),
    line("a", date(2011, 2, 1), 400, cost=100),
    line("a", date(2011, 2, 28), -200, order="C"),
    line("a", date(2011, 3, 1), 5000),
    line("b", date(2011, 3, 1), 5000),
    line(None, date(2011, 2, 2), 5000),
    margin=0.5,
)


def test_both_ends_of_the_window_are_in_it() -> None:
    out = by_person(earned(SHOP, AS_OF, date(2011, 2, 1), date(2011, 2, 28)))
    assert {name: row["profit"] for name, row in out.items()} == {"a": 300 - 100}


def test_the_whole_log_as_a_window_is_the_profit_so_far() -> None:
    out = by_person(earned(SHOP, AS_OF, date(2011, 1, 1), date(2011, 3, 31)))
    so_far = by_person(earners(SHOP, AS_OF))
    assert {name: row["profit"] for name, row in out.items()} == {
        name: row["value"] for name, row in so_far.items()
    }


def test_what_is_not_known_yet_does_not_count() -> None:
    out = by_person(earned(SHOP, datetime(2011, 2, 15), date(2011, 2, 1), date(2011, 2, 28)))
    assert out["a"]["profit"] == 300
