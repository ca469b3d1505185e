"""Journeys, and those who walk them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json
from huitou.store.migrations.guards import Guard, append_only

revision = "0022_paths"
down_revision = "0021_needs"

INSIDE = sa.text("left_at IS NULL")
UNTREATED = sa.text("left_at IS NULL AND arm <> 'treated'")
FRESH = sa.text("is_new")
TURNED_BACK = (
    "NEW.steps < OLD.steps OR NEW.arm <> OLD.arm"
    " OR (OLD.left_at IS NOT NULL AND NEW.left_at IS NULL)"
)
UNTREATED_INSIDE = (
    "NEW.origin = 'journey' AND EXISTS (SELECT 1 FROM position WHERE position.who = NEW.person_id"
    " AND position.left_at IS NULL AND position.arm <> 'treated'"
    " AND NEW.origin_id LIKE 'j' || position.journey || '.%')"
)
"""Who walks to be compared with is written nothing by that journey (TRUST I-11)."""


def upgrade() -> None:
    """Forward only."""
    _journeys()
    _walks()
    _knowledge()
    _wishes()
    for guard in (*append_only("journey_version"), *append_only("step_taken")):
        guard.post()
    Guard("position", "UPDATE", TURNED_BACK, "a walk goes one way, in one arm").post()
    silent = "a journey writes nothing to who is held out of it"
    Guard("sending", "INSERT", UNTREATED_INSIDE, silent, also="_paths").post()


def _journeys() -> None:
    op.create_table(
        "journey",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("started_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state = 'draft' OR started_at IS NOT NULL", name=op.f("ck_journey_started")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'live', 'paused', 'stopped')", name=op.f("ck_journey_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
        sa.UniqueConstraint("name", name=op.f("uq_journey_name")),
    )
    op.create_table(
        "journey_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("journey", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey"], ["journey.id"], name=op.f("fk_journey_version_journey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_version")),
        sa.UniqueConstraint("journey", "number", name="uq_journey_version_number"),
    )


def _walks() -> None:
    op.create_table(
        "position",
        sa.Column("journey", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("node", sa.String(length=40), nullable=False),
        sa.Column("since", Instant(timezone=True), nullable=False),
        sa.Column("wake_at", Instant(timezone=True), nullable=False),
        sa.Column("as_of", Instant(timezone=True), nullable=False),
        sa.Column("entered_at", Instant(timezone=True), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("left_because", sa.String(length=10), nullable=True),
        sa.Column("left_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "arm IN ('treated', 'control', 'held_out')", name=op.f("ck_position_arm")
        ),
        sa.CheckConstraint(
            "(left_at IS NULL) = (left_because IS NULL)", name=op.f("ck_position_left")
        ),
        sa.PrimaryKeyConstraint("journey", "person_id", "entry", name=op.f("pk_position")),
    )
    op.create_index(
        "ix_position_due",
        "position",
        ["version", "node", "wake_at"],
        sqlite_where=INSIDE,
        postgresql_where=INSIDE,
    )
    op.create_index(
        "ix_position_untreated",
        "position",
        ["who", "journey"],
        sqlite_where=UNTREATED,
        postgresql_where=UNTREATED,
    )
    op.create_index("ix_position_who", "position", ["who"])
    op.create_table(
        "step_taken",
        sa.Column("journey", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "arm = 'treated' OR message IS NULL",
            name=op.f("ck_step_taken_held_out_is_written_nothing"),
        ),
        sa.PrimaryKeyConstraint(
            "journey", "person_id", "entry", "number", name=op.f("pk_step_taken")
        ),
        sqlite_with_rowid=False,
    )


def _knowledge() -> None:
    op.create_table(
        "path_person",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("hold_key", sa.String(length=200), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("cause", sa.String(length=40), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=True),
        sa.Column("orders", sa.Integer(), nullable=True),
        sa.Column("days_bought", sa.Integer(), nullable=True),
        sa.Column("quiet_days", sa.Integer(), nullable=True),
        sa.Column("known_days", sa.Integer(), nullable=True),
        sa.Column("value", Amount(), nullable=True),
        sa.Column("profit", Amount(), nullable=True),
        sa.Column("spent", Amount(), nullable=True),
        sa.Column("basket", Amount(), nullable=True),
        sa.Column("p_buy", sa.Float(), nullable=True),
        sa.Column("p_alive", sa.Float(), nullable=True),
        sa.Column("store", sa.String(length=200), nullable=True),
        sa.Column("channel", sa.String(length=200), nullable=True),
        sa.Column("region", sa.String(length=200), nullable=True),
        sa.Column("reach", sa.String(length=80), nullable=True),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_path_person")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "heard",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("noted_at", Instant(timezone=True), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_heard")),
    )
    op.create_index(
        "ix_heard_new", "heard", ["noted_at"], sqlite_where=FRESH, postgresql_where=FRESH
    )
    op.create_index("ix_heard_person", "heard", ["person_id", "name", "at"])
    op.create_table(
        "path_day",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_path_day")),
    )


def _wishes() -> None:
    op.create_table(
        "path_gift",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("gift", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("journey", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("arm = 'treated'", name=op.f("ck_path_gift_never_held_out")),
        sa.CheckConstraint(
            "gift IN ('points', 'surprise', 'offer')", name=op.f("ck_path_gift_gift")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'given', 'refused')", name=op.f("ck_path_gift_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_path_gift")),
    )
    op.create_index("ix_path_gift_state", "path_gift", ["state", "asked_at"])
    op.create_table(
        "path_mark",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_path_mark")),
    )
