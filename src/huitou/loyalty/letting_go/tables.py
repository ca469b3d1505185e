"""Customers who were let go: what a human decided, on which evidence, and what followed.

let_go        waiting    it takes a second person (four eyes)
              standing   the step holds, until its last day
              control    by lot they are left as they are, so that it can be proven whether it paid
              refused    the second person said no
              lifted     taken back before its end
              over       its last day has passed
let_go_word   what the customer said against it, and what was answered: added to, never changed
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
)

from huitou.store.columns import Instant, Json, Serial, index_where, metadata

let_go = Table(
    "let_go",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("step", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("lot", Float),
    Column("controlled", Boolean),
    Column("kinds", Json, nullable=False),
    Column("figures", Json, nullable=False),
    Column("words", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("letter", Text, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("needs_second", Boolean, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("second_by", String(120)),
    Column("second_at", Instant),
    Column("since", Date),
    Column("until", Date, nullable=False),
    Column("ended_by", String(120)),
    Column("ended_at", Instant),
    Column("ended_words", Text),
    CheckConstraint("step IN ('no_offers', 'stricter', 'closed')", name="step"),
    CheckConstraint(
        "state IN ('waiting', 'standing', 'control', 'refused', 'lifted', 'over')", name="state"
    ),
    CheckConstraint(
        "NOT needs_second OR state IN ('waiting', 'refused', 'lifted')"
        " OR (second_by IS NOT NULL AND second_by <> by)",
        name="four_eyes",
    ),
    CheckConstraint(
        "(lot IS NULL) = (since IS NULL) AND (lot IS NULL) = (controlled IS NULL)", name="drawn"
    ),
)
index_where(
    "uq_let_go_open",
    "state IN ('waiting', 'standing', 'control')",
    let_go.c.person_id,
    unique=True,
)
Index("ix_let_go_person", let_go.c.person_id, let_go.c.at)

let_go_word = Table(
    "let_go_word",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("let_go_id", String(26), ForeignKey("let_go.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("by", String(120), nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('appeal', 'granted', 'stands')", name="kind"),
)
