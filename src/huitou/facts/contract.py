"""What goes into the facts and what comes out: tables, schemas, metrics and their registry."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from huitou.ground.registry import Registry
from huitou.ground.words import Sentence

Dimension = Literal[
    "store", "channel", "region", "campaign", "category", "sku", "acquisition", "tier"
]
"""Along what a metric can be cut: a column of `lines`, or one of `OF_PERSONS`."""

OF_PERSONS: tuple[Dimension, ...] = ("acquisition", "tier")
"""What is true of a person and not of a line: the campaign of their first purchase, else its
channel; and the step of the ladder they stand on."""

EVERY_DIMENSION: tuple[Dimension, ...] = (
    "store",
    "channel",
    "region",
    "campaign",
    "category",
    "sku",
    *OF_PERSONS,
)

WHERE_FIRST: tuple[Dimension, ...] = ("channel", "store", "region", "campaign", *OF_PERSONS)
"""Along what newcomers can be told apart: by what their first purchase says."""

Unit = Literal["count", "share", "days", "money", "table"]
"""What a metric's value is measured in; money is in minor units, a table has columns of its own."""


@dataclass(frozen=True)
class Held:
    """Tables that facts begin with, kept rather than made for each of them (`facts.held`)."""

    of: ibis.Table
    """The very lines they were made of: over other lines they are made anew."""
    as_of: datetime
    """The moment of which they tell."""
    tables: Mapping[str, ibis.Table]


@dataclass(frozen=True)
class Tables:
    """One shop's tables, as Ibis expressions of any one engine.

    `lines` carries what the sources wrote and the person of each line. Nothing in it is trusted to
    be in order; everything later than the `as_of` a fact is asked for is ignored by that fact.
    """

    lines: ibis.Table
    zone: str = "UTC"
    """Days of `lines.day` were cut in this zone."""
    margin: float | None = None
    """The merchant's one rate: profit per unit of revenue on lines without a cost of their own."""
    margins: ibis.Table | None = None
    """Rates per product: `sku`, `margin`; they go before the one rate."""
    stages: ibis.Table | None = None
    """Stages at one or more moments (`STAGES`), for the metrics of stages and flows."""
    spend: ibis.Table | None = None
    """What was spent on winning and keeping customers (`SPEND`); None: nobody said."""
    tiers: ibis.Table | None = None
    """The step of the ladder each person stands on: `person_id`, `tier`."""
    before: ibis.Table | None = None
    """What lines were before a later word changed them: as `lines`, with `replaced_at`."""
    served: ibis.Table | None = None
    """What serving people cost beside their orders (`SERVED`)."""
    held: Held | None = None
    """What was made of these lines before, and need not be made again."""
    _once: dict[Hashable, ibis.Table] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, name: Hashable, make: Callable[[], ibis.Table]) -> ibis.Table:
        """An expression over these tables that many facts begin with, made when first asked for."""
        if name not in self._once:
            self._once[name] = make()
        return self._once[name]

    def kept(self, name: str, as_of: datetime, *, later: bool = False) -> ibis.Table | None:
        """What is kept under a name as of a moment, or with `later` as of that or a later one."""
        if self.held is None or self.held.of is not self.lines:
            return None
        told = self.held.as_of
        return self.held.tables.get(name) if told == as_of or (later and told > as_of) else None

    @property
    def shop_zone(self) -> ZoneInfo:
        """The zone in which days are cut."""
        return ZoneInfo(self.zone)


class Measure(Protocol):
    """Computes a metric as of a moment, whole or by the values of one dimension."""

    def __call__(self, t: Tables, as_of: datetime, *, by: Dimension | None = None) -> ibis.Table:
        """One row, or one row per `part` when cut: the number in `value`, and `people`.

        `people` counts what stands behind the number: `Metric.counts` says whether those are
        customers, orders or lines. Metrics of the unit `table` have columns of their own instead.
        """
        ...


@dataclass(frozen=True)
class Metric:
    """A number or table with its definition, and the customers behind it."""

    name: str
    title: Sentence
    definition: Sentence
    unit: Unit
    value: Measure
    people: Callable[[Tables, datetime], ibis.Table] | None = None
    """Who is counted: `person_id` and what each contributes (`value`). None: nobody is known."""
    by: tuple[Dimension, ...] = ()
    """Dimensions along which this metric may be cut."""
    counts: str = "customers"
    """What stands behind the number: customers, or orders, lines and the like."""
    amounts: tuple[str, ...] = ()
    """Columns of a metric of the unit `table` that are money, in minor units."""
    each: Unit = "count"
    """What the `value` that each of `people` contributes is measured in."""

    @property
    def money(self) -> tuple[str, ...]:
        """All columns of the metric's value that are money, in minor units."""
        return ("value",) if self.unit == "money" else self.amounts


METRICS: Registry[Metric] = Registry("metric")
"""Filled by `huitou.facts.metrics`."""

DAY = pa.date32()
TEXT = pa.string()
WHOLE = pa.int64()
REAL = pa.float64()
TRUTH = pa.bool_()


def _schema(required: dict[str, pa.DataType], optional: tuple[str, ...] = ()) -> pa.Schema:
    return pa.schema(
        [pa.field(name, kind, nullable=name in optional) for name, kind in required.items()]
    )


CUSTOMERS = _schema(
    {
        "person_id": TEXT,
        "key": TEXT,
        "name": TEXT,
        "first_day": DAY,
        "last_day": DAY,
        "last_seen_day": DAY,
        "orders": WHOLE,
        "purchase_days": WHOLE,
        "x": WHOLE,
        "t_x": WHOLE,
        "T": WHOLE,
        "revenue": WHOLE,
        "gross": WHOLE,
        "returned": WHOLE,
        "return_lines": WHOLE,
        "profit": WHOLE,
        "spend_mean": REAL,
        "spend_log_sd": REAL,
        "margin_rate": REAL,
        "gap_mean": REAL,
        "gap_sd": REAL,
        "typical_gap": REAL,
        "last_gap": WHOLE,
        "absence": WHOLE,
        "back_day": DAY,
        "bought_month": WHOLE,
        "bought_month_before": WHOLE,
        "bought_lately": WHOLE,
        "bought_before": WHOLE,
        "bought_long_before": WHOLE,
        "left_censored": TRUTH,
        "store": TEXT,
        "channel": TEXT,
        "region": TEXT,
        "has_phone": TRUTH,
        "has_email": TRUTH,
    },
    optional=(
        "key",
        "name",
        "spend_log_sd",
        "gap_mean",
        "gap_sd",
        "last_gap",
        "absence",
        "back_day",
        "store",
        "channel",
        "region",
    ),
)
"""One row per person with a purchase.

`absence` is the longest gap in days, `back_day` the last day that ended one so long.
`bought_lately` and `bought_before` are the purchase days of the last sixteen weeks, and of the
sixteen before; `bought_long_before` those of the thirty-two before these; `bought_month` and
`bought_month_before` those of the last four weeks, and of the four before.
"""

ACCOUNTS = _schema(
    {
        "person_id": TEXT,
        "member_no": TEXT,
        "phone": TEXT,
        "email": TEXT,
        "name": TEXT,
        "store": TEXT,
        "channel": TEXT,
        "region": TEXT,
        "last_seen_day": DAY,
        "revenue": WHOLE,
        "returned": WHOLE,
        "return_lines": WHOLE,
        "costed": WHOLE,
        "earned": WHOLE,
        "uncosted": WHOLE,
        "first_day": DAY,
        "last_day": DAY,
        "first_number": WHOLE,
        "second_number": WHOLE,
        "last_number": WHOLE,
        "purchase_days": WHOLE,
        "orders": WHOLE,
        "gross": WHOLE,
        "logs": WHOLE,
        "log_squares": WHOLE,
        "gap_squares": WHOLE,
        "absence_code": WHOLE,
        "last_gap": WHOLE,
    },
    optional=(
        "member_no",
        "phone",
        "email",
        "name",
        "store",
        "channel",
        "region",
        "first_day",
        "last_day",
        "first_number",
        "second_number",
        "last_number",
        "absence_code",
        "last_gap",
    ),
)
"""One row per person whom an order names, buyers and others: what adds, and firsts and lasts.

`*_number` are days since 1970-01-01; `logs`, `log_squares`, `gap_squares` and `absence_code` are
those of `rhythm.pace`. Who never bought has no days, and zeros.
"""

SPEND = _schema(
    {"day": DAY, "channel": TEXT, "campaign": TEXT, "purpose": TEXT, "amount": WHOLE},
    optional=("channel", "campaign"),
)
"""What was spent; `purpose` is `new` (to win customers) or `keep`, `amount` minor units."""
SERVED = _schema({"person_id": TEXT, "day": DAY, "kind": TEXT, "amount": WHOLE})
"""What serving one person cost on a day, minor units; `kind` is `returns`, `service` or `gifts`."""
TIERS = _schema({"person_id": TEXT, "tier": TEXT})

HAPPENINGS = _schema(
    {
        "kind": TEXT,
        "day": DAY,
        "until": DAY,
        "person_id": TEXT,
        "store": TEXT,
        "region": TEXT,
        "product": TEXT,
        "category": TEXT,
        "clerk": TEXT,
    },
    optional=("until", "person_id", "store", "region", "product", "category", "clerk"),
)
"""What happened around the shop; without a person, store, region or goods it touched everybody."""
COMPLAINTS = _schema(
    {"person_id": TEXT, "about": TEXT, "received": DAY, "answered": DAY, "store": TEXT},
    optional=("about", "answered", "store"),
)
"""Complaints of known people; `about` is a reason of `care.reasons`."""
MESSAGES = _schema({"person_id": TEXT, "day": DAY})
"""What we handed over to somebody to read: one row a message."""


@dataclass(frozen=True)
class Told:
    """What is known beside the orders; None: nothing of the sort is kept, and it says nothing."""

    happenings: ibis.Table | None = None
    complaints: ibis.Table | None = None
    messages: ibis.Table | None = None


LEDGER = _schema(
    {"person_id": TEXT, "piece": TEXT, "day": DAY, "what": TEXT, "weight": REAL},
    optional=("what",),
)
"""The ledger of evidence: each thing that may have driven a person away, with its day.

`piece` is a column of `EVIDENCE`; `what` names the store, product or clerk; `weight` in (0, 1] is
how surely, or how much of their spending, it touched them.
"""

TOLD_PIECES = (
    "delivery_failed",
    "complaint_unanswered",
    "complaint_service",
    "complaint_product",
    "clerk_left",
    "out_of_stock",
    "price_told",
    "rival_opened",
    "store_gone",
    "our_messages",
    "payment_failed",
)
"""Evidence that no order shows; each is null where nothing of its sort was told of anybody."""

EVIDENCE = _schema(
    {
        "person_id": TEXT,
        "returned_near_end": REAL,
        "price_rise": REAL,
        "gone_share": REAL,
        "regularity": REAL,
        "one_purchase": TRUTH,
        "season_gift": TRUTH,
        **dict.fromkeys(TOLD_PIECES, REAL),
    },
    optional=(
        "returned_near_end",
        "price_rise",
        "gone_share",
        "regularity",
        "season_gift",
        *TOLD_PIECES,
    ),
)

BOUGHT = _schema({"person_id": TEXT, "days": WHOLE})

RETURNING = _schema({"day": DAY, "repeats": WHOLE})
"""Purchase days of each day that were not anybody's first; days without one are absent."""

STAGES = _schema(
    {"person_id": TEXT, "at": DAY, "stage": TEXT, "p_buy": REAL, "value": WHOLE},
    optional=("p_buy", "value"),
)


def shaped(table: ibis.Table, schema: pa.Schema) -> ibis.Table:
    """The table with exactly the columns of `schema`, in its order and of its types."""
    kinds = ibis.Schema.from_pyarrow(schema)
    return table.select(
        **{name: table[name].cast(kind.copy(nullable=True)) for name, kind in kinds.items()}
    )
