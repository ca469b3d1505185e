"""Exit interviews: asked once, answered or not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json
from huitou.store.migrations.guards import Guard, never_taken_back

revision = "0004_interviews"
down_revision = "0003_complaints"


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "interview",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("trigger", sa.String(length=12), nullable=False),
        sa.Column("departed_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("band", sa.String(length=10), nullable=False),
        sa.Column("worth", Amount(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("answered_at", Instant(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("where_to", sa.String(length=200), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("left_alone", sa.Boolean(), nullable=False),
        sa.Column("remedy", Json(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'answered') = (why IS NOT NULL AND answered_at IS NOT NULL)",
            name=op.f("ck_interview_answered"),
        ),
        sa.CheckConstraint(
            "channel IN ('email', 'paper', 'call', 'link')", name=op.f("ck_interview_channel")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'over')", name=op.f("ck_interview_state")
        ),
        sa.CheckConstraint(
            "trigger IN ('lost', 'cancelled', 'unsubscribed')", name=op.f("ck_interview_trigger")
        ),
        sa.CheckConstraint(
            "propensity > 0 AND propensity <= 1", name=op.f("ck_interview_propensity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sa.UniqueConstraint("person_id", "departed_on", name="uq_interview_departure"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_interview_token_hash")),
    )
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.create_index("ix_interview_asked", ["person_id", "asked_at"], unique=False)
        batch_op.create_index("ix_interview_state", ["state", "ends_at"], unique=False)

    op.create_table(
        "not_for_now",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_for_now")),
    )
    with op.batch_alter_table("not_for_now", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_not_for_now_person_id"), ["person_id"], unique=False)

    op.create_table(
        "interview_mail",
        sa.Column("interview_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'handing_over', 'accepted', 'refused', 'in_doubt', 'suppressed')",
            name=op.f("ck_interview_mail_state"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_mail_interview_id")
        ),
        sa.PrimaryKeyConstraint("interview_id", name=op.f("pk_interview_mail")),
    )
    for guard in GUARDS:
        guard.post()


GUARDS: list[Guard] = [
    # What was said is never overwritten; who asked for silence may add their reason, once.
    never_taken_back(
        "interview",
        "state",
        {"asked": ("answered", "over"), "over": ("answered",), "answered": ()},
        also=(
            "OLD.why IS NOT NULL AND OLD.why <> 'leave_me_alone'"
            " AND (NEW.why IS NULL OR NEW.why <> OLD.why)"
        ),
    ),
    never_taken_back(
        "interview_mail",
        "state",
        {
            "planned": ("handing_over", "suppressed"),
            "handing_over": ("planned", "accepted", "refused", "in_doubt"),
            "in_doubt": ("accepted", "refused"),
        },
    ),
]
