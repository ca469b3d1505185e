"""What we owe and have offered, in the books: offers, and the double-entry ledger under them.

    exposure   one row a person: the balance every bound is checked against
    posting    one movement; it seals its entries, which must sum to zero
    entry      one leg of a posting, never changed (triggers, on both databases)
    offer      a promise to a person, with its cost at worst, its end and its single-use code
    redemption one use of an offer for an order: what was paid; kept, also when it is reversed
    reversal   which posting put another back: the other stays as it was

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
    Integer,
    SmallInteger,
    String,
    Table,
)

from huitou.ground.money import LARGEST
from huitou.store.columns import Amount, Instant, index_where, metadata

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
    Column("kind", String(10)),
    Column("stage", String(20)),
    Column("bound", Amount),
    Column("why", String(20)),
    Column("uses", Integer),
    CheckConstraint("state IN ('open', 'released', 'expired', 'settled')", name="state"),
    CheckConstraint("amount > 0 AND (given IS NULL OR given BETWEEN 0 AND amount)", name="amount"),
    CheckConstraint("depth > 0 AND depth < 1", name="depth"),
)
"""`kind` return: for one lapsed customer alone, who stood in `stage` when it was made. `bound`:
what they might hold then; it counts again when an order is cancelled. `why` it was taken back.
`uses`: how often it was redeemed, reversed ones too."""
Index("ix_offer_person", offer.c.person_id)
Index("ix_offer_open", offer.c.state, offer.c.ends_at)

redemption = Table(
    "redemption",
    metadata,
    Column("offer_id", String(64), ForeignKey("offer.id"), primary_key=True),
    Column("use", Integer, primary_key=True, autoincrement=False),
    Column("order_id", String(200), nullable=False),
    Column("total", Amount, nullable=False),
    Column("given", Amount, nullable=False),
    Column("off", Amount, nullable=False),
    Column("payable", Amount, nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reversed_at", Instant),
    Column("reversed_by", String(120)),
    CheckConstraint("total >= 0 AND given >= 0 AND off >= 0 AND off <= given", name="amounts"),
    CheckConstraint("payable >= 0 AND payable = total - off", name="payable"),
)
"""`given` is what the offer cost, `off` what came off the price: nothing where the shop serves
better instead. Whoever writes, nobody is ever paid for taking an order."""
Index("ix_redemption_once", redemption.c.offer_id, redemption.c.order_id, unique=True)
index_where("ix_redemption_order", "reversed_at IS NULL", redemption.c.order_id, unique=True)
"""One offer an order: several together could come to more than it costs."""
Index("ix_redemption_person", redemption.c.person_id)

reversal = Table(
    "reversal",
    metadata,
    Column("posting_key", String(120), ForeignKey("posting.key"), primary_key=True),
    Column("reverses", String(120), ForeignKey("posting.key"), nullable=False, unique=True),
    Column("at", Instant, nullable=False),
)
"""A posting is put back by another, once. Neither is changed."""
