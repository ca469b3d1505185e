"""Whoever asks, by whatever channel: nothing that sells leaves for somebody the lot holds out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.shop import tea

from huitou.decisions.holdout import Holdout
from huitou.ground.channels import CHANNELS
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending
from huitou.loyalty.surprises.tables import surprise
from huitou.runs.desks.sending.lots import Lots
from huitou.runs.shop import Shop
from huitou.runs.steps.surprise import draw

WAYS = "".join(f'[{each}]\nway = "console"\n' for each in ("email", "sms", "wecom", "wechat"))
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


JOURNEY = """
name: evening
title: {en: Evening, zh-Hans: 晚上, zh-Hant: 晚上}
on: {date: last_order, days: DAYS}
nodes:
  word: {message: letter, channel: [email, sms], then: told}
  told: {end: told}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return tea.filled(Path(tmp_path_factory.mktemp("held_out")))


def held_out(shop: Shop) -> set[str]:
    lot = Holdout.of_the_year(shop.settings.salt, shop.settings.holdout_share, tea.TODAY)
    rows = shop._edition().table("holders", ["person_id", "hold_key"]).to_pylist()
    return {row["person_id"] for row in rows if lot.holds(row["hold_key"])}


def test_the_post_knows_the_same_lot_as_the_plan(shop: Shop) -> None:
    people = shop._edition().table("holders", ["person_id"])["person_id"].to_pylist()
    assert len(held_out(shop)) > 20
    assert Lots(shop._edition(), shop.settings)(people) == held_out(shop)
    assert Lots(None, shop.settings)(people) == set(), "no run, no programme to be held out of"


def test_a_caller_that_forgot_the_lot_reaches_nobody_of_the_held_out(shop: Shop) -> None:
    person = sorted(held_out(shop))[0]
    to = {"email": "a@example.com", "phone": "+8613800138000", "openid": "o", "wecom": "w"}
    told = {"subject": "New tea", "text": "Come and see.", "to": {**to, "name": "Mei"}}
    origins = ("journey", "surprise", "reminder", "referral", "points")
    wishes = [
        Wish(origin, "bug", person, channel, "marketing", "letter", told)
        for origin in origins
        for channel in CHANNELS
    ]
    service = Wish("points", "asked", person, "email", "service", "letter", told)
    shop.rules("channels").write(WAYS + '[paper]\nway = "paper"\n[call]\nway = "call"\n')
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


def test_neither_a_surprise_nor_a_journey_of_the_day_is_meant_for_them(shop: Shop) -> None:
    shop.rules("surprises").write(SURPRISES)
    table = f"customers_{shop._edition().noted('moment')['day']}"
    out = ("person_id", sorted(held_out(shop)))
    rows = shop._edition().table(table, ["person_id", "last_day"], only=out).to_pylist()
    last = max(rows, key=lambda row: row["last_day"])
    day = date.fromisoformat(shop._edition().noted("moment")["day"])
    days = (day - last["last_day"]).days + 1
    shop.journeys.keep(JOURNEY.replace("DAYS", str(days)), "mei")
    shop.journeys.start("evening", "mei")
    assert tea.again(shop, draw).get("rows", 0) > 0
    shop.run()
    with shop.books.reading() as unit:
        given = {row["person_id"] for row in unit.rows(select(surprise.c.person_id))}
        asked = unit.rows(select(sending).where(sending.c.origin_id != "bug"))
    assert given and not given & held_out(shop)
    walked = shop.journeys.of_person(last["person_id"])
    assert [walker.arm for walker in walked] == ["held_out"], "they walk, and hear nothing"
    sells = {row["person_id"] for row in asked if row["purpose"] == "marketing"}
    assert not sells & held_out(shop)
