"""Tables whose rows change while the SQL of what is asked of them stays.

To write the SQL of a fact takes ten times as long as to answer it over a few lines. Where one fact
is asked of many shops, one after another, its SQL is written for the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

import ibis
import pyarrow as pa
import pytest


class Refilled:
    """Tables of one engine, and the questions that were asked of them."""

    def __init__(self) -> None:
        self._engine = ibis.duckdb.connect()
        self._tables: dict[str, ibis.Table] = {}
        self._asked: dict[Hashable, tuple[str, pa.Schema]] = {}

    def table(self, name: str, rows: pa.Table) -> ibis.Table:
        """The table of this name, with these rows in the place of its earlier ones."""
        if name not in self._tables:
            self._tables[name] = self._engine.create_table(name, rows)
            return self._tables[name]
        con = self._engine.con
        con.execute(f'DELETE FROM "{name}"')
        con.register("brought", rows)
        con.execute(f'INSERT INTO "{name}" BY NAME SELECT * FROM brought')
        con.unregister("brought")
        return self._tables[name]

    def answer(self, question: Hashable, make: Callable[[], ibis.Table]) -> pa.Table:
        """What a question comes to over the rows of now; `make` is called the first time."""
        if question not in self._asked:
            made = make()
            self._asked[question] = self._engine.compile(made), made.schema().to_pyarrow()
        sql, schema = self._asked[question]
        return self._engine.con.sql(sql).to_arrow_table().cast(schema)

    def close(self) -> None:
        self._engine.disconnect()


@pytest.fixture(scope="module")
def refilled() -> Iterator[Refilled]:
    """Tables for the shops of one file of tests."""
    made = Refilled()
    yield made
    made.close()
