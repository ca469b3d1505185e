"""The outbox of messages that no plan decided: journeys, steps reached, services."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json
from huitou.store.migrations.guards import never_taken_back

revision = "0017_sendings"
down_revision = "0016_rules"

CHANNELS = ("email", "sms", "wecom", "wechat", "webhook", "paper", "call")
PURPOSES = ("marketing", "service", "transactional")
ENDS = ("accepted", "refused", "in_doubt", "suppressed", "expired", "cancelled")
STATES = ("planned", "claimed", "handing_over", *ENDS)

STEPS: dict[str, tuple[str, ...]] = {
    "planned": ("claimed", "handing_over", "suppressed", "expired", "cancelled", "refused"),
    "claimed": ("planned", "handing_over", "suppressed", "expired", "cancelled", "refused"),
    # Back to planned only when it surely never arrived.
    "handing_over": ("planned", "accepted", "refused", "in_doubt"),
    "in_doubt": ("accepted", "refused"),
    # A provider may report later that what it took was not delivered.
    "accepted": ("refused",),
    "refused": (),
}


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "sending",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("origin_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("value", Amount(), nullable=False),
        sa.Column("not_before", Instant(timezone=True), nullable=False),
        sa.Column("not_after", Instant(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("written_at", Instant(timezone=True), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=120), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", Instant(timezone=True), nullable=True),
        sa.CheckConstraint("arm = 'treated'", name=op.f("ck_sending_never_held_out")),
        sa.CheckConstraint(f"channel IN {CHANNELS}", name=op.f("ck_sending_channel")),
        sa.CheckConstraint(f"purpose IN {PURPOSES}", name=op.f("ck_sending_purpose")),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_sending_state")),
        sa.CheckConstraint(
            "(state = 'suppressed') = (rule IS NOT NULL)", name=op.f("ck_sending_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
    )
    op.create_index("ix_sending_due", "sending", ["state", "channel", "not_before"])
    op.create_index("ix_sending_person", "sending", ["person_id"])
    op.create_index("ix_sending_origin", "sending", ["origin", "origin_id"])
    op.create_index("ix_sending_reference", "sending", ["reference"])
    never_taken_back("sending", "state", STEPS).post()
