"""Messages that no plan decided but a journey, a step reached or a service: the outbox.

    sending   one message to one person by one channel, from wished for to its one end

Its id is computed from what asked for it, so that asking twice writes it once. What the person
will read is made at the door from template and `told`, not kept here a million times. Somebody
held out has no row here: `arm` allows only `treated` (TRUST I-11). The state goes one way, a
trigger sees to it (I-9, I-10): what is in doubt is never planned again.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from huitou.ground.channels import CHANNELS
from huitou.store.columns import Amount, Instant, Json, index_where, metadata

PURPOSES = ("marketing", "service", "transactional")
ENDS = ("accepted", "refused", "in_doubt", "suppressed", "expired", "cancelled")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    """As `IN` would say it, which costs SQLite a third of writing such a row."""
    return " OR ".join(f"{column} = '{word}'" for word in words)


sending = Table(
    "sending",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("origin", String(20), nullable=False),
    Column("origin_id", String(80), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("arm", String(10), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("template", String(60), nullable=False),
    Column("told", Json, nullable=False),
    Column("value", Amount, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("not_after", Instant),
    Column("state", String(16), nullable=False),
    Column("rule", String(40)),
    Column("attempt", Integer, nullable=False),
    Column("stage", String(20)),
    Column("reason", Text),
    Column("reference", String(120)),
    Column("written_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("settled_by", String(120)),
    Column("owner", String(40)),
    Column("fence", BigInteger),
    Column("lease_until", Instant),
    CheckConstraint("arm = 'treated'", name="never_held_out"),
    CheckConstraint(_one_of("channel", tuple(CHANNELS)), name="channel"),
    CheckConstraint(_one_of("purpose", PURPOSES), name="purpose"),
    CheckConstraint(_one_of("state", ("planned", "claimed", "handing_over", *ENDS)), name="state"),
    CheckConstraint("(state = 'suppressed') = (rule IS NOT NULL)", name="rule"),
)
"""`value`: what it is expected to bring, minor units; the more valuable goes first, and wins where
a cap binds. `rule`: what suppressed it. `reference`: the provider's own name of it."""
Index("ix_sending_due", sending.c.state, sending.c.channel, sending.c.not_before)
Index("ix_sending_person", sending.c.person_id)
index_where("ix_sending_reference", "reference IS NOT NULL", sending.c.reference)
