"""Consent word by word, rules of sending, caps as reservations, and silence on newer channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json, Serial
from huitou.store.migrations.guards import Guard, append_only, never_taken_back

revision = "0023_consents"
down_revision = "0022_paths"

SILENT_ON = "channel IN ('any', 'paper', 'email', 'call', 'sms', 'wecom', 'wechat')"
WORDS = ("consent_wording", "consent_event", "consent_choice", "consent_key")
UNMOVED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("id", "channel", "words", "at"))


def upgrade() -> None:
    """Forward only."""
    _silence()
    _consents()
    _choices()
    _sending()
    _caps()
    for table in (*WORDS, "sending_rules"):
        for guard in append_only(table):
            guard.post()
    never_taken_back(
        "consent_heard", "state", {"waiting": ("withdrawn", "kept")}, also=UNMOVED
    ).post()
    Guard("consent_link", "UPDATE", "1 = 1", "a link always leads to the same").post()
    Guard("consent_link", "DELETE", "1 = 1", "a link to unsubscribe never ends").post()


def _silence() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_silence_channel"), "silence", type_="check")
        op.create_check_constraint(op.f("ck_silence_channel"), "silence", SILENT_ON)
        return
    # SQLite changes no constraint in place: the table is made anew, its guards with it.
    op.create_table(
        "silence_anew",
        sa.Column("id", Serial, nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(SILENT_ON, name=op.f("ck_silence_channel")),
        sa.CheckConstraint("state IN ('silent', 'spoken_to')", name=op.f("ck_silence_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.execute("INSERT INTO silence_anew SELECT * FROM silence")
    op.drop_table("silence")
    op.rename_table("silence_anew", "silence")
    op.create_index("ix_silence_person", "silence", ["person_id", "at"])
    for guard in append_only("silence"):
        guard.post()


def _consents() -> None:
    op.create_table(
        "consent_wording",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_wording")),
    )
    op.create_table(
        "consent_event",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("said_under", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("wording", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("proof", Json(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("written_at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('given', 'withdrawn')", name=op.f("ck_consent_event_state")),
        sa.ForeignKeyConstraint(
            ["wording"], ["consent_wording.id"], name=op.f("fk_consent_event_wording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
    )
    op.create_index("ix_consent_event_person", "consent_event", ["person_id", "at"])
    op.create_index("ix_consent_event_written", "consent_event", ["written_at", "id"])


def _choices() -> None:
    op.create_table(
        "consent_choice",
        sa.Column("id", Serial, nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.Column("pause_until", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("pace IN ('usual', 'less')", name=op.f("ck_consent_choice_pace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_choice")),
    )
    op.create_index("ix_consent_choice_person", "consent_choice", ["person_id", "at"])
    op.create_table(
        "consent_heard",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=120), nullable=True),
        sa.Column("settled_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'withdrawn', 'kept')", name=op.f("ck_consent_heard_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_heard")),
    )
    op.create_index("ix_consent_heard_state", "consent_heard", ["state", "at"])
    op.create_index("ix_consent_heard_person", "consent_heard", ["person_id"])
    op.create_table(
        "consent_link",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("sending_id", sa.String(length=64), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('preferences', 'unsubscribe')", name=op.f("ck_consent_link_kind")
        ),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_consent_link")),
    )

    op.create_table(
        "consent_key",
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("secret", name=op.f("pk_consent_key")),
    )


def _sending() -> None:
    op.create_table(
        "sending_rules",
        sa.Column("id", Serial, nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_rules")),
    )
    op.create_table(
        "sending_place",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("phone_country", sa.String(length=2), nullable=True),
        sa.Column("zones", Json(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_sending_place")),
    )
    op.create_table(
        "sending_harm",
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("silenced", sa.Integer(), nullable=False),
        sa.Column("low", sa.Float(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_sending_harm")),
    )


def _caps() -> None:
    op.create_table(
        "cap_turn",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_cap_turn")),
    )
    op.create_table(
        "cap_kept",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("value", Amount(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("state IN ('kept', 'released')", name=op.f("ck_cap_kept_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_kept")),
    )
    op.create_index("ix_cap_kept_person", "cap_kept", ["person_id", "at"])
