"""Alarms that rang, and the rules that ring them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json, Serial
from huitou.store.migrations.guards import Guard, never_taken_back

revision = "0006_alarms"
down_revision = "0005_casefiles"

WHAT_RANG = "NEW.person_id <> OLD.person_id OR NEW.rule <> OLD.rule OR NEW.since <> OLD.since"
GUARDS = [
    never_taken_back(
        "alarm",
        "state",
        {
            "ringing": ("acknowledged", "snoozed", "closed"),
            "acknowledged": ("snoozed", "closed"),
            "snoozed": ("ringing", "acknowledged", "closed"),
        },
        also=WHAT_RANG,
    ),
    Guard("alarm", "DELETE", "1 = 1", "an alarm is kept, however it ended"),
    never_taken_back("alarm_alert", "state", {"handing_over": ("accepted", "in_doubt")}),
    Guard("alarm_alert", "DELETE", "1 = 1", "what was told is not forgotten: it would ring twice"),
]


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "alarm",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rung_on", sa.Date(), nullable=False),
        sa.Column("rung_at", Instant(timezone=True), nullable=False),
        sa.Column("value", Amount(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ends", sa.String(length=10), nullable=False),
        sa.Column("store", sa.String(length=200), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("route", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", Instant(timezone=True), nullable=False),
        sa.Column("snoozed_until", Instant(timezone=True), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=True),
        sa.Column("answered_at", Instant(timezone=True), nullable=True),
        sa.Column("escalated_at", Instant(timezone=True), nullable=True),
        sa.Column("closed_at", Instant(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL AND outcome IS NOT NULL)",
            name=op.f("ck_alarm_closed"),
        ),
        sa.CheckConstraint(
            "(state = 'snoozed') = (snoozed_until IS NOT NULL)", name=op.f("ck_alarm_snoozed")
        ),
        sa.CheckConstraint(
            "outcome IN ('came_back', 'settled', 'reached', 'not_reached', 'false_alarm',"
            " 'merged')",
            name=op.f("ck_alarm_outcome"),
        ),
        sa.CheckConstraint(
            "state IN ('ringing', 'acknowledged', 'snoozed', 'closed')", name=op.f("ck_alarm_state")
        ),
        sa.CheckConstraint("severity BETWEEN 1 AND 3", name=op.f("ck_alarm_severity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index("ix_alarm_person", "alarm", ["person_id", "rule", "rung_on"], unique=False)
    op.create_index("ix_alarm_state", "alarm", ["state", "value"], unique=False)
    op.create_index(
        "uq_alarm_open",
        "alarm",
        ["person_id", "rule"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )

    op.create_table(
        "alarm_route",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("urls_env", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=True),
        sa.Column("store", sa.String(length=200), nullable=True),
        sa.Column("least_value", Amount(), nullable=True),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('care', 'service')", name=op.f("ck_alarm_route_kind")),
        sa.CheckConstraint("role IN ('staff', 'manager')", name=op.f("ck_alarm_route_role")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarm_route")),
    )
    op.create_table(
        "alarm_rule",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarm_rule")),
    )
    op.create_table(
        "alarm_alert",
        sa.Column("id", Serial, nullable=False),
        sa.Column("alarm_id", sa.String(length=32), nullable=False),
        sa.Column("route", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=26), nullable=False),
        sa.Column("marked_at", Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settled_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('ring', 'escalation')", name=op.f("ck_alarm_alert_kind")),
        sa.CheckConstraint(
            "state IN ('handing_over', 'accepted', 'in_doubt')", name=op.f("ck_alarm_alert_state")
        ),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name=op.f("fk_alarm_alert_alarm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_alert")),
        sa.UniqueConstraint(
            "alarm_id", "route", "kind", name=op.f("uq_alarm_alert_alarm_id_route_kind")
        ),
    )
    op.create_index("ix_alarm_alert_digest", "alarm_alert", ["digest"], unique=False)
    for guard in GUARDS:
        guard.post()
