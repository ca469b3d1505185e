"""The page of what the shop keeps of the world, from the very contracts that hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import get_type_hints

import pyarrow as pa
from sqlalchemy import Table

from huitou.care.complaints.tables import complaint
from huitou.care.happenings.rules import KINDS
from huitou.care.machines.tables import machine, machine_note
from huitou.facts.contract import HAPPENINGS, SERVED, SPEND
from huitou.facts.metrics import METRICS
from huitou.loyalty.packs import tables as packs
from huitou.sources.contract import FIELDS, LINES
from huitou.sources.live.told import Visit

HEAD = """# What a thing is

Whatever tells of a shop, a file, a database, a shop system, a till, comes to rest in a few kinds of
things. This page is written from the contracts that hold them. Moments are kept in UTC and days are
cut in the shop's zone; amounts are whole minor units of the shop's one currency; what a source does
not say is empty, and empty is never nought."""

MADE: Mapping[str, str] = {
    "source": "Where it comes from; order numbers are unique within a source",
    "row": "Where it stood in its file",
    "day": "The day of the shop on which it was bought",
    "line_key": "Names the line for ever, by number or by content",
    "batch": "What it came in",
    "loaded_at": "When it was known",
}
"""Columns of a line that no file has."""


def page() -> str:
    """The page, in Markdown."""
    return "\n\n".join([HEAD, *_sections()]) + "\n"


def _sections() -> Iterable[str]:
    yield _said(
        "An order",
        "All lines of one source with one order number. It is a *purchase* when no line of it "
        "came back and its total is above zero;  "
        "an order that was never paid, or was called off, is kept with amount 0 and is no "
        "purchase. A row without an order number is an order by itself, called by  "
        "what it says.",
    )
    yield _said(
        "A line", "One product of an order, or a whole order where a file has no more.", _lines()
    )
    yield _said(
        "A return",
        "A line that came back: its amount is negative, `is_return` is true, and "
        "`return_reason` says why, where the shop does. What was paid back for an order of  "
        "another day stands in an order of its own, `1001/refund`. Which order a return is of: "
        f"{_lower(METRICS['returns_found'].definition)}",
    )
    yield _said("A visit", _first(Visit.__doc__), _dataclass())
    yield _said(
        "A complaint",
        "What a customer, known or not, says went wrong, until it is answered and settled.",
        _books(complaint),
    )
    yield _said(
        "A cost",
        "Of goods: `cost` of a line, else the shop's rate. Of serving one customer (the first "
        "table). Of keeping customers: what was spent with the purpose  "
        "`keep` (the second).",
        _arrow(SERVED),
        _arrow(SPEND),
    )
    yield _said(
        "An acquisition",
        "A customer's first purchase. What brought them is the channel and the campaign of "
        "that order; what winning cost is what was spent with the purpose `new` in that "
        "month.",
    )
    yield _said(
        "An appointment and a no-show",
        f"Two kinds of happening of one customer: `booking` ({_lower(KINDS['booking'].words)}) "
        f"and `no_show` ({_lower(KINDS['no_show'].words)}). All happenings have one shape.",
        _arrow(HAPPENINGS),
    )
    yield _said(
        "A pack and its sessions",
        "Sessions that were paid for at once and are used one by one.",
        *(_books(table) for table in _packs()),
    )
    yield _said(
        "An installed machine and its services",
        "A machine that a person or a company owns, by its serial; and what was read from it "
        "or done to it, once a day and kind.",
        _books(machine),
        _books(machine_note),
    )
    yield _said(
        "A contact of a company",
        "The person who answers for a machine that a company owns: `person_id` beside "
        "`company`. They are reached as any customer is; the company is never written to.",
    )


def _said(title: str, words: str, *tables: str) -> str:
    return "\n\n".join([f"## {title}", words, *tables])


def _lines() -> str:
    rows = [(each.name, _kind(each.type), each.nullable, _meaning(each.name)) for each in LINES]
    return _table(rows)


def _meaning(name: str) -> str:
    return str(FIELDS[name].meaning) if name in FIELDS else MADE[name]


def _arrow(schema: pa.Schema) -> str:
    return _table((each.name, _kind(each.type), each.nullable, "") for each in schema)


def _books(table: Table) -> str:
    rows = [(each.name, _sort_of(each.type), bool(each.nullable), "") for each in table.columns]
    return f"`{table.name}`:\n\n{_table(rows)}"


def _dataclass() -> str:
    hints = get_type_hints(Visit)
    told = ((each.name, str(hints[each.name])) for each in fields(Visit))
    return _table((name, _plain(kind), "None" in kind, "") for name, kind in told)


def _plain(kind: str) -> str:
    first = kind.split(" | ")[0]
    return {"<class 'str'>": "text", "str": "text", "<class 'datetime.datetime'>": "moment"}.get(
        first, "a person's keys"
    )


def _table(rows: Iterable[tuple[str, str, bool, str]]) -> str:
    told = list(rows)
    meaning = any(words for *_, words in told)
    head = "| column | is | may be empty |" + (" means |" if meaning else "")
    lines = [head, "|---|---|---|" + ("---|" if meaning else "")]
    for name, kind, empty, words in told:
        more = f" {words} |" if meaning else ""
        lines.append(f"| `{name}` | {kind} | {'yes' if empty else ''} |{more}")
    return "\n".join(lines)


def _kind(kind: pa.DataType) -> str:
    names = {"string": "text", "int64": "whole number", "double": "number", "bool": "yes or no"}
    return names.get(str(kind)) or ("day" if pa.types.is_date(kind) else "moment")


def _sort_of(kind: object) -> str:
    names = {
        "String": "text", "Text": "text", "Date": "day", "Instant": "moment", "Amount": "amount",
        "Float": "number", "Json": "values", "Boolean": "yes or no",
    }  # fmt: skip
    return names.get(type(kind).__name__, "whole number")


def _packs() -> Iterable[Table]:
    return [each for each in vars(packs).values() if isinstance(each, Table)]


def _first(words: str | None) -> str:
    return (words or "").strip().split("\n")[0]


def _lower(words: object) -> str:
    text = str(words)
    return text[:1].lower() + text[1:]
