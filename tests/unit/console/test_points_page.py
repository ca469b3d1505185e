"""The page of what customers earned, its rules, and gifts by hand."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_points import NASTY
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.test_pages import token_of

from huitou.doors.console.pages.points import HALF, columns
from huitou.runs.desks.points import MonthView


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_what_is_owed_is_drawn_and_said(owner: TestClient, language: str) -> None:
    owner.cookies.set("huitou_language", language)
    page = owner.get("/points").text
    assert "£131" in page and "£104" in page and page.count('class="tone-active"') >= 12
    person = owner.get("/customers/12349").text
    assert 'id="earned"' in person and NASTY not in person and 'class="points-card"' in person


def test_months_stand_above_and_below_one_line_and_never_leave_the_drawing() -> None:
    drawn = columns([MonthView("a", 100, 0, 0, 0), MonthView("b", 10, 60, 30, 10)])
    assert drawn[0].y == 0 and drawn[0].height == HALF
    below = [column for column in drawn if column.y >= HALF]
    assert [column.tone for column in below] == ["returned", "lost", "slipping"]
    assert sum(column.height for column in below) == pytest.approx(HALF)
    assert columns([MonthView("a", 0, 0, 0, 0)]) == ()


def test_a_manager_gives_points_with_a_reason_and_a_name_for_the_form(
    owner: TestClient, shop: FakeShop
) -> None:
    form = {"who": "p1", "amount": "50", "why": "waited an hour", "once": "f1"}
    owner.post("/points/gift", data={**form, "csrf": token_of(owner)})
    ((who, amount, why, by, kind, key),) = shop.points.given
    assert (who, amount, why, by, kind) == ("p1", 50, "waited an hour", "owner", "points")
    assert key.endswith(":f1")


@pytest.mark.parametrize("wrong", [{"amount": "0"}, {"amount": "1.5"}, {"why": " "}])
def test_a_gift_without_sense_is_refused(
    owner: TestClient, shop: FakeShop, wrong: dict[str, str]
) -> None:
    form = {"who": "p1", "amount": "50", "why": "waited an hour", "once": "f1", **wrong}
    answer = owner.post("/points/gift", data={**form, "csrf": token_of(owner)})
    assert answer.status_code == 400 and not shop.points.given
