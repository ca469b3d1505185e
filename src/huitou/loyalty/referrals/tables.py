"""Who brings whom: a regular's own link, the friends who came by it, and what both got.

referral_link     a regular's link, by its token; one a person
referral          one friend who left a name and an address, from then to their one end
referral_contact  a phone or e-mail that was brought: the first who brings it counts
referral_friend   a person who was brought: once, by one
referral_count    how many of a person's friends were rewarded in a month
referral_reward   what a side got, once
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from huitou.store.columns import Amount, Instant, metadata

STATES = ("named", "bought", "rewarded", "caught", "refused", "over")

referral_link = Table(
    "referral_link",
    metadata,
    Column("token", String(40), primary_key=True),
    Column("person_id", String(64), nullable=False, unique=True),
    Column("by", String(120), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
)

referral = Table(
    "referral",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("token", String(40), ForeignKey("referral_link.token"), nullable=False),
    Column("giver_id", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("phone", String(40)),
    Column("email", String(254)),
    Column("language", String(10), nullable=False),
    Column("consent", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("why", String(20)),
    Column("friend_id", String(64)),
    Column("order_id", String(200)),
    Column("order_day", Date),
    Column("at", Instant, nullable=False),
    Column("state_at", Instant, nullable=False),
    Column("settled_by", String(120)),
    CheckConstraint(f"state IN {STATES}", name="state"),
    CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name="reachable"),
    CheckConstraint("state <> 'caught' OR why IS NOT NULL", name="why"),
    CheckConstraint("state <> 'rewarded' OR friend_id <> giver_id", name="another"),
)
"""`consent`: the words they agreed to, as they read them. `why`: self, household, known, cycle or
limit, where it was caught."""
Index("ix_referral_giver", referral.c.giver_id)
Index("ix_referral_state", referral.c.state)
Index("ix_referral_friend", referral.c.friend_id)

referral_contact = Table(
    "referral_contact",
    metadata,
    Column("key", String(270), primary_key=True),
    Column("referral_id", String(64), ForeignKey("referral.id"), nullable=False),
)

referral_friend = Table(
    "referral_friend",
    metadata,
    Column("friend_id", String(64), primary_key=True),
    Column("referral_id", String(64), ForeignKey("referral.id"), nullable=False),
)

referral_count = Table(
    "referral_count",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("n", Integer, nullable=False),
    CheckConstraint("n >= 0", name="n"),
)

referral_reward = Table(
    "referral_reward",
    metadata,
    Column("referral_id", String(64), ForeignKey("referral.id"), primary_key=True),
    Column("side", String(10), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("reference", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("side IN ('giver', 'friend')", name="side"),
    CheckConstraint("amount > 0", name="amount"),
)
