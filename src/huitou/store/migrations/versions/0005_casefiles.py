"""What staff found and did in a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Serial
from huitou.store.migrations.guards import append_only

revision = "0005_casefiles"
down_revision = "0004_interviews"


def upgrade() -> None:
    """Forward only."""
    op.add_column("lost_case", sa.Column("opened_by", sa.String(length=120), nullable=True))
    op.create_table(
        "case_note",
        sa.Column("id", Serial, nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("cost", Amount(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.CheckConstraint("kind <> 'found' OR cause IS NOT NULL", name=op.f("ck_case_note_found")),
        sa.CheckConstraint(
            "kind IN ('call', 'message', 'found', 'done', 'lesson', 'note')",
            name=op.f("ck_case_note_kind"),
        ),
        sa.CheckConstraint(
            "minutes BETWEEN 0 AND 1440 AND cost >= 0", name=op.f("ck_case_note_effort")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["lost_case.id"], name=op.f("fk_case_note_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_case_note_fingerprint")),
    )
    op.create_index(op.f("ix_case_note_case_id"), "case_note", ["case_id"], unique=False)

    op.create_table(
        "lesson_heard",
        sa.Column("note_id", Serial, autoincrement=False, nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["case_note.id"], name=op.f("fk_lesson_heard_note_id")
        ),
        sa.PrimaryKeyConstraint("note_id", "who", name=op.f("pk_lesson_heard")),
    )
    for guard in append_only("case_note"):
        guard.post()
