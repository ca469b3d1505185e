"""Planning a test on one page, and asking the past again."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_learning import NASTY
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.test_pages import token_of

from huitou.doors.console import names


def test_the_first_test_is_thanks_against_a_discount_against_nothing(owner: TestClient) -> None:
    page = owner.get("/tests").text
    for name in ("nothing", "thank", "offer_10"):
        assert f'name="act" value="{name}" checked' in page
    assert 'value="call" checked' not in page
    assert "104 weeks" in page and "Cannot be proven here" in page


def test_what_cannot_be_tested_says_why(owner: TestClient) -> None:
    page = owner.get("/tests?act=nothing&act=offer_10&stage=loyal")
    assert page.status_code == 200
    assert "offer_10 is only for" in page.text
    assert "many" in owner.get("/tests?lift=many").text


def test_a_test_is_written_down_as_it_was_shown(owner: TestClient, shop: FakeShop) -> None:
    told = {"act": ["nothing", "call"], "stage": ["lost"], "lift": "20", "outcome": "profit",
            "name": "Call them", "csrf": token_of(owner)}  # fmt: skip
    answer = owner.post("/tests", data=told, follow_redirects=False)
    assert answer.status_code == 303
    idea, name, by, most = shop.tests.started[0]
    assert dict(idea.arms) == {"nothing": 0.5, "call": 0.5}
    assert (idea.stages, idea.outcome, idea.hoped) == (("lost",), "profit", 0.2)
    assert (name, by, most) == ("Call them", "owner", None)


def test_a_test_is_stopped(owner: TestClient, shop: FakeShop) -> None:
    told = {"csrf": token_of(owner)}
    assert owner.post("/tests/t1/stop", data=told, follow_redirects=False).status_code == 303
    assert shop.tests.stopped == [("t1", "owner")]


def test_a_name_is_no_markup(owner: TestClient) -> None:
    page = owner.get("/tests").text
    assert NASTY not in page
    assert "&lt;script&gt;" in page
    assert "Better, proven" in page and "Takes people in" in page


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("other=without_offer", "An answer"),
        ("other=thank", "An answer"),
        ("other=best", "An answer"),
        ("other=without_call", "No answer"),
        ("other=budget&amount=300", "no plan of these months"),
        ("other=share&amount=30", "An answer"),
        ("other=budget&amount=much", "is no number"),
        ("other=nonsense", "Another way"),
        ("", "Another way"),
    ],
)
def test_the_past_is_asked_in_one_choice(owner: TestClient, query: str, seen: str) -> None:
    page = owner.get(f"/replay?{query}")
    assert page.status_code == 200
    assert seen in page.text


def test_what_is_asked_is_what_was_chosen(owner: TestClient, shop: FakeShop) -> None:
    owner.get("/replay?other=thank")
    owner.get("/replay?other=budget&amount=12.50")
    owner.get("/replay?other=share&amount=25")
    thank, budget, share = (policy for policy, _ in shop.replays.asked)
    assert dict(thank.instead) == {"offer": "thank"}
    assert budget.budget == 1_250
    assert share.share_of_value == 0.25


def test_an_own_act_may_be_tested_and_keeps_its_name(owner: TestClient) -> None:
    assert 'name="act" value="welcome"' in owner.get("/tests").text
    assert str(names.act("offer_10")) == "Offer of 10 %"
    assert str(names.act("offer", 0.05)) == "Offer of 5 %"
    assert str(names.act("offer_3f9a01")) == "offer_3f9a01"
