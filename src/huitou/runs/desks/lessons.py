"""The desk where texts are sorted, and where staff teach the sorter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from huitou.care.lessons import book
from huitou.care.reasons import REASONS, UNKNOWN, WHYS
from huitou.ground.errors import BadInput
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence
from huitou.models.letters import language_of
from huitou.runs.sorting import mentions_of, sorter_of, taught

if TYPE_CHECKING:
    from huitou.runs.wiring import House

LONGEST = 4_000
"""Letters of a text; nobody's complaint is longer than two pages."""
MOST = 1_000
"""Texts sorted in one call."""


@dataclass(frozen=True)
class SortedText:
    """What a text is about, as far as can be told."""

    text: str
    cause: str
    words: Sentence
    share: float | None
    """How many in a hundred sorted like this are right; None where a model outside named it."""
    product: str | None
    by: str
    """own, or outside."""


@dataclass(frozen=True)
class LessonView:
    """A text whose cause a person named."""

    id: str
    text: str
    language: str
    cause: str
    words: Sentence
    by: str
    at: datetime


class Desk:
    """Sorting texts, and teaching."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def sort(self, texts: Sequence[str], names: Iterable[str] = ()) -> tuple[SortedText, ...]:
        """The cause and the product of each text. `names` are masked if a model outside is asked.

        A model outside is asked only where the merchant set one, and only about texts that the
        shop's own sorter is unsure of.
        """
        if not texts or len(texts) > MOST or any(not text.strip() for text in texts):
            raise BadInput(f"between one and {MOST} texts are sorted at once, none of them empty")
        with self._house.books.reading() as unit:
            told = taught(unit)
        causes = sorter_of(self._house.lake, told).sort(texts)
        products = mentions_of(self._house.lake.current()).find(texts)
        known = list(names)
        return tuple(
            self._one(text, cause, share, product[0] if product else None, known)
            for text, (cause, share), product in zip(texts, causes, products, strict=True)
        )

    def teach(self, text: str, cause: str, by: str) -> bool:
        """A person names the cause of a text; whether that was new. The sorter knows it at once."""
        tidy = text.strip()
        if cause not in REASONS:
            raise BadInput(f"{cause!r} is no cause", to_try=f"one of: {', '.join(REASONS)}")
        if not tidy or len(tidy) > LONGEST:
            raise BadInput(f"a text has between one and {LONGEST} letters")
        with self._house.books.unit() as unit:
            return book.teach(unit, tidy, language_of(tidy), cause, by, self._house.clock.now())

    def lessons(self) -> tuple[LessonView, ...]:
        """All that was taught, the latest first."""
        with self._house.books.reading() as unit:
            rows = book.taught(unit)
        return tuple(
            LessonView(
                words=WHYS[row["cause"]],
                **{name: row[name] for name in ("id", "text", "language", "cause", "by", "at")},
            )
            for row in reversed(rows)
        )

    def forget(self, lesson_id: str) -> bool:
        """Take a lesson back."""
        with self._house.books.unit() as unit:
            return book.forget(unit, lesson_id)

    def _one(
        self, text: str, cause: str, share: float, product: str | None, names: Sequence[str]
    ) -> SortedText:
        from huitou.runs.asking import asked, model_of

        outside = model_of(self._settings) if cause == UNKNOWN else None
        if outside is not None:
            now = self._house.clock.now()
            found = asked(self._house.books, outside, self._settings, text, names, now)
            if found is not None:
                return SortedText(text, found, WHYS[found], None, product, "outside")
        return SortedText(text, cause, WHYS[cause], share, product, "own")
