"""Paid cards in the books: who is covered until when, each term, and every movement of money.

    member             one row a person: until when they are covered; every sale goes through it
    paid_card          one term of one card; a renewal follows another term, once
    paid_card_event    one movement: what was paid is what is still owed in service and what is
                       earned, to the last unit (a check), never changed (a trigger)

`paid` below zero is money given back. `back` is what came back at the year's end as cashback.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
)

from huitou.store.columns import Amount, Instant, metadata

KINDS = ("bought", "renewed", "upgraded", "cancelled", "ended", "noticed", "cashback")
STATES = ("running", "ended", "cancelled")

member = Table(
    "member",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("covered_until", Date, nullable=False),
)

paid_card = Table(
    "paid_card",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("card", String(20), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("card_since", Date, nullable=False),
    Column("paid", Amount, nullable=False),
    Column("standing_order", Boolean, nullable=False),
    Column("follows", String(64), unique=True),
    Column("state", String(10), nullable=False),
    Column("closed_on", Date),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"state IN {STATES}", name="state"),
    CheckConstraint("starts_on < ends_on", name="term"),
    CheckConstraint("card_since >= starts_on AND card_since <= ends_on", name="card_since"),
    CheckConstraint("paid >= 0", name="paid"),
)
"""`card_since`: from when this card holds; later than the start after an upgrade. `standing_order`:
the member asked that it be renewed each year, which it is only after a notice."""
Index("ix_paid_card_person", paid_card.c.person_id)
Index("ix_paid_card_ends", paid_card.c.state, paid_card.c.ends_on)

paid_card_event = Table(
    "paid_card_event",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("membership_id", String(64), ForeignKey("paid_card.id"), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("paid", Amount, nullable=False),
    Column("unearned", Amount, nullable=False),
    Column("earned", Amount, nullable=False),
    Column("back", Amount, nullable=False),
    Column("day", Date, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
    CheckConstraint("paid = unearned + earned", name="even"),
    CheckConstraint("back >= 0 AND (back = 0 OR kind = 'cashback')", name="back"),
)
Index("ix_paid_card_event_term", paid_card_event.c.membership_id)
Index("ix_paid_card_event_person", paid_card_event.c.person_id)
