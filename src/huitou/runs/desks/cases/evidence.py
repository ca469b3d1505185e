"""What speaks for a suspicion, in words: the facts of one person before the silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from huitou.ground.words import Sentence, said

Facts = Mapping[str, Any]

LEAST_RISE = 0.02
"""Prices that rose less than two in a hundred are no evidence."""
LEAST_GONE = 0.1
REGULAR = 0.8
"""Gaps that vary less than this are a habit (1 is what chance alone makes)."""


def evidence_words(cause: str, facts: Facts | None) -> tuple[Sentence, ...]:
    """The evidence for one cause; nothing where the facts are silent about it."""
    tell = _TELLERS.get(cause)
    told = tell(facts) if tell is not None and facts is not None else None
    return (told,) if told is not None else ()


def _returned(facts: Facts) -> Sentence | None:
    share = facts.get("returned_near_end")
    if not share:
        return None
    return said(
        "Of what they bought in the last months before the silence, {share} % came back.",
        share=round(100 * share),
    )


def _dearer(facts: Facts) -> Sentence | None:
    rise = facts.get("price_rise")
    if rise is None or rise < LEAST_RISE:
        return None
    return said("What they used to buy is {share} % dearer now.", share=round(100 * rise))


def _gone(facts: Facts) -> Sentence | None:
    share = facts.get("gone_share")
    if share is None or share < LEAST_GONE:
        return None
    return said(
        "{share} % of what they spent went to goods that are no longer sold.",
        share=round(100 * share),
    )


def _habit(facts: Facts) -> Sentence | None:
    regularity = facts.get("regularity")
    if facts.get("one_purchase") or regularity is None or regularity > REGULAR:
        return None
    return said("They came like clockwork, and then not at all.")


def _once(facts: Facts) -> Sentence | None:
    return said("They bought on one day only.") if facts.get("one_purchase") else None


def _season(facts: Facts) -> Sentence | None:
    return said("They only ever bought in the busy months.") if facts.get("season_gift") else None


_TELLERS: Mapping[str, Callable[[Facts], Sentence | None]] = {
    "returned_goods": _returned,
    "price": _dearer,
    "assortment": _gone,
    "habit_stopped": _habit,
    "never_hooked": _once,
    "gift_season": _season,
}
