"""The ladder as the merchant decides it: its steps, what each asks for, and what each gives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from huitou.ground import rules as files
from huitou.ground.errors import BadInput

NAME = "ladder"
"""Of the file of rules: `rules/ladder.toml` in the shop's folder."""
SHIPPED = Path(__file__).with_name("ladder.toml")
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


def read(home: Path) -> Ladder:
    """The ladder of the shop in `home`. Raises `BadInput` in words for one that cannot stand."""
    return parsed(files.read(home, NAME, SHIPPED))


def text(home: Path) -> str:
    """The same as it is written."""
    return files.text(home, NAME, SHIPPED)


def understood(told: str) -> Ladder:
    """A ladder from the text of its file, read through."""
    return parsed(files.parsed(told, "the ladder"))


def keep(home: Path, told: str) -> Ladder:
    """Keep the text as the shop's ladder, when it can stand."""
    ladder = understood(told)
    files.write(home, NAME, told)
    return ladder


def parsed(told: Mapping[str, Any]) -> Ladder:
    """A ladder from the values of its file."""
    _only(told, ("on", "window", "grace_days", "step"), "the ladder")
    steps = told.get("step", [])
    if not isinstance(steps, list) or not 2 <= len(steps) <= MOST_STEPS:
        raise _bad("step", f"a ladder has 2 to {MOST_STEPS} steps")
    made = tuple(_step(each, place) for place, each in enumerate(steps))
    _each_once([step.name for step in made], "step")
    _each_once([each.name for step in made for each in step.privileges], "privilege")
    on = told.get("on", False)
    if not isinstance(on, bool):
        raise _bad("on", "true or false")
    return Ladder(on, _window(told.get("window", 365)), _grace(told), made)


def _grace(told: Mapping[str, Any]) -> int:
    return _whole(told.get("grace_days", 60), "grace_days", 1, 366)


def _window(told: Any) -> int | None:
    return None if told == YEAR else _whole(told, "window", 7, 3660)


def _step(told: Any, place: int) -> Step:
    if not isinstance(told, Mapping):
        raise _bad("step", "each step is a [[step]]")
    _only(told, ("name", "claim", "all", "any", "privilege"), "a step")
    name = _name(told.get("name"), "step")
    every, some = _conditions(told, "all", name), _conditions(told, "any", name)
    if place == 0 and (every or some):
        raise _bad("step", f"everybody stands on the first step: {name} has conditions")
    if place and not (every or some):
        raise _bad("step", f"{name} asks for nothing: say what is needed in all or any")
    privileges = told.get("privilege", [])
    if not isinstance(privileges, list) or len(privileges) > MOST_PRIVILEGES:
        raise _bad("privilege", f"a step has at most {MOST_PRIVILEGES}, each a [[step.privilege]]")
    given = tuple(_privilege(each) for each in privileges)
    return Step(name, _claim(told.get("claim"), name), every, some, given)


def _conditions(told: Mapping[str, Any], which: str, step: str) -> tuple[Condition, ...]:
    asked = told.get(which, {})
    if not isinstance(asked, Mapping):
        raise _bad(which, f"{step}: written like {which} = {{ visits = 6 }}")
    for what in asked:
        if what not in MEASURES:
            raise _bad(which, f"{step} asks for {what!r}", f"one of: {', '.join(MEASURES)}")
    # In the order of MEASURES: how a file is written changes nothing.
    return tuple(
        Condition(what, _asked(asked[what], f"{step}: {what}"))
        for what in MEASURES
        if what in asked
    )


def _asked(told: Any, where: str) -> int:
    return 1 if told is True else _whole(told, where, 1, LARGEST)


def _privilege(told: Any) -> Privilege:
    if not isinstance(told, Mapping):
        raise _bad("privilege", "each is a [[step.privilege]]")
    _only(told, ("name", "claim", "kind", "often"), "a privilege")
    name = _name(told.get("name"), "privilege")
    kind, often = told.get("kind"), told.get("often", "standing")
    if kind not in KINDS:
        raise _bad("kind", f"{name} is of the kind {kind!r}", f"one of: {', '.join(KINDS)}")
    if often not in OFTEN:
        raise _bad("often", f"{name} is given {often!r}", f"one of: {', '.join(OFTEN)}")
    return Privilege(name, _claim(told.get("claim"), name), kind, often)


def _claim(told: Any, of: str) -> Claim:
    words = {"en": told} if isinstance(told, str) else told
    if not isinstance(words, Mapping) or not words:
        raise _bad("claim", f"{of} has no claim: say what people call it")
    for language, text_ in words.items():
        if language not in LANGUAGES:
            raise _bad("claim", f"{of}: no customer reads {language!r}", ", ".join(LANGUAGES))
        if not isinstance(text_, str) or not 0 < len(text_.strip()) <= 120:
            raise _bad("claim", f"{of}: a claim has 1 to 120 letters")
    return Claim(tuple((language, words[language].strip()) for language in words))


def _name(told: Any, of: str) -> str:
    if not isinstance(told, str) or not _NAME.fullmatch(told):
        raise _bad("name", f"a {of} cannot be called {told!r}", "small letters, digits and _")
    return told


def _whole(told: Any, where: str, least: int, most: int) -> int:
    if type(told) is not int or not least <= told <= most:
        raise _bad(where, f"{told!r} is no whole number from {least} to {most}")
    return told


def _only(told: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    for name in told:
        if name not in names:
            raise _bad(name, f"{where} has no {name!r}", f"one of: {', '.join(names)}")


def _each_once(names: Sequence[str], of: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise _bad("name", f"two of a {of} are called {name!r}")


def _bad(column: str, sentence: str, to_try: str | None = None) -> BadInput:
    return BadInput(sentence, column=column, to_try=to_try)
