"""How figures look in a terminal: amounts, shares, ranges, tables of people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from huitou.ground.money import Money
    from huitou.runs.views import PersonRow, Range


def amount(money: Money) -> str:
    """`£1,235`: pence say nothing here."""
    return money.written(whole=True)


def between(of: Range) -> str:
    """`£1,235 (between £900 and £1,600)`."""
    return f"{amount(of.value)} (between {amount(of.low)} and {amount(of.high)})"


def at(moment: datetime | None, zone: tzinfo) -> str | None:
    """`2026-05-02 14:30` by the shop's clock, as the console says it; None where it never was."""
    if moment is None:
        return None
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{known.astimezone(zone):%Y-%m-%d %H:%M}"


def surely(of: Range) -> str:
    """`£1,235 (between £900 and £1,600, 9 times out of 10)`."""
    times = "19 times out of 20" if of.level >= 0.95 else "9 times out of 10"
    return f"{amount(of.value)} (between {amount(of.low)} and {amount(of.high)}, {times})"


def headed(title: str, rest: str = "") -> Text:
    """A line whose beginning stands out."""
    from rich.text import Text

    return Text.assemble((title, "bold"), rest)


def share(of: float | None) -> str:
    """`12.3 %`; a dash where nothing can be said."""
    return "—" if of is None else f"{of:.1%}".replace("%", " %")


def grid(rows: Iterable[dict[str, Any]], title: str = "") -> Table:
    """Rows as a table, with the names of the first row as headings."""
    from rich.table import Table

    listed = list(rows)
    table = Table(*(listed[0] if listed else ()), title=title or None)
    for row in listed:
        table.add_row(*(cell(value) for value in row.values()))
    return table


def cell(value: Any) -> str:
    """One value as people read it."""
    from huitou.ground.money import Money

    if value is None:
        return "—"
    if isinstance(value, Money):
        return value.written()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return str(value)


def people_table(rows: Iterable[PersonRow], title: str = "") -> Table:
    """Customers, one a line."""
    return grid(
        (
            {
                "customer": row.key,
                "stage": row.stage,
                "orders": row.orders,
                "last": row.last_day,
                "buys again": share(row.p_buy),
                "still worth": amount(row.value.value),
                "silence took": amount(row.missed.value) if row.missed else "",
                "act": row.act,
            }
            for row in rows
        ),
        title,
    )
