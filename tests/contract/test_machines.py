"""Machines, reminders and guides on both databases: told once, quoted once, counted once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from huitou.care.guides import book as guides
from huitou.care.guides.pages import Guide, Said
from huitou.care.machines import book as machines
from huitou.care.machines import rules
from huitou.care.machines.rules import Machine
from huitou.care.machines.tables import trade_quote
from huitou.ground.errors import Refused
from huitou.identity import book as identity
from huitou.journeys.reminders import book as reminders
from huitou.journeys.reminders.rules import Need
from huitou.journeys.sendings import book as sendings
from huitou.store.books import Books

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
RULES = rules.RULES.as_shipped("CNY")
POT = Machine("A1", "Coffee machine", date(2021, 3, 1))


def test_a_machine_told_twice_is_one_and_nobody_takes_anothers(any_books: Books) -> None:
    with any_books.unit() as unit:
        assert machines.enter(unit, POT, "old", "Mei", NOW)
        identity.keep(unit, [("old", "p1")], [])
        assert not machines.enter(unit, POT, "p1", "Mei", NOW)
        assert [row["serial"] for row in machines.of(unit, "p1")] == ["A1"]
        with pytest.raises(Refused, match="another machine"):
            machines.enter(unit, POT, "p2", "Mei", NOW)


def test_what_was_said_of_a_machine_holds_to_its_last_day(any_books: Books) -> None:
    until = TODAY + RULES.holds
    with any_books.unit() as unit:
        machines.enter(unit, POT, "p1", "Mei", NOW)
        row = machines.find(unit, "A1")
        first = machines.quote(unit, row, 20_00, TODAY, until, NOW)
        assert machines.quotes(unit, until)[row["id"]]["id"] == first["id"]
        assert machines.quotes(unit, until + timedelta(days=1)) == {}
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.execute(update(trade_quote).values(amount=1))


def test_a_need_is_spoken_of_once_under_whatever_name(any_books: Books) -> None:
    need = Need("old", "refill", "tea", "Tea", TODAY, date(2026, 2, 1), 0.6)
    with any_books.unit() as unit:
        assert reminders.remind(unit, need, "email", {}, NOW)
        assert not reminders.remind(unit, need, "sms", {}, NOW)
        identity.keep(unit, [("old", "p1")], [])
        again = Need("p1", "refill", "tea", "Tea", TODAY, date(2026, 2, 1), 0.6)
        assert reminders.known(unit, [again]) == {again.key}
        assert {"old", "p1"} <= reminders.rested(unit, NOW, 14)
        (row,) = sendings.to_person(unit, "p1")
        assert (row["origin"], row["purpose"], row["template"]) == (
            "reminder",
            "marketing",
            "reminder_refill",
        )
    bought_since = Need("p1", "refill", "tea", "Tea", TODAY, date(2026, 3, 1), 0.6)
    with any_books.reading() as unit:
        assert reminders.known(unit, [bought_since]) == set()


def test_an_open_is_counted_once_a_day_and_a_removed_guide_is_gone(any_books: Books) -> None:
    made = Guide("pot", "tea pot", {"en": Said("Your pot", ("Fill it",))})
    with any_books.unit() as unit:
        guides.keep(unit, made, "Mei", NOW)
        assert guides.opened(unit, "pot", "open", "k", TODAY, NOW)
        assert not guides.opened(unit, "pot", "open", "k", TODAY, NOW)
        assert guides.counted(unit, TODAY) == {("pot", "open"): 1}
        guides.remove(unit, "pot", NOW)
        assert guides.find(unit, "pot") is None
        guides.keep(unit, made, "Mei", NOW)
        assert guides.find(unit, "pot") == made
