"""Calls that clerks are to make, and what came of them, in the books.

    call           one call: of a plan (`decision_id` names its decision), of a case, or asked for
    call_outcome   each try, never changed (triggers, on both databases)

`decision_id` is no foreign key: care is told of decisions, and knows no plans.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from huitou.store.columns import Amount, Instant, Serial, index_where, metadata

call = Table(
    "call",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("decision_id", String(64), unique=True),
    Column("case_id", String(64), ForeignKey("lost_case.id")),
    Column("person_id", String(64), nullable=False),
    Column("clerk", String(120), nullable=False),
    Column("store", String(200)),
    Column("gain", Amount),
    Column("gain_low", Amount),
    Column("gain_high", Amount),
    Column("minutes", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("dropped_because", String(20)),
    Column("asked_by", String(120)),
    Column("made_at", Instant, nullable=False),
    CheckConstraint("state IN ('todo', 'tried', 'reached', 'done', 'dropped')", name="state"),
    CheckConstraint("minutes BETWEEN 0 AND 1440 AND tries >= 0", name="effort"),
    CheckConstraint("(state = 'dropped') = (dropped_because IS NOT NULL)", name="dropped"),
)
Index("ix_call_due", call.c.state, call.c.due_on)
index_where("uq_call_open", "state IN ('todo', 'tried', 'reached')", call.c.person_id, unique=True)

call_outcome = Table(
    "call_outcome",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("call_id", String(32), ForeignKey("call.id"), nullable=False, index=True),
    Column("code", String(20), nullable=False),
    Column("why", String(40)),
    Column("where_to", String(200)),
    Column("words", Text),
    Column("minutes", Integer, nullable=False),
    Column("next_day", Date),
    Column("offer_id", String(64)),
    Column("phone_mark", String(64)),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(
        "code IN ('will_come', 'answered', 'not_reached', 'call_back', 'wrong_number', 'silence')",
        name="code",
    ),
    CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes"),
)
