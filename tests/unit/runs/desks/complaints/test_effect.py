"""What answers were worth, read from a shop's own past: measured, or said to be unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from tests.unit.runs.desks.complaints.given_shop import Hands, customer, house_of, shop_in

from huitou.care.complaints.rules import Arrived
from huitou.runs.moment import Moment
from huitou.runs.shop import Shop

EVENING = date(2026, 1, 31)
SAID_AT = datetime(2026, 1, 20, 9, tzinfo=UTC)


@pytest.fixture
def past(home: Path) -> Shop:
    """A hundred customers of one stage: of those without a complaint every second one came back."""
    people = [f"p{n:03d}" for n in range(160)]
    keys = {f"member:{each}": each for each in people}
    shop = shop_in(home, Hands(), [customer(each) for each in people], keys)
    lake = house_of(shop).lake
    edition = lake.edition("two")
    edition.write("keys", pa.Table.from_pylist([{"key": "member:x", "person_id": "p000"}]))
    edition.note("moment", Moment(date(2026, 3, 1), 28, (EVENING,), "Asia/Shanghai").written())
    stages = [{"person_id": each, "at": EVENING, "stage": "active"} for each in people]
    edition.write("stages", pa.Table.from_pylist(stages))
    came = [*people[:5], *people[30:55], *(each for n, each in enumerate(people[60:]) if n % 2)]
    bought = pa.table({"person_id": came, "days": [1] * len(came)})
    edition.write(f"bought_{EVENING}", bought)
    lake.publish(edition)
    return shop


def complain(shop: Shop, people: range, *, answered: timedelta | None) -> None:
    house = house_of(shop)
    for n in people:
        told = Arrived(f"k{n}", "Late.", "form", kind="delivery", person_id=f"p{n:03d}")
        filed = shop.complaints.take(told, at=SAID_AT)
        if answered is not None:
            house.clock.at = SAID_AT + answered
            shop.complaints.answer(filed.number, "Sorry.", by="Li")
            house.clock.at = datetime(2026, 3, 2, tzinfo=UTC)


def test_who_was_not_answered_is_compared_with_those_alike(past: Shop) -> None:
    complain(past, range(30), answered=None)
    complain(past, range(30, 60), answered=timedelta(hours=2))
    well, late, never = past.complaints.effect()
    assert (never.complaints, never.measured) == (30, 30)
    assert never.bought == pytest.approx(5 / 30) and never.alike == pytest.approx(0.5)
    assert never.low is not None and never.high is not None
    assert never.low < never.difference < never.high < 0
    assert well.difference == pytest.approx(25 / 30 - 0.5) and well.low > 0
    assert late.difference is None and "Not known yet" in str(late.said)
    assert "17 % bought again within 28 days" in str(never.said)


def test_an_answer_after_the_evening_was_none_on_that_evening(past: Shop) -> None:
    complain(past, range(30), answered=timedelta(days=20))
    by_name = {each.answer: each for each in past.complaints.effect()}
    assert by_name["never"].measured == 30 and by_name["late"].measured == 0


def test_too_few_are_counted_and_nothing_is_claimed(past: Shop) -> None:
    complain(past, range(7), answered=timedelta(hours=2))
    well = past.complaints.effect()[0]
    assert (well.complaints, well.measured, well.difference, well.low) == (7, 7, None, None)
    assert str(well.said) == "Not known yet. Complaints: 7; old enough: 7; it takes 20."
