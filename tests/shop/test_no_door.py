"""Whom the lot holds out, and whom nobody chases, is reached by no door.

The ways out of the house, and what each does for a held-out person:

    plan, letters, e-mail     nothing is meant for them, and no row of theirs can be written
    a letter written before   it is stopped at the hand-over (`channels`, tests/unit/channels)
    word of a fix             it goes by the plan
    calls, by list or by hand refused
    cases                     not opened, by a run or by hand
    questions                 not asked, by a run or by a link
    an offer on their answer  not made

Three doors stay open on purpose. Alarms tell *staff*, and no customer. A complaint is answered, and
may be made good in money: it is the customer who came to us, both arms alike, and leaving them
without an answer would harm them. A code they hold is honoured at the till: it was promised.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from tests.shop.scenes import NOW, Year

from huitou.care.chase.tables import chase_mark
from huitou.care.interviews.tables import interview
from huitou.care.tables import case
from huitou.channels.tables import delivery
from huitou.decisions.holdout import Holdout
from huitou.ground.errors import Refused
from huitou.ground.languages import LANGUAGES, speaker
from huitou.journeys.tables import decision, message
from huitou.loyalty.tables import offer
from huitou.runs.desks.interviews.hearing import known_of
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop


def held_out(shop: Shop) -> set[str]:
    people = shop._edition().table("people", ["person_id", "hold_key"]).to_pylist()
    lot = Holdout(shop.settings.salt, shop.settings.holdout_share)
    return {row["person_id"] for row in people if lot.holds(row["hold_key"])}


def worthiest(shop: Shop) -> str:
    """A held-out person whom everybody would like to reach."""
    out = held_out(shop)
    people = shop._edition().table("people", ["person_id", "value_if_kept"]).to_pylist()
    return max(
        (row for row in people if row["person_id"] in out), key=lambda row: row["value_if_kept"]
    )["person_id"]


def test_nothing_that_a_year_sent_reached_the_held_out(shop: Shop) -> None:
    out = held_out(shop)
    assert len(out) > 50
    with shop.books.reading() as unit:
        for table in (message, case, interview):
            reached = {row["person_id"] for row in unit.rows(select(table.c.person_id))}
            assert not reached & out, table.name
        sent = select(message.c.person_id).join(
            delivery, delivery.c.decision_id == message.c.decision_id
        )
        assert not {row["person_id"] for row in unit.rows(sent)} & out
        rows = unit.rows(select(decision).where(decision.c.person_id.in_(sorted(out))))
    assert rows and all(row["act"] == "nothing" or row["arm"] == "treated" for row in rows)
    newest = [row for row in rows if row["plan_id"] == shop.plan().id]
    assert {row["act"] for row in newest} == {"nothing"}


def test_no_door_opens_for_one_of_them_by_hand(shop: Shop) -> None:
    person = worthiest(shop)
    with pytest.raises(Refused, match="held out"):
        shop.casefiles.open(person, "owner")
    with pytest.raises(Refused, match="held out"):
        shop.interviews.ask(person, "cancelled", "owner")
    with pytest.raises(Refused):
        shop.calls.ask(person, "owner")
    assert person not in str(shop.calls.today())
    known = known_of(shop._house, shop.settings, person)
    assert known.held_out, "an answer of theirs is thanked for, and nothing is offered"


def test_drafting_anew_and_other_limits_do_not_reach_them(shop: Shop) -> None:
    out = held_out(shop)
    plan = shop.draft_plan(budget=10**9, staff_hours=10_000.0)
    with shop.books.reading() as unit:
        mine = decision.c.plan_id == plan.id
        rows = unit.rows(select(decision).where(mine, decision.c.act != "nothing"))
    assert rows and not {row["person_id"] for row in rows} & out


def test_a_letter_to_one_of_them_cannot_be_forged(shop: Shop) -> None:
    person, plan_id = worthiest(shop), shop.plan().id
    with shop.books.reading() as unit:
        row = unit.first(
            select(decision).where(decision.c.plan_id == plan_id, decision.c.person_id == person)
        )
        one = unit.first(select(message).limit(1))
    assert row is not None and one is not None
    forged = {**one, "decision_id": row["id"], "person_id": person, "plan_id": plan_id}
    for arm in ("treated", "held_out"):
        with pytest.raises(DBAPIError), shop.books.unit() as unit:
            unit.add(message, [{**forged, "arm": arm}])


def test_a_restart_and_new_customers_change_nobodys_arm(shop: Shop, year: Year) -> None:
    before = held_out(shop)
    again = open_shop(shop.home, clock=NOW)
    assert held_out(again) == before
    first = {row["person_id"] for row in decisions_of(year)}
    lot = Holdout(shop.settings.salt, shop.settings.holdout_share)
    keys = {row["person_id"]: row["hold_key"] for row in decisions_of(year)}
    for person in first & before:
        assert lot.holds(keys[person]), "who came with the second half changed nothing"


def decisions_of(year: Year) -> list:
    with year.shop.books.reading() as unit:
        return unit.rows(select(decision).where(decision.c.plan_id == year.plan_id))


def someone_treated(shop: Shop) -> str:
    with shop.books.reading() as unit:
        row = unit.first(
            select(decision.c.person_id)
            .where(decision.c.plan_id == shop.plan().id, decision.c.act != "nothing")
            .order_by(decision.c.gain.desc())
        )
    assert row is not None
    return str(row["person_id"])


def test_who_is_marked_is_reached_by_no_door_either(shop: Shop) -> None:
    person = someone_treated(shop)
    marked = shop.chase.mark(person, "abusive", "Threatened the clerk at the till twice.", "mei")
    assert marked.never and shop.person(person).chase == replace(marked, name=None)
    with pytest.raises(Refused, match="left alone"):
        shop.casefiles.open(person, "owner")
    with pytest.raises(Refused):
        shop.calls.ask(person, "owner")
    with pytest.raises(Refused, match="left alone"):
        shop.interviews.ask(person, "cancelled", "owner")
    plan = shop.draft_plan(budget=10**9)
    receipt = shop.person(person).receipt
    assert receipt is not None and receipt.act == "nothing"
    assert "marked them as not to be chased" in str(receipt.words[0])
    assert "Since" in str(receipt.words[1]) and plan.reasons["never"] == 1


def test_who_refused_offers_by_traits_is_in_no_plan_and_reads_why(shop: Shop) -> None:
    person = someone_treated(shop)
    shop.consents.withdraw(person, "any", "personalised", by="mei")
    plan = shop.draft_plan(budget=10**9)
    receipt = shop.person(person).receipt
    assert receipt is not None and receipt.act == "nothing"
    assert plan.reasons["not_by_traits"] == 1
    told = [speaker(language).say(receipt.words[0]) for language in LANGUAGES]
    assert told[0].startswith("They want no offers chosen from what they bought")
    assert len(set(told)) == len(LANGUAGES)


def test_a_mark_is_looked_at_again_by_somebody_else_and_may_be_lifted(shop: Shop) -> None:
    person = someone_treated(shop)
    shop.chase.mark(person, "abusive", "Returned worn clothes four times.", "mei")
    with pytest.raises(Refused, match="somebody else looks again"):
        shop.chase.review(person, "mei")
    assert shop.chase.review(person, "li").reviewed
    shop.chase.lift(person, "It was another customer.", "li")
    assert shop.chase.of(person) is None and not shop.chase.listed()
    with shop.books.reading() as unit:
        states = [row["state"] for row in unit.rows(select(chase_mark).order_by(chase_mark.c.id))]
    assert states == ["never", "reviewed", "lifted"], "nothing is forgotten"


def test_not_for_now_ends_on_its_date(shop: Shop) -> None:
    person = someone_treated(shop)
    mark = shop.chase.mark(person, "rival", "A rival opened next door to them.", "mei")
    assert not mark.never and mark.review_on > shop.chase.today
    shop.draft_plan(budget=10**9)
    receipt = shop.person(person).receipt
    assert receipt is not None and receipt.act == "nothing"
    shop.chase.lift(person, "The rival has closed.", "mei")
    shop.draft_plan(budget=10**9)
    assert shop.person(person).receipt.act != "nothing"


def test_an_offer_they_hold_is_honoured(shop: Shop) -> None:
    with shop.books.reading() as unit:
        codes = unit.rows(select(offer.c.code).where(offer.c.state == "open"))
    assert codes
    for row in codes:
        assert shop.check_offer(row["code"]).state in ("open", "expired")
