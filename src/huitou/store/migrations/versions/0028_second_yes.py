"""A first yes to news and offers waits for the second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant, Json
from huitou.store.migrations.guards import Guard, excuse, never_taken_back

revision = "0028_second_yes"
down_revision = "0027_forgetting"

UNMOVED = " OR ".join(
    f"NEW.{name} <> OLD.{name}" for name in ("id", "person_id", "channel", "source", "said_at")
)


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "consent_ask",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("proof", Json(), nullable=False),
        sa.Column("said_at", Instant(timezone=True), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'withdrawn')", name=op.f("ck_consent_ask_state")
        ),
        sa.CheckConstraint("times BETWEEN 1 AND 2", name=op.f("ck_consent_ask_times")),
        sa.ForeignKeyConstraint(
            ["wording"], ["consent_wording.id"], name=op.f("fk_consent_ask_wording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_ask")),
    )
    op.create_index("ix_consent_ask_person", "consent_ask", ["person_id", "state"])
    never_taken_back(
        "consent_ask", "state", {"waiting": ("confirmed", "withdrawn")}, also=UNMOVED
    ).post()
    Guard("consent_ask", "DELETE", "1 = 1", "that somebody was asked is kept").post()
    excuse("consent_ask", ("person_id", "proof"))
