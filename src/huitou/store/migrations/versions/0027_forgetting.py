"""Somebody can be forgotten: what is personal may change then, in every table that is guarded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant
from huitou.store.migrations.guards import excuse

revision = "0027_forgetting"
down_revision = "0026_outbox"

PERSONAL: dict[str, tuple[str, ...]] = {
    "alarm": ("person_id", "facts"),
    "call": ("person_id",),
    "call_outcome": ("where_to", "words", "phone_mark"),
    "case_answer": ("where_to", "words"),
    "case_note": ("words",),
    "chase_mark": ("person_id", "words"),
    "complaint": ("person_id", "name", "phone", "email", "order_id", "words"),
    "complaint_entry": ("words",),
    "consent_choice": ("person_id",),
    "consent_event": ("person_id", "said_under", "proof"),
    "consent_heard": ("person_id", "address", "words"),
    "consent_link": ("person_id",),
    "decision": ("person_id", "hold_key"),
    "delivery": ("reason",),
    "entry": ("person_id",),
    "fix_told": ("person_id",),
    "happening": ("person_id", "words"),
    "interview": ("person_id", "where_to", "words"),
    "interview_mail": ("reason",),
    "joining": ("consents",),
    "ladder_delivery": ("person_id",),
    "ladder_move": ("person_id", "why"),
    "message": ("person_id", "subject", "body", "recipient", "code"),
    "movement": ("person_id", "why"),
    "movement_leg": ("person_id",),
    "offer": ("person_id", "code"),
    "pack": ("person_id",),
    "paid_card": ("person_id",),
    "paid_card_event": ("person_id",),
    "parcel": ("person_id",),
    "position": ("person_id", "who", "told"),
    "redemption": ("person_id",),
    "referral": ("giver_id", "friend_id", "name", "phone", "email", "consent"),
    "referral_reward": ("person_id",),
    "reminder": ("person_id", "about"),
    "sending": ("id", "person_id", "origin_id", "told", "reason", "reference"),
    "silence": ("person_id", "source"),
    "step_taken": ("person_id", "message"),
    "surprise": ("person_id",),
    "till_order": ("person_id",),
    "trade_quote": ("person_id",),
}
"""Table -> the columns that may change while somebody is being forgotten; no others may."""


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "forgetting",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgetting")),
    )
    op.create_table(
        "forgotten_key",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("forgetting_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["forgetting_id"], ["forgetting.id"], name=op.f("fk_forgotten_key_forgetting_id")
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_forgotten_key")),
    )
    op.create_index("ix_forgotten_key_forgetting_id", "forgotten_key", ["forgetting_id"])
    for table, columns in PERSONAL.items():
        excuse(table, columns)
