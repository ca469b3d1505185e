"""Text columns made comparable: full-width letters, invisible marks and blanks no longer differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

INVISIBLE = "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"

AS_TEXT = r"""^\s*(?:="([^"]*)"|'(\+?[0-9][0-9 ()-]*))\s*$"""
"""How exports keep a spreadsheet from rounding a number: `="1930679858170647"`, `'18618486065`."""

ABSENT = (
    "", "-", "--", "/", "\\n", "null", "none", "n/a", "na", "#n/a", "nil", "无", "無", "无退款申请",
)  # fmt: skip
"""What tills and spreadsheets write for "nothing" (compared in small letters)."""


def by_unique(column: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply `change` to the distinct values only, and spread the results over the rows."""
    coded = column.dictionary_encode()
    changed = change(coded.dictionary)
    # Most columns are clean already: then the rows need no second copy in memory.
    return column if changed.equals(coded.dictionary) else changed.take(coded.indices)


def written(column: pa.Array) -> pa.Array:
    """Any column as strings, as a person would write them; numbers without a trailing `.0`."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return written(column.cast(kind.value_type))
    if pa.types.is_string(kind):
        return column
    if pa.types.is_floating(kind):
        return _numbers_written(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return by_unique(column, lambda raw: pa.array(map(_decoded, raw.to_pylist()), pa.string()))
    if pa.types.is_nested(kind) or pa.types.is_duration(kind):
        return pa.array(
            [None if item is None else str(item) for item in column.to_pylist()], pa.string()
        )
    return column.cast(pa.string())


def cleaned(column: pa.Array) -> pa.Array:
    """Strings in NFKC without invisible marks or outer blanks; what means nothing is null."""
    return by_unique(written(column), _cleaned)


def trimmed(column: pa.Array) -> pa.Array:
    """Strings as the merchant wrote them, without invisible marks or outer blanks."""
    return by_unique(written(column), lambda unique: _absent_is_null(_visible(unique)))


def _cleaned(unique: pa.Array) -> pa.Array:
    return _absent_is_null(_visible(pc.utf8_normalize(unique, form="NFKC")))


def _visible(unique: pa.Array) -> pa.Array:
    shown = pc.replace_substring_regex(unique, pattern=INVISIBLE, replacement="")
    shown = pc.replace_substring_regex(shown, pattern=AS_TEXT, replacement=r"\1\2")
    return pc.utf8_trim_whitespace(shown)


def _absent_is_null(unique: pa.Array) -> pa.Array:
    absent = pc.is_in(pc.utf8_lower(unique), value_set=pa.array(ABSENT))
    return pc.if_else(absent, pa.scalar(None, pa.string()), unique)


def _numbers_written(column: pa.Array) -> pa.Array:
    values = column.to_numpy(zero_copy_only=False).astype(np.float64)
    whole = np.isnan(values) | ((values == np.rint(values)) & (np.abs(values) < 2**53))
    if whole.all():
        return pa.array(values, mask=np.isnan(values)).cast(pa.int64()).cast(pa.string())
    return column.cast(pa.string())


def _decoded(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("utf-8", "backslashreplace")
