"""Plans, the decision for every person in them, and the messages they became, in the books.

A message to somebody held out cannot be written: the decision's `arm` is part of the message's
foreign key, and a check allows only `treated` there (TRUST I-11).
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from huitou.store.columns import Amount, Instant, Json, Serial, metadata

plan = Table(
    "plan",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("status", String(10), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("totals", Json, nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Column("approved_by", String(120)),
    Column("approved_at", Instant),
    Column("applied_at", Instant),
    Column("applied_as_of", Date),
    Column("posted_by", String(120)),
    Column("posted_at", Instant),
    CheckConstraint(
        "status IN ('draft', 'approved', 'applying', 'applied', 'replaced')", name="status"
    ),
    CheckConstraint(
        "status IN ('draft', 'replaced') OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
        name="approved",
    ),
    CheckConstraint(
        "status <> 'applied' OR (applied_at IS NOT NULL AND applied_as_of IS NOT NULL)",
        name="applied",
    ),
)
Index("ix_plan_drafted", plan.c.drafted_at)

decision = Table(
    "decision",
    metadata,
    Column("plan_id", String(40), ForeignKey("plan.id"), primary_key=True),
    Column("person_id", String(64), primary_key=True),
    Column("id", String(64), nullable=False),
    Column("hold_key", String(200), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("arm", String(10), nullable=False),
    Column("held_by", String(12)),
    Column("act_name", String(40)),
    Column("intended_name", String(40)),
    Column("runner_up_name", String(40)),
    Column("propensity", Float),
    Column("explored", Boolean),
    Column("chances", Text),
    Column("act", String(20), nullable=False),
    Column("depth", Float, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("intended", String(20), nullable=False),
    Column("intended_depth", Float, nullable=False),
    Column("intended_gain", Amount, nullable=False),
    Column("intended_cost", Amount, nullable=False),
    Column("p_buy", Float, nullable=False),
    Column("delta", Float, nullable=False),
    Column("p_taken", Float, nullable=False),
    Column("worth", Amount, nullable=False),
    Column("gain", Amount, nullable=False),
    Column("gain_low", Amount, nullable=False),
    Column("gain_high", Amount, nullable=False),
    Column("cost", Amount, nullable=False),
    Column("attention", Amount, nullable=False),
    Column("worst_cost", Amount, nullable=False),
    Column("cap", Amount, nullable=False),
    Column("exposure", Amount, nullable=False),
    Column("bound", Amount, nullable=False),
    Column("value", Amount, nullable=False),
    Column("staff_minutes", Float, nullable=False),
    Column("runner_up", String(20)),
    Column("runner_up_depth", Float),
    Column("runner_up_gain", Amount),
    Column("reason", String(40), nullable=False),
    Column("cause", String(40), nullable=False),
    Column("suspicion", Float),
    Column("letters", Integer),
    Column("outcome", String(10), nullable=False),
    Column("refused_because", String(40)),
    UniqueConstraint("id", "arm", name="uq_decision_id_arm"),
    CheckConstraint("arm IN ('treated', 'held_out')", name="arm"),
    CheckConstraint("arm = 'treated' OR act = 'nothing'", name="held_out_gets_nothing"),
    CheckConstraint("act = 'nothing' OR exposure + worst_cost <= bound", name="within_bound"),
    CheckConstraint("cap BETWEEN 0 AND worst_cost", name="cap"),
    CheckConstraint("outcome IN ('none', 'waiting', 'applied', 'refused')", name="outcome"),
)
Index("ix_decision_outcome", decision.c.plan_id, decision.c.outcome, decision.c.person_id)
Index("ix_decision_person", decision.c.person_id)
Index("ix_decision_gain", decision.c.plan_id, decision.c.gain, decision.c.person_id)

message = Table(
    "message",
    metadata,
    Column("decision_id", String(64), primary_key=True),
    Column("arm", String(10), nullable=False),
    Column("plan_id", String(40), ForeignKey("plan.id"), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("language", String(10), nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("recipient", Json, nullable=False),
    Column("act", String(20), nullable=False),
    Column("code", String(16)),
    Column("staff_minutes", Float, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("not_after", Instant),
    ForeignKeyConstraint(["decision_id", "arm"], ["decision.id", "decision.arm"]),
    CheckConstraint("arm = 'treated'", name="never_held_out"),
    CheckConstraint("channel IN ('paper', 'email', 'call')", name="channel"),
)
Index("ix_message_plan", message.c.plan_id, message.c.channel)

plan_guard = Table(
    "plan_guard",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("plan_id", String(40), ForeignKey("plan.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", Json, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('look', 'stopped', 'lifted')", name="kind"),
)
"""What the guardrail saw and did about each plan, and who lifted it; added to, never changed."""

plan_promise = Table(
    "plan_promise",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("plan_id", String(40), ForeignKey("plan.id"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("value", Amount, nullable=False),
    Column("low", Amount, nullable=False),
    Column("high", Amount, nullable=False),
    Column("shrunk", Amount),
    Column("verdict", String(20)),
    Column("level", Float),
    Column("at", Instant, nullable=False),
    UniqueConstraint("plan_id", "kind", "as_of", name="uq_plan_promise"),
    CheckConstraint("kind IN ('promised', 'proven')", name="kind"),
    CheckConstraint("low <= value AND value <= high", name="interval"),
    CheckConstraint("(kind = 'promised') = (shrunk IS NOT NULL)", name="shrunk"),
)
"""What each plan promised and what was proven of it; added to, never changed."""
