"""Tests that somebody planned and wrote down before anybody was in them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Text

from huitou.store.columns import Instant, Json, metadata

trial = Table(
    "trial",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("name", Text, nullable=False),
    Column("arms", Json, nullable=False),
    Column("stages", Json, nullable=False),
    Column("most", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("enrol_until", Date, nullable=False),
    Column("expected", Json, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("stopped_by", String(120)),
    Column("stopped_at", Instant),
    CheckConstraint("most > 0", name="most"),
    CheckConstraint("days > 0", name="days"),
    CheckConstraint("outcome IN ('visits', 'profit')", name="outcome"),
    CheckConstraint("(stopped_by IS NULL) = (stopped_at IS NULL)", name="stopped"),
)
"""`arms`: act -> share. `days`: the window after each person's plan. `most`: people wanted.
`expected`: what the planner said it would see, kept as it was said."""
Index("ix_trial_at", trial.c.at)
