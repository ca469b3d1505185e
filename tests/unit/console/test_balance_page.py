"""The page of the balance, its drawing, and the pages of receipts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.console.fake_balance import FakeBalance, curve, newcomers, spot
from tests.unit.console.fake_shop import FakeShop

from huitou.doors.console import curves
from huitou.doors.console.curves import growth, plot
from huitou.runs.desks.balance import BalanceView


def found() -> BalanceView:
    return FakeBalance().balance()


def points(path: str) -> list[tuple[float, float]]:
    pairs = [pair.split() for pair in path.strip("MZ").split("L")]
    return [(float(x), float(y)) for x, y in pairs]


def test_three_curves_stand_on_one_scale() -> None:
    drawn = plot(found())
    assert [each.code for each in drawn.curves] == ["together", "keep", "back", "new"]
    for each in drawn.curves:
        for x, y in (*points(each.line), *points(each.band)):
            assert 0 <= x <= 100
            assert 0 <= y <= 100
    tops = {each.code: min(y for _, y in points(each.line)) for each in drawn.curves}
    assert tops["together"] < tops["keep"] < tops["back"] < drawn.zero


def test_marks_stand_where_their_money_is() -> None:
    view = found()
    drawn = plot(view)
    assert [note.code for note in drawn.notes] == ["best", "today", "split", "new"]
    best, split = drawn.marks[0], drawn.marks[2]
    assert best.numbers == "1"
    assert best.x / split.x == pytest.approx(600 / 240, rel=0.01)
    assert best.y == min(mark.y for mark in drawn.marks if mark.tone == "primary")


def test_marks_that_would_cover_each_other_are_one() -> None:
    view = found()
    drawn = plot(replace(view, today=view.together.best))
    assert drawn.marks[0].numbers == "1·2"
    assert len(drawn.notes) == 4


def test_what_is_far_off_is_said_and_not_drawn() -> None:
    far = replace(newcomers(known=True), point=spot(90_000, 70_000, 0.0), curve=None)
    drawn = plot(replace(found(), new=far))
    assert drawn.new_is_elsewhere
    assert [note.code for note in drawn.notes] == ["best", "today", "split"]


@given(st.floats(1, 1e9), st.floats(0, 1e9))
def test_ticks_are_round_and_few(high: float, below: float) -> None:
    ticks = curves._ticks(-below, high, lambda amount: amount, "GBP")
    assert 1 <= len(ticks) <= 10
    step = curves._round_step((high + below) / curves.TICKS)
    assert re.fullmatch(r"[125]0*", f"{step:.0f}")


def test_bars_of_newcomers_grow_and_the_cost_is_a_line() -> None:
    drawn = growth(newcomers(known=True))
    heights = [bar.height for bar in drawn.bars]
    assert heights == sorted(heights)
    assert drawn.cost is not None and 0 < drawn.cost < 100
    assert growth(newcomers(known=False)).cost is None
    assert all(bar.high <= bar.y <= bar.low for bar in drawn.bars)


def test_the_page_says_what_cannot_be_said(owner: TestClient) -> None:
    page = owner.get("/balance").text
    assert "What the data cannot say" in page
    assert "No plan has been carried out yet" in page
    assert page.count('class="line tone-') == 4
    assert "Your split: 30%" in page or "Your split: 30 %" in page


def test_without_costs_no_newcomer_is_drawn(shop: FakeShop, owner: TestClient) -> None:
    shop.costs_known = False
    page = owner.get("/balance").text
    assert "nobody has entered it" in page
    assert page.count('class="line tone-') == 3


def test_the_plan_shows_its_price_drawn(shop: FakeShop, owner: TestClient) -> None:
    page = owner.get("/plan").text
    assert "What another budget would bring" in page
    assert "1.37" in page
    assert "/plan/plan1/dry-run" in page
    shop.has_balance = False
    assert "What another budget would bring" not in owner.get("/plan").text
    assert owner.get("/balance").status_code == 409


def test_a_receipt_names_all_it_rests_on(owner: TestClient) -> None:
    page = owner.get("/why/12349?on=2011-06-09").text
    for words in ("What was known", "The lot", "Prices of that plan", "Versions", "£38.00"):
        assert words in page
    assert 'value="2011-06-09"' in page
    assert owner.get("/why/12349?on=yesterday").status_code == 400
    assert "/why/" in owner.get("/customers/12349").text


def test_a_dry_run_lists_what_is_stopped_first(owner: TestClient) -> None:
    page = owner.get("/plan/plan1/dry-run").text
    assert page.index("They asked to be left alone") < page.index("We thought of you")


def test_a_curve_that_is_cut_ends_at_the_edge() -> None:
    spots = curve("together", 10.0).spots
    inside = curves._inside(spots, 450_000.0)
    assert inside[-1][0] == pytest.approx(450_000)
    assert spots[2].gain.value.minor < inside[-1][1] < spots[3].gain.value.minor


def test_the_chances_of_a_draw_are_named_as_acts_are(owner: TestClient, shop: FakeShop) -> None:
    page = owner.get(f"/why/{shop.rows[0].key}").text
    assert "thank:0.9" not in page
    assert "Thank-you note 90.0" in page
