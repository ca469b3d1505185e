"""What is done when a source brings what it did not before: written down, never improvised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from huitou.ground.errors import BadInput
from huitou.ground.words import Sentence, said
from huitou.sources.contract import FIELDS
from huitou.sources.contract import Mapping as Decided
from huitou.sources.fetched.contract import DISCARD, EVOLVE, FREEZE, KIND_NAMES, Expected

NEEDED = ("ordered_at", "amount", "unit_price", "order_id", "line_id", "member_no")
"""Fields without which rows would be read as something else: their columns may not go."""


@dataclass(frozen=True)
class Met:
    """What of these columns is read from now on, and what to tell of it."""

    expected: Expected
    mapping: Decided
    words: tuple[Sentence, ...] = ()


def meet(expected: Expected, mapping: Decided, columns: Sequence[str], name: str) -> Met:
    """Compare what came with what was expected; `BadInput` where the merchant wants to be asked.

    Columns are those of the source `name`. Nothing was expected yet: everything is new and fine.
    """
    new = [each for each in columns if expected.columns and each not in expected.columns]
    gone = [each for each in expected.columns if each not in columns]
    _insist(mapping, columns, name)
    if (new or gone) and expected.on_columns == FREEZE:
        raise BadInput(
            is_new(new) if new else _is_gone(gone),
            file=name,
            column=(new or gone)[0],
            to_try=f"huitou source change {name} --on-columns evolve",
        )
    read = {field: column for field, column in mapping.columns.items() if column in columns}
    layout = tuple(columns)
    met = replace(mapping, columns=read, layout=layout)
    if expected.on_columns == DISCARD:
        known = expected.columns or dict.fromkeys(columns, "")
        return Met(replace(expected, columns=known), met, tuple(_words(new, gone, kept=False)))
    known = {each: expected.columns.get(each, "") for each in columns}
    return Met(replace(expected, columns=known), met, tuple(_words(new, gone, kept=True)))


def _insist(mapping: Decided, columns: Sequence[str], name: str) -> None:
    for field in NEEDED:
        column = mapping.columns.get(field)
        if column is not None and column not in columns:
            raise BadInput(
                said("the column {column}, which is read as “{field}”, is gone",
                     column=repr(column), field=FIELDS[field].title),
                file=name,
                column=column,
                to_try=f"mend the query of {name}, or remove the source and add it anew",
            )  # fmt: skip


def is_new(columns: Sequence[str]) -> Sentence:
    """That columns are new where the merchant wants to be asked."""
    told = _listed(columns)
    return said("the column {columns} is new, and this source is frozen", columns=told)


def _is_gone(columns: Sequence[str]) -> Sentence:
    told = _listed(columns)
    return said("the column {columns} is gone, and this source is frozen", columns=told)


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(repr, columns))


def _words(new: Sequence[str], gone: Sequence[str], *, kept: bool) -> Iterable[Sentence]:
    if new and kept:
        yield said("New columns: {columns}. They are not read yet", columns=", ".join(new))
    elif new:
        yield said("Columns left out: {columns}", columns=", ".join(new))
    if gone:
        yield said("Columns that are gone: {columns}", columns=", ".join(gone))


def kind_of(value: Any) -> str:
    """What a value is, in the words of `Expected.columns`; "" for an empty one."""
    for kind, types in _KINDS:
        if isinstance(value, types):
            return kind
    return "" if value is None else "other"


def unlike(value: Any, wanted: str) -> Sentence:
    """That a value is of another kind than those of its column."""
    return said(
        "this is {kind}, where {wanted} is expected",
        kind=KIND_NAMES[kind_of(value)],
        wanted=KIND_NAMES[wanted],
    )


_KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("truth", (bool,)),
    ("number", (int, float, Decimal)),
    ("moment", (datetime,)),
    ("date", (date,)),
    ("time", (time, timedelta)),
    ("text", (str,)),
)
"""In this order: to Python a truth is a number, and a moment is a date."""


@dataclass(frozen=True)
class Sorted:
    """Rows that fit their columns, those that do not with column and reason, and the kinds."""

    fit: list[int]
    unfit: list[tuple[int, str]]
    """(place of the row, the column whose value is of another kind)."""
    expected: Expected
    words: tuple[Sentence, ...] = ()


def sort_out(
    expected: Expected, columns: Sequence[str], rows: Sequence[Sequence[Any]], name: str
) -> Sorted:
    """Judge every row by the kinds of its values, column by column as `Expected` says."""
    known = dict(expected.columns)
    fit: list[int] = []
    unfit: list[tuple[int, str]] = []
    other: set[str] = set()
    for place, row in enumerate(rows):
        wrong = _wrong(known, columns, row)
        if wrong is None:
            fit.append(place)
            continue
        if expected.on_types == FREEZE:
            raise BadInput(
                said("{what}, and this source is frozen",
                     what=unlike(row[columns.index(wrong)], known[wrong])),
                file=name, row=place + 1, column=wrong, value=str(row[columns.index(wrong)])[:80],
                to_try=f"huitou source change {name} --on-types evolve",
            )  # fmt: skip
        other.add(wrong)
        if expected.on_types == EVOLVE:
            fit.append(place)
        else:
            unfit.append((place, wrong))
    words: tuple[Sentence, ...] = ()
    if other and expected.on_types == EVOLVE:
        known |= dict.fromkeys(other, "mixed")
        told = ", ".join(sorted(other))
        words = (said("Columns with values of several kinds: {columns}", columns=told),)
    return Sorted(fit, unfit, replace(expected, columns=known), words)


def _wrong(known: dict[str, str], columns: Sequence[str], row: Sequence[Any]) -> str | None:
    """The first column whose value is of another kind; learns the kind of one that had none."""
    learnt: dict[str, str] = {}
    for column, value in zip(columns, row, strict=True):
        kind, wanted = kind_of(value), known.get(column)
        if not kind or wanted is None or wanted == "mixed":
            continue
        if not wanted:
            learnt[column] = kind
        elif kind != wanted:
            return column
    known.update(learnt)
    return None


def texts(value: Any) -> str | None:
    """A value as a file would have it: nothing is rounded, and moments keep their zone."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)


Position = Mapping[str, str]


def position_of(value: Any) -> Position:
    """A cursor's value to be kept: its kind and its text."""
    if isinstance(value, datetime):
        return {"is": "moment", "text": value.isoformat()}
    if isinstance(value, date):
        return {"is": "date", "text": value.isoformat()}
    if isinstance(value, bool | bytes) or kind_of(value) not in ("number", "text"):
        raise BadInput(
            f"a cursor is a number, a moment, a date or a text, and this is {value!r}",
            to_try="another column: --cursor updated_at",
        )
    kind = "text" if isinstance(value, str) else type(value).__name__.lower()
    return {"is": kind, "text": str(value)}


def value_of(position: Position) -> Any:
    """Back from what was kept."""
    return _READ[position["is"]](position["text"])


_READ: Mapping[str, Any] = {
    "moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "text": str,
    "int": int,
    "float": float,
    "decimal": Decimal,
}
