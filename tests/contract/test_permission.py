"""One judge for all that leaves the house, on both databases: caps hold in every window, and the
more valuable goes first."""

from __future__ import annotations

import random
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.consents import book as consents
from huitou.care.consents.book import Choice
from huitou.identity import book as identity
from huitou.journeys.caps import book as caps
from huitou.journeys.caps.tables import cap_kept
from huitou.journeys.permission import book as permission
from huitou.journeys.permission.book import GOES, Place, Verdict, Wanted
from huitou.store.books import Books, Unit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKLY = "[[cap]]\nmost = 2\ndays = 7\n"
DAILY = "[[cap]]\nmost = 1\nper_day = true\n"


def rule(unit: Unit, text: str, zone: str = "UTC", at: datetime = NOW, mail: bool = True) -> None:
    told = {"text": text, "zone": zone, "email_to_customers": mail}
    permission.put_in_force(unit, told, "mei", at)


def asked(number: int, **told: Any) -> Wanted:
    known = {"person_id": "p", "channel": "email", "purpose": "marketing", **told}
    return Wanted(f"m{number}", **known)


def judged(unit: Unit, now: datetime, *wanted: Wanted) -> list[Verdict]:
    return permission.judge(unit, wanted, now)


def test_without_rules_nothing_is_capped_and_nothing_is_kept(any_books: Books) -> None:
    with any_books.unit() as unit:
        assert judged(unit, NOW, *(asked(n) for n in range(30))) == [GOES] * 30
        assert unit.rows(select(cap_kept)) == []


def test_no_more_than_the_cap_and_it_says_when_to_look_again(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, WEEKLY)
        assert judged(unit, NOW, asked(1)) == judged(unit, NOW + DAY, asked(2)) == [GOES]
        assert judged(unit, NOW + 2 * DAY, asked(3)) == [Verdict("cap", NOW + 7 * DAY)]
        second = timedelta(seconds=1)
        late = asked(3, not_after=NOW + 7 * DAY)
        assert judged(unit, NOW + 7 * DAY - second, late) == [Verdict("late")]
        assert judged(unit, NOW + 7 * DAY, asked(3)) == [GOES]


def test_the_same_message_asked_twice_counts_once(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, WEEKLY)
        for later in range(5):
            assert judged(unit, NOW + later * HOUR, asked(1)) == [GOES]
        assert judged(unit, NOW + 5 * HOUR, asked(2)) == [GOES]
        assert judged(unit, NOW + 6 * HOUR, asked(3))[0].rule == "cap"


def test_the_more_valuable_goes_where_a_cap_binds(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, WEEKLY)
        told = judged(unit, NOW, asked(1, value=5), asked(2, value=90), asked(3, value=70))
        assert [one.goes for one in told] == [False, True, True]


def test_what_surely_never_left_counts_no_more_and_what_is_in_doubt_does(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, DAILY)
        assert judged(unit, NOW, asked(1)) == [GOES]
        assert judged(unit, NOW, asked(2))[0].rule == "cap"
        assert permission.release(unit, "m1") and not permission.release(unit, "m1")
        assert judged(unit, NOW, asked(2)) == [GOES]


def test_who_refused_offers_by_traits_is_handed_over_none_and_all_else_goes_on(
    any_books: Books,
) -> None:
    """Their word holds everywhere; where the law says it too, the law is named."""
    offer = asked(1, by_traits=True)
    with any_books.unit() as unit:
        assert judged(unit, NOW, offer) == [GOES]
        consents.withdraw(unit, "p", "any", "personalised", source="preferences", now=NOW)
        assert judged(unit, NOW, offer) == [Verdict("not_by_traits")]
        others = asked(2), asked(3, purpose="service", by_traits=True)
        receipt, neighbour = asked(4, purpose="transactional"), asked(5, person_id="q")
        assert judged(unit, NOW, *others, receipt, neighbour) == [GOES] * 4
        rule(unit, 'packs = ["CN"]\n')
        assert judged(unit, NOW, offer) == [Verdict("cn_not_by_traits")]
        rule(unit, "")
        consents.give(unit, "p", "any", "personalised", source="preferences", now=NOW + DAY)
        assert judged(unit, NOW + DAY, offer) == [GOES]


def test_receipts_are_never_capped_and_never_take_a_slot(any_books: Books) -> None:
    """Mautic 6729, 6760: a frequency rule that was ignored, or held back receipts too."""
    with any_books.unit() as unit:
        rule(unit, '[[cap]]\nmost = 1\ndays = 30\npurposes = ["marketing", "service"]')
        receipts = [asked(n, purpose="transactional") for n in range(5)]
        assert judged(unit, NOW, *receipts) == [GOES] * 5
        assert judged(unit, NOW, asked(10)) == [GOES]
        assert judged(unit, NOW, asked(11))[0].rule == "cap"
        assert judged(unit, NOW, asked(12, purpose="service"))[0].rule == "cap"
        assert judged(unit, NOW, asked(13, purpose="transactional")) == [GOES]


def test_two_who_are_one_share_one_cap(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, DAILY)
        assert judged(unit, NOW, asked(1), asked(2, person_id="q")) == [GOES] * 2
        identity.keep(unit, [("q", "p")], [])
        assert judged(unit, NOW, asked(3, person_id="q"))[0].rule == "cap"


def test_a_calendar_day_is_theirs_not_the_shops(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, DAILY, "UTC")
        permission.place(unit, "p", Place("US", "US", ("America/Los_Angeles",)), NOW)
        evening = datetime(2026, 6, 2, 6, 59, tzinfo=UTC)
        midnight = evening + timedelta(minutes=1)
        assert judged(unit, evening, asked(1)) == [GOES]
        assert judged(unit, evening, asked(2)) == [Verdict("cap", midnight)]
        assert judged(unit, midnight, asked(2)) == [GOES]


def test_less_often_is_once_a_month_and_a_pause_is_a_pause(any_books: Books) -> None:
    with any_books.unit() as unit:
        consents.choose(unit, "p", Choice("less"), "preferences", NOW)
        assert judged(unit, NOW, asked(1)) == [GOES]
        assert judged(unit, NOW + DAY, asked(2)) == [Verdict("cap", NOW + 30 * DAY)]
        until = NOW.date() + timedelta(days=90)
        consents.choose(unit, "p", Choice("less", until), "preferences", NOW)
        midnight = datetime.combine(until, datetime.min.time(), UTC)
        assert judged(unit, NOW + DAY, asked(2)) == [Verdict("paused", midnight)]
        assert judged(unit, NOW + DAY, asked(3, purpose="service")) == [GOES]


def test_caps_are_halved_where_a_channel_is_answered_by_silence(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, WEEKLY)
        permission.measured(unit, "email", 150, 30, 0.1, NOW)
        assert judged(unit, NOW, asked(1), asked(2)) == [GOES] * 2, "too few to know"
        permission.measured(unit, "email", 900, 60, 0.05, NOW)
        later = NOW + 30 * DAY
        told = judged(unit, later, asked(3), asked(4), asked(5, channel="paper"))
        assert [one.rule for one in told] == [None, "cap", None]


def test_what_may_be_a_refusal_is_read_first(any_books: Books) -> None:
    with any_books.unit() as unit:
        told = consents.hear(unit, "p", "email", "mark", "please stop", NOW)
        assert judged(unit, NOW, asked(1)) == [Verdict("asked_in_words", NOW + HOUR)]
        assert judged(unit, NOW, asked(2, purpose="transactional")) == [GOES]
        consents.settle(unit, told, refused=False, by="li", now=NOW)
        assert judged(unit, NOW, asked(1)) == [GOES]


def test_who_is_held_out_is_held_out(any_books: Books) -> None:
    with any_books.unit() as unit:
        assert judged(unit, NOW, asked(1, held_out=True)) == [Verdict("held_out")]


def test_a_customer_by_law_is_one_who_bought_of_late(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, 'packs = ["EU"]', "Europe/Berlin")
        permission.place(unit, "p", Place("DE", None, (), NOW.date() - timedelta(days=540)), NOW)
        permission.place(unit, "q", Place("DE", None, (), NOW.date() - timedelta(days=541)), NOW)
        told = judged(unit, NOW, asked(1), asked(2, person_id="q"), asked(3, person_id="r"))
        assert told == [GOES, *[Verdict("eu_email_soft_opt_in")] * 2]


def test_rules_are_put_in_force_once_and_the_old_ones_stay_written(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, WEEKLY), rule(unit, WEEKLY), rule(unit, DAILY)
        assert permission.in_force(unit).caps[0].by_day
        query = select(permission.sending_rules.c.id)
        assert len(unit.rows(query)) == 2


@pytest.mark.parametrize("seed", range(4))
def test_no_window_ever_holds_more_whatever_comes(any_books: Books, seed: int) -> None:
    """Recomputed from what went, by other means than the house counts by (TRUST I-13)."""
    drawn = random.Random(seed)
    limits = "\n".join(
        ("[[cap]]\nmost = 2\nper_day = true", "[[cap]]\nmost = 3\ndays = 3",
         '[[cap]]\nmost = 1\ndays = 1\nchannel = "email"')
    )  # fmt: skip
    now, went = NOW, list[tuple[str, str, datetime, str]]()
    with any_books.unit() as unit:
        rule(unit, limits, "America/New_York")
    for step in range(60):
        now += timedelta(minutes=drawn.choice((0, 1, 20, 170, 600)))
        batch = [
            asked(
                10 * step + n, person_id=drawn.choice("pq"),
                channel=drawn.choice(("email", "paper")), value=drawn.randrange(100),
            )
            for n in range(drawn.randrange(1, 4))
        ]  # fmt: skip
        with any_books.unit() as unit:
            for one, told in zip(batch, permission.judge(unit, batch, now), strict=True):
                if told.goes:
                    went.append((one.person_id, one.channel, now, one.id))
            if went and drawn.random() < 0.1:
                permission.release(unit, went.pop(drawn.randrange(len(went)))[3])
    assert went
    _nobody_heard_too_often(went)


def _nobody_heard_too_often(went: list[tuple[str, str, datetime, str]]) -> None:
    from zoneinfo import ZoneInfo

    here = ZoneInfo("America/New_York")
    for person in "pq":
        mine = [(way, at) for who, way, at, _ in went if who == person]
        days: dict[date, int] = {}
        for _, at in mine:
            days[at.astimezone(here).date()] = days.get(at.astimezone(here).date(), 0) + 1
        assert max(days.values(), default=0) <= 2
        for _, end in mine:
            assert sum(end - 3 * DAY < at <= end for _, at in mine) <= 3
            assert sum(end - DAY < at <= end and way == "email" for way, at in mine) <= 1


def test_two_who_ask_at_once_do_not_both_get_the_last_slot(any_books: Books) -> None:
    with any_books.unit() as unit:
        rule(unit, "[[cap]]\nmost = 3\ndays = 7")
    went, barrier = list[str](), threading.Barrier(6)

    def ask(number: int) -> None:
        barrier.wait()
        for turn in range(3):
            with any_books.unit() as unit:
                one = asked(10 * number + turn)
                if permission.judge(unit, [one], NOW)[0].goes:
                    went.append(one.id)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with any_books.reading() as unit:
        assert len(went) == 3 == len(caps.kept(unit, ["p"]))


def test_whoever_withdrew_is_passed_over_in_the_very_next_unit(any_books: Books) -> None:
    with any_books.unit() as unit:
        consents.give(unit, "p", "sms", "marketing", source="till", now=NOW)
        assert judged(unit, NOW, asked(1, channel="sms")) == [GOES]
    with any_books.unit() as unit:
        consents.withdraw(unit, "p", "sms", "marketing", source="reply", now=NOW)
        assert judged(unit, NOW, asked(1, channel="sms")) == [Verdict("silent")]
        assert judged(unit, NOW, asked(2, channel="sms", purpose="service")) == [GOES]
        care.may_speak(unit, "p", "sms", "told at the till", NOW)
        assert judged(unit, NOW, asked(1, channel="sms")) == [Verdict("no_consent")]
