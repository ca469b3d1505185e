"""What came of a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Serial
from huitou.store.migrations.guards import append_only, never_taken_back

revision = "0007_calls"
down_revision = "0006_alarms"


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "call",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("decision_id", sa.String(length=64), nullable=True),
        sa.Column("case_id", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("clerk", sa.String(length=120), nullable=False),
        sa.Column("store", sa.String(length=200), nullable=True),
        sa.Column("gain", Amount(), nullable=True),
        sa.Column("gain_low", Amount(), nullable=True),
        sa.Column("gain_high", Amount(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("dropped_because", sa.String(length=20), nullable=True),
        sa.Column("asked_by", sa.String(length=120), nullable=True),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_because IS NOT NULL)", name=op.f("ck_call_dropped")
        ),
        sa.CheckConstraint(
            "state IN ('todo', 'tried', 'reached', 'done', 'dropped')", name=op.f("ck_call_state")
        ),
        sa.CheckConstraint(
            "minutes BETWEEN 0 AND 1440 AND tries >= 0", name=op.f("ck_call_effort")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["lost_case.id"], name=op.f("fk_call_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_call_decision_id")),
    )
    op.create_index("ix_call_due", "call", ["state", "due_on"], unique=False)
    op.create_index(
        "uq_call_open",
        "call",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('todo', 'tried', 'reached')"),
        postgresql_where=sa.text("state IN ('todo', 'tried', 'reached')"),
    )

    op.create_table(
        "call_outcome",
        sa.Column("id", Serial, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("where_to", sa.String(length=200), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("next_day", sa.Date(), nullable=True),
        sa.Column("offer_id", sa.String(length=64), nullable=True),
        sa.Column("phone_mark", sa.String(length=64), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "code IN ('will_come', 'answered', 'not_reached', 'call_back', 'wrong_number',"
            " 'silence')",
            name=op.f("ck_call_outcome_code"),
        ),
        sa.CheckConstraint("minutes BETWEEN 0 AND 1440", name=op.f("ck_call_outcome_minutes")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_outcome_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_outcome")),
    )
    op.create_index(op.f("ix_call_outcome_call_id"), "call_outcome", ["call_id"], unique=False)

    for guard in append_only("call_outcome"):
        guard.post()
    never_taken_back(
        "call",
        "state",
        {
            "todo": ("tried", "reached", "done", "dropped"),
            "tried": ("reached", "done", "dropped"),
            "reached": ("tried", "done", "dropped"),
        },
    ).post()
