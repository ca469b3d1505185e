"""An arriving file beside the lake: which of its lines are there already, and what they say now.

Call `bring`, `set_aside` and `meet`, in this order. The merge then reads the temporary tables
`met`, `unmet` and `changed`, and `let_go` drops them. In all of them `here` is the number of a line
in the file, `place` that of one in the lake (its rowid).
"""

from __future__ import annotations

import duckdb

from huitou.sources.contract import Batch
from huitou.sources.tables import quoted

_REQUIRED = ("ordered_at", "day", "amount", "is_return", "is_product")
_OPTIONAL = (
    "line_id", "member_no", "phone", "email", "name", "address", "sku", "product", "category",
    "quantity", "cost", "store", "channel", "region", "campaign", "discount", "return_reason",
    "birthday",
)  # fmt: skip
"""A later file may fill these in or change them; where it says nothing, the earlier word stands."""

_TABLES = ("places", "whose", "of_known_orders", "claimed", "met", "unmet", "changed")
_VIEWS = ("on_file", "arrived")


def bring(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """The parsed lines as `arrived`, what is `on_file` of their orders, each with its `place`, and
    `whose` each of those orders is.

    Both are read where they lie, each column when it is asked for, by all processors: a table made
    in the same transaction is read by one. The lake is looked through for the places once, by two
    columns; from then on only there. A line is met under its own order, but for one without an
    order number: what was paid back on it is called after the purchase, which may be counted
    otherwise in another file.
    """
    _arrive(con, batch)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE places AS
        SELECT rowid AS place FROM lines SEMI JOIN arrived USING (source, order_id)
        UNION ALL SELECT rowid AS place FROM lines
        SEMI JOIN (FROM arrived WHERE starts_with(order_id, 'row:')) USING (line_key)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP VIEW on_file AS
        SELECT rowid AS place, * FROM lines WHERE rowid IN (SELECT place FROM places)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE whose AS
        SELECT source, order_id, min(member_no) AS member_no, min(phone) AS phone,
            min(email) AS email
        FROM on_file GROUP BY source, order_id"""
    )


def _arrive(con: duckdb.DuckDBPyConnection, batch: Batch, which: str = "") -> None:
    """The lines of the file by their places in it (`here`), or those `which` are asked for."""
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW arrived AS
        SELECT * RENAME (file_row_number AS here)
        FROM read_parquet({quoted(batch.lines_path)}, file_row_number = true) {which}"""
    )


def set_aside(con: duckdb.DuckDBPyConnection, batch: Batch) -> dict[int, str]:
    """Take rows that give an order of an earlier file to another customer out of what `arrived`:
    row -> the field that says so.

    `of_known_orders` are all lines of the file whose order is on file, these too.
    """
    con.execute(
        """CREATE OR REPLACE TEMP TABLE of_known_orders AS
        SELECT a.here, a.row, CASE WHEN a.member_no <> w.member_no THEN 'member_no'
            WHEN a.member_no = w.member_no THEN NULL
            WHEN a.phone <> w.phone THEN 'phone'
            WHEN a.phone = w.phone THEN NULL
            WHEN a.email <> w.email THEN 'email' END AS another
        FROM arrived a JOIN whose w USING (source, order_id)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE claimed AS
        SELECT row, min(another) AS field FROM of_known_orders
        WHERE another IS NOT NULL GROUP BY row"""
    )
    found = con.execute("FROM claimed").fetchall()
    if found:
        _arrive(con, batch, "WHERE row NOT IN (SELECT row FROM claimed)")
    return dict(found)


def meet(con: duckdb.DuckDBPyConnection, batch: Batch) -> list[str]:
    """`met`: lines that are there already, and in which columns each now reads `otherwise`, a bit
    for each; `unmet`: the others; `changed`: what those that read otherwise say now. Returns the
    columns in which any line does.
    """
    differs = _differing(_spoken_of(con, batch))
    bits = " | ".join(f"({test}::BIGINT << {bit})" for bit, test in enumerate(differs.values()))
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE met AS
        SELECT a.here, l.place, {bits} AS otherwise
        FROM arrived a JOIN on_file l USING (line_key)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE unmet AS
        SELECT here, row FROM arrived ANTI JOIN met USING (here)"""
    )
    ((anywhere,),) = con.execute("SELECT coalesce(bit_or(otherwise), 0) FROM met").fetchall()
    columns = [name for bit, name in enumerate(differs) if anywhere >> bit & 1]
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE changed AS
        SELECT m.place, a.row{"".join(f", a.{name}" for name in columns)}
        FROM arrived a JOIN (FROM met WHERE otherwise <> 0) m USING (here)"""
    )
    return columns


def _differing(spoken_of: set[str]) -> dict[str, str]:
    """Whether a line `a` says something else than `l` on file, for each column that it may change:
    where it says nothing, the earlier word stands."""
    return {name: f"(a.{name} IS DISTINCT FROM l.{name})" for name in _REQUIRED} | {
        name: f"(a.{name} IS NOT NULL AND a.{name} IS DISTINCT FROM l.{name})"
        for name in _OPTIONAL
        if name in spoken_of
    }


def _spoken_of(con: duckdb.DuckDBPyConnection, batch: Batch) -> set[str]:
    """The columns that have a value in any line, by the feet of the file, which count what is empty
    (a column of which they say nothing is taken for one): most files leave half of them out."""
    found = con.execute(
        f"""SELECT path_in_schema FROM parquet_metadata({quoted(batch.lines_path)})
        GROUP BY path_in_schema
        HAVING bool_or(coalesce(stats_null_count, 0) < num_values)"""
    ).fetchall()
    return {name for (name,) in found}


def let_go(con: duckdb.DuckDBPyConnection) -> None:
    """Drop all that was made here."""
    for name in _VIEWS:
        con.execute(f"DROP VIEW temp.{name}")
    for name in _TABLES:
        con.execute(f"DROP TABLE temp.{name}")
