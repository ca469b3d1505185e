"""Sentences as values: written once in English, said in the reader's language at the door.

Pure rooms build a `Sentence`; doors and letters turn it into text with `languages.Speaker`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Sentence:
    """An English text with `{named}` places, and what stands in them.

    The English text is the key of the translation catalogue. Values may be numbers, strings,
    dates, `Money`, or other sentences; the speaker formats each for the reader's language.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        if not self.values:  # what people typed may stand here as a plain text, braces and all
            return self.text
        return self.text.format(**{name: _shown(value) for name, value in self.values.items()})


def said(text: str, **values: Any) -> Sentence:
    """Write a sentence: `said("Bought {n} times", n=3)`; the catalogue test finds its text."""
    return Sentence(text, MappingProxyType(values))


def _shown(value: Any) -> str:
    """A value as the English speaker shows it, for logs and errors, without loading languages."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
