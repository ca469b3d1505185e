"""Whose complaint it is: by the phone and the e-mail they gave, as the last run knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from huitou.care.complaints import book
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.settings import Settings
from huitou.runs import finding
from huitou.runs.moment import FORMAT

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Unit
    from huitou.store.lake import Edition

GIVEN = ("email", "phone")


def found(
    edition: Edition | None, settings: Settings, told: Sequence[Mapping[str, Any]]
) -> list[str | None]:
    """The person of each complaint, or None where nobody or several fit.

    What has a person keeps it; without an `edition` nobody is known. A household's phone has
    several persons: then the e-mail decides, or staff do.
    """
    keys = [_keys(settings, row) for row in told]
    holders = _holders(edition, [key for mine in keys for some in mine for key in some])
    return [
        row.get("person_id") or _only(mine, holders) for row, mine in zip(told, keys, strict=True)
    ]


def join(unit: Unit, edition: Edition | None, settings: Settings, now: datetime) -> int:
    """Join the complaints nobody was known for to whoever is known by now; how many."""
    rows = book.unmatched(unit)
    fits = zip(rows, found(edition, settings, rows), strict=True)
    pairs = [(row["id"], mine) for row, mine in fits if mine is not None]
    for complaint, mine in pairs:
        book.join(unit, complaint, mine, "huitou", now)
    return len(pairs)


def person(house: House, settings: Settings, who: str) -> str:
    """The one customer meant by a member number, phone, e-mail or id; an error in words if none."""
    edition = current(house)
    if edition is None:
        raise NotYet("no run has finished yet, so nobody is known", to_try="huitou run")
    if house.shelf.file.exists():
        return str(finding.found(house, settings, edition, who)["person_id"])
    # Too few for a forecast have no shelf; they agree and refuse all the same.
    people = finding.everyone(house, settings, edition, who)
    if len(people) != 1:
        raise HuitouError(f"{who!r} is not one customer", to_try="a member number")
    return next(iter(people))


def _keys(settings: Settings, row: Mapping[str, Any]) -> list[list[str]]:
    given = (row.get(name) for name in GIVEN)
    return [finding.spellings(each, settings) for each in given if each]


def _holders(edition: Edition | None, keys: Sequence[str]) -> Mapping[str, set[str]]:
    holders: dict[str, set[str]] = {}
    if edition is None or not keys:
        return holders
    rows = edition.table("keys", only=("key", sorted(set(keys))))
    for row in rows.to_pylist():
        holders.setdefault(row["key"], set()).add(row["person_id"])
    return holders


def _only(given: list[list[str]], holders: Mapping[str, set[str]]) -> str | None:
    """The one person whom everything that is known fits."""
    fits = [set().union(*(holders.get(key, ()) for key in some)) for some in given]
    known = [some for some in fits if some]
    both = set.intersection(*known) if known else set()
    return both.pop() if len(both) == 1 else None


def current(house: House) -> Edition | None:
    """The edition that was published last; None before the first, or of another version."""
    edition = house.lake.current()
    if edition is None or (edition.noted("moment") or {}).get("format") != FORMAT:
        return None
    return edition
