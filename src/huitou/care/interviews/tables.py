"""Exit interviews in the books: who was asked, what they said, and what became of each e-mail.

interview        one departure of one person, asked once
interview_mail   an e-mail that asks: at most one hand-over, marked before the network
not_for_now      somebody to be left in peace until a date, because of what they said
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from huitou.store.columns import Amount, Instant, Json, Serial, metadata

interview = Table(
    "interview",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("trigger", String(12), nullable=False),
    Column("departed_on", Date, nullable=False),
    Column("channel", String(10), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("band", String(10), nullable=False),
    Column("worth", Amount, nullable=False),
    Column("propensity", Float, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("why", String(40)),
    Column("where_to", String(200)),
    Column("words", Text),
    Column("language", String(10)),
    Column("left_alone", Boolean, nullable=False),
    Column("remedy", Json),
    Column("by", String(120)),
    UniqueConstraint("person_id", "departed_on", name="uq_interview_departure"),
    CheckConstraint("trigger IN ('lost', 'cancelled', 'unsubscribed')", name="trigger"),
    CheckConstraint("channel IN ('email', 'paper', 'call', 'link')", name="channel"),
    CheckConstraint("state IN ('asked', 'answered', 'over')", name="state"),
    CheckConstraint(
        "(state = 'answered') = (why IS NOT NULL AND answered_at IS NOT NULL)", name="answered"
    ),
    CheckConstraint("propensity > 0 AND propensity <= 1", name="propensity"),
)
Index("ix_interview_state", interview.c.state, interview.c.ends_at)
Index("ix_interview_asked", interview.c.person_id, interview.c.asked_at)

mail = Table(
    "interview_mail",
    metadata,
    Column("interview_id", String(26), ForeignKey("interview.id"), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("stage", String(20)),
    Column("reason", Text),
    Column("at", Instant, nullable=False),
    Column("settled_by", String(120)),
    CheckConstraint(
        "state IN ('planned', 'handing_over', 'accepted', 'refused', 'in_doubt', 'suppressed')",
        name="state",
    ),
)

not_for_now = Table(
    "not_for_now",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", String(64), nullable=False, index=True),
    Column("why", String(40), nullable=False),
    Column("said_on", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("source", String(200), nullable=False),
    Column("at", Instant, nullable=False),
)
