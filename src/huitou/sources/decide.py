"""Everything about a sheet that is decided over whole columns, or asked where two readings fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.errors import BadInput, NothingTaken
from huitou.ground.words import said
from huitou.sources import dates, money, totals
from huitou.sources.contract import FIELDS, Choice, Declared, Question, typed
from huitou.sources.contract import Mapping as Decided
from huitou.sources.sheet import Sheet
from huitou.sources.texts import cleaned

ZONE_OF = {
    "CNY": "Asia/Shanghai", "TWD": "Asia/Taipei", "HKD": "Asia/Hong_Kong", "GBP": "Europe/London",
    "JPY": "Asia/Tokyo", "KRW": "Asia/Seoul", "SGD": "Asia/Singapore", "INR": "Asia/Kolkata",
    "CHF": "Europe/Zurich", "SEK": "Europe/Stockholm", "DKK": "Europe/Copenhagen",
    "NOK": "Europe/Oslo", "PLN": "Europe/Warsaw", "CZK": "Europe/Prague", "NZD": "Pacific/Auckland",
    "THB": "Asia/Bangkok", "VND": "Asia/Ho_Chi_Minh", "PHP": "Asia/Manila",
    "MYR": "Asia/Kuala_Lumpur", "ZAR": "Africa/Johannesburg", "AED": "Asia/Dubai",
}  # fmt: skip
"""Currencies whose country lies in one time zone: the zone is then known, and shown."""

USUAL = ("CNY", "TWD", "HKD", "USD", "EUR", "GBP", "JPY")

_MONEY_FIELDS = ("amount", "unit_price", "cost", "unit_cost", "discount", "refund")


def checked_columns(sheet: Sheet, declared: Mapping[str, str], name: str) -> Mapping[str, str]:
    """The declared columns, if every field is known and every column is in the file."""
    for field, column in declared.items():
        _ = FIELDS[field]
        if column and column not in sheet.table.column_names:
            there = ", ".join(sheet.table.column_names)
            raise BadInput(
                f"the file has no column {column!r}",
                file=name,
                to_try=f"--column {field}=NAME, where NAME is one of: {there}",
            )
    return declared


def require(
    columns: Mapping[str, str], sheet: Sheet, name: str, amount_is: str | None = None
) -> None:
    """A file of orders has rows, a date and an amount, unless it was said that none is known."""
    if not sheet.total:
        raise NothingTaken(
            "the file has a header but no rows", file=name, to_try="export it again, with orders"
        )
    there = ", ".join(sheet.table.column_names[:20])
    for field, missing in (
        ("ordered_at", "no column could be recognised as the date of the order"),
        ("amount", "no column could be recognised as what was paid"),
    ):
        told = field == "amount" and ("unit_price" in columns or amount_is == "each")
        if field not in columns and not told:
            raise NothingTaken(
                missing,
                file=name,
                to_try=f"--column {field}=NAME, where NAME is one of: {there}",
            )


def decide(
    provisional: Decided, sheet: Sheet, declared: Declared, kept: Decided | None = None
) -> tuple[Decided, tuple[Question, ...]]:
    """The mapping with every whole-column decision made; open questions hold their first choice.

    `kept` is how an earlier file with these columns was read: it answers what this one leaves open.
    """
    questions: list[Question] = []

    def settled(answer: str | Question) -> str:
        return _settled(answer, kept, questions)

    currency = settled(_currency(sheet, provisional, declared))
    mapping = replace(
        provisional,
        currency=currency,
        date_order=settled(_date_order(sheet, provisional, declared)),
        decimal=settled(_decimal(sheet, provisional, declared)),
        grain=settled(_grain(sheet, provisional, declared)),
        amount_is=declared.amount_is
        or (kept.amount_is if kept else _amount_is(sheet, provisional.columns)),
        timezone=settled(_timezone(currency, declared, questions)),
    )
    return mapping, tuple(questions)


def _amount_is(sheet: Sheet, columns: Mapping[str, str]) -> str:
    """order where the total of an order stands on its first line, and its lines have prices."""
    if not {"order_id", "amount", "unit_price"} <= set(columns):
        return "total"
    told = [sheet.column(columns[field]) for field in ("order_id", "amount", "unit_price")]
    return "order" if totals.stand_on_first_lines(*told) else "total"


def _settled(answer: str | Question, kept: Decided | None, questions: list[Question]) -> str:
    if not isinstance(answer, Question):
        return answer
    earlier: str | None = getattr(kept, answer.code, None)
    offered = {choice.value for choice in answer.choices}
    if earlier is not None and (earlier in offered or answer.code in ("currency", "timezone")):
        return earlier
    questions.append(answer)
    return answer.choices[0].value


def _currency(sheet: Sheet, mapping: Decided, declared: Declared) -> str | Question:
    if declared.currency:
        return declared.currency.upper()
    found = set(_named_currencies(sheet, mapping))
    if len(found) == 1:
        return found.pop()
    offered = tuple(Choice(code) for code in sorted(found) or USUAL)
    return Question(
        "currency",
        mapping.columns.get("amount"),
        offered,
        said("Which currency are these amounts in?"),
        typed("--currency", offered),
    )


def _named_currencies(sheet: Sheet, mapping: Decided) -> Iterator[str]:
    for field in _MONEY_FIELDS:
        if field in mapping.columns:
            yield from money.currencies(_texts(sheet, mapping.columns[field]).to_pylist())
            yield from money.currencies(
                f"1{unit}" for unit in _units(mapping.columns[field].casefold())
            )
    if "currency" in mapping.columns:
        for text in _texts(sheet, mapping.columns["currency"]).to_pylist():
            code = money.CURRENCIES.get(text.lower(), text.upper())
            yield from (code,) if re.fullmatch(r"[A-Z]{3}", code) else ()


def _units(column: str) -> list[str]:
    return [unit.strip() for unit in re.findall(r"[(\[（【](.*?)[)\]）】]", column)]


def _timezone(currency: str, declared: Declared, questions: list[Question]) -> str | Question:
    if declared.timezone:
        return declared.timezone
    asked = any(question.code == "currency" for question in questions)
    if currency in ZONE_OF and not asked:
        return ZONE_OF[currency]
    zones = (ZONE_OF.get(currency, "Europe/Berlin"), "Asia/Shanghai", "Asia/Taipei",
             "Europe/London", "America/New_York", "UTC")  # fmt: skip
    choices = tuple(Choice(zone) for zone in dict.fromkeys(zones))
    return Question(
        "timezone",
        None,
        choices,
        said("In which time zone is the shop?"),
        typed("--timezone", choices),
    )


def _date_order(sheet: Sheet, mapping: Decided, declared: Declared) -> str | Question:
    if declared.date_order:
        return declared.date_order
    column = mapping.columns["ordered_at"]
    fit, two = dates.orders_that_fit(_texts(sheet, column))
    if len(fit) == 1:
        return fit[0]
    shown = two[0] if two else ""
    choices = tuple(Choice(order, _spelled(shown, order)) for order in fit)
    return Question(
        "date_order",
        column,
        choices,
        said("{value} can be read in two ways. In which order are day and month?", value=shown),
        typed("--date-order", choices),
    )


def _spelled(shown: str, order: str) -> str:
    names = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}
    return f"{shown} as {names[order]}"


def _decimal(sheet: Sheet, mapping: Decided, declared: Declared) -> str | Question:
    if declared.decimal:
        return declared.decimal
    counts = {".": 0, ",": 0, "either": 0}
    for field in _MONEY_FIELDS:
        if field in mapping.columns:
            for sign, count in money.fitting(
                _texts(sheet, mapping.columns[field]).to_pylist()
            ).items():
                counts[sign] += count
    if counts["."] and counts[","]:
        # One stray cell does not turn a column round; a fair mixture is asked.
        most, least = max(counts["."], counts[","]), min(counts["."], counts[","])
        if most >= 20 * least:
            return "." if counts["."] == most else ","
        return _decimal_question(mapping)
    if counts["either"] and not counts["."] and not counts[","]:
        return _decimal_question(mapping)
    return "," if counts[","] else "."


def _decimal_question(mapping: Decided) -> Question:
    column = mapping.columns.get("amount", mapping.columns.get("unit_price"))
    choices = (
        Choice(".", "1.234 is a little more than one"),
        Choice(",", "1.234 is more than a thousand"),
    )
    return Question(
        "decimal",
        column,
        choices,
        said("Which sign parts the decimals of the amounts?"),
        typed("--decimal", choices),
    )


def _grain(sheet: Sheet, mapping: Decided, declared: Declared) -> str | Question:
    if declared.grain:
        return declared.grain
    of_a_line = {"sku", "product", "category", "line_id", "unit_price"} & set(mapping.columns)
    if of_a_line or "order_id" not in mapping.columns:
        return "line"
    ids = cleaned(sheet.column(mapping.columns["order_id"])).drop_null()
    again = len(ids) - len(pc.unique(ids))
    if len(ids) < 20 or again <= 0.05 * len(ids):
        return "order"
    choices = (Choice("line"), Choice("order"))
    return Question(
        "grain",
        mapping.columns["order_id"],
        choices,
        said("{count} rows repeat an order number. Is a row one line of an order?", count=again),
        typed("--grain", choices),
    )


def _texts(sheet: Sheet, column: str) -> pa.Array:
    """The distinct values of a column of strings; none for a typed one, which leaves no doubt."""
    kind = sheet.table.schema.field(column).type
    if not (pa.types.is_string(kind) or pa.types.is_dictionary(kind)):
        return pa.array([], pa.string())
    return pc.unique(cleaned(sheet.column(column))).drop_null()


def all_zero(amounts: pa.Array) -> bool:
    """Whether no amount is anything but nought: then not one order can be a purchase."""
    known = amounts.drop_null().to_numpy()
    return bool(len(known)) and not bool(np.any(known != 0))
