"""What may be personal in a table, besides the ids of people, which are found wherever they stand.

`blank` says what becomes of a column in the rows that are somebody's; a row is theirs where one of
the columns `who` holds an id of theirs, one of `contacts` an e-mail or phone, or where it hangs on
a row of theirs (`under`: own column, table, its column). `gone` rows are taken away whole: they
are only what was known of somebody. Which table holds what is told by the house (`runs.personal`):
a table that is not named holds nothing personal but ids.

Amounts, days and states are never touched, so balances still equal their entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import phonenumbers


def contacts_of(keys: Iterable[str]) -> list[str]:
    """The phones and e-mails among keys; a member number may stand in words that mean others."""
    parted = (key.partition(":") for key in keys)
    return sorted({value for kind, _, value in parted if kind in ("phone", "email") and value})


def typed(contacts: Iterable[str]) -> list[str]:
    """Contacts as they may be typed: a phone with its country, or without."""
    found = set(contacts)
    for each in contacts:
        if each.startswith("+"):
            number = phonenumbers.parse(each)
            found.add(phonenumbers.national_significant_number(number))
    return sorted(found)


class Name:
    """Stands for a new random name, where a column must hold something that is its own."""


A_NAME = Name()


class Unsaid:
    """Stands for no words where there were some; where there were none, none stay."""


UNSAID = Unsaid()


@dataclass(frozen=True)
class Personal:
    """What of a table is somebody's, and what becomes of it."""

    blank: Mapping[str, Any] = field(default_factory=dict)
    who: tuple[str, ...] = ("person_id",)
    contacts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Columns in which they stand as somebody typed them."""
    under: tuple[str, str, str] | None = None
    gone: bool = False


@dataclass(frozen=True)
class Held:
    """What the tables of a house hold of people."""

    tables: Mapping[str, Personal]
    proofs: Mapping[str, tuple[str, ...]]
    """Table -> its columns of people. Where that and when something was said is kept as proof:
    under the name of the forgetting, so that who shows the e-mail or phone again can be shown what
    they agreed to, and nobody else."""

    def of(self, table: str) -> Personal:
        """What is personal in a table."""
        return self.tables.get(table, Personal())

    def children_first(self) -> list[str]:
        """Tables that hang on others before those: they are found through what is still there."""
        parents = {told.under[1] for told in self.tables.values() if told.under is not None}
        return sorted(self.tables, key=lambda name: (name in parents, name))
