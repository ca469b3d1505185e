"""A file of what was spent on winning and keeping customers: CSV, one row a day, month or campaign.

    day,channel,campaign,amount,purpose
    2026-03-01,web,spring,120.50,new

`day` may be a month (2026-03). `purpose` is `new` where nobody says, or `keep`. Channel and
campaign are named as the orders name them; a row without either counts for the shop as a whole.
Rows of one file about the same day, channel, campaign and purpose add up; a later file replaces
them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from huitou.ground.errors import BadInput
from huitou.ground.money import LARGEST, to_minor
from huitou.ground.words import said

COLUMNS = ("day", "channel", "campaign", "amount", "purpose")
PURPOSES: Mapping[str, str] = {
    "": "new", "new": "new", "win": "new", "拉新": "new", "获客": "new", "獲客": "new",
    "keep": "keep", "kept": "keep", "留存": "keep", "留住": "keep", "維繫": "keep", "维系": "keep",
}  # fmt: skip
NAMES: Mapping[str, tuple[str, ...]] = {
    "day": ("day", "date", "month", "日期", "月份", "时间", "時間"),
    "channel": ("channel", "source", "渠道", "通路"),
    "campaign": ("campaign", "campaign name", "活动", "活動", "计划", "計畫", "推广计划"),
    "amount": ("amount", "cost", "spend", "amount spent", "花费", "花費", "消耗", "费用", "費用"),
    "purpose": ("purpose", "用途", "目的"),
}
"""What the columns may be called."""
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?$")
_SIGNS = re.compile(r"[\s,，'’]|[$€£¥元]|[A-Z]{3}")


@dataclass(frozen=True)
class Spending:
    """One amount, minor units; empty texts: nobody said."""

    day: date
    channel: str
    campaign: str
    purpose: str
    amount: int


def columns(cells: Sequence[str]) -> int:
    """How many of our columns a line names: by that its letters are told."""
    return len({_column(cell) for cell in cells} - {""})


def rows(text: str, name: str) -> list[tuple[int, Mapping[str, str]]]:
    """The rows of a file by our names of its columns, with their line. Raises `BadInput`."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as unread:
        raise BadInput(f"the file cannot be read: {unread}", file=name) from unread
    header = [_column(cell) for cell in lines[0]] if lines else []
    for wanted in ("day", "amount"):
        if wanted not in header:
            raise BadInput(
                said("The file has no column {name}.", name=wanted),
                file=name,
                to_try=f"a first line of: {','.join(COLUMNS)}",
            )
    return [
        (number, {key: cell.strip() for key, cell in zip(header, row, strict=False) if key})
        for number, row in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in row)
    ]


def spending(row: Mapping[str, str], currency: str) -> Spending:
    """One row as an amount; raises `BadInput` with the column and the value."""
    purpose = PURPOSES.get(row.get("purpose", "").casefold())
    if purpose is None:
        raise BadInput(
            said("Money is spent to win new customers, or to keep them."),
            column="purpose",
            value=row["purpose"],
            to_try="new, or keep",
        )
    return Spending(
        day=_day(row.get("day", "")),
        channel=row.get("channel", ""),
        campaign=row.get("campaign", ""),
        purpose=purpose,
        amount=_amount(row.get("amount", ""), currency),
    )


def _column(cell: str) -> str:
    told = cell.strip().casefold()
    return next((name for name, known in NAMES.items() if told in known), "")


def _day(text: str) -> date:
    found = _DAY.match(text)
    try:
        if found is None:
            raise ValueError(text)
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        raise BadInput(
            said("This is neither a day nor a month."),
            column="day",
            value=text,
            to_try="2026-03-01, or 2026-03",
        ) from None


def _amount(text: str, currency: str) -> int:
    try:
        told = Decimal(_SIGNS.sub("", text))
        if not told.is_finite() or told < 0:
            raise InvalidOperation
        minor = to_minor(told, currency)
    except InvalidOperation:
        minor = -1
    if not 0 <= minor <= LARGEST:
        raise BadInput(
            said("This is no amount of money."), column="amount", value=text, to_try="1234.50"
        )
    return minor
