"""Offers redeemed and reversed, surprises, and friends who are brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json
from huitou.store.migrations.guards import Guard, append_only, never_taken_back

revision = "0020_offers"
down_revision = "0019_ladder"

OFFER: dict[str, tuple[str, ...]] = {
    "open": ("released", "expired", "settled"),
    # An order that is cancelled gives its offer back, where its time is not over.
    "settled": ("open", "expired", "released"),
}
SURPRISE: dict[str, tuple[str, ...]] = {"waiting": ("delivered", "expired")}
REFERRAL: dict[str, tuple[str, ...]] = {
    "named": ("bought", "caught", "over"),
    "bought": ("rewarded", "caught", "named", "over"),
    # A person looked: it was a friend after all, or it was not.
    "caught": ("bought", "refused"),
}
OTHER_USE = (
    "OLD.reversed_at IS NOT NULL OR NEW.reversed_at IS NULL"
    " OR NEW.order_id <> OLD.order_id OR NEW.total <> OLD.total OR NEW.given <> OLD.given"
    " OR NEW.payable <> OLD.payable OR NEW.fingerprint <> OLD.fingerprint"
)
OTHER_SALE = (
    "OLD.cancelled_at IS NOT NULL OR NEW.cancelled_at IS NULL OR NEW.total <> OLD.total"
    " OR NEW.person_id <> OLD.person_id"
)
GUARDS = (
    never_taken_back("surprise", "state", SURPRISE),
    never_taken_back("referral", "state", REFERRAL),
    Guard("redemption", "UPDATE", OTHER_USE, "a use is reversed once, and never changed"),
    Guard("redemption", "DELETE", "1 = 1", "a use is kept, also when it is reversed"),
    Guard("till_order", "UPDATE", OTHER_SALE, "a sale is cancelled once, and never changed"),
    Guard("surprise", "DELETE", "1 = 1", "who was drawn stays drawn"),
    Guard("referral_reward", "UPDATE", "1 = 1", "a reward is given once"),
    *append_only("reversal"),
)


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "birthday",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_birthday_month")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_birthday")),
    )
    op.create_table(
        "referral_count",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n >= 0", name=op.f("ck_referral_count_n")),
        sa.PrimaryKeyConstraint("person_id", "month", name=op.f("pk_referral_count")),
    )
    op.create_table(
        "referral_link",
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("closed_at", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_referral_link")),
        sa.UniqueConstraint("person_id", name=op.f("uq_referral_link_person_id")),
    )
    op.create_table(
        "surprise",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("gift", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("cost", Amount(), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("lot", sa.Float(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("receipt", Json(), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("delivered_at", Instant(timezone=True), nullable=True),
        sa.Column("delivered_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(arm = 'control') = (state = 'control')", name=op.f("ck_surprise_control")
        ),
        sa.CheckConstraint("arm IN ('given', 'control')", name=op.f("ck_surprise_arm")),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'expired', 'control')",
            name=op.f("ck_surprise_state"),
        ),
        sa.CheckConstraint("chance > 0 AND chance <= 1", name=op.f("ck_surprise_chance")),
        sa.CheckConstraint("cost > 0", name=op.f("ck_surprise_cost")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surprise")),
    )
    op.create_index("ix_surprise_person", "surprise", ["person_id"])
    op.create_index("ix_surprise_waiting", "surprise", ["state", "ends_at"])
    op.create_table(
        "surprise_budget",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("cap", Amount(), nullable=False),
        sa.Column("spent", Amount(), nullable=False),
        sa.CheckConstraint("spent >= 0 AND spent <= cap", name=op.f("ck_surprise_budget_within")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_surprise_budget")),
    )
    op.create_table(
        "surprise_count",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n >= 0", name=op.f("ck_surprise_count_n")),
        sa.PrimaryKeyConstraint("person_id", "year", name=op.f("pk_surprise_count")),
    )
    op.create_table(
        "till_order",
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("total", Amount(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("cancelled_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint("total >= 0", name=op.f("ck_till_order_total")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_till_order")),
    )
    op.create_index("ix_till_order_person", "till_order", ["person_id", "at"])
    op.create_table(
        "redemption",
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("use", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.String(length=200), nullable=False),
        sa.Column("total", Amount(), nullable=False),
        sa.Column("given", Amount(), nullable=False),
        sa.Column("off", Amount(), nullable=False),
        sa.Column("payable", Amount(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("reversed_at", Instant(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "payable >= 0 AND payable = total - off", name=op.f("ck_redemption_payable")
        ),
        sa.CheckConstraint(
            "total >= 0 AND given >= 0 AND off >= 0 AND off <= given",
            name=op.f("ck_redemption_amounts"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_redemption_offer_id")),
        sa.PrimaryKeyConstraint("offer_id", "use", name=op.f("pk_redemption")),
    )
    op.create_index("ix_redemption_once", "redemption", ["offer_id", "order_id"], unique=True)
    op.create_index(
        "ix_redemption_order",
        "redemption",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("reversed_at IS NULL"),
        postgresql_where=sa.text("reversed_at IS NULL"),
    )
    op.create_index("ix_redemption_person", "redemption", ["person_id"])
    op.create_table(
        "referral",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("giver_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=True),
        sa.Column("friend_id", sa.String(length=64), nullable=True),
        sa.Column("order_id", sa.String(length=200), nullable=True),
        sa.Column("order_day", sa.Date(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("state_at", Instant(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint("state <> 'caught' OR why IS NOT NULL", name=op.f("ck_referral_why")),
        sa.CheckConstraint(
            "state <> 'rewarded' OR friend_id <> giver_id", name=op.f("ck_referral_another")
        ),
        sa.CheckConstraint(
            "state IN ('named', 'bought', 'rewarded', 'caught', 'refused', 'over')",
            name=op.f("ck_referral_state"),
        ),
        sa.CheckConstraint(
            "phone IS NOT NULL OR email IS NOT NULL", name=op.f("ck_referral_reachable")
        ),
        sa.ForeignKeyConstraint(["token"], ["referral_link.token"], name=op.f("fk_referral_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index("ix_referral_friend", "referral", ["friend_id"])
    op.create_index("ix_referral_giver", "referral", ["giver_id"])
    op.create_index("ix_referral_state", "referral", ["state"])
    op.create_table(
        "reversal",
        sa.Column("posting_key", sa.String(length=120), nullable=False),
        sa.Column("reverses", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["posting_key"], ["posting.key"], name=op.f("fk_reversal_posting_key")
        ),
        sa.ForeignKeyConstraint(["reverses"], ["posting.key"], name=op.f("fk_reversal_reverses")),
        sa.PrimaryKeyConstraint("posting_key", name=op.f("pk_reversal")),
        sa.UniqueConstraint("reverses", name=op.f("uq_reversal_reverses")),
    )
    op.create_table(
        "referral_contact",
        sa.Column("key", sa.String(length=270), nullable=False),
        sa.Column("referral_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_contact_referral_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_referral_contact")),
    )
    op.create_table(
        "referral_friend",
        sa.Column("friend_id", sa.String(length=64), nullable=False),
        sa.Column("referral_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_friend_referral_id")
        ),
        sa.PrimaryKeyConstraint("friend_id", name=op.f("pk_referral_friend")),
    )
    op.create_table(
        "referral_reward",
        sa.Column("referral_id", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('giver', 'friend')", name=op.f("ck_referral_reward_side")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_referral_reward_amount")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_reward_referral_id")
        ),
        sa.PrimaryKeyConstraint("referral_id", "side", name=op.f("pk_referral_reward")),
    )
    op.add_column("offer", sa.Column("kind", sa.String(length=10), nullable=True))
    op.add_column("offer", sa.Column("stage", sa.String(length=20), nullable=True))
    op.add_column("offer", sa.Column("bound", Amount(), nullable=True))
    op.add_column("offer", sa.Column("why", sa.String(length=20), nullable=True))
    op.add_column("offer", sa.Column("uses", sa.Integer(), nullable=True))
    _offers_go_back()
    for guard in GUARDS:
        guard.post()


def _offers_go_back() -> None:
    """The guard of an offer's states is taken down and set up anew, with the way back."""
    guard = never_taken_back("offer", "state", OFFER)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {guard.name}")
    else:
        op.execute(f"DROP TRIGGER {guard.name} ON offer")
        op.execute(f"DROP FUNCTION {guard.name}()")
    guard.post()
