"""Keeping a plan, approving it, and carrying it out in the books."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.cases import NewCase
from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.decisions.acts import KINDS
from huitou.ground.errors import HuitouError, NotYet, Refused
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import decision, message, plan
from huitou.loyalty import book as loyalty
from huitou.loyalty.tables import offer
from huitou.store.books import Books
from huitou.store.outbox import outbox


def messages(books: Books) -> list[dict]:
    with books.reading() as unit:
        return [dict(row) for row in unit.rows(select(message).order_by(message.c.person_id))]


def test_the_same_plan_is_kept_once(books: Books) -> None:
    with books.unit() as unit:
        first = journeys.keep_draft(unit, given.drafted(), NOW)
    with books.unit() as unit:
        assert journeys.keep_draft(unit, given.drafted(), NOW) == first
        assert len(journeys.plans(unit)) == 1


def test_a_draft_that_comes_again_learns_what_it_was_made_from(books: Books) -> None:
    with books.unit() as unit:
        first = journeys.keep_draft(unit, given.drafted(), NOW)
        again = journeys.keep_draft(unit, given.drafted(), NOW, made={"inputs": "abc"})
        assert again == first
        assert journeys.the_plan(unit, first)["totals"]["inputs"] == "abc"
        journeys.approve(unit, first, "owner", NOW)
        journeys.keep_draft(unit, given.drafted(), NOW, made={"inputs": "other"})
        assert journeys.the_plan(unit, first)["totals"]["inputs"] == "abc"


def test_a_newer_draft_replaces_the_older_and_an_old_one_may_come_back(books: Books) -> None:
    with books.unit() as unit:
        first = journeys.keep_draft(unit, given.drafted(30), NOW)
        second = journeys.keep_draft(unit, given.drafted(40), NOW)
        again = journeys.keep_draft(unit, given.drafted(30), NOW)
        assert journeys.the_plan(unit, first)["status"] == "replaced"
        assert journeys.the_plan(unit, second)["status"] == "replaced"
        assert journeys.the_plan(unit)["id"] == again == f"{first}-2"


def test_a_newer_draft_hides_no_approved_plan(books: Books) -> None:
    first = given.approved(books, given.drafted(30))
    with books.unit() as unit:
        second = journeys.keep_draft(unit, given.drafted(40), NOW + timedelta(hours=1))
        assert journeys.the_plan(unit)["id"] == second
        waiting = journeys.latest(unit, "applying", "approved")
        assert waiting is not None and waiting["id"] == first
        assert journeys.keep_draft(unit, given.drafted(30), NOW) == first
        assert journeys.the_plan(unit, second)["status"] == "replaced"


def test_an_act_nobody_knows_is_refused_in_words(books: Books) -> None:
    with books.unit() as unit:
        plan_id = journeys.keep_draft(unit, given.drafted(), NOW)
        with pytest.raises(HuitouError, match="no act 'bogus'") as refused:
            journeys.receipts(unit, plan_id, act="bogus")
    assert refused.value.to_try == f"one of: {', '.join(KINDS)}"


def test_every_receipt_is_kept_as_it_was_drafted(books: Books) -> None:
    drafted = given.drafted()
    with books.unit() as unit:
        plan_id = journeys.keep_draft(unit, drafted, NOW)
        for receipt in drafted.receipts.to_pylist():
            kept = journeys.receipt(unit, plan_id, receipt["person_id"])
            assert kept is not None
            assert {name: kept[name] for name in receipt} == receipt
        told = journeys.the_plan(unit)["totals"]
    assert told["cost"] == drafted.cost
    assert sum(told["reasons"].values()) == drafted.acts["nothing"]
    assert told["reasons"]["held_out"] == drafted.held_out and "best" not in told["reasons"]


def test_receipts_are_paged_by_gain_without_a_gap(books: Books) -> None:
    with books.unit() as unit:
        plan_id = journeys.keep_draft(unit, given.drafted(), NOW)
        seen, after = [], None
        while rows := journeys.receipts(unit, plan_id, after=after, limit=7):
            seen += rows
            after = rows[-1]["gain"], rows[-1]["person_id"]
        acts = journeys.receipts(unit, plan_id, act="any", limit=1000)
    assert len({row["person_id"] for row in seen}) == len(seen) == 60
    assert [row["gain"] for row in seen] == sorted((row["gain"] for row in seen), reverse=True)
    assert 0 < len(acts) == sum(row["act"] != "nothing" for row in seen)


def test_no_plan_is_said_in_words(books: Books) -> None:
    with books.reading() as unit:
        with pytest.raises(NotYet, match="no plan yet"):
            journeys.the_plan(unit)
        with pytest.raises(HuitouError, match="no plan 'x'"):
            journeys.the_plan(unit, "x")


def test_only_an_approved_plan_is_carried_out(books: Books) -> None:
    with books.unit() as unit:
        plan_id = journeys.keep_draft(unit, given.drafted(), NOW)
    with pytest.raises(Refused, match="not approved"):
        lettering.write_letters(books, plan_id, given.desk(), NOW)
    assert messages(books) == []


def test_a_replaced_plan_cannot_be_approved(books: Books) -> None:
    with books.unit() as unit:
        old = journeys.keep_draft(unit, given.drafted(30), NOW)
        journeys.keep_draft(unit, given.drafted(40), NOW)
    with books.unit() as unit, pytest.raises(Refused, match="replaced"):
        journeys.approve(unit, old, "owner", NOW)


def test_carrying_out_writes_one_message_for_each_act_and_none_for_the_held_out(
    books: Books,
) -> None:
    drafted = given.drafted()
    plan_id = given.approved(books, drafted)
    done = lettering.write_letters(books, plan_id, given.desk(), NOW)
    receipts = drafted.receipts.to_pylist()
    acting = {row["person_id"] for row in receipts if row["act"] != "nothing"}
    held = {row["person_id"] for row in receipts if row["arm"] == "held_out"}
    written = messages(books)
    assert {row["person_id"] for row in written} == acting
    assert held and not held & acting
    assert done["applied"] == len(acting) and "waiting" not in done
    with books.reading() as unit:
        row = journeys.the_plan(unit)
        assert (row["status"], row["applied_as_of"]) == ("applied", given.LAST_DAY)
        assert loyalty.check(unit) == []
        promised = {row["person_id"]: row["cap"] for row in receipts if row["cap"]}
        assert loyalty.held(unit) == promised


def test_carrying_out_twice_changes_nothing(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    before = messages(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.reading() as unit:
        told = unit.value(select(func.count()).where(outbox.c.kind == "plan.applied"))
    assert messages(books) == before and told == 1


def test_chunks_and_a_whole_give_the_same(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "PAUSE_SECONDS", 0)
    seen: list[float] = []
    plan_id = given.approved(books)
    done = lettering.write_letters(books, plan_id, given.desk(), NOW, chunk=7, progress=seen.append)
    assert done["applied"] == len(messages(books))
    assert seen == sorted(seen) and seen[-1] == 1.0


def test_an_offer_letter_names_its_code_its_end_and_its_depth(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.reading() as unit:
        codes = {row["id"]: row for row in unit.rows(select(offer))}
    offers = [row for row in messages(books) if row["act"] == "offer"]
    assert offers
    for row in offers:
        promised = codes[row["decision_id"]]
        assert row["code"] == promised["code"] and promised["code"] in row["body"]
        assert re.fullmatch("[0-9A-Z]{10}", row["code"])
        assert promised["ends_at"] == row["not_after"]
    assert len({row["code"] for row in offers}) == len(offers)


def test_an_offer_ends_with_its_last_day_in_the_shops_zone(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(offer_days=10), NOW)
    english = [row for row in messages(books) if (row["act"], row["language"]) == ("offer", "en")]
    # 2 March 17:00 in Shanghai; ten days on is 12 March, which ends at 16:00 UTC.
    assert english and all("Mar 12, 2026" in row["body"] for row in english)
    assert {row["not_after"].isoformat() for row in english} == {"2026-03-12T16:00:00+00:00"}


def test_silence_and_open_cases_between_plan_and_post_are_obeyed(books: Books) -> None:
    plan_id = given.approved(books)
    with books.unit() as unit:
        acting = journeys.receipts(unit, plan_id, act="offer", limit=2)
        quiet, asked = (row["person_id"] for row in acting)
        care.be_silent(unit, quiet, "any", "told at the till", NOW)
        care.open_cases(unit, [NewCase(asked, NOW.date(), 90_000)], NOW)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.reading() as unit:
        assert journeys.refusals(unit, plan_id) == {"silent": 1, "open_case": 1}
        assert not {quiet, asked} & loyalty.held(unit).keys()
    assert not {quiet, asked} & {row["person_id"] for row in messages(books)}


def test_promoted_nothing_while_waiting_for_an_answer(books: Books) -> None:
    plan_id = given.approved(books)
    with books.unit() as unit:
        waits, spam = (
            row["person_id"] for row in journeys.receipts(unit, plan_id, act="offer", limit=2)
        )
        complaints.receive(unit, Arrived("k1", "Late again!", "form", person_id=waits), NOW)
        complaints.receive(unit, Arrived("k2", "Buy!", "form", person_id=spam, held=True), NOW)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.reading() as unit:
        assert journeys.refusals(unit, plan_id) == {"open_complaint": 1}
        assert waits not in loyalty.held(unit)
    assert waits not in {row["person_id"] for row in messages(books)}
    assert spam in {row["person_id"] for row in messages(books)}


def test_what_was_promised_since_the_plan_counts_against_the_bound(books: Books) -> None:
    plan_id = given.approved(books)
    with books.unit() as unit:
        (row,) = journeys.receipts(unit, plan_id, act="offer", limit=1)
        loyalty.promise(unit, row["person_id"], row["bound"], row["bound"], "elsewhere", NOW)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.reading() as unit:
        assert journeys.refusals(unit, plan_id) == {"bound": 1}
        assert loyalty.held(unit, [row["person_id"]]) == {row["person_id"]: row["bound"]}


def test_people_nobody_knows_any_more_get_no_letter(books: Books) -> None:
    plan_id = given.approved(books)
    done = lettering.write_letters(books, plan_id, given.desk(recipients=lambda _: {}), NOW)
    with books.reading() as unit:
        assert journeys.refusals(unit, plan_id) == {"no_channel": done["refused"]}
    assert messages(books) == []


def test_the_database_refuses_a_message_to_somebody_held_out(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    template = messages(books)[0]
    with books.reading() as unit:
        held = unit.first(select(decision).where(decision.c.arm == "held_out"))
    assert held is not None
    forged = {**template, "decision_id": held["id"], "person_id": held["person_id"]}
    for arm in ("treated", "held_out"):
        with pytest.raises(IntegrityError), books.unit() as unit:
            unit.execute(insert(message).values(**{**forged, "arm": arm}))


@pytest.mark.parametrize(
    "changed", [{"act": "call"}, {"arm": "treated"}, {"worst_cost": 0, "cap": 0}, {"depth": 0.9}]
)
def test_the_database_refuses_to_change_what_was_decided(books: Books, changed: dict) -> None:
    given.approved(books)
    one = select(decision.c.id).where(decision.c.arm == "held_out").limit(1).scalar_subquery()
    with pytest.raises(IntegrityError), books.unit() as unit:
        unit.execute(update(decision).where(decision.c.id == one).values(**changed))


def test_the_database_refuses_an_act_beyond_its_bound(books: Books) -> None:
    plan_id = given.approved(books)
    with books.reading() as unit:
        row = dict(journeys.receipts(unit, plan_id, act="offer", limit=1)[0])
    beyond = {"person_id": "x", "id": "x", "worst_cost": row["bound"] + 1}
    with pytest.raises(IntegrityError), books.unit() as unit:
        unit.execute(insert(decision).values(**{**row, **beyond}))


def test_the_database_refuses_a_plan_that_goes_back(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with pytest.raises(IntegrityError), books.unit() as unit:
        unit.execute(update(plan).where(plan.c.id == plan_id).values(status="approved"))


def test_letters_are_said_to_be_posted_once_and_only_when_written(books: Books) -> None:
    plan_id = given.approved(books)
    with books.unit() as unit, pytest.raises(Refused, match="not applied"):
        journeys.posted(unit, plan_id, "owner", NOW)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    for by in ("owner", "somebody else"):
        with books.unit() as unit:
            journeys.posted(unit, plan_id, by, NOW)
    with books.reading() as unit:
        row = journeys.the_plan(unit, plan_id)
        spoken = journeys.last_spoken(unit)
    assert (row["posted_by"], row["posted_at"], row["status"]) == ("owner", NOW, "applied")
    assert spoken == {one["person_id"]: row["as_of"] for one in messages(books)}


def test_assignments_tell_the_proof_who_was_meant_what(books: Books) -> None:
    drafted = given.drafted()
    plan_id = given.approved(books, drafted)
    with books.reading() as unit:
        rows = journeys.assignments(unit, plan_id).to_pylist()
    held = [row for row in rows if row["arm"] == "held_out"]
    assert len(rows) == 60 and len(held) == drafted.held_out
    assert any(row["intended"] != "nothing" for row in held)
    assert all(row["worst_cost"] >= row["cap"] >= 0 for row in rows)
    assert any(row["cap"] for row in rows)


def test_the_day_on_which_a_plan_was_applied_is_not_changed(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    for moved in ({"applied_as_of": date(2025, 1, 1)}, {"applied_as_of": None}):
        with pytest.raises(IntegrityError), books.unit() as unit:
            unit.execute(update(plan).where(plan.c.id == plan_id).values(**moved))


def test_a_sample_reads_like_the_letter_without_a_promise(books: Books) -> None:
    plan_id = given.approved(books)
    with books.reading() as unit:
        row = journeys.receipts(unit, plan_id, act="offer", limit=1)[0]
    sample = lettering.sample(row, given.recipient(row["person_id"]), given.desk(), NOW)
    assert "XXXXXXXXXX" in sample.body and messages(books) == []
