"""Alarms that rang, the rules that ring them, where they are told, and that they were."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from huitou.store.columns import Amount, Instant, Json, Serial, index_where, metadata

alarm_rule = Table(
    "alarm_rule",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("told", Json, nullable=False),
    Column("changed_by", String(120), nullable=False),
    Column("changed_at", Instant, nullable=False),
)

alarm_route = Table(
    "alarm_route",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("urls_env", String(120), nullable=False),
    Column("role", String(10), nullable=False),
    Column("kind", String(10)),
    Column("store", String(200)),
    Column("least_value", Amount),
    Column("owner", String(120)),
    Column("changed_by", String(120), nullable=False),
    Column("changed_at", Instant, nullable=False),
    CheckConstraint("role IN ('staff', 'manager')", name="role"),
    CheckConstraint("kind IN ('care', 'service')", name="kind"),
)

alarm = Table(
    "alarm",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("rule", String(40), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("since", Date, nullable=False),
    Column("rung_on", Date, nullable=False),
    Column("rung_at", Instant, nullable=False),
    Column("value", Amount, nullable=False),
    Column("facts", Json, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("ends", String(10), nullable=False),
    Column("store", String(200)),
    Column("owner", String(120)),
    Column("route", String(40)),
    Column("state", String(12), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("snoozed_until", Instant),
    Column("by", String(120)),
    Column("answered_at", Instant),
    Column("escalated_at", Instant),
    Column("closed_at", Instant),
    Column("outcome", String(12)),
    CheckConstraint("state IN ('ringing', 'acknowledged', 'snoozed', 'closed')", name="state"),
    CheckConstraint(
        "outcome IN ('came_back', 'settled', 'reached', 'not_reached', 'false_alarm', 'merged')",
        name="outcome",
    ),
    CheckConstraint(
        "(state = 'closed') = (closed_at IS NOT NULL AND outcome IS NOT NULL)", name="closed"
    ),
    CheckConstraint("(state = 'snoozed') = (snoozed_until IS NOT NULL)", name="snoozed"),
    CheckConstraint("severity BETWEEN 1 AND 3", name="severity"),
)
index_where("uq_alarm_open", "state <> 'closed'", alarm.c.person_id, alarm.c.rule, unique=True)
Index("ix_alarm_state", alarm.c.state, alarm.c.value)
Index("ix_alarm_person", alarm.c.person_id, alarm.c.rule, alarm.c.rung_on)

alarm_alert = Table(
    "alarm_alert",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("alarm_id", String(32), ForeignKey("alarm.id"), nullable=False),
    Column("route", String(40), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("digest", String(26), nullable=False),
    Column("marked_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),
    Column("settled_at", Instant),
    UniqueConstraint("alarm_id", "route", "kind"),
    CheckConstraint("kind IN ('ring', 'escalation')", name="kind"),
    CheckConstraint("state IN ('handing_over', 'accepted', 'in_doubt')", name="state"),
)
Index("ix_alarm_alert_digest", alarm_alert.c.digest)
