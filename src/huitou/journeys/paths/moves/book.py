"""Moving everybody who is due, node by node, a chunk at a time: each chunk one transaction.

    tick(books, journeys, now, rest)

A chunk is taken into a table of this connection alone, its way is found there, and three tables
are written from it: what is asked (`sending`), what was done (`step_taken`), and where each one
stands now (`position`). Killed anywhere, a chunk was or was not; done again, nobody is due twice.
Between chunks the writer rests: on SQLite others find the lock free only then.

A message's id is `j<version>.<n>.<person>.<entry>`, n the place of the node in its journey: the
same walk through the same node is the same message, whoever writes it and however often. A
person's id has 26 letters and an entry at most 16, so that it fits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from huitou.care.chase.tables import chase_mark
from huitou.care.complaints import rules as complaining
from huitou.care.complaints.tables import complaint
from huitou.care.tables import silence
from huitou.ground.channels import ANY
from huitou.ground.failpoints import failpoint
from huitou.journeys.paths import filters
from huitou.journeys.paths.filters import FIELDS
from huitou.journeys.paths.journey import Act, Branch, End, Give, Split, WaitFor
from huitou.journeys.paths.tables import heard, path_gift, path_person, position, step_taken
from huitou.journeys.paths.walk import AHEAD, Walking, span, wakes
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Books, Unit
from huitou.store.columns import Instant, Json

CHUNK = 10_000
"""Walks moved in one transaction."""
HOLD_SECONDS = 0.1
"""How long a chunk should hold the writer's lock."""
LEAST = 500
"""Smaller chunks cost more in commits than they spare."""
REST_SECONDS = 0.11
"""Between chunks: longer than the 100 ms after which SQLite asks again for a lock that is held."""

Rest = Callable[[float], None]

_here = MetaData()
due = Table(
    "path_due",
    _here,
    Column("journey", Integer, primary_key=True),
    Column("person_id", String(64), primary_key=True),
    Column("entry", String(16), primary_key=True),
    Column("who", String(64), nullable=False),
    Column("arm", String(10), nullable=False),
    Column("steps", Integer, nullable=False),
    Column("told", Json),
    Column("wake_at", Instant, nullable=False),
    Column("way", String(40)),
    Column("leaves", Boolean),
    Column("channel", String(10)),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""The chunk, on this connection alone. `way` is a way out of the node, or why they leave."""
WALK = ("journey", "person_id", "entry")
"""The key of a walk."""


@dataclass(frozen=True)
class Running:
    """A version of a journey that people walk."""

    id: int
    """Of the version."""
    journey_id: int
    walking: Walking
    stopped: bool = False
    """Whether the merchant stopped it: whoever is inside leaves."""


@dataclass(frozen=True)
class At:
    """A node of a running journey, at one moment."""

    running: Running
    node: str
    now: datetime

    @property
    def place(self) -> int:
        """Which node it is, counted from one."""
        return list(self.running.walking.journey.nodes).index(self.node) + 1

    @property
    def kind(self) -> Any:
        """What the node is."""
        return self.running.walking.journey.nodes[self.node]


def tick(
    books: Books, running: Sequence[Running], now: datetime, rest: Rest, chunk: int = CHUNK
) -> dict[str, int]:
    """Move everybody who is due; how many steps were taken, by journey.

    `rest` waits so many seconds; nobody waits where the books are PostgreSQL, which lets others
    write meanwhile. Safe to do twice, by several at once, and to be killed in.
    """
    moved: dict[str, int] = {}
    pause = REST_SECONDS if books.engine.dialect.name == "sqlite" else 0.0
    for each in sorted(running, key=lambda one: (-one.walking.journey.priority, one.id)):
        name = each.walking.journey.name
        for node in each.walking.journey.order:
            at = At(each, node, now)
            size, begun = chunk, time.monotonic()
            while steps := _one_chunk(books, at, size):
                moved[name] = moved.get(name, 0) + steps
                failpoint("paths.chunk")
                if steps < size:
                    rest(pause)
                    break
                size = _fitting(size, chunk, time.monotonic() - begun)
                rest(pause)
                begun = time.monotonic()
    return moved


def _fitting(size: int, most: int, took: float) -> int:
    """How many the next chunk moves: on a busy machine fewer, so that others wait no longer."""
    fits = int(size * HOLD_SECONDS / max(took, 0.001))
    return max(min(most, LEAST), min(most, fits))


def sweep(
    books: Books, running: Sequence[Running], now: datetime, rest: Rest, chunk: int = CHUNK
) -> int:
    """Let those leave whose reason to be inside is over, also those who are not due; how many."""
    gone = 0
    pause = REST_SECONDS if books.engine.dialect.name == "sqlite" else 0.0
    for each in running:
        for node in each.walking.journey.order:
            at = At(each, node, now)
            while left := _leave_chunk(books, at, chunk):
                gone += left
                rest(pause)
                if left < chunk:
                    break
    return gone


def mend(unit: Unit, running: Sequence[Running], now: datetime) -> int:
    """Let those wait from now on who came to a node in a future that was none; how many.

    A clock that ran years ahead for an hour would hold them for years.
    """
    mended = 0
    for each in running:
        for node in each.walking.journey.order:
            theirs = _inside(each.id, node) & (position.c.since > now + AHEAD)
            wake_at = wakes(each.walking, node, now) or now
            mended += unit.change(update(position).where(theirs).values(since=now, wake_at=wake_at))
    return mended


def wake(unit: Unit, running: Sequence[Running], now: datetime, limit: int = CHUNK) -> int:
    """Let those move on who wait for what was heard since the last time; how many events.

    Events are looked at once: who comes to wait for one later is woken by the next, or by time.
    """
    names = select(heard.c.key, heard.c.person_id, heard.c.name, heard.c.at).where(
        # As the index says it: written otherwise, SQLite would read the whole table.
        text("heard.is_new")
    )
    fresh = unit.rows(names.order_by(heard.c.noted_at, heard.c.key).limit(limit))
    keys = [row["key"] for row in fresh]
    for each in running:
        for node, kind in each.walking.journey.nodes.items():
            if isinstance(kind, WaitFor) and any(row["name"] == kind.event for row in fresh):
                _wake_at(unit, each.id, node, kind.event, keys, now)
    if keys:
        unit.change(update(heard).where(heard.c.key.in_(keys)).values(is_new=False))
    return len(keys)


def _wake_at(
    unit: Unit, version: int, node: str, event: str, keys: Sequence[str], now: datetime
) -> None:
    theirs = exists().where(
        heard.c.key.in_(keys),
        heard.c.name == event,
        heard.c.person_id == position.c.who,
        heard.c.at > position.c.as_of,
    )
    waiting = _inside(version, node) & (position.c.wake_at > now)
    unit.change(update(position).where(waiting, theirs).values(wake_at=now))


# -- one chunk


def _one_chunk(books: Books, at: At, chunk: int) -> int:
    if not _anybody(books, at):
        return 0
    with books.unit() as unit:
        taken = _take(unit, at, chunk)
        if taken:
            _carry_out(unit, at)
        return taken


def _anybody(books: Books, at: At) -> bool:
    """Whether anybody is due: asked without the writer's lock, for mostly nobody is."""
    with books.reading() as unit:
        return unit.value(select(literal(1)).where(_due(at)).limit(1)) is not None


def _inside(version: int, node: str) -> ColumnElement[bool]:
    return and_(
        position.c.version == version, position.c.node == node, position.c.left_at.is_(None)
    )


def _due(at: At) -> ColumnElement[bool]:
    return _inside(at.running.id, at.node) & (position.c.wake_at <= at.now)


def _take(unit: Unit, at: At, chunk: int) -> int:
    way, leaves, channel = _judged(at)
    query = _of_the_chunk(way, leaves, channel).where(_due(at))
    return _into_the_chunk(unit, query.order_by(position.c.wake_at).limit(chunk))


def _leave_chunk(books: Books, at: At, chunk: int) -> int:
    reason = _reason(at)
    theirs = _inside(at.running.id, at.node) & reason.is_not(None)
    with books.reading() as unit:
        found = select(literal(1)).select_from(_known()).where(theirs).limit(1)
        if unit.value(found) is None:
            return 0
    with books.unit() as unit:
        query = _of_the_chunk(reason, true(), null()).where(theirs)
        taken = _into_the_chunk(unit, query.limit(chunk))
        if taken:
            _carry_out(unit, at)
        return taken


def _known() -> Any:
    return position.outerjoin(path_person, path_person.c.person_id == position.c.who)


def _of_the_chunk(way: Any, leaves: Any, channel: Any) -> Select[Any]:
    same = ("journey", "person_id", "entry", "who", "arm", "steps", "told", "wake_at")
    columns = (position.c[name] for name in same)
    return select(*columns, way, leaves, channel).select_from(_known())


def _into_the_chunk(unit: Unit, query: Select[Any]) -> int:
    _by_key(unit)
    unit.execute(CreateTable(due, if_not_exists=True))
    unit.execute(delete(due))
    # Another worker's chunk is passed over, not waited for.
    query = query.with_for_update(skip_locked=True, of=position)
    return unit.change(insert(due).from_select([column.name for column in due.c], query))


def _from_the_chunk(unit: Unit, name: str) -> ColumnElement[Any]:
    """A column of the chunk's key, so that the chunk is read and the other table looked up in.

    SQLite knows no size of either, and would else read a million positions to find ten thousand:
    a plus sign before a column keeps it from using an index of it.
    """
    if unit.connection.dialect.name == "sqlite":
        return UnaryExpression(due.c[name], operator=custom_op("+"), type_=due.c[name].type)
    return due.c[name]


def _by_key(unit: Unit) -> None:
    """PostgreSQL, too, looks up each of the chunk by its key, and compiles no query for it."""
    if unit.connection.dialect.name == "postgresql":
        names = ("enable_hashjoin", "enable_mergejoin", "jit")
        unit.execute(select(*(func.set_config(name, "off", true()) for name in names)))


def _carry_out(unit: Unit, at: At) -> None:
    if isinstance(at.kind, Split):
        _draw(unit, at, at.kind)
    if isinstance(at.kind, Act):
        _ask(unit, at, at.kind)
    if isinstance(at.kind, Give):
        _give(unit, at, at.kind)
    failpoint("paths.asked")
    _log(unit, at)
    failpoint("paths.logged")
    _withdraw(unit, at.now)
    _move(unit, at)


def _draw(unit: Unit, at: At, node: Split) -> None:
    """The arms of a split: keyed lots, which no database can draw."""
    walking = at.running.walking
    query = select(due.c.person_id, due.c.entry, path_person.c.hold_key, due.c.who).select_from(
        due.outerjoin(path_person, path_person.c.person_id == due.c.who)
    )
    rows = unit.rows(query.where(due.c.leaves == false()))
    drawn: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        key = row["hold_key"] or row["who"]
        arm = node.drawn(walking.salt, walking.journey.name, at.node, key)
        drawn.setdefault(arm, []).append((row["person_id"], row["entry"]))
    one = update(due).where(
        due.c.person_id == bindparam("one"), due.c.entry == bindparam("entered")
    )
    for arm, walks in drawn.items():
        told = [{"one": person, "entered": entry} for person, entry in walks]
        unit.execute(one.values(way=arm), told)


def _message_id(at: At) -> ColumnElement[str]:
    before = literal(f"j{at.running.id}.{at.place}.", String)
    return before + due.c.person_id + literal(".", String) + due.c.entry


def _ask(unit: Unit, at: At, node: Act) -> None:
    """What they shall read: one row each in the outbox of messages, once."""
    now = literal(at.now, Instant())
    origin = literal(f"j{at.running.journey_id}.{at.running.id}.{at.place}.", String)
    told = {
        "id": _message_id(at),
        "origin": literal("journey", String),
        "origin_id": origin + due.c.entry,
        "person_id": due.c.who,
        "arm": due.c.arm,
        "channel": due.c.channel,
        "purpose": literal(node.purpose, String),
        "template": literal(node.template, String),
        "told": due.c.told,
        "value": literal(node.value, sending.c.value.type),
        "not_before": now,
        "not_after": literal(at.now + span(node.late_after), Instant()),
        "state": literal("planned", String),
        "attempt": literal(0, Integer),
        "written_at": now,
        "at": now,
    }
    asked = (due.c.way == "asked") & (due.c.leaves == false()) & (due.c.arm == "treated")
    query = select(*told.values()).where(asked)
    unit.execute(_insert(unit, sending).from_select(list(told), query).on_conflict_do_nothing())


def _give(unit: Unit, at: At, node: Give) -> None:
    now = literal(at.now, Instant())
    told = {
        "id": _message_id(at),
        "person_id": due.c.who,
        "arm": due.c.arm,
        "gift": literal(node.gift, String),
        "amount": literal(node.amount, Integer),
        "what": literal(node.what, String),
        "journey": due.c.journey,
        "state": literal("asked", String),
        "asked_at": now,
        "at": now,
    }
    query = select(*told.values()).where(due.c.leaves == false(), due.c.arm == "treated")
    unit.execute(_insert(unit, path_gift).from_select(list(told), query).on_conflict_do_nothing())


def _insert(unit: Unit, table: Table) -> Any:
    on_sqlite = unit.connection.dialect.name == "sqlite"
    return sqlite.insert(table) if on_sqlite else postgresql.insert(table)


def _log(unit: Unit, at: At) -> None:
    """What was done: a row for each step, with the arm."""
    message: Any = null()
    if isinstance(at.kind, Act):
        asked = (due.c.way == "asked") & (due.c.leaves == false()) & (due.c.arm == "treated")
        message = case((asked, _message_id(at)), else_=null())
    told = {
        "journey": due.c.journey,
        "person_id": due.c.person_id,
        "entry": due.c.entry,
        "number": due.c.steps + 1,
        "version": literal(at.running.id, Integer),
        "node": literal(at.node, String),
        "way": due.c.way,
        "arm": due.c.arm,
        "message": message,
        "at": literal(at.now, Instant()),
    }
    unit.execute(insert(step_taken).from_select(list(told), select(*told.values())))


def _withdraw(unit: Unit, now: datetime) -> None:
    """Whoever leaves before the end hears no more: what has not begun to leave is taken back."""
    if unit.value(select(literal(1)).where(due.c.leaves == true()).limit(1)) is None:
        return
    walks = and_(*(step_taken.c[name] == _from_the_chunk(unit, name) for name in WALK))
    theirs = (
        select(step_taken.c.message)
        .join(due, walks)
        .where(due.c.leaves == true(), step_taken.c.message.is_not(None))
    )
    waits = sending.c.id.in_(theirs) & (sending.c.state == "planned")
    unit.change(update(sending).where(waits).values(state="cancelled", at=now))


def _move(unit: Unit, at: At) -> None:
    walking, node, now = at.running.walking, at.kind, at.now
    nodes = walking.journey.nodes
    to = {way: node.after(way) for way in node.ways}
    stays = literal(at.node, String)
    woken = {name: wakes(walking, name, now) for name in set(to.values())}
    ends = [way for way, name in to.items() if isinstance(nodes[name], End)]
    gone = due.c.leaves == true()
    following = case(
        (gone, stays),
        *((due.c.way == way, literal(name, String)) for way, name in to.items()),
        else_=stays,
    )
    waits = [
        (not_(gone) & (due.c.way == way), literal(moment, Instant()))
        for way, name in to.items()
        if (moment := woken[name]) is not None
    ]
    wake_at = case(*waits, else_=due.c.wake_at) if waits else due.c.wake_at
    over = or_(gone, due.c.way.in_(ends))
    same = and_(*(position.c[name] == _from_the_chunk(unit, name) for name in WALK))
    values: dict[str, Any] = {
        "node": following,
        "since": now,
        "wake_at": wake_at,
        "steps": due.c.steps + 1,
        "left_because": case(
            (gone, due.c.way), (due.c.way.in_(ends), literal("end", String)), else_=null()
        ),
        "left_at": case((over, literal(now, Instant())), else_=null()),
    }
    unit.change(update(position).where(same).values(**values))


# -- which way


def _judged(at: At) -> tuple[Any, Any, Any]:
    """The way of everybody due, whether they leave, and by which channel they are asked."""
    reason, node = _reason(at), at.kind
    if not isinstance(node, Act):
        way = case((reason.is_not(None), reason), else_=_way(at))
        return way, reason.is_not(None), null()
    late = position.c.wake_at < at.now - span(node.late_after)
    channel, silenced = _channel(node)
    way = case(
        (reason.is_not(None), reason),
        (late, "late"),
        (silenced, "silence"),
        (channel.is_(None), "unreached"),
        else_="asked",
    )
    leaves = or_(reason.is_not(None), and_(not_(late), silenced))
    return way, leaves, channel


def _reason(at: At) -> ColumnElement[Any]:
    """Why they leave before an end, null where nothing says so: in the order of `walk.leaving`."""
    if at.running.stopped:
        return literal("stopped", String)
    exits = at.running.walking.journey.exits
    held = and_(path_person.c.held == true(), position.c.arm == "treated")
    told: list[tuple[Any, str]] = [(held, "held_out"), (_never(), "never")]
    if "silence" in exits:
        told.append((_silent(ANY), "silence"))
    if "complaint" in exits:
        told.append((_complains(), "complaint"))
    if "purchase" in exits:
        told.append((_heard("order", position.c.as_of), "purchase"))
    return case(*((when, literal(name, String)) for when, name in told), else_=null())


def _way(at: At) -> Any:
    node = at.kind
    if isinstance(node, WaitFor):
        came = _heard(node.event, position.c.as_of, noted=position.c.since)
        return case((came, "happened"), else_="timeout")
    if isinstance(node, Branch):
        ways = ((_fits(way.when, at), str(n + 1)) for n, way in enumerate(node.choices))
        return case(*ways, else_="otherwise")
    # The arms of a split are drawn by key, in `_draw`.
    return null() if isinstance(node, Split) else literal(node.ways[0], String)


def _channel(node: Act) -> tuple[Any, Any]:
    """The first channel that reaches them and is not silenced; whether silence alone left none."""
    reaches = {channel: _reaches(channel) for channel in node.channels}
    quiet = {channel: _silent(channel) if node.sells else false() for channel in node.channels}
    free = {channel: and_(reaches[channel], not_(quiet[channel])) for channel in node.channels}
    chosen = case(*((free[one], literal(one, String)) for one in node.channels), else_=null())
    return chosen, and_(or_(false(), *reaches.values()), not_(or_(false(), *free.values())))


def _reaches(channel: str) -> Any:
    if channel == "webhook":
        return true()
    # `channel` is one of a closed list: nothing in it means something to LIKE.
    return func.coalesce(path_person.c.reach.like(f"%,{channel},%"), false())


def _silent(channel: str) -> Any:
    """Whether the last word about marketing on this channel, or on any, was to be left alone.

    `any`: on every channel, and none was opened again since. What somebody asked for follows them
    when they turn out to be somebody else (`care.follow`), so one id is enough to ask for.
    """
    later = silence.alias("later")
    if channel == ANY:
        meant: tuple[str, ...] = (ANY,)
        undone: Any = or_(later.c.channel == ANY, later.c.state == "spoken_to")
    else:
        meant = (channel, ANY)
        undone = later.c.channel.in_(meant)
    newer = later.c.at == silence.c.at, later.c.id > silence.c.id
    said_after = exists().where(
        later.c.person_id == silence.c.person_id,
        later.c.purpose == "marketing",
        undone,
        or_(later.c.at > silence.c.at, and_(*newer)),
    )
    return exists().where(
        silence.c.person_id == position.c.who,
        silence.c.channel.in_(meant),
        silence.c.purpose == "marketing",
        silence.c.state == "silent",
        not_(said_after),
    )


def _never() -> Any:
    later = chase_mark.alias("later_mark")
    said_after = exists().where(
        later.c.person_id == chase_mark.c.person_id,
        or_(
            later.c.at > chase_mark.c.at,
            and_(later.c.at == chase_mark.c.at, later.c.id > chase_mark.c.id),
        ),
    )
    return exists().where(
        chase_mark.c.person_id == position.c.who,
        chase_mark.c.state != "lifted",
        not_(said_after),
    )


def _complains() -> Any:
    return exists().where(
        complaint.c.person_id == position.c.who, complaint.c.state.in_(complaining.OPEN)
    )


def _heard(event: str, since: Any, noted: Any = None) -> Any:
    told = [
        heard.c.person_id == position.c.who,
        heard.c.name == event,
        heard.c.at > since,
    ]
    return exists().where(*told, *([heard.c.noted_at >= noted] if noted is not None else []))


def _fits(tree: filters.Filter, at: At) -> Any:
    """A condition as SQL: every value in it is a bound parameter; what is unknown fits nothing."""
    if isinstance(tree, filters.All):
        return and_(true(), *(_fits(part, at) for part in tree.parts))
    if isinstance(tree, filters.Some):
        return or_(false(), *(_fits(part, at) for part in tree.parts))
    if isinstance(tree, filters.Not):
        return not_(_fits(tree.part, at))
    if isinstance(tree, filters.Happened):
        since: Any = position.c.as_of
        if tree.within_days is not None:
            since = literal(at.now - timedelta(days=tree.within_days), Instant())
        return _heard(tree.event, since)
    column = path_person.c[FIELDS[tree.field].column]
    if isinstance(tree, filters.Among):
        if FIELDS[tree.field].kind == "channel":
            return or_(false(), *(_reaches_only(word) for word in tree.words))
        return func.coalesce(column.in_(tree.words), false())
    compare = {
        "at_least": column.__ge__,
        "at_most": column.__le__,
        "below": column.__lt__,
        "above": column.__gt__,
    }
    ends = [compare[name](end) for name, end in tree.ends]
    return func.coalesce(and_(column.is_not(None), *ends), false())


def _reaches_only(channel: str) -> Any:
    return func.coalesce(path_person.c.reach.like(f"%,{channel},%"), false())
