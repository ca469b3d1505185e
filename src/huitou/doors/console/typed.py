"""What somebody types into a field of a page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from fastapi import UploadFile

from huitou.ground.errors import BadInput
from huitou.ground.money import to_minor
from huitou.ground.words import said


def a_day(text: str) -> date:
    """`2026-03-01` as a date; a plain sentence for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is not a day", to_try="year, month, day: 2026-03-01") from None


def an_amount(text: str, currency: str) -> int:
    """`49.50` in minor units; a plain sentence for anything else, as for `1,234`."""
    try:
        read = Decimal(text.strip())
    except InvalidOperation:
        read = Decimal("NaN")
    if not (read.is_finite() and 0 < read <= 10**12):
        raise BadInput(said("Type what the order costs, as 49.50."))
    return to_minor(read, currency)


def a_table(file: UploadFile, most_mb: int) -> str:
    """The text of a CSV that somebody chose; a plain sentence for what is none, or too large."""
    raw = file.file.read(most_mb * 1_000_000 + 1)
    if not file.filename or len(raw) > most_mb * 1_000_000:
        raise BadInput(said("Choose a CSV file of at most {n} MB.", n=most_mb))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise BadInput(said("The file must be UTF-8.")) from bad
