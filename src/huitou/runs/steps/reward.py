"""Reward: orders earn, returns take back, what is due becomes theirs or ends, and they are told.

Orders are read whole from the edition and laid beside what they earned so far: only those that are
new or changed are touched. The effect is in one transaction with the step's mark, so whatever is
killed when, an order earns once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from huitou.ground.clock import end_of_day
from huitou.identity.book import Names, names
from huitou.journeys.sendings.book import Wish, ask
from huitou.loyalty.ladder import book as ladder
from huitou.loyalty.letting_go import book as letting_go
from huitou.loyalty.letting_go.book import Spans
from huitou.loyalty.packs import book as packs
from huitou.loyalty.points.due import book as due
from huitou.loyalty.points.orders import book as orders
from huitou.loyalty.points.orders.book import Seen
from huitou.loyalty.points.rules import EARNED, RULES, WHOLE, Kind, Rules
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition

WORDS = {"cashback": "balance", "stored": "balance"}
"""Kinds that are money are told in one way: what it is worth."""

GOODS = """
WITH goods AS (
    SELECT source, regexp_replace(order_id, '/refund$', '') AS order_id, person_id, ordered_at,
        day, channel, coalesce(sku, product, '') AS item, amount, is_return
    FROM lines WHERE person_id IS NOT NULL AND is_product),
sold AS (
    SELECT source, order_id, max(person_id) AS person_id, min(ordered_at) AS made, min(day) AS day,
        max(channel) AS channel, greatest(0, sum(amount)) AS total
    FROM goods WHERE NOT is_return GROUP BY source, order_id),
loose AS (SELECT * FROM goods ANTI JOIN sold USING (source, order_id) WHERE is_return),
bought AS (SELECT * FROM goods WHERE NOT is_return AND amount > 0),
back AS (
    SELECT source, order_id, -amount AS amount FROM goods WHERE is_return
    UNION ALL
    SELECT bought.source, bought.order_id, -loose.amount
    FROM loose ASOF JOIN bought ON loose.person_id = bought.person_id
        AND loose.item = bought.item AND loose.ordered_at >= bought.ordered_at)
SELECT source, order_id, person_id, made, day, channel, total::BIGINT AS total,
    least(total, coalesce(came, 0))::BIGINT AS back
FROM sold LEFT JOIN (
    SELECT source, order_id, sum(amount) AS came FROM back GROUP BY source, order_id
) USING (source, order_id)
ORDER BY made, source, order_id"""
"""Orders of known persons: what their goods cost, and how much of that came back. A return under a
number of its own belongs to the last order before it in which that person bought the same."""

PACKED = """
SELECT source, order_id, coalesce(sku, '') AS sku, coalesce(product, '') AS product,
    max(person_id) AS person_id, min(ordered_at) AS made, min(day) AS day,
    sum(coalesce(quantity, 1))::INTEGER AS pieces
FROM lines WHERE person_id IS NOT NULL AND NOT is_return AND amount > 0
    AND (list_contains($products, sku) OR list_contains($products, product))
GROUP BY ALL ORDER BY made, source, order_id"""


def reward(work: Work, unit: Unit) -> Result:
    """One day of points; nothing where the merchant never switched them on.

    Whoever stands on a step of the ladder that the rules name earns so many times as much.
    """
    rules = RULES.read(work.home)
    done: dict[str, int] = {"new": 0, "changed": 0, "packs": 0}
    if rules.on:
        steps = {person: held.step for person, held in ladder.standing(unit).items()}
        done |= _orders(work, unit, rules, steps)
        done["packs"] = _packs(work, unit, rules)
    done["cleared"] = until_none(due.clear, unit, work.now)
    done["expired"] = until_none(due.expire, unit, work.now)
    done["told"] = _tell(work, unit, rules) if rules.on else 0
    return {"rows": done["new"] + done["changed"], **done}


def until_none(do: Any, unit: Unit, now: datetime) -> int:
    """Do a thing a few thousand at a time until none is left; how many there were."""
    whole = 0
    while some := do(unit, now):
        whole += some
    return whole


# -- orders


@dataclass(frozen=True)
class Bought:
    """An order of the lake, under the name by which the books know it."""

    key: str
    person_id: str
    at: datetime
    day: date
    channel: str | None
    total: int
    back: int


def _orders(work: Work, unit: Unit, rules: Rules, steps: Mapping[str, str]) -> dict[str, int]:
    with work.lake.reading(work.edition) as lake:
        rows = lake.execute(GOODS).fetch_arrow_table().to_pylist()
    bought = list(_named(rows, orders.told(unit)))
    known, bare = names(unit), letting_go.spans(unit)
    times = {person: rules.steps.get(step, WHOLE) for person, step in steps.items()}
    whole = {"new": 0, "changed": 0}
    for name in EARNED:
        kind = rules.kinds[name]
        before = {row["order_key"]: row for row in orders.tallied(unit, name)}
        if not kind.on and not before:
            continue
        told = list(_changed(bought, before, kind, rules, work, known, times, bare))
        for what, n in orders.seen(unit, told, work.now).items():
            whole[what] += n
    return whole


def _named(rows: list[dict[str, Any]], told: Mapping[str, str | None]) -> Iterator[Bought]:
    """Orders under the name the till used for them, where it told of them; else with their source.

    Where two sources have an order of one number, the till's is that of the same person.
    """
    taken: set[str] = set()
    rows = sorted(rows, key=lambda row: told.get(row["order_id"]) not in (None, row["person_id"]))
    for row in rows:
        number = row["order_id"]
        by_till = number in told and number not in taken
        taken |= {number} if by_till else set()
        key = number if by_till else f"{row['source']}|{number}"
        yield Bought(
            key, row["person_id"], row["made"].replace(tzinfo=UTC), row["day"], row["channel"],
            int(row["total"]), int(row["back"]),
        )  # fmt: skip


def _changed(
    bought: list[Bought],
    before: dict[str, Row],
    kind: Kind,
    rules: Rules,
    work: Work,
    known: Names,
    by_step: Mapping[str, Decimal],
    bare: Mapping[str, Spans],
) -> Iterator[Seen]:
    """Orders that are new to this kind or differ from what is kept, and those that are gone."""
    currency, zone = work.settings.money, work.settings.zone
    for each in bought:
        row = before.pop(each.key, None)
        if row is not None and _same(row, each, known):
            continue
        who = known.now(each.person_id)
        times = by_step.get(each.person_id, WHOLE)
        want = kind.earned(each.total, each.channel, currency, times)
        if row is None and not (want and rules.issues(each.day)):
            continue
        if row is None and any(first <= each.day <= last for first, last in bare.get(who, ())):
            continue  # they were let go, and earn nothing meanwhile
        expires_at = kind.expires(each.at, zone)
        if row is None and expires_at is not None and expires_at <= work.now:
            continue  # it would have ended before anybody could spend it
        if row is not None and not kind.per_unit and not kind.percent:
            want = row["want"] if each.total else 0
        yield Seen(
            each.key, each.person_id, kind.name, each.total, each.back,
            kind.rate(currency, times), want, each.at, kind.clears(each.at), expires_at,
        )  # fmt: skip
    for key, row in before.items():
        if row["rate"] is not None and row["seen_back"] < row["total"]:
            # No file tells of it any more: all of it counts as sent back.
            yield Seen(key, row["person_id"], kind.name, row["total"], row["total"],
                       row["rate"], row["want"], row["at"])  # fmt: skip


def _same(row: Row, each: Bought, known: Names) -> bool:
    same = known.now(row["person_id"]) == known.now(each.person_id)
    untouched = (row["total"], row["seen_back"]) == (each.total, each.back)
    return row["rate"] is not None and same and untouched and orders.settled(row)


# -- packs sold as a product


def _packs(work: Work, unit: Unit, rules: Rules) -> int:
    """Whoever bought a product that stands for a pack has the pack, once for each piece."""
    sold = {rule.product: rule for rule in rules.packs.values() if rule.product}
    if not sold:
        return 0
    with work.lake.reading(work.edition) as lake:
        rows = lake.execute(PACKED, {"products": list(sold)}).fetch_arrow_table().to_pylist()
    fresh = 0
    for row in rows:
        rule = sold.get(row["sku"]) or sold[row["product"]]
        if not rules.issues(row["day"]):
            continue
        at = row["made"].replace(tzinfo=UTC)
        sale = packs.Sale(
            rule.name, rule.sessions, rule.price, rule.expires(at, work.settings.zone)
        )
        for piece in range(row["pieces"]):
            key = f"{row['source']}|{row['order_id']}|{rule.product}|{piece}"
            if not packs.is_sold(unit, key):
                packs.sell(unit, row["person_id"], sale, key, work.now, by="daily run")
                fresh += 1
    return fresh


# -- telling them before it ends


def _tell(work: Work, unit: Unit, rules: Rules) -> int:
    """Ask that people be told, once, before what they have ends unspent."""
    reach = _reach(work.edition, work.day)
    wishes = []
    for kind in (*rules.kinds.values(), Kind("pack", on=True, notice_days=30)):
        if kind.notice_days:
            # By days of the shop: what ends with its thirtieth day from now is told of today.
            last = work.now.astimezone(work.settings.zone).date() + timedelta(kind.notice_days)
            until = end_of_day(last, work.settings.zone).replace(tzinfo=UTC)
            wishes += list(_wishes(unit, kind, until, reach, work))
    return ask(unit, wishes, work.now)


def _wishes(
    unit: Unit, kind: Kind, until: datetime, reach: Mapping[str, str], work: Work
) -> Iterator[Wish]:
    known = names(unit)
    ends: dict[tuple[str, date], int] = {}
    for row in due.ending(unit, kind.name, work.now, until):
        day = row["expires_at"].astimezone(work.settings.zone).date() - timedelta(days=1)
        who = (known.now(row["person_id"]), day)
        ends[who] = ends.get(who, 0) + row["rest"]
    for (person, day), amount in ends.items():
        if (channel := reach.get(person)) is not None:
            told = {"kind": kind.name, "amount": amount, "points": amount,
                    "ends_on": day.isoformat(), "worth": kind.worth(amount)}  # fmt: skip
            yield Wish(
                "points", f"ending:{kind.name}:{day}", person, channel, "service",
                f"{WORDS.get(kind.name, kind.name)}_expiring", told, value=kind.worth(amount),
            )  # fmt: skip


def _reach(edition: Edition, day: date) -> dict[str, str]:
    """Person -> the channel by which to tell them; nobody without one."""
    columns = ["person_id", "has_email", "has_phone"]
    rows = edition.table(f"customers_{day}", columns).to_pylist()
    return {
        row["person_id"]: "email" if row["has_email"] else "sms"
        for row in rows
        if row["has_email"] or row["has_phone"]
    }
