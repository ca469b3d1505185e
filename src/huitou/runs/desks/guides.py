"""The desk of guides: a page or video of a product, its QR code, and who opened it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from huitou.care.guides import book
from huitou.care.guides.pages import Guide
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings

if TYPE_CHECKING:
    from huitou.runs.wiring import House

DAYS = 28
"""Opens are counted over so many days."""


@dataclass(frozen=True)
class GuideView:
    """One guide, and how often it was opened."""

    slug: str
    product: str
    titles: Mapping[str, str]
    video: str | None
    steps: int
    opens: int
    helped: int
    days: tuple[int, ...]
    """Opens of each of the last `DAYS` days, oldest first."""


@dataclass(frozen=True)
class PageView:
    """A guide as its reader sees it."""

    slug: str
    product: str
    language: str
    title: str
    steps: tuple[str, ...]
    video: str | None


class Desk:
    """Guides of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def listed(self) -> tuple[GuideView, ...]:
        """All guides, the most opened first."""
        since = self._today() - timedelta(days=DAYS - 1)
        with self._house.books.reading() as unit:
            every, counted = book.every(unit), book.counted(unit, since)
            rows = book.by_day(unit, since)
        found: dict[str, dict[date, int]] = {}
        for row in rows:
            found.setdefault(row["slug"], {})[row["day"]] = row["n"]
        days = [since + timedelta(days=each) for each in range(DAYS)]
        views = [
            GuideView(
                slug=each.slug,
                product=each.product,
                titles={tag: one.title for tag, one in each.told.items()},
                video=each.video,
                steps=max(len(one.steps) for one in each.told.values()),
                opens=counted.get((each.slug, "open"), 0),
                helped=counted.get((each.slug, "helped"), 0),
                days=tuple(found.get(each.slug, {}).get(day, 0) for day in days),
            )
            for each in every
        ]
        return tuple(sorted(views, key=lambda view: (-view.opens, view.slug)))

    def keep(self, made: Guide, by: str) -> GuideView:
        """Keep a guide, anew or in the place of the one with its slug."""
        with self._house.books.unit() as unit:
            book.keep(unit, made, by, self._house.clock.now())
        return next(each for each in self.listed() if each.slug == made.slug)

    def guide(self, slug: str) -> Guide | None:
        """A guide as it was written."""
        with self._house.books.reading() as unit:
            return book.find(unit, slug)

    def remove(self, slug: str) -> None:
        """Take a guide away: its code leads to a page that says so."""
        with self._house.books.unit() as unit:
            book.remove(unit, slug, self._house.clock.now())

    def page(self, slug: str, language: str) -> PageView | None:
        """The guide as a reader sees it; None where there is none."""
        found = self.guide(slug)
        if found is None:
            return None
        tag, told = found.in_language(language)
        return PageView(slug, found.product, tag, told.title, told.steps, found.video)

    def opened(self, slug: str, household: str, kind: str = "open") -> None:
        """Somebody opened it: kept in the inbox, for the books may be held by a run.

        `household` is counted and not kept: of it only a mark of this day remains.
        """
        now = self._house.clock.now()
        day = self._today().isoformat()
        key = fingerprint(self._settings.salt, "guide", slug, kind, day, household)
        record = {"tag": key, "kind": "guide", "key": key, "at": now.isoformat()}
        self._house.inbox.keep({**record, "slug": slug, "what": kind, "day": day})

    def _today(self) -> date:
        return self._house.clock.now().astimezone(self._settings.zone).date()
