"""What the post keeps beside the outbox: its pace, its stops, barred addresses, grants, reports.

post_pace      one row a channel: tokens left, the last fence number, how long it rests
post_stop      every stop and go, the latest counts
barred         addresses that bounced for good or complained, by fingerprint only
wechat_grant   how many messages a person has allowed, by template; each is used once
post_report    what providers told afterwards, each report once
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, String, Table
from sqlalchemy import Text as Words

from huitou.journeys.sendings.tables import sending
from huitou.store.columns import Instant, Serial, metadata

WHY_BARRED = ("bounced", "complained")
VERDICTS = ("delivered", "failed", "complained")

post_pace = Table(
    "post_pace",
    metadata,
    Column("channel", String(10), primary_key=True),
    Column("tokens", BigInteger, nullable=False),
    Column("filled_at", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("rest_until", Instant),
    Column("why", Words),
    CheckConstraint("tokens >= 0", name="tokens"),
)
"""`tokens`: thousandths of a message; `filled_at`: milliseconds since 1970, UTC. `fence` counts up
with every claim: a worker that slept past its lease holds a number that is no longer the row's."""

post_stop = Table(
    "post_stop",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("stopped", Boolean, nullable=False),
    Column("why", Words, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
)

barred = Table(
    "barred",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("channel", String(10), nullable=False),
    Column("why", String(12), nullable=False),
    Column("sending_id", String(64)),
    Column("words", Words, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"why IN {WHY_BARRED}", name="why"),
)

wechat_grant = Table(
    "wechat_grant",
    metadata,
    Column("openid", String(64), primary_key=True),
    Column("template_id", String(64), primary_key=True),
    Column("granted", Integer, nullable=False),
    CheckConstraint("granted >= 0", name="granted"),
)

wechat_granted = Table(
    "wechat_granted",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("openid", String(64), nullable=False),
    Column("template_id", String(64), nullable=False),
    Column("times", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)

post_report = Table(
    "post_report",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("provider", String(20), nullable=False),
    Column("sending_id", String(64)),
    Column("reference", String(120)),
    Column("verdict", String(12), nullable=False),
    Column("words", Words, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
)
Index("ix_post_report_sending", post_report.c.sending_id)
Index("ix_post_report_reference", post_report.c.reference)

Index(
    "ix_sending_first",
    sending.c.state,
    sending.c.channel,
    sending.c.purpose,
    sending.c.value.desc(),
    sending.c.id,
)
"""The order in which what is due leaves, without sorting a million rows for each claim."""
