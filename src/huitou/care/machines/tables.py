"""Machines in the books: each by its serial, its readings and services, and trade-in quotes.

machine          one that a person or a company owns
machine_note     a reading of its use, or a service that was done; once a day and kind
trade_quote      what is given for it, until a day; an amount that was said is not changed
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, String, Table, Text

from huitou.store.columns import Amount, Instant, metadata

machine = Table(
    "machine",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("serial", String(120), nullable=False, unique=True),
    Column("product", String(200), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("company", String(200)),
    Column("installed_on", Date, nullable=False),
    Column("retired_on", Date),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_machine_person", machine.c.person_id)

machine_note = Table(
    "machine_note",
    metadata,
    Column("machine_id", String(64), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("reading", BigInteger),
    Column("words", Text),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('reading', 'service')", name="kind"),
    CheckConstraint("(kind = 'reading') = (reading IS NOT NULL)", name="reading"),
)

trade_quote = Table(
    "trade_quote",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("machine_id", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
)
Index("ix_trade_quote_person", trade_quote.c.person_id)
