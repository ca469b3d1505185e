"""Customers who were let go, what they said against it, and what staff conceded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json, Serial
from huitou.store.migrations.guards import Guard, append_only, excuse, never_taken_back

revision = "0031_letting_go"
down_revision = "0030_connections"

STEPS: dict[str, tuple[str, ...]] = {
    "waiting": ("standing", "control", "refused", "lifted"),
    "standing": ("lifted", "over"),
    "control": ("lifted", "over"),
}
DECIDED = " OR ".join(
    f"NEW.{name} <> OLD.{name}" for name in ("id", "person_id", "step", "words", "by", "until")
)
REDRAWN = "(OLD.lot IS NOT NULL AND NEW.lot <> OLD.lot)"
ASKED: dict[str, tuple[str, ...]] = {"asked": ("approved", "refused")}
TOLD = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("id", "kind", "amount", "by", "day"))
OPEN = sa.text("state IN ('waiting', 'standing', 'control')")
GUARDS = (
    never_taken_back("let_go", "state", STEPS, also=f"{DECIDED} OR {REDRAWN}"),
    Guard("let_go", "DELETE", "1 = 1", "that somebody was let go is kept"),
    *append_only("let_go_word"),
    never_taken_back("demand", "state", ASKED, also=TOLD),
    Guard("demand", "DELETE", "1 = 1", "what was demanded is kept"),
)
PERSONAL: dict[str, tuple[str, ...]] = {
    "let_go": ("person_id", "kinds", "figures", "words", "letter", "token_hash", "ended_words"),
    "let_go_word": ("words",),
    "demand": ("person_id", "words", "decided_words"),
}


def upgrade() -> None:
    """Forward only."""
    _let_go()
    _words()
    _demands()
    for guard in GUARDS:
        guard.post()
    for table, columns in PERSONAL.items():
        excuse(table, columns)


def _let_go() -> None:
    op.create_table(
        "let_go",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lot", sa.Float(), nullable=True),
        sa.Column("controlled", sa.Boolean(), nullable=True),
        sa.Column("kinds", Json(), nullable=False),
        sa.Column("figures", Json(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("second_by", sa.String(length=120), nullable=True),
        sa.Column("second_at", Instant(timezone=True), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_by", sa.String(length=120), nullable=True),
        sa.Column("ended_at", Instant(timezone=True), nullable=True),
        sa.Column("ended_words", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "NOT needs_second OR state IN ('waiting', 'refused', 'lifted')"
            " OR (second_by IS NOT NULL AND second_by <> by)",
            name=op.f("ck_let_go_four_eyes"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'standing', 'control', 'refused', 'lifted', 'over')",
            name=op.f("ck_let_go_state"),
        ),
        sa.CheckConstraint(
            "step IN ('no_offers', 'stricter', 'closed')", name=op.f("ck_let_go_step")
        ),
        sa.CheckConstraint(
            "(lot IS NULL) = (since IS NULL) AND (lot IS NULL) = (controlled IS NULL)",
            name=op.f("ck_let_go_drawn"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_let_go")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_let_go_token_hash")),
    )
    op.create_index("ix_let_go_person", "let_go", ["person_id", "at"])
    op.create_index(
        "uq_let_go_open", "let_go", ["person_id"], unique=True,
        sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip


def _words() -> None:
    op.create_table(
        "let_go_word",
        sa.Column("id", Serial, nullable=False),
        sa.Column("let_go_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('appeal', 'granted', 'stands')", name=op.f("ck_let_go_word_kind")
        ),
        sa.ForeignKeyConstraint(
            ["let_go_id"], ["let_go.id"], name=op.f("fk_let_go_word_let_go_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_let_go_word")),
    )
    op.create_index("ix_let_go_word_let_go_id", "let_go_word", ["let_go_id"])


def _demands() -> None:
    op.create_table(
        "demand",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", Instant(timezone=True), nullable=True),
        sa.Column("decided_words", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> by)",
            name=op.f("ck_demand_other"),
        ),
        sa.CheckConstraint(
            "state IN ('conceded', 'asked', 'approved', 'refused')", name=op.f("ck_demand_state")
        ),
        sa.CheckConstraint(
            "amount >= 0 AND minutes BETWEEN 0 AND 1440", name=op.f("ck_demand_effort")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
        sa.UniqueConstraint("key", name=op.f("uq_demand_key")),
    )
    op.create_index("ix_demand_person", "demand", ["person_id", "at"])
    op.create_index("ix_demand_state", "demand", ["state", "at"])
    op.create_table(
        "demand_day",
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spent", Amount(), nullable=False),
        sa.CheckConstraint("spent >= 0", name=op.f("ck_demand_day_not_negative")),
        sa.PrimaryKeyConstraint("by", "day", name=op.f("pk_demand_day")),
    )
