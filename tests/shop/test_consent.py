"""A shop whose customers agree, refuse and write back, by every door."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.public.conftest import Wound

from huitou.care.consents import book as consents
from huitou.ground.errors import BadInput, HuitouError
from huitou.journeys.permission import book as permission
from huitou.journeys.permission.book import Place, Verdict, Wanted
from huitou.runs import sending
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_house, open_shop
from huitou.sources.contract import Declared

CLOCK = Wound(datetime(2026, 3, 2, 4, 30, tzinfo=UTC))
"""Half past twelve in Taipei."""
PHONE, OTHER = "+886912345678", "+8613800138000"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A tea shop in Taipei with a few hundred orders, so that people are known."""
    home = tmp_path_factory.mktemp("consenting")
    shop = open_shop(home, clock=CLOCK)
    shop.change_settings(name="茶鋪", currency="TWD", timezone="Asia/Taipei", margin=0.4)
    lines = ["order,date,member,phone,email,product,amount"]
    for number in range(400):
        day = f"20{24 + number % 2}-{number % 12 + 1:02}-{number % 27 + 1:02}"
        who = number % 40
        phone = PHONE if who == 1 else OTHER if who == 2 else f"+8869123{who:05}"
        lines.append(f"o{number},{day},m{who},{phone},c{who}@x.example,tea,{100 + number}")
    for number in range(40):
        lines.append(f"n{number},2026-02-{number % 27 + 1:02},m{number},,,tea,300")
    file = Path(home) / "orders.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    shop.take(file, Declared(currency="TWD", timezone="Asia/Taipei"), confirmed=True)
    shop.run()
    return shop


def test_a_yes_a_no_and_what_is_said_now(shop: Shop) -> None:
    desk = shop.consents
    given = desk.give(
        "m3", "sms", by="mei", wording="好的，請傳簡訊給我", source="till", language="zh-Hant"
    )
    assert given.history[0].words == "好的，請傳簡訊給我" and given.history[0].by == "mei"
    goes = {(one.channel, one.purpose): one for one in desk.check("m3").sayings}
    assert goes["sms", "marketing"].goes and not goes["wecom", "marketing"].goes
    assert goes["wecom", "marketing"].rule == "no_consent" and goes["wecom", "service"].goes
    desk.withdraw("m3", by="mei")
    goes = {(one.channel, one.purpose): one for one in desk.check("m3").sayings}
    assert all(goes[way, "marketing"].rule == "silent" for way in ("sms", "email", "paper"))
    assert goes["sms", "transactional"].goes


def test_stop_by_text_message_is_obeyed_for_whoever_has_the_number(shop: Shop) -> None:
    answered = shop.consents.heard("sms", "0912 345 678", "退訂")
    assert (answered.meaning, answered.people, answered.held) == ("stop", 1, False)
    assert {one.state for one in shop.consents.of("m1").standings[:6]} == {"withdrawn"}
    again = shop.consents.heard("sms", PHONE, "START")
    assert again.meaning == "start" and shop.consents.of("m1").standings[1].state == "given"


def test_a_sentence_waits_for_a_person_and_nothing_sells_meanwhile(shop: Shop) -> None:
    told = shop.consents.heard("sms", OTHER, "please stop texting me")
    assert (told.meaning, told.held) == ("doubtful", True)
    shop.consents.give("m2", "sms", by="mei")
    waits = {(one.channel, one.purpose): one for one in shop.consents.check("m2").sayings}
    assert waits["sms", "marketing"].rule == "asked_in_words" and waits["sms", "service"].goes
    heard = shop.consents.overview().waiting
    assert [one.words for one in heard] == ["please stop texting me"]
    shop.consents.settle(heard[0].id, refused=True, by="mei")
    assert shop.consents.of("m2").standings[0].state == "withdrawn"
    assert not shop.consents.overview().waiting


def test_a_stop_from_an_unknown_number_is_shown_to_staff(shop: Shop) -> None:
    told = shop.consents.heard("sms", "+886999999999", "STOP")
    assert told.held and told.people == 0
    waiting = shop.consents.overview().waiting
    assert waiting[0].person is None
    shop.consents.settle(waiting[0].id, refused=True, by="mei")


def test_a_file_of_consents_says_what_it_took_and_what_not(shop: Shop) -> None:
    shop.consents.withdraw("m6", "email", by="mei")
    table = (
        "customer,channel,at,state,wording\n"
        "m5,email,2025-01-01,,Yes please\n"
        "m6,email,2025-01-01,,Yes please\n"
        "m7,sms,2025-01-01,no,\n"
        "nobody,email,2025-01-01,,\n"
        "m8,pigeon,2025-01-01,,\n"
        "m8,email,,,\n"
    )
    told = shop.consents.take_table(table, "old.csv", "mei")
    assert (told.rows, told.taken, told.known, told.wrong_rows) == (6, 2, 1, 3)
    assert [line for line, _ in told.wrong] == [5, 6, 7]
    again = shop.consents.take_table(table, "old.csv", "mei")
    assert again.taken <= 1, "a refusal may be said twice, a consent not"
    assert shop.consents.of("m6").standings[0].state == "withdrawn"
    assert shop.consents.of("m5").history[0].source == "import"
    with pytest.raises(BadInput):
        shop.consents.take_table("a,b\n1,2\n", "x.csv", "mei")


def test_rules_hold_from_the_moment_they_are_set_and_know_where_people_are(shop: Shop) -> None:
    shop.rules("sending").write('packs = ["TW", "CN"]\n[[cap]]\nmost = 1\nper_day = true\n', "mei")
    found = shop.consents.rules()
    assert [pack.code for pack in found.packs if pack.enabled] == ["CN", "TW"]
    taiwan, mainland = shop.consents.check("m4"), shop.consents.check("m2")
    assert taiwan.place.packs == ("TW",) and taiwan.place.zones == ("Asia/Taipei",)
    assert mainland.place.phone_country == "CN" and mainland.place.packs == ("CN",)
    assert taiwan.place.bought_on is not None
    goes = {(one.channel, one.purpose): one for one in taiwan.sayings}
    assert goes["sms", "marketing"].goes, "bought of late, and not at night"
    assert goes["email", "marketing"].rule == "tw_customers", "the shop did not say it may"
    with shop.books.reading() as unit:
        assert not permission.caps.kept(unit, [taiwan.person]), "looking reserves nothing"
    with pytest.raises(HuitouError):
        shop.rules("sending").write("packs = [1]", "mei")
    assert shop.consents.rules().packs[0].enabled, "what cannot be read changes nothing"


def test_a_file_edited_by_hand_holds_when_the_shop_is_opened_and_a_broken_one_is_said(
    shop: Shop,
) -> None:
    file = shop.home / "rules" / "sending.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text('packs = ["TW"]\n', encoding="utf-8")
    open_shop(shop.home, clock=CLOCK)
    with shop.books.reading() as unit:
        assert [pack.code for pack in permission.in_force(unit).packs] == ["TW"]
    file.write_text("packs = [", encoding="utf-8")
    again = open_shop(shop.home, clock=CLOCK)
    assert any("sending.toml" in wrong for wrong in again.check())
    with shop.books.reading() as unit:
        assert [pack.code for pack in permission.in_force(unit).packs] == ["TW"]
    file.write_text(before, encoding="utf-8")
    house = open_house(shop.home, CLOCK)
    assert not sending.hold(house, shop.settings)  # opening did it
    with shop.books.reading() as unit:
        assert permission.is_in_force(unit, sending.told(house, shop.settings))


def test_a_declared_country_counts_more_than_the_phone(shop: Shop) -> None:
    shop.rules("sending").write('packs = ["TW", "CN"]\n', "mei")
    assert shop.consents.declare("m9", "cn").place.packs == ("CN",)
    with pytest.raises(BadInput):
        shop.consents.declare("m9", "UK")
    with shop.books.unit() as unit:
        person = shop.consents.person("m9")
        told = permission.judge(unit, [Wanted("x", person, "sms", "marketing")], CLOCK.now())
        assert told == [Verdict("cn_sms_consent")]
        where = permission.places(unit, [person])[person]
        assert isinstance(where, Place) and where.country == "CN"


def test_every_word_leaves_in_order_with_the_proof(shop: Shop) -> None:
    rows = list(shop.consents.every_word())
    assert rows == sorted(rows, key=lambda row: (row["written_at"], row["id"]))
    with shop.books.reading() as unit:
        assert len(rows) == len(consents.every(unit, limit=10_000)) > 10
