"""Offers, surprises, referrals and the page for friends, in three languages at two widths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.browser.looks import PHONE, lets_in, lets_in_on_every_screen

from huitou.loyalty import book as loyalty
from huitou.loyalty.offers import RETURN
from huitou.loyalty.referrals import book as referrals
from huitou.loyalty.surprises import book as surprises
from huitou.loyalty.surprises.lots import Turn, at_milestones
from huitou.loyalty.surprises.rules import Gift

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from tests.browser.conftest import Console

pytestmark = pytest.mark.browser

RULES = """
on = true
budget = 20000
[[gift]]
name = "tenth"
when = "orders"
every = 10
what = "今日咖啡我们请"
cost = 300
"""
FRIENDS = """
on = true
[giver]
kind = "offer"
amount = 500
[friend]
kind = "offer"
amount = 300
"""
INVITED = {
    "en": ("A friend invites you", "I am coming", "Welcome"),
    "zh-Hans": ("朋友邀请您来", "我会来", "欢迎"),
    "zh-Hant": ("朋友邀請您來", "我會來", "歡迎"),
}


@pytest.fixture(scope="module")
def kept(console: Console) -> Console:
    """A shop with offers out, gifts drawn, and friends brought."""
    shop, now = console.shop, console.shop.clock.now()
    shop.rules("surprises").write(RULES)
    shop.rules("referrals").write(FRIENDS)
    people = [row.id for row in shop.people(limit=8).rows]
    ends = now + timedelta(days=20)
    with shop.books.unit() as unit:
        for place, person in enumerate(people[:5]):
            terms = loyalty.Terms(0.1, 900 + place, ends, kind=RETURN, stage="lost")
            row = loyalty.make_offer(unit, f"kept {place}", person, terms, 10**6, now)
            if place == 0:
                loyalty.settle(unit, row["code"], "A-1042", 500, now, order_total=5000)
            if place == 1:
                loyalty.die(unit, row["id"], now)
        gift = Gift("tenth", "orders", "今日咖啡我们请", 300, 10)
        turns = [Turn(person, person, "orders:10", "order 10") for person in people]
        for drawn in at_milestones(gift, turns, 0.3, "salt"):
            told = {"because": drawn.turn.why, "chance": drawn.chance, "turns": len(turns)}
            surprises.keep(unit, drawn, shop.surprises.rules, date(2026, 3, 1), now, told)
        for place, person in enumerate(people[:3]):
            link = referrals.link(unit, person, "owner", now)
            for friend in range(place + 1):
                referrals.leave(
                    unit, link, f"朋友{place}{friend}", f"+86139000{place}{friend:04d}", None,
                    consent="yes", language="en", now=now,
                )  # fmt: skip
        first, second, *_ = referrals.open_ones(unit)
        referrals.catch(unit, first, "household", people[7], now)
        referrals.bought(unit, second, people[6], "A-9", date(2026, 3, 1), now)
    return console


@pytest.mark.parametrize("language", INVITED)
def test_pages_of_keeping_let_everybody_in(
    kept: Console, visit: Callable[..., BrowserContext], language: str
) -> None:
    page = visit(PHONE, language).new_page()
    shown = {"offers": "A-1042", "surprises": "今日咖啡我们请", "referrals": "朋友00"}
    for name, words in shown.items():
        page.goto(f"{kept.root}/{name}")
        assert page.locator("html").get_attribute("lang") == language
        assert page.get_by_text(words).first.is_visible()
        lets_in_on_every_screen(page, f"{name}-{language}")


def test_a_gift_is_looked_up_and_handed_over_in_two_taps(
    kept: Console, visit: Callable[..., BrowserContext]
) -> None:
    waiting = kept.shop.surprises.listed("waiting")[0]
    page = visit(360).new_page()
    page.goto(f"{kept.root}/surprises")
    page.get_by_label("Member number, phone or e-mail").fill(waiting.person)
    page.get_by_role("button", name="Look").click()
    handed = page.get_by_role("button", name="I handed it over")
    handed.wait_for()
    lets_in(page, "surprises-who-360")
    handed.click()
    page.wait_for_url(f"{kept.root}/surprises")
    assert kept.shop.surprises.receipt(waiting.id).state == "delivered"


def test_a_regulars_link_is_shown_with_its_code(
    kept: Console, visit: Callable[..., BrowserContext]
) -> None:
    page = visit(360).new_page()
    page.goto(f"{kept.root}/referrals")
    person = kept.shop.referrals.listed()[0].giver
    page.get_by_label("Member number, phone or e-mail").fill(person)
    page.get_by_role("button", name="Show the link").click()
    code = page.get_by_alt_text("QR code of the link")
    code.wait_for()
    code.evaluate("code => code.decode()")  # waits for it, and fails where it is broken
    link = kept.shop.referrals.link(person, "owner")
    assert page.get_by_text(link.token).first.is_visible()
    lets_in(page, "referrals-link-360")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", INVITED)
def test_a_friend_leaves_a_name_without_any_script(
    kept: Console, browser: Browser, width: int, language: str
) -> None:
    title, send, thanks = INVITED[language]
    link = kept.shop.referrals.link(kept.shop.referrals.listed()[0].giver, "owner")
    context = browser.new_context(
        viewport={"width": width, "height": 740}, java_script_enabled=language != "zh-Hant"
    )
    page = context.new_page()
    page.goto(f"{kept.root}/p/r/{link.token}?lang={language}")
    assert page.get_by_role("heading", name=title).is_visible()
    if language != "zh-Hant":
        lets_in(page, f"friend-{width}-{language}")
    page.locator("#name").fill(f"小林{width}{language}")
    page.locator("#reach").fill(f"139{[*INVITED].index(language)}000{width:04d}")
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name=send).click()
    page.get_by_role("heading", name=thanks).wait_for()
    assert page.get_by_role("button", name=send).count() == 0
    assert [row.friend for row in kept.shop.referrals.listed()].count(f"小林{width}{language}") == 1
    if language != "zh-Hant":
        lets_in(page, f"friend-thanks-{width}-{language}")
    context.close()
