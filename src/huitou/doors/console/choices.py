"""Settings as a form shows and takes them: how each is typed, and what is wrong with one in words.

Amounts are typed in major units and shares in percent; the shop keeps minor units and [0, 1].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huitou.ground.errors import HuitouError
from huitou.ground.money import to_minor
from huitou.ground.settings import RANGES, WEEKDAYS, Settings
from huitou.ground.words import Sentence, said

Reader = Callable[[str, Settings], Any]


def _words(text: str, _kept: Settings) -> str | None:
    return text or None


def _text(text: str, _kept: Settings) -> str:
    return text


def _share(text: str, _kept: Settings) -> float | None:
    return float(Decimal(text) / 100) if text else None


def _whole(text: str, _kept: Settings) -> int | None:
    return int(text) if text else None


def _number(text: str, _kept: Settings) -> float:
    return float(text)


def _amount(text: str, kept: Settings) -> int | None:
    return to_minor(Decimal(text), kept.money) if text else None


def _yes(text: str, _kept: Settings) -> bool:
    return text == "yes"


READERS: Mapping[str, Reader] = {
    "name": _text,
    "language": _text,
    "public_url": _words,
    "margin": _share,
    "lost_line": _share,
    "holdout_share": _share,
    "control_share": _share,
    "explore_share": _share,
    "share_of_value": _share,
    "horizon_days": _whole,
    "value_days": _whole,
    "budget": _amount,
    "approval_limit": _amount,
    "most_contacts": _whole,
    "staff_hours": _number,
    "staff_hourly": _amount,
    "letter_cost": _amount,
    "clerks": _text,
    "share_with_customers": _share,
    "acquisition_spend": _text,
    "interview_share": _share,
    "complaint_hours": _whole,
    "report_to": _text,
    "report_day": _text,
    "report_hour": _whole,
    "day_by_itself": _yes,
    "day_hour": _whole,
    "report_language": _words,
    "smtp_host": _words,
    "smtp_port": _whole,
    "smtp_user": _words,
    "smtp_from": _words,
    "email_to_customers": _yes,
    "address": _text,
    "letters_by_hand": _yes,
    "imap_host": _words,
    "imap_port": _whole,
    "imap_user": _words,
    "imap_folder": _text,
    "trusted_proxies": _text,
}
"""Setting -> how what was typed is read."""

DAYS: Mapping[str, Sentence] = dict(
    zip(
        WEEKDAYS,
        (
            said("Monday"),
            said("Tuesday"),
            said("Wednesday"),
            said("Thursday"),
            said("Friday"),
            said("Saturday"),
            said("Sunday"),
        ),
        strict=True,
    )
)
"""The days of the week, for the report."""

WANTED: Mapping[str, Sentence] = {
    "clerks": said("Names, minutes a day and stores, like {example}.",
                   example="Mei 240 North, South; Li 90"),
    "report_to": said("E-mail addresses with commas between them, like {example}.",
                      example="you@example.com, boss@example.com"),
    "acquisition_spend": said("Months and amounts with semicolons between them, like {example}.",
                              example="2026-01 800 ads; 2026-02 950"),
    "public_url": said("A whole address, like {example}.", example="https://shop.example"),
    "trusted_proxies": said("Addresses or networks with commas between them, like {example}.",
                            example="127.0.0.1, 10.0.0.0/8"),
}  # fmt: skip
"""What a field that is no number must hold."""


@dataclass(frozen=True)
class Read:
    """What a form gave: choices that can stand, and what is wrong with the others."""

    choices: Mapping[str, Any]
    faults: Mapping[str, Sentence]
    """Setting -> what is wrong with it."""


def read(typed: Mapping[str, str], kept: Settings) -> Read:
    """Each choice alone against the settings that are kept; an error for one that is unknown."""
    choices: dict[str, Any] = {}
    faults: dict[str, Sentence] = {}
    for name, text in typed.items():
        reader = READERS.get(name)
        if reader is None:
            raise HuitouError(f"there is no setting {name!r} here")
        try:
            choices[name] = reader(text, kept)
            kept.changed(**{name: choices[name]})
        except (HuitouError, ValueError, ArithmeticError):
            faults[name] = fault(name)
    return Read(choices, faults)


def fault(name: str) -> Sentence:
    """What this setting wants, said to somebody who typed something else."""
    if name in WANTED:
        return WANTED[name]
    if name not in RANGES:
        return said("This cannot stand here.")
    least, most = RANGES[name]
    if READERS[name] is _share:
        least, most = 100 * least, 100 * most
    if most == math.inf:
        return said("A number, {least} or more.", least=round(least))
    return said("A number between {least} and {most}.", least=round(least), most=round(most))
