"""The outbox is written in large sets: fewer indexes, and questions that cost less a row.

An SQLite table changes its checks only by being made anew: the rows are copied, within the one
transaction of the migration. `IN` there looks every row up in a table made for it, `OR` does not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json
from huitou.store.migrations.guards import Guard, never_taken_back

revision = "0026_outbox"
down_revision = "0025_schedule"

CHANNELS = ("email", "sms", "wecom", "wechat", "webhook", "paper", "call")
PURPOSES = ("marketing", "service", "transactional")
ENDS = ("accepted", "refused", "in_doubt", "suppressed", "expired", "cancelled")
STATES = ("planned", "claimed", "handing_over", *ENDS)

STEPS: dict[str, tuple[str, ...]] = {
    "planned": ("claimed", "handing_over", "suppressed", "expired", "cancelled", "refused"),
    "claimed": ("planned", "handing_over", "suppressed", "expired", "cancelled", "refused"),
    "handing_over": ("planned", "accepted", "refused", "in_doubt"),
    "in_doubt": ("accepted", "refused"),
    "accepted": ("refused",),
    "refused": (),
}
UNTREATED_INSIDE = (
    "NEW.origin = 'journey' AND EXISTS (SELECT 1 FROM position WHERE position.who = NEW.person_id"
    " AND position.left_at IS NULL AND position.arm <> 'treated'"
    " AND NEW.origin_id LIKE 'j' || position.journey || '.%')"
)
TURNED_BACK = (
    "NEW.steps < OLD.steps OR NEW.arm <> OLD.arm"
    " OR (OLD.left_at IS NOT NULL AND NEW.left_at IS NULL)"
)
ONE_WAY = Guard("position", "UPDATE", TURNED_BACK, "a walk goes one way, in one arm")
NOT_BACK = never_taken_back("sending", "state", STEPS)
SILENT = Guard(
    "sending", "INSERT", UNTREATED_INSIDE, "a journey writes nothing to who is held out of it",
    also="_paths", at_once=True,
)  # fmt: skip
UNTREATED = sa.text("left_at IS NULL AND arm <> 'treated'")
REFERRED = sa.text("reference IS NOT NULL")


def upgrade() -> None:
    """Forward only."""
    if op.get_bind().dialect.name == "sqlite":
        _made_anew()
        NOT_BACK.post()
        SILENT.post()
    else:
        op.drop_index("ix_sending_origin", "sending")
        op.drop_index("ix_sending_reference", "sending")
        for guard in (NOT_BACK, SILENT, ONE_WAY):
            guard.repost()
    # With all that the guard of the outbox asks: SQLite would else look in `ix_position_who`.
    op.drop_index("ix_position_untreated", "position")
    op.create_index(
        "ix_position_untreated",
        "position",
        ["who", "journey", "arm", "left_at"],
        sqlite_where=UNTREATED,
        postgresql_where=UNTREATED,
    )
    op.create_index(
        "ix_sending_reference",
        "sending",
        ["reference"],
        sqlite_where=REFERRED,
        postgresql_where=REFERRED,
    )


def _made_anew() -> None:
    made = op.create_table("sending_made_anew", *_columns(), *_checks())
    names = ", ".join(column.name for column in made.columns)
    op.execute(f"INSERT INTO sending_made_anew ({names}) SELECT {names} FROM sending")
    op.drop_table("sending")
    op.rename_table("sending_made_anew", "sending")
    op.create_index("ix_sending_due", "sending", ["state", "channel", "not_before"])
    op.create_index("ix_sending_person", "sending", ["person_id"])
    op.create_index(
        "ix_sending_first",
        "sending",
        ["state", "channel", "purpose", sa.text("value DESC"), "id"],
    )


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("origin_id", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("value", Amount(), nullable=False),
        sa.Column("not_before", Instant(timezone=True), nullable=False),
        sa.Column("not_after", Instant(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("written_at", Instant(timezone=True), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=120), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", Instant(timezone=True), nullable=True),
    ]


def _checks() -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
        sa.CheckConstraint("arm = 'treated'", name=op.f("ck_sending_never_held_out")),
        sa.CheckConstraint(_one_of("channel", CHANNELS), name=op.f("ck_sending_channel")),
        sa.CheckConstraint(_one_of("purpose", PURPOSES), name=op.f("ck_sending_purpose")),
        sa.CheckConstraint(_one_of("state", STATES), name=op.f("ck_sending_state")),
        sa.CheckConstraint(
            "(state = 'suppressed') = (rule IS NOT NULL)", name=op.f("ck_sending_rule")
        ),
    ]


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return " OR ".join(f"{column} = '{word}'" for word in words)
