"""The page of what to fix."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_fixes import NASTY, FakeFixes
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.test_pages import token_of

from huitou.care.fixes.rules import Fix
from huitou.doors.console.drawing import bars

TYPED = {
    "cause": "delivery",
    "words": " A courier who rings ",
    "made_on": "2011-12-01",
    "owner": "",
    "step": "delivering",
    "expected": "30%",
}


def test_a_fix_is_written_down_by_whoever_is_signed_in(owner: TestClient, shop: FakeShop) -> None:
    answer = owner.post("/fixes", data={**TYPED, "csrf": token_of(owner)}, follow_redirects=False)
    assert answer.status_code == 303
    made = Fix(
        "delivery", "A courier who rings", "owner", date(2011, 12, 1), step="delivering",
        expected=0.3,
    )  # fmt: skip
    assert shop.fixes.entered == [(made, "owner")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"made_on": "yesterday"},
        {"expected": "a lot"},
        {"cause": "moved"},
        {"made_on": "2012-01-01"},
    ],
)
def test_what_cannot_be_is_refused_in_words(
    owner: TestClient, shop: FakeShop, wrong: dict[str, str]
) -> None:
    answer = owner.post("/fixes", data={**TYPED, **wrong, "csrf": token_of(owner)})
    assert answer.status_code == 400 and not shop.fixes.entered


def test_what_is_typed_is_shown_and_runs_nowhere(owner: TestClient) -> None:
    page = owner.get("/fixes").text
    assert NASTY not in page and "&lt;script&gt;" in page


def test_a_cause_can_be_chosen_from_its_row_and_a_strange_one_is_no_harm(owner: TestClient) -> None:
    assert '<option value="delivery" selected>' in owner.get("/fixes?cause=delivery").text
    assert owner.get("/fixes?cause=%3Cx%3E&sort=nothing").status_code == 200


def test_before_the_first_run_the_page_says_so(owner: TestClient, shop: FakeShop) -> None:
    shop.fixes = FakeFixes(empty=True)
    page = owner.get("/fixes")
    assert page.status_code == 200 and "A run will tell" in page.text


def test_bars_are_shares_of_the_highest() -> None:
    drawn = bars((0.0, 5.0, 10.0), 10.0)
    assert [bar.height for bar in drawn] == [2.0, 50.0, 100.0]
    assert all(bar.top + bar.height == 100 for bar in drawn) and bars((), 1.0) == bars((0.0,), 0)
