"""The page of what works: a claim is shown only where somebody made it."""

from __future__ import annotations

from fastapi.testclient import TestClient
from tests.unit.console.fake_effects import FakeEffects
from tests.unit.console.fake_shop import FakeShop

from huitou.doors.console.pages.effects import Page


def test_every_claim_is_shown_as_what_it_is(owner: TestClient) -> None:
    page = owner.get("/effects").text
    assert page.count("It works") == 1
    assert page.count("It harms") == 1
    assert "not tried yet" in page
    assert "Not shown yet by the letters alone" in page
    assert "+2.4 (between +0.6 and +4.1)" in page
    assert "\N{MINUS SIGN}3.0" in page


def test_promises_stand_beside_what_was_proven(owner: TestClient) -> None:
    page = owner.get("/effects").text
    assert "Promised: £120" in page
    assert "Expected of it: £96" in page
    assert "Proven: £90" in page
    assert "19 times out of 20" in page
    assert page.count("Nothing is proven yet") == 1


def test_whether_the_second_learner_decides_is_said_with_by_how_much(owner: TestClient) -> None:
    page = owner.get("/effects").text
    assert "Two learners" in page and "let in" in page and "not let in" not in page
    assert "its choices are better beyond chance" in page
    assert "More earned: £410" in page
    assert "between £90.00 and £730.00" in page


def test_a_second_learner_that_waits_is_not_let_in(owner: TestClient, shop: FakeShop) -> None:
    shop.effects = FakeEffects(empty=True)
    page = owner.get("/effects").text
    assert "not let in" in page and "too few decisions were drawn by lot" in page
    assert "More earned" not in page


def test_an_empty_shop_has_nothing_to_show_and_says_so(owner: TestClient, shop: FakeShop) -> None:
    shop.effects = FakeEffects(empty=True)
    page = owner.get("/effects")
    assert page.status_code == 200
    assert "No plan was carried out yet." in page.text


def test_all_bands_stand_on_one_line() -> None:
    page = Page(FakeEffects().seen())
    spans = [page.span(each.guess) for each in page.found.effects]
    assert {span.zero for span in spans} == {50.0}
    widest = page.span(page.found.effects[1].learned)
    assert 0 <= widest.low < widest.value < widest.high <= 100
    for promise in page.found.promises:
        assert page.money_span(promise.promised).low >= 0
