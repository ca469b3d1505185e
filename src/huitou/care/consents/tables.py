"""Consent in the books: every word as it was said; how it stands is derived, never written.

    consent_event     one word about one channel and purpose, for one id of a person
    consent_wording   the texts that were agreed to
    consent_choice    how often and in which language; the latest row counts, whole
    consent_heard     what was written in own words and waits for a person to read it
    consent_link      where the links in letters lead, by the fingerprint of their token
    consent_ask       a first yes that waits to be confirmed (`asking`)
    consent_key       what links that carry their own proof were signed with, now and before

A withdrawal of marketing is also a `silence` (care/tables.py), and that is what every door asks.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from huitou.store.columns import Instant, Json, Serial, metadata

consent_wording = Table(
    "consent_wording",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("language", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

consent_event = Table(
    "consent_event",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("said_under", String(64), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("state", String(10), nullable=False),
    Column("source", String(20), nullable=False),
    Column("reason", String(40)),
    Column("wording", String(64), ForeignKey("consent_wording.id")),
    Column("language", String(10)),
    Column("by", String(120), nullable=False),
    Column("proof", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("written_at", Instant, nullable=False),
    CheckConstraint("state IN ('given', 'withdrawn')", name="state"),
)
"""`said_under`: the id they went by when they said it; a row stands for each id they had then."""
Index("ix_consent_event_person", consent_event.c.person_id, consent_event.c.at)
Index("ix_consent_event_written", consent_event.c.written_at, consent_event.c.id)

consent_choice = Table(
    "consent_choice",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("pace", String(10), nullable=False),
    Column("pause_until", Date),
    Column("language", String(10)),
    Column("source", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("pace IN ('usual', 'less')", name="pace"),
)
Index("ix_consent_choice_person", consent_choice.c.person_id, consent_choice.c.at)

consent_heard = Table(
    "consent_heard",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64)),
    Column("channel", String(10), nullable=False),
    Column("address", String(64), nullable=False),
    Column("words", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("settled_by", String(120)),
    Column("settled_at", Instant),
    CheckConstraint("state IN ('waiting', 'withdrawn', 'kept')", name="state"),
)
Index("ix_consent_heard_state", consent_heard.c.state, consent_heard.c.at)
Index("ix_consent_heard_person", consent_heard.c.person_id)

consent_link = Table(
    "consent_link",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("sending_id", String(64)),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('preferences', 'unsubscribe')", name="kind"),
)

consent_ask = Table(
    "consent_ask",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("source", String(20), nullable=False),
    Column("wording", String(64), ForeignKey("consent_wording.id")),
    Column("language", String(10)),
    Column("by", String(120), nullable=False),
    Column("proof", Json, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("settled_at", Instant),
    CheckConstraint("state IN ('waiting', 'confirmed', 'withdrawn')", name="state"),
    CheckConstraint("times BETWEEN 1 AND 2", name="times"),
)
"""`times`: how often they were asked. What still waits after `ends_at` is over."""
Index("ix_consent_ask_person", consent_ask.c.person_id, consent_ask.c.state)

consent_key = Table(
    "consent_key",
    metadata,
    Column("secret", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
)
"""Secrets that links in letters were signed with: a link works after the shop took another one."""
