"""The ledger of evidence: what happened to each person before and around their silence.

Orders are not read for it but to know when somebody was last seen, where they shop and what they
buy. A thing counts when it fell into the END_DAYS that end GRACE_DAYS after the last purchase, and
was over or begun by the moment that is asked for: nothing of later is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import ibis
from ibis.expr.types import Value

from huitou.facts.contract import LEDGER, TOLD_PIECES, Tables, Told, shaped
from huitou.facts.kernel import day_number, flag, number_of, ratio, whole
from huitou.facts.orders import lines, of_persons, purchases
from huitou.facts.prices import sold_goods
from huitou.ground.clock import last_day_before

END_DAYS = 90
"""The end of a customer: this many days, up to GRACE_DAYS after the last purchase."""
GRACE_DAYS = 30
SLOW_DAYS = 7
"""A complaint without an answer for longer was not answered."""
NEAR = 1.0
"""Weight of what touched the person, their own shop that closed, or a rival beside it."""
WIDE = 0.5
"""Weight of what is known of their store, region or everybody only: it may have passed them by."""

PIECE_OF: Mapping[str, str] = {
    "late_delivery": "delivery_failed",
    "wrong_delivery": "delivery_failed",
    "out_of_stock": "out_of_stock",
    "store_closed": "store_gone",
    "store_moved": "store_gone",
    "clerk_left": "clerk_left",
    "competitor_opened": "rival_opened",
    "price_rise": "price_told",
    "payment_failed": "payment_failed",
}
"""Kind of happening -> the piece of evidence it is; other kinds tell nothing of leaving."""
PLACED = ("store_gone", "rival_opened")
"""Pieces that touch everybody who shops there."""
ABOUT: Mapping[str, str] = {
    "delivery": "delivery_failed",
    "service": "complaint_service",
    "product": "complaint_product",
}
"""What a complaint is about -> the piece of evidence it is, beside being answered or not."""
COUNTED = ("our_messages",)
"""Pieces of which the number counts; the others are at most 1."""


def ledger(
    t: Tables, as_of: datetime, told: Told, *, known: datetime | None = None
) -> ibis.Table | None:
    """One row per person and thing that happened (columns: `contract.LEDGER`); None: none told."""
    people = _people(t, as_of, known)
    today = number_of(last_day_before(as_of, t.shop_zone))
    found: list[ibis.Table] = []
    if told.happenings is not None:
        found += _happened(_by(told.happenings, "day", today), people, t, as_of, known)
    if told.complaints is not None:
        found += _complained(_by(told.complaints, "received", today), people, today)
    if told.messages is not None:
        found.append(_written(_by(told.messages, "day", today), people))
    return shaped(ibis.union(*found), LEDGER) if found else None


def pieces(
    row: ibis.Table, t: Tables, as_of: datetime, told: Told, *, known: datetime | None = None
) -> ibis.Table:
    """`row` (one per person) with a column for each of `TOLD_PIECES`, from the ledger.

    A piece is 0 for those it did not touch where somebody was told to be touched, null where nobody
    ever was.
    """
    every = ledger(t, as_of, told, known=known)
    if every is None:
        return row.mutate(**{name: ibis.null("float64") for name in TOLD_PIECES})
    summed = every.group_by("person_id").aggregate(
        **{f"{name}_sum": every.weight.sum(where=every.piece == name) for name in TOLD_PIECES}
    )
    kept = _kept(told, number_of(last_day_before(as_of, t.shop_zone)))
    joined = row.left_join(summed, "person_id").drop("person_id_right").cross_join(kept)
    return joined.mutate(**{name: _piece(joined, name) for name in TOLD_PIECES})


def _piece(row: ibis.Table, name: str) -> Value:
    weight = row[f"{name}_sum"].fill_null(0.0)
    told = weight if name in COUNTED else weight.clip(lower=0.0, upper=1.0)
    return (row[f"{name}_kept"] > 0).ifelse(told, ibis.null("float64"))


def _kept(told: Told, today: int) -> ibis.Table:
    """One row: for each piece how many things of its sort are known of anybody."""
    counted: list[ibis.Table] = []
    if told.happenings is not None:
        there = _by(told.happenings, "day", today)
        counted.append(there.select(piece=_piece_of(there.kind, PIECE_OF)))
    if told.complaints is not None:
        there = _by(told.complaints, "received", today)
        asked = ("complaint_unanswered", "complaint_service", "complaint_product")
        counted += [there.select(piece=ibis.literal(name)) for name in asked]
        counted.append(there.select(piece=_piece_of(there.about, ABOUT)))
    if told.messages is not None:
        there = _by(told.messages, "day", today)
        counted.append(there.select(piece=ibis.literal("our_messages")))
    every = ibis.union(*counted) if len(counted) > 1 else counted[0]
    return every.aggregate(
        **{f"{name}_kept": flag(every.piece == name).sum().fill_null(0) for name in TOLD_PIECES}
    )


def _piece_of(code: Value, pieces_of: Mapping[str, str]) -> Value:
    branches = [(code == name, ibis.literal(piece)) for name, piece in pieces_of.items()]
    return ibis.cases(*branches, else_=ibis.literal("nothing"))


def _by(told: ibis.Table, day: str, today: int) -> ibis.Table:
    """What had happened by then: nothing of later is evidence."""
    return told.filter(day_number(told[day]) <= whole(today))


def _people(t: Tables, as_of: datetime, known: datetime | None) -> ibis.Table:
    """Per person the day they were last seen (`last`), and the store and region they shop in."""
    bought = of_persons(purchases(t, as_of, known=known))
    last = bought.group_by("person_id").aggregate(last=day_number(bought.day).max())
    for name in ("store", "region"):
        usual = _usual(bought, name)
        last = last.left_join(usual, "person_id").drop("person_id_right")
    return last


def _usual(bought: ibis.Table, name: str) -> ibis.Table:
    """Where each person bought most often; of equals the first by name."""
    there = bought.filter(bought[name].notnull())
    times = there.group_by(["person_id", name]).aggregate(times=there.count())
    rank = ibis.window(group_by=times.person_id, order_by=[times.times.desc(), times[name]])
    ranked = times.mutate(place=ibis.row_number().over(rank))
    return ranked.filter(ranked.place == 0).select("person_id", f"{name}")


def _near(row: ibis.Table, first: Value, last: Value) -> ibis.Table:
    """Those rows that fell into the end of their person: `first` to `last` are day numbers."""
    end = row.last + GRACE_DAYS
    return row.filter((first <= end) & (last > end - END_DAYS))


def _happened(
    told: ibis.Table, people: ibis.Table, t: Tables, as_of: datetime, known: datetime | None
) -> list[ibis.Table]:
    """Happenings by whom they touched: one person, buyers of something, a store, a region, all."""
    named = told.mutate(
        piece=_piece_of(told.kind, PIECE_OF),
        first=day_number(told.day),
        until_number=day_number(ibis.coalesce(told["until"], told.day)),
    )
    named = named.filter(named.piece != "nothing")
    nobody = named.filter(named.person_id.isnull())
    goods = nobody.filter(nobody["product"].notnull() | nobody.category.notnull())
    placed = nobody.filter(nobody["product"].isnull() & nobody.category.isnull())
    mine = named.filter(named.person_id.notnull()).rename(whose="person_id")
    by_store = placed.filter(placed.store.notnull()).rename(at="store")
    by_region = placed.filter(placed.store.isnull() & placed.region.notnull()).rename(at="region")
    everywhere = placed.filter(placed.store.isnull() & placed.region.isnull())
    mine = mine.drop("store", "region").join(people, mine.whose == people.person_id)
    stores = by_store.drop("person_id", "region").join(people, by_store["at"] == people.store)
    regions = by_region.drop("person_id", "store").join(people, by_region["at"] == people.region)
    whole = everywhere.drop("person_id", "store", "region").cross_join(people)
    return [
        _touched(mine, ibis.coalesce(mine.clerk, mine["product"]), ibis.literal(NEAR)),
        _touched(stores, ibis.coalesce(stores.clerk, stores.store), _placed(stores)),
        _touched(regions, ibis.coalesce(regions.clerk, regions.region), ibis.literal(WIDE)),
        _touched(whole, whole.clerk, ibis.literal(WIDE)),
        *_goods(goods, people, t, as_of, known),
    ]


def _placed(row: ibis.Table) -> Value:
    """What touches everybody who shops there weighs more than what may have passed them by."""
    return row.piece.isin(PLACED).ifelse(NEAR, WIDE)


def _touched(row: ibis.Table, what: Value, weight: Value) -> ibis.Table:
    told = row.mutate(what=what, weight=weight)
    near = _near(told, told.first, told.until_number)
    return _rows(near, near.what, near.weight)


def _goods(
    told: ibis.Table, people: ibis.Table, t: Tables, as_of: datetime, known: datetime | None
) -> list[ibis.Table]:
    """What touched a product or a kind of product weighs as much as they spent on it."""
    sold = sold_goods(lines(t, as_of, known=known))
    named = sold.filter(sold.person_id.notnull())
    whole = named.group_by("person_id").aggregate(whole=named.amount.sum())
    found = []
    for mine, theirs in (("product", "sku"), ("product", "product"), ("category", "category")):
        spent = named.group_by(["person_id", theirs]).aggregate(spent=named.amount.sum())
        spent = spent.select("spent", buyer=spent.person_id, thing=spent[theirs])
        events = told.filter(told[mine].notnull())
        if theirs == "product":
            events = _not_a_number(events, named)
        hit = events.drop("person_id", "store", "region").join(spent, events[mine] == spent.thing)
        hit = hit.join(people, hit.buyer == people.person_id)
        hit = hit.join(whole.rename(owner="person_id"), hit.buyer == whole.person_id)
        near = _near(hit, hit.first, hit.until_number)
        found.append(_rows(near, near.thing, ratio(near.spent, near.whole)))
    return found


def _not_a_number(events: ibis.Table, sold: ibis.Table) -> ibis.Table:
    """Those that name no product number: what is a number and a name counts once."""
    return events.anti_join(sold.select(sku=sold.sku).distinct(), events["product"] == sold.sku)


def _complained(told: ibis.Table, people: ibis.Table, today: int) -> list[ibis.Table]:
    """A complaint is evidence of what it is about, and of not being answered."""
    theirs = told.drop("store").join(people, "person_id")
    received = day_number(theirs.received)
    near = _near(theirs.mutate(first=received), received, received)
    answered = day_number(near.answered)
    # What was answered later than the moment asked for was not answered yet.
    evening = whole(today)
    by_then = ((answered <= evening) & answered.notnull()).ifelse(answered, evening)
    waited = near.filter(by_then - near.first > SLOW_DAYS)
    about = near.mutate(piece=_piece_of(near.about, ABOUT))
    about = about.filter(about.piece != "nothing")
    silent = waited.mutate(piece=ibis.literal("complaint_unanswered"))
    return [
        _rows(each.mutate(day=each.received), each.store, ibis.literal(NEAR))
        for each in (about, silent)
    ]


def _written(told: ibis.Table, people: ibis.Table) -> ibis.Table:
    theirs = told.join(people, "person_id")
    number = day_number(theirs.day)
    near = _near(theirs, number, number).mutate(piece=ibis.literal("our_messages"))
    return _rows(near, ibis.null("string"), ibis.literal(NEAR))


def _rows(found: ibis.Table, what: Value, weight: Value) -> ibis.Table:
    """The columns of `LEDGER`, of one type in every part of the union."""
    return found.select(
        person_id=found.person_id,
        piece=found.piece,
        day=found.day,
        what=what.cast("string"),
        weight=weight.cast("float64"),
    )
