"""The ladder: where people stand and what they are given; cards, and who joined where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant, Json
from huitou.store.migrations.guards import Guard, append_only

revision = "0019_ladder"
down_revision = "0018_points"

HOWS = ("placed", "climbed", "hand", "fell")
MOVES = ("placed", "climbed", "warned", "kept", "fell", "hand", "merged")
WAYS = ("till", "table", "phone", "web")
GIVEN = ("person_id", "privilege", "step", "period", "day", '"by"', "at")
CHANGED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in GIVEN)
"""What was given to whom, when, by whom."""


def upgrade() -> None:
    """Forward only."""
    _stands()
    _moves()
    _deliveries()
    _promotions()
    _memberships()
    _joinings()


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _stands() -> None:
    op.create_table(
        "ladder_stand",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"how IN {HOWS}", name=op.f("ck_ladder_stand_how")),
        sa.CheckConstraint("rank >= 0", name=op.f("ck_ladder_stand_rank")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_ladder_stand")),
    )
    op.create_table(
        "ladder_look",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ladder_look")),
    )


def _moves() -> None:
    op.create_table(
        "ladder_move",
        sa.Column("id", _serial(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("step_before", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN {MOVES}", name=op.f("ck_ladder_move_kind")),
        sa.CheckConstraint("(kind = 'hand') = (why IS NOT NULL)", name=op.f("ck_ladder_move_why")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_move")),
    )
    op.create_index("ix_ladder_move_person", "ladder_move", ["person_id"])
    op.create_index("ix_ladder_move_day", "ladder_move", ["day", "kind"])
    for guard in append_only("ladder_move"):
        guard.post()


def _deliveries() -> None:
    op.create_table(
        "ladder_delivery",
        sa.Column("id", _serial(), nullable=False),
        sa.Column("slot", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("privilege", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(length=120), nullable=True),
        sa.Column("undone_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(slot IS NULL) = (undone_at IS NOT NULL)", name=op.f("ck_ladder_delivery_slot")
        ),
        sa.CheckConstraint(
            "(undone_by IS NULL) = (undone_at IS NULL)", name=op.f("ck_ladder_delivery_undone")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_delivery")),
        sa.UniqueConstraint("slot", name=op.f("uq_ladder_delivery_slot")),
    )
    op.create_index("ix_ladder_delivery_person", "ladder_delivery", ["person_id"])
    op.create_index("ix_ladder_delivery_day", "ladder_delivery", ["day"])
    sentence = "what was given was given: it is taken back as a whole, once"
    Guard(
        "ladder_delivery",
        "UPDATE",
        f"({CHANGED}) OR OLD.slot IS NULL OR NEW.slot <> OLD.slot",
        sentence,
    ).post()
    Guard("ladder_delivery", "DELETE", "1 = 1", "a delivery is taken back, not deleted").post()


def _promotions() -> None:
    op.create_table(
        "promotion",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("clerk", sa.String(length=120), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"way IN {WAYS}", name=op.f("ck_promotion_way")),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_promotion_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_promotion_token_hash")),
    )


def _memberships() -> None:
    op.create_table(
        "membership",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("promotion_id", sa.String(length=26), nullable=True),
        sa.Column("clerk", sa.String(length=120), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=120), nullable=True),
        sa.Column("confirmed_at", Instant(timezone=True), nullable=True),
        sa.Column("joined_at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"way IN {WAYS}", name=op.f("ck_membership_way")),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_membership_confirmed")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_membership_promotion_id_promotion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("number", name=op.f("uq_membership_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_membership_token_hash")),
    )
    op.create_index("ix_membership_person", "membership", ["person_id"])
    op.create_index("ix_membership_promotion", "membership", ["promotion_id"])
    op.create_table(
        "membership_key",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("membership_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_membership_key_membership_id_membership"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_membership_key")),
    )
    op.create_index("ix_membership_key_membership", "membership_key", ["membership_id"])


def _joinings() -> None:
    op.create_table(
        "joining",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("membership_id", sa.String(length=64), nullable=False),
        sa.Column("promotion_id", sa.String(length=26), nullable=True),
        sa.Column("clerk", sa.String(length=120), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("consents", Json(), nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"way IN {WAYS}", name=op.f("ck_joining_way")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_joining_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_joining_promotion_id_promotion")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_joining")),
    )
    op.create_index("ix_joining_membership", "joining", ["membership_id"])
    op.create_index("ix_joining_promotion", "joining", ["promotion_id"])
    for guard in append_only("joining"):
        guard.post()
