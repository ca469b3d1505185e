"""The post: its pace and stops, barred addresses, grants, reports, and templates of messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Instant, Json
from huitou.store.migrations.guards import append_only

revision = "0024_post"
down_revision = "0023_consents"

CHANNELS = ("email", "sms", "wecom", "wechat", "webhook", "paper", "call")


def upgrade() -> None:
    """Forward only."""
    _pace()
    _stops()
    _barred()
    _grants()
    _reports()
    _templates()
    op.create_index(
        "ix_sending_first",
        "sending",
        ["state", "channel", "purpose", sa.text("value DESC"), "id"],
    )


def _pace() -> None:
    op.create_table(
        "post_pace",
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("filled_at", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", Instant(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.CheckConstraint("tokens >= 0", name=op.f("ck_post_pace_tokens")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_post_pace")),
    )


def _stops() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "post_stop",
        sa.Column("id", serial, nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_stop")),
    )
    for guard in append_only("post_stop"):
        guard.post()


def _barred() -> None:
    op.create_table(
        "barred",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("sending_id", sa.String(length=64), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint("why IN ('bounced', 'complained')", name=op.f("ck_barred_why")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_barred")),
    )


def _grants() -> None:
    op.create_table(
        "wechat_grant",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.CheckConstraint("granted >= 0", name=op.f("ck_wechat_grant_granted")),
        sa.PrimaryKeyConstraint("openid", "template_id", name=op.f("pk_wechat_grant")),
    )
    op.create_table(
        "wechat_granted",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_granted")),
    )


def _reports() -> None:
    op.create_table(
        "post_report",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("sending_id", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('delivered', 'failed', 'complained')",
            name=op.f("ck_post_report_verdict"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_report")),
    )
    op.create_index("ix_post_report_sending", "post_report", ["sending_id"])
    op.create_index("ix_post_report_reference", "post_report", ["reference"])


def _templates() -> None:
    op.create_table(
        "template",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("names", Json(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(f"channel IN {CHANNELS}", name=op.f("ck_template_channel")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_template_version")),
        sa.PrimaryKeyConstraint("name", "channel", "language", "version", name=op.f("pk_template")),
    )
    for guard in append_only("template"):
        guard.post()
