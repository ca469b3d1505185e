"""What we owe and have offered, in the books: offers, and the double-entry ledger under them.

    exposure   one row a person: the balance every bound is checked against
    posting    one movement; it seals its entries, which must sum to zero
    entry      one leg of a posting, never changed (triggers, on both databases)
    offer      a promise to a person, with its cost at worst, its end and its single-use code

Entries are inserted before their posting, under a foreign key that is checked at commit; a trigger
on the posting refuses legs that do not sum to zero, another refuses legs after the seal. So an
unbalanced or unsealed movement cannot be committed, whoever writes it (TRUST I-1, I-3).
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
)

from huitou.ground.money import LARGEST
from huitou.store.columns import Amount, Instant, metadata

exposure = Table(
    "exposure",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("amount", Amount, nullable=False),
    CheckConstraint("amount >= 0", name="not_negative"),
)

posting = Table(
    "posting",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('promise', 'release', 'expire', 'settle')", name="kind"),
)

entry = Table(
    "entry",
    metadata,
    Column(
        "posting_key",
        String(120),
        ForeignKey("posting.key", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("leg", SmallInteger, primary_key=True, autoincrement=False),
    Column("account", String(20), nullable=False),
    Column("person_id", String(64)),
    Column("amount", Amount, nullable=False),
    CheckConstraint("account IN ('owed', 'offered', 'given')", name="account"),
    CheckConstraint("(account = 'owed') = (person_id IS NOT NULL)", name="person"),
    CheckConstraint(f"amount <> 0 AND abs(amount) <= {LARGEST}", name="amount"),
)
Index("ix_entry_person", entry.c.person_id)

offer = Table(
    "offer",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("amount", Amount, nullable=False),
    Column("depth", Float, nullable=False),
    Column("code", String(16), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("given", Amount),
    Column("order_id", String(200)),
    Column("closed_at", Instant),
    Column("least", Amount),
    Column("served", Boolean),
    CheckConstraint("state IN ('open', 'released', 'expired', 'settled')", name="state"),
    CheckConstraint("amount > 0 AND (given IS NULL OR given BETWEEN 0 AND amount)", name="amount"),
    CheckConstraint("depth > 0 AND depth < 1", name="depth"),
)
Index("ix_offer_person", offer.c.person_id)
Index("ix_offer_open", offer.c.state, offer.c.ends_at)
