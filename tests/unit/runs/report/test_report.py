"""The owner's report: its days, what it calls news, when it is due, and how it is said."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from huitou.channels.contract import End, Outcome
from huitou.ground.errors import HuitouError
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.runs.kept import keep, recall
from huitou.runs.report import book, due
from huitou.runs.report.figures import estimated, move_of
from huitou.runs.report.letter import as_html
from huitou.runs.report.span import Span
from huitou.runs.report.worded import lines, worded
from huitou.runs.told import Bar, Figure, ReportView, Section
from huitou.runs.views import Range
from huitou.stats.swings import change, moved, usual_swing
from huitou.store.books import Books

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SHOP = Settings(timezone="UTC", currency="GBP", report_to="a@x.com, b@x.com,a@x.com")


def a_report(name: str = "tea") -> ReportView:
    pounds = Money(123456, "GBP")
    figures = (
        Figure("revenue", said("Revenue"), pounds, Money(100000, "GBP"), "up", 1,
               series=(1.0, 2.0, 4.0)),
        Figure("lost", said("Lost"), 12, 9, "noise", -1),
        Figure("at_risk", said("Profit at risk"), pounds, low=-pounds, high=pounds),
    )  # fmt: skip
    bars = (Bar("person-1", 4.0, pounds, True), Bar(name, 2.0, 3))
    part = Section("sold", said("Sold this week"), figures, bars, (said("{n} letters", n=3),))
    return ReportView(
        "week", date(2026, 11, 16), date(2026, 11, 22), date(2026, 11, 15), name, "run", MONDAY,
        (part,),
    )  # fmt: skip


@pytest.fixture
def books(tmp_path: Path) -> Books:
    made = Books.in_folder(tmp_path)
    made.migrate()
    return made


def test_a_month_ends_on_its_own_last_day_however_long_it_is() -> None:
    span = Span("month", date(2024, 3, 31))
    assert span.ends(3) == (
        date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)
    )  # fmt: skip
    assert Span("month", date(2024, 3, 15)).start == date(2024, 2, 16)


def test_a_week_is_seven_days() -> None:
    span = Span("week", date(2026, 11, 22))
    assert (span.until - span.start).days == 6
    assert span.before == date(2026, 11, 15)


def test_a_change_within_the_usual_swing_is_noise() -> None:
    past = [100.0, 120.0, 95.0, 118.0, 101.0, 117.0, 99.0]
    assert change(past, 112.0).is_noise
    assert not change(past, 190.0).is_noise
    assert move_of(change(past, 190.0)) == "up"
    assert move_of(change(past, 99.0)) == "same"


def test_a_short_past_calls_nothing_news() -> None:
    assert usual_swing([10.0, 20.0, 10.0]) == float("inf")


def test_people_who_came_and_went_make_the_noise() -> None:
    assert moved(30, 28).is_noise
    assert not moved(40, 5).is_noise


def test_an_estimate_that_moved_less_than_its_interval_is_noise() -> None:
    now = Range(*(Money(n, "GBP") for n in (100, 80, 130)))
    near, far = (Range(*(Money(n, "GBP") for n in ends)) for ends in ((90, 70, 110), (40, 30, 50)))
    assert estimated("x", said("Lost"), now, near).move == "noise"
    assert estimated("x", said("Lost"), now, far).move == "up"


def test_a_report_reads_the_same_when_it_is_read_again() -> None:
    told = a_report()
    assert recall(json.loads(json.dumps(keep(told)))) == told


def test_a_report_holds_no_name_and_forgets_with_the_shop() -> None:
    there = worded(a_report(), "en", lambda person: "Ada Smith")
    gone = worded(a_report(), "en", lambda person: None)
    assert "Ada Smith" in "\n".join(lines(there))
    assert "Ada" not in json.dumps(keep(a_report()))
    assert "no longer among the customers" in "\n".join(lines(gone))


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_it_says_the_change_and_the_interval(language: str) -> None:
    told = worded(a_report(), language, lambda person: None)
    revenue, lost, at_risk = told["sections"][0]["figures"]
    assert (revenue["arrow"], revenue["tone"]) == ("↑", "good")
    assert "23%" in revenue["change"]
    assert (lost["arrow"], lost["tone"]) == ("≈", "plain")
    assert "£1,235" in at_risk["between"] and "90" in at_risk["between"]


def test_what_customers_typed_is_inert_in_the_letter() -> None:
    written = as_html(worded(a_report("<script>alert(1)</script>"), "en", lambda person: "<b>"))
    assert "<script" not in written
    assert "&lt;script&gt;" in written


def test_it_is_due_from_the_hour_on_and_not_for_ever() -> None:
    eight = MONDAY.replace(hour=8)
    assert due.slot(SHOP, eight - timedelta(minutes=1)) is None
    assert due.slot(SHOP, eight) == date(2026, 11, 23)
    assert due.slot(SHOP, eight + timedelta(days=1)) == date(2026, 11, 23)
    assert due.slot(SHOP, eight + timedelta(days=3)) is None


def test_the_clock_change_moves_the_moment_and_not_the_hour() -> None:
    shop = SHOP.changed(timezone="Europe/Berlin", report_day="sunday", report_hour=2)
    for day in (date(2026, 3, 29), date(2026, 10, 25)):  # the hour of two is missing, or twice
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Berlin"))
        at = [midnight.astimezone(UTC) + timedelta(minutes=m) for m in range(0, 6 * 60, 5)]
        seen = [due.slot(shop, moment) for moment in at]
        first = seen.index(day)
        assert all(each == day for each in seen[first:]), "once due it stays due"
        assert at[first].astimezone(ZoneInfo("Europe/Berlin")).hour in (2, 3)


def test_the_first_monday_of_a_month_brings_the_month_too(books: Books) -> None:
    with books.reading() as unit:
        usual = due.wanted(unit, SHOP, date(2026, 11, 22), MONDAY, by_hand=False)
        first = due.wanted(
            unit, SHOP, date(2026, 12, 6), MONDAY + timedelta(days=14), by_hand=False
        )
    assert [(each.period, each.recipient) for each in usual] == [
        ("week", "a@x.com"), ("week", "b@x.com")
    ]  # fmt: skip
    assert {each.period for each in first} == {"week", "month"}


def test_of_two_workers_one_sends(books: Books) -> None:
    def claim(at: datetime) -> bool:
        with books.unit() as unit:
            day = date(2026, 11, 23)
            return book.claim(unit, "week", date(2026, 11, 22), "a@x.com", day, at)

    assert [claim(MONDAY), claim(MONDAY), claim(MONDAY + timedelta(hours=1))] == [
        True, False, False
    ]  # fmt: skip


def test_a_tuesday_run_does_not_send_mondays_report_again(books: Books) -> None:
    with books.unit() as unit:
        assert book.claim(unit, "week", date(2026, 11, 22), "a@x.com", date(2026, 11, 23), MONDAY)
        assert not book.claim(
            unit, "week", date(2026, 11, 23), "a@x.com", date(2026, 11, 23), MONDAY
        )


def test_what_surely_did_not_leave_is_tried_again_after_a_pause(books: Books) -> None:
    key = ("week", date(2026, 11, 22), "a@x.com")
    down = Outcome(End.RETRY_SAFE, "connect", "no route")
    with books.unit() as unit:
        assert book.claim(unit, *key, date(2026, 11, 23), MONDAY)
        book.record(unit, *key, down, MONDAY)
        assert not book.claim(unit, *key, date(2026, 11, 23), MONDAY + timedelta(minutes=5))
        assert book.claim(unit, *key, date(2026, 11, 23), MONDAY + timedelta(minutes=16))
        book.record(unit, *key, Outcome(End.ACCEPTED, "replied", "250"), MONDAY)
        assert not book.claim(unit, *key, date(2026, 11, 23), MONDAY + timedelta(days=1))
        assert [row["state"] for row in book.listed(unit)] == ["accepted"]


def test_a_marker_whose_process_is_gone_is_a_doubt_and_never_sent_again(books: Books) -> None:
    key = ("week", date(2026, 11, 22), "a@x.com")
    with books.unit() as unit:
        book.claim(unit, *key, date(2026, 11, 23), MONDAY)
        assert book.settle(unit, MONDAY + timedelta(minutes=5)) == 0
        assert book.settle(unit, MONDAY + timedelta(minutes=11)) == 1
        assert not book.claim(unit, *key, None, MONDAY + timedelta(hours=1))
        days, late = (date(2026, 11, 23), date(2026, 11, 22)), MONDAY + timedelta(hours=1)
        assert ("week", "a@x.com") in book.done_on(unit, *days, late)


def test_a_sent_report_is_never_taken_back(books: Books) -> None:
    from sqlalchemy import update

    from huitou.runs.tables import report_sent

    key = ("week", date(2026, 11, 22), "a@x.com")
    with books.unit() as unit:
        book.claim(unit, *key, None, MONDAY)
        book.record(unit, *key, Outcome(End.ACCEPTED, "replied", "250"), MONDAY)
    with pytest.raises(Exception, match="cannot go from that state"), books.unit() as unit:
        unit.change(update(report_sent).values(state="waiting"))


@pytest.mark.parametrize(
    "wrong", [{"report_day": "payday"}, {"report_hour": 24}, {"report_language": "xx"}]
)
def test_settings_that_cannot_stand_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(HuitouError):
        SHOP.changed(**wrong)
