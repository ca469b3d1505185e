"""Joining by a code, and one's own card: what guests see, and what nobody may see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select
from tests.unit.public.conftest import Customer, Wound

from huitou.loyalty.cards import book as cards
from huitou.loyalty.cards.tables import joining, membership
from huitou.runs.desks.members import consenting, desk
from huitou.runs.desks.public.cards import FROM_ONE
from huitou.runs.shop import Shop

PHONE = "138 0013 8000"


@pytest.fixture
def code(shop: Shop) -> str:
    """Where the code on the table leads."""
    return shop.members.start("Tables", "Mei", place="Window", clerk="Mei").path


def send(customer: Customer, code: str, **told: Any) -> Response:
    fields = {"name": "王芳", "contact": PHONE, "form": customer.mark(code), **told}
    return customer.post(f"{code}?lang=en", data=fields)


def kept(shop: Shop, table: Any = membership) -> list[Any]:
    with shop.books.reading() as unit:
        return unit.rows(select(table))


def test_a_guest_joins_in_one_form_and_has_a_card(
    customer: Customer, shop: Shop, code: str
) -> None:
    shop.rules("ladder").write(shop.rules("ladder").text.replace("on = false", "on = true", 1))
    sent = send(customer, code, consent=["email", "sms"], birthday="1990-05-31")
    assert sent.status_code == 303
    where = sent.headers["location"]
    assert re.fullmatch(r"/p/card/[\w-]{43}\?lang=en", where)
    page = customer.get(where)
    (row,) = kept(shop)
    assert row["number"] in page.text and "王芳" in page.text and "Member" in page.text
    assert row["clerk"] == "Mei" and not row["known"]
    (form,) = kept(shop, joining)
    assert [each["channel"] for each in form["consents"]] == ["email", "sms"]
    assert "茶铺" in form["consents"][0]["text"] and form["wording"] == "join-1"
    assert row["token_hash"] not in where


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_no_box_is_ticked_for_anybody(customer: Customer, code: str, language: str) -> None:
    page = customer.get(f"{code}?lang={language}")
    assert page.status_code == 200 and "checked" not in page.text
    assert page.text.count('type="checkbox"') == 4


def test_without_a_tick_no_consent_is_kept(customer: Customer, shop: Shop, code: str) -> None:
    send(customer, code)
    assert kept(shop, joining)[0]["consents"] == []


def test_the_button_pressed_twice_is_one_card_and_leads_to_it_again(
    customer: Customer, shop: Shop, code: str
) -> None:
    mark = customer.mark(code)
    first, second = send(customer, code, form=mark), send(customer, code, form=mark)
    assert first.headers["location"] == second.headers["location"]
    assert len(kept(shop)) == len(kept(shop, joining)) == 1


def test_whoever_types_the_phone_of_a_member_does_not_see_their_card(
    customer: Customer, shop: Shop, code: str
) -> None:
    send(customer, code)
    stranger = send(customer, code, name="Eve")
    assert stranger.headers["location"].endswith("/thanks?lang=en")
    assert "王芳" not in customer.get(stranger.headers["location"]).text
    assert len(kept(shop)) == 1 and len(kept(shop, joining)) == 2


def test_a_program_sees_what_a_second_visitor_sees(
    customer: Customer, shop: Shop, code: str
) -> None:
    sent = send(customer, code, website="http://spam.example")
    assert sent.headers["location"].endswith("/thanks?lang=en") and not kept(shop)


def test_the_card_of_a_known_customer_shows_nothing_until_staff_have_seen_them(
    customer: Customer, shop: Shop, code: str
) -> None:
    shop.rules("ladder").write(shop.rules("ladder").text.replace("on = false", "on = true", 1))
    where = send(customer, code).headers["location"]
    with shop.books.unit() as unit:
        unit.execute(membership.update().values(known=True))
    veiled = customer.get(where).text
    assert "Member" not in veiled and "seen that it is you" in veiled
    (row,) = kept(shop)
    shop.ladder.confirm(row["person_id"], "Mei")
    assert "Member" in customer.get(where).text
    assert kept(shop)[0]["confirmed_by"] == "Mei"


def test_what_somebody_ticks_for_a_customer_we_know_waits_until_staff_have_seen_them(
    customer: Customer, shop: Shop, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody consents for another: github.com/mautic/mautic/issues/5495."""
    given: list[str] = []

    def room(_unit: Any, person: str, form: Any, *_more: Any, **_by: Any) -> int:
        given.extend(f"{person}: {each['channel']}" for each in form["consents"])
        return len(form["consents"])

    monkeypatch.setattr(desk, "hand_over", room)
    monkeypatch.setattr(consenting, "hand_over", room)
    monkeypatch.setattr(desk, "matched", lambda *_asked: "p1")
    send(customer, code, consent="sms")
    assert given == [] and kept(shop)[0]["known"]
    shop.ladder.confirm("p1", "Mei")
    assert given == ["p1: sms"]
    monkeypatch.setattr(desk, "matched", lambda *_asked: None)
    send(customer, code, contact="new@example.com", consent="email")
    assert given[1].endswith(": email")


def test_every_wrong_secret_opens_the_same_page(customer: Customer, code: str) -> None:
    pages = [
        customer.get(path)
        for path in (
            "/p/card/" + "x" * 43,
            "/p/card/short",
            "/p/join/" + "x" * 43,
            code.replace("/join/", "/card/"),
            "/p/card/" + "x" * 43 + "/app.webmanifest",
            "/p/join/" + "x" * 43 + "/thanks",
        )
    ]
    assert {page.status_code for page in pages} == {404}
    bare = [re.sub(r'href="[^"]*"', "", page.text) for page in pages]
    assert len(set(bare)) == 1


def test_looking_changes_nothing(customer: Customer, shop: Shop, code: str) -> None:
    where = send(customer, code).headers["location"].partition("?")[0]
    before = kept(shop), kept(shop, joining)
    for path in (where, f"{where}/app.webmanifest", code, f"{code}/thanks"):
        assert customer.get(path).status_code == 200
    assert (kept(shop), kept(shop, joining)) == before


def test_a_phone_keeps_the_card_as_an_app(customer: Customer, code: str) -> None:
    where = send(customer, code).headers["location"].partition("?")[0]
    told = customer.get(f"{where}/app.webmanifest?lang=zh-Hans").json()
    assert told["start_url"].startswith(where) and told["display"] == "standalone"
    for icon in told["icons"]:
        assert customer.get(icon["src"]).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "  "}, "tell us what to call you"),
        ({"contact": "call me"}, "phone number or an e-mail"),
        ({"contact": ""}, "phone number or an e-mail"),
        ({"birthday": "tomorrow"}, "your birthday"),
        ({"birthday": "2999-01-01"}, "your birthday"),
        ({"consent": "telepathy"}, "tick one of the ways"),
        ({"form": "no mark of ours"}, "open for too long"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(
    customer: Customer, shop: Shop, code: str, wrong: dict[str, str], words: str
) -> None:
    answer = send(customer, code, **{"name": "Ann Example", **wrong})
    assert answer.status_code == 422 and words in answer.text and not kept(shop)
    assert wrong.get("contact", PHONE) in answer.text


def test_a_form_that_lay_open_over_night_is_sent_again_with_one_press(
    customer: Customer, shop: Shop, code: str, clock: Wound
) -> None:
    mark = customer.mark(code)
    clock.on(hours=30)
    late = send(customer, code, form=mark)
    assert late.status_code == 422
    fresh = re.search(r'name="form" value="([^"]+)"', late.text)
    assert fresh and send(customer, code, form=fresh[1]).status_code == 303


def test_one_address_cannot_make_cards_without_end(
    customer: Customer, shop: Shop, code: str
) -> None:
    for _ in range(FROM_ONE):
        shop.cards._senders.count("testclient", shop.clock.now())
    assert send(customer, code).status_code == 422 and not kept(shop)


def test_what_strangers_type_is_shown_as_words(customer: Customer, shop: Shop, code: str) -> None:
    where = send(customer, code, name="<script>alert(1)</script>\u202e").headers["location"]
    page = customer.get(where).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "\u202e" not in page


def test_a_promotion_that_is_over_opens_nothing(
    customer: Customer, shop: Shop, code: str, clock: Wound
) -> None:
    """An expired programme went on issuing cards elsewhere: github.com/odoo/odoo/issues/208134."""
    open_before = customer.mark(code)
    shop.members.end("Tables")
    assert customer.get(code).status_code == 200
    clock.on(days=1)
    assert customer.get(code).status_code == 404
    late = {"name": "王芳", "contact": PHONE, "form": open_before}
    assert customer.post(code, data=late).status_code == 404
    with shop.books.reading() as unit:
        assert cards.count(unit) == 0
