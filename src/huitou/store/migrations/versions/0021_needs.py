"""Paid cards, machines with their services, trade-in quotes, guides and who opened them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json
from huitou.store.migrations.guards import Guard, append_only

revision = "0021_needs"
down_revision = "0020_offers"

KINDS = ("bought", "renewed", "upgraded", "cancelled", "ended", "noticed", "cashback")
STATES = ("running", "ended", "cancelled")


def upgrade() -> None:
    """Forward only."""
    _cards()
    _movements()
    _machines()
    _reminders()
    _guides()


def _cards() -> None:
    op.create_table(
        "member",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("covered_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_member")),
    )
    op.create_table(
        "paid_card",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("card", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("card_since", sa.Date(), nullable=False),
        sa.Column("paid", Amount(), nullable=False),
        sa.Column("standing_order", sa.Boolean(), nullable=False),
        sa.Column("follows", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_paid_card_state")),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_paid_card_term")),
        sa.CheckConstraint(
            "card_since >= starts_on AND card_since <= ends_on",
            name=op.f("ck_paid_card_card_since"),
        ),
        sa.CheckConstraint("paid >= 0", name=op.f("ck_paid_card_paid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paid_card")),
        sa.UniqueConstraint("follows", name=op.f("uq_paid_card_follows")),
    )
    op.create_index("ix_paid_card_person", "paid_card", ["person_id"])
    op.create_index("ix_paid_card_ends", "paid_card", ["state", "ends_on"])
    Guard("paid_card", "DELETE", "1 = 1", "a card that was sold is kept").post()
    again = "OLD.state <> 'running'"
    Guard("paid_card", "UPDATE", again, "a term that is closed stays as it ended").post()


def _movements() -> None:
    op.create_table(
        "paid_card_event",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("membership_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("paid", Amount(), nullable=False),
        sa.Column("unearned", Amount(), nullable=False),
        sa.Column("earned", Amount(), nullable=False),
        sa.Column("back", Amount(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_paid_card_event_kind")),
        sa.CheckConstraint("paid = unearned + earned", name=op.f("ck_paid_card_event_even")),
        sa.CheckConstraint(
            "back >= 0 AND (back = 0 OR kind = 'cashback')", name=op.f("ck_paid_card_event_back")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["paid_card.id"],
            name=op.f("fk_paid_card_event_membership_id"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_paid_card_event")),
    )
    op.create_index("ix_paid_card_event_term", "paid_card_event", ["membership_id"])
    op.create_index("ix_paid_card_event_person", "paid_card_event", ["person_id"])
    for guard in append_only("paid_card_event"):
        guard.post()


def _machines() -> None:
    op.create_table(
        "machine",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("serial", sa.String(length=120), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=True),
        sa.Column("installed_on", sa.Date(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine")),
        sa.UniqueConstraint("serial", name=op.f("uq_machine_serial")),
    )
    op.create_index("ix_machine_person", "machine", ["person_id"])
    op.create_table(
        "machine_note",
        sa.Column("machine_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reading", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('reading', 'service')", name=op.f("ck_machine_note_kind")),
        sa.CheckConstraint(
            "(kind = 'reading') = (reading IS NOT NULL)", name=op.f("ck_machine_note_reading")
        ),
        sa.PrimaryKeyConstraint("machine_id", "kind", "day", name=op.f("pk_machine_note")),
    )
    op.create_table(
        "trade_quote",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("machine_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_trade_quote_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade_quote")),
    )
    op.create_index("ix_trade_quote_person", "trade_quote", ["person_id"])
    for guard in append_only("trade_quote"):
        guard.post()


def _reminders() -> None:
    op.create_table(
        "reminder",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('refill', 'service', 'use', 'end')", name=op.f("ck_reminder_kind")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reminder")),
    )
    op.create_index("ix_reminder_person", "reminder", ["person_id", "at"])
    for guard in append_only("reminder"):
        guard.post()


def _guides() -> None:
    op.create_table(
        "guide",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("video", sa.String(length=500), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("removed_at", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_guide")),
    )
    op.create_table(
        "guide_open",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('open', 'helped')", name=op.f("ck_guide_open_kind")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guide_open")),
    )
    op.create_index("ix_guide_open_slug", "guide_open", ["slug", "day"])
