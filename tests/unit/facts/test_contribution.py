"""Net contribution by basket: returns find theirs, and faults of ours cost nobody anything."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
from tests.unit.facts.rows import arrow, by_person, line, rows, shop

from huitou.facts.contract import Tables
from huitou.facts.contribution import (
    NOTHING,
    READ,
    Aside,
    Costs,
    baskets,
    behind,
    cells,
    marked,
    months,
)
from huitou.facts.contribution import by_person as summed

AS_OF, SINCE = datetime(2024, 7, 1), date(2024, 1, 1)
COSTS = Costs(a_return=100, lost_share=0.1, late_days=14, fault_words=("faulty", "破损"))


def of(t: Tables, aside: Aside = NOTHING) -> ibis.Table:
    return baskets(marked(t, AS_OF, SINCE, COSTS, aside), COSTS)


def back(person: str, day: date, amount: int = -1000, **more: Any) -> dict[str, Any]:
    return line(person, day, amount, order=f"{person}/back/{day}", is_return=True, **more)


def test_what_comes_back_belongs_to_the_last_basket_with_the_same_goods() -> None:
    t = shop(
        line("a", date(2024, 1, 5), sku="cup", cost=600),
        line("a", date(2024, 2, 5), sku="pot", cost=600),
        line("a", date(2024, 3, 5), sku="cup", cost=600),
        back("a", date(2024, 3, 8), sku="pot", cost=600),
    )
    found = rows(of(t), "bought_on")
    assert [row["back"] for row in found] == [0, 1, 0]
    assert [row["late"] for row in found] == [0, 1, 0], "a month later is late"
    # Nothing is earned on it; handling it cost 100, and a tenth of the price is lost.
    assert [row["net"] for row in found] == [400, -200, 400]


def test_of_the_same_goods_what_was_bought_last_goes_back_first() -> None:
    t = shop(
        *(line("a", date(2024, month, 5), sku="cup", cost=600) for month in (1, 2, 3)),
        back("a", date(2024, 3, 8), sku="cup", cost=600),
        back("a", date(2024, 3, 9), sku="cup", cost=600),
        line("a", date(2024, 4, 5), sku="cup", cost=600),
        back("a", date(2024, 4, 8), sku="cup", cost=600),
        back("a", date(2024, 4, 9), sku="cup", cost=600),
    )
    found = rows(of(t), "bought_on")
    assert [row["back"] for row in found] == [1, 1, 1, 1], "each piece once"


def test_sums_of_a_person_are_those_of_their_baskets() -> None:
    t = shop(
        line("a", date(2024, 1, 5), 1000, cost=600),
        line("a", date(2024, 2, 5), 3000, cost=600, discount=200),
        line("b", date(2024, 2, 5), 0, cost=50),
    )
    who = by_person(summed(of(t)))
    assert (who["a"]["baskets"], who["a"]["net"], who["a"]["off"]) == (2, 2800, 200)
    assert who["a"]["squares"] == 400**2 + 2400**2
    assert (who["a"]["gift"], who["b"]["gift"]) == (1, 1), "taken off, or given"
    by_month = rows(months(of(t)), "person_id", "cell")
    assert [(row["n"], row["k"]) for row in by_month] == [(1, 0), (1, 1), (1, 1)]


def test_an_offer_of_ours_that_was_used_counts_as_taken_off_once() -> None:
    t = shop(
        line("a", date(2024, 1, 5), order="1"),
        line("a", date(2024, 1, 5), order="1", sku="pot"),
        line("a", date(2024, 2, 5), order="2"),
    )
    used = ibis.memtable(pa.table({"order_id": ["1"], "amount": [300]}))
    found = rows(of(t, Aside(redeemed=used)), "bought_on")
    assert [(row["off"], row["gift"]) for row in found] == [(300, 1), (0, 0)]


def test_a_fault_that_the_reason_tells_costs_the_customer_nothing() -> None:
    t = shop(
        line("a", date(2024, 1, 5), cost=600),
        back("a", date(2024, 1, 8), cost=600, return_reason="Faulty zip"),
        line("b", date(2024, 1, 5), cost=600),
        back("b", date(2024, 1, 8), cost=600, return_reason="商品破损"),
        line("c", date(2024, 1, 5), cost=600),
        back("c", date(2024, 1, 8), cost=600, return_reason="did not like it"),
    )
    who = by_person(summed(of(t)))
    assert [who[each]["net"] for each in "abc"] == [0, 0, -200]
    assert [who[each]["fault"] for each in "abc"] == [1, 1, 0]
    assert who["a"]["told_back"] == 1


def test_a_complaint_that_was_made_good_speaks_for_what_it_names() -> None:
    t = shop(
        line("a", date(2024, 1, 5), sku="cup"),
        back("a", date(2024, 1, 8), sku="cup"),
        line("a", date(2024, 1, 5), sku="pot"),
        back("a", date(2024, 1, 9), sku="pot"),
        line("b", date(2024, 1, 5), sku="cup"),
        back("b", date(2024, 1, 8), sku="cup"),
        line("c", date(2024, 1, 5), sku="cup"),
        back("c", date(2024, 1, 8), sku="cup"),
    )
    told = ibis.memtable(
        pa.table(
            {
                "person_id": ["a", "b", "c"],
                "about": pa.array(["cup", None, None], pa.string()),
                "day": pa.array(
                    [date(2024, 5, 1), date(2024, 1, 20), date(2024, 5, 1)], pa.date32()
                ),
            }
        )
    )
    who = by_person(summed(of(t, Aside(told))))
    assert [(who[each]["back"], who[each]["fault"]) for each in "abc"] == [(2, 1), (1, 1), (1, 0)]


def test_a_product_that_others_send_back_is_at_fault_and_ones_own_returns_prove_nothing() -> None:
    day = date(2024, 2, 1)
    lines = [line(f"p{n}", day, sku="cup") for n in range(240)]
    lines += [line(f"p{n}", day, sku="lamp") for n in range(20)]
    lines += [back(f"p{n}", date(2024, 2, 5), sku="lamp") for n in range(14)]
    lines += [line("alone", date(2024, 2, n), sku="hat") for n in range(1, 21)]
    lines += [back("alone", date(2024, 3, n), sku="hat") for n in range(1, 21)]
    who = by_person(summed(of(shop(*lines))))
    assert who["p0"]["product_back"] == 1
    assert who["alone"]["back"] == 20 and who["alone"]["fault"] == 0


def test_peers_are_those_who_bought_the_same_in_baskets_as_large() -> None:
    day = date(2024, 2, 1)
    t = shop(
        line("a", day, sku="cup"),
        *(line("b", day, sku=sku, order="b") for sku in ("cup", "cup", "pot", "hat")),
        back("b", date(2024, 2, 3), sku="cup"),
    )
    found = rows(cells(marked(t, AS_OF, SINCE, COSTS)), "person_id", "sku")
    assert [(r["person_id"], r["sku"], r["band"], r["n"], r["k"]) for r in found] == [
        ("a", "cup", 0, 1, 0),
        ("b", "cup", 2, 2, 1),
        ("b", "hat", 2, 1, 0),
        ("b", "pot", 2, 1, 0),
    ]


def test_who_paid_for_postage_alone_is_nobodys_peer() -> None:
    t = shop(
        line("a", date(2024, 1, 5), sku="cup"),
        line("b", date(2024, 1, 6), 300, sku="postage", is_product=False),
    )
    lines = marked(t, AS_OF, SINCE, COSTS)
    people = {row["person_id"] for row in rows(summed(baskets(lines, COSTS)), "person_id")}
    assert {row["person_id"] for row in rows(cells(lines), "person_id")} == people == {"a"}


def test_nothing_of_who_or_where_somebody_is_can_be_read() -> None:
    forbidden = {
        "member_no", "phone", "email", "name", "address", "store", "region", "channel", "campaign",
    }  # fmt: skip
    assert not forbidden & set(READ)
    told = arrow(
        [
            line("a", date(2024, 1, 5), cost=600),
            line("a", date(2024, 2, 5), cost=600),
            back("a", date(2024, 2, 8), cost=600),
        ]
    )
    # A table without those columns is enough: whatever stands in them changes nothing.
    bare = Tables(ibis.memtable(told.select(list(READ))))
    whole = Tables(ibis.memtable(told))
    assert rows(of(bare), "bought_on") == rows(of(whole), "bought_on")


def test_the_lines_behind_a_verdict_are_those_of_the_person_the_latest_first() -> None:
    t = shop(
        line("a", date(2024, 1, 5)),
        back("a", date(2024, 1, 8), return_reason="faulty"),
        line("b", date(2024, 1, 5)),
    )
    found = behind(marked(t, AS_OF, SINCE, COSTS), ["a"]).to_pyarrow().to_pylist()
    assert [(row["day"], row["fault"]) for row in found] == [
        (date(2024, 1, 8), "told"),
        (date(2024, 1, 5), None),
    ]


def test_what_happened_later_changes_nothing() -> None:
    early = [line("a", date(2024, 1, 5)), back("a", date(2024, 1, 8))]
    late = [back("a", date(2024, 7, 2)), line("a", date(2024, 8, 1))]
    assert rows(of(shop(*early))) == rows(of(shop(*early, *late)))
