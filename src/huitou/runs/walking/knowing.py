"""What journeys are told of people: the facts of an edition, in the columns their filters ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.reasons import REASONS
from huitou.decisions.holdout import Holdout
from huitou.ground.settings import Settings
from huitou.runs.moment import Moment

if TYPE_CHECKING:
    from huitou.store.lake import Edition

WHY = {name: REASONS[name].group for name in REASONS}
ABSENT: Mapping[str, pa.DataType] = {
    "stage": pa.string(),
    "cause": pa.string(),
    "value": pa.int64(),
    "p_buy": pa.float64(),
    "p_alive": pa.float64(),
    "has_address": pa.bool_(),
}
"""What only a forecast tells: unknown where there were too few customers for one."""


def day_of(edition: Edition) -> date:
    """The last day an edition knows."""
    return Moment.read(edition.noted("moment")).day


def facts_of(
    edition: Edition, settings: Settings, *, only: Sequence[str] | None = None
) -> pa.Table:
    """One row a customer, in the columns of `path_person` but `held`; of these people, or all."""
    day = day_of(edition)
    name = "people" if edition.has("people") else f"customers_{day}"
    wanted = ("person_id", list(only)) if only is not None else None
    people = edition.table(name, only=wanted)
    if "hold_key" not in people.column_names:
        holders = edition.table("holders", only=wanted)
        people = people.join(holders, "person_id", join_type="left outer")
    return shaped(people, day, settings)


def shaped(people: pa.Table, day: date, settings: Settings) -> pa.Table:
    """The same of any table of customers, joined with scores and stages where there are any."""
    for column, kind in ABSENT.items():
        if column not in people.column_names:
            people = people.append_column(column, pa.nulls(people.num_rows, kind))
    known = {
        "person_id": people["person_id"],
        "hold_key": pc.coalesce(people["hold_key"], people["person_id"]),
        "stage": people["stage"],
        "cause": people["cause"],
        "why": pa.array([WHY.get(cause) for cause in people["cause"].to_pylist()], pa.string()),
        "orders": people["orders"],
        "days_bought": people["purchase_days"],
        "quiet_days": _days_since(people["last_day"], day),
        "known_days": _days_since(people["first_day"], day),
        "value": people["value"],
        "profit": people["profit"],
        "spent": people["revenue"],
        "basket": pc.cast(pc.round(people["spend_mean"]), pa.int64(), safe=False),
        "p_buy": people["p_buy"],
        "p_alive": people["p_alive"],
        "store": people["store"],
        "channel": people["channel"],
        "region": people["region"],
        "reach": _reach(people, settings),
        "known_on": pa.array([day] * people.num_rows, pa.date32()),
        "first_day": people["first_day"],
        "last_day": people["last_day"],
    }
    return pa.table(known)


def rows_of(table: pa.Table, settings: Settings, day: date) -> list[dict[str, Any]]:
    """The rows of such a table, with whether each is held out on this day."""
    lot = Holdout.of_the_year(settings.salt, settings.holdout_share, day)
    return [{**row, "held": lot.holds(row["hold_key"])} for row in table.to_pylist()]


def unknown(person_id: str, settings: Settings, day: date) -> dict[str, Any]:
    """Somebody who has never bought: nothing is known but that they are there."""
    lot = Holdout.of_the_year(settings.salt, settings.holdout_share, day)
    told = {"person_id": person_id, "hold_key": person_id, "orders": 0, "known_on": day}
    return {**told, "held": lot.holds(person_id)}


def _days_since(days: pa.ChunkedArray, day: date) -> pa.ChunkedArray:
    return pc.cast(pc.days_between(days, pa.scalar(day, pa.date32())), pa.int64())


def _reach(people: pa.Table, settings: Settings) -> pa.Array:
    """Ways to reach somebody, as `,email,sms,call,paper,`."""
    posted = pc.fill_null(people["has_address"], False)
    if settings.letters_by_hand:
        posted = pc.or_(posted, pa.scalar(True))
    parts = [
        pc.if_else(pc.fill_null(flag, False), words, "")
        for flag, words in (
            (people["has_email"], "email,"),
            (people["has_phone"], "sms,call,"),
            (posted, "paper,"),
        )
    ]
    return pc.binary_join_element_wise(",", *parts, "")
