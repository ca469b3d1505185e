"""DuckDB as Ibis speaks to it, except that nothing is put into SQL twice.

    engine = engine_over(connection)
    customers(Tables(engine.table("lines"), ...), as_of).to_pyarrow()

Putting a fact into SQL takes longer than a small shop's answer to it, and a day asks the same facts
as of many evenings. What differs between two evenings are moments, days, whole numbers and the
names of tables in memory: stand-ins take their places before an expression is looked up, and they
theirs again in the SQL that is found.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any

import ibis.expr.operations as ops

KEPT = 512
"""Expressions remembered in one process; the one not asked for longest is let go."""

FAR, VAST, HELD = datetime(9000, 1, 1), 7_100_000_000_000_000, "ibis_held_"
"""Stand-ins: moments and days from here on, whole numbers from here on, names that begin so."""
_STAND_IN = re.compile(
    r"MAKE_TIMESTAMP\(9\d{3}, \d+, \d+, \d+, \d+, \d+\.\d+\)|MAKE_DATE\(9\d{3}, \d+, \d+\)"
    rf"|\b71\d{{14}}\b|\b{HELD}\d+\b"
)

CACHED = "ibis_cached_"
"""How Ibis begins the name, drawn by lot, of a table that it keeps for a while."""
_NODE = object()
_PLAIN = frozenset({str, int, float, bool, type(None)})


def engine_over(connection: Any) -> Any:
    """An Ibis backend over an open DuckDB connection."""
    return _backend().from_connection(connection)


class Templates:
    """The SQL of expressions by their shape."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, str] = OrderedDict()
        self.found = 0
        """How often the shape was known."""

    def sql(self, shape: Shape, to_sql: Callable[[Any], str]) -> str:
        """The SQL of an expression; `to_sql` is asked where none of its shape is known."""
        template = self._known.pop(shape.key, None)
        if template is None:
            template = to_sql(shape.unbound().to_expr())
            while len(self._known) >= self._most:
                self._known.popitem(last=False)
        else:
            self.found += 1
        self._known[shape.key] = template
        return _STAND_IN.sub(lambda found: shape.stood_for[found[0]], template)


@dataclass
class Shape:
    """An expression without what differs between two evenings."""

    node: ops.Node
    key: Hashable = ()
    """Equal for expressions whose SQL is the same but for what something stands in for."""
    stood_for: dict[str, str] = field(default_factory=dict)
    """Stand-in -> what it stands for, both as SQL says them."""
    stand_ins: dict[ops.Node, Any] = field(default_factory=dict)
    """Literal -> the value in its place; table -> the name in its place."""
    is_plain: bool = True
    """Whether the engine has all it is made of: no table in memory, no function of ours."""

    def unbound(self) -> ops.Node:
        """The expression with its stand-ins, of no connection."""

        def emptied(each: Any, changed: dict[str, Any] | None) -> Any:
            now = each.__recreate__(changed) if changed else each
            if isinstance(now, ops.Literal) and now in self.stand_ins:
                return ops.Literal(self.stand_ins[now], now.dtype)
            if isinstance(now, ops.InMemoryTable):
                return ops.UnboundTable(self.stand_ins[now], now.schema)
            if isinstance(now, ops.DatabaseTable):
                name = self.stand_ins.get(now, now.name)
                return ops.UnboundTable(name, now.schema, now.namespace)
            return now

        found: ops.Node = self.node.replace(emptied)
        return found


def shape_of(root: ops.Node) -> Shape:
    """The shape of an expression.

    Its nodes are told one by one, children first, each by its sort and its parts: to make them
    anew with stand-ins in them takes many times as long, and is done where a shape is first seen.
    What is equal in the expression gets one stand-in, so two expressions of one shape have the
    same SQL but for these.
    """
    shape = Shape(root)
    told: list[Hashable] = []
    places: dict[Any, int] = {}
    seen: dict[int, int] = {}
    waiting: list[Any] = [root]
    while waiting:
        node = waiting[-1]
        if id(node) in seen:
            waiting.pop()
            continue
        before = len(waiting)
        parts = _parts(node.__args__, seen, waiting)
        if len(waiting) > before:
            continue
        waiting.pop()
        # Two nodes that are equal are one: only the first is told.
        place = places.setdefault(node, len(places))
        seen[id(node)] = place
        if place == len(told):
            told.append(_with_stand_in(node, parts, shape))
    shape.key = tuple(told)
    return shape


def _parts(args: Any, seen: dict[int, int], missing: list[Any]) -> tuple[Hashable, ...]:
    """What a node is made of, nodes by their places; those without one yet go to `missing`."""
    told: list[Hashable] = []
    for part in args:
        kind = type(part)
        if kind in _PLAIN:
            told.append(part)
        elif _is_node(kind):  # type: ignore[arg-type]  # a sort can be hashed
            place = seen.get(id(part))
            if place is None:
                missing.append(part)
            told.append((_NODE, place))
        elif issubclass(kind, tuple):
            told.append(_parts(part, seen, missing))
        elif issubclass(kind, dict):
            told.append((dict, *_parts(chain.from_iterable(part.items()), seen, missing)))
        else:
            told.append(part)
    return tuple(told)


@cache
def _is_node(kind: type) -> bool:
    return issubclass(kind, ops.Node)


def _with_stand_in(node: Any, parts: tuple[Hashable, ...], shape: Shape) -> Hashable:
    """One node as the shape tells it; what stands in for something in it is noted in the shape."""
    at = len(shape.stood_for)
    if isinstance(node, ops.Literal):
        if (found := _literal(node, at)) is None:
            return (ops.Literal, parts)
        shape.stand_ins[node], stand_in, said = found
        shape.stood_for[stand_in] = said
        return (ops.Literal, _NODE, at, node.dtype)
    if isinstance(node, ops.InMemoryTable | ops.DatabaseTable):
        if isinstance(node, ops.InMemoryTable):
            shape.is_plain = False
        elif not node.name.startswith(CACHED):
            return (ops.UnboundTable, node.name, node.schema, node.namespace)
        name = shape.stand_ins[node] = f"{HELD}{at}"
        shape.stood_for[name] = node.name
        return (ops.UnboundTable, _NODE, at, node.schema, getattr(node, "namespace", None))
    if isinstance(node, ops.ScalarUDF):
        shape.is_plain = False
    return (type(node), parts)


def _literal(node: Any, at: int) -> tuple[Any, str, str] | None:
    """A value to stand in for a literal, both as SQL says them; None: it is part of the shape."""
    value = node.value
    if isinstance(value, datetime) and value.tzinfo is None and node.dtype.is_timestamp():
        moment = FAR + timedelta(minutes=at)
        return moment, _moment(moment), _moment(value)
    if type(value) is date and node.dtype.is_date():
        day = FAR.date() + timedelta(days=at)
        return day, _day(day), _day(value)
    # Small numbers are part of a definition, and a minus sign may need brackets.
    if type(value) is int and value > 0 and node.dtype.is_int64():
        return VAST + at, str(VAST + at), str(value)
    return None


def _moment(at: datetime) -> str:
    second = at.second + at.microsecond / 1e6
    return f"MAKE_TIMESTAMP({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {second})"


def _day(on: date) -> str:
    return f"MAKE_DATE({on.year}, {on.month}, {on.day})"


@cache
def _backend() -> Any:
    from ibis.backends.duckdb import Backend
    from ibis.expr.schema import Schema

    templates = Templates()
    kind_of = cache(Backend.compiler.type_mapper.from_string)
    sql_of = cache(Backend.compiler.type_mapper.to_string)

    class Remembering(Backend):  # type: ignore[misc]  # Ibis tells no types
        """DuckDB's backend, whose expressions are put into SQL once a shape and process."""

        def compile(self, expr: Any, /, **asked: Any) -> str:
            if any(value is not None and value is not False for value in asked.values()):
                return str(super().compile(expr, **asked))
            return self._remembered(shape_of(expr.op()))

        def _remembered(self, shape: Shape) -> str:
            plainly = super().compile
            return templates.sql(shape, lambda expr: str(plainly(expr)))

        def _to_duckdb_relation(self, expr: Any, **asked: Any) -> Any:
            if any(value is not None for value in asked.values()):
                return super()._to_duckdb_relation(expr, **asked)
            shape = shape_of(expr.as_table().op())
            if not shape.is_plain:
                self._run_pre_execute_hooks(expr)
            return self.con.sql(self._remembered(shape))

        def _create_cached_table(self, name: str, expr: Any) -> Any:
            self._run_pre_execute_hooks(expr)
            columns = ", ".join(
                f'"{each}" {sql_of(kind)}{"" if kind.nullable else " NOT NULL"}'
                for each, kind in expr.schema().items()
            )
            self.con.execute(f'CREATE TEMP TABLE "{name}" ({columns})')
            self.con.execute(f'INSERT INTO "{name}" {self.compile(expr)}')
            return self.table(name, database=("temp", "main"))

        def get_schema(
            self, table_name: str, *, catalog: str | None = None, database: str | None = None
        ) -> Any:
            path = ".".join(f'"{part}"' for part in (catalog, database, table_name) if part)
            try:
                told = self.con.execute(f"DESCRIBE {path}").fetchall()
            except Exception:  # the engine's own, which only Ibis may know here
                return super().get_schema(table_name, catalog=catalog, database=database)
            return Schema(
                {name: kind_of(kind, nullable=null == "YES") for name, kind, null, *_ in told}
            )

    return Remembering
