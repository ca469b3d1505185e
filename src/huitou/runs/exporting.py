"""Everything row by row, for the merchant to take along: order lines, and who has which key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow.compute as pc
import pyarrow.parquet as pq

from huitou.ground.money import Money

if TYPE_CHECKING:
    import pyarrow as pa

    from huitou.store.lake import Edition

AMOUNTS = ("amount", "cost")
BATCH = 20_000
"""Rows held at once."""


def order_lines(edition: Edition, currency: str, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    """Every line of every order; amounts in major units, moments in the shop's zone."""
    files = map(pq.ParquetFile, edition.parts("lines"))
    for batch in (batch for file in files for batch in file.iter_batches(batch_size=BATCH)):
        for row in batch.to_pylist():
            told = {name: row[name] for name in row if name not in ("person_id", "loaded_at")}
            told["ordered_at"] = row["ordered_at"].replace(tzinfo=UTC).astimezone(zone)
            for name in AMOUNTS:
                told[name] = Money(row[name], currency).decimal if row[name] is not None else None
            yield {**told, "currency": currency, "person": row["person_id"]}


def keys(edition: Edition, known: pa.Table) -> Iterator[Mapping[str, Any]]:
    """Every member number, phone and e-mail with the customer it belongs to.

    `known` holds `person_id` and `key`, what the merchant knows people by.
    """
    named = edition.table("keys").join(known.select(["person_id", "key"]), "person_id",
                                       right_suffix="_known")  # fmt: skip
    split = pc.split_pattern(named["key"], ":", max_splits=1).to_pylist()
    customers, people = named["key_known"].to_pylist(), named["person_id"].to_pylist()
    for (kind, value), customer, person in sorted(zip(split, customers, people, strict=True)):
        yield {"kind": kind, "value": value, "customer": customer, "person": person}
