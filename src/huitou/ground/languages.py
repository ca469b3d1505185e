"""Saying a `Sentence` in the reader's language: catalogues, numbers, dates and money.

Catalogues are gettext `.po` files under `ground/locale/<language>/`, one for each part of the
house, read as they are: no compiled copy can go stale. The English text is the key; a missing
translation is said in English, and a test counts those.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from huitou.ground.errors import HuitouError
from huitou.ground.money import Money
from huitou.ground.words import Sentence

LANGUAGES = {"en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
"""Language tag -> its own name."""


class Speaker:
    """Speaks one language: `speaker.say("{n} customers", n=1200)` -> `1,200 customers`."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise HuitouError(
                f"huitou does not speak {language!r}", to_try=f"one of: {', '.join(LANGUAGES)}"
            )
        self.language = language
        self.locale = Locale.parse(language, sep="-")
        self._words = _catalogue(language)

    def say(self, text: str | Sentence, **values: Any) -> str:
        """The text in this language, with its values formatted for it."""
        sentence = text if isinstance(text, Sentence) else Sentence(text)
        pattern = self._words.get(sentence.text, sentence.text)
        given = {**sentence.values, **values}
        if not given:  # what people typed may come here as a plain text, braces and all
            return pattern
        return pattern.format(**{name: self.shown(value) for name, value in given.items()})

    def shown(self, value: Any) -> str:
        """One value as this language writes it."""
        if isinstance(value, Sentence):
            return self.say(value)
        if isinstance(value, Money):
            return value.written(str(self.locale))
        if isinstance(value, bool) or value is None:
            return str(value)
        if isinstance(value, int):
            return format_decimal(value, locale=self.locale)
        if isinstance(value, float):
            return format_decimal(value, format="#,##0.##", locale=self.locale)
        if isinstance(value, datetime | date):
            return format_date(value, format="medium", locale=self.locale)
        return str(value)

    def month(self, day: date) -> str:
        """The month of a day: `Dec 2009`."""
        return format_date(day, "MMM y" if self.language == "en" else "y年M月", locale=self.locale)

    def percent(self, share: float, places: int = 1) -> str:
        """A share in [0, 1] as a percentage."""
        pattern = "0" if places == 0 else "0." + "0" * places
        return format_percent(share, format=pattern + "%", locale=self.locale)


@lru_cache(maxsize=len(LANGUAGES))
def speaker(language: str) -> Speaker:
    """The speaker of a language, read once."""
    return Speaker(language)


def _catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).with_name("locale") / language).glob("*.po")):
        found.update(_read(path, language))
    return found


def _read(path: Path, language: str) -> dict[str, str]:
    with path.open("rb") as file:
        written = read_po(file, locale=language.replace("-", "_"))
    return {
        entry.id: entry.string
        for entry in written
        if isinstance(entry.id, str) and entry.id and isinstance(entry.string, str) and entry.string
    }
