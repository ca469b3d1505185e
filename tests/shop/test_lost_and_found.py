"""A lost customer is treated as a loss: a case, a call, an answer, an end, and what it cost."""

from __future__ import annotations

import csv
import random
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from huitou.care import book as care
from huitou.care.calls.outcomes import Outcome
from huitou.care.casefiles.notes import Note
from huitou.channels import book as channels
from huitou.decisions.holdout import UNIVERSAL
from huitou.decisions.remedies import OFFERS
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import Refused
from huitou.journeys.tables import decision
from huitou.loyalty import book as loyalty
from huitou.runs.desks.calls.views import CallSheet, Drawn
from huitou.runs.desks.cases import standing as cases_standing
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared

HEADER = ("订单号", "会员号", "手机号", "下单时间", "商品名称", "数量", "实付金额", "门店")
FIRST, LAST = date(2023, 1, 2), date(2024, 8, 31)
GOODS = ("龙井茶", "茉莉花茶", "普洱茶饼", "白瓷盖碗")
TEA = Declared(currency="CNY", timezone="Asia/Shanghai")
MORNING = datetime(2024, 9, 2, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai, two days after the last order."""


@dataclass(frozen=True)
class Tea:
    """The tea shop after its plan was applied."""

    home: Path
    plan_id: str


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Tea:
    """Two stores, two clerks who call, a plan with calls in it that was carried out."""
    home = tmp_path_factory.mktemp("tea") / "shop"
    shop = open_shop(home, clock=StoppedClock(MORNING))
    shop.change_settings(
        name="茶铺", margin=0.45, holdout_share=0.2, salt="one lot", clerks="Mei 60 North; Li 90"
    )
    shop.take(_orders(home.parent / "orders.csv"), TEA, confirmed=True)
    shop.run()
    plan = shop.plan()
    assert plan is not None
    shop.approve_plan(plan.id, "owner")
    shop.apply_plan(plan.id, "owner")
    return Tea(home, plan.id)


@pytest.fixture
def shop(tea: Tea, tmp_path: Path) -> Shop:
    """A copy of it, to be changed at will."""
    shutil.copytree(tea.home, tmp_path / "shop")
    return open_shop(tmp_path / "shop", clock=StoppedClock(MORNING))


def test_a_lost_customer_has_a_case_is_called_answers_and_comes_back(
    shop: Shop, tmp_path: Path
) -> None:
    line = shop.casefiles.listed().cases[0]
    assert line.person is not None and line.owner is None and line.brought.first_day is None
    shop.casefiles.assign(line.id, "Mei")
    shop.calls.draw()
    first = shop.calls.today("Mei").days[0].calls
    call = next(call for call in first if call.case_id == line.id)
    assert call.clerk == "Mei" and len(call.happened) == 3 and call.phone.startswith("+86138")

    told = Outcome("answered", "too far now", minutes=12, why="moved", where_to="the market")
    done = shop.calls.write(call.id, told, "Mei")
    assert done.case == line.id and done.next_day is None
    shop.casefiles.write(line.id, Note("done", "a parcel", 3, 1500), "Mei")
    shop.casefiles.write(line.id, Note("lesson", "Offer parcels.", cause="moved"), "Mei")
    file = shop.casefiles.file(line.id)
    assert file.line.status == "answered" and file.cause == "moved"
    assert file.said[0].where_to == "the market"
    assert "wish them well" in str(file.counsel.short)
    assert file.again == date(2024, 12, 1), "ninety days after what was written last"
    assert [note.kind for note in file.notes] == ["call", "done", "lesson"]
    assert file.line.spent.total.minor == round(15 * shop.settings.staff_hourly / 60) + 1500
    assert {"call", "answer", "case", "order"} <= {entry.kind for entry in file.timeline}
    assert "the market" in str(shop.answers().where_to[0])

    later = open_shop(shop.home, clock=StoppedClock(MORNING + timedelta(days=20)))
    later.take(_one_order(tmp_path / "more.csv", line.person.key), TEA, confirmed=True)
    later.run()
    back = later.casefiles.file(line.id)
    assert back.line.status == "returned"
    assert back.line.brought.first_day == date(2024, 9, 15)
    assert back.line.brought.profit.minor == 9_000, "45 % of the 200 they spent"
    assert later.casefiles.listed(status="returned").brought.minor >= 9_000
    assert later.casefiles.lessons()[0].lessons[0].words == "Offer parcels."


def test_each_clerk_has_calls_in_order_of_profit_within_their_minutes(shop: Shop) -> None:
    today = shop.calls.today()
    assert today.clerks == ("Mei", "Li") and sum(len(day.calls) for day in today.days) > 4
    for day in today.days:
        gains = [call.gain.value.minor for call in day.calls if call.gain]
        assert gains == sorted(gains, reverse=True) and day.planned <= day.minutes
        assert all(call.gain.low <= call.gain.value for call in day.calls if call.gain)
    li = next(day for day in today.days if day.clerk == "Li")
    assert {call.store for call in li.calls} == {"South"}, "those of the North are Mei's"


def test_drawn_again_the_list_is_the_same(shop: Shop) -> None:
    before = shop.calls.today()
    assert shop.calls.draw() == Drawn(0, 0, 0)
    assert shop.calls.today() == before


def test_who_wants_silence_has_it_at_once_and_for_every_channel(shop: Shop) -> None:
    call = _any_call(shop)
    shop.calls.write(call.id, Outcome("silence"), "Li")
    with shop.books.reading() as unit:
        silent = care.silent(unit, [call.person_id])
    assert {channel for _, channel in silent} >= {"paper", "email", "call"}
    assert call.person_id not in _listed(shop)
    with pytest.raises(Refused, match="left alone"):
        shop.calls.ask(_key(call), "Li")
    with pytest.raises(Refused, match="left alone"):
        shop.casefiles.open(_key(call), "Li")


def test_who_asked_for_silence_elsewhere_is_off_the_list_before_it_is_drawn(shop: Shop) -> None:
    call = _any_call(shop)
    shop.leave_alone(_key(call), "owner", channel="call")
    assert call.person_id not in _listed(shop)
    assert shop.calls.draw().dropped == 1


def test_nobody_held_out_is_called_or_has_a_case(shop: Shop, tea: Tea) -> None:
    with shop.books.reading() as unit:
        out = unit.rows(
            select(decision.c.person_id, decision.c.intended, decision.c.held_by).where(
                decision.c.plan_id == tea.plan_id, decision.c.arm == "held_out"
            )
        )
    assert any(row["intended"] == "call" for row in out), "the control arm of the calls"
    assert not {row["person_id"] for row in out} & _listed(shop)
    universal = [row["person_id"] for row in out if row["held_by"] == UNIVERSAL]
    for ask in (shop.calls.ask, shop.casefiles.open):
        with pytest.raises(Refused, match="held out by lot"):
            ask(universal[0], "owner")


def test_not_reached_is_tried_another_day_and_given_up_after_three(shop: Shop) -> None:
    call = _any_call(shop)
    again = shop.calls.write(call.id, Outcome("not_reached"), "Mei").next_day
    assert again == date(2024, 9, 3) and call.person_id not in _listed(shop)
    twice = shop.calls.write(call.id, Outcome("not_reached"), "Mei")
    assert not twice.news, "a second tap is not a second try"
    for days, following in ((1, date(2024, 9, 6)), (4, None)):
        later = open_shop(shop.home, clock=StoppedClock(MORNING + timedelta(days=days)))
        assert call.person_id in _listed(later)
        assert later.calls.write(call.id, Outcome("not_reached"), "Mei").next_day == following
    assert call.person_id not in _listed(later)


def test_who_named_a_day_is_called_first_on_that_day(shop: Shop) -> None:
    calls = shop.calls.today("Li").days[0].calls
    last, day = calls[-1], date(2024, 9, 9)
    shop.calls.write(last.id, Outcome("call_back", next_day=day), "Li")
    later = open_shop(shop.home, clock=StoppedClock(MORNING + timedelta(days=7)))
    first = later.calls.today("Li").days[0].calls[0]
    assert first.id == last.id and first.state == "reached"


def test_a_wrong_number_is_rung_once(shop: Shop) -> None:
    call = _any_call(shop)
    shop.calls.write(call.id, Outcome("wrong_number"), "Mei")
    assert call.person_id not in _listed(shop)
    with pytest.raises(Exception, match="no phone number"):
        shop.calls.ask(_key(call), "Mei")


def test_a_written_outcome_is_what_says_that_the_call_left_the_house(shop: Shop, tea: Tea) -> None:
    calls = [call for day in shop.calls.today().days for call in day.calls][:2]
    for call in calls:
        shop.calls.write(call.id, Outcome("will_come"), call.clerk)
    with shop.books.reading() as unit:
        assert channels.calls_made(unit, tea.plan_id) == 2
        assert channels.sent(unit, tea.plan_id) == 2, "no letter was posted, and two were rung"


def test_calls_have_a_read_out_of_their_own(shop: Shop, tea: Tea, tmp_path: Path) -> None:
    shop.calls.write(_any_call(shop).id, Outcome("will_come"), "Mei")
    later = open_shop(shop.home, clock=StoppedClock(MORNING + timedelta(days=20)))
    later.take(_one_order(tmp_path / "more.csv", "M0001"), TEA, confirmed=True)
    later.run()
    proof = later.calls.proofs()[0]
    with shop.books.reading() as unit:
        meant = unit.rows(
            select(decision.c.arm).where(
                decision.c.plan_id == tea.plan_id, decision.c.intended == "call"
            )
        )
    assert proof.programme == tea.plan_id and proof.verdict == "not_proven"
    assert proof.treated + proof.held_out == len(meant), "those alone who were meant a call"
    assert proof.held_out == sum(row["arm"] == "held_out" for row in meant) > 0


def test_nothing_is_promised_on_the_phone_that_only_a_guess_says_would_pay(shop: Shop) -> None:
    """A new shop's guesses are wide: at their lower end no offer pays."""
    calls = [call for day in shop.calls.today().days for call in day.calls if call.person]
    slipping = next(call for call in calls if call.person and call.person.stage == "slipping")
    shop.answer_case(shop.casefiles.open(_key(slipping), "Mei"), "price", by="Mei")
    assert not shop.calls.sheet(slipping.id).offers
    with pytest.raises(Refused, match="may not be promised"):
        shop.calls.write(slipping.id, Outcome("will_come"), "Mei", depth=0.1)


def test_what_is_promised_on_the_phone_stays_within_the_bound(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths = frozenset(act.depth for act in OFFERS)
    monkeypatch.setattr(cases_standing, "sure_depths", lambda *_: depths)
    call = next(
        call
        for day in shop.calls.today().days
        for call in day.calls
        if call.person and call.person.stage == "slipping" and not call.offers
    )
    case = shop.casefiles.open(_key(call), "Mei")
    shop.answer_case(case, "price", by="Mei")
    sheet = shop.calls.sheet(call.id)
    assert sheet.offers and all(offer.most <= sheet.room for offer in sheet.offers)
    with pytest.raises(Refused, match="may not be promised"):
        shop.calls.write(call.id, Outcome("will_come"), "Mei", depth=0.5)
    done = shop.calls.write(call.id, Outcome("will_come"), "Mei", depth=sheet.offers[0].depth)
    assert done.offer is not None and shop.check_offer(done.offer).state == "open"
    with shop.books.reading() as unit:
        owed = loyalty.held(unit, [call.person_id])[call.person_id]
    assert owed == sheet.offers[0].most.minor <= sheet.room.minor
    assert shop.check() == []


def test_a_case_opened_by_hand_is_not_closed_because_they_are_not_lost(shop: Shop) -> None:
    slipping = shop.people(stage="slipping", limit=200).rows
    who = next(row for row in slipping if row.act not in (None, "nothing"))
    case = shop.casefiles.open(who.key, "Mei")
    assert shop.casefiles.open(who.key, "Li") == case, "the one that is followed already"
    shop.run(horizon_days=shop.answers().lost.horizon_days)
    line = shop.casefiles.file(case).line
    assert line.status == "open" and line.opened_by == "Mei"
    shop.casefiles.close(case, "seen in the street", "Mei")
    assert shop.casefiles.open(who.key, "Mei") == case, "the same day, the same file"


def test_a_cause_that_was_found_is_evidence(shop: Shop) -> None:
    line = shop.casefiles.listed().cases[0]
    shop.casefiles.write(line.id, Note("found", "a neighbour said", 5, cause="ill"), "Mei")
    with shop.books.reading() as unit:
        assert care.answered_causes(unit)[line.person_id] == "ill"
    assert shop.casefiles.file(line.id).cause == "ill"


def _any_call(shop: Shop) -> CallSheet:
    return shop.calls.today("Mei").days[0].calls[0]


def _listed(shop: Shop) -> set[str]:
    return {call.person_id for day in shop.calls.today().days for call in day.calls}


def _key(call: CallSheet) -> str:
    assert call.person is not None
    return call.person.key


def _orders(path: Path) -> Path:
    draw = random.Random(11)
    rows: list[tuple[object, ...]] = []
    for member in range(1, 261):
        day = FIRST + timedelta(days=draw.randint(0, 420))
        gap, leaves = draw.choice((12, 25, 45, 80)), draw.uniform(0.02, 0.2)
        known = (f"M{member:04d}", f"138{member:08d}")
        store = draw.choice(("North", "South"))
        while day <= LAST:
            spent = f"￥{draw.lognormvariate(5.4, 0.5):.2f}"
            what = (draw.choice(GOODS), draw.randint(1, 4), spent, store)
            rows.append((f"D{len(rows) + 10001}", *known, day.isoformat(), *what))
            if draw.random() < leaves:
                break
            day += timedelta(days=max(1, round(draw.expovariate(1 / gap))))
    return _written(path, sorted(rows, key=lambda row: str(row[3])))


def _one_order(path: Path, member: str) -> Path:
    bought = ("2024-09-15", GOODS[0], 1, "￥200.00", "North")
    return _written(path, [("E1", member, "138" + member[1:].zfill(8), *bought)])


def _written(path: Path, rows: list[tuple[object, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows((HEADER, *rows))
    return path
