"""A tea shop starts every journey that is shipped, and on one evening each lets somebody in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import select
from tests.shop import tea
from tests.unit.journeys.given import no_rest

from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.care.machines.rules import Machine
from huitou.ground.clock import StoppedClock
from huitou.journeys.paths import book as paths
from huitou.journeys.paths.hearing import book as hearing
from huitou.journeys.paths.playbooks import shipped
from huitou.journeys.paths.tables import position
from huitou.journeys.sendings.tables import sending
from huitou.loyalty.cards import book as cards
from huitou.loyalty.cards.book import Where
from huitou.loyalty.cards.joining import Told
from huitou.loyalty.ladder import book as ladder
from huitou.loyalty.ladder import steps
from huitou.loyalty.ladder.book import Moved
from huitou.loyalty.ladder.rules import Held, Verdict
from huitou.loyalty.membership import book as membership
from huitou.loyalty.membership import cards as paid
from huitou.loyalty.membership.book import Done
from huitou.loyalty.referrals import book as referrals
from huitou.loyalty.referrals.rules import ReferralRules, Reward
from huitou.runs.shop import Shop
from huitou.runs.steps import days, needs
from huitou.runs.walking.moving import new_day
from huitou.runs.walking.rooms import Rooms

TODAY, LAST_DAY = tea.TODAY, date(2024, 8, 31)
NOW = tea.MORNING
CAUSES = {
    "lost_we_failed": "delivery",
    "lost_habit": "habit_stopped",
    "lost_no_need": "no_longer_needed",
    "lost_outside": "moved",
}
"""Playbook -> what somebody left for, of those whom it is meant for."""


@pytest.fixture
def shop(tea_shop: Path, tmp_path: Path) -> Iterator[Shop]:
    """A copy in which every playbook was started, and nothing has happened since."""
    shutil.copytree(tea_shop, tmp_path / "shop")
    made = tea.opened(tmp_path / "shop")
    for name in shipped.names():
        made.journeys.take(name, "Mei")
        made.journeys.start(name, "Mei")
    made.journeys.tick()
    yield made
    made.books.close()


def person(shop: Shop, place: int) -> str:
    """Somebody worth writing to."""
    return shop.people(limit=30, sort="value").rows[place].id


def turn(shop: Shop, stages: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """The table of people in which a few are told otherwise."""
    table = shop._edition().table("people")
    rows = [{**row, **stages.get(row["person_id"], {})} for row in table.to_pylist()]
    return pa.Table.from_pylist(rows, schema=table.schema)


def running_out(shop: Shop, who: str) -> pa.Table:
    """The table of needs in which somebody's tea lasts seven days more."""
    table = shop._edition().table("needs")
    due = {"person_id": who, "due": TODAY + timedelta(days=7), "within_28": 0.6, "gaps": 4}
    first, *rest = table.to_pylist()
    return pa.Table.from_pylist([{**first, **due}, *rest], schema=table.schema)


def one_evening(shop: Shop) -> dict[str, int]:
    """The evening on which a few became what a playbook waits for, and its new day."""
    edition = shop._edition()
    before = shop._house.lake.edition("the evening before")
    shutil.copytree(edition.folder, before.folder)
    became: dict[str, dict[str, Any]] = {
        person(shop, place): {"stage": "lost", "cause": cause, "value": 500_00}
        for place, cause in enumerate(CAUSES.values())
    }
    became[person(shop, 4)] = {"stage": "slipping", "value": 500_00}
    before.write("people", turn(shop, {who: {"stage": "loyal"} for who in became}))
    first = {"stage": "new", "orders": 1, "purchase_days": 1, "first_day": LAST_DAY}
    new = {person(shop, 5): {**first, "last_day": LAST_DAY}}
    edition.write("people", turn(shop, {**became, **new}))
    edition.write("needs", running_out(shop, person(shop, 18)))
    tea.again(shop, days.tell)
    house = shop._house
    rooms = Rooms(house.home, house.lake, house.books, StoppedClock(NOW))
    return new_day(rooms, shop.settings, edition, before, no_rest)


def live(shop: Shop) -> None:
    """What happens to customers in their own rooms: a card, a warning, a pot that is old."""
    who = [person(shop, place) for place in range(10, 20)]
    with shop.books.unit() as unit:
        told = Told("王芳", "+8613911112222", None, date(1990, TODAY.month, TODAY.day), "zh-Hans")
        cards.join(unit, "salt", told, Where("table"), "form", NOW, person_id=who[0])
        rungs = steps.RULES.read(shop.home)
        stood = Held(rungs.steps[1].name, 1, date(2023, 9, 1), "climbed")
        falls_on = TODAY + timedelta(days=21)
        falling = Moved(who[1], stood, Verdict(1, "warned", falls_on))
        ladder.settle(unit, rungs, [falling], LAST_DAY, NOW)
        row = complaints.receive(unit, Arrived("k", "Broken.", "form", person_id=who[3]), NOW)
        complaints.resolve(unit, str(row["id"]), "Li", NOW)
        link = referrals.link(unit, who[4], "owner", NOW)
        consent: dict[str, str] = {"consent": "yes", "language": "en"}
        referrals.leave(unit, link, "王", "+8613900000001", None, **consent, now=NOW)
        referrals.bought(unit, referrals.open_ones(unit)[0], who[5], "A", LAST_DAY, NOW)
        thanks = Reward("points", 50)
        rules = ReferralRules(thanks, thanks, on=True)
        referrals.reward(unit, referrals.open_ones(unit)[0], rules, "2024-08", NOW)
    member(shop, who[2])
    for serial, installed in (
        ("due for service", TODAY + timedelta(days=14 - 365)),
        ("worn out", TODAY + timedelta(days=30 - 1825)),
    ):
        owner = shop.people(limit=30, sort="value").rows[16 + (serial == "worn out")]
        shop.needs.enter(owner.key, Machine(serial, "pot", installed), "Mei")


def member(shop: Shop, who: str) -> None:
    """Their paid card ends thirty days from today."""
    rules = replace(paid.RULES.read(shop.home, "CNY"), on=True)
    done = Done(date(2023, 10, 1), "Li", datetime(2023, 10, 1, 4, tzinfo=UTC))
    with shop.books.unit() as unit:
        membership.buy(unit, who, rules.cards[0], rules, done, key="k")


def inside(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """Journey -> who came in."""
    with shop.books.reading() as unit:
        names = {one.journey_id: one.name for one in paths.listed(unit)}
        found: dict[str, list[dict[str, Any]]] = {}
        for row in unit.rows(select(position)):
            found.setdefault(names[row["journey"]], []).append(dict(row))
    return found


def test_every_playbook_that_is_shipped_lets_somebody_in(shop: Shop) -> None:
    live(shop)
    one_evening(shop)
    came = inside(shop)
    assert {name for name in shipped.names() if not came.get(name)} == set()
    who = [person(shop, place) for place in range(10, 20)]
    places = {
        "birthday": 0, "tier_close": 1, "renewal": 2, "complaint_recovered": 3,
        "referral_thanks": 4, "maintenance": 6, "trade_in": 7, "refill": 8,
    }  # fmt: skip
    for name, place in places.items():
        assert [row["who"] for row in came[name]] == [who[place]], name
    assert came["tier_close"][0]["told"]["day"] == "2024-09-22"
    assert came["tier_close"][0]["told"]["tier"]["zh-Hant"]
    assert came["trade_in"][0]["told"]["quote"] == {"minor": 20_00, "currency": "CNY"}


def test_done_again_the_same_evening_lets_nobody_in_twice(shop: Shop) -> None:
    live(shop)
    one_evening(shop)
    before = {name: len(rows) for name, rows in inside(shop).items()}
    tea.again(shop, days.tell)
    house = shop._house
    rooms = Rooms(house.home, house.lake, house.books, StoppedClock(NOW))
    earlier = shop._house.lake.edition("the evening before")
    new_day(rooms, shop.settings, shop._edition(), earlier, no_rest)
    assert {name: len(rows) for name, rows in inside(shop).items()} == before


def test_what_a_journey_speaks_of_no_reminder_speaks_of_too(shop: Shop) -> None:
    live(shop)
    tea.again(shop, needs.remind)
    with shop.books.reading() as unit:
        assert unit.rows(select(sending).where(sending.c.origin == "reminder")) == []
    for name in ("refill", "maintenance", "trade_in"):
        shop.journeys.stop(name, "Mei")
    tea.again(shop, needs.remind)
    with shop.books.reading() as unit:
        assert unit.rows(select(sending).where(sending.c.origin == "reminder")) != []


def test_a_day_that_is_none_any_more_lets_nobody_in(shop: Shop) -> None:
    live(shop)
    tea.again(shop, days.tell)
    with shop.books.unit() as unit:
        assert len(hearing.days_of(unit, "renewal")) == 1
        (row,) = membership.ending(unit)
        membership.renew(
            unit, row["person_id"], paid.RULES.read(shop.home, "CNY"), Done(TODAY, "Li", NOW)
        )
    tea.again(shop, days.tell)
    with shop.books.reading() as unit:
        assert hearing.days_of(unit, "renewal") == []
