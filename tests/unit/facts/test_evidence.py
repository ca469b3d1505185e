"""Evidence of why somebody left: each piece from a shop in which it is the only one."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import pytest
from tests.unit.facts.rows import by_person, line, rows, shop

from huitou.facts.contract import EVIDENCE
from huitou.facts.evidence import evidence

START = date(2011, 1, 1)
AS_OF = datetime(2012, 1, 1)


def on(number: int) -> date:
    return START + timedelta(days=number)


def test_the_columns_are_those_of_the_contract() -> None:
    out = evidence(shop(line("a", START)), AS_OF).to_pyarrow()
    assert out.schema.names == EVIDENCE.names
    assert out.schema.types == EVIDENCE.types


def test_what_went_back_near_the_end() -> None:
    t = shop(
        line("early", on(0), 1000),
        line("early", on(5), -900),
        line("early", on(200), 1000),
        line("late", on(200), 1000),
        line("late", on(220), -400),
        line("after", on(200), 1000),
        line("after", on(240), -400),
        line("more than all", on(200), 1000),
        line("more than all", on(201), -1400),
    )
    out = by_person(evidence(t, AS_OF))
    assert {name: row["returned_near_end"] for name, row in out.items()} == {
        "early": 0.0,
        "late": 0.4,
        "after": 0.0,
        "more than all": 1.0,
    }


def test_a_price_that_rose_after_they_left() -> None:
    t = shop(
        line("left", on(0), 1000, sku="tea"),
        line("stayed", on(300), 1200, sku="tea"),
        line("bulk", on(300), 6000, sku="pot", quantity=10.0),
        line("bulk", on(300), 600, sku="pot", order="2"),
        line("unpriced", on(0), sku=None),
    )
    out = by_person(evidence(t, AS_OF))
    assert out["left"]["price_rise"] == pytest.approx(math.log(1.2), abs=1e-6)
    assert out["stayed"]["price_rise"] == 0.0
    assert out["bulk"]["price_rise"] == 0.0
    assert out["unpriced"]["price_rise"] is None


def test_the_mean_rise_weighs_what_they_spent() -> None:
    t = shop(
        line("a", on(0), 3000, sku="tea", quantity=3.0),
        line("a", on(0), 1000, sku="pot", order="2"),
        line("b", on(200), 2000, sku="tea"),
        line("b", on(200), 1000, sku="pot", order="2"),
    )
    expected = 0.75 * math.log(2)
    assert by_person(evidence(t, AS_OF))["a"]["price_rise"] == pytest.approx(expected, abs=1e-6)


def test_what_they_bought_and_the_shop_dropped() -> None:
    dropped = [line(None, on(n), sku="tea", order=f"tea{n}") for n in range(0, 110, 5)]
    kept = [line(None, on(n), sku="pot", order=f"pot{n}") for n in range(0, 360, 5)]
    t = shop(
        line("left with it", on(90), 3000, sku="tea"),
        line("left with it", on(90), 1000, sku="pot", order="2"),
        line("stayed on", on(90), 3000, sku="tea"),
        line("stayed on", on(300), 1000, sku="pot", order="3"),
        line("left long before", on(0), 3000, sku="tea"),
        *dropped,
        *kept,
    )
    out = by_person(evidence(t, AS_OF))
    assert out["left with it"]["gone_share"] == 0.75
    assert out["stayed on"]["gone_share"] == 0.0
    assert out["left long before"]["gone_share"] == 0.0


def test_a_rare_product_is_not_dropped_because_it_is_rare() -> None:
    t = shop(*(line("a", on(n), sku="bell") for n in (0, 100, 200)))
    assert by_person(evidence(t, AS_OF))["a"]["gone_share"] == 0.0


def test_rhythm_and_single_purchases() -> None:
    t = shop(*(line("a", on(n)) for n in (0, 10, 40)), line("b", on(0)))
    out = by_person(evidence(t, AS_OF))
    assert out["a"]["regularity"] == pytest.approx(math.sqrt(200) / 20)
    assert (out["a"]["one_purchase"], out["b"]["one_purchase"]) == (False, True)
    assert out["b"]["regularity"] is None


def gift_shop(length: int) -> list[dict[str, object]]:
    """One order a day, five a day in December."""
    return [
        line(None, on(n), order=f"{n}/{k}")
        for n in range(length)
        for k in range(5 if on(n).month == 12 else 1)
    ]


def test_who_only_comes_for_the_season() -> None:
    t = shop(
        *gift_shop(365),
        line("gift", date(2011, 12, 20)),
        line("both", date(2011, 12, 20)),
        line("both", date(2011, 5, 20)),
    )
    out = by_person(evidence(t, AS_OF))
    assert (out["gift"]["season_gift"], out["both"]["season_gift"]) == (True, False)


def test_below_a_year_no_season_is_known() -> None:
    t = shop(*gift_shop(360), line("gift", date(2011, 12, 20)))
    assert by_person(evidence(t, AS_OF))["gift"]["season_gift"] is None


def test_files_without_returns_know_nothing_of_returns() -> None:
    t = shop(line("a", on(0)), line("a", on(9)), line("b", on(0)))
    assert {row["returned_near_end"] for row in rows(evidence(t, AS_OF))} == {None}
    with_one = shop(line("a", on(0)), line("b", on(0)), line("b", on(1), -1000))
    assert by_person(evidence(with_one, AS_OF))["a"]["returned_near_end"] == 0.0


def test_later_rows_change_nothing() -> None:
    before = [line(name, on(n), sku=sku) for name in "ab" for n in (0, 50) for sku in ("x", "y")]
    after = [
        line(name, date(2012, 1, 1) + timedelta(days=n), 9000, sku="x")
        for name in "abc"
        for n in (0, 30)
    ]
    assert rows(evidence(shop(*before), AS_OF), "person_id") == rows(
        evidence(shop(*before, *after), AS_OF), "person_id"
    )
