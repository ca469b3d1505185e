"""What a till is refused is said in its reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.journeys.given import every_table

from huitou.ground.errors import Refused
from huitou.ground.languages import speaker
from huitou.ground.words import Sentence
from huitou.loyalty import book
from huitou.loyalty.packs import book as packs
from huitou.store.books import Books

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(f"sqlite:///{tmp_path / 'books.db'}")
    made.migrate(every_table())
    yield made
    made.close()


def spoken(refused: Refused, language: str) -> str:
    assert isinstance(refused.spoken, Sentence), refused.sentence
    return speaker(language).say(refused.spoken)


def test_every_refusal_of_a_code_is_a_sentence_without_minor_units(books: Books) -> None:
    terms = book.Terms(0.2, 500, NOW + timedelta(days=9), least=1234)
    with books.unit() as unit:
        code = book.make_offer(unit, "o1", "p1", terms, 500, NOW)["code"]
    use = {"order_id": "A1", "order_total": 5000, "given": 500}
    wrong = [
        lambda unit: book.make_offer(unit, "o2", "p1", terms, 500, NOW),
        lambda unit: book.settle(unit, code, **{**use, "order_total": 1000, "given": 200}, now=NOW),
        lambda unit: book.settle(unit, code, **{**use, "given": 501}, now=NOW),
        lambda unit: book.settle(unit, code, **use, now=NOW + timedelta(days=10)),
        lambda unit: packs.find(unit, "none"),
    ]
    for each in wrong:
        with pytest.raises(Refused) as refused, books.unit() as unit:
            each(unit)
        told = {
            language: spoken(refused.value, language) for language in ("en", "zh-Hans", "zh-Hant")
        }
        assert len(set(told.values())) == 3
        assert not any(number in told["en"] for number in ("1234", "501", "500", "1000"))
