"""Why somebody left, from end to end: what is told is evidence, what they say is believed."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from tests.shop.scenes import NOW, Year

from huitou.care.interviews import book as interviews
from huitou.runs.shop import Shop
from huitou.runs.views import PersonView
from huitou.runs.wiring import open_shop


@pytest.fixture(scope="module")
def shop(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A copy of the shop after its year; two of its lost are told about, and it runs again."""
    home = tmp_path_factory.mktemp("why") / "shop"
    shutil.copytree(year.shop.home, home)
    opened = open_shop(home, clock=NOW)
    told, silent = opened.cases()[:2]
    opened.answer_case(told.id, "moved", by="Mei")
    last = silent.person.last_day
    opened.happenings.tell(
        "late_delivery", last + timedelta(days=3), by="Mei", customer=silent.person.key
    )
    opened.happenings.tell("store_closed", last, by="Mei", store="a shop nobody buys in")
    opened.happenings.tell(
        "no_show", last + timedelta(days=200), by="Mei", customer=silent.person.key
    )
    opened.run()
    return opened


def asked(shop: Shop) -> PersonView:
    return shop.person(shop.cases("answered")[0].person.key)


def hurt(shop: Shop) -> PersonView:
    (late,) = shop.happenings.listed("late_delivery")
    return shop.person(late.person)


def test_who_said_why_is_believed_but_not_for_certain(shop: Shop) -> None:
    first = max(asked(shop).causes, key=lambda cause: cause.confidence)
    assert (first.code, first.confidence) == ("moved", 0.9)
    assert "They said so themselves" in str(asked(shop).evidence[0])


def test_a_late_delivery_makes_delivery_suspect_and_is_told_with_its_day(shop: Shop) -> None:
    person = hurt(shop)
    day = person.row.last_day + timedelta(days=3)
    assert f"Their delivery around {day} came late or wrong." in map(str, person.evidence)
    share = {cause.code: cause.confidence for cause in person.causes}
    others = shop.people(stage="lost", limit=5).rows
    usual = [
        cause.confidence
        for row in others
        if row.id != person.row.id
        for cause in shop.person(row.id).causes
        if cause.code == "delivery"
    ]
    assert share["delivery"] > 4 * max(usual)
    assert "competitor" in share, "a shop of ours that closed is known of somebody"


def test_the_first_page_says_how_many_were_asked(year: Year, shop: Shop) -> None:
    by_the_run = _asked_by_the_run(year.shop)
    told = "{} were asked; {} told why they left."
    assert str(year.shop.answers().learned[0]) == told.format(by_the_run, 0)
    assert str(shop.answers().learned[0]) == told.format(by_the_run + 1, 1), "and one by a case"


def _asked_by_the_run(shop: Shop) -> int:
    """How many interviews a run began with people who have not bought since."""
    with shop.books.reading() as unit:
        last_days = {row["person_id"]: row["departed_on"] for row in interviews.heard(unit)}
    return sum(shop.person(each).row.last_day == day for each, day in last_days.items())
