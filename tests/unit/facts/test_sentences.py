"""Evidence in sentences: what happened comes first, and what speaks for nothing is not said."""

from __future__ import annotations

from datetime import date

import pytest

from huitou.facts.contract import TOLD_PIECES
from huitou.facts.sentences import evidence_words
from huitou.ground.languages import speaker

DAY = date(2026, 5, 3)


def entry(piece: str, what: str | None = None, day: date = DAY) -> dict:
    return {"person_id": "p", "piece": piece, "day": day, "what": what, "weight": 1.0}


def said(row=None, *ledger) -> list[str]:
    return [str(words) for _, words in evidence_words(row or {}, ledger)]


@pytest.mark.parametrize("piece", [name for name in TOLD_PIECES if name != "our_messages"])
def test_everything_that_can_happen_is_said_with_its_day_and_place(piece: str) -> None:
    (named,) = said({}, entry(piece, "Bund"))
    (nameless,) = said({}, entry(piece))
    assert "2026-05-03" in named and "Bund" in named
    assert "2026-05-03" in nameless and "None" not in nameless


def test_it_is_said_in_the_readers_language() -> None:
    ((_, words),) = evidence_words({}, [entry("store_gone", "外滩店")])
    assert speaker("zh-Hans").say(words).endswith("他们常去的 外滩店 门店关闭或搬迁了。")


def test_the_oldest_comes_first_and_the_same_is_said_once() -> None:
    later = entry("rival_opened", day=date(2026, 6, 1))
    told = said({}, later, entry("delivery_failed"), entry("delivery_failed"))
    assert [words.split()[0] for words in told] == ["Their", "A"]


def test_orders_speak_where_they_have_something_to_say() -> None:
    row = {
        "returned_near_end": 0.5,
        "price_rise": 0.12,
        "gone_share": 0.7,
        "season_gift": True,
        "one_purchase": False,
        "regularity": 0.3,
        "our_messages": 6.0,
    }
    assert len(said(row)) == 6
    assert said(row)[-1] == "We wrote to them 6 times in three months."
    quiet = {
        "returned_near_end": 0.0,
        "price_rise": -0.2,
        "gone_share": None,
        "season_gift": None,
        "one_purchase": False,
        "regularity": 1.1,
        "our_messages": 1.0,
    }
    assert said(quiet) == said({}) == []
