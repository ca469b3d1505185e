"""Exodus: which groups stay away beyond what was expected of their customers, and who they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.facts.groups import belonging
from huitou.facts.kernel import number_of
from huitou.loyalty.ladder import book as ladders
from huitou.models import exodus
from huitou.models.exodus import Absent, Judged
from huitou.models.numbers import Array, Index
from huitou.runs.moment import Moment
from huitou.runs.work import Result, Work

NOTE, PEOPLE = "exodus", "exodus_people"
FEWEST = 4 * exodus.LEAST_PEOPLE
"""Customers without whom nothing can be said of any group."""
MOST_GROUPS = 300
"""Of a kind: the largest."""
FOREVER = 2**31
WHO = pa.schema(
    [
        ("kind", pa.string()),
        ("part", pa.string()),
        ("person_id", pa.string()),
        ("chance", pa.float64()),
        ("value", pa.int64()),
    ]
)
"""Who of a named group was expected and did not come; `value`: profit expected then."""


@dataclass(frozen=True)
class Groups:
    """All groups of a shop, and who belongs to them from and to which day (numbers)."""

    names: tuple[tuple[str, str], ...]
    """kind and part."""
    person: pa.Array
    group: Index
    since: Index
    until: Index


@dataclass(frozen=True)
class Seen:
    """One window of the past: everybody's chance, who came, and the members of each group."""

    start: date
    days: int
    scores: pa.Table
    came: exodus.Truth
    person: Index
    group: Index
    absent: Absent


def look(work: Work) -> Result:
    """Write the note `exodus` and the table of those who stayed away."""
    edition, moment = work.edition, work.moment
    people = edition.table(f"customers_{moment.day}", ["person_id"]).num_rows
    windows = newest(moment)
    if people < FEWEST or not any(windows):
        edition.note(NOTE, None)
        edition.write(PEOPLE, WHO.empty_table())
        return {"rows": 0}
    groups = _groups(work)
    seen = [[_seen(work, groups, *each) for each in some] for some in windows if some]
    found, who = verdicts(groups, seen)
    edition.note(NOTE, {"looked": len(groups.names), "groups": found})
    edition.write(PEOPLE, who)
    return {"rows": sum(row["named"] for row in found), "looked": len(groups.names)}


def newest(moment: Moment) -> tuple[list[tuple[date, int]], list[tuple[date, int]]]:
    """Windows that are over and do not overlap, the latest first: half horizons, and whole ones.

    The first of each is judged; the others say what is usual.
    """
    every = sorted(moment.windows(moment.day), reverse=True)
    halves = [each for each in every if each[1] < moment.horizon_days]
    wholes: list[tuple[date, int]] = []
    for start, days in every:
        over = start + timedelta(days=days)
        if days == moment.horizon_days and (not wholes or over <= wholes[-1][0]):
            wholes.append((start, days))
    return halves, wholes


def verdicts(groups: Groups, seen: list[list[Seen]]) -> tuple[list[dict[str, Any]], pa.Table]:
    """What is to be said of each group, the surest first; and who stayed away of those named."""
    judged = [exodus.judged(one[0].absent, [each.absent for each in one[1:]]) for one in seen]
    chance = exodus.either([each.chance for each in judged])
    named = exodus.named(chance)
    told = np.any([one[0].absent.told for one in seen], axis=0)
    rows, who = [], [WHO.empty_table()]
    for place in np.flatnonzero(told):
        best = int(np.argmin([each.chance[place] for each in judged]))
        rows.append(
            {
                **_verdict(groups.names[place], seen[best][0], judged[best], int(place)),
                "chance": float(chance[place]),
                "named": bool(named[place]),
            }
        )
        if named[place]:
            who.append(_missing(groups.names[place], seen[best][0], int(place)))
    rows.sort(key=lambda row: (not row["named"], row["chance"], row["kind"], row["part"]))
    return rows, pa.concat_tables(who)


def _verdict(name: tuple[str, str], window: Seen, judged: Judged, place: int) -> dict[str, Any]:
    mine = window.person[window.group == place]
    value, revenue = _brings(window.scores, mine)
    ends = {"share": judged.excess, "low": judged.low, "high": judged.high}
    shares = {end: float(told[place]) for end, told in ends.items()}
    absent = window.absent
    return {
        "kind": name[0],
        "part": name[1],
        "start": window.start.isoformat(),
        "days": window.days,
        "people": int(absent.people[place]),
        "expected": float(absent.expected[place]),
        "came": int(absent.came[place]),
        **shares,
        **{f"value_{end}": round(value * share) for end, share in shares.items()},
        **{f"revenue_{end}": round(revenue * share) for end, share in shares.items()},
    }


def _brings(scores: pa.Table, people: Index) -> tuple[float, float]:
    """Profit and revenue that these people were expected to bring, minor units."""
    told = scores.take(pa.array(people))
    value = float(pc.sum(told["value"]).as_py() or 0)
    bought = pc.sum(pc.multiply(told["expected"], told["spend"])).as_py()
    return value, float(bought or 0.0)


def _missing(name: tuple[str, str], window: Seen, place: int) -> pa.Table:
    mine = window.person[window.group == place]
    away = mine[~window.came[mine]]
    told = window.scores.take(pa.array(away))
    return pa.table(
        {
            "kind": pa.array([name[0]] * len(away), pa.string()),
            "part": pa.array([name[1]] * len(away), pa.string()),
            "person_id": told["person_id"],
            "chance": told["p_buy"],
            "value": told["value"],
        },
        schema=WHO,
    )


def _seen(work: Work, groups: Groups, start: date, days: int) -> Seen:
    columns = ["person_id", "p_buy", "value", "expected", "spend"]
    scores = work.edition.table(f"scores_{start}", columns).combine_chunks()
    bought = work.edition.table(work.moment.label(start, days), ["person_id"])["person_id"]
    ids = scores["person_id"].combine_chunks()
    came = np.asarray(pc.is_in(ids, value_set=bought.combine_chunks()))
    person, group = members(groups, ids, start)
    chance: Array = scores["p_buy"].to_numpy()
    counted = exodus.tally(chance, came, person, group, len(groups.names))
    return Seen(start, days, scores, came, person, group, exodus.absent(counted))


def members(groups: Groups, ids: pa.Array, evening: date) -> tuple[Index, Index]:
    """Who belonged to which group on an evening: places in `ids`, and groups."""
    number = number_of(evening)
    there = (groups.since <= number) & (groups.until > number)
    place = pc.fill_null(pc.index_in(groups.person, value_set=ids), -1).to_numpy()
    known = there & (place >= 0)
    return place[known].astype(np.int64), groups.group[known]


def _groups(work: Work) -> Groups:
    with work.facts() as tables:
        table = belonging(tables, work.moment.as_of).to_pyarrow()
    table = table.append_column("until", pa.array([FOREVER] * table.num_rows, pa.int64()))
    table = pa.concat_tables([table, _tiers(work, table.schema)]).combine_chunks()
    return grouped(table)


def grouped(table: pa.Table) -> Groups:
    """Groups of `person_id`, `kind`, `part`, `since`, `until`: the largest of each kind."""
    sizes = table.group_by(["kind", "part"]).aggregate([("person_id", "count")])
    large = sizes.filter(pc.greater_equal(sizes["person_id_count"], exodus.LEAST_PEOPLE))
    order = [("kind", "ascending"), ("person_id_count", "descending"), ("part", "ascending")]
    names = large.select(["kind", "part", "person_id_count"]).sort_by(order).combine_chunks()
    _, first, kind = np.unique(names["kind"].to_numpy(), return_index=True, return_inverse=True)
    names = names.filter(pa.array(np.arange(names.num_rows) - first[kind] < MOST_GROUPS))
    codes = _codes(table, names)
    there = codes >= 0
    chosen = table.filter(pa.array(there)).combine_chunks()
    return Groups(
        tuple(zip(names["kind"].to_pylist(), names["part"].to_pylist(), strict=True)),
        chosen["person_id"].combine_chunks() if chosen.num_rows else pa.array([], pa.string()),
        codes[there],
        chosen["since"].to_numpy(),
        chosen["until"].to_numpy(),
    )


def _codes(table: pa.Table, names: pa.Table) -> Index:
    """The place of each row's kind and part among the names; -1 where it is not among them."""
    pairs, wanted = np.zeros(table.num_rows, np.int64), np.zeros(names.num_rows, np.int64)
    for column in ("kind", "part"):
        told = table[column].combine_chunks().dictionary_encode()
        words = told.dictionary
        pairs = pairs * len(words) + told.indices.to_numpy()
        places = pc.index_in(names[column].combine_chunks(), value_set=words)
        wanted = wanted * len(words) + places.to_numpy(zero_copy_only=False)
    place = pc.fill_null(pc.index_in(pa.array(pairs), value_set=pa.array(wanted)), -1)
    found: Index = place.to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _tiers(work: Work, schema: pa.Schema) -> pa.Table:
    """Steps of the ladder, each from the day somebody came to stand on it to the next move."""
    with work.books.reading() as unit:
        stood = ladders.stood(unit)
    return pa.Table.from_pylist(list(_stays(stood)), schema=schema)


def _stays(stood: list[tuple[str, str, date]]) -> Iterator[dict[str, Any]]:
    last: dict[str, dict[str, Any]] = {}
    for person, step, day in stood:
        number = number_of(day)
        if person in last:
            yield {**last[person], "until": number}
        last[person] = {
            "person_id": person, "kind": "tier", "part": step, "since": number, "until": FOREVER,
        }  # fmt: skip
    yield from last.values()
