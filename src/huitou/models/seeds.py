"""Sentences with their cause that every shop begins with; written for huitou, and its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("seed_texts.toml")


@dataclass(frozen=True)
class Seed:
    """One sentence. The n-th sentences of a cause are `kin`: the languages say the same things."""

    text: str
    language: str
    cause: str
    kin: int


@lru_cache(maxsize=1)
def seeds() -> tuple[Seed, ...]:
    """All of them, in the order of the file."""
    causes = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Seed(line, language, cause, kin)
        for cause, told in causes.items()
        for language, lines in told.items()
        for kin, line in enumerate(lines.strip().splitlines())
    )
