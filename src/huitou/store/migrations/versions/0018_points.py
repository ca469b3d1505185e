"""What customers earned: points, stamps, cashback, stored value, packs; the ledger under it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant
from huitou.store.migrations.guards import Guard, append_only

revision = "0018_points"
down_revision = "0017_sendings"

KINDS = ("points", "stamps", "cashback", "stored", "pack")
VERBS = ("earn", "gift", "sell", "clear", "burn", "take_back", "give_back", "expire", "pay_out")
THEIRS = ("available", "pending", "clawback")
OURS = ("issued", "gifted", "sold", "burnt", "expired", "paid_out")
SOURCES = ("order", "hand", "gift", "back", "sold")

UNBALANCED = (
    "(SELECT count(*) FROM movement_leg WHERE movement_key = NEW.key) < 2"
    " OR (SELECT sum(amount) FROM movement_leg WHERE movement_key = NEW.key) <> 0"
)
SEALED = "EXISTS (SELECT 1 FROM movement WHERE key = NEW.movement_key)"
REWRITTEN = " OR ".join(
    [
        *(f"NEW.{name} <> OLD.{name}" for name in ("id", "person_id", "kind", "source", "amount")),
        "NEW.earned_at <> OLD.earned_at",
        "NEW.lapsed < OLD.lapsed",
        "OLD.cleared AND NOT NEW.cleared",
    ]
)
SHRUNK = " OR ".join(
    f"NEW.{name} < OLD.{name}" for name in ("earned", "taken", "forgiven", "burnt", "given")
)

GUARDS = [
    *append_only("movement"),
    *append_only("movement_leg"),
    *append_only("order_refund"),
    *append_only("pack"),
    Guard("movement", "INSERT", UNBALANCED, "a movement needs two legs or more that sum to zero"),
    Guard("movement_leg", "INSERT", SEALED, "this movement is sealed: no leg can be added"),
    Guard("parcel", "UPDATE", REWRITTEN, "what came in is not changed afterwards"),
    Guard("parcel", "DELETE", "1 = 1", "a parcel is kept: it expires, or is spent"),
    Guard("purse", "DELETE", "1 = 1", "a purse is kept, be it empty"),
    Guard("order_tally", "UPDATE", SHRUNK, "what an order earned and lost is only added to"),
    Guard("order_tally", "DELETE", "1 = 1", "what an order earned and lost is kept"),
]


def upgrade() -> None:
    """Forward only."""
    _purse()
    _movement()
    _leg()
    _parcel()
    _tally()
    _refund()
    _pack()
    for guard in GUARDS:
        guard.post()


def _purse() -> None:
    op.create_table(
        "purse",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("available", Amount(), nullable=False),
        sa.Column("pending", Amount(), nullable=False),
        sa.Column("debt", Amount(), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_purse_kind")),
        sa.CheckConstraint(
            "available >= 0 AND pending >= 0 AND debt >= 0", name=op.f("ck_purse_not_negative")
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_purse")),
    )


def _movement() -> None:
    op.create_table(
        "movement",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("order_key", sa.String(length=300), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_movement_kind")),
        sa.CheckConstraint(f"verb IN {VERBS}", name=op.f("ck_movement_verb")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_movement")),
    )
    op.create_index("ix_movement_person", "movement", ["person_id", "at"])
    op.create_index("ix_movement_order", "movement", ["order_key"])


def _leg() -> None:
    op.create_table(
        "movement_leg",
        sa.Column("movement_key", sa.String(length=200), nullable=False),
        sa.Column("leg", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("parcel", sa.String(length=240), nullable=True),
        sa.Column("amount", Amount(), nullable=False),
        sa.CheckConstraint(f"account IN {(*THEIRS, *OURS)}", name=op.f("ck_movement_leg_account")),
        sa.CheckConstraint(
            f"(account IN {THEIRS}) = (person_id IS NOT NULL)", name=op.f("ck_movement_leg_person")
        ),
        sa.CheckConstraint(
            "(account IN ('available', 'pending')) = (parcel IS NOT NULL)",
            name=op.f("ck_movement_leg_parcel"),
        ),
        sa.CheckConstraint(
            "amount <> 0 AND abs(amount) <= 1000000000000000", name=op.f("ck_movement_leg_amount")
        ),
        sa.ForeignKeyConstraint(
            ["movement_key"],
            ["movement.key"],
            name=op.f("fk_movement_leg_movement_key"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("movement_key", "leg", name=op.f("pk_movement_leg")),
    )
    op.create_index("ix_movement_leg_parcel", "movement_leg", ["parcel"])


def _parcel() -> None:
    op.create_table(
        "parcel",
        sa.Column("id", sa.String(length=240), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("order_key", sa.String(length=300), nullable=True),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("rest", Amount(), nullable=False),
        sa.Column("lapsed", Amount(), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("earned_at", Instant(timezone=True), nullable=False),
        sa.Column("clears_at", Instant(timezone=True), nullable=True),
        sa.Column("expires_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(f"source IN {SOURCES}", name=op.f("ck_parcel_source")),
        sa.CheckConstraint("amount > 0 AND rest BETWEEN 0 AND amount", name=op.f("ck_parcel_rest")),
        sa.CheckConstraint("lapsed BETWEEN 0 AND amount", name=op.f("ck_parcel_lapsed")),
        sa.CheckConstraint("cleared OR clears_at IS NOT NULL", name=op.f("ck_parcel_clears")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
    )
    op.create_index("ix_parcel_person", "parcel", ["person_id", "kind"])
    op.create_index("ix_parcel_clears", "parcel", ["cleared", "clears_at"])
    op.create_index("ix_parcel_expires", "parcel", ["expires_at"])
    op.create_index("ix_parcel_order", "parcel", ["order_key"])


def _tally() -> None:
    amounts = ("want", "seen_back", "back", "earned", "taken", "forgiven", "burnt", "given")
    op.create_table(
        "order_tally",
        sa.Column("order_key", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("total", Amount(), nullable=False),
        sa.Column("rate", Amount(), nullable=True),
        *(sa.Column(name, Amount(), nullable=False) for name in amounts),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "taken BETWEEN 0 AND earned AND forgiven BETWEEN 0 AND taken",
            name=op.f("ck_order_tally_taken"),
        ),
        sa.CheckConstraint("given BETWEEN 0 AND burnt", name=op.f("ck_order_tally_given")),
        sa.CheckConstraint(
            "total >= 0 AND back BETWEEN 0 AND total", name=op.f("ck_order_tally_back")
        ),
        sa.PrimaryKeyConstraint("order_key", "kind", name=op.f("pk_order_tally")),
    )


def _refund() -> None:
    op.create_table(
        "order_refund",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("order_key", sa.String(length=300), nullable=False),
        sa.Column("back", Amount(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("back > 0", name=op.f("ck_order_refund_back")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_order_refund")),
    )
    op.create_index("ix_order_refund_order", "order_refund", ["order_key"])


def _pack() -> None:
    op.create_table(
        "pack",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("parcel", sa.String(length=240), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("price", Amount(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("sessions > 0 AND price >= 0", name=op.f("ck_pack_sold")),
        sa.ForeignKeyConstraint(["parcel"], ["parcel.id"], name=op.f("fk_pack_parcel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
        sa.UniqueConstraint("parcel", name=op.f("uq_pack_parcel")),
    )
    op.create_index("ix_pack_person", "pack", ["person_id"])
