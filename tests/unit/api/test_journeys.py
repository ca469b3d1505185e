"""Journeys for programs, over a shop without orders: written, started, walked, given, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from huitou.care.consents import book as consents
from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.journeys.paths.tables import path_gift
from huitou.journeys.sendings.tables import sending
from huitou.loyalty import book as loyalty
from huitou.loyalty.points import book as points
from huitou.loyalty.surprises import book as surprises
from huitou.loyalty.surprises.tables import surprise
from huitou.runs.shop import Shop
from huitou.runs.walking import giving
from huitou.runs.walking.knowing import unknown
from huitou.runs.wiring import open_shop
from huitou.store.outbox import Event, tell

SURPRISING = """name: thanks
on: {event: will_come}
nodes:
  cup: {gift: surprise, what: thanks_gift}
  told: {end: told}
exits: [complaint]
"""
Client = Callable[..., TestClient]
THANKS = """name: thanks
on: {event: will_come}
nodes:
  points: {gift: points, amount: 100}
  offer: {gift: offer, amount: 5}
  hello: {message: welcome_thanks, channel: [webhook], then: told}
  told: {end: told}
exits: [complaint, silence]
"""

BY_WORTH = "{branch: [{when: {value: {at_least: 100}}, then: told}], otherwise: points}"
THE_WORTHY_APART = THANKS.replace("nodes:\n", f"nodes:\n  worth: {BY_WORTH}\n")


@pytest.fixture
def real(home: Path) -> Shop:
    """A shop that opened today: no orders, half of everybody held out."""
    shop = open_shop(home)
    shop.change_settings(
        name="茶铺", currency="CNY", timezone="Asia/Shanghai", salt="a salt", holdout_share=0.5
    )
    return shop


@pytest.fixture
def client(real: Shop) -> Client:
    staff = Staff(real.books)

    def knock(*scopes: str) -> TestClient:
        secret = staff.issue_token("planner", scopes, real.clock.now())
        return TestClient(app(real, staff), headers={"Authorization": f"Bearer {secret}"})

    return knock


@pytest.fixture
def planner(client: Client) -> TestClient:
    return client("read", "plan")


def started(planner: TestClient, text: str = THANKS) -> None:
    assert planner.post("/journeys", json={"text": text}).status_code == 200
    assert planner.post("/journeys/thanks/start").json()["state"] == "live"
    planner.post("/journeys/tick")


def will_come(shop: Shop, people: list[str], call: str = "call") -> None:
    now = shop.clock.now()
    with shop.books.unit() as unit:
        tell(
            unit,
            [Event("call.will_come", f"{call}:{who}", now, {"person_id": who}) for who in people],
        )


def of_each(shop: Shop, people: list[str]) -> tuple[list[str], list[str]]:
    """Those who are treated, and those who are held out."""
    day = shop.clock.now().astimezone(shop.settings.zone).date()
    held = [who for who in people if unknown(who, shop.settings, day)["held"]]
    return [who for who in people if who not in held], held


def today(shop: Shop) -> date:
    return shop.clock.now().astimezone(shop.settings.zone).date()


def gifts(shop: Shop) -> list[dict[str, Any]]:
    with shop.books.reading() as unit:
        return [dict(row) for row in unit.rows(select(path_gift).order_by(path_gift.c.person_id))]


def test_a_text_that_means_nothing_is_said_so_with_its_line(planner: TestClient) -> None:
    told = planner.post("/journeys/check", json={"text": "name: x\non: {event: order}\n"})
    assert told.status_code == 422 and "node" in told.json()["error"]["sentence"]
    assert planner.post("/journeys/check", json={"text": THANKS}).json()["name"] == "thanks"
    assert planner.get("/journeys").json() == []


def test_every_playbook_is_ready_to_be_taken_and_started(planner: TestClient) -> None:
    shipped = planner.get("/journeys/playbooks").json()
    assert len(shipped) == 14 and all(each["ready"] for each in shipped)
    for each in shipped:
        assert planner.post(f"/journeys/playbooks/{each['name']}").json()["state"] == "draft"
        assert planner.post(f"/journeys/{each['name']}/start").json()["state"] == "live"
    assert {each["state"] for each in planner.get("/journeys").json()} == {"live"}


def test_who_only_reads_starts_nothing(client: Client, planner: TestClient) -> None:
    planner.post("/journeys", json={"text": THANKS})
    assert client("read").post("/journeys/thanks/start").status_code == 403
    assert client("read").get("/journeys/thanks").json()["state"] == "draft"


def test_points_are_given_once_and_to_nobody_held_out(planner: TestClient, real: Shop) -> None:
    started(planner)
    people = [f"person {number}" for number in range(12)]
    treated, held = of_each(real, people)
    assert treated and held
    will_come(real, people)
    assert planner.post("/journeys/tick").json()["came in"] == 12
    planner.post("/journeys/tick")
    with real.books.reading() as unit:
        have = {who: points.balance(unit, who).available for who in people}
        asked = [row["person_id"] for row in unit.rows(select(sending))]
    assert have == {**dict.fromkeys(treated, 100), **dict.fromkeys(held, 0)}
    assert sorted(asked) == sorted(treated)
    assert {row["person_id"] for row in gifts(real)} == set(treated)
    assert planner.get("/journeys/thanks").json()["came_in"] == 12
    assert real.check() == []


def test_an_offer_above_what_they_are_surely_worth_is_refused_with_its_reason(
    planner: TestClient, real: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(planner)
    treated, _held = of_each(real, [f"person {number}" for number in range(8)])
    rich, poor = treated[:2]
    monkeypatch.setattr(
        giving, "_known", lambda *_told: {rich: giving.Known("", 500, "loyal")}
    )  # fmt: skip
    will_come(real, [rich, poor])
    planner.post("/journeys/tick")
    offers = {row["person_id"]: row for row in gifts(real) if row["gift"] == "offer"}
    assert (offers[rich]["state"], offers[rich]["reason"]) == ("given", None)
    assert offers[poor]["state"] == "refused" and offers[poor]["reason"]
    with real.books.reading() as unit:
        assert loyalty.held(unit, [rich, poor]).get(rich) == 500
        assert not loyalty.held(unit, [rich, poor]).get(poor)
    planner.post("/journeys/tick")
    assert {row["state"] for row in gifts(real)} == {"given", "refused"}


@pytest.mark.parametrize(("text", "gets"), [(THANKS, True), (THE_WORTHY_APART, False)])
def test_who_refused_offers_by_traits_gets_none_of_a_journey_that_looks_at_them(
    planner: TestClient, real: Shop, monkeypatch: pytest.MonkeyPatch, text: str, gets: bool
) -> None:
    """Their points and their message go on, and so does what everybody gets."""
    started(planner, text)
    treated, _held = of_each(real, [f"person {number}" for number in range(8)])
    who, other = treated[:2]
    with real.books.unit() as unit:
        consents.withdraw(
            unit, who, "any", "personalised", source="preferences", now=real.clock.now()
        )
    worth = giving.Known("", 500, "loyal")
    monkeypatch.setattr(giving, "_known", lambda *_told: {who: worth, other: worth})
    will_come(real, [who, other])
    planner.post("/journeys/tick")
    found = {(row["person_id"], row["gift"]): row for row in gifts(real)}
    assert (found[who, "offer"]["state"] == "given") is gets
    assert found[who, "offer"]["reason"] == (None if gets else "not_by_traits")
    assert found[other, "offer"]["state"] == found[who, "points"]["state"] == "given"
    with real.books.reading() as unit:
        assert {row["person_id"] for row in unit.rows(select(sending))} == {who, other}
        assert bool(loyalty.held(unit, [who]).get(who)) is gets


def test_a_gift_that_was_being_given_when_the_house_fell_is_given_once(
    planner: TestClient, real: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(planner)
    (who, *_), _held = of_each(real, [f"person {number}" for number in range(8)])
    will_come(real, [who])
    fell = dict(giving.GIVERS)

    def falls(_unit: Any, _giving: giving.Giving) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(giving, "GIVERS", {**fell, "points": falls})
    with pytest.raises(KeyboardInterrupt):
        real.journeys.tick()
    monkeypatch.setattr(giving, "GIVERS", fell)
    for _ in range(2):
        real.journeys.tick()
    with real.books.reading() as unit:
        assert points.balance(unit, who).available == 100


def test_the_doctor_finds_a_gift_that_was_given_to_nobody(planner: TestClient, real: Shop) -> None:
    started(planner)
    (who, *_), _held = of_each(real, [f"person {number}" for number in range(8)])
    will_come(real, [who])
    planner.post("/journeys/tick")
    assert real.check() == []
    with real.books.unit() as unit:
        row = {**gifts(real)[0], "id": "forged", "state": "given"}
        unit.add(path_gift, [row])
    assert any("gift" in each for each in real.check())


def test_a_journey_surprises_within_the_budget_by_the_lot_of_all_surprises(
    planner: TestClient, real: Shop
) -> None:
    gift = '[[gift]]\nname = "thanks_gift"\nwhen = "journey"\nwhat = "A cup"\ncost = 300\n'
    rules = f"on = true\nbudget = 600\ncontrol_share = 0.4\n{gift}"
    real.rules("surprises").write(rules)
    started(planner, SURPRISING)
    people = [f"person {number}" for number in range(30)]
    treated, held = of_each(real, people)
    will_come(real, people)
    for _ in range(3):
        planner.post("/journeys/tick")
    with real.books.reading() as unit:
        kept = {row["person_id"]: row for row in surprises.all_drawn(unit)}
        assert surprises.check(unit) == [] and surprises.spent(unit, f"{today(real):%Y-%m}") == 600
    arms = Counter(row["arm"] for row in kept.values())
    assert arms["given"] == 2 and arms["control"] > 0, "the budget ends it, the lot compares"
    assert not set(held) & set(kept), "who is held out is never surprised"
    ended = {row["person_id"]: (row["state"], row["reason"]) for row in gifts(real)}
    assert set(ended) == set(treated)
    given = {who for who, (state, _) in ended.items() if state == "given"}
    assert given == {who for who, row in kept.items() if row["arm"] == "given"}
    reasons = Counter(reason for state, reason in ended.values() if state == "refused")
    assert set(reasons) == {"control", "budget"} and reasons["control"] == arms["control"]
    (waits, *_) = [real.surprises.waiting_for(who) for who in given]
    assert [each.what for each in waits] == ["A cup"]
    assert real.check() == []


def test_a_surprise_that_is_drawn_elsewhere_is_not_given_by_a_journey(
    planner: TestClient, real: Shop
) -> None:
    gift = '[[gift]]\nname = "thanks_gift"\nwhen = "orders"\nwhat = "A cup"\ncost = 300\n'
    real.rules("surprises").write(f"on = true\nbudget = 600\n{gift}")
    started(planner, SURPRISING)
    treated, _held = of_each(real, [f"person {number}" for number in range(6)])
    will_come(real, treated)
    planner.post("/journeys/tick")
    assert {row["state"] for row in gifts(real)} == {"refused"}
    assert all("thanks_gift" in str(row["reason"]) for row in gifts(real))


CUP = (
    "on = true\nbudget = 60000\ncontrol_share = 0.4\n"
    '[[gift]]\nname = "thanks_gift"\nwhen = "journey"\nwhat = "A cup"\ncost = 300\n'
)


def test_who_is_in_a_planned_test_is_not_surprised_by_a_journey(
    planner: TestClient, real: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real.rules("surprises").write(CUP)
    started(planner, SURPRISING)
    (tested, other, *_), _held = of_each(real, [f"person {number}" for number in range(8)])
    monkeypatch.setattr(giving.trials, "inside", lambda _unit, _day: {tested})
    will_come(real, [tested, other])
    planner.post("/journeys/tick")
    with real.books.reading() as unit:
        assert {row["person_id"] for row in surprises.all_drawn(unit)} == {other}
    assert "planned test" in {row["person_id"]: row["reason"] for row in gifts(real)}[tested]


def test_a_journey_draws_the_lot_of_a_surprise_by_the_key_that_survives_merges(
    planner: TestClient, real: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real.rules("surprises").write(CUP)
    started(planner, SURPRISING)
    people, _held = of_each(real, [f"person {number}" for number in range(20)])
    monkeypatch.setattr(
        giving, "_known", lambda *_: {who: giving.Known("member:1") for who in people}
    )
    seen = []
    drawn = giving.at_milestones
    monkeypatch.setattr(
        giving, "at_milestones", lambda gift, turns, *rest: seen.extend(turns)
        or drawn(gift, turns, *rest)
    )  # fmt: skip
    will_come(real, people)
    planner.post("/journeys/tick")
    assert {turn.person_id for turn in seen} == set(people)
    assert {turn.hold_key for turn in seen} == {"member:1"}


def test_a_surprise_is_drawn_anew_on_each_walk_of_somebody(
    planner: TestClient, real: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real.rules("surprises").write(CUP)
    started(planner, f"{SURPRISING}again: each\n")
    monkeypatch.setattr(giving.surprises, "drawn_since", lambda *_: set())
    treated, _held = of_each(real, [f"person {number}" for number in range(30)])
    for call in ("call", "another call"):
        will_come(real, treated, call)
        planner.post("/journeys/tick")
    with real.books.reading() as unit:
        rows = unit.rows(select(surprise))
    assert Counter(row["person_id"] for row in rows) == dict.fromkeys(treated, 2)
    assert len({(row["person_id"], row["lot"]) for row in rows}) == len(rows)
    arms = {(row["person_id"], row["arm"]) for row in rows}
    assert len(treated) < len(arms) < len(rows), "the one draw does not decide the other"


def test_two_workers_that_meet_at_one_gift_give_it_once(
    planner: TestClient, real: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(planner)
    (who, *_), _held = of_each(real, [f"person {number}" for number in range(8)])
    asked = giving.book.gifts_asked
    monkeypatch.setattr(
        giving.book, "gifts_asked", lambda unit, limit: [*asked(unit, limit), *asked(unit, limit)]
    )
    will_come(real, [who])
    assert planner.post("/journeys/tick").status_code == 200
    assert {row["state"] for row in gifts(real)} == {"given", "refused"}
    with real.books.reading() as unit:
        assert points.balance(unit, who).available == 100
