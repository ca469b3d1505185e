"""Evidence in sentences, for the page of one customer: what happened, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from huitou.ground.words import Sentence, said

WORTH_SAYING: Mapping[str, float] = {
    "returned_near_end": 0.05,
    "price_rise": 0.05,
    "gone_share": 0.25,
    "our_messages": 4.0,
}
"""Below this a piece of evidence speaks for nothing, and is not said."""
EVEN = 0.5
"""Gaps that vary by less than this share of their mean are a habit."""


Piece = tuple[str, Sentence]
"""A piece of evidence, by its name in EVIDENCE, and what it says."""


def evidence_words(
    row: Mapping[str, Any], ledger: Iterable[Mapping[str, Any]] = ()
) -> tuple[Piece, ...]:
    """What is known of one person: `row` of EVIDENCE, and their rows of LEDGER, oldest first.

    What is unknown, or speaks for nothing, is not said.
    """
    entries = sorted(ledger, key=lambda entry: (entry["day"], entry["piece"], entry["what"] or ""))
    told = [
        (entry["piece"], _happened(entry)) for entry in entries if entry["piece"] != "our_messages"
    ]
    told += _orders(row)
    if (row.get("our_messages") or 0) >= WORTH_SAYING["our_messages"]:
        n = round(row["our_messages"])
        told.append(("our_messages", said("We wrote to them {n} times in three months.", n=n)))
    return tuple({(piece, str(words)): (piece, words) for piece, words in told}.values())


def _happened(entry: Mapping[str, Any]) -> Sentence:
    named, nameless = _HAPPENED[entry["piece"]]
    if entry["what"]:
        return replace(named, values={"day": entry["day"], "what": entry["what"]})
    return replace(nameless, values={"day": entry["day"]})


_HAPPENED: Mapping[str, tuple[Sentence, Sentence]] = {
    "delivery_failed": (
        said("Their delivery around {day} came late or wrong ({what})."),
        said("Their delivery around {day} came late or wrong."),
    ),
    "complaint_unanswered": (
        said("They complained on {day} and were not answered within a week ({what})."),
        said("They complained on {day} and were not answered within a week."),
    ),
    "complaint_service": (
        said("They complained on {day} of how they were treated ({what})."),
        said("They complained on {day} of how they were treated."),
    ),
    "complaint_product": (
        said("They complained on {day} of what they had bought ({what})."),
        said("They complained on {day} of what they had bought."),
    ),
    "clerk_left": (
        said("Who used to serve them left on {day} ({what})."),
        said("Who used to serve them left on {day}."),
    ),
    "out_of_stock": (
        said("What they buy was out of stock from {day} ({what})."),
        said("What they buy was out of stock from {day}."),
    ),
    "price_told": (
        said("What they buy became dearer on {day} ({what})."),
        said("What they buy became dearer on {day}."),
    ),
    "rival_opened": (
        said("A rival opened near them on {day} ({what})."),
        said("A rival opened near them on {day}."),
    ),
    "store_gone": (
        said("Their shop in {what} closed or moved on {day}."),
        said("Their shop closed or moved on {day}."),
    ),
    "payment_failed": (
        said("Their payment failed on {day} ({what})."),
        said("Their payment failed on {day}."),
    ),
}
"""Piece -> its sentence with a name of the place, product or clerk, and without."""


def _orders(row: Mapping[str, Any]) -> list[Piece]:
    """What their own orders show."""
    found: dict[str, Sentence] = {}
    if _at_least(row, name := "returned_near_end"):
        share = round(100 * row[name])
        found[name] = said("They sent {share} % of their last purchases back.", share=share)
    if _at_least(row, name := "price_rise"):
        share = round(100 * row[name])
        found[name] = said("What they used to buy costs about {share} % more now.", share=share)
    if _at_least(row, name := "gone_share"):
        share = round(100 * row[name])
        found[name] = said("{share} % of what they spent was on goods no longer sold.", share=share)
    if row.get("season_gift"):
        found["season_gift"] = said("They only ever bought in the season for gifts.")
    if row.get("one_purchase"):
        found["one_purchase"] = said("They came a single time.")
    elif row.get("regularity") is not None and row["regularity"] < EVEN:
        found["regularity"] = said("They used to come as regularly as a clock.")
    return list(found.items())


def _at_least(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name)
    return value is not None and value >= WORTH_SAYING[name]
