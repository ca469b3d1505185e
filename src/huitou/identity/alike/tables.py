"""What the books keep of likeness: pairs, every word about them, and who is joined with whom.

alike_pair   open        for somebody to look at
             joined      made one, for they are as like as one
             same        made one, for somebody said so
             different   somebody said they are two: never asked again
alike_word   who said what of a pair, at which weight, and when: added to, never changed
alike_join   who goes by another's id for now; taken away when they are two again, with what it did

In the lake `joins` says the same for the facts. Nothing here says a name, a phone or an address.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, String, Table

from huitou.store.columns import Instant, Json, Serial, metadata

alike_pair = Table(
    "alike_pair",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("left_id", String(64), nullable=False),
    Column("right_id", String(64), nullable=False),
    Column("weight", Float, nullable=False),
    Column("chance", Float, nullable=False),
    Column("fields", Json, nullable=False),
    Column("state", String(10), nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("state IN ('open', 'joined', 'same', 'different')", name="state"),
)
"""`fields`: field -> how it agrees, in the words of `levels`; `by` and `at` of the latest word."""
Index("ix_alike_pair_people", alike_pair.c.left_id, alike_pair.c.right_id)
Index("ix_alike_pair_state", alike_pair.c.state, alike_pair.c.weight)

alike_word = Table(
    "alike_word",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("pair_id", String(26), ForeignKey("alike_pair.id"), nullable=False, index=True),
    Column("word", String(10), nullable=False),
    Column("weight", Float, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("word IN ('joined', 'same', 'different', 'undone')", name="word"),
)

alike_join = Table(
    "alike_join",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("block", String(64), nullable=False),
    Column("survivor", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("cases", Json, nullable=False),
    CheckConstraint("person_id <> survivor", name="another"),
)
"""`block`: the id under which keys alone know them; `cases`: closed because there were two."""
Index("ix_alike_join_survivor", alike_join.c.survivor)

JOINS = """
CREATE TABLE IF NOT EXISTS joins (
    person_id VARCHAR NOT NULL,      -- who is known by keys alone …
    survivor  VARCHAR NOT NULL       -- … and who they are
)"""
