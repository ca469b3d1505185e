"""What is said of a plan is true of it, and letters go where the customer was last."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from huitou.ground.errors import HuitouError
from huitou.ground.marks import mark
from huitou.runs.people import latest_key
from huitou.runs.plan_in_words import totals_view
from huitou.runs.planning import _reach, mark_of, read_mark

TOLD: dict[str, Any] = {
    "cost": 100, "gain": 900, "gain_low": 100, "gain_high": 2000, "held_out": 2, "people": 30,
    "acts": {"thank": 8, "nothing": 22}, "reasons": {"held_out": 2, "nothing_pays": 20},
    "staff_minutes": 60, "money_price": 0.0, "time_price": 0.0,
    "limits": {"budget": 5000, "staff_hours": 1.0},
}  # fmt: skip


def words(**told: Any) -> str:
    nobody = dict.fromkeys(("approved_by", "approved_at", "posted_by", "posted_at"))
    nobody |= dict.fromkeys(("needs_second", "drafted_by", "first_by"))
    row = {"id": "p", "as_of": date(2011, 6, 9), "status": "draft", "totals": {**TOLD, **told}}
    row |= nobody
    return " ".join(str(each) for each in totals_view(row, "GBP").words)


def test_what_binds_is_named_with_its_price() -> None:
    waits = {"reasons": {"budget": 12, "held_out": 2, "nothing_pays": 8}}
    time = words(time_price=0.5, **waits)
    assert "staff time of 1" in time and "0.30" in time and "12 more people" in time
    money = words(money_price=1.5, **waits)
    assert "budget of" in money and "returns 1.5" in money and "staff time" not in money
    both = words(money_price=1.5, time_price=0.5, **waits)
    assert "budget of" in both and "staff time" in both
    for said in (time, money, both, words(**waits)):
        assert "everything that is expected to pay" not in said


def test_only_a_plan_that_leaves_nobody_out_has_everything_in_it() -> None:
    assert "everything that is expected to pay is in the plan" in words()
    nobody = {"acts": {"nothing": 30}, "gain": 0, "gain_low": 0}
    assert "Doing nothing is the best plan" in words(**nobody)
    poor = words(**nobody, money_price=3.0, reasons={"budget": 30})
    assert "Nothing pays" not in poor and "30 more people" in poor


def line(day: int, phone: str | None, email: str | None) -> dict[str, Any]:
    plain = {"address": None, "product": None, "amount": 1, "is_return": False, "is_product": True}
    return {"ordered_at": datetime(2024, 1, day), "phone": phone, "email": email, **plain}


def test_letters_go_where_the_latest_order_says() -> None:
    moved = [line(9, "+44new", None), line(1, "+44old", "old@x.org"), line(5, None, "new@x.org")]
    for told in (moved, moved[::-1]):
        assert (_reach(told)["phone"], _reach(told)["email"]) == ("+44new", "new@x.org")
    assert latest_key(moved[:1], "email") is None


def test_letters_go_to_the_lines_of_the_latest_address() -> None:
    moved = [line(1, None, None), line(9, None, None), line(5, None, None)]
    moved[0]["address"], moved[2]["address"] = "Old Road 1", "New Road 2\nTown"
    assert _reach(moved)["address"] == ("New Road 2", "Town")
    assert _reach(moved[1:2])["address"] == ()


def test_a_mark_of_receipts_is_read_back_or_refused() -> None:
    assert read_mark(None) is None
    assert read_mark(mark_of({"gain": -5, "person_id": "p"})) == (-5, "p")
    for bad in ("NQ==", mark(0.5, "p"), mark("5", "p"), mark(2**64, "p")):
        with pytest.raises(HuitouError, match="not the mark of a page"):
            read_mark(bad)


def test_what_learning_costs_is_said() -> None:
    told = words(gain=-4561, learning_cost=7869, explored=27)
    assert "expected to cost" in told and "78.69" in told and "33.08" in told
    assert "expected to cost" not in words(explored=27, learning_cost=0)
