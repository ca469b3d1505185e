"""Telling staff: one digest a route, each alarm once, nobody's name, and the manager when late."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.unit.care.alarms.given import NOW, bell, days

from huitou.care.alarms import book as alarms
from huitou.care.alarms.bells import Route
from huitou.channels.staff_alerts import NullAlerts
from huitou.ground import failpoints
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.ground.settings import Settings
from huitou.runs.telling import Told, tell_staff
from huitou.store.books import Books

SETTINGS = Settings(name="Tea shop", currency="GBP", timezone="Europe/London")
SAID = {"HUITOU_ALERT_URLS": "wecombot://STAFF", "HUITOU_MANAGER_ALERT_URLS": "slack://boss"}


def ring(books: Books, *people: str, **told: object) -> None:
    with books.unit() as unit:
        alarms.ring(unit, [bell(each, **told) for each in people], {}, alarms.routes(unit), NOW)


def tell(
    books: Books, alerts: NullAlerts, environment: dict[str, str] | None = None, after: float = 0
) -> Told:
    said = SAID if environment is None else environment
    return tell_staff(books, SETTINGS, NOW + days(after), alerts, said)


def test_many_alarms_are_one_digest_and_are_told_once(books: Books) -> None:
    alerts = NullAlerts()
    ring(books, "ann", "bob", "cat")
    assert tell(books, alerts) == Told(alarms=3, digests=1)
    assert tell(books, alerts) == Told()
    ((told, digest),) = alerts.told
    assert told == ("wecombot://STAFF",)
    assert digest.title == "Tea shop: new alarms: 3"
    assert digest.body.startswith("3 × A large customer is silent: £1,500.00 at stake")


def test_a_digest_names_nobody(books: Books) -> None:
    alerts = NullAlerts()
    ring(books, "ann-0086-139")
    tell(books, alerts)
    assert "ann-0086-139" not in alerts.told[0][1].title + alerts.told[0][1].body


def test_each_route_has_its_own_digest(books: Books) -> None:
    with books.unit() as unit:
        alarms.set_route(unit, Route("north", "NORTH", store="North"), "lin", NOW)
    ring(books, "ann", store="North")
    ring(books, "bob", store="South")
    alerts = NullAlerts()
    told = tell(books, alerts, {**SAID, "NORTH": "dingtalk://north"})
    assert told == Told(alarms=2, digests=2)
    assert {where for (where,), _digest in alerts.told} == {"wecombot://STAFF", "dingtalk://north"}


def test_where_nobody_is_to_be_told_nothing_is_used_up(books: Books) -> None:
    alerts = NullAlerts()
    ring(books, "ann")
    assert tell(books, alerts, {}) == Told()
    assert tell(books, alerts) == Told(alarms=1, digests=1)


def test_what_nobody_answered_goes_to_the_manager_once(books: Books) -> None:
    alerts = NullAlerts()
    ring(books, "ann", hours=24)
    tell(books, alerts)
    with books.unit() as unit:
        alarms.escalate(unit, NOW + days(2))
    tell(books, alerts, after=2)
    tell(books, alerts, after=3)
    assert [where for where, _digest in alerts.told] == [("wecombot://STAFF",), ("slack://boss",)]
    assert "nobody answered in time" in alerts.told[1][1].title


def test_a_shop_without_a_manager_tells_the_staff_again(books: Books) -> None:
    alerts = NullAlerts()
    ring(books, "ann", hours=24)
    tell(books, alerts)
    with books.unit() as unit:
        alarms.escalate(unit, NOW + days(2))
    tell(books, alerts, {"HUITOU_ALERT_URLS": "wecombot://STAFF"}, after=2)
    assert [where for where, _digest in alerts.told] == [("wecombot://STAFF",)] * 2


def test_a_digest_that_was_not_taken_is_not_sent_again(books: Books) -> None:
    alerts = NullAlerts(takes=False)
    ring(books, "ann")
    told = tell(books, alerts)
    assert told.faults == ("route staff: not every address took it",)
    tell(books, alerts)
    assert len(alerts.told) == 1


@pytest.mark.parametrize(("point", "times"), [("alerts.marked", 0), ("alerts.told", 1)])
def test_stopped_half_way_it_is_told_at_most_once(
    books: Books, point: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts = NullAlerts()
    ring(books, "ann")
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, f"{point}:1:raise")
    with pytest.raises(Stopped):
        tell(books, alerts)
    monkeypatch.delenv(VARIABLE)
    assert tell(books, alerts) == Told()
    assert len(alerts.told) == times


def test_an_address_that_is_not_let_through_does_not_stop_the_night(books: Books) -> None:
    ring(books, "ann")
    told = tell(books, NullAlerts(), {"HUITOU_ALERT_URLS": "syslog://"})
    assert told.alarms == 0
    assert "of a kind that is not told" in told.faults[0]
