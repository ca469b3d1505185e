"""What to fix first, and which fixes have their verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.care.fixes import book as fixes
from huitou.care.fixes.rules import MENDABLE
from huitou.care.reasons import WHYS
from huitou.ground.words import Sentence, said
from huitou.runs.mended import read_fix, verdict_words
from huitou.runs.people import money_range
from huitou.runs.report.page import Page
from huitou.runs.told import Figure, Section

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

OUT = ("works", "worse", "no_effect")
"""Verdicts that say something; the others ask for patience."""
MOST_FIXES = 5


def to_fix(unit: Unit, page: Page) -> Section | None:
    """The cause that costs most of those a shop can mend, and what became of what was mended."""
    first = _first(page)
    verdicts = [words for row in fixes.listed(unit) if (words := _verdict(row, page))]
    if first is None and not verdicts:
        return None
    return Section(
        code="to_fix",
        title=said("What to fix first"),
        figures=(_cost(first, page),) if first else (),
        words=(*(_people(first) if first else ()), *verdicts[:MOST_FIXES]),
    )


def _first(page: Page) -> Row | None:
    edition = page.work.edition
    if not edition.has("cause_costs"):
        return None
    rows = edition.table("cause_costs").to_pylist()
    mendable = [row for row in rows if row["cause"] in MENDABLE and row["lost"] >= 1]
    return max(mendable, key=lambda row: (row["lost"], row["cause"]), default=None)


def _cost(row: Row, page: Page) -> Figure:
    lost = money_range(row["lost"], row["low"], row["high"], page.work.settings.money)
    name = WHYS[row["cause"]]
    return Figure(
        "to_fix_first", name, lost.value, good=-1, low=lost.low, high=lost.high, level=lost.level
    )


def _people(row: Row) -> tuple[Sentence, ...]:
    words = said(
        "The profit lost to it so far, with about {n} customers. Said by them: {answers} answers, "
        "{complaints} complaints; the rest is suspicion.",
        n=round(row["people"]),
        answers=row["answers"],
        complaints=row["complaints"],
    )
    return (words,)


def _verdict(row: Row, page: Page) -> Sentence | None:
    found, _source = read_fix(row, page.work.edition)
    if found.verdict not in OUT:
        return None
    return said("“{what}” of {day}: {verdict}", what=row["words"], day=row["made_on"],
                verdict=verdict_words(found))  # fmt: skip
