"""Pages that wait for something: in the reader's language, with the way on."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop

from huitou.ground.errors import BadInput, NotYet
from huitou.ground.words import said
from huitou.runs.kept import keep, recall

FEW = said("A forecast needs {least} customers, and {known} are known so far.", least=30, known=10)


def waiting(error: Exception) -> object:
    def refuse() -> None:
        raise error

    return refuse


@pytest.mark.parametrize(
    ("language", "word"), [("zh-Hans", "目前只有 10 位"), ("en", "10 are known")]
)
def test_too_few_customers_are_told_in_the_readers_language(
    owner: TestClient,
    shop: FakeShop,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    word: str,
) -> None:
    monkeypatch.setattr(shop, "balance", waiting(NotYet(FEW, to_try="huitou facts")))
    monkeypatch.setattr(shop, "too_few", lambda: FEW)
    owner.cookies.set("huitou_language", language)
    page = owner.get("/balance")
    assert page.status_code == 409
    assert word in page.text
    assert 'href="/files"' in page.text and "huitou facts" not in page.text


def test_a_shop_that_was_never_worked_through_offers_to_do_it(
    owner: TestClient, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = NotYet(said("No run has finished yet."), to_try="huitou run")
    monkeypatch.setattr(shop, "balance", waiting(error))
    monkeypatch.setattr(shop, "has_run", lambda: False)
    page = owner.get("/balance").text
    assert 'action="/work/run"' in page
    assert "huitou run" not in page


def test_what_else_is_missing_says_what_to_try(
    owner: TestClient, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = NotYet(said("There is no plan yet."), to_try="huitou plan draft")
    monkeypatch.setattr(shop, "balance", waiting(error))
    assert "huitou plan draft" in owner.get("/balance").text


def test_an_error_is_a_sentence_for_doors_and_a_text_for_all_else() -> None:
    error = NotYet(FEW)
    assert error.spoken is FEW
    assert error.sentence == "A forecast needs 30 customers, and 10 are known so far."
    assert str(BadInput(FEW, row=3)).startswith(error.sentence)
    assert recall(keep(FEW)) == FEW
