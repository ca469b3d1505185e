"""The pages of offers, surprises and referrals, in a shop that has just opened: what is pressed on
them happens once, and only by whom it may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.ground.clock import StoppedClock
from huitou.loyalty import book as loyalty
from huitou.loyalty.referrals import book as referrals
from huitou.loyalty.surprises import book as surprises
from huitou.loyalty.surprises.lots import Turn, at_milestones
from huitou.loyalty.surprises.rules import Gift
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

ROOT = "http://testserver"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GIFTS = 'on = true\nbudget = 20000\n[[gift]]\nname = "tenth"\nwhen = "orders"\nevery = 10\n'
FRIENDS = 'on = true\n[giver]\nkind = "offer"\namount = 5\n[friend]\nkind = "offer"\namount = 5\n'
PAGES = ("/offers", "/surprises", "/referrals")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """One offer used, one gift that waits, one friend who was caught."""
    made = open_shop(tmp_path, clock=StoppedClock(NOW))
    made.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
    made.rules("surprises").write(f'{GIFTS}what = "A <b>cup</b> on us"\ncost = 300\n')
    made.rules("referrals").write(FRIENDS)
    terms = loyalty.Terms(0.1, 900, NOW + timedelta(days=20))
    gift = Gift("tenth", "orders", "A <b>cup</b> on us", 300, 10)
    turns = [Turn(f"p{n}", f"p{n}", "orders:10", "order 10") for n in range(9)]
    with made.books.unit() as unit:
        row = loyalty.make_offer(unit, "used", "p", terms, 10**6, NOW)
        loyalty.settle(unit, row["code"], "A-1042", 500, NOW, order_total=5000)
        for drawn in at_milestones(gift, turns, 0.3, "salt"):
            told = {"because": drawn.turn.why, "chance": drawn.chance, "turns": len(turns)}
            surprises.keep(unit, drawn, made.surprises.rules, date(2026, 3, 1), NOW, told)
        link = referrals.link(unit, "p", "owner", NOW)
        friend = {"consent": "yes", "language": "en", "now": NOW}
        referrals.leave(unit, link, "Li <i>Na</i>", "+8613900000001", None, **friend)
        (named,) = referrals.open_ones(unit)
        referrals.catch(unit, named, "household", "q", NOW)
    yield made
    made.books.close()


@pytest.fixture
def owner(shop: Shop) -> Iterator[TestClient]:
    """The owner, who has come in by the first link."""
    staff = Staff(shop.books)
    with TestClient(web(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as site:
        link = f"/welcome/{staff.invite('owner', NOW)}"
        told = site.post(link, data={"name": "owner", "password": "a long enough one"})
        assert told.status_code == 200
        yield site


@pytest.fixture
def looker(shop: Shop, owner: TestClient) -> Iterator[TestClient]:
    """Somebody who may look and change nothing."""
    staff = Staff(shop.books)
    with TestClient(web(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as site:
        link = f"/welcome/{staff.invite('viewer', NOW)}"
        told = site.post(link, data={"name": "looker", "password": "a long enough one"})
        assert told.status_code == 200
        yield site


def press(site: TestClient, page: str, path: str, **told: str) -> int:
    csrf = site.get(page).text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    return site.post(path, data={"csrf": csrf, **told}).status_code


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_what_is_kept_is_shown_and_nothing_of_it_is_markup(
    owner: TestClient, language: str
) -> None:
    owner.cookies.set("huitou_language", language)
    shown = ("A-1042", "A &lt;b&gt;cup&lt;/b&gt; on us", "Li &lt;i&gt;Na&lt;/i&gt;")
    for path, words in zip(PAGES, shown, strict=True):
        page = owner.get(path)
        assert page.status_code == 200 and words in page.text, path
        assert f'lang="{language}"' in page.text


def test_a_cancelled_order_gives_the_code_back_once(owner: TestClient, shop: Shop) -> None:
    (used,) = shop.offers.listed("settled", 10)
    for _ in range(2):
        told = {"code": used.code, "order": "A-1042"}
        assert press(owner, "/offers", "/offers/reverse", **told) == 200
    assert shop.offers.counted()["open"] == 1 and shop.offers.counted()["settled"] == 0
    with shop.books.reading() as unit:
        assert loyalty.held(unit) == {"p": 900} and loyalty.check(unit) == []


def test_a_gift_is_handed_over_once(owner: TestClient, shop: Shop) -> None:
    waiting = shop.surprises.listed("waiting")[0]
    path = f"/surprises/{waiting.id}/deliver"
    assert press(owner, "/surprises", path) == 200
    press(owner, "/surprises", path)
    assert [row.id for row in shop.surprises.listed("delivered")] == [waiting.id]


def test_who_was_caught_is_decided_by_a_person_once(owner: TestClient, shop: Shop) -> None:
    (caught,) = shop.referrals.listed()
    path = f"/referrals/{caught.id}/decide"
    assert press(owner, "/referrals", path) == 200
    press(owner, "/referrals", path, friend="yes")
    (after,) = shop.referrals.listed()
    assert after.state == "refused"


def test_who_may_only_look_changes_nothing(looker: TestClient, shop: Shop) -> None:
    (used,), (caught,) = shop.offers.listed("settled", 10), shop.referrals.listed()
    waiting = shop.surprises.listed("waiting")[0]
    refused = {
        "/offers/reverse": {"code": used.code, "order": "A-1042"},
        f"/surprises/{waiting.id}/deliver": {},
        f"/referrals/{caught.id}/decide": {"friend": "yes"},
        **{f"/rules{page}": {"text": "on = false\n"} for page in PAGES},
    }
    for path, told in refused.items():
        assert press(looker, "/offers", path, **told) == 403, path
    assert shop.offers.counted()["settled"] == 1
    assert shop.surprises.listed("delivered") == ()
    assert shop.referrals.listed()[0].state == "caught"
