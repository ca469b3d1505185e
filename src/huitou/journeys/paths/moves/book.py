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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Executable,
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
from sqlalchemy.sql.expression import ColumnClause, UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import UserDefinedType

from huitou.care.chase.tables import chase_mark
from huitou.care.complaints import rules as complaining
from huitou.care.complaints.tables import complaint
from huitou.care.tables import silence
from huitou.ground.channels import ANY
from huitou.ground.failpoints import failpoint
from huitou.journeys.paths import filters
from huitou.journeys.paths.filters import FIELDS
from huitou.journeys.paths.journey import Act, Branch, End, Give, Split, WaitFor
from huitou.journeys.paths.tables import (
    among,
    heard,
    path_gift,
    path_person,
    position,
    step_taken,
)
from huitou.journeys.paths.walk import AHEAD, Walking, span, wakes
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Books, Unit
from huitou.store.columns import Instant, Json

CHUNK = 25_000
"""Walks moved in one transaction."""
AT_ONCE = 1_000
"""People who are woken in one statement."""
HOLD_SECONDS = 0.17
"""How long a chunk should hold the writer's lock."""
LEAST = 2_000
"""Smaller chunks cost more in commits than they spare."""
REST_SECONDS = 0.11
"""Between chunks: longer than the 100 ms after which SQLite asks again for a lock that is held."""

Rest = Callable[[float], None]


class Place(UserDefinedType[Any]):
    """Where a row lies in its table: held in one transaction, it stays there to its end."""

    cache_ok = True

    def get_col_spec(self, **_asked: Any) -> str:
        """As PostgreSQL names it."""
        return "TID"


_here = MetaData()
due = Table(
    "path_due",
    _here,
    Column("place", Place().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("journey", Integer, nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("entry", String(16), nullable=False),
    Column("who", String(64), nullable=False),
    Column("arm", String(10), nullable=False),
    Column("steps", Integer, nullable=False),
    Column("told", Json),
    Column("wake_at", Instant, nullable=False),
    Column("reason", String(10)),
    Column("onward", String(40)),
    Column("chosen", String(10)),
    Column("reached", Boolean),
    prefixes=["TEMPORARY"],
    # Rows deleted one by one would stay in the way of every later chunk: nobody vacuums these.
    postgresql_on_commit="DELETE ROWS",
)
"""The chunk, on this connection alone, with all that was looked up of each, looked up once: why
they would leave; the way out of the node; of a message by which channel it would go and whether
any reaches them. `_way` and `_leaves` say what follows from it."""
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
    """A node of a running journey, at one moment, with what is said to one kind of database.

    The statements are composed once for all chunks of the node.
    """

    running: Running
    node: str
    now: datetime
    on_sqlite: bool

    @property
    def place(self) -> int:
        """Which node it is, counted from one."""
        return list(self.running.walking.journey.nodes).index(self.node) + 1

    @property
    def kind(self) -> Any:
        """What the node is."""
        return self.running.walking.journey.nodes[self.node]

    @cached_property
    def waiting(self) -> Executable:
        """Whether anybody is due."""
        return select(literal(1)).where(_due(self)).limit(1)

    @cached_property
    def taking(self) -> Executable:
        """Those who are due, `most` of them, into the chunk."""
        return _into_the_chunk(_seen(self, _due(self)).order_by(position.c.wake_at))

    @cached_property
    def leaving(self) -> Executable:
        """Those who have a reason to leave, due or not, into the chunk."""
        return _into_the_chunk(_seen(self, _has_reason(self)))

    @cached_property
    def counting(self) -> Executable:
        """How many are in the chunk, and how many of them leave before the end."""
        leave = func.count(case((_leaves(self), 1)))
        return select(func.count().label("taken"), leave.label("leave")).select_from(due)

    @cached_property
    def doing(self) -> Sequence[Executable]:
        """What the node does with those of the chunk who stay, and what is written of all."""
        if isinstance(self.kind, Act):
            return [_ask(self, self.kind), _log(self)]
        return [_give(self, self.kind), _log(self)] if isinstance(self.kind, Give) else [_log(self)]

    @cached_property
    def moving(self) -> Executable:
        """Where each of the chunk stands afterwards."""
        return _move(self)

    @cached_property
    def passing(self) -> Executable | None:
        """`moving` where nobody leaves and every way leads to one node: nothing differs by walk."""
        return _pass(self) if len(_ways_by_node(self.kind)) == 1 else None

    @cached_property
    def withdrawing(self) -> Executable:
        """Whoever leaves before the end hears no more: what has not begun to go is taken back."""
        return _withdraw(self)


def tick(
    books: Books, running: Sequence[Running], now: datetime, rest: Rest, chunk: int = CHUNK
) -> dict[str, int]:
    """Move everybody who is due; how many steps were taken, by journey.

    `rest` waits so many seconds; nobody waits where the books are PostgreSQL, which lets others
    write meanwhile. Safe to do twice, by several at once, and to be killed in.
    """
    moved: dict[str, int] = {}
    on_sqlite = books.engine.dialect.name == "sqlite"
    for each in sorted(running, key=lambda one: (-one.walking.journey.priority, one.id)):
        for node in each.walking.journey.order:
            if steps := _through(books, At(each, node, now, on_sqlite), rest, chunk):
                name = each.walking.journey.name
                moved[name] = moved.get(name, 0) + steps
    return moved


def _through(books: Books, at: At, rest: Rest, chunk: int) -> int:
    """Everybody who is due at a node moves; how many."""
    # Asked without the writer's lock, for mostly nobody is due.
    with books.reading() as unit:
        if unit.value(at.waiting) is None:
            return 0
    moved, size, begun = 0, chunk, time.monotonic()
    while steps := _one_chunk(books, at, at.taking, size):
        moved += steps
        failpoint("paths.chunk")
        took = time.monotonic() - begun
        rest(REST_SECONDS if at.on_sqlite else 0.0)
        if steps < size:
            break
        # PostgreSQL's writers wait for no chunk, and each costs a look over those who left.
        size = _fitting(size, chunk, took) if at.on_sqlite else size
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
    on_sqlite = books.engine.dialect.name == "sqlite"
    pause = REST_SECONDS if on_sqlite else 0.0
    for each in running:
        for node in each.walking.journey.order:
            at = At(each, node, now, on_sqlite)
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
    for each in running:
        for node, kind in each.walking.journey.nodes.items():
            if isinstance(kind, WaitFor):
                people = sorted({row["person_id"] for row in fresh if row["name"] == kind.event})
                for start in range(0, len(people), AT_ONCE):
                    some = people[start : start + AT_ONCE]
                    _wake_at(unit, each, node, kind.event, some, now)
    keys = [row["key"] for row in fresh]
    if keys:
        unit.change(update(heard).where(heard.c.key.in_(keys)).values(is_new=False))
    return len(keys)


def _wake_at(
    unit: Unit, running: Running, node: str, event: str, people: Sequence[str], now: datetime
) -> None:
    theirs = exists().where(
        heard.c.person_id == position.c.who,
        heard.c.name == event,
        heard.c.at > position.c.as_of,
        text("heard.is_new"),
    )
    waiting = _inside(running.id, node) & (position.c.wake_at > now)
    waiting &= position.c.journey == running.journey_id
    unit.change(update(position).where(waiting, among(people), theirs).values(wake_at=now))


# -- one chunk


def _one_chunk(books: Books, at: At, taking: Executable, chunk: int) -> int:
    with books.unit() as unit:
        _empty_chunk(unit, at)
        unit.execute(taking, {"most": chunk})
        counted = unit.rows(at.counting)[0]
        if counted["taken"]:
            _carry_out(unit, at, leave=counted["leave"] > 0)
        return int(counted["taken"])


def _inside(version: int, node: str) -> ColumnElement[bool]:
    return and_(
        position.c.version == version, position.c.node == node, position.c.left_at.is_(None)
    )


def _due(at: At) -> ColumnElement[bool]:
    return _inside(at.running.id, at.node) & (position.c.wake_at <= at.now)


def _leave_chunk(books: Books, at: At, chunk: int) -> int:
    with books.reading() as unit:
        found = select(literal(1)).select_from(_known()).where(_has_reason(at)).limit(1)
        if unit.value(found) is None:
            return 0
    return _one_chunk(books, at, at.leaving, chunk)


def _has_reason(at: At) -> ColumnElement[bool]:
    return _inside(at.running.id, at.node) & _reason(at).is_not(None)


def _known() -> Any:
    return position.outerjoin(path_person, path_person.c.person_id == position.c.who)


SAME = ("journey", "person_id", "entry", "who", "arm", "steps", "told", "wake_at")


def _seen(at: At, whom: ColumnElement[bool]) -> Select[Any]:
    """These walks with all that has to be looked up of each."""
    columns = [_place(at), *(position.c[name] for name in SAME)]
    return select(*columns, *_looked_up(at)).select_from(_known()).where(whom)


def _place(at: At) -> ColumnElement[Any]:
    name = "rowid" if at.on_sqlite else "ctid"
    return ColumnClause(name, due.c.place.type, _selectable=position)


def _into_the_chunk(seen: Select[Any]) -> Executable:
    # Another worker's chunk is passed over, not waited for.
    limited = seen.limit(bindparam("most")).with_for_update(skip_locked=True, of=position)
    return insert(due).from_select([column.name for column in due.c], limited)


def _empty_chunk(unit: Unit, at: At) -> None:
    unit.execute(TABLE)
    if at.on_sqlite:
        unit.execute(delete(due))
    else:
        unit.execute(BY_KEY)


TABLE = CreateTable(due, if_not_exists=True)
BY_KEY = select(
    *(
        func.set_config(name, value, true())
        for name, value in (
            ("enable_hashjoin", "off"),
            ("enable_mergejoin", "off"),
            ("jit", "off"),
            ("work_mem", "32MB"),
        )
    )
)
"""PostgreSQL, too, looks up each of the chunk by its key, and compiles no query for it; what the
guard of the outbox looks at of a chunk stays in memory."""


def _from_the_chunk(at: At, name: str) -> ColumnElement[Any]:
    """A column of the chunk, so that the chunk is read and the other table looked up in.

    SQLite knows no size of either, and would else read a million positions to find ten thousand:
    a plus sign before a column keeps it from using an index of it.
    """
    if at.on_sqlite:
        return UnaryExpression(due.c[name], operator=custom_op("+"), type_=due.c[name].type)
    return due.c[name]


def _carry_out(unit: Unit, at: At, *, leave: bool) -> None:
    if isinstance(at.kind, Split):
        _draw(unit, at, at.kind)
    *asked, logged = at.doing
    for statement in asked:
        unit.execute(statement)
    failpoint("paths.asked")
    unit.execute(logged)
    failpoint("paths.logged")
    if leave:
        unit.execute(at.withdrawing)
    unit.execute(at.moving if leave or at.passing is None else at.passing)


def _draw(unit: Unit, at: At, node: Split) -> None:
    """The arms of a split: keyed lots, which no database can draw."""
    walking = at.running.walking
    query = select(due.c.place, path_person.c.hold_key, due.c.who).select_from(
        due.outerjoin(path_person, path_person.c.person_id == due.c.who)
    )
    rows = unit.rows(query.where(not_(_leaves(at))))
    drawn: dict[str, list[Any]] = {}
    for row in rows:
        key = row["hold_key"] or row["who"]
        arm = node.drawn(walking.salt, walking.journey.name, at.node, key)
        drawn.setdefault(arm, []).append(row["place"])
    one = update(due).where(due.c.place == bindparam("one"))
    for arm, places in drawn.items():
        unit.execute(one.values(onward=arm), [{"one": place} for place in places])


def _message_id(at: At) -> ColumnElement[str]:
    before = literal(f"j{at.running.id}.{at.place}.", String)
    return before + due.c.person_id + literal(".", String) + due.c.entry


def _ask(at: At, node: Act) -> Executable:
    """What they shall read: one row each in the outbox of messages, once."""
    now = literal(at.now, Instant())
    origin = literal(f"j{at.running.journey_id}.{at.running.id}.{at.place}.", String)
    told = {
        "id": _message_id(at),
        "origin": literal("journey", String),
        "origin_id": origin + due.c.entry,
        "person_id": due.c.who,
        "arm": due.c.arm,
        "channel": due.c.chosen,
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
    return _insert_new(at, sending, told, _is_asked(at))


def _give(at: At, node: Give) -> Executable:
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
    gets = and_(not_(_leaves(at)), due.c.arm == "treated")
    return _insert_new(at, path_gift, told, gets)


def _insert_new(
    at: At, table: Table, told: Mapping[str, Any], whom: ColumnElement[bool]
) -> Executable:
    query = select(*told.values()).where(whom)
    if at.on_sqlite:
        return sqlite.insert(table).from_select(list(told), query).on_conflict_do_nothing()
    return postgresql.insert(table).from_select(list(told), query).on_conflict_do_nothing()


def _is_asked(at: At) -> ColumnElement[bool]:
    return and_(
        due.c.reason.is_(None), not_(_late(at)), due.c.chosen.is_not(None), due.c.arm == "treated"
    )


def _log(at: At) -> Executable:
    """What was done: a row for each step, with the arm."""
    message: Any = null()
    if isinstance(at.kind, Act):
        message = case((_is_asked(at), _message_id(at)), else_=null())
    told = {
        "journey": due.c.journey,
        "person_id": due.c.person_id,
        "entry": due.c.entry,
        "number": due.c.steps + 1,
        "version": literal(at.running.id, Integer),
        "node": literal(at.node, String),
        "way": _way(at),
        "arm": due.c.arm,
        "message": message,
        "at": literal(at.now, Instant()),
    }
    return insert(step_taken).from_select(list(told), select(*told.values()))


def _withdraw(at: At) -> Executable:
    walks = and_(*(step_taken.c[name] == _from_the_chunk(at, name) for name in WALK))
    theirs = (
        select(step_taken.c.message)
        .join(due, walks)
        .where(_leaves(at), step_taken.c.message.is_not(None))
    )
    waits = sending.c.id.in_(theirs) & (sending.c.state == "planned")
    return update(sending).where(waits).values(state="cancelled", at=at.now)


def _ways_by_node(node: Any) -> dict[str, list[str]]:
    """The ways out of a node, by the node they lead to."""
    found: dict[str, list[str]] = {}
    for each in node.ways:
        found.setdefault(node.after(each), []).append(each)
    return found


def _pass(at: At) -> Executable:
    (name,) = _ways_by_node(at.kind)
    values: dict[str, Any] = {"node": name, "since": at.now, "steps": position.c.steps + 1}
    if moment := wakes(at.running.walking, name, at.now):
        values["wake_at"] = moment
    if isinstance(at.running.walking.journey.nodes[name], End):
        values |= {"left_because": "end", "left_at": at.now}
    return update(position).where(_place(at).in_(select(due.c.place))).values(**values)


def _move(at: At) -> Executable:
    now, leaves, way = at.now, _leaves(at), _way(at)
    nodes = at.running.walking.journey.nodes

    def led(found: Callable[[str], Any], stays: Any) -> Any:
        """What holds at the node they are led to; `stays` for whoever leaves here."""
        *some, (last, _) = _ways_by_node(at.kind).items()
        cases = ((way.in_(ways), found(name)) for name, ways in some)
        return case((leaves, stays), *cases, else_=found(last))

    def wakes_at(name: str) -> Any:
        moment = wakes(at.running.walking, name, now)
        # Where nothing is waited for, they go on as from when they were meant to be here.
        return due.c.wake_at if moment is None else literal(moment, Instant())

    def ends(name: str, value: Any) -> Any:
        return value if isinstance(nodes[name], End) else null()

    moment = literal(now, Instant())
    same = _place(at) == _from_the_chunk(at, "place")
    values: dict[str, Any] = {
        "node": led(lambda name: literal(name, String), literal(at.node, String)),
        "since": now,
        "wake_at": led(wakes_at, due.c.wake_at),
        "steps": due.c.steps + 1,
        "left_because": led(lambda name: ends(name, literal("end", String)), way),
        "left_at": led(lambda name: ends(name, moment), moment),
    }
    return update(position).where(same).values(**values)


# -- which way


def _looked_up(at: At) -> list[Any]:
    """What is asked of the tables: `reason`, `onward`, `chosen` and `reached` of the chunk."""
    if isinstance(at.kind, Act):
        return [_reason(at), null(), *_channel(at.kind)]
    return [_reason(at), _onward(at), null(), null()]


def _late(at: At) -> ColumnElement[bool]:
    if not isinstance(at.kind, Act):
        return false()
    return due.c.wake_at < literal(at.now - span(at.kind.late_after), Instant())


def _silenced() -> ColumnElement[bool]:
    """Some channel reaches them and none may be used: it is silence alone that left none."""
    return and_(due.c.chosen.is_(None), due.c.reached == true())


def _leaves(at: At) -> ColumnElement[bool]:
    goes = due.c.reason.is_not(None)
    return or_(goes, and_(not_(_late(at)), _silenced())) if isinstance(at.kind, Act) else goes


def _way(at: At) -> ColumnElement[Any]:
    """The way of everybody in the chunk: a way out of the node, or why they leave."""
    goes = due.c.reason.is_not(None)
    if not isinstance(at.kind, Act):
        return case((goes, due.c.reason), else_=due.c.onward)
    return case(
        (goes, due.c.reason),
        (_late(at), "late"),
        (due.c.chosen.is_not(None), "asked"),
        (due.c.reached == true(), "silence"),
        else_="unreached",
    )


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


def _onward(at: At) -> Any:
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
    """The first channel that reaches them and is not silenced; whether any reaches them."""
    reaches = {channel: _reaches(channel) for channel in node.channels}
    quiet = {channel: _silent(channel) if node.sells else false() for channel in node.channels}
    free = {channel: and_(reaches[channel], not_(quiet[channel])) for channel in node.channels}
    chosen = case(*((free[one], literal(one, String)) for one in node.channels), else_=null())
    return chosen, or_(false(), *reaches.values())


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
