"""Reminders that were asked for: one row for each need, never changed."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, String, Table

from huitou.store.columns import Instant, metadata

KINDS = ("refill", "service", "use", "end")

reminder = Table(
    "reminder",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("about", String(200), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
)
"""`about`: the product's number, or the machine's serial."""
Index("ix_reminder_person", reminder.c.person_id, reminder.c.at)
