"""The ladder as the merchant decides it: its steps, what each asks for, and what each gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import said

MEASURES = ("spend", "orders", "visits", "tenure", "margin", "joined")
"""What a step may ask for."""
MONEY = frozenset({"spend", "margin"})
"""Measures in minor units."""
KINDS = ("menu", "early", "price", "delivery", "gift", "service")
OFTEN = ("once", "month", "year", "birthday", "visit", "standing")
YEAR = "year"
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
MOST_STEPS = 12
MOST_PRIVILEGES = 40
LONGEST_CLAIM = 120
LARGEST = 10**12

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Claim:
    """What people call a step or a privilege, by language; `en` stands in where one is missing."""

    words: tuple[tuple[str, str], ...]

    def told(self, language: str) -> str:
        """In this language, else in English, else in whichever there is."""
        known = dict(self.words)
        return known.get(language) or known.get("en") or self.words[0][1]

    @property
    def by_language(self) -> dict[str, str]:
        """Every language a customer may read -> the words."""
        return {language: self.told(language) for language in LANGUAGES}


@dataclass(frozen=True)
class Condition:
    """At least so much of one measure."""

    what: str
    least: int


@dataclass(frozen=True)
class Privilege:
    """Something people on a step are given, and how often staff can hand it over."""

    name: str
    claim: Claim
    kind: str
    often: str

    def period(self, day: date) -> str:
        """The name of the period of `day` in which it is handed over once at most."""
        return {
            "once": "once",
            "year": f"{day.year}",
            "birthday": f"{day.year}",
            "month": f"{day:%Y-%m}",
            "visit": day.isoformat(),
            "standing": day.isoformat(),
        }[self.often]

    def is_time(self, day: date, born: int | None) -> bool:
        """Whether it is handed over on such a day; `born`: the month of their birthday."""
        return self.often != "birthday" or born == day.month


@dataclass(frozen=True)
class Step:
    """One step: all of `all`, and one of `any` where there are some."""

    name: str
    claim: Claim
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    privileges: tuple[Privilege, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """All steps, the lowest first."""

    on: bool
    window_days: int | None
    """None: the calendar year."""
    grace_days: int
    steps: tuple[Step, ...]

    def rank(self, name: str, otherwise: int = 0) -> int:
        """The place of a step from below; `otherwise` for one that is gone."""
        for place, step in enumerate(self.steps):
            if step.name == name:
                return place
        return min(otherwise, len(self.steps) - 1)

    def privileges(self, rank: int) -> tuple[Privilege, ...]:
        """What somebody of this place is given: that of their step and of every lower one."""
        return tuple(each for step in self.steps[: rank + 1] for each in step.privileges)

    def privilege(self, name: str) -> Privilege | None:
        """One by its name, on whatever step."""
        found = (each for step in self.steps for each in step.privileges if each.name == name)
        return next(found, None)


def parsed(values: Mapping[str, Any]) -> Ladder:
    """A ladder from the values of its file. Raises `BadRule` for one that cannot stand."""
    told = Told(values)
    told.only("on", "window", "grace_days", "step")
    steps = told.tables("step", MOST_STEPS)
    if len(steps) < 2:
        raise told.wrong("step", said("a ladder has two steps at least"), "[[step]]")
    made = tuple(_step(each, place) for place, each in enumerate(steps))
    _each_once((each, step.name) for each, step in zip(steps, made, strict=True))
    _each_once(
        (each, each.text("name", None, 40))
        for step in steps
        for each in step.tables("privilege", MOST_PRIVILEGES)
    )
    grace = told.whole("grace_days", 60, 1, 366)
    return Ladder(told.truth("on", False), _window(told), grace, made)


def _window(told: Told) -> int | None:
    return None if told.values.get("window") == YEAR else told.whole("window", 365, 7, 3660)


def _step(told: Told, place: int) -> Step:
    told.only("name", "claim", "all", "any", "privilege")
    name, every, some = _name(told), _conditions(told, "all"), _conditions(told, "any")
    if place == 0 and (every or some):
        words = said("everybody stands on the first step: {step} has conditions", step=name)
        raise told.wrong("all" if every else "any", words)
    if place and not (every or some):
        asks = said("{step} asks for nothing: say what is needed in all or any", step=name)
        raise told.wrong("name", asks, "all = { visits = 6 }")
    privileges = tuple(_privilege(each) for each in told.tables("privilege", MOST_PRIVILEGES))
    return Step(name, _claim(told), every, some, privileges)


def _conditions(told: Told, which: str) -> tuple[Condition, ...]:
    asked = told.table(which)
    asked.only(*MEASURES)
    # In the order of MEASURES: how a file is written changes nothing.
    return tuple(
        Condition(what, 1 if asked.values[what] is True else asked.whole(what, 1, 1, LARGEST))
        for what in MEASURES
        if what in asked.values
    )


def _privilege(told: Told) -> Privilege:
    told.only("name", "claim", "kind", "often")
    kind, often = told.one_of("kind", KINDS), told.one_of("often", OFTEN, "standing")
    return Privilege(_name(told), _claim(told), kind, often)


def _claim(told: Told) -> Claim:
    if isinstance(told.values.get("claim"), str):
        return Claim((("en", told.text("claim", None, LONGEST_CLAIM).strip()),))
    words = told.table("claim")
    words.only(*LANGUAGES)
    if not words.values:
        raise told.must("claim", said("what people call it"), 'claim = "Regular"')
    texts = ((each, words.text(each, None, LONGEST_CLAIM).strip()) for each in words.values)
    return Claim(tuple(texts))


def _name(told: Told) -> str:
    name = told.text("name", None, 40)
    if not _NAME.fullmatch(name):
        words = said("small letters, digits and _, at most 40")
        raise told.must("name", words, 'name = "regular"')
    return name


def _each_once(named: Iterable[tuple[Told, str]]) -> None:
    known = set[str]()
    for told, name in named:
        if name in known:
            raise told.wrong("name", said("two are called {name}", name=name))
        known.add(name)


RULES = RuleFile("ladder", Path(__file__).with_name("ladder.toml"), parsed)
"""The ladder of the shop."""
