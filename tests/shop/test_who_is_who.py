"""A phone without a name asks for silence; later it turns out to be a member's."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shop.scenes import HOME, NOW

from huitou.care import book as care
from huitou.journeys import book as journeys
from huitou.loyalty import book as loyalty
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

HEADER = "order_id,member_no,phone,date,amount\n"
PHONE = "+8613800138000"
MEMBERS = 60


def orders() -> list[str]:
    """A year and a half of sixty members, each at their own pace, and of one phone."""
    visits = [(who, visit) for who in range(MEMBERS) for visit in range(2 + who % 7)]
    rows = [
        f"{who}-{visit},m{who},,{2023 + (who + visit) % 2}-{1 + (who * 5 + visit * 3) % 12:02}-"
        f"{1 + (who + visit) % 28:02},{20 + who % 9}.50"
        for who, visit in visits
    ]
    return [*rows, *(f"p{n},,{PHONE},2024-{n:02}-15,80.00" for n in range(1, 12))]


@pytest.fixture
def shop(home: Path) -> Shop:
    shop = open_shop(home, clock=NOW)
    shop.change_settings(margin=0.4, holdout_share=0.0)
    arrive(shop, "first", orders())
    return shop


def arrive(shop: Shop, name: str, rows: list[str]) -> None:
    file = shop.home.parent / f"{name}.csv"
    file.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    shop.take(file, HOME, confirmed=True)
    shop.run()


def test_what_was_said_to_a_phone_holds_for_the_member_it_belongs_to(shop: Shop) -> None:
    phone, member = shop.person(PHONE).row.id, shop.person("m7").row.id
    shop.leave_alone(PHONE, by="owner")
    terms = loyalty.Terms(0.1, 100, NOW.now().replace(year=2027))
    with shop.books.unit() as unit:
        loyalty.make_offer(unit, "by hand", phone, terms, 1000, NOW.now())
    arrive(shop, "second", [f"link,m7,{PHONE},2024-12-20,30.00"])
    survivor = shop.person("m7").row.id
    assert survivor in (phone, member)
    plan = shop.plan()
    assert plan is not None
    with shop.books.reading() as unit:
        silent = care.silent(unit)
        receipt = journeys.receipt(unit, plan.id, survivor)
    assert {(one, way) for one in (phone, member) for way in care.CHANNELS} <= silent
    assert receipt is not None
    assert (receipt["act"], receipt["exposure"]) == ("nothing", 100)
    shop.speak_again("m7", by="owner")
    with shop.books.reading() as unit:
        assert care.silent(unit) == set()
