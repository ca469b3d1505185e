"""Parquet files, with the types they bring."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from huitou.ground.errors import NothingTaken
from huitou.sources.sheet import WIDEST, Sheet, distinct_names


def read(path: Path, needed: frozenset[str] | None = None) -> Sheet:
    """The columns of a Parquet file (those `needed`); row 1 is the first: there is no header."""
    try:
        file = pq.ParquetFile(path, memory_map=True)
        names = file.schema_arrow.names
        distinct = distinct_names(names)
        wanted = None if needed is None or distinct != tuple(names) else [*needed]
        table = file.read(columns=wanted)
    except (pa.ArrowException, OSError) as bad:
        raise NothingTaken(
            "this Parquet file cannot be read: it is damaged or cut off",
            file=path.name,
            to_try="copy or export it again",
        ) from bad
    if table.num_columns > WIDEST:
        raise NothingTaken(f"the file has {table.num_columns} columns", file=path.name)
    table = table.replace_schema_metadata()
    if wanted is None:
        table = table.rename_columns(list(distinct))
    rows = np.arange(1, table.num_rows + 1, dtype=np.int64)
    return Sheet(table, rows).without_blank_rows()
