"""Two customers who are one: the pairs, every word about them, and who is joined with whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant, Json, Serial
from huitou.store.migrations.guards import append_only

revision = "0033_one_customer"
down_revision = "0032_fetched"


def upgrade() -> None:
    """Forward only."""
    op.create_table(
        "alike_pair",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("left_id", sa.String(length=64), nullable=False),
        sa.Column("right_id", sa.String(length=64), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'joined', 'same', 'different')", name=op.f("ck_alike_pair_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alike_pair")),
    )
    op.create_index("ix_alike_pair_people", "alike_pair", ["left_id", "right_id"])
    op.create_index("ix_alike_pair_state", "alike_pair", ["state", "weight"])
    op.create_table(
        "alike_word",
        sa.Column("id", Serial, nullable=False),
        sa.Column("pair_id", sa.String(length=26), nullable=False),
        sa.Column("word", sa.String(length=10), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "word IN ('joined', 'same', 'different', 'undone')", name=op.f("ck_alike_word_word")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["alike_pair.id"], name=op.f("fk_alike_word_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alike_word")),
    )
    op.create_index("ix_alike_word_pair_id", "alike_word", ["pair_id"])
    op.create_table(
        "alike_join",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("block", sa.String(length=64), nullable=False),
        sa.Column("survivor", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("cases", Json(), nullable=False),
        sa.CheckConstraint("person_id <> survivor", name=op.f("ck_alike_join_another")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_alike_join")),
    )
    op.create_index("ix_alike_join_survivor", "alike_join", ["survivor"])
    for guard in append_only("alike_word"):
        guard.post()
