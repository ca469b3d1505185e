"""Cases of lost customers, what was answered, and who asked to be left alone, in the books."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
)

from huitou.store.columns import Amount, Instant, Json, Serial, index_where, metadata

case = Table(
    "lost_case",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("worth", Amount, nullable=False),
    Column("suspects", Json, nullable=False),
    Column("status", String(10), nullable=False),
    Column("owner", String(120)),
    Column("closed_at", Instant),
    Column("opened_by", String(120)),
    CheckConstraint("status IN ('open', 'answered', 'returned', 'closed')", name="status"),
)
index_where("uq_lost_case_open", "status = 'open'", case.c.person_id, unique=True)
Index("ix_lost_case_worth", case.c.status, case.c.worth)

answer = Table(
    "case_answer",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("case_id", String(64), ForeignKey("lost_case.id"), nullable=False, index=True),
    Column("why", String(40), nullable=False),
    Column("where_to", String(200)),
    Column("words", Text),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("fingerprint", String(64), nullable=False, unique=True),
)

silence = Table(
    "silence",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("source", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("state IN ('silent', 'spoken_to')", name="state"),
    CheckConstraint(
        "channel IN ('any', 'paper', 'email', 'call', 'sms', 'wecom', 'wechat')", name="channel"
    ),
)
Index("ix_silence_person", silence.c.person_id, silence.c.at)
