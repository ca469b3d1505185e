"""The journal of runs, in the books: a finished step is not done again. And reports that left."""

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
    Text,
    UniqueConstraint,
)

from huitou.store.columns import Instant, Json, Serial, index_where, metadata

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
index_where("uq_run_running", "status = 'running'", run.c.fingerprint, unique=True)
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

report_sent = Table(
    "report_sent",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("period", String(10), nullable=False),
    Column("until", Date, nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("due_on", Date),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("stage", String(20)),
    Column("reason", Text),
    Column("at", Instant, nullable=False),
    UniqueConstraint("period", "until", "recipient", name="uq_report_sent_once"),
    UniqueConstraint("period", "due_on", "recipient", name="uq_report_sent_due"),
    CheckConstraint("period IN ('week', 'month')", name="period"),
    CheckConstraint(
        "state IN ('waiting', 'handing_over', 'accepted', 'refused', 'in_doubt')", name="state"
    ),
)
"""One row before the network is touched: the same report leaves at most once for each owner."""
