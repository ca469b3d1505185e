"""What the first page says waits for staff, over real books."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.runs.desks.complaints.given_shop import DAY, NOW, Hands, customer, shop_in

from huitou.care import book as care
from huitou.care.alarms import book as alarms
from huitou.care.alarms.bells import Bell
from huitou.care.calls import book as calls
from huitou.care.calls.book import NewCall
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_house

TODAY = NOW.date()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def shop(tmp_path: Path, clock: Hands) -> Shop:
    people = [customer("mei", name="Mei"), customer("liu"), customer("wang")]
    keys = {"phone:+8613800000001": "mei", "member:M1": "mei"}
    return shop_in(tmp_path, clock, people, keys)


def call(shop: Shop, person: str, gain: int = 100, minutes: int = 10) -> None:
    new = NewCall(person, "shop", TODAY, minutes, decision_id=person, gain=(gain, 0, 2 * gain))
    with shop.books.unit() as unit:
        assert calls.add(unit, new, NOW)


def test_a_quiet_shop_is_told_that_nothing_waits(shop: Shop) -> None:
    found = shop.at_hand()
    assert (found.alerts, found.complaints, found.calls) == ((), (), ())


def test_a_new_shop_without_orders_shows_the_first_complaint(tmp_path: Path) -> None:
    fresh = Shop(open_house(tmp_path, Hands(), None))
    fresh.complaints.new("Nobody answered.", by="Mei", key="k")
    found = fresh.at_hand()
    assert [row.beginning for row in found.complaints] == ["Nobody answered."]
    assert (found.complaints_open, found.alerts) == (1, ())


def test_the_oldest_complaint_stands_first_with_who_and_what_they_are_worth(
    shop: Shop, clock: Hands
) -> None:
    shop.complaints.new("The tea was damp.", by="Mei", key="a", phone="13800000001")
    clock.later(days=4)
    shop.complaints.new("And late.", by="Mei", key="b", name="Somebody")
    first, second = shop.at_hand().complaints
    assert (first.person and first.person.name, first.tone) == ("Mei", "lost")
    assert first.person is not None and first.person.value.value.minor == 30_000
    assert (second.person, second.name, second.tone) == (None, "Somebody", "active")
    assert [alert.code for alert in shop.at_hand().alerts] == ["overdue"]


def test_at_most_five_complaints_are_shown_and_all_are_counted(shop: Shop) -> None:
    for n in range(7):
        shop.complaints.new(f"complaint {n}", by="Mei", key=str(n))
    found = shop.at_hand()
    assert (len(found.complaints), found.complaints_open) == (5, 7)


def test_what_rings_leads_the_page_and_is_grave_once_nobody_answered(shop: Shop) -> None:
    bell = Bell("mei", "big_silent", DAY, DAY, 900, [], 2, 24, "care", "purchase")
    with shop.books.unit() as unit:
        alarms.ring(unit, [bell], {}, (), NOW)
    assert [(a.code, a.level) for a in shop.at_hand().alerts] == [("alarms", "warning")]
    with shop.books.unit() as unit:
        alarms.escalate(unit, NOW + timedelta(days=2))
    assert [(a.code, a.level) for a in shop.at_hand().alerts] == [("alarms", "error")]


def test_the_calls_of_today_are_those_that_fit_the_likeliest_to_pay_first(shop: Shop) -> None:
    shop.change_settings(clerks="shop 20")
    for person, gain in (("mei", 100), ("liu", 300), ("wang", 200)):
        call(shop, person, gain)
    found = shop.at_hand()
    assert [row.person_id for row in found.calls] == ["liu", "wang"]
    assert (found.calls_left, found.call_minutes) == (2, 20)


def test_who_complains_or_wants_silence_is_not_among_todays_calls(shop: Shop) -> None:
    call(shop, "mei")
    call(shop, "liu")
    shop.complaints.new("The tea was damp.", by="Mei", key="a", phone="13800000001")
    with shop.books.unit() as unit:
        care.be_silent(unit, "liu", "call", "told", NOW)
    found = shop.at_hand()
    assert (found.calls, found.calls_withheld) == ((), 1)
