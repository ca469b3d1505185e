"""What the law asks a message to carry stands in it when it leaves, or it stays in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from huitou.care.consents import book as consents
from huitou.channels.contract import Parcel
from huitou.channels.post.rules import Way
from huitou.channels.post.worker import Words
from huitou.ground.clock import StoppedClock
from huitou.journeys.permission import book as permission
from huitou.journeys.permission import rules
from huitou.journeys.permission.book import Place
from huitou.journeys.permission.laws import duties, pack
from huitou.journeys.permission.words import words
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending
from huitou.runs.desks.sending.duties import House, carrying
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

NOW = datetime(2026, 3, 3, 4, tzinfo=UTC)
WAYS = '[email]\nway = "console"\n[sms]\nway = "console"\nsign = "茶铺"\n'
RULES = 'packs = ["CN", "TW", "EU", "US"]\n'
ADDRESS = "1 Tea Street, Shanghai"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = open_shop(tmp_path / "shop", clock=StoppedClock(NOW))
    made.change_settings(
        name="茶铺", currency="CNY", timezone="Asia/Shanghai", address=ADDRESS,
        public_url="https://tea.example",
    )  # fmt: skip
    made.rules("channels").write(WAYS)
    rules.RULES.write(made.home, RULES)
    made.consents.hold_rules()
    yield made
    made.books.close()


def sent(
    shop: Shop, country: str, channel: str = "email", language: str = "en", **told: Any
) -> tuple[str, str | None, str]:
    """State and rule of one marketing message to somebody there, and all that left."""
    person = f"{country}-{channel}"
    with shop.books.unit() as unit:
        permission.place(unit, person, Place(country=country), NOW)
        consents.give(unit, person, channel, "marketing", source="staff", now=NOW)
        to = {"email": "mei@example.com", "phone": "+8613800138000", "language": language}
        said = {"subject": "New tea", "text": "It is here.", "to": to, **told}
        wish = Wish("journey", "spring", person, channel, "marketing", "letter", said)
        sendings.ask(unit, [wish], NOW)
    shop.sending.send([channel])
    with shop.books.reading() as unit:
        row = unit.first(select(sending).where(sending.c.id == wish.id))
    assert row is not None
    file = shop.home / "post" / f"{channel}.txt"
    return row["state"], row["rule"], file.read_text(encoding="utf-8") if file.exists() else ""


def composed(shop: Shop, country: str, **told: Any) -> Parcel:
    """The parcel of one e-mail to somebody there, with its HTML."""
    with shop.books.unit() as unit:
        permission.place(unit, "p", Place(country=country), NOW)
    composer = shop.sending.composer(shop.sending.ways.ways["email"])
    to = {"email": "mei@example.com", "language": "en"}
    row = {
        "id": "a" * 64, "fence": 1, "person_id": "p", "channel": "email", "purpose": "marketing",
        "template": "letter", "told": {"subject": "New tea", "text": "Here.", "to": to, **told},
    }  # fmt: skip
    try:
        (made,) = composer([row], NOW)
    finally:
        composer.close()
    assert isinstance(made, Words) and made.parcel is not None, made
    return made.parcel


def test_in_china_the_subject_of_a_mail_says_that_it_is_an_advertisement(shop: Shop) -> None:
    for language, mark in (("en", "AD "), ("zh-Hans", "广告 "), ("zh-Hant", "廣告 ")):
        with shop.books.unit() as unit:
            (asked,) = permission.to_carry(unit, [("nobody", language, False)], "email")
        assert mark.strip() in {duty.text for duty in asked}
    state, rule, text = sent(shop, "CN", language="zh-Hans")
    assert (state, rule) == ("accepted", None) and "\n广告 New tea\n" in text


def test_in_china_a_text_message_is_signed_and_says_how_to_refuse(shop: Shop) -> None:
    state, _, text = sent(shop, "CN", "sms", "zh-Hans")
    assert state == "accepted" and "\n【茶铺】It is here. 拒收请回复R\n" in text


def test_a_shop_without_a_name_signs_nothing_and_sends_nothing(shop: Shop) -> None:
    shop.change_settings(name=" ")
    shop.rules("channels").write(WAYS.replace('sign = "茶铺"\n', ""))
    state, rule, text = sent(shop, "CN", "sms")
    law = next(each for each in pack("CN").rules if each.kind == "signature")
    assert (state, rule, text) == ("suppressed", law.id, "")
    assert "no name" in str(words(law.id))


def test_in_america_a_mail_carries_the_postal_address_and_a_way_out(shop: Shop) -> None:
    parcel = composed(shop, "US")
    for each in (parcel.text, parcel.html):
        assert each.count(ADDRESS) == 1 and parcel.unsubscribe in each


def test_without_a_postal_address_no_mail_that_sells_goes_to_america(shop: Shop) -> None:
    shop.change_settings(address="")
    state, rule, text = sent(shop, "US")
    law = next(each for each in pack("US").rules if each.kind == "postal_address")
    assert (state, rule, text) == ("suppressed", law.id, "")
    assert "postal address" in str(words(law.id))


def test_without_a_way_out_no_mail_that_sells_goes_to_america(shop: Shop) -> None:
    shop.change_settings(public_url=None)
    state, rule, _ = sent(shop, "US")
    law = next(each for each in pack("US").rules if each.kind == "opt_out")
    assert (state, rule) == ("suppressed", law.id)


def test_in_taiwan_every_mail_says_that_one_may_refuse_for_nothing(shop: Shop) -> None:
    parcel = composed(shop, "TW")
    for each in (parcel.text, parcel.html):
        assert each.count("You may refuse further offers at any time, free of charge.") == 1


@pytest.mark.parametrize("country", ["CN", "DE", "US"])
def test_an_offer_of_ones_own_is_disclosed_as_one_and_a_general_one_is_not(
    shop: Shop, country: str
) -> None:
    kind = {rule.text["en"] for each in ("CN", "EU", "US") for rule in pack(each).rules
            if rule.kind == "disclosure"}  # fmt: skip
    own, general = composed(shop, country, code="K7Q"), composed(shop, country)
    for told in (own.text, own.html):
        assert sum(words in told for words in kind) == 1
    assert not any(words in general.text + general.html for words in kind)


def test_what_is_no_advertisement_carries_no_mark_of_one(shop: Shop) -> None:
    with shop.books.unit() as unit:
        permission.place(unit, "p", Place(country="CN"), NOW)
        to = {"email": "mei@example.com", "language": "en"}
        told = {"subject": "Your repair", "text": "Done.", "to": to}
        sendings.ask(unit, [Wish("points", "x", "p", "email", "service", "letter", told)], NOW)
    shop.sending.send(["email"])
    text = (shop.home / "post" / "email.txt").read_text(encoding="utf-8")
    assert "\nYour repair\n" in text and "AD " not in text


def test_what_a_provider_has_registered_is_left_as_it_is_but_is_signed() -> None:
    parcel = Parcel("a", "p", "sms", "marketing", "letter", "+86138", "zh-Hans", "", "新茶到了\n")
    asked = duties([pack("CN")], "sms", "zh-Hans")
    way = Way("sms", "aliyun", sign="茶铺")
    assert carrying(parcel, asked, House("茶铺"), way) == parcel
    signature = next(each.rule for each in asked if each.kind == "signature")
    assert carrying(parcel, asked, House("茶铺"), replace(way, sign="")) == signature


def test_the_line_is_never_markup(shop: Shop) -> None:
    shop.change_settings(address="1 <script>alert(1)</script> Street")
    assert "<script>alert" not in composed(shop, "US").html
