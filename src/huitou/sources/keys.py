"""The key of a line, the same in every file that tells of it; and lines that contradict others.

With a line number: (source, order, line number). One row an order: (source, order). Otherwise
(source, order, content, ordinal): the third of three equal lines has ordinal 3, so of two files
the larger count wins, and overlapping exports do not double. A row without an order number is
keyed by its content and customer alone.

Content is what was written, before rules of status and sign: an order that is cancelled later
changes its line and does not add one.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.words import Sentence, said
from huitou.sources.contract import READ, Mapping
from huitou.sources.faults import Fault, mask

_CONTENT = """ordered_at, coalesce(sku, chr(1)), coalesce(product, chr(1)),
    coalesce(CAST(quantity * 1000 AS BIGINT), -1), told, part"""

_KEY = f"""
SELECT md5(CASE
    WHEN made THEN concat_ws(chr(31), 'row', $source, {_CONTENT},
        coalesce(member_no, chr(1)), coalesce(phone, chr(1)), coalesce(email, chr(1)))
    WHEN line_id IS NOT NULL THEN concat_ws(chr(31), 'id', $source, order_id, line_id, part)
    WHEN $by_order THEN concat_ws(chr(31), 'order', $source, order_id)
    ELSE concat_ws(chr(31), 'line', $source, order_id, {_CONTENT}) END) AS key
FROM arrived"""

_AGAIN = """
WITH often AS (SELECT key FROM keyed GROUP BY key HAVING count(*) > 1)
SELECT place, key, row_number() OVER (PARTITION BY key ORDER BY place) AS ordinal,
    first_value(place) OVER (PARTITION BY key ORDER BY place) AS first
FROM keyed SEMI JOIN often USING (key)"""

_CONTRADICTED = """
WITH torn AS (
    SELECT order_id, CASE WHEN min(member_no) <> max(member_no) THEN 'member_no'
        WHEN count(member_no) > 0 THEN NULL
        WHEN min(phone) <> max(phone) THEN 'phone'
        WHEN count(phone) > 0 THEN NULL
        WHEN min(email) <> max(email) THEN 'email' END AS who
    FROM arrived WHERE NOT made GROUP BY order_id),
claims AS (
    SELECT position, order_id, who,
        CASE who WHEN 'member_no' THEN member_no WHEN 'phone' THEN phone ELSE email END AS claim
    FROM arrived JOIN torn USING (order_id) WHERE who IS NOT NULL)
SELECT DISTINCT position, who FROM (
    SELECT *, arg_min(claim, position) OVER (PARTITION BY order_id) AS earliest FROM claims)
WHERE claim <> earliest"""

PASTED = 5
"""Different rows in a run that no shop sells twice, one after the other, at the same moments."""

_TRIED = 20

_REPEATED = (
    "order_id", "member_no", "phone", "email", "ordered_at", "sku", "product", "quantity", "told",
    "store",
)  # fmt: skip

_COMPARED = ("told", "ordered_at", "quantity", "sku", "product", "amount", "is_return")


def keyed(lines: pa.Table, mapping: Mapping) -> tuple[pa.Table, list[Fault]]:
    """Lines with their keys, columns as in READ; and faults by position.

    Rows with a fault are left out of the lines, and so are exact doubles of a named row.
    """
    with duckdb.connect() as con:
        con.execute("SET enable_external_access = false")
        con.execute("SET memory_limit = '600MB'")
        con.execute("SET threads = 2")
        con.execute("SET TimeZone = 'UTC'")
        con.register("arrived", lines)
        chosen = {"source": mapping.source, "by_order": mapping.grain == "order"}
        key = con.execute(_KEY, chosen).to_arrow_table().column("key").combine_chunks()
        place = np.arange(len(key), dtype=np.int64)
        con.register("keyed", pa.table({"place": place, "key": key}))
        again = con.execute(_AGAIN).to_arrow_table()
        faults, doubles = _told_twice(lines, again, mapping)
        faults += _contradicted(con, mapping)
    return _fit(lines, _numbered(key, again), mapping, faults, doubles), faults


def pasted_twice(lines: pa.Table, mapping: Mapping) -> Iterator[Sentence]:
    """A warning where the last rows of a file repeat earlier ones, line by line."""
    if mapping.grain == "order" or "line_id" in mapping.columns:
        return  # a row that is named cannot count twice
    names = [name for name in _REPEATED if lines[name].null_count < lines.num_rows]
    of_the_file = pc.sum(pc.equal(lines["part"], "")).as_py()  # they stand before those we added
    written = lines.select(names).slice(0, of_the_file)
    with duckdb.connect() as con:
        con.execute("SET enable_external_access = false")
        con.register("written", written)
        told = con.execute("SELECT hash(written) AS told FROM written").to_arrow_table()
    count = _repeated_at_the_end(told["told"].to_numpy())
    if count:
        yield said(
            "The last {count} rows repeat earlier ones and were counted again. Were they pasted "
            "twice?",
            count=count,
        )


def _repeated_at_the_end(told: NDArray[np.uint64]) -> int:
    """How many rows at the end stand earlier too, in the same order: the longest such run."""
    if len(told) < 2:
        return 0
    longest = 0
    for at in np.flatnonzero(told[:-1] == told[-1])[-_TRIED:]:
        most = min(int(at) + 1, len(told) - 1 - int(at))
        differ = np.flatnonzero(told[at - most + 1 : at + 1] != told[len(told) - most :])
        longest = max(longest, most - 1 - int(differ[-1]) if len(differ) else most)
    several = len(set(told[len(told) - longest :].tolist())) >= PASTED  # not one thing, many times
    return longest if several else 0


def _told_twice(
    lines: pa.Table, again: pa.Table, mapping: Mapping
) -> tuple[list[Fault], NDArray[np.int64]]:
    """Rows whose own number was used before: doubles are left out, others are at fault."""
    later = again.filter(pa.array(again["ordinal"].to_numpy() > 1))
    places, firsts = later["place"].to_numpy(), later["first"].to_numpy()
    named = _named(lines, mapping)[places]
    places, firsts = places[named], firsts[named]
    same = _same(lines, places, firsts)
    positions = lines["position"].to_numpy()[places]
    other = np.unique(positions[~same])
    if not len(other):
        return [], positions[same]
    column = mapping.columns.get("line_id") or mapping.columns["order_id"]
    reason = said("this number was already used in this file, with other content")
    to_try = said("mend the number, or leave one of the two rows out")
    return [Fault(other, column, reason, to_try)], positions[same]


def _named(lines: pa.Table, mapping: Mapping) -> NDArray[np.bool_]:
    """Rows that a number of their own names: there are no two of them."""
    numbered = pc.or_(lines["line_id"].is_valid(), mapping.grain == "order")
    return mask(pc.and_not(numbered, lines["made"]))


def _same(
    lines: pa.Table, places: NDArray[np.int64], firsts: NDArray[np.int64]
) -> NDArray[np.bool_]:
    one, two = (lines.take(pa.array(rows)) for rows in (places, firsts))
    same = np.ones(len(places), dtype=bool)
    for name in _COMPARED:
        left, right = one[name].to_pylist(), two[name].to_pylist()
        same &= np.array([a == b for a, b in zip(left, right, strict=True)], dtype=bool)
    members = zip(one["member_no"].to_pylist(), two["member_no"].to_pylist(), strict=True)
    alike = np.array([None in (a, b) or a == b for a, b in members], dtype=bool)
    same &= alike
    return same


def _contradicted(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> list[Fault]:
    by_field: dict[str, list[int]] = {}
    for position, who in con.execute(_CONTRADICTED).fetchall():
        by_field.setdefault(who, []).append(position)
    return [
        Fault(
            np.array(sorted(positions), dtype=np.int64),
            mapping.columns[who],
            said("an earlier row of the same order names another customer"),
            said("mend the customer or the order number"),
        )
        for who, positions in by_field.items()
    ]


def _numbered(key: pa.Array, again: pa.Table) -> pa.Array:
    """The n-th of equal lines (n > 1) gets a key of its own."""
    later = again.filter(pa.array(again["ordinal"].to_numpy() > 1)).sort_by("place")
    mask = np.zeros(len(key), dtype=bool)
    mask[later["place"].to_numpy()] = True
    own = pc.binary_join_element_wise(later["key"], later["ordinal"].cast(pa.string()), "-")
    return pc.replace_with_mask(key, pa.array(mask), own.combine_chunks())


def _named_by_content(lines: pa.Table, key: pa.Array) -> pa.Table:
    """Rows without an order number are called by what they say, whatever file they stand in."""
    made = mask(lines["made"].combine_chunks())
    if not made.any():
        return lines
    part, positions = lines["part"].combine_chunks(), lines["position"].to_numpy()
    bought = np.flatnonzero(mask(pc.equal(part, "")))
    place = np.zeros(int(positions.max()) + 1, dtype=np.int64)
    place[positions[bought]] = bought
    own = pc.binary_join_element_wise("row:", key.take(pa.array(place[positions])), part, "")
    names = pc.if_else(pa.array(made), own, lines["order_id"].combine_chunks())
    return lines.set_column(lines.schema.get_field_index("order_id"), "order_id", names)


def _fit(
    lines: pa.Table,
    key: pa.Array,
    mapping: Mapping,
    faults: list[Fault],
    doubles: NDArray[np.int64],
) -> pa.Table:
    source = pa.repeat(pa.scalar(mapping.source), lines.num_rows)
    whole = _named_by_content(lines, key).append_column("line_key", key)
    whole = whole.append_column("source", source)
    whole = whole.select(READ.names)
    left_out = np.concatenate([doubles, *(fault.rows for fault in faults)])
    if not len(left_out):
        return whole
    return whole.filter(pa.array(~np.isin(lines["position"].to_numpy(), left_out)))
