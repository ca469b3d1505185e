"""The desk of what to fix: what each cause costs, what was mended, and whether it worked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from huitou.care.fixes import book
from huitou.care.fixes.rules import MENDABLE, Fix
from huitou.care.reasons import UNKNOWN, WHYS
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence
from huitou.models.causes import WORDS
from huitou.runs.mended import judged_until, read_fix, verdict_words
from huitou.runs.people import money_range
from huitou.runs.views import Range

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

PERIOD_WEEKS = 4
PERIODS = 13
"""The trend looks back over a year, four weeks at a time."""

SORTS = ("lost", "certainty")
"""By what causes are ranked: profit lost, or how sure it is."""


@dataclass(frozen=True)
class Part:
    """A product, store or way of ordering that stands behind a cause."""

    dimension: str
    part: str
    left: int
    of_left: int
    others: int
    of_others: int
    lift: float
    """How many times commoner in the last order of those who left for it than of others."""
    low: float
    high: float


@dataclass(frozen=True)
class CauseView:
    """What a cause costs, how sure that is, and how it goes."""

    code: str
    words: Sentence
    lost: Range
    people: float
    """Expected number of lost customers who left for it."""
    certainty: float
    """How sure the money is, on average, in [0, 1]; an answer is 1."""
    answers: int
    complaints: int
    trend: tuple[float, ...]
    """How many left for it in each four weeks, oldest first, as far as they can be judged."""
    parts: tuple[Part, ...]
    mendable: bool


@dataclass(frozen=True)
class FixView:
    """A fix, and what is known of its effect."""

    id: str
    cause: str
    words: Sentence
    what: str
    product: str | None
    store: str | None
    step: str | None
    owner: str
    made_on: date
    expected: float | None
    told: int
    """How many were told of it."""
    verdict: str
    """works, worse, no_effect, too_early or too_few."""
    verdict_words: Sentence
    weeks_read: int
    change: float | None
    """Relative change of the cause against the others: -0.3 is a third less."""
    low: float | None
    high: float | None
    more_weeks: int | None
    source: str | None
    """What was counted: said (complaints and answers) or left (who went); None for too few."""


class Desk:
    """What to fix, and what became of it."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def ranked(self, by: str = "lost") -> tuple[CauseView, ...]:
        """Causes by the profit lost to them, or by how certain that is."""
        if by not in SORTS:
            raise HuitouError(f"causes are not ranked by {by!r}", to_try=f"one of: {SORTS}")
        edition = self._edition()
        trends, parts = self._trends(edition), _parts(edition)
        rows = edition.table("cause_costs").to_pylist()
        rows.sort(key=lambda row: (-row[by], -row["lost"], row["cause"]))
        return tuple(self._cause(row, trends, parts) for row in rows)

    def enter(self, made: Fix, by: str) -> str:
        """Keep that something was mended; its id. Whom it concerns is in the next plan."""
        made.check(self._today())
        with self._house.books.unit() as unit:
            return book.enter(unit, made, by, self._house.clock.now())

    def fixes(self) -> tuple[FixView, ...]:
        """All fixes, the latest first, each with its verdict as of today."""
        with self._house.books.reading() as unit:
            rows = book.listed(unit)
        edition = self._house.lake.current()
        return tuple(self._fix(row, edition) for row in rows)

    def fix(self, fix_id: str) -> FixView:
        """One fix."""
        with self._house.books.reading() as unit:
            row = book.find(unit, fix_id)
        return self._fix(row, self._house.lake.current())

    def _today(self) -> date:
        return self._house.clock.now().astimezone(self._settings.zone).date()

    def _edition(self) -> Edition:
        edition = self._house.lake.current()
        if edition is None or not edition.has("cause_costs"):
            raise NotYet("nothing is known of causes yet", to_try="huitou run")
        return edition

    def _cause(
        self,
        row: Mapping[str, Any],
        trends: Mapping[str, tuple[float, ...]],
        parts: Mapping[str, tuple[Part, ...]],
    ) -> CauseView:
        code = row["cause"]
        return CauseView(
            code=code,
            words=WORDS[code] if code == UNKNOWN else WHYS[code],
            lost=money_range(row["lost"], row["low"], row["high"], self._settings.money),
            people=row["people"],
            certainty=row["certainty"],
            answers=row["answers"],
            complaints=row["complaints"],
            trend=trends.get(code, ()),
            parts=parts.get(code, ()),
            mendable=code in MENDABLE,
        )

    def _trends(self, edition: Edition) -> dict[str, tuple[float, ...]]:
        last = judged_until(edition)
        first = last - timedelta(weeks=PERIOD_WEEKS * PERIODS)
        found: dict[str, list[float]] = {}
        for row in edition.table("cause_weeks").to_pylist():
            if first <= row["week"] < last:
                place = (row["week"] - first).days // (7 * PERIOD_WEEKS)
                found.setdefault(row["cause"], [0.0] * PERIODS)[place] += row["left"]
        return {cause: tuple(counts) for cause, counts in found.items()}

    def _fix(self, row: Row, edition: Edition | None) -> FixView:
        found, source = read_fix(row, edition)
        names = ("id", "cause", "product", "store", "step", "owner", "made_on", "expected", "told")
        return FixView(
            **{name: row[name] for name in names},
            what=row["words"],
            words=WHYS[row["cause"]],
            verdict=found.verdict,
            verdict_words=verdict_words(found),
            weeks_read=found.weeks,
            change=found.change,
            low=found.low,
            high=found.high,
            more_weeks=found.more_weeks,
            source=source,
        )


def _parts(edition: Edition) -> dict[str, tuple[Part, ...]]:
    found: dict[str, list[Part]] = {}
    for row in edition.table("cause_behind").to_pylist():
        cause = row.pop("cause")
        found.setdefault(cause, []).append(Part(**row))
    return {cause: tuple(parts) for cause, parts in found.items()}
