"""Alarms in the books, on both databases: rung once, taken by one, escalated when nobody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from tests.unit.care.alarms.given import DAY, NOW, SINCE, bell, days

from huitou.care.alarms import book as alarms
from huitou.care.alarms.bells import Bell, Route
from huitou.care.alarms.tables import alarm, alarm_alert
from huitou.ground.errors import HuitouError, Refused
from huitou.identity import book as identity
from huitou.store.books import Books, Row
from huitou.store.outbox import outbox


def ring(
    books: Books,
    *bells: Bell,
    most: Mapping[str, int] | None = None,
    along: Sequence[Route] = (),
    now: datetime = NOW,
) -> list[str]:
    with books.unit() as unit:
        return alarms.ring(unit, bells, most or {}, along, now)


def end(books: Books, bought: Mapping[str, date], *firing: tuple[str, str]) -> dict[str, int]:
    with books.unit() as unit:
        return alarms.end(unit, bought, firing, NOW)


def do(books: Books, what: Any, *told: Any) -> Any:
    with books.unit() as unit:
        return what(unit, *told)


def state(books: Books, alarm_id: str) -> Row:
    with books.reading() as unit:
        return alarms.find(unit, alarm_id)


def test_it_is_rung_once_for_one_silence(any_books: Books) -> None:
    assert len(ring(any_books, bell())) == 1
    assert ring(any_books, bell(on=DAY + days(7))) == []
    assert ring(any_books, bell(), bell()) == []


def test_a_silence_that_was_answered_does_not_ring_again(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())
    do(any_books, alarms.close, rung, "not_reached", "lin", NOW)
    assert ring(any_books, bell(on=DAY + days(7))) == []
    # A parameter was turned: the same silence begins to count from another day.
    assert ring(any_books, bell(since=SINCE + days(3), on=DAY + days(8))) == []


def test_a_new_silence_rings_again(any_books: Books) -> None:
    ring(any_books, bell())
    back = DAY + days(3)
    assert end(any_books, {"ann": back}) == {"came_back": 1}
    assert len(ring(any_books, bell(since=back, on=back + days(30)))) == 1


def test_who_came_back_is_no_alarm_any_more(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())
    assert end(any_books, {"ann": SINCE}) == {}
    assert end(any_books, {"ann": DAY + days(1)}) == {"came_back": 1}
    assert state(any_books, rung)["outcome"] == "came_back"


def test_an_alarm_ends_when_its_cause_is_gone(any_books: Books) -> None:
    complaint = bell(rule="complaint_overdue", ends="settled", route="service")
    ring(any_books, complaint)
    assert end(any_books, {"ann": DAY}, ("ann", "complaint_overdue")) == {}
    assert end(any_books, {"ann": DAY}) == {"settled": 1}


def test_a_colleague_who_took_it_is_not_rung_again(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())
    do(any_books, alarms.acknowledge, rung, "lin", NOW)
    assert ring(any_books, bell(on=DAY + days(7))) == []
    assert do(any_books, alarms.escalate, NOW + days(30)) == 0
    with any_books.reading() as unit:
        assert alarms.untold(unit, "ring") == []
    assert state(any_books, rung)["owner"] == "lin"


def test_two_colleagues_cannot_take_the_same(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())
    do(any_books, alarms.acknowledge, rung, "lin", NOW)
    do(any_books, alarms.acknowledge, rung, "lin", NOW)
    with pytest.raises(Refused, match="taken by lin"):
        do(any_books, alarms.acknowledge, rung, "wu", NOW)


def test_of_two_at_once_one_takes_it(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())

    def take(name: str) -> bool:
        try:
            do(any_books, alarms.acknowledge, rung, name, NOW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as colleagues:
        assert sum(colleagues.map(take, ("lin", "wu", "chen", "he"))) == 1


def test_it_is_escalated_once_when_nobody_answered(any_books: Books) -> None:
    (rung,) = ring(any_books, bell(hours=24))
    assert do(any_books, alarms.escalate, NOW + days(0.9)) == 0
    assert do(any_books, alarms.escalate, NOW + days(1.1)) == 1
    assert do(any_books, alarms.escalate, NOW + days(2)) == 0
    with any_books.reading() as unit:
        assert [row["id"] for row in alarms.untold(unit, "escalation")] == [rung]
        assert alarms.counted(unit)["late"] == 1


def test_what_was_put_off_rings_again_in_its_time(any_books: Books) -> None:
    (rung,) = ring(any_books, bell(hours=24))
    until = NOW + days(7)
    do(any_books, alarms.snooze, rung, until, "lin", NOW)
    assert do(any_books, alarms.escalate, NOW + days(3)) == 0
    assert do(any_books, alarms.wake, NOW + days(6)) == 0
    assert do(any_books, alarms.wake, until) == 1
    assert state(any_books, rung)["due_at"] == until + days(1)
    assert do(any_books, alarms.escalate, until + days(1.1)) == 1


def test_a_closed_alarm_is_not_answered_again(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())
    do(any_books, alarms.close, rung, "reached", "lin", NOW)
    do(any_books, alarms.close, rung, "reached", "lin", NOW)
    with pytest.raises(Refused, match="closed"):
        do(any_books, alarms.acknowledge, rung, "lin", NOW)
    with pytest.raises(HuitouError, match="no outcome"):
        do(any_books, alarms.close, rung, "came_back", "lin", NOW)


def test_no_more_new_ones_than_a_rule_may_bring(any_books: Books) -> None:
    some = [bell(f"p{n}", value=100 - n) for n in range(5)]
    assert ring(any_books, *some, most={"big_silent": 2}) == [
        each.id_of(each.person_id) for each in some[:2]
    ]
    assert len(ring(any_books, *some, most={"big_silent": 2})) == 2, "the next two, not the same"


def test_two_customers_who_were_one_keep_one_alarm(any_books: Books) -> None:
    first, second = ring(any_books, bell("ann"), bell("anna"))
    with any_books.unit() as unit:
        identity.keep(unit, [("anna", "ann")], [])
    assert end(any_books, {"ann": SINCE}) == {"merged": 1}
    assert {state(any_books, each)["state"] for each in (first, second)} == {"ringing", "closed"}
    assert ring(any_books, bell("anna", on=DAY + days(7))) == []
    with any_books.reading() as unit:
        assert len(alarms.listed(unit, people=["anna"])) == 1


def test_an_alarm_takes_the_most_particular_route(any_books: Books) -> None:
    north = Route("north", "NORTH", store="North", owner="lin")
    large = Route("large", "LARGE", store="North", least_value=40_000, owner="wu")
    all_of_it = Route("all", "ALL")
    (rung,) = ring(any_books, bell(store="North"), along=(all_of_it, north, large))
    assert (state(any_books, rung)["route"], state(any_books, rung)["owner"]) == ("large", "wu")
    (rung,) = ring(any_books, bell("bob", store="North", value=9), along=(all_of_it, north, large))
    assert state(any_books, rung)["route"] == "north"
    (rung,) = ring(any_books, bell("cat", store="South"), along=(all_of_it, north, large))
    assert state(any_books, rung)["route"] == "all"


def test_what_was_marked_is_never_told_that_way_again(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())
    assert do(any_books, alarms.mark, [rung], "staff", "ring", "d1", NOW) == [rung]
    assert do(any_books, alarms.mark, [rung], "staff", "ring", "d2", NOW) == []
    with any_books.unit() as unit:
        alarms.settle(unit, "d1", accepted=False, now=NOW)
    with any_books.reading() as unit:
        assert alarms.untold(unit, "ring") == []
        assert [row["state"] for row in alarms.alerts(unit)] == ["in_doubt"]


@pytest.mark.parametrize(
    "bad",
    [
        update(alarm).values(state="ringing", closed_at=None, outcome=None),
        update(alarm).values(since=DAY),
        delete(alarm),
    ],
)
def test_the_database_itself_keeps_what_rang(any_books: Books, bad: Any) -> None:
    (rung,) = ring(any_books, bell())
    do(any_books, alarms.close, rung, "reached", "lin", NOW)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.execute(bad)
    assert state(any_books, rung)["state"] == "closed"


def test_the_database_itself_keeps_what_was_told(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())
    do(any_books, alarms.mark, [rung], "staff", "ring", "d1", NOW)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.execute(delete(alarm_alert))


def test_what_rang_and_how_it_ended_reaches_the_lake(any_books: Books) -> None:
    (rung,) = ring(any_books, bell())
    do(any_books, alarms.acknowledge, rung, "lin", NOW)
    do(any_books, alarms.close, rung, "reached", "lin", NOW)
    with any_books.reading() as unit:
        kinds = [row["kind"] for row in unit.rows(outbox.select().order_by(outbox.c.id))]
    assert kinds == ["alarm.rung", "alarm.acknowledged", "alarm.closed"]


def test_a_rule_stays_as_it_was_set(any_books: Books) -> None:
    with any_books.unit() as unit:
        alarms.set_rule(unit, "no_visit", is_on=True, told={"days": 45.0}, by="lin", now=NOW)
    with any_books.reading() as unit:
        row = alarms.rules(unit)["no_visit"]
    assert (row["is_on"], row["told"], row["changed_by"]) == (True, {"days": 45.0}, "lin")


def test_who_asks_to_be_left_alone_is_won_back_no_more(any_books: Books) -> None:
    care, service = ring(any_books, bell(), bell(rule="no_show", route="service"))
    with any_books.unit() as unit:
        assert alarms.end(unit, {}, (), NOW, spared=["ann"]) == {"settled": 1}
    assert state(any_books, care)["outcome"] == "settled"
    assert state(any_books, service)["state"] == "ringing", "what the shop owes them stands"
