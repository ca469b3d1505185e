"""What staff wrote into case files, and who has heard which lesson, in the books.

case_note      one line of a file, never changed (triggers, on both databases)
lesson_heard   who of the staff has read or been told a lesson
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from huitou.store.columns import Amount, Instant, Serial, metadata

case_note = Table(
    "case_note",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("case_id", String(64), ForeignKey("lost_case.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("cause", String(40)),
    Column("words", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("cost", Amount, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("fingerprint", String(64), nullable=False, unique=True),
    CheckConstraint("kind IN ('call', 'message', 'found', 'done', 'lesson', 'note')", name="kind"),
    CheckConstraint("minutes BETWEEN 0 AND 1440 AND cost >= 0", name="effort"),
    CheckConstraint("kind <> 'found' OR cause IS NOT NULL", name="found"),
)

lesson_heard = Table(
    "lesson_heard",
    metadata,
    Column("note_id", Serial, ForeignKey("case_note.id"), primary_key=True, autoincrement=False),
    Column("who", String(120), primary_key=True),
    Column("at", Instant, nullable=False),
)
