"""Who has a card, by what they are known, and where they joined.

promotion        a table, a till or a flyer whose QR code leads to the form
membership       one card: one for each phone and each e-mail, however often they join
membership_key   the phones and e-mails of a card
joining          every form that was sent, with the consent it carried (append-only)
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
)

from huitou.store.columns import Instant, Json, metadata

WAYS = ("till", "table", "phone", "web")

promotion = Table(
    "promotion",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("place", String(120)),
    Column("clerk", String(120)),
    Column("way", String(10), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"way IN {WAYS}", name="way"),
    CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
)

membership = Table(
    "membership",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("number", String(12), nullable=False, unique=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("birthday", Date),
    Column("language", String(8), nullable=False),
    Column("promotion_id", String(26), ForeignKey("promotion.id")),
    Column("clerk", String(120)),
    Column("way", String(10), nullable=False),
    Column("known", Boolean, nullable=False),
    Column("confirmed_by", String(120)),
    Column("confirmed_at", Instant),
    Column("joined_at", Instant, nullable=False),
    CheckConstraint(f"way IN {WAYS}", name="way"),
    CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
)
"""`known`: whether the phone or e-mail was already a customer's when they joined. Such a card shows
nothing of what that customer did until staff have seen who holds it (`confirmed_by`)."""
Index("ix_membership_person", membership.c.person_id)
Index("ix_membership_promotion", membership.c.promotion_id)

membership_key = Table(
    "membership_key",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("membership_id", String(64), ForeignKey("membership.id"), nullable=False),
)
Index("ix_membership_key_membership", membership_key.c.membership_id)

joining = Table(
    "joining",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("membership_id", String(64), ForeignKey("membership.id"), nullable=False),
    Column("promotion_id", String(26), ForeignKey("promotion.id")),
    Column("clerk", String(120)),
    Column("way", String(10), nullable=False),
    Column("is_new", Boolean, nullable=False),
    Column("language", String(8), nullable=False),
    Column("consents", Json, nullable=False),
    Column("wording", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"way IN {WAYS}", name="way"),
)
"""`consents`: channel and purpose of each box that was ticked; `wording`: the version they read."""
Index("ix_joining_membership", joining.c.membership_id)
Index("ix_joining_promotion", joining.c.promotion_id)
