"""People, a plan for them, and a desk to write at: made up, small, the same every time."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import MetaData

import huitou
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import Plan, draft
from huitou.decisions.playbook import PLAYBOOK, Playbook
from huitou.journeys.book import approve, keep_draft
from huitou.journeys.lettering.book import Desk
from huitou.journeys.messages import Recipient, Sender
from huitou.store.books import Books
from huitou.store.columns import metadata

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
LAST_DAY = date(2026, 3, 1)
STAGES = ("lost", "slipping", "loyal", "active")


def no_rest(_seconds: float) -> None:
    """A pause that takes no time."""


def every_table() -> MetaData:
    """The tables of all chapters."""
    importlib.import_module("huitou.store.outbox")
    root = Path(huitou.__file__).parent
    for file in sorted(root.glob("**/tables.py")):
        if "store.columns" in file.read_text(encoding="utf-8"):
            parts = file.relative_to(root).with_suffix("").parts
            importlib.import_module(".".join(("huitou", *parts)))
    return metadata


def person(number: int, **facts: Any) -> dict[str, Any]:
    """A customer worth writing to."""
    stage = STAGES[number % len(STAGES)]
    known = {
        "person_id": f"p{number:04d}",
        "hold_key": f"member:{number}",
        "stage": stage,
        "cause": "price",
        "posterior": 0.5,
        "p_alive": 0.4,
        "p_buy": 0.15 if stage in ("lost", "slipping") else 0.6,
        "spend": 20_000.0,
        "margin_rate": 0.4,
        "value": 30_000,
        "value_low": 20_000,
        "value_high": 32_000,
        "value_if_kept": 90_000,
        "exposure": 0,
        "may_mail": True,
        "may_email": number % 3 == 0,
        "may_call": number % 5 == 0,
        "open_case": False,
    }
    return {**known, **facts}


def people(count: int = 60, **facts: Any) -> pa.Table:
    """Customers in every stage, reachable in different ways."""
    return pa.Table.from_pylist([person(number, **facts) for number in range(count)])


TESTED = Playbook(
    effects={
        **PLAYBOOK.effects,
        "offer": {
            stage: replace(guess, sd=0.01) for stage, guess in PLAYBOOK.effects["offer"].items()
        },
    }
)
"""What a shop believes whose tests found that offers pay: without one none is promised."""


def drafted(count: int = 60, *, share: float = 0.2, **facts: Any) -> Plan:
    """A plan for them, generous enough to act on most."""
    limits = Limits(budget=10_000_000, staff_hours=100)
    return draft(people(count, **facts), limits, Holdout("salt", share), LAST_DAY, effects=TESTED)


def recipients(wanted: Sequence[str]) -> Mapping[str, Recipient]:
    """Who they are."""
    return {one: recipient(one) for one in wanted}


def recipient(person_id: str, **facts: Any) -> Recipient:
    """One of them, with every way to be reached."""
    number = int(person_id[1:])
    known = {
        "key": f"C{number}",
        "email": f"c{number}@example.org",
        "phone": f"+8613800{number:06d}",
        "language": ("en", "zh-Hans", "zh-Hant")[number % 3],
        "usual": ("WHITE MUG", "RED BAG"),
    }
    return Recipient(person_id, **{**known, **facts})


def desk(**choices: Any) -> Desk:
    """The shop's desk."""
    usual = {"sender": Sender("Corner Shop", "GBP"), "zone": ZONE, "recipients": recipients}
    return Desk(**{**usual, "known": LAST_DAY, **choices})


def approved(books: Books, plan: Plan | None = None) -> str:
    """A plan kept and approved; its id."""
    with books.unit() as unit:
        plan_id = keep_draft(unit, plan or drafted(), NOW)
        approve(unit, plan_id, "owner", NOW)
    return plan_id
