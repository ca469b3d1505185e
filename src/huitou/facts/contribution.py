"""Net contribution: what each customer's baskets left in a window, and what came back of them.

A basket is what a person bought on one day. Goods that come back belong to the last basket before
in which that person bought the same and still has it, else to their last one, so that a basket
carries its whole story: what it earned, what came back, how late, and what handling that cost.

What came back through a fault of ours costs the customer nothing here: `fault` says which.

    told        the shop's own words for a fault stand in the reason of the return
    complaint   a complaint of theirs about it was made good
    product     others, too, send this product back far more often than products are

Nothing but `READ` is looked at: neither who somebody is nor where they live can reach a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Value

from huitou.facts.contract import Tables
from huitou.facts.kernel import day_number, flag, known_at, month_number, ratio, rounded
from huitou.facts.profit import shop_rate, with_profit

READ: tuple[str, ...] = (
    "person_id", "source", "order_id", "ordered_at", "day", "sku", "product", "category", "amount",
    "cost", "discount", "is_return", "is_product", "return_reason",
)  # fmt: skip
"""All columns of a line that may count in favour of or against anybody: what was bought, for how
much, what came back and why. Of whom there is an opaque id."""

FAULTS = ("told", "complaint", "product")
BANDS = (2, 4)
"""Sizes of a basket, in goods, from which on it is of the next kind: one; two or three; more. Who
orders three sizes to keep one is held beside those who order as much at a time."""
FEWEST_BACK = 5
"""So many pieces others must have sent back of a product before it counts as a faulty one."""
WORSE = 2.0
"""How many times as often as products are."""
SURELY = 1.96
NEAR_DAYS = 30
"""A complaint that names no product speaks for what came back within so many days of it."""


@dataclass(frozen=True)
class Costs:
    """What the merchant says a return costs; amounts in minor units."""

    a_return: int = 0
    """Handling of one piece that came back: minutes at the wage, and postage."""
    lost_share: float = 0.0
    """Of the price of goods that came back, the share that is lost with them."""
    late_days: int = 14
    """What comes back after so many days had been used: the occasion was over."""
    fault_words: tuple[str, ...] = ()
    """Small letters; a reason of a return that holds one of them is a fault of ours."""


@dataclass(frozen=True)
class Aside:
    """What the books know that no line tells; None: nothing of the sort."""

    made_good: ibis.Table | None = None
    """Complaints that were made good: `person_id`, `about` (an order, a product or its number;
    null: nothing was named), `day`."""
    redeemed: ibis.Table | None = None
    """Orders on which an offer of ours was used: `order_id`, `amount` that it took off."""


NOTHING = Aside()


def marked(
    t: Tables, as_of: datetime, since: date, costs: Costs, aside: Aside = NOTHING
) -> ibis.Table:
    """Lines of known persons of baskets since `since`, each with its basket and its fault.

    `bought_on` is the day of its basket, `fault` one of `FAULTS` where it came back through one of
    ours, `rate` what is earned where no cost is known.
    """
    every = known_at(t.lines.select(*READ), as_of)
    split = with_profit(t, every.filter(every.person_id.notnull()))
    placed = _placed(_taken_off(split, aside.redeemed))
    told = placed.mutate(
        is_goods=placed.is_product & ~placed.is_return & (placed.amount >= 0),
        came_back=placed.is_product & placed.is_return,
        is_late=day_number(placed.day) - day_number(placed.bought_on) > costs.late_days,
    )
    within = told.filter(told.bought_on >= since)
    rate = shop_rate(with_profit(t, every), t.margin)
    return _blamed(within, every, costs, aside.made_good).cross_join(rate.select("rate"))


def baskets(marked: ibis.Table, costs: Costs) -> ibis.Table:
    """One row per person and day of purchase: what it left, and what came back of it.

    Amounts are whole minor units.

        goods, back, late, fault     pieces bought; that came back; of those late; and by our fault
        <fault>_back                 the same for each of `FAULTS`
        paid, sent_back, off         what they paid for, what was paid back, what was taken off
        gift                         1 where something was taken off, or nothing was paid
        bare                         1 where money went back and no goods came
        net                          profit, less what returns cost that are held against them
    """
    whole = marked.group_by(["person_id", "bought_on"]).aggregate(
        goods=flag(marked.is_goods).sum(),
        paid=marked.is_return.ifelse(0, marked.amount).sum(),
        off=marked.is_return.ifelse(0, marked.discount).sum(),
        back=flag(marked.came_back).sum(),
        late=flag(marked.came_back & marked.fault.isnull() & marked.is_late).sum(),
        fault=flag(marked.came_back & marked.fault.notnull()).sum(),
        **{f"{name}_back": flag(marked.fault == name).sum() for name in FAULTS},
        sent_back=marked.is_return.ifelse(-marked.amount, 0).sum(),
        held_back=(marked.is_return & marked.fault.isnull()).ifelse(-marked.amount, 0).sum(),
        bare=flag(marked.is_return & ~marked.is_product).sum(),
        earned=marked.earned.sum(),
        uncosted=marked.uncosted.sum(),
        rate=marked.rate.max(),
    )
    row = whole.filter(whole.goods > 0)
    handled = (row.back - row.fault) * costs.a_return
    lost = rounded(row.held_back.cast("float64") * costs.lost_share)
    return row.mutate(
        band=_band(row.goods),
        gift=flag((row.off > 0) | (row.paid <= 0)),
        bare=flag(row.bare > 0),
        profit=row.earned + rounded(row.uncosted.cast("float64") * row.rate),
        returns_cost=handled + lost,
    ).mutate(net=lambda each: each.profit - each.returns_cost)


def by_person(each: ibis.Table) -> ibis.Table:
    """Baskets summed up by person: numbers that add, and the squares that an interval needs."""
    summed = ("goods", "back", "late", "fault", "paid", "off", "gift", "bare", "sent_back",
              "profit", "returns_cost", "net", *(f"{name}_back" for name in FAULTS))  # fmt: skip
    real = each.net.cast("float64")
    return each.group_by("person_id").aggregate(
        baskets=each.count(),
        first_day=each.bought_on.min(),
        last_day=each.bought_on.max(),
        **{name: each[name].sum() for name in summed},
        squares=(real * real).sum(),
    )


def months(each: ibis.Table) -> ibis.Table:
    """Baskets by person and month, and how many of them had something taken off."""
    dated = each.mutate(cell=month_number(each.bought_on))
    return dated.group_by(["person_id", "cell"]).aggregate(n=dated.count(), k=dated.gift.sum())


def cells(marked: ibis.Table) -> ibis.Table:
    """Per person, product and size of basket: `n` pieces bought, `k` back and not by our fault,
    `late` of those. Peers of the same kind are those who bought the same in baskets as large."""
    size = flag(marked.is_goods).sum().over(group_by=[marked.person_id, marked.bought_on])
    every = marked.mutate(size=size)
    with_goods = every.filter(every["size"] > 0)  # as baskets are: postage alone is none
    sized = with_goods.mutate(band=_band(with_goods["size"]))
    held = sized.came_back & sized.fault.isnull()
    return sized.group_by(["person_id", "sku", "category", "band"]).aggregate(
        n=flag(sized.is_goods).sum(),
        k=flag(held).sum(),
        late=flag(held & sized.is_late).sum(),
    )


def bought_by(marked: ibis.Table, people: ibis.Table) -> ibis.Table:
    """Per kind of goods (where none is told, per product) how many of `people` bought it, and how
    many of the others: `what`, `theirs`, `others`."""
    named = marked.mutate(what=ibis.coalesce(marked.category, marked["product"], marked.sku))
    sold = named.filter(named.is_goods & named.what.notnull())
    once = sold.select("person_id", "what").distinct()
    apart = people.select(super_id="person_id")
    among = once.left_join(apart, once.person_id == apart.super_id)
    return among.group_by("what").aggregate(
        theirs=flag(among.super_id.notnull()).sum(), others=flag(among.super_id.isnull()).sum()
    )


def left_by_day(marked: ibis.Table, costs: Costs) -> ibis.Table:
    """What each person left on each day, what came back then off it: `person_id`, `day`, `left`."""
    held = marked.is_return & marked.fault.isnull()
    summed = marked.group_by(["person_id", "day"]).aggregate(
        earned=marked.earned.sum(),
        uncosted=marked.uncosted.sum(),
        rate=marked.rate.max(),
        pieces=flag(held & marked.is_product).sum(),
        back=held.ifelse(-marked.amount, 0).sum(),
    )
    profit = summed.earned + rounded(summed.uncosted.cast("float64") * summed.rate)
    lost = rounded(summed.back.cast("float64") * costs.lost_share)
    left = profit - summed.pieces * costs.a_return - lost
    return summed.select("person_id", "day", left=left)


def behind(marked: ibis.Table, people: list[str]) -> ibis.Table:
    """The lines behind a verdict on these people, for whoever has to judge it, the latest first."""
    theirs = marked.filter(marked.person_id.isin(people))
    return theirs.select(
        "person_id", "order_id", "day", "bought_on", "product", "sku", "amount", "discount",
        "is_return", "is_product", "return_reason", "fault", "is_late",
    ).order_by([theirs.person_id, theirs.day.desc(), theirs.order_id])  # fmt: skip


def _taken_off(lines: ibis.Table, redeemed: ibis.Table | None) -> ibis.Table:
    """What was taken off each line; an offer on an order stands on its first line."""
    told = lines.discount.fill_null(0)
    if redeemed is None:
        return lines.mutate(discount=told)
    offers = redeemed.group_by(offer_on="order_id").aggregate(offered=redeemed.amount.sum())
    first = ibis.window(
        group_by=[lines.source, lines.order_id],
        order_by=[flag(lines.is_return), lines.ordered_at, lines.sku, lines.amount],
    )
    row = lines.mutate(place=ibis.row_number().over(first), discount=told)
    row = row.left_join(offers, row.order_id == offers.offer_on)
    here = (row.place == 0) & ~row.is_return
    return row.mutate(discount=row.discount + here.ifelse(row.offered.fill_null(0), 0)).drop(
        "place", "offer_on", "offered"
    )


def _placed(lines: ibis.Table) -> ibis.Table:
    """Each line with the day of the basket it belongs to: `bought_on`.

    Of the same goods what was bought last goes back first: each purchase lifts the pile of what
    they have by one, each return takes one off, and the two on one level belong together. What has
    no such purchase goes to their last basket of all.
    """
    step = lines.is_product.ifelse(lines.is_return.ifelse(-1, 1), 0)
    told = lines.mutate(step=step, sold_on=lines.is_return.ifelse(ibis.null("date"), lines.day))
    piled = told.mutate(pile=told.step.sum().over(_until(told, told.sku)))
    level = piled.mutate(level=piled.pile + flag(piled.is_return & piled.is_product))
    same = level.sold_on.max().over(_until(level, level.sku, level.level))
    any_of_theirs = level.sold_on.max().over(_until(level))
    bought = ibis.coalesce(same, any_of_theirs, level.day)
    return level.mutate(bought_on=level.is_return.ifelse(bought, level.day)).drop("step", "pile")


def _until(lines: ibis.Table, *of: Value) -> Any:
    """A person's lines (of these goods) from their first up to each."""
    return ibis.window(
        group_by=[lines.person_id, *of],
        order_by=[lines.ordered_at, flag(lines.is_return)],
        preceding=None,
        following=0,
    )


def _blamed(
    lines: ibis.Table, every: ibis.Table, costs: Costs, made_good: ibis.Table | None
) -> ibis.Table:
    """Each line with whose fault it was that it came back, if it was ours."""
    spoken = _spoken_for(lines, made_good)
    here = [
        lines.person_id == spoken.word_who,
        lines.order_id == spoken.word_order,
        lines.day == spoken.word_day,
        lines.sku.fill_null("") == spoken.word_sku,
    ]
    with_word = lines.left_join(spoken, here)
    rated = _rated(with_word.drop("word_who", "word_order", "word_day", "word_sku"), every)
    branches = [
        (rated.came_back & _says_so(rated, costs.fault_words), ibis.literal("told")),
        (rated.came_back & rated.spoken_for.fill_null(False), ibis.literal("complaint")),
        (rated.came_back & rated.is_bad.fill_null(False), ibis.literal("product")),
    ]
    return rated.mutate(fault=ibis.cases(*branches, else_=ibis.null("string")))


def _says_so(lines: ibis.Table, words: tuple[str, ...]) -> BooleanValue:
    reason, found = lines.return_reason.lower(), ibis.literal(False)
    for word in words:
        found = found | reason.contains(word)
    return found.fill_null(False)


def _spoken_for(lines: ibis.Table, made_good: ibis.Table | None) -> ibis.Table:
    """What came back and of which a complaint was made good."""
    back = lines.filter(lines.came_back)
    if made_good is None:
        return _word(back.filter(ibis.literal(False)))
    told = made_good.rename(whose="person_id", spoken_on="day")
    both = back.join(told, back.person_id == told.whose)
    named = both.about.isin([both.sku, both["product"], both.order_id]) & both.about.notnull()
    apart = (day_number(both.day) - day_number(both.spoken_on)).abs()
    meant = both.filter(named.fill_null(False) | (both.about.isnull() & (apart <= NEAR_DAYS)))
    return _word(meant)


def _word(lines: ibis.Table) -> ibis.Table:
    return lines.select(
        word_who=lines.person_id,
        word_order=lines.order_id,
        word_day=lines.day,
        word_sku=lines.sku.fill_null(""),
        spoken_for=ibis.literal(True),
    ).distinct()


def _rated(lines: ibis.Table, every: ibis.Table) -> ibis.Table:
    """Lines with whether *others* send their product back far more often than products are.

    One's own returns do not count: who sends everything back would excuse themselves.
    """
    goods = every.filter(every.is_product & every.sku.notnull())
    product = goods.group_by(rated_sku=goods.sku).aggregate(
        all_sold=flag(~goods.is_return).sum(), all_back=flag(goods.is_return).sum()
    )
    shop = goods.aggregate(
        shop_sold=flag(~goods.is_return).sum(), shop_back=flag(goods.is_return).sum()
    )
    known = goods.filter(goods.person_id.notnull())
    own = known.group_by(own_who=known.person_id, own_sku=known.sku).aggregate(
        own_sold=flag(~known.is_return).sum(), own_back=flag(known.is_return).sum()
    )
    row = lines.left_join(product, lines.sku == product.rated_sku)
    row = row.left_join(own, [row.person_id == own.own_who, row.sku == own.own_sku])
    row = row.cross_join(shop)
    sold = (row.all_sold - row.own_sold.fill_null(0)).cast("float64")
    back = (row.all_back - row.own_back.fill_null(0)).cast("float64")
    usual = ratio(row.shop_back, row.shop_sold).fill_null(0.0)
    is_bad = (back >= FEWEST_BACK) & (_at_least(back, sold) > WORSE * usual)
    return row.mutate(is_bad=is_bad).drop(
        "rated_sku", "all_sold", "all_back", "own_who", "own_sku", "own_sold", "own_back",
        "shop_sold", "shop_back",
    )  # fmt: skip


def _at_least(hits: Value, n: Value) -> Value:
    """The lower end of Wilson's interval of a share, as in `stats.intervals`."""
    z2, share = SURELY**2, (hits / n.nullif(0.0)).clip(upper=1.0)
    middle = share + z2 / (2 * n.nullif(0.0))
    half = SURELY * ((share * (1.0 - share) + z2 / (4 * n.nullif(0.0))) / n.nullif(0.0)).sqrt()
    return (middle - half) / (1.0 + z2 / n.nullif(0.0))


def _band(goods: Value) -> Value:
    """The kind of basket by its size."""
    return flag(goods >= BANDS[0]) + flag(goods >= BANDS[1])
