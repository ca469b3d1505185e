"""The report leaves once for each owner, whatever is killed when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.runs.report.test_report import a_report

from huitou.channels.contract import End, Outcome
from huitou.channels.letterbox import Enclosed
from huitou.ground import failpoints
from huitou.ground.clock import StoppedClock
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.ground.settings import Settings
from huitou.runs.desks import reports as desk
from huitou.runs.desks.reports import Reports
from huitou.runs.kept import keep
from huitou.runs.moment import Moment
from huitou.runs.wiring import House, open_house

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TO = ("a@x.com", "b@x.com")
SHOP = Settings(timezone="UTC", currency="GBP", report_to=", ".join(TO))


class Pillar:
    """A letterbox that remembers what was put into it."""

    def __init__(self, end: End = End.ACCEPTED) -> None:
        self.end = end
        self.taken: list[str] = []

    def post(self, to: str, letter: Enclosed, now: datetime) -> Outcome:
        if self.end is End.ACCEPTED:
            self.taken.append(to)
        return Outcome(self.end, "replied", "250 taken")

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = open_house(tmp_path, StoppedClock(MONDAY), None)
    edition = made.lake.edition("one")
    edition.note("moment", Moment(date(2026, 11, 22), 28, (), "UTC").written())
    made.lake.publish(edition)
    made.lake.standing.note("report_week_2026-11-22", keep(a_report()))
    monkeypatch.setattr(Reports, "_name", lambda self, person: None)
    monkeypatch.setattr(desk, "_printed", lambda told: b"%PDF")
    return made


def later(house: House, wait: timedelta) -> Reports:
    return Reports(replace(house, clock=StoppedClock(MONDAY + wait)), SHOP)


@pytest.mark.parametrize("place", ["report.marked", "report.handed"])
@pytest.mark.parametrize("visit", [1, 2])
def test_nobody_gets_it_twice(
    house: House, place: str, visit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pillar = Pillar()
    failpoints._visits.clear()
    monkeypatch.setenv(VARIABLE, f"{place}:{visit}:raise")
    with pytest.raises(Stopped):
        later(house, timedelta(0)).send_due(pillar)
    monkeypatch.delenv(VARIABLE)
    for minutes in (1, 5, 11, 60, 600):
        later(house, timedelta(minutes=minutes)).send_due(pillar)
        later(house, timedelta(minutes=minutes)).send_now(pillar)
    assert len(pillar.taken) == len(set(pillar.taken))
    states = {each.recipient: each.state for each in later(house, timedelta(0)).sent()}
    assert set(states) == set(TO)
    assert sorted(states.values()) == ["accepted", "in_doubt"], "who was cut off is in doubt"


def test_a_server_that_is_down_is_tried_later(house: House) -> None:
    down, up = Pillar(End.RETRY_SAFE), Pillar()
    told = later(house, timedelta(0)).send_due(down)
    assert {each.state for each in told} == {"waiting"}
    assert later(house, timedelta(minutes=2)).send_due(up) == () or not up.taken
    later(house, timedelta(minutes=20)).send_due(up)
    assert sorted(up.taken) == list(TO)
    later(house, timedelta(minutes=40)).send_due(up)
    assert len(up.taken) == 2


def test_on_other_days_nothing_leaves(house: House) -> None:
    pillar = Pillar()
    assert later(house, timedelta(days=4)).send_due(pillar) == ()
    assert not pillar.taken


def test_without_a_mail_server_it_waits_and_says_why(house: House) -> None:
    told = later(house, timedelta(0)).send_due()
    assert {each.state for each in told} == {"waiting"}
    assert all("smtp_host" in (each.reason or "") for each in told)


@pytest.mark.parametrize("end", [End.ACCEPTED, End.RETRY_SAFE])
def test_a_report_that_cannot_leave_now_is_not_made_anew_every_minute(
    house: House, end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    pillar, made = Pillar(end), list[str]()
    first = later(house, timedelta(0))
    first.send_now(pillar)
    monkeypatch.setattr(desk, "_printed", lambda told: made.append(told) or b"%PDF")
    for minutes in range(1, 10):
        later(house, timedelta(minutes=minutes)).send_due(pillar)
    assert made == []
    later(house, timedelta(minutes=20)).send_due(pillar)
    assert len(made) == (0 if end is End.ACCEPTED else len(TO))
