"""Journeys and those who walk them, in the books.

    journey          a name, and whether it runs
    journey_version  what was written, for ever: a change is another version
    position         where each walk of each person stands
    step_taken       every step that was taken, by which way, with the arm; never changed
    path_person      what is known of the people inside, as of the last day
    heard            what happened to people, as far as journeys ask
    path_day         days of people that others know: birthdays, renewals, refills
    path_gift        what a journey wants given; whoever keeps the gift gives it
    path_mark        how far the outbox was read

A walk's key is natural: journey, person, occasion. Who is not treated is written nothing: no step
of theirs may name a message, and a trigger refuses such a message itself (TRUST I-11).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    or_,
)

from huitou.store.columns import Amount, Instant, Json, Serial, index_where, metadata

STATES = ("draft", "live", "paused", "stopped")

journey = Table(
    "journey",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("version", Integer),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("started_at", Instant),
    CheckConstraint(f"state IN {STATES}", name="state"),
    CheckConstraint("state = 'draft' OR started_at IS NOT NULL", name="started"),
)
"""`version`: of `journey_version`, by which people come in."""

journey_version = Table(
    "journey_version",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("journey", Integer, ForeignKey("journey.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("journey", "number", name="uq_journey_version_number"),
)

position = Table(
    "position",
    metadata,
    Column("journey", Integer, primary_key=True),
    Column("person_id", String(64), primary_key=True),
    Column("entry", String(16), primary_key=True),
    Column("who", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("arm", String(10), nullable=False),
    Column("node", String(40), nullable=False),
    Column("since", Instant, nullable=False),
    Column("wake_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("told", Json, nullable=False),
    Column("left_because", String(10)),
    Column("left_at", Instant),
    CheckConstraint("arm IN ('treated', 'control', 'held_out')", name="arm"),
    CheckConstraint("(left_at IS NULL) = (left_because IS NULL)", name="left"),
)
"""`person_id` and `entry` name the walk for ever; `who` is the id the person goes by now."""
index_where(
    "ix_position_due", "left_at IS NULL", position.c.version, position.c.node, position.c.wake_at
)
index_where("ix_position_other", "who <> person_id", position.c.who)
index_where(
    "ix_position_untreated",
    "left_at IS NULL AND arm <> 'treated'",
    position.c.who,
    position.c.journey,
    position.c.arm,
    position.c.left_at,
)


def goes_by(who: Any) -> ColumnElement[bool]:
    """Walks of who goes by this id now, within a journey: nearly all go by the id they came in by.

    In two halves, each with its own index: one on `who` alone would be written with every step.
    """
    return _goes(lambda column: column == who)


def among(people: Sequence[str]) -> ColumnElement[bool]:
    """Walks of who goes by one of these ids now, within a journey."""
    return _goes(lambda column: column.in_(people))


def _goes(by: Callable[[Column[Any]], ColumnElement[bool]]) -> ColumnElement[bool]:
    same = and_(by(position.c.person_id), position.c.who == position.c.person_id)
    return or_(same, and_(by(position.c.who), position.c.who != position.c.person_id))


step_taken = Table(
    "step_taken",
    metadata,
    Column("journey", Integer, primary_key=True),
    Column("person_id", String(64), primary_key=True),
    Column("entry", String(16), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("node", String(40), nullable=False),
    Column("way", String(40), nullable=False),
    Column("arm", String(10), nullable=False),
    Column("message", String(64)),
    Column("at", Instant, nullable=False),
    CheckConstraint("arm = 'treated' OR message IS NULL", name="held_out_is_written_nothing"),
    sqlite_with_rowid=False,
)

path_person = Table(
    "path_person",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("hold_key", String(200), nullable=False),
    Column("held", Boolean, nullable=False),
    Column("stage", String(20)),
    Column("cause", String(40)),
    Column("why", String(20)),
    Column("orders", Integer),
    Column("days_bought", Integer),
    Column("quiet_days", Integer),
    Column("known_days", Integer),
    Column("value", Amount),
    Column("profit", Amount),
    Column("spent", Amount),
    Column("basket", Amount),
    Column("p_buy", Float),
    Column("p_alive", Float),
    Column("store", String(200)),
    Column("channel", String(200)),
    Column("region", String(200)),
    Column("reach", String(80)),
    Column("known_on", Date, nullable=False),
    sqlite_with_rowid=False,
)
"""`reach`: channels by which they can be reached, as `,email,sms,`."""

heard = Table(
    "heard",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("name", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("told", Json, nullable=False),
    Column("is_new", Boolean, nullable=False),
)
Index("ix_heard_person", heard.c.person_id, heard.c.name, heard.c.at)
index_where("ix_heard_new", "is_new", heard.c.noted_at)

path_day = Table(
    "path_day",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("day", Date, nullable=False),
    Column("told", Json, nullable=False),
    Column("at", Instant, nullable=False),
)

path_gift = Table(
    "path_gift",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("arm", String(10), nullable=False),
    Column("gift", String(10), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("what", String(40), nullable=False),
    Column("journey", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text),
    Column("asked_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("arm = 'treated'", name="never_held_out"),
    CheckConstraint("gift IN ('points', 'surprise', 'offer')", name="gift"),
    CheckConstraint("state IN ('asked', 'given', 'refused')", name="state"),
)
Index("ix_path_gift_state", path_gift.c.state, path_gift.c.asked_at)

path_mark = Table(
    "path_mark",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
)
