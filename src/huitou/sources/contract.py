"""What an arriving file must become: the columns of `lines`, and the values handed along the way.

look(path, declared) ─▶ Preview (mapping, questions, ten parsed rows)
read(path, mapping)  ─▶ Batch   (lines.parquet, quarantine.parquet)
take(con, batch)     ─▶ Taken   (applied, unchanged, quarantined)
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from huitou.ground import toml
from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint
from huitou.ground.money import Money
from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said

READ = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("order_id", pa.string(), nullable=False),
        pa.field("line_id", pa.string()),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("member_no", pa.string()),
        pa.field("phone", pa.string()),
        pa.field("email", pa.string()),
        pa.field("name", pa.string()),
        pa.field("address", pa.string()),
        pa.field("birthday", pa.date32()),
        pa.field("ordered_at", pa.timestamp("us"), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("sku", pa.string()),
        pa.field("product", pa.string()),
        pa.field("category", pa.string()),
        pa.field("quantity", pa.float64()),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("cost", pa.int64()),
        pa.field("store", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("region", pa.string()),
        pa.field("campaign", pa.string()),
        pa.field("discount", pa.int64()),
        pa.field("return_reason", pa.string()),
        pa.field("is_return", pa.bool_(), nullable=False),
        pa.field("is_product", pa.bool_(), nullable=False),
        pa.field("line_key", pa.string(), nullable=False),
    ]
)
"""A line as the child process hands it over, before it is known which batch it belongs to."""

LINES = READ.append(pa.field("batch", pa.string(), nullable=False)).append(
    pa.field("loaded_at", pa.timestamp("us"), nullable=False)
)
"""A line as the lake keeps it: moments in naive UTC, amounts in minor units, days of the shop."""

QUARANTINE = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("to_try", pa.string(), nullable=False),
        pa.field("raw", pa.string(), nullable=False),
    ]
)
"""A row that waits to be mended; `raw` is the whole row as a JSON object, column by column."""


@dataclass(frozen=True)
class Field:
    """Something a column of a file can mean."""

    name: str
    title: Sentence
    meaning: Sentence


FIELDS: Registry[Field] = Registry("field")
for _name, _title, _meaning in (
    ("order_id", said("Order number"), said("Names the order a line belongs to")),
    ("line_id", said("Line number"), said("Names one line; unique within the order")),
    ("member_no", said("Member number"), said("The number the shop knows the customer by")),
    ("phone", said("Phone"), said("Kept as +86… (E.164)")),
    ("email", said("E-mail"), said("Kept in small letters")),
    ("name", said("Name"), said("What to call the customer")),
    ("address", said("Address"), said("Where letters reach the customer")),
    ("birthday", said("Birthday"), said("When the customer was born")),
    ("ordered_at", said("Date"), said("When it was bought; local time unless it names a zone")),
    ("time", said("Time of day"), said("Joined to dates that name none")),
    ("sku", said("Product number"), said("Names the product")),
    ("product", said("Product"), said("What the product is called")),
    ("category", said("Category"), said("What kind of product it is")),
    ("quantity", said("Quantity"), said("How many; negative when they came back")),
    ("amount", said("Amount paid"), said("What was paid for the line, or for the order")),
    ("unit_price", said("Unit price"), said("Multiplied by the quantity where no amount is given")),
    ("cost", said("Cost"), said("Cost of the goods of the line")),
    ("unit_cost", said("Unit cost"), said("Multiplied by the quantity where no cost is given")),
    ("store", said("Store"), said("Where it was sold")),
    ("channel", said("Channel"), said("How it was sold: till, web, app")),
    ("region", said("Region"), said("Where the customer is")),
    ("campaign", said("Campaign"), said("What brought the customer")),
    ("discount", said("Discount"), said("What was taken off the price of the line")),
    ("is_return", said("Return"), said("Yes when the goods came back")),
    ("return_reason", said("Reason of the return"), said("Why the goods came back")),
    ("is_product", said("Product line"), said("No for postage, fees and samples")),
    ("status", said("Status"), said("Paid, cancelled, refunded, as the shop writes it")),
    ("refund", said("Refund"), said("What was paid back, as a positive amount")),
    ("refunded_at", said("Refunded on"), said("When it was paid back")),
    ("currency", said("Currency"), said("Code of the currency of the row")),
):
    FIELDS.add(Field(_name, _title, _meaning))


_CELLS = ("format", "encoding", "delimiter", "sheet", "header_row")
"""How a file is parted into cells."""


@dataclass(frozen=True)
class Mapping:
    """How the columns of a file are read. Everything is decided; nothing is left to guess."""

    columns: Map[str, str]
    """Field -> column of the file."""
    layout: tuple[str, ...]
    """All columns of the file, in its order: a new file with the same ones is read the same way."""
    format: str
    """csv, excel, parquet or jsonl."""
    currency: str
    timezone: str
    """Zone of moments that name none."""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 0
    """Physical lines (of a worksheet: rows) above the header."""
    grain: str = "line"
    """line: one row a product of an order; order: one row an order."""
    date_order: str = "ymd"
    """ymd, dmy or mdy: the order of day and month where figures alone do not tell."""
    decimal: str = "."
    amount_is: str = "total"
    """total, or unit when the amount column holds the price of one piece, or order when it holds
    the total of an order, on the first of its lines; the lines then have a price and a quantity.
    each where no amounts are known: every row counts as one unit of the currency."""
    source: str = "shop"
    """Order numbers are unique within a source."""

    def __post_init__(self) -> None:
        for name in self.columns:
            _ = FIELDS[name]
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise HuitouError(
                    f"{name} is {getattr(self, name)!r}", to_try=f"one of: {', '.join(allowed)}"
                )

    def digest(self) -> str:
        """Changes when a file would be read differently."""
        decided = {**asdict(self), "layout": (), "columns": sorted(self.columns.items())}
        return fingerprint(repr(sorted(decided.items())))

    def meaning(self) -> dict[str, Any]:
        """What is decided of the columns, in whatever order they stand and however the file is
        parted into cells: a workbook and its export as text mean the same."""
        decided = {name: told for name, told in asdict(self).items() if name not in _CELLS}
        return {**decided, "layout": sorted(self.layout)}

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "columns": dict(self.columns), "layout": list(self.layout)}

    @classmethod
    def from_dict(cls, written: Map[str, Any]) -> Mapping:
        """Back from plain values; an unknown name is an error."""
        known = {f.name for f in fields(cls)}
        for name in written:
            if name not in known:
                raise HuitouError(f"a mapping has no {name!r}", to_try=", ".join(sorted(known)))
        missing = {"columns", "layout", "format", "currency", "timezone"} - set(written)
        if missing:
            raise HuitouError(f"the mapping lacks {', '.join(sorted(missing))}")
        return cls(**{**written, "layout": tuple(written["layout"])})

    def to_toml(self) -> str:
        """The mapping as a file a merchant can read and change."""
        plain = {name: value for name, value in self.to_dict().items() if name != "columns"}
        return f"{toml.pairs(plain)}\n[columns]\n{toml.pairs(self.columns)}"

    @classmethod
    def from_toml(cls, text: str) -> Mapping:
        """Read a mapping file; raises a plain sentence for one that cannot stand."""
        try:
            return cls.from_dict(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, TypeError) as bad:
            raise HuitouError(f"the mapping cannot be read: {bad}") from bad


CHOICES: Map[str, tuple[str, ...]] = {
    "format": ("csv", "excel", "parquet", "jsonl"),
    "grain": ("line", "order"),
    "date_order": ("ymd", "dmy", "mdy"),
    "decimal": (".", ","),
    "amount_is": ("total", "unit", "order", "each"),
}
"""What a mapping allows where there are few answers."""


@dataclass(frozen=True)
class Declared:
    """What the merchant said about a file; None was not said and is recognised or asked."""

    columns: Map[str, str] = field(default_factory=dict)
    """Field -> column; an empty column says that the file has no such field."""
    mapping: Mapping | None = None
    """A mapping given whole; what else is said goes before it."""
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    grain: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    amount_is: str | None = None
    source: str | None = None
    currency: str | None = None
    timezone: str | None = None


@dataclass(frozen=True)
class Choice:
    """One possible answer to a question, with what the file would then say."""

    value: str
    sample: str = ""


@dataclass(frozen=True)
class Question:
    """Two readings fit, or something cannot be found in the file: the merchant must say."""

    code: str
    """encoding, date_order, decimal, grain, currency, timezone, or sheet."""
    column: str | None
    choices: tuple[Choice, ...]
    words: Sentence
    option: str
    """What to type to answer it: the option with the first choice, and the others."""


def typed(option: str, choices: Sequence[Choice]) -> str:
    """`--date-order dmy (or mdy)`."""
    first, *others = (
        f'"{choice.value}"' if " " in choice.value else choice.value for choice in choices
    )
    return f"{option} {first}" + (f" (or {', '.join(others)})" if others else "")


@dataclass(frozen=True)
class Recognised:
    """What one column was taken for, and why."""

    column: str
    field: str | None
    why: Sentence
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """A file before it is taken: nothing has been written yet."""

    path: Path
    name: str
    format: str
    encoding: str | None
    columns: tuple[Recognised, ...]
    mapping: Mapping | None
    """None while a question about encoding, currency or time zone is open."""
    questions: tuple[Question, ...]
    rows: tuple[Map[str, str], ...]
    """Ten rows as the lake would keep them, field by field: minor units, UTC."""
    warnings: tuple[Sentence, ...]
    total: int
    """Rows in the file."""
    mends: tuple[str, ...] = ()
    """Batches whose quarantined rows this file brings back mended."""

    @property
    def shown(self) -> tuple[Map[str, str], ...]:
        """The rows for people, all with the same columns: money in its currency, moments by the
        clocks of the file's zone, yes and no."""
        said = {name for row in self.rows for name in row}
        made = set() if self.mapping and "order_id" in self.mapping.columns else {"order_id"}
        names = [name for name in READ.names if name in said - made - {"source", "day"}]
        return tuple(
            {name: _for_people(name, row.get(name, ""), self.mapping) for name in names}
            for row in self.rows
        )


def _for_people(name: str, told: str, mapping: Mapping | None) -> str:
    if name in ("is_return", "is_product"):
        return {"True": "yes", "False": "no"}.get(told, told)
    if not told or mapping is None:
        return told
    if name in ("amount", "cost"):
        return str(Money(int(told), mapping.currency))
    if name == "ordered_at":
        moment = datetime.fromisoformat(told).replace(tzinfo=UTC)
        return f"{moment.astimezone(ZoneInfo(mapping.timezone)):%Y-%m-%d %H:%M}"
    return told


@dataclass(frozen=True)
class Batch:
    """A file that was parsed: two Parquet files, not yet merged into the lake."""

    id: str
    file: str
    path: Path
    """The file itself: rows that contradict an earlier one are read from it again."""
    sha256: str
    mapping: Mapping
    rows: int
    lines_path: Path
    quarantine_path: Path
    warnings: tuple[Sentence, ...] = ()
    questions: tuple[Question, ...] = ()
    mends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What became of every row: rows = applied + unchanged + quarantined."""

    batch: str
    file: str
    rows: int
    applied: int
    unchanged: int
    quarantined: int
    first_day: date | None
    last_day: date | None
    warnings: tuple[Sentence, ...] = ()
    encoding: str | None = None
    """In which its letters were read; None for a format that says so itself."""
