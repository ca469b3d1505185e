"""Complaints, what was said about them, and what was attached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Serial
from huitou.store.migrations.guards import Guard, never_taken_back

revision = "0003_complaints"
down_revision = "0002_doors"

KEPT = ("number", "token_hash", "source_key", "kind", "channel", "received_at")
"""What a complaint is called and when it came: never another."""
STEPS = {
    "new": ("assigned", "answered", "resolved", "held", "dismissed"),
    "assigned": ("answered", "resolved", "held", "dismissed"),
    "answered": ("resolved", "assigned", "dismissed"),
    "resolved": ("assigned",),
    "held": ("new", "dismissed"),
    "dismissed": ("new",),
}
SAME_ENTRY = (
    "NEW.id = OLD.id AND NEW.complaint_id = OLD.complaint_id AND NEW.key = OLD.key"
    " AND NEW.kind = OLD.kind AND NEW.at = OLD.at"
    ' AND NEW."by" = OLD."by"'
    " AND coalesce(NEW.amount, 0) = coalesce(OLD.amount, 0)"
)
"""An entry may lose its words, when somebody is forgotten, and nothing else."""

GUARDS = (
    never_taken_back(
        "complaint",
        "state",
        STEPS,
        also=" OR ".join(
            (
                *(f"NEW.{name} <> OLD.{name}" for name in KEPT),
                "(NEW.words <> OLD.words AND NEW.words <> '')",
                "NEW.reopened < OLD.reopened",
            )
        ),
    ),
    Guard("complaint", "DELETE", "1 = 1", "a complaint is never taken away"),
    Guard(
        "complaint_entry",
        "UPDATE",
        f"NOT ({SAME_ENTRY} AND NEW.words = '')",
        "complaint_entry is append-only: write a correction beside it",
    ),
    Guard("complaint_entry", "DELETE", "1 = 1", "complaint_entry is append-only"),
    Guard("complaint_file", "DELETE", "1 = 1", "that a file was attached is never taken away"),
)


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "complaint",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=True),
        sa.Column("cause_share", sa.Float(), nullable=True),
        sa.Column("cause_by", sa.String(length=120), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("store", sa.String(length=120), nullable=True),
        sa.Column("order_id", sa.String(length=120), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("received_at", Instant(timezone=True), nullable=False),
        sa.Column("due_at", Instant(timezone=True), nullable=False),
        sa.Column("answered_at", Instant(timezone=True), nullable=True),
        sa.Column("resolved_at", Instant(timezone=True), nullable=True),
        sa.Column("escalated_at", Instant(timezone=True), nullable=True),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("csat", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('form', 'email', 'api', 'staff', 'import')",
            name=op.f("ck_complaint_channel"),
        ),
        sa.CheckConstraint(
            "kind IN ('product', 'service', 'delivery', 'price', 'other')",
            name=op.f("ck_complaint_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('new', 'assigned', 'answered', 'resolved', 'held', 'dismissed')",
            name=op.f("ck_complaint_state"),
        ),
        sa.CheckConstraint(
            "cause_share IS NULL OR (cause_share >= 0 AND cause_share <= 1)",
            name=op.f("ck_complaint_cause_share"),
        ),
        sa.CheckConstraint(
            "csat IS NULL OR csat BETWEEN 1 AND 5",
            name=op.f("ck_complaint_csat"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
        sa.UniqueConstraint("source_key", name=op.f("uq_complaint_source_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_complaint_token_hash")),
    )
    op.create_index("ix_complaint_person", "complaint", ["person_id", "state"], unique=False)
    op.create_index(
        "ix_complaint_waiting", "complaint", ["state", "received_at", "id"], unique=False
    )

    op.create_table(
        "complaint_entry",
        sa.Column("id", Serial, nullable=False),
        sa.Column("complaint_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("amount", Amount(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'gesture') = (amount IS NOT NULL)",
            name=op.f("ck_complaint_entry_amount"),
        ),
        sa.CheckConstraint(
            "kind IN ('in', 'out', 'note', 'gesture', 'state')",
            name=op.f("ck_complaint_entry_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_entry_complaint_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_complaint_entry_key")),
    )
    op.create_index(
        op.f("ix_complaint_entry_complaint_id"),
        "complaint_entry",
        ["complaint_id"],
        unique=False,
    )

    op.create_table(
        "complaint_file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("complaint_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_file_complaint_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_file")),
    )
    op.create_index(
        op.f("ix_complaint_file_complaint_id"),
        "complaint_file",
        ["complaint_id"],
        unique=False,
    )
    for guard in GUARDS:
        guard.post()
