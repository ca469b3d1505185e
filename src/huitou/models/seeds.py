"""Sentences with their cause that every shop begins with; written for huitou, and its own."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("seed_texts.toml")


@lru_cache(maxsize=1)
def seeds() -> tuple[tuple[str, str, str], ...]:
    """(text, language, cause), in the order of the file."""
    causes = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        (line, language, cause)
        for cause, told in causes.items()
        for language, lines in told.items()
        for line in lines.strip().splitlines()
    )
