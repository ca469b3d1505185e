"""Orders out of lines: what was bought, by whom, and whether it counts as a purchase."""

from __future__ import annotations

from datetime import datetime

import ibis

from huitou.facts.contract import OF_PERSONS, Dimension, Tables
from huitou.facts.kernel import day_number, flag, known_at, moment, month_number
from huitou.facts.profit import with_profit

PART = "part"
"""The column that holds the value of the dimension along which a fact is cut."""

SUMMED = ("amount", "costed", "earned", "uncosted")
LARGEST = ("store", "channel", "region", "campaign")
"""Columns of an order that are the sum and the last of those of its lines."""
OF_A_LINE = (
    *("source", "order_id", "person_id", "ordered_at", "day", "is_return"),
    *SUMMED,
    *LARGEST,
)
"""What is told of a line to gather it into its order."""
PLACE = ("ordered_at", "source", "order_id")
"""What puts the orders of a person in a row."""
OF_A_FIRST = (
    "day",
    "last_day",
    "lines",
    "amount",
    "returned",
    "return_lines",
    "costed",
    "earned",
    "uncosted",
    "store",
    "channel",
    "region",
    "campaign",
)
"""What is told of a first purchase."""


def cut(by: Dimension | None) -> list[str]:
    """Keys to group by: none for the whole shop, `part` along a dimension."""
    return [] if by is None else [PART]


def lines(
    t: Tables, as_of: datetime, *, by: Dimension | None = None, known: datetime | None = None
) -> ibis.Table:
    """Lines known at a moment; along a dimension with its value as `part`.

    A fact cut along a dimension looks at the lines of each value alone, as if each were a shop.
    """
    known_lines = known_at(t.lines, as_of, known)
    if by is None:
        return known_lines
    if by in OF_PERSONS:
        return _by_person(known_lines, _parts(t, as_of, by, known))
    return known_lines.mutate(part=known_lines[by])


def _by_person(lines: ibis.Table, parts: ibis.Table) -> ibis.Table:
    both = lines.left_join(parts, lines.person_id == parts.part_of)
    return both.drop("part_of")


def _parts(t: Tables, as_of: datetime, by: Dimension, known: datetime | None) -> ibis.Table:
    """What is true of each person: `part_of`, `part`."""
    if by == "tier":
        if t.tiers is None:
            people = known_at(t.lines, as_of, known).select(part_of="person_id").distinct()
            return people.mutate(part=ibis.null("string"))
        return t.tiers.select(part_of="person_id", part="tier")
    first = first_purchases(t, as_of, known=known)
    return first.select(part_of="person_id", part="acquisition")


def first_purchases(t: Tables, as_of: datetime, *, known: datetime | None = None) -> ibis.Table:
    """The first purchase of each person: the order, its day as `first_number`, its `month`, and
    `acquisition`: its campaign, else its channel."""
    kept = t.kept("first_purchases", as_of) if known is None else None
    return _first_purchases(t, as_of, known) if kept is None else kept


def _first_purchases(t: Tables, as_of: datetime, known: datetime | None) -> ibis.Table:
    bought = of_persons(purchases(t, as_of, known=known))
    # The first fields decide; no two orders have the same.
    earliest = ibis.struct({name: bought[name] for name in (*PLACE, *OF_A_FIRST)}).min()
    found = bought.group_by("person_id").aggregate(first=earliest)
    first = found.select("person_id", **{name: found.first[name] for name in (*PLACE, *OF_A_FIRST)})
    return first.mutate(
        first_number=day_number(first.day),
        month=month_number(first.day),
        acquisition=ibis.coalesce(first.campaign, first.channel),
    )


def apart(t: Tables, first: ibis.Table, by: Dimension | None) -> ibis.Table:
    """First purchases by what they say, or by the step of the ladder, as `part`."""
    if by is None:
        return first
    if by != "tier":
        return first.mutate(part=first[by])
    if t.tiers is None:
        return first.mutate(part=ibis.null("string"))
    tiers = t.tiers.select(whose="person_id", part="tier")
    return first.left_join(tiers, first.person_id == tiers.whose).drop("whose")


def orders(
    t: Tables, as_of: datetime, *, by: Dimension | None = None, known: datetime | None = None
) -> ibis.Table:
    """One row per order known at `as_of`, purchases and others, with or without a person.

    `is_purchase`: no line of it is a return and its total is above zero. `amount` is its total,
    `returned` what went back (>= 0), both minor units; `day` its first day, `last_day` its last.
    """
    later = t.kept("orders", as_of, later=True) if by is None and known is None else None
    if later is not None:
        return t.once(("orders", as_of, by, known), lambda: _orders_then(t, as_of, later))
    return t.once(("orders", as_of, by, known), lambda: _orders(t, as_of, by, known))


def _orders(t: Tables, as_of: datetime, by: Dimension | None, known: datetime | None) -> ibis.Table:
    return _gathered(with_profit(t, lines(t, as_of, by=by, known=known)), cut(by))


def _orders_then(t: Tables, as_of: datetime, later: ibis.Table) -> ibis.Table:
    """Orders of a moment from those of a later one: what was all there stands as it did."""
    parts = torn_since(t, as_of)
    if parts is None:
        return later
    then = parts.filter(parts.ordered_at < moment(as_of))
    whole = later.filter(later.last_at < moment(as_of))
    return ibis.union(whole, _gathered(then, []).select(*whole.columns))


def torn_since(t: Tables, as_of: datetime) -> ibis.Table | None:
    """All lines of kept orders of which a part was ordered before a moment and a part not; None at
    the moment of what is kept."""
    if t.kept("orders", as_of) is not None:
        return None
    assert t.held is not None, "asked of what is kept"
    at_hand = t.kept("parted", as_of, later=True)
    parted = parted_orders(t, t.held.as_of) if at_hand is None else at_hand
    return parted.filter((parted.begun < moment(as_of)) & (parted.ended >= moment(as_of)))


def lines_since(t: Tables, as_of: datetime) -> ibis.Table:
    """Lines that were ordered at a moment or later, and before the one of what is kept."""
    assert t.held is not None, "asked of what is kept"
    every = lines(t, t.held.as_of)
    return every.filter(every.ordered_at >= moment(as_of))


def parted_orders(t: Tables, as_of: datetime) -> ibis.Table:
    """The lines of all orders whose parts were ordered at different moments, with their profit;
    `begun` and `ended` are the first and the last of those moments."""
    kept = t.kept("parted", as_of)
    return t.once(("parted", as_of), lambda: _parted(t, as_of)) if kept is None else kept


def _parted(t: Tables, as_of: datetime) -> ibis.Table:
    every = orders(t, as_of)
    parted = every.filter(every.ordered_at < every.last_at).select(
        sold_by="source", number="order_id", begun="ordered_at", ended="last_at"
    )
    split = _of_several(t, as_of, with_profit(t, lines(t, as_of)))
    both = split.join(parted, [split.source == parted.sold_by, split.order_id == parted.number])
    return both.select(*OF_A_LINE, "begun", "ended")


def _of_several(t: Tables, as_of: datetime, split: ibis.Table) -> ibis.Table:
    """Without lines that are known to be orders of their own."""
    several = t.kept("several", as_of)
    if several is None:
        return split
    return split.mutate(mark=split.order_id.hash()).semi_join(several, "mark")


def persons_of(rows: ibis.Table) -> ibis.Table:
    """Each person named in some rows, once: `person_id`."""
    # Not distinct(), which Ibis would say anew wherever it is used.
    return of_persons(rows).group_by("person_id").aggregate()


def of_several_lines(t: Tables, as_of: datetime) -> ibis.Table:
    """Marks under which more than one line stands: those of all orders of several lines, and of a
    few whose marks happen to meet."""
    known = lines(t, as_of)
    marked = known.select(mark=known.order_id.hash())
    met = marked.group_by("mark").aggregate(lines=marked.count())
    return met.filter(met.lines > 1)


def orders_of_many_lines(t: Tables, as_of: datetime) -> ibis.Table:
    """The same as `orders`, made for tens of millions of lines.

    In most shops most orders have one line: those need no gathering, which costs six times as
    much. Orders whose marks happen to meet are gathered too, and come out the same.
    """
    kept = t.kept("several", as_of)
    several = of_several_lines(t, as_of) if kept is None else kept
    split = with_profit(t, lines(t, as_of))
    marked = split.mutate(mark=split.order_id.hash())
    alone = _each_alone(marked.anti_join(several, "mark"))
    gathered = _gathered(marked.semi_join(several, "mark"), [])
    return ibis.union(alone, gathered.select(*alone.columns))


def _each_alone(split: ibis.Table) -> ibis.Table:
    """Lines that are orders of their own, in the columns of `_gathered`."""
    returns = flag(split.is_return)
    told = {name: split[name] for name in (*SUMMED, *LARGEST)}
    return split.select(
        "source",
        "order_id",
        "person_id",
        "ordered_at",
        "day",
        last_day=split.day,
        last_at=split.ordered_at,
        lines=flag(split.day.notnull()),
        returned=split.is_return.ifelse(-split.amount, 0),
        return_lines=returns,
        **told,
        is_purchase=(returns == 0) & (split.amount > 0),
    )


def _gathered(split: ibis.Table, keys: list[str]) -> ibis.Table:
    whole = split.group_by([*keys, "source", "order_id"]).aggregate(
        person_id=split.person_id.max(),
        ordered_at=split.ordered_at.min(),
        day=split.day.min(),
        last_day=split.day.max(),
        last_at=split.ordered_at.max(),
        lines=split.count(),
        returned=split.is_return.ifelse(-split.amount, 0).sum(),
        return_lines=flag(split.is_return).sum(),
        **{name: split[name].sum() for name in SUMMED},
        **{name: split[name].max() for name in LARGEST},
    )
    return whole.mutate(is_purchase=(whole.return_lines == 0) & (whole.amount > 0))


def purchases(
    t: Tables, as_of: datetime, *, by: Dimension | None = None, known: datetime | None = None
) -> ibis.Table:
    """The orders that are purchases, identified and anonymous."""
    every = orders(t, as_of, by=by, known=known)
    return every.filter(every.is_purchase)


def of_persons(rows: ibis.Table) -> ibis.Table:
    """Those orders, or lines, whose person is known."""
    return rows.filter(rows.person_id.notnull())
