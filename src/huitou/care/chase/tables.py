"""Whom staff do not chase any more, in the books: added to, never changed.

chase_mark     never        marked, with a reason in words and a day to look at it again
               reviewed     looked at again: it stands, until another day
               lifted       taken back

The latest word on a person counts.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, String, Table, Text

from huitou.store.columns import Instant, Serial, metadata

chase_mark = Table(
    "chase_mark",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("why", String(40), nullable=False),
    Column("words", Text, nullable=False),
    Column("review_on", Date, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("state IN ('never', 'reviewed', 'lifted')", name="state"),
)
Index("ix_chase_mark_person", chase_mark.c.person_id, chase_mark.c.at)
