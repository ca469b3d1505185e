"""The pages of consent, in a shop that has just opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from huitou.care.consents import book as consents
from huitou.care.consents.kinds import Wording
from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.ground.clock import StoppedClock
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

ROOT = "http://testserver"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop that knows two people by what they said."""
    shop = open_shop(tmp_path, clock=StoppedClock(NOW))
    shop.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
    with shop.books.unit() as unit:
        text = Wording("join", "en", "Yes <b>write</b> to me.")
        consents.give(unit, "p", "email", "marketing", source="join_page", wording=text, now=NOW)
        consents.hear(unit, "q", "sms", "mark", "please <i>stop</i>", NOW)
    return shop


@pytest.fixture
def owner(shop: Shop) -> Iterator[TestClient]:
    """The owner, who has come in by the first link."""
    staff = Staff(shop.books)
    with TestClient(web(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as site:
        link = f"/welcome/{staff.invite('owner', NOW)}"
        told = site.post(link, data={"name": "owner", "password": "a long enough one"})
        assert told.status_code == 200
        yield site


def csrf(site: TestClient, path: str) -> str:
    text = site.get(path).text
    return text.split('name="csrf" value="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_everything_is_shown_and_nothing_of_it_is_markup(owner: TestClient, language: str) -> None:
    owner.cookies.set("huitou_language", language)
    page, person = owner.get("/consents"), owner.get("/consents/of?who=p")
    assert page.status_code == person.status_code == 200
    assert "please &lt;i&gt;stop" in page.text and "Yes &lt;b&gt;write" in person.text
    assert owner.get("/settings/sending").status_code == 200


def test_what_was_written_is_settled_by_a_person(owner: TestClient, shop: Shop) -> None:
    (waits,) = shop.consents.overview().waiting
    told = {"csrf": csrf(owner, "/consents"), "heard": waits.id, "refused": "yes"}
    assert owner.post("/consents/settle", data=told).status_code == 200
    assert shop.consents.overview().waiting == ()


def test_a_no_told_to_staff_holds_at_once(owner: TestClient, shop: Shop) -> None:
    told = {"csrf": csrf(owner, "/consents/of?who=p"), "who": "p", "channel": "email"}
    assert owner.post("/consents/withdraw", data=told).status_code == 200
    assert shop.consents.of("p").standings[0].state == "withdrawn"
    assert owner.post("/consents/give", data=told | {"wording": "Yes."}).status_code == 200
    assert shop.consents.of("p").standings[0].state == "given"


def test_a_country_told_to_staff_is_kept_and_a_wrong_one_is_not(
    owner: TestClient, shop: Shop
) -> None:
    told = {"csrf": csrf(owner, "/consents/of?who=p"), "who": "p", "country": "tw"}
    page = owner.post("/consents/country", data=told)
    assert page.status_code == 200 and "They told us: TW" in page.text
    assert owner.post("/consents/country", data=told | {"country": "UK"}).status_code == 400
    assert shop.consents.check("p").place.country == "TW"


def test_rules_are_put_in_force_by_the_form(owner: TestClient, shop: Shop) -> None:
    told = {"csrf": csrf(owner, "/settings/sending"), "text": 'packs = ["CN"]\n'}
    assert owner.post("/rules/sending", data=told).status_code == 200
    assert [pack.code for pack in shop.consents.rules().packs if pack.enabled] == ["CN"]
    wrong = owner.post("/rules/sending", data=told | {"text": 'packs = ["MOON"]'})
    assert wrong.status_code == 422 and "MOON" in wrong.text
    assert [pack.code for pack in shop.consents.rules().packs if pack.enabled] == ["CN"]
