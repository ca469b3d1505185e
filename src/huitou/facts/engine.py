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
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
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


def engine_over(connection: Any) -> Any:
    """An Ibis backend over an open DuckDB connection."""
    return _backend().from_connection(connection)


class Templates:
    """The SQL of expressions by their shape."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._known: OrderedDict[Any, str] = OrderedDict()
        self.found = 0
        """How often the shape was known."""

    def sql(self, node: ops.Node, to_sql: Callable[[Any], str]) -> str:
        """The SQL of an expression; `to_sql` is asked where none of its shape is known."""
        shape, stood_for = shape_of(node)
        template = self._known.pop(shape, None)
        if template is None:
            template = to_sql(shape.to_expr())
            while len(self._known) >= self._most:
                self._known.popitem(last=False)
        else:
            self.found += 1
        self._known[shape] = template
        return _STAND_IN.sub(lambda found: stood_for[found[0]], template)


def shape_of(node: ops.Node) -> tuple[ops.Node, dict[str, str]]:
    """The expression with stand-ins, unbound; and what each stands for, both as SQL says them.

    What is equal in the expression gets one stand-in, so two expressions of one shape have the
    same SQL but for these.
    """
    stood_for: dict[str, str] = {}

    def emptied(each: Any, changed: dict[str, Any] | None) -> Any:
        now = each.__recreate__(changed) if changed else each
        if isinstance(now, ops.Literal):
            return _literal(now, stood_for)
        if isinstance(now, ops.InMemoryTable):
            name = f"{HELD}{len(stood_for)}"
            stood_for[name] = now.name
            return ops.UnboundTable(name, now.schema)
        if isinstance(now, ops.DatabaseTable):
            return ops.UnboundTable(now.name, now.schema, now.namespace)
        return now

    return node.replace(emptied), stood_for


def _literal(now: ops.Literal, stood_for: dict[str, str]) -> ops.Literal:
    at, value = len(stood_for), now.value
    stand_in: Any
    if isinstance(value, datetime) and value.tzinfo is None and now.dtype.is_timestamp():
        stand_in = FAR + timedelta(minutes=at)
        stood_for[_moment(stand_in)] = _moment(value)
    elif type(value) is date and now.dtype.is_date():
        stand_in = FAR.date() + timedelta(days=at)
        stood_for[_day(stand_in)] = _day(value)
    # Small numbers are part of a definition, and a minus sign may need brackets.
    elif type(value) is int and value > 0 and now.dtype.is_int64():
        stand_in = VAST + at
        stood_for[str(stand_in)] = str(value)
    else:
        return now
    return ops.Literal(stand_in, now.dtype)


def _moment(at: datetime) -> str:
    second = at.second + at.microsecond / 1e6
    return f"MAKE_TIMESTAMP({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {second})"


def _day(on: date) -> str:
    return f"MAKE_DATE({on.year}, {on.month}, {on.day})"


@cache
def _backend() -> Any:
    from ibis.backends.duckdb import Backend

    templates = Templates()

    class Remembering(Backend):  # type: ignore[misc]  # Ibis tells no types
        """DuckDB's backend, whose expressions are put into SQL once a shape and process."""

        def compile(self, expr: Any, /, **asked: Any) -> str:
            plainly = super().compile
            if any(value is not None and value is not False for value in asked.values()):
                return str(plainly(expr, **asked))
            return templates.sql(expr.op(), lambda shape: str(plainly(shape)))

    return Remembering
