"""What a merchant has decided about one room of the house, as a file to read and to edit.

    rules/points.toml      in the shop's folder; without it what the house ships counts

A file is taken as a whole: what it leaves out is not filled up from what is shipped. Each room
keeps its `RuleFile` beside the code that reads it:

    RULES = RuleFile("points", Path(__file__).with_name("points.toml"), parse)
    RULES.read(home)       what counts in the shop of that folder
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from huitou.ground.durable import put_in_place
from huitou.ground.errors import BadRule, HuitouError
from huitou.ground.money import LARGEST as MOST_MONEY
from huitou.ground.money import to_minor
from huitou.ground.words import Sentence, said

FOLDER = "rules"
LARGEST = 256 * 1024
"""Bytes of a file of rules: nobody writes so many by hand."""
LONGEST_SHOWN = 80
"""Letters of a value that an error shows."""

Around = ParamSpec("Around")
"""What else a room's rules are read with: a currency, a clock."""
Read = TypeVar("Read", covariant=True)

_AT = re.compile(r"at line (\d+)")
_SECTION = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"' ]+?)\s*=")


@dataclass(frozen=True)
class RuleFile(Generic[Around, Read]):
    """The file of one room's rules, and how it is read."""

    name: str
    shipped: Path
    parse: Callable[Concatenate[Mapping[str, Any], Around], Read]
    """What the values mean. Raises `BadRule` for the first that cannot stand."""

    @property
    def file(self) -> str:
        """Where it lies within the shop's folder."""
        return f"{FOLDER}/{self.name}.toml"

    def is_own(self, home: Path) -> bool:
        """Whether the shop has a file of its own."""
        return (home / self.file).exists()

    def text(self, home: Path) -> str:
        """The rules as they are written; those that are shipped where the shop has none."""
        return self._decoded(home / self.file if self.is_own(home) else self.shipped)

    def read(self, home: Path, *around: Around.args, **named: Around.kwargs) -> Read:
        """What counts in a shop. Raises `BadRule` with the line."""
        return self.understood(self.text(home), *around, **named)

    def as_shipped(self, *around: Around.args, **named: Around.kwargs) -> Read:
        """What counts where the merchant decided nothing."""
        return self.understood(self._decoded(self.shipped), *around, **named)

    def understood(self, told: str, *around: Around.args, **named: Around.kwargs) -> Read:
        """What a text means. Raises `BadRule`: the line, the rule, its value, what to try."""
        if len(told.encode()) > LARGEST:
            raise self._too_large()
        try:
            values = tomllib.loads(told)
        except tomllib.TOMLDecodeError as bad:
            raise self._unreadable(bad, told) from bad
        try:
            return self.parse(values, *around, **named)
        except BadRule as bad:
            bad.file, bad.row = self.file, line_of(told, bad.column or "")
            raise
        except HuitouError as bad:
            raise BadRule(bad.spoken, file=self.file, to_try=bad.to_try) from bad

    def write(self, home: Path, told: str) -> None:
        """Keep a text, whole or not at all. Whoever calls has read it through first."""
        folder = home / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".{self.name}.new"
        fresh.write_text(told, encoding="utf-8", newline="\n")
        put_in_place(fresh, home / self.file)

    def _decoded(self, path: Path) -> str:
        if path.stat().st_size > LARGEST:
            raise self._too_large()
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as bad:
            raise BadRule(said("The file must be UTF-8."), file=self.file) from bad

    def _too_large(self) -> BadRule:
        return BadRule(said("This is larger than any file of rules."), file=self.file)

    def _unreadable(self, bad: tomllib.TOMLDecodeError, told: str) -> BadRule:
        at = _AT.search(str(bad))
        row = int(at[1]) if at else max(1, told.count("\n") + (not told.endswith("\n")))
        why = str(bad).partition(" (at ")[0]
        return BadRule(said("This cannot be read as TOML: {why}", why=why), file=self.file, row=row)


def switched(told: str, *, on: bool, since: date | None = None) -> str:
    """A text with the room on or off, and all else as it was; with `since` it says from when."""
    now = f"on = {str(on).lower()}\n"
    if since is not None:
        now += f"since = {since.isoformat()}\n"
    lines = f"{told.rstrip()}\n".splitlines(keepends=True)
    end = next((n for n, line in enumerate(lines) if _SECTION.match(line)), len(lines))
    for place in range(end):
        if lines[place].partition("=")[0].strip() == "on":
            return "".join([*lines[:place], now, *lines[place + 1 :]])
    first = next((n for n in range(end) if lines[n].strip() and lines[n][0] != "#"), end)
    return "".join([*lines[:first], now, *lines[first:]])


def line_of(told: str, rule: str) -> int | None:
    """The line in which `rule` stands, like `gift.2.cost`; else that of the table it misses in."""
    best: tuple[int, int] = (0, 0)
    wanted = rule.split(".")
    for number, path in _written(told):
        known = len(path) if path == wanted[: len(path)] else 0
        if known > best[0]:
            best = (known, number)
    return best[1] or None


def _written(told: str) -> Iterator[tuple[int, list[str]]]:
    """Every line that names a table or a rule, with its path; tables of a list are counted."""
    at: list[str] = []
    counted: dict[str, int] = {}
    for number, line in enumerate(told.splitlines(), 1):
        if section := _SECTION.match(line):
            at = _numbered(_names(section[2]), counted, is_list=section[1] == "[[")
            yield number, at
        elif key := _KEY.match(line):
            yield number, [*at, *_names(key[1])]


def _numbered(names: list[str], counted: dict[str, int], *, is_list: bool) -> list[str]:
    path: list[str] = []
    for place, name in enumerate(names, 1):
        path.append(name)
        here = ".".join(path)
        if is_list and place == len(names):
            counted[here] = counted.get(here, 0) + 1
        if here in counted:
            path.append(str(counted[here]))
    return path


def _names(key: str) -> list[str]:
    return [part.strip().strip("\"'") for part in key.split(".")]


@dataclass(frozen=True)
class Told:
    """A table of rules as it was told: ask it by name; what cannot stand is refused in words."""

    values: Mapping[str, Any]
    at: str = ""
    """Where it stands: `gift.2` is the second [[gift]]."""

    def wrong(
        self, name: str, sentence: Sentence, to_try: str | None = None, *, secret: bool = False
    ) -> BadRule:
        """Why one of its rules cannot stand; what is `secret` is shown to nobody."""
        rule = self._called(name)
        value = None if secret or name not in self.values else _as_toml(self.values[name])
        return BadRule(sentence, column=rule, value=value, to_try=to_try)

    def must(self, name: str, what: Sentence, to_try: str | None = None) -> BadRule:
        """The same for a rule that is not what it must be."""
        rule = self._called(name)
        if name not in self.values:
            missing = said("{rule} is missing, and must be {what}", rule=rule, what=what)
            return self.wrong(name, missing, to_try)
        value = _as_toml(self.values[name])
        words = said("{rule} is {value}, and must be {what}", rule=rule, value=value, what=what)
        return self.wrong(name, words, to_try)

    def only(self, *known: str) -> None:
        """Refuse what is none of these: it is a slip of the pen, and would count for nothing."""
        for name in self.values:
            if name not in known:
                rule = self._called(name)
                told = said("there is no rule {rule}", rule=rule)
                raise self.wrong(name, told, f"one of: {', '.join(known)}", secret=True)

    def truth(self, name: str, usual: bool) -> bool:
        """True or false."""
        value = self.values.get(name, usual)
        if not isinstance(value, bool):
            raise self.must(name, said("true or false"), _line(name, usual))
        return value

    def whole(self, name: str, usual: int | None, least: int, most: int) -> int:
        """A whole number; without a `usual` one it must be told."""
        value = self.values.get(name, usual)
        if type(value) is not int or not least <= value <= most:
            ends = {"least": str(least), "most": str(most)}
            must = said("a whole number from {least} to {most}", **ends)
            raise self.must(name, must, _line(name, least if usual is None else usual))
        return value

    def number(self, name: str, usual: float, least: float, most: float) -> float:
        """A number."""
        value = self.values.get(name, usual)
        told = isinstance(value, int | float) and not isinstance(value, bool)
        if not told or not least <= value <= most:
            must = said("a number from {least} to {most}", least=str(least), most=str(most))
            raise self.must(name, must, _line(name, usual))
        return float(value)

    def text(self, name: str, usual: str | None, longest: int, to_try: str | None = None) -> str:
        """A text that is not longer; without a `usual` one it must be told, and not be empty."""
        value = self.values.get(name, usual)
        told = isinstance(value, str) and len(value) <= longest and value.isprintable()
        if not told or (usual is None and not value.strip()):
            must = said("a text of at most {n} letters", n=longest)
            raise self.must(name, must, to_try or _line(name, usual or "…"))
        return str(value)

    def one_of(self, name: str, known: Sequence[str], usual: str | None = None) -> str:
        """One of these words."""
        value = self.values.get(name, usual)
        if not isinstance(value, str) or value not in known:
            one = _line(name, usual or known[0])
            raise self.must(name, said("one of {known}", known=", ".join(known)), one)
        return value

    def texts(
        self, name: str, usual: Sequence[str] = (), to_try: str | None = None
    ) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(name, list(usual))
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.must(name, said("a list of texts"), to_try or _line(name, list(usual)))
        return tuple(value)

    def day(self, name: str) -> date | None:
        """A day, where one is told."""
        value = self.values.get(name)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise self.must(name, said("a day"), f"{name} = 2026-01-01")
        return value

    def amount(self, name: str, currency: str) -> int:
        """An amount of money in major units, as minor ones; nothing where none is told."""
        try:
            minor = to_minor(Decimal(str(self.values.get(name, 0))), currency)
        except (ArithmeticError, ValueError):
            minor = -1
        if not 0 <= minor <= MOST_MONEY:
            raise self.must(name, said("an amount of money"), f'{name} = "60"')
        return minor

    def table(self, name: str) -> Told:
        """The table of that name; an empty one where none is told."""
        value = self.values.get(name, {})
        if not isinstance(value, Mapping):
            raise self.must(name, said("a table of rules"), f"[{self._called(name)}]")
        return Told(value, self._called(name))

    def tables(self, name: str, most: int = 1000) -> tuple[Told, ...]:
        """All tables of that name, in their order."""
        value = self.values.get(name, [])
        told = isinstance(value, list) and all(isinstance(each, Mapping) for each in value)
        if not told or len(value) > most:
            bare = re.sub(r"\.\d+", "", self._called(name))
            raise self.must(name, said("tables of rules, at most {n}", n=most), f"[[{bare}]]")
        return tuple(Told(each, f"{self._called(name)}.{n}") for n, each in enumerate(value, 1))

    def _called(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name


def _line(name: str, value: Any) -> str:
    return f"{name} = {_as_toml(value)}"


def _as_toml(value: Any) -> str:
    """A value as the file would write it, cut where it is long."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} = {_as_toml(each)}" for name, each in value.items())
        told = f"{{ {inner} }}"
    elif isinstance(value, list):
        told = f"[{', '.join(_as_toml(each) for each in value)}]"
    elif isinstance(value, date):
        told = value.isoformat()
    else:
        told = json.dumps(value, ensure_ascii=False, default=str)
    return told if len(told) <= LONGEST_SHOWN else f"{told[: LONGEST_SHOWN - 1]}…"
