"""Take a guard away and the harm it prevents is done: the tests beside this one can see it."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.trust import scene
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.care.consents import book as consents
from huitou.channels import book as channels
from huitou.ground import failpoints
from huitou.ground.clock import StoppedClock
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import message
from huitou.loyalty import book as loyalty
from huitou.loyalty.tables import exposure
from huitou.store.books import Books, Unit


def _overspend(books: Books, monkeypatch: pytest.MonkeyPatch) -> int:
    """What two writers reserve of a bound of 100 when each reads first and writes afterwards."""
    both_have_read = threading.Barrier(2)

    def naive(unit: Unit, person_id: str, amount: int, bound: int) -> None:
        held = loyalty.held(unit, [person_id]).get(person_id, 0)
        if held + amount <= bound:
            both_have_read.wait(timeout=1)
            mine = update(exposure).where(exposure.c.person_id == person_id)
            unit.change(mine.values(amount=exposure.c.amount + amount))

    with books.unit() as unit:
        unit.add_new(exposure, {"person_id": "p", "amount": 0})
    monkeypatch.setattr(loyalty, "_reserve", naive)

    def reserve(number: int) -> None:
        with books.unit() as unit:
            loyalty.promise(unit, "p", 80, 100, f"k{number}", NOW)

    with ThreadPoolExecutor(2) as writers:
        list(writers.map(reserve, range(2)))
    with books.reading() as unit:
        return loyalty.held(unit)["p"]


def test_reading_before_reserving_overspends(
    postgres_books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _overspend(postgres_books, monkeypatch) == 160


def test_without_its_marker_a_mail_leaves_twice(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    provider, clock = scene.Provider(tmp_path / "provider"), StoppedClock(NOW)
    monkeypatch.setattr(channels, "_mark", lambda *_: True)
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, "deliver.handed:2:raise")
    with pytest.raises(Stopped):
        channels.deliver(books, provider, plan_id, clock)
    channels.deliver(books, provider, plan_id, clock)
    assert len(provider.took()) > len(set(provider.took()))


def test_unasked_the_plan_sends_its_offers_to_who_refused_them(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.unit() as unit:
        for row in unit.rows(select(message.c.person_id)):
            consents.withdraw(
                unit, row["person_id"], "any", "personalised", source="preferences", now=NOW
            )
    provider = scene.Provider(tmp_path / "provider")
    monkeypatch.setattr(channels, "by_traits", lambda _kind: False)
    channels.deliver(books, provider, plan_id, StoppedClock(NOW))
    assert provider.took()
