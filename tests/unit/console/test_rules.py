"""The pages of acts and of whom not to chase, and a plan that two approve."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_rules import NASTY
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.test_pages import token_of

TYPED = {"kind": "surprise", "claim": "一包茉莉花茶", "amount": "9.90", "minutes": "1"}


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_pages_show_what_was_typed_as_words(owner: TestClient, language: str) -> None:
    owner.cookies.set("huitou_language", language)
    for path in ("/acts", "/chase"):
        page = owner.get(path)
        assert page.status_code == 200
        assert NASTY not in page.text and "&lt;script&gt;" in page.text


def test_an_act_is_added_by_whoever_is_signed_in(owner: TestClient, shop: FakeShop) -> None:
    data = {**TYPED, "stage": ["loyal", "active"], "csrf": token_of(owner)}
    answer = owner.post("/acts", data=data, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/acts"
    ((told, by),) = shop.acts.added
    assert by == "owner" and told["given"] == {"amount": 990}
    assert told["stages"] == ["loyal", "active"] and told["name"].startswith("surprise_")
    assert "一包茉莉花茶" in owner.get("/acts").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "bribe"},
        {"amount": "much"},
        {"amount": "-1"},
        {"amount": "1e99"},
        {"minutes": "nan"},
        {"claim": ""},
        {"excepted": "return", "stage": "loyal"},
        {"text_en": "For {name}", "subject_en": "Tea"},
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_kept(
    owner: TestClient, shop: FakeShop, wrong: dict[str, str]
) -> None:
    answer = owner.post("/acts", data={**TYPED, **wrong, "csrf": token_of(owner)})
    assert answer.status_code == 400 and not shop.acts.added


def test_an_own_act_is_taken_away(owner: TestClient, shop: FakeShop) -> None:
    csrf = {"csrf": token_of(owner)}
    assert owner.post("/acts/welcome/remove", data=csrf, follow_redirects=False).status_code == 303
    assert shop.acts.removed == ["welcome"]
    assert owner.post("/acts/thank/remove", data=csrf).status_code == 403


def test_somebody_is_marked_reviewed_and_lifted(owner: TestClient, shop: FakeShop) -> None:
    csrf = {"csrf": token_of(owner), "who": "p1"}
    marked = {**csrf, "why": "abusive", "words": "Insulted the clerk.", "review_on": "2026-09-01"}
    assert owner.post("/chase", data=marked, follow_redirects=False).status_code == 303
    owner.post("/chase/review", data=csrf)
    owner.post("/chase/lift", data={**csrf, "words": "A mistake."})
    assert [deed[0] for deed in shop.chase.done] == ["mark", "review", "lift"]
    assert owner.post("/chase", data={**marked, "review_on": "soon"}).status_code == 400
    assert owner.post("/chase", data={**marked, "words": "bad"}).status_code == 400
    assert owner.post("/chase", data={**marked, "why": "ugly"}).status_code == 400
