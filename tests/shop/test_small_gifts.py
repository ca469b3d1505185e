"""A dozen customers of a café: surprised at the till, brought by friends, won back once."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from huitou.care.consents import book as consents
from huitou.care.consents.tables import consent_event
from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.doors.public.app import app as public_app
from huitou.doors.web import web
from huitou.facts.customers import customers
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import new_id
from huitou.journeys.sendings import book as sendings
from huitou.loyalty import book as loyalty
from huitou.loyalty.offers import RETURN
from huitou.loyalty.referrals import book as referrals
from huitou.loyalty.surprises import book as surprises
from huitou.loyalty.till import book as sales
from huitou.runs.shop import Shop
from huitou.runs.steps import know, referral, returns, surprise, tidy
from huitou.runs.wiring import open_shop
from huitou.runs.work import Work
from huitou.sources.contract import Declared

HOME = Declared(currency="CNY", timezone="Asia/Shanghai")
MARCH = date(2026, 3, 1)
HEAD = ("order_id", "member_no", "phone", "address", "ordered_at", "product", "amount", "is_return")
SURPRISES = """
on = true
budget = 450
control_share = 0.05
most_a_year = 2
[[gift]]
name = "third"
when = "orders"
every = 3
what = "A coffee on the house"
cost = 150
[[gift]]
name = "birthday"
when = "birthday"
what = "A cookie"
cost = 100
"""
REFERRALS = """
on = true
kept_days = 14
least = 1000
most_a_month = 1
[giver]
kind = "offer"
amount = 500
[friend]
kind = "offer"
amount = 300
"""


class Cafe:
    """A café whose days are lived one after another."""

    def __init__(self, folder: Path, day: date = MARCH) -> None:
        self.folder, self.day = folder, day
        self.shop = self._opened()

    def _opened(self) -> Shop:
        noon = datetime.combine(self.day, time(6), tzinfo=UTC)
        return open_shop(self.folder / "shop", clock=StoppedClock(noon))

    def till(self, day: date, *rows: tuple[str, str, int]) -> None:
        """What the till had that day: (phone, member, amount), returns below zero."""
        self.day, path = day, self.folder / f"{day}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file)
            out.writerow(HEAD)
            for place, (phone, member, amount) in enumerate(rows):
                road = "Long Road 1" if member in ("M1", "HOME") else f"Street {member}"
                back = "yes" if amount < 0 else "no"
                number = f"{day}-{place}"
                out.writerow((number, member, phone, road, day, "coffee", amount, back))
        self.shop.books.close()
        self.shop = self._opened()
        self.shop.take(path, HOME, confirmed=True)

    def on(self, day: date, *rows: tuple[str, str, int]) -> None:
        """The same, and the day's work as far as it matters here."""
        self.till(day, *rows)
        self.work()

    def work(self) -> None:
        """Those steps of a day that know people and orders, and ours; forecasts cost seconds."""
        house = self.shop._house
        work = Work(
            home=house.home, lake=house.lake, books=house.books, shelf=house.shelf,
            settings=self.shop.settings, run_id=new_id(), now=house.clock.now(), day=self.day,
            horizon_days=28,
        )  # fmt: skip
        know.people(work)
        know.lines(work)
        work.edition.write(f"customers_{self.day}", _customers(work))
        with house.books.unit() as unit:
            for step in (know.names, tidy.end_offers, returns.end, surprise.draw, referral.settle):
                step(work, unit)
        house.lake.publish(work.edition)

    def person(self, member: str) -> str:
        """The id of a member."""
        edition = self.shop._house.lake.current()
        assert edition is not None
        found = edition.table("keys", only=("key", [f"member:{member}"]))
        return str(found["person_id"][0].as_py())


def _customers(work: Work) -> pa.Table:
    with work.lake.reading(work.edition) as connection:
        return customers(work.tables(connection), work.moment.as_of).to_pyarrow()


PHONES = {f"M{number}": f"1350000000{number}" for number in range(1, 7)}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six regulars who have come twice."""
    folder = tmp_path_factory.mktemp("cafe")
    made = Cafe(folder)
    made.shop.change_settings(
        name="Café", currency="CNY", timezone="Asia/Shanghai", holdout_share=0.0, salt="one"
    )
    made.till(MARCH, *everyone())
    made.on(MARCH + timedelta(days=3), *everyone())
    made.shop.books.close()
    return folder


@pytest.fixture
def cafe(opened: Path, tmp_path: Path) -> Iterator[Cafe]:
    """A copy, to be changed at will."""
    shutil.copytree(opened, tmp_path / "cafe")
    made = Cafe(tmp_path / "cafe", MARCH + timedelta(days=3))
    yield made
    made.shop.books.close()


def everyone() -> list[tuple[str, str, int]]:
    return [(phone, member, 30) for member, phone in PHONES.items()]


def test_a_third_coffee_is_a_surprise_within_the_budget_and_is_handed_over_once(
    cafe: Cafe, capsys: pytest.CaptureFixture[str]
) -> None:
    cafe.shop.rules("surprises").write(SURPRISES)
    cafe.on(MARCH + timedelta(days=5), *everyone())
    page = cafe.shop.surprises.page()
    assert page.spent.minor == 450 and page.counted["waiting"] == 3  # of six: the budget is over
    waits = [m for m in PHONES if cafe.shop.surprises.waiting(m)]
    gift = cafe.shop.surprises.waiting(waits[0])[0]
    done = cafe.shop.surprises.deliver(gift.id, "Mei")
    assert str(done.because) == "Order number 3" and 0 < done.receipt["chance"] <= 1
    with pytest.raises(Refused, match="already"):
        cafe.shop.surprises.deliver(gift.id, "Li")
    with cafe.shop.books.reading() as unit:
        assert surprises.check(unit) == [] and sendings.counted(unit) == {}  # nobody is told
    with pytest.raises(SystemExit):
        main(["--home", str(cafe.shop.home), "surprise", "list", "--state", "delivered", "--json"])
    assert len(json.loads(capsys.readouterr().out)) == 1
    cafe.work()  # the same day again draws nobody
    assert sum(cafe.shop.surprises.page().counted.values()) == sum(page.counted.values())


def test_who_is_held_out_is_never_surprised(cafe: Cafe) -> None:
    cafe.shop.change_settings(holdout_share=1.0)
    cafe.shop.rules("surprises").write(SURPRISES)
    cafe.on(MARCH + timedelta(days=5), *everyone())
    assert sum(cafe.shop.surprises.page().counted.values()) == 0


def test_nothing_is_drawn_until_somebody_switches_it_on(cafe: Cafe) -> None:
    cafe.on(MARCH + timedelta(days=5), *everyone())
    assert sum(cafe.shop.surprises.page().counted.values()) == 0


def test_a_birthday_is_a_surprise_once_a_year_and_what_nobody_fetches_ends(cafe: Cafe) -> None:
    cafe.shop.rules("surprises").write(SURPRISES)
    cafe.shop.surprises.tell_birthday("M1", 3, "Mei")
    cafe.on(MARCH + timedelta(days=6), ("13900000000", "X", 20))
    cafe.on(MARCH + timedelta(days=7), ("13900000000", "X", 20))
    states = cafe.shop.surprises.page().counted
    assert states["waiting"] + states["control"] == 1
    later = StoppedClock(datetime(2026, 9, 1, tzinfo=UTC))
    with cafe.shop.books.unit() as unit:
        ended = surprises.expire(unit, later.now())
        assert ended == states["waiting"] and surprises.check(unit) == []


def brought(cafe: Cafe, member: str, name: str, phone: str) -> None:
    """A friend opens a regular's link and leaves a name."""
    token = cafe.shop.referrals.link(member, "Mei").token
    with TestClient(public_app(cafe.shop)) as door:
        before = door.get(f"/r/{token}?lang=en")
        assert before.status_code == 200 and "A friend invites you" in before.text
        form = {"name": name, "reach": phone, "agreed": "yes"}
        told = door.post(f"/r/{token}?lang=en", data=form, follow_redirects=False)
        assert told.status_code == 303


def states(cafe: Cafe) -> dict[str, tuple[str, str | None]]:
    return {row.friend: (row.state, row.why) for row in cafe.shop.referrals.listed()}


def test_what_a_friend_agreed_to_is_kept_as_consent_once_it_is_known_who_they_are(
    cafe: Cafe,
) -> None:
    cafe.shop.rules("referrals").write(REFERRALS)
    brought(cafe, "M2", "Ann", "13900000001")
    with cafe.shop.books.reading() as unit:
        (row,) = referrals.open_ones(unit)
        assert not unit.rows(select(consent_event)), "nobody is known by that number yet"
    cafe.on(MARCH + timedelta(days=5), ("13900000001", "", 40))
    cafe.work()
    with cafe.shop.books.reading() as unit:
        (word,) = unit.rows(select(consent_event))
        friend = referrals.the_referral(unit, row["id"])["friend_id"]
        assert (word["person_id"], word["channel"], word["purpose"], word["source"]) == (
            friend, "sms", "service", "friend",
        )  # fmt: skip
        assert word["at"] == row["at"] and word["proof"]["referral"] == row["id"]
        assert not consents.given(unit, [friend], "marketing"), "no yes to being sold anything"
    assert cafe.shop.consents.of(friend).history[0].words == row["consent"]


def test_both_are_rewarded_once_after_the_friend_kept_a_first_order(cafe: Cafe) -> None:
    cafe.shop.rules("referrals").write(REFERRALS)
    brought(cafe, "M2", "Ann", "13900000001")
    brought(cafe, "M3", "Ann again", "13900000001")  # the first who brings her counts
    cafe.on(MARCH + timedelta(days=5), ("13900000001", "", 40))
    assert states(cafe) == {"Ann": ("bought", None)}
    cafe.on(MARCH + timedelta(days=18), ("13900000009", "", 10))
    assert states(cafe) == {"Ann": ("bought", None)}  # it could still be brought back
    cafe.on(MARCH + timedelta(days=19), ("13900000009", "", 10))
    assert states(cafe) == {"Ann": ("rewarded", None)}
    with cafe.shop.books.reading() as unit:
        offers = {row["person_id"]: row["amount"] for row in loyalty.latest(unit)}
        assert sorted(offers.values()) == [300, 500]
        assert offers[cafe.person("M2")] == 500
        thanks = sendings.to_person(unit, cafe.person("M2"))
        assert [(row["origin"], row["purpose"]) for row in thanks] == [("referral", "service")]
    cafe.work()
    with cafe.shop.books.reading() as unit:
        assert len(loyalty.latest(unit)) == 2 and loyalty.check(unit) == []


def test_an_order_that_is_brought_back_rewards_nobody(cafe: Cafe) -> None:
    cafe.shop.rules("referrals").write(REFERRALS)
    brought(cafe, "M2", "Ann", "13900000001")
    cafe.on(MARCH + timedelta(days=5), ("13900000001", "", 40))
    cafe.on(MARCH + timedelta(days=8), ("13900000001", "", -40))
    cafe.on(MARCH + timedelta(days=30), ("13900000009", "", 10))
    assert states(cafe) == {"Ann": ("named", None)}


def test_who_brings_themselves_or_the_house_or_a_customer_gets_nothing(cafe: Cafe) -> None:
    cafe.shop.rules("referrals").write(REFERRALS)
    brought(cafe, "M1", "Me", PHONES["M1"])
    brought(cafe, "M1", "A regular", PHONES["M4"])
    brought(cafe, "M1", "My wife", "13900000002")
    cafe.on(MARCH + timedelta(days=5), ("13900000002", "HOME", 40))
    cafe.on(MARCH + timedelta(days=30), ("13900000009", "", 10))
    assert states(cafe) == {
        "Me": ("caught", "self"), "A regular": ("caught", "known"),
        "My wife": ("caught", "household"),
    }  # fmt: skip
    by_name = {row.friend: row for row in cafe.shop.referrals.listed()}
    with pytest.raises(Refused, match="themselves"):
        cafe.shop.referrals.decide(by_name["Me"].id, "owner", is_friend=True)
    cafe.shop.referrals.decide(by_name["My wife"].id, "owner", is_friend=True)
    cafe.shop.referrals.decide(by_name["A regular"].id, "owner", is_friend=False)
    cafe.on(MARCH + timedelta(days=31), ("13900000009", "", 10))
    assert states(cafe)["My wife"] == ("rewarded", "household")
    assert states(cafe)["A regular"] == ("refused", "known")


def test_more_friends_than_a_month_rewards_wait_for_the_next(cafe: Cafe) -> None:
    cafe.shop.rules("referrals").write(REFERRALS)
    for number, name in ((1, "Ann"), (2, "Bob")):
        brought(cafe, "M2", name, f"1390000000{number}")
    cafe.on(MARCH + timedelta(days=5), ("13900000001", "", 40), ("13900000002", "", 40))
    cafe.on(MARCH + timedelta(days=20), ("13900000009", "", 10))
    assert sorted(state for state, _ in states(cafe).values()) == ["bought", "rewarded"]
    cafe.on(date(2026, 4, 2), ("13900000009", "", 10))
    assert sorted(state for state, _ in states(cafe).values()) == ["rewarded", "rewarded"]


def test_a_wrong_link_and_an_unread_address_say_so_and_a_get_changes_nothing(cafe: Cafe) -> None:
    cafe.shop.rules("referrals").write(REFERRALS)
    token = cafe.shop.referrals.link("M2", "Mei").token
    with TestClient(public_app(cafe.shop)) as door:
        assert door.get("/r/nosuchtoken").status_code == 404
        for form in ({"name": "", "reach": "13900000001", "agreed": "yes"},
                     {"name": "Ann", "reach": "hello", "agreed": "yes"},
                     {"name": "Ann", "reach": "13900000001"}):  # fmt: skip
            assert door.post(f"/r/{token}", data=form).status_code == 422
        for _ in range(3):
            door.get(f"/r/{token}")
        assert cafe.shop.referrals.listed() == ()
        cafe.shop.rules("referrals").write(REFERRALS.replace("on = true", "on = false"))
        assert door.get(f"/r/{token}").status_code == 404


def test_a_newcomer_has_no_link_yet(cafe: Cafe) -> None:
    cafe.shop.rules("referrals").write(REFERRALS)
    cafe.on(MARCH + timedelta(days=5), ("13900000001", "NEW", 40))
    with pytest.raises(Refused, match="has not bought"):
        cafe.shop.referrals.link("NEW", "Mei")
    with pytest.raises(HuitouError, match="not one customer"):
        cafe.shop.referrals.link("nobody", "Mei")


def test_friends_who_bring_each_other_in_a_ring_are_caught(cafe: Cafe) -> None:
    with cafe.shop.books.unit() as unit:
        now = cafe.shop.clock.now()
        row = referrals.link(unit, "b", "Mei", now)
        referrals.leave(
            unit, row, "C", "+8613900000001", None, consent="yes", language="en", now=now
        )
        one = referrals.open_ones(unit)[0]
        referrals.bought(unit, one, "c", "o1", MARCH, now)
        told = referrals.reward(
            unit, referrals.the_referral(unit, one["id"]), cafe.shop.referrals.rules, "2026-03", now
        )
        assert told == "rewarded" and referrals.ancestors(unit, "c") == ["b"]


def promised(cafe: Cafe, member: str, name: str = "back", **more: Any) -> str:
    """A return offer to a regular."""
    now = cafe.shop.clock.now()
    terms = loyalty.Terms(0.2, 1000, now + timedelta(days=60), kind=RETURN, stage="lost", **more)
    with cafe.shop.books.unit() as unit:
        row = loyalty.make_offer(unit, name, cafe.person(member), terms, 5000, now)
    return str(row["code"])


def test_a_return_offer_is_for_the_one_it_was_made_for(cafe: Cafe) -> None:
    """A once-per-customer coupon, used as a guest or with no customer: woocommerce 22564 and
    41506, magento2 776, shopper 588."""
    code = promised(cafe, "M1")
    shop = cafe.shop
    assert str(shop.check_offer(code, 4000).why_not).startswith("This code is personal")
    with pytest.raises(Refused, match="personal"):
        shop.redeem_offer(code, "o-1", 4000)
    for other in ("M2", PHONES["M2"], "a guest", ""):
        with pytest.raises(Refused) as refused:
            shop.redeem_offer(code, "o-1", 4000, customer=other)
        assert cafe.person("M1") not in str(refused.value) and "M1" not in str(refused.value)
    used = shop.redeem_offer(f"{code[:4].lower()}-{code[4:]}", "o-1", 4000, customer="M1")
    assert used.payable is not None and used.payable.minor == 3200
    again = shop.redeem_offer(code, "o-1", 4000, customer=PHONES["M1"])
    assert again.payable == used.payable
    with pytest.raises(Refused, match="told before"):
        shop.redeem_offer(code, "o-1", 5000, customer="M1")
    with pytest.raises(Refused, match="not open"):
        shop.redeem_offer(code, "o-2", 4000, customer="M1")


def test_who_buys_first_has_no_return_offer_any_more_at_the_till_and_by_the_run(
    cafe: Cafe,
) -> None:
    """Staying away on purpose pays nothing: dead once they buy, none within the cool-down."""
    code, other = promised(cafe, "M1"), promised(cafe, "M2", "other")
    assert cafe.shop.offers.tell_sale("sale 1", 2000, "M1") is True
    assert cafe.shop.offers.tell_sale("sale 1", 2000, "M1") is False
    assert "been here since" not in str(cafe.shop.check_offer(code, 4000, "M2").why_not)
    cafe.on(cafe.day, ("13900000009", "", 10))  # the same day: its orders may be older
    later = StoppedClock(cafe.shop.clock.now() + timedelta(hours=2))
    cafe.shop = open_shop(cafe.folder / "shop", clock=later)
    with cafe.shop.books.unit() as unit:
        made = loyalty.by_code(unit, code)["made_at"]
        sales.tell(unit, "sale 2", cafe.person("M1"), 2000, made + timedelta(hours=1))
    with pytest.raises(Refused, match="been here since"):
        cafe.shop.redeem_offer(code, "o-9", 4000, customer="M1")
    assert cafe.shop.offers.listed("dead")[0].code == code
    cafe.on(cafe.day + timedelta(days=2), (PHONES["M2"], "M2", 30))
    assert {row.code for row in cafe.shop.offers.listed("dead")} == {code, other}
    with pytest.raises(loyalty.Resting):
        promised(cafe, "M1", "too soon")
    with cafe.shop.books.reading() as unit:
        assert loyalty.check(unit) == [] and loyalty.held(unit) == {}


def test_a_second_return_offer_is_smaller(cafe: Cafe) -> None:
    promised(cafe, "M1")
    much_later = cafe.shop.clock.now() + timedelta(days=200)
    terms = loyalty.Terms(0.2, 1000, much_later + timedelta(days=9), kind=RETURN, stage="lost")
    with cafe.shop.books.unit() as unit:
        loyalty.expire(unit, much_later)
        for _ in range(2):  # made twice, it is one
            row = loyalty.make_offer(unit, "2nd", cafe.person("M1"), terms, 5000, much_later)
            assert row["amount"] == 500


def test_a_cancelled_order_gives_the_code_back(cafe: Cafe) -> None:
    code = promised(cafe, "M1")
    staff = Staff(cafe.shop.books)
    token = staff.issue_token("till", ("till",), cafe.shop.clock.now())
    with TestClient(app(cafe.shop, staff)) as till:
        till.headers["Authorization"] = f"Bearer {token}"
        order = {"order": "o-1", "total": "40.00", "customer": "M1"}
        assert till.post(f"/offers/{code}/redeem", json=order).json()["payable"]["amount"] == 32
        for _ in range(2):
            back = till.post(f"/offers/{code}/reverse", json={"order": "o-1"})
            assert (back.status_code, back.json()["state"]) == (200, "open")
        assert till.post(f"/offers/{code}/redeem", json=order).status_code == 403
        fresh = {**order, "order": "o-2"}
        assert till.post(f"/offers/{code}/redeem", json=fresh).status_code == 200
        said = till.post(f"/offers/{code}/check?language=zh-Hans", json={"customer": "M1"}).json()
        assert said["why_not"] == "这个优惠码已经用过了。"
        wrong = {**order, "customer": "M2", "order": "o-3"}
        no = till.post(f"/offers/{code}/redeem?language=zh-Hant", json=wrong)
        assert no.json()["error"]["sentence"] == "這個優惠碼是給別人的。"
    uses = {use.order_id: use.reversed_by for use in cafe.shop.offers.uses(code)}
    assert uses == {"o-1": "token till", "o-2": None}


def test_a_whole_day_draws_and_settles_too(cafe: Cafe) -> None:
    cafe.shop.rules("surprises").write(SURPRISES)
    cafe.shop.rules("referrals").write(REFERRALS)
    brought(cafe, "M2", "Ann", "13900000001")
    cafe.till(MARCH + timedelta(days=5), *everyone(), ("13900000001", "", 40))
    steps = {step.name: step.rows for step in cafe.shop.run().steps}
    assert steps["surprise"] == 3 and {"referral", "returns", "surprises"} <= steps.keys()
    assert states(cafe) == {"Ann": ("bought", None)}
    moved = cafe.shop.surprises.page().moved
    assert moved is not None and moved.verdict == "too_early" and moved.more is None


def test_a_clerk_serves_from_the_till_page_alone(cafe: Cafe) -> None:
    """The surprise, the pack and the code are where the customer stands, and say what was done."""
    cafe.shop.rules("surprises").write(SURPRISES)
    cafe.on(MARCH + timedelta(days=5), *everyone())
    member = next(m for m in PHONES if cafe.shop.surprises.waiting(m))
    packs = '[[pack]]\nname = "Ten teas"\nsessions = 10\nprice = 20000\n'
    cafe.shop.rules("points").write(f"{cafe.shop.rules('points').text}\n{packs}")
    cafe.shop.rules("points").switch(True)
    clerk, person = at_the_till(cafe.shop), cafe.person(member)
    before = clerk.open(person)
    assert "A coffee on the house" in before and "Ten teas: 10 for CN¥200.00" in before
    assert "Handed over, and written down." in clerk.press(person, "gift", gift=clerk.gift)
    assert cafe.shop.surprises.waiting(member) == ()
    assert "The pack is sold." in clerk.press(person, "pack", name="Ten teas", form="1")
    clerk.press(person, "pack", name="Ten teas", form="1")
    (pack,) = cafe.shop.packs.of(member)  # the form sent twice sold one
    assert "9 of 10 left" in clerk.press(person, "session", pack=pack.id, form="2")
    wrong = clerk.press(person, "code", code="K7QM2XV0DR", order="77", total="49.50")
    assert "There is no offer with the code K7QM2XV0DR." in wrong and 'value="77"' in wrong
    comma = clerk.press(person, "code", code="K7QM2XV0DR", order="77", total="1,234")
    assert "Type what the order costs" in comma  # 1,234 is never one and a bit


def test_who_only_has_a_card_can_buy_a_pack(cafe: Cafe) -> None:
    packs = '[[pack]]\nname = "Ten teas"\nsessions = 10\nprice = 20000\n'
    cafe.shop.rules("points").write(f"{cafe.shop.rules('points').text}\n{packs}")
    cafe.shop.rules("points").switch(True)
    clerk = at_the_till(cafe.shop)
    told = {"name": "Wang Fang", "contact": "wang@example.com", "form": "j"}
    joined = clerk.site.post("/till/join", data={**told, "csrf": clerk.csrf})
    person = joined.headers["location"].partition("?")[0].rpartition("/")[2]
    assert "The pack is sold." in clerk.press(person, "pack", name="Ten teas", form="1")


class AtTheTill:
    """A clerk who is signed in."""

    def __init__(self, site: TestClient, csrf: str) -> None:
        self.site, self.csrf, self.gift = site, csrf, ""

    def open(self, person: str) -> str:
        """The till with somebody before it."""
        page = self.site.get(f"/till/{person}").text
        found = re.search(r'name="gift" value="([^"]+)"', page)
        self.gift = found[1] if found else ""
        return page

    def press(self, person: str, what: str, **told: str) -> str:
        """Send one of its forms, and read the page that answers."""
        came = self.site.post(f"/till/{person}/{what}", data={**told, "csrf": self.csrf})
        assert came.status_code in (303, 200, 422), came.text
        if came.status_code == 303:
            came = self.site.get(came.headers["location"])
        return came.text


def at_the_till(shop: Shop) -> AtTheTill:
    """A clerk's browser: in English, signed in."""
    from huitou.doors.console.visit import SESSION, token_for

    staff = Staff(shop.books)
    site = TestClient(web(shop, staff), "http://127.0.0.1", follow_redirects=False)
    link = staff.invite("clerk", shop.clock.now())
    session = staff.welcome(link, "Mei", "a long enough one", shop.clock.now())
    site.cookies.set(SESSION, session)
    site.headers["sec-fetch-site"] = "same-origin"
    return AtTheTill(site, token_for(session))
