"""What customers earned, in the books: a second ledger in double entry, beside that of offers.

    purse          one row for each person and kind: what they have, and what waits to be theirs
    movement       one thing that happened; it seals its legs, which must sum to zero
    movement_leg   one leg of it, never changed (triggers, on both databases)
    parcel         points that came in together: they clear together and end together
    order_tally    what one order earned, burnt, and lost again by coming back
    order_refund   one word of the till that something of an order came back

Kinds are points, stamps, cashback (minor units), stored value (minor units) and sessions of packs.
A movement is of one kind, so kinds never mix. Amounts are whole. A purse is never below zero; what
was earned, spent and then sent back is kept as `debt`, and is the first thing new points pay.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
)

from huitou.ground.money import LARGEST
from huitou.store.columns import Amount, Instant, metadata

KINDS = ("points", "stamps", "cashback", "stored", "pack")
VERBS = ("earn", "gift", "sell", "clear", "burn", "take_back", "give_back", "expire", "pay_out")
THEIRS = ("available", "pending", "clawback")
"""Accounts kept by person; `clawback` is never above zero."""
OURS = ("issued", "gifted", "sold", "burnt", "expired", "paid_out")
SOURCES = ("order", "hand", "gift", "back", "sold")

purse = Table(
    "purse",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("available", Amount, nullable=False),
    Column("pending", Amount, nullable=False),
    Column("debt", Amount, nullable=False),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
    CheckConstraint("available >= 0 AND pending >= 0 AND debt >= 0", name="not_negative"),
)

movement = Table(
    "movement",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("verb", String(12), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("order_key", String(300)),
    Column("fingerprint", String(64), nullable=False),
    Column("why", Text, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint(f"kind IN {KINDS}", name="kind"),
    CheckConstraint(f"verb IN {VERBS}", name="verb"),
)
Index("ix_movement_person", movement.c.person_id, movement.c.at)
Index("ix_movement_order", movement.c.order_key)

movement_leg = Table(
    "movement_leg",
    metadata,
    Column(
        "movement_key",
        String(200),
        ForeignKey("movement.key", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("leg", SmallInteger, primary_key=True, autoincrement=False),
    Column("account", String(10), nullable=False),
    Column("person_id", String(64)),
    Column("parcel", String(240)),
    Column("amount", Amount, nullable=False),
    CheckConstraint(f"account IN {(*THEIRS, *OURS)}", name="account"),
    CheckConstraint(f"(account IN {THEIRS}) = (person_id IS NOT NULL)", name="person"),
    CheckConstraint("(account IN ('available', 'pending')) = (parcel IS NOT NULL)", name="parcel"),
    CheckConstraint(f"amount <> 0 AND abs(amount) <= {LARGEST}", name="amount"),
)
Index("ix_movement_leg_parcel", movement_leg.c.parcel)

parcel = Table(
    "parcel",
    metadata,
    Column("id", String(240), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("source", String(10), nullable=False),
    Column("order_key", String(300)),
    Column("amount", Amount, nullable=False),
    Column("rest", Amount, nullable=False),
    Column("lapsed", Amount, nullable=False),
    Column("cleared", Boolean, nullable=False),
    Column("earned_at", Instant, nullable=False),
    Column("clears_at", Instant),
    Column("expires_at", Instant),
    CheckConstraint(f"source IN {SOURCES}", name="source"),
    CheckConstraint("amount > 0 AND rest BETWEEN 0 AND amount", name="rest"),
    CheckConstraint("lapsed BETWEEN 0 AND amount", name="lapsed"),
    CheckConstraint("cleared OR clears_at IS NOT NULL", name="clears"),
)
"""`rest` is not spent, ended or taken back; `lapsed` ended unspent. Until `cleared` it waits."""
Index("ix_parcel_person", parcel.c.person_id, parcel.c.kind)
Index("ix_parcel_clears", parcel.c.cleared, parcel.c.clears_at)
Index("ix_parcel_expires", parcel.c.expires_at)
Index("ix_parcel_order", parcel.c.order_key)

order_tally = Table(
    "order_tally",
    metadata,
    Column("order_key", String(300), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("person_id", String(64), nullable=False),
    Column("total", Amount, nullable=False),
    Column("rate", Amount),
    Column("want", Amount, nullable=False),
    Column("seen_back", Amount, nullable=False),
    Column("back", Amount, nullable=False),
    Column("earned", Amount, nullable=False),
    Column("taken", Amount, nullable=False),
    Column("forgiven", Amount, nullable=False),
    Column("burnt", Amount, nullable=False),
    Column("given", Amount, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("taken BETWEEN 0 AND earned AND forgiven BETWEEN 0 AND taken", name="taken"),
    CheckConstraint("given BETWEEN 0 AND burnt", name="given"),
    CheckConstraint("total >= 0 AND back BETWEEN 0 AND total", name="back"),
)
"""`total`, `seen_back` (what the files say came back) and `back` (what counts) are minor units of
money, the rest is of the kind. `rate` is earned by a million minor units: null until a file tells
of the order, -1 where the till had named what it earns. `want` is what the whole order earns;
`earned`, `taken`, `forgiven`, `burnt` and `given` only grow."""

order_refund = Table(
    "order_refund",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("order_key", String(300), nullable=False),
    Column("back", Amount, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("back > 0", name="back"),
)
Index("ix_order_refund_order", order_refund.c.order_key)
