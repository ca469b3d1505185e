"""What staff may give in to when somebody demands more than is theirs, and words to refuse with.

Giving in to one is unfair to all who keep the rules: so there is a limit that staff can point to,
for each case and for each clerk and day. What is above it is asked for, and somebody else decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huitou.ground.languages import LANGUAGES
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import said

LONGEST = 600
MOST_KINDS = 20


@dataclass(frozen=True)
class Demand:
    """One kind of demand, and what to say when it goes too far."""

    name: str
    title: Mapping[str, str] = field(hash=False)
    words: Mapping[str, str] = field(hash=False)
    """What to refuse with, by language."""


@dataclass(frozen=True)
class DemandRules:
    """Everything in `rules/demands.toml`; amounts in minor units."""

    per_case: int = 0
    """The most a clerk may concede alone, in one case."""
    per_day: int = 0
    """The most a clerk may concede alone in a day, all cases together."""
    demands: tuple[Demand, ...] = ()

    def named(self, name: str) -> Demand | None:
        """The demand of that name."""
        return next((each for each in self.demands if each.name == name), None)


def parsed(values: Mapping[str, Any], currency: str) -> DemandRules:
    """Rules from the file's values. Raises `BadRule` for what cannot stand."""
    told = Told(values)
    told.only("per_case", "per_day", "demand")
    case, day = told.amount("per_case", currency), told.amount("per_day", currency)
    if day < case:
        raise told.wrong("per_day", said("a day cannot allow less than one case"))
    demands: dict[str, Demand] = {}
    for each in told.tables("demand", MOST_KINDS):
        each.only("name", "title", "words")
        name = each.text("name", None, 40)
        if name in demands:
            raise each.wrong("name", said("two are called {name}", name=name))
        demands[name] = Demand(name, _spoken(each, "title"), _spoken(each, "words"))
    return DemandRules(case, day, tuple(demands.values()))


def _spoken(told: Told, name: str) -> dict[str, str]:
    spoken = told.table(name)
    spoken.only(*LANGUAGES)
    # Staff of every language must have something to say: none may be missing.
    return {language: spoken.text(language, None, LONGEST).strip() for language in LANGUAGES}


RULES = RuleFile("demands", Path(__file__).with_name("demands.toml"), parsed)
"""What the shop decided about demands."""
