"""The journal of runs, in the books: a finished step is a row, and is not done again."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from huitou.store.columns import Instant, Json, metadata

run = Table(
    "run",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("choices", Json, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("status", String(10), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    CheckConstraint("status IN ('running', 'done', 'given_up')", name="status"),
)
Index(
    "uq_run_running",
    run.c.fingerprint,
    unique=True,
    sqlite_where=text("status = 'running'"),
    postgresql_where=text("status = 'running'"),
)
Index("ix_run_started", run.c.started_at)

run_step = Table(
    "run_step",
    metadata,
    Column("run_id", String(26), ForeignKey("run.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("result", Json, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("cpu_seconds", Float, nullable=False),
    Column("peak_megabytes", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("finished_at", Instant, nullable=False),
)
