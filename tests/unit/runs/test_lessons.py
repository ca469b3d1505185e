"""Texts sorted in a real shop's folder: taught at once, and nothing leaves unless it may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from huitou.ground.errors import BadInput
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.store.outbox import outbox

UNSURE = "zxqv 王小明 13800138000 wx@example.com"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path / "shop")


def sent(shop: Shop) -> list[Any]:
    with shop.books.reading() as unit:
        rows = unit.rows(select(outbox).where(outbox.c.kind == "text.sent_outside"))
    return [row["body"] for row in rows]


def test_what_staff_teach_is_known_at_once_and_kept(shop: Shop) -> None:
    text = "the bell on the door is too loud for my dog"
    assert shop.lessons.teach(text, "service", "Ann")
    assert not shop.lessons.teach(text.upper(), "service", "Ann")
    assert shop.lessons.sort([text])[0].cause == "service"
    (lesson,) = shop.lessons.lessons()
    assert (lesson.text, lesson.by, lesson.language) == (text, "Ann", "en")
    again = open_shop(shop.home)
    assert again.lessons.sort([text])[0].cause == "service"


def test_a_lesson_taken_back_is_unlearned(shop: Shop) -> None:
    before = shop.lessons.sort(["zxqv zxqv"])
    shop.lessons.teach("zxqv zxqv", "ill", "Ann")
    assert shop.lessons.sort(["zxqv zxqv"])[0].cause == "ill"
    assert shop.lessons.forget(shop.lessons.lessons()[0].id)
    assert shop.lessons.sort(["zxqv zxqv"]) == before


@pytest.mark.parametrize(("text", "cause"), [("x", "weather"), (" ", "price"), ("x" * 4001, "ill")])
def test_what_cannot_be_taught_is_refused_in_words(shop: Shop, text: str, cause: str) -> None:
    with pytest.raises(BadInput):
        shop.lessons.teach(text, cause, "Ann")


@pytest.mark.parametrize("texts", [[], [""], ["x"] * 1001])
def test_what_cannot_be_sorted_is_refused_in_words(shop: Shop, texts: list[str]) -> None:
    with pytest.raises(BadInput):
        shop.lessons.sort(texts)


def test_a_broken_file_of_the_sorter_is_made_anew(shop: Shop) -> None:
    shop.lessons.sort(["太贵了"])
    (shop.home / "lake" / "sorter.npz").write_bytes(b"broken")
    assert shop.lessons.sort(["太贵了"])[0].cause == "price"


def outside(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    """A model outside that always answers the same; what it was shown."""
    shown: list[str] = []

    def ask(_self: Any, _system: str, words: str) -> str:
        shown.append(words)
        return answer

    monkeypatch.setattr("huitou.channels.outside.Outside.ask", ask)
    return shown


def test_nothing_leaves_unless_the_merchant_named_a_model(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = outside(monkeypatch, "price")
    assert shop.lessons.sort([UNSURE])[0].cause == "unknown"
    assert shown == [] == sent(shop)


def test_a_model_outside_sees_masked_words_and_only_what_the_own_sorter_is_unsure_of(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.change_settings(text_model_url="https://m.example/v1", text_model_name="m", currency="CNY")
    shown = outside(monkeypatch, " Price. ")
    sure, unsure = shop.lessons.sort(["太贵了", UNSURE], names=["王小明"])
    assert (sure.by, unsure.by, unsure.cause, unsure.share) == ("own", "outside", "price", None)
    assert len(shown) == 1
    for secret in ("王小明", "13800138000", "example.com"):
        assert secret not in shown[0] and secret not in json.dumps(sent(shop)[0]["words"])
    assert sent(shop)[0]["words"] in shown[0]


@pytest.mark.parametrize("answer", ["weather", "", "price and service", "unknown", "<script>"])
def test_an_answer_that_is_none_of_our_causes_is_ignored(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    shop.change_settings(text_model_url="https://m.example/v1", text_model_name="m")
    outside(monkeypatch, answer)
    found = shop.lessons.sort([UNSURE])[0]
    assert (found.cause, found.by) == ("unknown", "own")
