"""Contribution: what each customer's orders leave, who leaves most, and whom to look at.

The facts add up baskets, the models say how sure that is beside peers, the decisions propose. All
stays in the edition; only a human's word goes into the books (`desks.letting_go`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.complaints import book as complaints
from huitou.decisions.letting_go import Figures, Rate, proposal
from huitou.decisions.super_users import apart, curve, super_users
from huitou.facts import contribution as facts
from huitou.ground.clock import end_of_day
from huitou.loyalty import book as loyalty
from huitou.loyalty.demands import book as demands
from huitou.loyalty.letting_go.rules import RULES, LetGoRules
from huitou.loyalty.surprises import book as surprises
from huitou.models.contribution import contribution
from huitou.models.peers import Beyond, Cells, Reals, Truth, Wholes, beyond, expected, found
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

CONTRIBUTION, PROPOSED, NOTE = "contribution", "proposed", "contribution"
"""Tables of the edition: everybody's figures, and whom to look at; and what is noted beside."""
SPEAKS = ("product", "delivery")
"""Complaints of these kinds that were made good speak for what came back."""

MADE_GOOD = pa.schema([("person_id", pa.string()), ("about", pa.string()), ("day", pa.date32())])
USED = pa.schema([("order_id", pa.string()), ("amount", pa.int64())])
PROPOSALS = pa.schema(
    [
        ("person_id", pa.string()),
        ("step", pa.string()),
        ("kinds", pa.list_(pa.string())),
        ("high", pa.int64()),
        ("figures", pa.string()),
    ]
)


@dataclass(frozen=True)
class Told:
    """What the books say beside the orders, by the ids used now."""

    aside: facts.Aside
    minutes: Counter[str]
    """Minutes of staff by person."""
    groundless: Counter[str]
    """Complaints in which nothing was found, by person."""
    gifts: Counter[str]
    """Cost of what was handed over to them, minor units."""
    waiting: set[str]
    """Who waits for an answer of ours: nobody is proposed meanwhile."""
    asked: Counter[tuple[str, str]]
    """Complaints by person and kind."""


def costs_of(rules: LetGoRules, staff_hourly: int) -> facts.Costs:
    """What a return costs by the merchant's word, minor units."""
    handling = rules.return_minutes * staff_hourly // 60 + rules.return_cost
    return facts.Costs(handling, rules.lost_share, rules.late_days, rules.fault_words)


def weigh(work: Work) -> Result:
    """Everybody's contribution, the super users, and whom a human should look at."""
    rules = RULES.read(work.home, work.settings.money)
    since = work.day - timedelta(days=rules.window_days - 1)
    costs = costs_of(rules, work.settings.staff_hourly)
    with work.books.reading() as unit:
        told = told_by(unit, work, rules, since)
    with work.facts() as tables:
        as_of = work.moment.as_of
        lines = facts.marked(tables, as_of, since, costs, told.aside)
        # Everything below reads these lines: they are marked once.
        with lines.cache() as once:
            found = _weighed(once, costs, told, rules, work.settings.staff_hourly)
    if found is None:
        return {"rows": 0, "proposed": 0}
    people, proposed, noted = found
    work.edition.note(NOTE, noted)
    work.edition.write(CONTRIBUTION, people)
    work.edition.write(PROPOSED, pa.Table.from_pylist(proposed, schema=PROPOSALS))
    return {"rows": people.num_rows, "proposed": len(proposed)}


def _weighed(
    lines: ibis.Table, costs: facts.Costs, told: Told, rules: LetGoRules, hourly: int
) -> tuple[pa.Table, list[dict[str, Any]], dict[str, Any]] | None:
    """The people, whom to look at, and what is noted of all; None where nobody ordered."""
    each = facts.baskets(lines, costs)
    people = facts.by_person(each).to_pyarrow().sort_by("person_id")
    if not people.num_rows:
        return None
    people = _with_interval(people, told, rules, hourly)
    cells, by_month = facts.cells(lines).to_pyarrow(), facts.months(each).to_pyarrow()
    looked = _looked(people, cells, by_month, told, rules)
    noted = {"days": rules.window_days, **_noted(people, lines, told)}
    return people, _proposed(people, looked, told, rules), noted


# -- what the books say


def told_by(unit: Unit, work: Work, rules: LetGoRules, since: date) -> Told:
    """Complaints, demands, offers used and gifts handed over since a day, up to the last known."""
    began, over = _ends(work.settings.zone, since, work.day)
    rows = _complaints(unit, began, over)
    given: Counter[str] = Counter()
    for row in surprises.all_drawn(unit):
        if row["state"] == "delivered" and since <= row["day"] <= work.day:
            given[row["person_id"]] += row["cost"]
    minutes = Counter({
        who: n * rules.complaint_minutes
        for who, n in Counter(row["person_id"] for row in rows).items()
    })  # fmt: skip
    for who, (conceded, spent) in demands.cost(unit, since, work.day).items():
        given[who] += conceded
        minutes[who] += spent
    return Told(
        aside=aside_of(unit, work.settings.zone, since, work.day),
        minutes=minutes,
        groundless=Counter(row["person_id"] for row in rows if row["found"] == "nothing"),
        gifts=given,
        waiting=complaints.people_waiting(unit),
        asked=Counter((row["person_id"], row["kind"]) for row in rows),
    )


def aside_of(unit: Unit, zone: ZoneInfo, since: date, day: date) -> facts.Aside:
    """What the books know of orders from `since` to `day`: complaints made good, offers used."""
    began, over = _ends(zone, since, day)
    used = [row for row in loyalty.uses_since(unit, began) if row["at"] < over]
    return facts.Aside(_made_good(_complaints(unit, began, over), zone), _table(used, USED))


def _ends(zone: ZoneInfo, since: date, day: date) -> tuple[datetime, datetime]:
    first, last = end_of_day(since - timedelta(days=1), zone), end_of_day(day, zone)
    return first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)


def _complaints(unit: Unit, began: datetime, over: datetime) -> list[Row]:
    return [row for row in complaints.weighed(unit, began) if row["received_at"] < over]


def _made_good(rows: Sequence[Row], zone: ZoneInfo) -> ibis.Table | None:
    found = [
        {
            "person_id": row["person_id"],
            "about": row["order_id"] or row["product"],
            "day": row["received_at"].astimezone(zone).date(),
        }
        for row in rows
        if row["found"] == "justified" and row["kind"] in SPEAKS
    ]
    return _table(found, MADE_GOOD)


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> ibis.Table | None:
    kept = [{name: row[name] for name in schema.names} for row in rows]
    return ibis.memtable(pa.Table.from_pylist(kept, schema=schema)) if kept else None


# -- what their orders leave


def _with_interval(people: pa.Table, told: Told, rules: LetGoRules, hourly: int) -> pa.Table:
    """The people with what they cost beside their orders, and the interval of what they leave."""
    ids = people["person_id"].to_pylist()
    minutes = np.array([told.minutes[person] for person in ids], dtype=np.int64)
    gifts = np.array([told.gifts[person] for person in ids], dtype=np.int64)
    service = minutes * hourly // 60
    beside = (service + gifts).astype(float)
    seen = contribution(
        _real(people, "baskets"), _real(people, "net"), _real(people, "squares"), rules.level
    )
    net = people["net"].to_numpy() - service - gifts
    columns = {
        "service_minutes": minutes,
        "service_cost": service,
        "gifts": gifts,
        "left": net,
        "middle": np.rint(seen.middle - beside).astype(np.int64),
        "low": np.rint(seen.low - beside).astype(np.int64),
        "high": np.rint(seen.high - beside).astype(np.int64),
    }
    for name, column in columns.items():
        people = people.append_column(name, pa.array(column))
    chosen = super_users(_real(people, "middle"), _real(people, "low"), rules.super_times)
    return people.append_column("is_super", pa.array(chosen))


# -- what they do beside their peers


@dataclass(frozen=True)
class _Looked:
    """Those who ordered often enough to be looked at, and how often each does what."""

    rows: Wholes
    """Their places among all people."""
    done: Mapping[str, Reals]
    of: Mapping[str, Reals]
    expected: Mapping[str, Reals]
    beyond: Mapping[str, Beyond]
    named: Mapping[str, Truth]

    def rates(self, place: int) -> dict[str, Rate]:
        """What one of them does, kind by kind."""
        return {
            name: Rate(
                done=int(self.done[name][place]),
                of=int(self.of[name][place]),
                expected=float(self.expected[name][place]),
                times=float(told.times[place]),
                low=float(told.low[place]),
                high=float(told.high[place]),
                usual=float(told.usual[place]),
                named=bool(self.named[name][place]),
            )
            for name, told in self.beyond.items()
        }


def _looked(
    people: pa.Table, cells: pa.Table, months: pa.Table, told: Told, rules: LetGoRules
) -> _Looked:
    count = people.num_rows
    code = pc.index_in(cells["person_id"], people["person_id"].combine_chunks())
    goods, late = _cells(cells, code, "k"), _cells(cells, code, "late")
    by_month = _by_month(months, people)
    baskets = _real(people, "baskets")
    groundless = np.array([told.groundless[who] for who in people["person_id"].to_pylist()], float)
    claims = _real(people, "bare") + groundless
    done = {
        "serial_returns": np.bincount(goods.person, goods.k, minlength=count),
        "worn": np.bincount(late.person, late.k, minlength=count),
        "claims": claims,
        "only_free": _real(people, "gift"),
    }
    usual = {
        "serial_returns": expected(goods, count),
        "worn": expected(late, count),
        "claims": (claims.sum() - claims) / np.maximum(baskets.sum() - baskets, 1.0) * baskets,
        "only_free": expected(by_month, count),
    }
    pieces = _real(people, "goods")
    of = {"serial_returns": pieces, "worn": pieces, "claims": baskets, "only_free": baskets}
    rows = np.flatnonzero(baskets >= rules.least_orders)
    seen = {
        name: beyond(done[name][rows], usual[name][rows], rules.times, rules.level) for name in done
    }
    # All kinds are looked at together: whoever is named once is named among all these looks.
    chances = np.concatenate([each.usual for each in seen.values()])
    named = np.split(found(chances, rules.false_share), len(seen))
    return _Looked(
        rows,
        {name: each[rows] for name, each in done.items()},
        {name: each[rows] for name, each in of.items()},
        {name: each[rows] for name, each in usual.items()},
        seen,
        dict(zip(seen, named, strict=True)),
    )


def _cells(table: pa.Table, person: pa.ChunkedArray, done: str) -> Cells:
    return Cells(
        _whole(person),
        _codes(table["sku"]),
        _codes(table["category"]),
        _whole(table["band"]),
        _real(table, "n"),
        _real(table, done),
    )


def _by_month(table: pa.Table, people: pa.Table) -> Cells:
    code = pc.index_in(table["person_id"], people["person_id"].combine_chunks())
    same = np.zeros(table.num_rows, dtype=np.int64)
    return Cells(
        _whole(code), _codes(table["cell"]), same, same, _real(table, "n"), _real(table, "k")
    )


# -- whom to look at


def _proposed(
    people: pa.Table, looked: _Looked, told: Told, rules: LetGoRules
) -> list[dict[str, Any]]:
    costly = people["high"].to_numpy()[looked.rows] < 0
    found = []
    for place in np.flatnonzero(costly):
        row = people.slice(int(looked.rows[place]), 1).to_pylist()[0]
        figures = _figures(row, looked.rates(int(place)), rules)
        meant = proposal(figures, rules.only_share)
        if meant is not None and row["person_id"] not in told.waiting:
            found.append(
                {
                    "person_id": row["person_id"],
                    "step": meant.step,
                    "kinds": list(meant.kinds),
                    "high": figures.high,
                    "figures": json.dumps(figures.kept()),
                }
            )
    return sorted(found, key=lambda each: (each["high"], each["person_id"]))


def _figures(row: Mapping[str, Any], rates: Mapping[str, Rate], rules: LetGoRules) -> Figures:
    same = ("goods", "paid", "off", "returns_cost", "service_minutes", "service_cost", "gifts",
            "told_back", "complaint_back", "product_back", "profit", "low", "high")  # fmt: skip
    return Figures(
        days=rules.window_days,
        orders=row["baskets"],
        net=row["left"],
        late_days=rules.late_days,
        rates=dict(rates),
        **{name: row[name] for name in same},
    )


# -- who leaves most


def _noted(people: pa.Table, lines: ibis.Table, told: Told) -> dict[str, Any]:
    """What is told of all: the curve, the super users, and what sets them apart."""
    chosen = people.filter(people["is_super"])
    rest = people.filter(pc.invert(people["is_super"]))
    what = facts.bought_by(lines, ibis.memtable(chosen.select(["person_id"])))
    bought = what.to_pyarrow().sort_by("what").to_pydict()
    return {
        "people": people.num_rows,
        "super_users": chosen.num_rows,
        "left": _sum(people, "left"),
        "left_by_super": _sum(chosen, "left"),
        "curve": curve(_real(people, "left")),
        "super": _means(chosen),
        "others": _means(rest),
        "bought": [
            vars(each)
            for each in apart(
                bought["what"], bought["theirs"], bought["others"], chosen.num_rows, rest.num_rows
            )
        ],
        "asked": _asked(chosen, rest, told),
    }


def _means(people: pa.Table) -> dict[str, float | None]:
    """What the usual one of them does: means that the figures of all give."""
    if not people.num_rows:
        return {"orders": None, "paid": None, "back": None, "off": None, "left": None}
    orders, goods, paid, off = (_sum(people, name) for name in ("baskets", "goods", "paid", "off"))
    return {
        "orders": orders / people.num_rows,
        "paid": paid / max(orders, 1),
        "back": _sum(people, "back") / max(goods, 1),
        "off": off / max(paid + off, 1),
        "left": _sum(people, "left") / people.num_rows,
    }


def _asked(chosen: pa.Table, rest: pa.Table, told: Told) -> list[dict[str, Any]]:
    """What super users complain of, beside what others do: share of each that did."""
    mine = set(chosen["person_id"].to_pylist())
    theirs: Counter[str] = Counter(kind for who, kind in told.asked if who in mine)
    others: Counter[str] = Counter(kind for who, kind in told.asked if who not in mine)
    return [
        {
            "kind": kind,
            "theirs": theirs[kind] / chosen.num_rows if chosen.num_rows else 0.0,
            "others": others[kind] / rest.num_rows if rest.num_rows else 0.0,
        }
        for kind in sorted(theirs)
    ]


# -- columns


def _real(table: pa.Table, name: str) -> Reals:
    return np.asarray(table[name].to_numpy(), dtype=np.float64)


def _whole(column: pa.ChunkedArray) -> Wholes:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _codes(column: pa.ChunkedArray) -> Wholes:
    """A code for each value, also for none."""
    known = column.cast(pa.string()).fill_null("").combine_chunks().dictionary_encode()
    return np.asarray(known.indices.to_numpy(), dtype=np.int64)


def _sum(table: pa.Table, name: str) -> int:
    return int(pc.sum(table[name]).as_py() or 0)
