"""Merging what connections told into the lake, inside the transaction of its owner.

Every statement here may be run again with the same messages and changes nothing: a record of the
inbox is handed over again where the process was killed before it was let go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from huitou.ground.clock import naive_utc
from huitou.ground.words import Sentence
from huitou.sources import contacts, history
from huitou.sources import tables as lines
from huitou.sources.live.reading import Heard, Rejected
from huitou.sources.live.standing import Row, Standing, rows
from huitou.sources.live.tables import create
from huitou.sources.live.told import CalledOff, Order, Profile, Refund, Tie, Visit, Who
from huitou.sources.wire import sentence_to

KEEPS = 10_000
"""Rejected messages that are kept of each connection, the latest."""


@dataclass(frozen=True)
class Place:
    """The shop that messages are merged into."""

    currency: str
    zone: ZoneInfo
    now: datetime

    @property
    def country(self) -> str | None:
        """How its phones are written."""
        return contacts.region(self.currency, str(self.zone))


@dataclass(frozen=True)
class Merged:
    """What one merging brought."""

    messages: int
    visits: int
    rejected: int
    rows: dict[str, list[Row]]
    """Source -> the lines of every order that stands otherwise than before."""


def merge(con: duckdb.DuckDBPyConnection, heard: Sequence[Heard], place: Place) -> Merged:
    """Merge visits, profiles, ties and orders; the lines of orders are handed back to be taken as
    a file's are."""
    lines.create(con)
    create(con)
    visits = _visits(con, heard, place)
    _profiles(con, heard, place)
    _ties(con, heard, place)
    changed = _orders(con, heard, place)
    _refuse(con, [(each.connection.id, no) for each in heard for no in each.rejected])
    _heard(con, heard)
    return Merged(
        sum(each.messages for each in heard), visits, sum(len(each.rejected) for each in heard),
        changed,
    )  # fmt: skip


def drop_outdated(
    con: duckdb.DuckDBPyConnection, source: str, told: Sequence[Row], now: datetime
) -> None:
    """Let go of lines that an order, as it stands now, no longer has; `told` are its lines."""
    names = ("order_id", "line_id")
    con.register("stands", pa.table({name: [row[name] for row in told] for name in names}))
    gone = """source = $source AND line_id IS NOT NULL
        AND regexp_replace(order_id, '/refund$', '') IN (
            SELECT regexp_replace(order_id, '/refund$', '') FROM stands)
        AND (order_id, line_id) NOT IN (SELECT (order_id, line_id) FROM stands)"""
    history.supersede(con, f"FROM lines WHERE {gone}", naive_utc(now), {"source": source})
    con.execute(f"DELETE FROM lines WHERE {gone}", {"source": source})
    con.unregister("stands")


def join_visitors(con: duckdb.DuckDBPyConnection, now: datetime) -> int:
    """Give orders of visitors to whom they turned out to be; how many lines changed.

    A visitor who was seen as two people was a shared device: its orders are nobody's. An order
    that says itself whose it is, keeps its word.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE theirs AS
        WITH joined AS ({JOINED})
        SELECT o.source, o.order_id, j.key FROM live_orders o
        LEFT JOIN joined j USING (visitor) WHERE o.visitor IS NOT NULL"""
    )
    differs = f"""lines.source = t.source
        AND regexp_replace(lines.order_id, '/refund$', '') = t.order_id
        AND (member_no IS DISTINCT FROM {_part("member")} OR phone IS DISTINCT FROM
            {_part("phone")} OR email IS DISTINCT FROM {_part("email")})"""
    moment = naive_utc(now)
    # A line that arrived at this very moment was never known otherwise.
    before = f"""FROM lines
        WHERE loaded_at < $now::TIMESTAMP AND EXISTS (FROM theirs t WHERE {differs})"""
    history.supersede(con, before, moment, {"now": moment})
    changed = con.execute(
        f"""UPDATE lines SET member_no = {_part("member")}, phone = {_part("phone")},
            email = {_part("email")}, loaded_at = $now::TIMESTAMP
        FROM theirs t WHERE {differs}""",
        {"now": moment},
    ).fetchone()
    con.execute("DROP TABLE theirs")
    return int(changed[0]) if changed else 0


JOINED = """
    SELECT visitor, min(key) AS key FROM visitor_ties
    GROUP BY visitor HAVING count(DISTINCT key) = 1"""
"""SQL: each visitor who turned out to be one person, and the key of that person."""


def _part(kind: str) -> str:
    return f"CASE WHEN starts_with(t.key, '{kind}:') THEN substr(t.key, {len(kind) + 2}) END"


# -- one table each


def _visits(con: duckdb.DuckDBPyConnection, heard: Sequence[Heard], place: Place) -> int:
    found = [(each.connection.source, part) for each in heard for _, part in each.parts
             if isinstance(part, Visit)]  # fmt: skip
    if not found:
        return 0
    seen = [part for _, part in found]
    who = _normal([part.who for part in seen], place)
    table = pa.table(
        {
            "source": [source for source, _ in found],
            "message": [part.message for part in seen],
            "seen_at": _moments(part.at for part in seen),
            "day": [part.at.astimezone(place.zone).date() for part in seen],
            "kind": [part.kind for part in seen],
            **{name: pa.array([getattr(part, name) for part in seen], pa.string())
               for name in ("name", "sku", "product", "path")},
            "visitor": pa.array([part.who.visitor for part in seen], pa.string()),
            **who,
        }
    )  # fmt: skip
    con.register("seen", table)
    inserted = con.execute(
        """INSERT INTO visits BY NAME
        SELECT *, $now::TIMESTAMP AS loaded_at FROM (
            SELECT DISTINCT ON (source, message) * FROM seen ORDER BY source, message, seen_at)
        ANTI JOIN visits USING (source, message)""",
        {"now": naive_utc(place.now)},
    ).fetchone()
    con.unregister("seen")
    return int(inserted[0]) if inserted else 0


def _profiles(con: duckdb.DuckDBPyConnection, heard: Sequence[Heard], place: Place) -> None:
    found = [(each.connection.source, part) for each in heard for _, part in each.parts
             if isinstance(part, Profile)]  # fmt: skip
    if not found:
        return
    who = [part.who for _, part in found]
    table = pa.table(
        {
            "source": [source for source, _ in found],
            **_normal(who, place),
            "name": pa.array([each.name for each in who], pa.string()),
            "address": pa.array([each.address for each in who], pa.string()),
            "birthday": pa.array([each.birthday for each in who], pa.date32()),
            "told_at": _moments(part.told_at for _, part in found),
        }
    )
    con.register("told_profiles", table)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fresh_profiles AS
        WITH words AS (
            SELECT source, {KEY} AS key, member_no, phone, email, name, address, birthday,
                told_at AS first_at, told_at FROM told_profiles WHERE {KEY} IS NOT NULL
            UNION ALL BY NAME
            SELECT * EXCLUDE (loaded_at) FROM profiles SEMI JOIN (
                SELECT source, {KEY} AS key FROM told_profiles) USING (source, key))
        SELECT source, key, {", ".join(_latest(name) for name in SAID)}, min(first_at) AS first_at,
            max(told_at) AS told_at
        FROM words GROUP BY source, key""",
    )
    con.execute(
        "DELETE FROM profiles WHERE (source, key) IN (SELECT (source, key) FROM fresh_profiles)"
    )
    con.execute(
        """INSERT INTO profiles BY NAME
        SELECT *, $now::TIMESTAMP AS loaded_at FROM fresh_profiles""",
        {"now": naive_utc(place.now)},
    )
    con.execute("DROP TABLE fresh_profiles")
    con.unregister("told_profiles")


KEY = """coalesce('member:' || member_no, 'phone:' || phone, 'email:' || email)"""
"""SQL: what a person is found by; as `identity.tables.STRONGEST_KEY`, a chapter later."""
SAID = ("member_no", "phone", "email", "name", "address", "birthday")


def _latest(name: str) -> str:
    return f"arg_max({name}, (told_at, {name}::VARCHAR)) FILTER ({name} IS NOT NULL) AS {name}"


def _ties(con: duckdb.DuckDBPyConnection, heard: Sequence[Heard], place: Place) -> None:
    found = [part for each in heard for _, part in each.parts if isinstance(part, Tie)]
    if not found:
        return
    table = pa.table(
        {
            "visitor": [part.visitor for part in found],
            **_normal([part.who for part in found], place),
            "seen_at": _moments(part.at for part in found),
        }
    )
    con.register("told_ties", table)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fresh_ties AS
        SELECT visitor, {KEY} AS key, min(seen_at) AS seen_at FROM told_ties
        WHERE {KEY} IS NOT NULL GROUP BY ALL"""
    )
    con.execute(
        """UPDATE visitor_ties t SET seen_at = f.seen_at FROM fresh_ties f
        WHERE t.visitor = f.visitor AND t.key = f.key AND f.seen_at < t.seen_at"""
    )
    con.execute(
        """INSERT INTO visitor_ties BY NAME
        SELECT * FROM fresh_ties ANTI JOIN visitor_ties USING (visitor, key)"""
    )
    con.execute("DROP TABLE fresh_ties")
    con.unregister("told_ties")


def _orders(
    con: duckdb.DuckDBPyConnection, heard: Sequence[Heard], place: Place
) -> dict[str, list[Row]]:
    told: dict[tuple[str, str], list[Order | CalledOff | Refund]] = {}
    for each in heard:
        for _, part in each.parts:
            if isinstance(part, Order | CalledOff | Refund):
                told.setdefault((each.connection.source, part.order_id), []).append(part)
    if not told:
        return {}
    before = _standings(con, told)
    after = {}
    for name, parts in told.items():
        standing = before.get(name, Standing())
        for part in parts:
            standing = standing.told(part)
        if name not in before or standing != before[name]:
            after[name] = standing
    _keep_standings(con, after)
    changed: dict[str, list[Row]] = {}
    for (source, _), standing in sorted(after.items()):
        changed.setdefault(source, []).extend(rows(standing, place.currency))
    return {source: told for source, told in changed.items() if told}


def _standings(
    con: duckdb.DuckDBPyConnection, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Standing]:
    con.register("asked", _named(names))
    found = con.execute(
        """SELECT source, order_id, standing FROM live_orders
        SEMI JOIN asked USING (source, order_id)"""
    ).fetchall()
    con.unregister("asked")
    return {(source, order): Standing.read(kept) for source, order, kept in found}


def _keep_standings(con: duckdb.DuckDBPyConnection, after: dict[tuple[str, str], Standing]) -> None:
    if not after:
        return
    kept = _named(after).append_column("standing", pa.array([s.kept() for s in after.values()]))
    kept = kept.append_column(
        "visitor",
        pa.array([None if s.who.is_known else s.who.visitor for s in after.values()], pa.string()),
    )
    con.register("kept", kept)
    con.execute(
        """DELETE FROM live_orders
        WHERE (source, order_id) IN (SELECT (source, order_id) FROM kept)"""
    )
    con.execute("INSERT INTO live_orders BY NAME FROM kept")
    con.unregister("kept")


def _named(names: Iterable[tuple[str, str]]) -> pa.Table:
    told = list(names)
    return pa.table(
        {
            "source": pa.array([source for source, _ in told], pa.string()),
            "order_id": pa.array([order for _, order in told], pa.string()),
        }
    )


def refuse(
    con: duckdb.DuckDBPyConnection,
    connection: str,
    told: Sequence[Row],
    reason: Sentence,
    now: datetime,
) -> None:
    """Keep lines of orders of which not one could be taken, order by order, with the reason."""
    orders: dict[str, list[Row]] = {}
    for line in told:
        orders.setdefault(line["order_id"], []).append(line)
    _refuse(
        con,
        [
            (connection, Rejected(f"order:{name}", name, reason, now, json.dumps(lines)))
            for name, lines in orders.items()
        ],
    )


def _refuse(con: duckdb.DuckDBPyConnection, found: Sequence[tuple[str, Rejected]]) -> None:
    if not found:
        return
    table = pa.table(
        {
            "connection": [by for by, _ in found],
            **{name: [getattr(no, name) for _, no in found] for name in ("message", "name", "raw")},
            "reason": [json.dumps(sentence_to(no.reason)) for _, no in found],
            "received": _moments(no.received for _, no in found),
        }
    )
    con.register("refused", table)
    con.execute(
        """INSERT INTO rejected BY NAME
        SELECT DISTINCT ON (connection, message) * FROM refused ANTI JOIN rejected
        USING (connection, message)"""
    )
    con.execute(
        """DELETE FROM rejected WHERE rowid IN (
            SELECT rowid FROM rejected
            QUALIFY row_number() OVER (PARTITION BY connection ORDER BY received DESC) > $most)""",
        {"most": KEEPS},
    )
    con.unregister("refused")


def _heard(con: duckdb.DuckDBPyConnection, heard: Sequence[Heard]) -> None:
    for each in heard:
        if each.last is None:
            continue
        by = {"id": each.connection.id}
        known = con.execute("SELECT max(last) FROM heard WHERE connection = $id", by).fetchone()
        before = known[0] if known else None
        last = naive_utc(each.last)
        con.execute("DELETE FROM heard WHERE connection = $id", by)
        con.execute(
            "INSERT INTO heard VALUES ($id, $last)", {**by, "last": max(before or last, last)}
        )


def _normal(who: Sequence[Who], place: Place) -> dict[str, pa.Array]:
    """Numbers, phones and e-mails as files' are kept."""

    def column(name: str) -> pa.Array:
        return pa.array([getattr(each, name) for each in who], pa.string())

    return {
        "member_no": contacts.member_numbers(column("member_no")),
        "phone": contacts.phones(column("phone"), place.country),
        "email": contacts.emails(column("email")),
    }


def _moments(told: Iterable[datetime]) -> pa.Array:
    return pa.array([at.astimezone(UTC).replace(tzinfo=None) for at in told], pa.timestamp("us"))
