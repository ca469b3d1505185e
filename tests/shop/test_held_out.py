"""Whoever asks, by whatever channel: nothing that sells leaves for somebody the lot holds out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.shop import tea

from huitou.care.interviews.tables import interview
from huitou.decisions.holdout import Holdout
from huitou.doors.api.app import app as api_app
from huitou.doors.book import Staff
from huitou.doors.scopes import SCOPES
from huitou.ground.channels import CHANNELS
from huitou.journeys.reminders.rules import Need
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending
from huitou.journeys.tables import message
from huitou.loyalty.referrals import book as referrals
from huitou.loyalty.referrals.tables import referral_reward
from huitou.loyalty.surprises.tables import surprise
from huitou.runs.desks.sending.lots import Lots
from huitou.runs.shop import Shop
from huitou.runs.steps import needs
from huitou.runs.steps.referral import settle
from huitou.runs.steps.surprise import draw
from huitou.store.books import Row

WAYS = "".join(
    # Its clock stands: what the pace held back once would never leave.
    f'[{each}]\nway = "console"\nrate = 1000\n'
    for each in ("email", "sms", "wecom", "wechat")
)
SURPRISES = """
on = true
budget = 100000
control_share = 0.05
[[gift]]
name = "third"
when = "orders"
every = 1
what = "A cup on the house"
cost = 150
"""


REFERRALS = """
on = true
kept_days = 1
least = 1
[giver]
kind = "offer"
amount = 500
[friend]
kind = "offer"
amount = 300
"""
LONG_AGO = datetime(2022, 1, 1, tzinfo=UTC)
"""Before anybody here bought anything."""

TO = {"email": "a@example.com", "phone": "+8613800138000", "openid": "o", "wecom": "w"}
TOLD = {"subject": "New tea", "text": "Come and see.", "to": {**TO, "name": "Mei"}}

JOURNEY = """
name: evening
title: {en: Evening, zh-Hans: 晚上, zh-Hant: 晚上}
on: {date: last_order, days: DAYS}
nodes:
  word: {message: letter, channel: [email, sms], then: told}
  told: {end: told}
"""


@pytest.fixture(scope="module")
def shop(tea_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    home = tmp_path_factory.mktemp("held_out") / "shop"
    shutil.copytree(tea_shop, home)
    made = tea.opened(home)
    made.rules("channels").write(
        WAYS + '[paper]\nway = "paper"\nrate = 1000\n[call]\nway = "call"\nrate = 1000\n'
    )
    return made


def held_out(shop: Shop) -> set[str]:
    lot = Holdout.of_the_year(shop.settings.salt, shop.settings.holdout_share, tea.TODAY)
    rows = shop._edition().table("holders", ["person_id", "hold_key"]).to_pylist()
    return {row["person_id"] for row in rows if lot.holds(row["hold_key"])}


def test_the_post_knows_the_same_lot_as_the_plan(shop: Shop) -> None:
    people = shop._edition().table("holders", ["person_id"])["person_id"].to_pylist()
    assert len(held_out(shop)) > 20
    assert Lots(shop._edition(), shop.settings)(people) == held_out(shop)
    assert Lots(None, shop.settings)(people) == set(), "no run, no programme to be held out of"


def theirs(person: str, about: str) -> Wish:
    """A message about what they have from us."""
    return Wish("points", about, person, "email", "service", "letter", TOLD)


def test_a_caller_that_forgot_the_lot_reaches_nobody_of_the_held_out(shop: Shop) -> None:
    person = sorted(held_out(shop))[0]
    origins = ("journey", "surprise", "reminder", "referral", "points")
    wishes = [
        Wish(origin, "bug", person, channel, "marketing", "letter", TOLD)
        for origin in origins
        for channel in CHANNELS
    ]
    service = theirs(person, "asked")
    with shop.books.unit() as unit:
        sendings.ask(unit, [*wishes, service], shop.clock.now())
    shop.sending.send()
    with shop.books.reading() as unit:
        rows = unit.rows(select(sending).where(sending.c.person_id == person))
    ends = {row["id"]: (row["state"], row["rule"]) for row in rows}
    assert ends.pop(service.id) == ("accepted", None), "what they have from us is told to them"
    # A channel that is not set up carries nothing: its messages wait, and meet the lot later.
    waits = {each.id for each in wishes if each.channel == "webhook"}
    assert {ends[each] for each in waits} == {("planned", None)}
    assert {end for each, end in ends.items() if each not in waits} == {("suppressed", "held_out")}


@pytest.fixture
def api(shop: Shop) -> Iterator[TestClient]:
    """A program that may do everything."""
    staff = Staff(shop.books)
    with TestClient(api_app(shop, staff)) as door:
        secret = staff.issue_token("all of it", tuple(SCOPES), shop.clock.now())
        door.headers["Authorization"] = f"Bearer {secret}"
        yield door


def asked_for(shop: Shop, origin: str) -> list[Row]:
    with shop.books.reading() as unit:
        return unit.rows(select(sending).where(sending.c.origin == origin))


def both_arms(shop: Shop, each: int) -> tuple[list[str], list[str]]:
    """So many held out and so many who are not, with a telephone each: the same in every shop."""
    rows = shop._edition().table("holders", ["person_id", "hold_key"]).sort_by("hold_key")
    out, everybody = held_out(shop), rows["person_id"].to_pylist()
    held, free = ([who for who in everybody if (who in out) is lot] for lot in (True, False))
    return held[:each], free[:each]


def test_no_reminder_is_asked_for_whatever_they_own_or_run_out_of(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, free = both_arms(shop, 9)
    since = tea.TODAY - timedelta(days=30)
    runs_out = [
        Need(person, "refill", "tea", "龙井茶", tea.TODAY, since, 0.9) for person in held + free
    ]
    monkeypatch.setattr(needs, "_refills", lambda *_: runs_out)
    shop.rules("reminders").write("refill = true\nrest_days = 0\nmost_a_run = 9999\n")
    ages = {"for service": 365, "worn out": 1825}
    for kind, days in ages.items():
        told = "".join(
            f"{kind} of {person},Printer,{person},{tea.TODAY - timedelta(days=days)}\n"
            for person in (*held[:6], *free[:6])
        )
        shop.needs.take("serial,product,customer,installed_on\n" + told, "mei")
    for _ in range(3):  # one of its needs at a time
        tea.again(shop, needs.remind)
    rows = [row for row in asked_for(shop, "reminder") if row["origin_id"] != "bug"]
    templates = {row["template"] for row in rows}
    assert templates == {"reminder_refill", "reminder_maintenance", "reminder_trade_in"}
    assert {row["person_id"] for row in rows} == set(free)
    assert not {row["person_id"] for row in rows} & held_out(shop)
    shop.sending.send()
    left = {row["person_id"] for row in asked_for(shop, "reminder") if row["state"] == "accepted"}
    assert left and left <= set(free)


def test_a_referral_rewards_all_and_thanks_none_of_them(shop: Shop, api: TestClient) -> None:
    (held_giver, held_friend), (giver, friend) = both_arms(shop, 2)
    shop.rules("referrals").write(REFERRALS)
    for one, other in ((held_giver, friend), (giver, held_friend)):
        phone = _phone(shop, other)
        with shop.books.unit() as unit:
            link = referrals.link(unit, one, "mei", LONG_AGO)
            told = {"consent": "yes", "language": "en", "now": LONG_AGO}
            assert referrals.leave(unit, link, other, phone, None, **told)
    assert tea.again(shop, settle)["rows"] == 2
    with shop.books.reading() as unit:
        rewarded = {row["person_id"] for row in unit.rows(select(referral_reward))}
    assert rewarded == {held_giver, held_friend, giver, friend}, "what was promised is given"
    thanked = [row for row in asked_for(shop, "referral") if row["origin_id"] != "bug"]
    assert {row["person_id"] for row in thanked} == {giver, friend}
    assert api.post("/sending/send", json={}).status_code == 200
    sent = {row["person_id"] for row in asked_for(shop, "referral") if row["state"] == "accepted"}
    assert sent == {giver, friend}


def _phone(shop: Shop, person: str) -> str:
    keys = shop._edition().table("keys", only=("person_id", [person]))["key"].to_pylist()
    return next(key.removeprefix("phone:") for key in keys if key.startswith("phone:"))


DOORS = ("calls", "cases", "interviews")


@pytest.mark.parametrize("door", DOORS)
def test_a_program_that_names_one_of_them_is_refused(
    shop: Shop, api: TestClient, door: str
) -> None:
    # Somebody else at each: who has a case of their own, or was just asked, is not asked as well.
    with shop.books.reading() as unit:
        asked = {row["person_id"] for row in unit.rows(select(interview.c.person_id))}
    arms = ([who for who in arm if who not in asked] for arm in both_arms(shop, 40))
    held, free = (arm[DOORS.index(door)] for arm in arms)
    refused = api.post(f"/{door}", json={"who": held})
    assert refused.status_code == 403 and "held out" in refused.json()["error"]["sentence"]
    assert api.post(f"/{door}", json={"who": free}).status_code == 200


def test_a_plan_that_a_program_carries_out_writes_to_none_of_them(
    shop: Shop, api: TestClient
) -> None:
    limits: dict[str, Any] = {"budget": "100000", "staff_hours": 40}
    plan = api.post("/plan/draft", json=limits).json()["id"]
    for step in ("approve", "apply"):
        assert api.post(f"/plan/{plan}/{step}").status_code == 200
    with shop.books.reading() as unit:
        written = {row["person_id"] for row in unit.rows(select(message.c.person_id))}
    assert written and not written & held_out(shop)


def test_neither_a_surprise_nor_a_journey_of_the_day_is_meant_for_them(
    shop: Shop, api: TestClient
) -> None:
    shop.rules("surprises").write(SURPRISES)
    table = f"customers_{shop._edition().noted('moment')['day']}"
    out = ("person_id", sorted(held_out(shop)))
    rows = shop._edition().table(table, ["person_id", "last_day"], only=out).to_pylist()
    last = max(rows, key=lambda row: row["last_day"])
    day = date.fromisoformat(shop._edition().noted("moment")["day"])
    days = (day - last["last_day"]).days + 1
    journey = JOURNEY.replace("DAYS", str(days))
    assert api.post("/journeys", json={"text": journey}).status_code == 200
    assert api.post("/journeys/evening/start").status_code == 200
    with shop.books.unit() as unit:
        service = theirs(sorted(held_out(shop))[1], "balance")
        sendings.ask(unit, [service], shop.clock.now())
    assert tea.again(shop, draw).get("rows", 0) > 0
    shop.run()
    assert api.post("/journeys/tick").status_code == 200
    assert api.post("/sending/send", json={}).status_code == 200
    with shop.books.reading() as unit:
        given = {row["person_id"] for row in unit.rows(select(surprise.c.person_id))}
        asked = unit.rows(select(sending).where(sending.c.origin_id != "bug"))
        left = unit.rows(select(sending).where(sending.c.state == "accepted"))
    assert given and not given & held_out(shop)
    walked = shop.journeys.of_person(last["person_id"])
    assert [walker.arm for walker in walked] == ["held_out"], "they walk, and hear nothing"
    sells = {row["person_id"] for row in asked if row["purpose"] == "marketing"}
    assert not sells & held_out(shop)
    assert {row["origin"] for row in left if row["person_id"] in held_out(shop)} == {"points"}
