"""Where the law asks for a second yes, nothing is sold until the link in a message is followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.unit.public.conftest import Customer, Wound

from huitou.care.consents import book as consents
from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.ground.errors import Refused
from huitou.ground.languages import LANGUAGES, speaker
from huitou.journeys.permission import book as permission
from huitou.journeys.sendings import book as sendings
from huitou.runs.desks.members.desk import read
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared

BEGUN = datetime(2026, 3, 2, 10, tzinfo=UTC)
CHANNELS = '[email]\nway = "console"\n[sms]\nway = "console"\nsign = "Tee"\n'


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop in Berlin with a few customers."""
    home = tmp_path_factory.mktemp("berlin")
    shop = open_shop(home / "shop", clock=Wound(BEGUN))
    shop.change_settings(
        name="Teeladen", currency="EUR", timezone="Europe/Berlin", margin=0.4,
        public_url="https://shop.example", address="Am Ufer 1, Berlin", email_to_customers=True,
    )  # fmt: skip
    lines = ["order,date,member,phone,email,product,amount"]
    lines += [
        f"o{n},2026-0{1 + n % 2}-{n % 27 + 1:02},m{n % 40},+4915112345{n % 40:03},"
        f"c{n % 40}@x.example,tea,{20 + n % 7}"
        for n in range(240)
    ]
    file = home / "orders.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    shop.take(file, Declared(currency="EUR", timezone="Europe/Berlin"), confirmed=True)
    shop.run()
    shop.rules("channels").write(CHANNELS)
    shop.rules("sending").write('packs = ["EU"]\ncountry = "DE"\n', "owner")
    shop.books.close()
    return home / "shop"


@pytest.fixture
def clock() -> Wound:
    return Wound(BEGUN)


@pytest.fixture
def shop(filled: Path, tmp_path: Path, clock: Wound) -> Iterator[Shop]:
    import shutil

    shutil.copytree(filled, tmp_path / "shop")
    made = open_shop(tmp_path / "shop", clock=clock)
    yield made
    made.books.close()


@pytest.fixture
def customer(shop: Shop, clock: Wound) -> Customer:
    return Customer(TestClient(web(shop, Staff(shop.books)), follow_redirects=False), clock)


def letters(shop: Shop) -> str:
    """All that left the shop, as people read it."""
    shop.sending.send()
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(shop.home.rglob("*.txt")))


def links(text: str) -> list[str]:
    return re.findall(r"https://shop\.example(/p/yes/[\w.-]+)", text)


def sold(shop: Shop, who: str, channel: str = "email") -> str | None:
    """What stops a message that sells; None where it goes."""
    said = shop.consents.check(who).sayings
    (one,) = [each for each in said if (each.channel, each.purpose) == (channel, "marketing")]
    return one.rule


def given(shop: Shop, who: str) -> set[Any]:
    with shop.books.reading() as unit:
        return consents.given(unit, [who])


def test_a_yes_at_the_till_sells_nothing_until_the_link_is_followed(
    shop: Shop, customer: Customer
) -> None:
    who = shop.person("m1").row.id
    assert sold(shop, "m1") is None, "a customer of late, before anything was asked"
    shop.consents.give("m1", "email", by="lin", source="till", wording="News by e-mail, please.")
    assert not given(shop, who) and sold(shop, "m1") == "not_confirmed"
    told = letters(shop)
    (link,) = links(told)
    assert "email to c1@x.example" in told and "/p/u/" not in told
    for _ in range(3):  # scanners open every link
        page = customer.get(f"{link}?lang=en")
        assert page.status_code == 200 and "Yes, write to me" in page.text
    assert customer.site.head(link).status_code in (200, 404, 405)
    assert not given(shop, who)
    assert "confirmed" in customer.post(f"{link}?lang=en").text
    assert given(shop, who) == {(who, "email")} and sold(shop, "m1") is None
    (word,) = shop.consents.of("m1").history
    assert (word.source, word.words) == ("till", "News by e-mail, please.")
    with shop.books.reading() as unit:
        (row,) = consents.history(unit, who)
    assert row["proof"]["said_at"] and row["proof"]["agent"]
    again = customer.post(f"{link}?lang=en")
    assert "confirmed" in again.text and len(shop.consents.of("m1").history) == 1
    shop.consents.withdraw("m1", by="lin")
    for page in (customer.get(f"{link}?lang=en"), customer.post(f"{link}?lang=en")):
        assert "This link is over" in page.text and "You will hear from us" not in page.text
    assert not given(shop, who), "an old link gives nothing back"
    assert shop.check() == []


def test_it_is_asked_once_and_once_more_on_request_and_then_it_is_over(
    shop: Shop, customer: Customer, clock: Wound
) -> None:
    for _ in range(3):
        shop.consents.give("m2", "email", by="lin", source="join_page")
    (first,) = links(letters(shop))
    assert shop.consents.of("m2").standings[0].state == "waiting"
    assert shop.consents.ask_again("m2", "email").standings[0].again is False
    assert len(set(links(letters(shop)))) == 2
    with pytest.raises(Refused, match="asked twice"):
        shop.consents.ask_again("m2", "email")
    clock.on(days=15)
    assert "over" in customer.get(f"{first}?lang=en").text
    assert "over" in customer.post(f"{first}?lang=en").text
    assert not given(shop, shop.person("m2").row.id)
    with pytest.raises(Refused, match="No first yes"):
        shop.consents.ask_again("m2", "email")
    shop.consents.give("m2", "email", by="lin", source="join_page")
    assert shop.consents.of("m2").standings[0].state == "waiting", "they may say it anew"


def test_who_says_no_meanwhile_has_said_no(shop: Shop, customer: Customer) -> None:
    shop.consents.give("m3", "email", by="lin", source="join_page")
    (link,) = links(letters(shop))
    shop.consents.withdraw("m3", by="lin")
    customer.post(link)
    assert not given(shop, shop.person("m3").row.id) and sold(shop, "m3") == "silent"


def test_a_link_of_another_message_confirms_nothing(shop: Shop, customer: Customer) -> None:
    shop.consents.give("m4", "email", by="lin", source="join_page")
    (link,) = links(letters(shop))
    for forged in (f"{link}x", link.replace("/yes/", "/yes/a"), "/p/yes/none", "/p/yes/"):
        assert "it is confirmed" not in customer.post(forged).text
    assert not given(shop, shop.person("m4").row.id)


def test_a_file_asks_each_once_unless_it_says_that_they_confirmed(shop: Shop) -> None:
    table = (
        "customer,channel,at,confirmed\nm5,email,2026-02-01,\nm6,email,2026-02-01,yes\n"
        "m5,paper,2026-02-01,\n"
    )
    assert shop.consents.take_table(table, "old.csv", "lin").taken == 3
    five, six = (shop.person(who).row.id for who in ("m5", "m6"))
    assert given(shop, five) == {(five, "paper")} and given(shop, six) == {(six, "email")}
    assert shop.consents.take_table(table, "old.csv", "lin").taken == 0
    shop.consents.withdraw("m5", by="lin")
    assert shop.consents.take_table(table, "old.csv", "lin").taken == 0
    assert not links(letters(shop)), "what they refused is not asked about"


def test_who_joins_with_a_new_address_is_asked_there_in_their_language(shop: Shop) -> None:
    told = read(
        shop.settings, BEGUN.date(), name="Neu", contacts=("neu@x.example",), language="zh-Hant",
        consents=("email",),
    )  # fmt: skip
    member = shop.members.join(told, "lin")
    text = letters(shop)
    assert "email to neu@x.example" in text and len(links(text)) == 1
    assert not given(shop, member.person_id)


def test_elsewhere_one_yes_is_enough_and_a_reply_is_proof_anywhere(shop: Shop) -> None:
    shop.consents.declare("m7", "US")
    shop.rules("sending").write('packs = ["EU", "US"]\ncountry = "DE"\n', "owner")
    shop.consents.give("m7", "email", by="lin", source="till")
    who = shop.person("m7").row.id
    assert given(shop, who) == {(who, "email")}
    shop.consents.heard("sms", "+4915112345008", "START")
    eight = shop.person("m8").row.id
    assert given(shop, eight) == {(eight, "sms")}
    with shop.books.reading() as unit:
        assert permission.asks_twice(unit, eight) == {"email", "sms"}
        assert sendings.to_person(unit, eight) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(shop: Shop, customer: Customer, language: str) -> None:
    shop.consents.give("m9", "email", by="lin", source="join_page")
    (link,) = links(letters(shop))
    says = speaker(language).say
    assert says("May we write to you?") in customer.get(f"{link}?lang={language}").text
    done = customer.post(f"{link}?lang={language}").text
    assert says("Thank you, it is confirmed") in done
