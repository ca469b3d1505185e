"""Know: whose line it is, what happened, and what every metric says."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from huitou.facts import metrics
from huitou.facts.bought import bought
from huitou.facts.contract import LEDGER, Tables
from huitou.facts.customers import customers
from huitou.facts.evidence import evidence
from huitou.facts.ledger import ledger
from huitou.facts.orders import orders
from huitou.facts.profit import shop_rate
from huitou.facts.rhythm import returning, usual_gap
from huitou.ground.errors import NotYet
from huitou.identity.alike import book as alike
from huitou.identity.alike.looking import look_for_doubles, told_of
from huitou.identity.resolving import look_back, resolve, with_people
from huitou.identity.tables import JOINED, MERGED, SPLIT
from huitou.loyalty.cards import book as cards
from huitou.runs import beneath, joining, newcomers
from huitou.runs.beside import beside
from huitou.runs.finding import KEYS
from huitou.runs.moment import Moment, earlier_moments, usual_horizon
from huitou.runs.remarks import note_basis
from huitou.runs.work import Result, Work, tables_of
from huitou.sources import tables as lake_tables

if TYPE_CHECKING:
    import duckdb

    from huitou.store.books import Unit


def people(work: Work) -> Result:
    """Who it is: every key of every line belongs to a person, and some people are one."""
    with work.books.reading() as unit:
        told, birthdays = alike.told(unit), cards.birthdays(unit)
    edition = work.edition
    with work.lake.writing("run: people") as lake:
        found = resolve(lake)
        look = look_for_doubles(lake, told.same, told.different, birthdays)
        spoken_of = {each for pair in (*told.same, *told.different) for each in pair}
        spoken_of |= {each for name in ("left", "right") for each in look.pairs[name].to_pylist()}
        edition.write("alike_people", told_of(lake, spoken_of))
    edition.write("alike", look.pairs)
    edition.note("alike", dict(look.cut))
    return {
        "rows": found.people,
        "fresh": found.fresh,
        "merged": found.merged,
        "joined": len(look.joins),
    }


def lines(work: Work) -> Result:
    """What happened, line by line, with the person of each; and the moment this run looks at."""
    edition = work.edition
    with work.lake.writing("run: lines") as lake:
        look_back(lake, Moment(work.day, 0, (), str(work.settings.zone)).as_of)
        lake_tables.create(lake)
        _write_lines(work, lake)
        edition.copy(lake, "before", LINES.format(lines=with_people(lake, "lines_before")))
        edition.copy(lake, "holders", HOLDERS.format(lines=with_people(lake)))
        edition.copy(lake, "keys", KEYS.format(lines=with_people(lake)))
        edition.copy(lake, "merged", MERGED)
        edition.copy(lake, "joined", JOINED)
        edition.copy(lake, "split", SPLIT)
        note_basis(edition, work.settings, work.lake)
    with work.facts() as tables:
        moment = _moment(work, tables)
    edition.note("moment", moment.written())
    return {"rows": edition.rows("lines"), **moment.written()}


def _write_lines(work: Work, lake: duckdb.DuckDBPyConnection) -> None:
    """All lines, or of a large shop those that are new beside those of the edition before."""
    edition, before = work.edition, work.lake.current()
    tonight = Moment(work.day, 0, (), str(work.settings.zone))
    every = with_people(lake)
    new = beneath.continued(lake, before, tonight)
    if before is not None and new is not None:
        edition.extend(lake, "lines", before, LINES.format(lines=f"FROM ({every}) WHERE {new}"))
        edition.note("continues", before.folder.name)
    else:
        edition.copy(lake, "lines", LINES.format(lines=every))
        edition.note("continues", None)
    edition.note("arrived", beneath.arrived(lake))


LINES = """
    SELECT * EXCLUDE (line_key, line_id, row, batch, birthday) FROM ({lines})
    ORDER BY person_id, ordered_at, order_id, row"""
"""Of each line what readers ask for; its keys stay in the lake, and make three quarters of it."""

HOLDERS = """
    SELECT person_id, hold_key, person_id IN (
        SELECT person_id FROM ({lines}) WHERE address IS NOT NULL AND person_id IS NOT NULL
    ) AS has_address
    FROM (SELECT person_id, hold_key FROM people ANTI JOIN joins USING (person_id)
          WHERE merged_into IS NULL
          UNION SELECT person_id, hold_key FROM apart)"""
"""Of each person the key that draws their lot, and whether a letter could be posted to them."""


def names(work: Work, unit: Unit) -> Result:
    """Who turned out to be whom: what the books know of a person follows their keys."""
    told = joining.Told(
        merged=_pairs(work.edition.table("merged")),
        split=_pairs(work.edition.table("split")),
        joined=list(zip(*_columns(work.edition.table("joined")), strict=True)),
    )
    done = joining.follow(unit, told, work.now)
    pairs = alike.propose(unit, _likely(work.edition.table("alike")), work.now)
    return {**done, "doubtful": pairs["open"]}


def _likely(table: pa.Table) -> list[alike.Alike]:
    return [
        alike.Alike(
            row["left"], row["right"], row["weight"], row["chance"], json.loads(row["fields"]),
            row["is_one"],
        )
        for row in table.to_pylist()
    ]  # fmt: skip


def _columns(table: pa.Table) -> list[list[str]]:
    return [column.to_pylist() for column in table.columns]


def _pairs(table: pa.Table) -> list[tuple[str, str]]:
    first, second = _columns(table)
    return list(zip(first, second, strict=True))


def _moment(work: Work, tables: Tables) -> Moment:
    as_of = Moment(work.day, 0, (), tables.zone).as_of
    known = tables.lines.filter(tables.lines.ordered_at < as_of)
    first = known.aggregate(day=known.day.min()).to_pyarrow()["day"][0].as_py()
    if first is None:
        raise NotYet(f"nothing was ordered up to {work.day}", to_try="huitou run")
    gap = usual_gap(tables, as_of).to_pyarrow()["value"][0].as_py()
    horizon = work.horizon_days or usual_horizon(gap, (work.day - first).days)
    earlier = earlier_moments(first, work.day, horizon)
    return Moment(work.day, horizon, earlier, tables.zone)


def facts(work: Work) -> Result:
    """The customers, now and at each earlier moment; what they did after it; every metric."""
    edition, moment = work.edition, work.moment
    if edition.rows("lines") >= beneath.LARGE:
        _keep_pieces(work)
    with work.facts() as tables:
        for each in (moment.day, *moment.earlier):
            table = customers(tables, moment.evening(each)).to_pyarrow()
            # By key: ids are drawn at random, and ties among equals go by place.
            edition.write(f"customers_{each}", table.sort_by("key"))
        for each, days in moment.windows(moment.day):
            label = bought(tables, moment.evening(each), days).to_pyarrow()
            edition.write(moment.label(each, days), label)
        edition.write("returning", returning(tables, moment.as_of).to_pyarrow().sort_by("day"))
        _keep_evidence(work, tables)
        newcomers.note(edition, tables, moment.as_of)
        edition.note("figures", _figures(tables, moment.as_of))
        edition.note("margin_told", _margin_told(tables, moment.as_of))
        if moment.one_horizon_ago is not None:
            before = moment.evening(moment.one_horizon_ago)
            edition.note("figures_before", _figures(tables, before))
    return {"rows": edition.table(f"customers_{moment.day}", ["person_id"]).num_rows}


def _keep_pieces(work: Work) -> None:
    """What the facts of a large shop begin with, for this evening."""
    edition, before = work.edition, work.edition.noted("continues")
    with work.lake.reading(edition, ("lines",)) as connection:
        tables = tables_of(connection, work.settings)
        if before is None:
            beneath.keep(edition, connection, tables, work.moment.as_of)
        else:
            earlier = work.lake.published_as(before)
            beneath.add_a_day(edition, earlier, connection, tables, work.moment.as_of)


def _keep_evidence(work: Work, tables: Tables) -> None:
    """Why people may leave: what their orders show, and what the books know beside them."""
    edition, moment = work.edition, work.moment
    moved = dict(_pairs(edition.table("merged")))
    with work.books.reading() as unit:
        known = beside(unit, moment.day, tables.shop_zone, moved)
    edition.write("evidence", evidence(tables, moment.as_of, known).to_pyarrow())
    entries = ledger(tables, moment.as_of, known)
    edition.write("ledger", LEDGER.empty_table() if entries is None else entries.to_pyarrow())


def _margin_told(tables: Tables, as_of: datetime) -> bool:
    """Whether what is earned on a sale is known: by the merchant's word, or by costs in files."""
    rate = shop_rate(orders(tables, as_of), tables.margin).to_pyarrow()
    return bool(rate["told"][0].as_py())


def _figures(tables: Tables, as_of: datetime) -> dict[str, float | None]:
    """Every metric that is one number, by name; None where there is nothing to measure yet."""
    found = metrics.values(tables, as_of).to_pyarrow().to_pylist()
    return {row["name"]: _number(row["value"]) for row in found}


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
