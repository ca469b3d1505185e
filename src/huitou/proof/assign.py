"""Who is compared with whom: the arms of a plan, as they were drawn before it was applied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.holdout import PROGRAMME
from huitou.decisions.receipts import HELD_OUT, TREATED

PEOPLE = pa.schema(
    [
        ("person_id", pa.string()),
        ("arm", pa.string()),
        ("before", pa.int64()),  # profit in the window before the start, minor units
        ("after", pa.int64()),  # profit from the start to the end of the window
        ("cost", pa.int64()),  # what was spent on this person in the window, after the fact
    ]
)
"""What a read-out reads: one row a person, whether anything reached them or not."""


def campaign(receipts: pa.Table) -> pa.Table:
    """The people one plan meant an act for, treated and held out.

    Those for whom the plan meant nothing get nothing in either arm: they carry no difference, only
    noise (Simester, Timoshenko & Zoumpoulis 2020), and are left out. So are the people of a planned
    test, which has arms and a read-out of its own. Both lots leave people alone: the universal one
    and the plan's.
    """
    meant = pc.not_equal(receipts["intended"], "nothing")
    if "test" in receipts.column_names:
        meant = pc.and_(meant, pc.is_null(receipts["test"]))
    return receipts.filter(meant).select(["person_id", "arm"])


def programme(receipts: pa.Table) -> pa.Table:
    """Everybody, treated and held out: the only comparison that says what the *programme* earned.

    Only the universal lot counts: whom a programme's own lot held out of one campaign was left to
    the others, so here they are treated, as they were meant to be (intention to treat). The
    findings of single campaigns do not add up to it.
    """
    held = universally(receipts)
    arm = pc.if_else(held, HELD_OUT, TREATED)
    return pa.table({"person_id": receipts["person_id"], "arm": arm})


def universally(receipts: pa.Table) -> pa.Array:
    """True for those whom the universal lot held out; before there was another, that was all."""
    held = pc.equal(receipts["arm"], HELD_OUT)
    if "held_by" not in receipts.column_names:
        return held
    other = pc.fill_null(pc.equal(receipts["held_by"], PROGRAMME), False)
    return pc.and_(held, pc.invert(other))


def share_alone(totals: Mapping[str, Any]) -> float:
    """Share of those a plan means an act for that either lot leaves alone."""
    universal, own = totals["holdout_share"], totals.get("control_share", 0.0)
    return float(universal + (1 - universal) * own)


def with_outcomes(arms: pa.Table, outcomes: pa.Table) -> pa.Table:
    """The people of a read-out: everybody in the arms, with what they brought.

    Args:
        arms: `person_id, arm` from `campaign` or `programme`.
        outcomes: `person_id, before, after` and, if anything was spent, `cost`; one row a person.
            Who is absent brought nothing and cost nothing, and stays in: intention to treat.
    """
    found = arms.join(outcomes, keys="person_id", join_type="left outer").sort_by("person_id")
    nothing = pa.array([0] * found.num_rows, pa.int64())
    columns = {
        field.name: found[field.name] if field.name in found.column_names else nothing
        for field in PEOPLE
    }
    filled = [
        pc.fill_null(columns[field.name].cast(field.type, safe=False), 0)
        if pa.types.is_integer(field.type)
        else columns[field.name]
        for field in PEOPLE
    ]
    return pa.Table.from_arrays(filled, schema=PEOPLE)


def held_out(people: pa.Table) -> pa.Array:
    """True for the held out."""
    return pc.equal(people["arm"], HELD_OUT)
