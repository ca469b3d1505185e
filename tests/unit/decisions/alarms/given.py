"""A small past: who came on which days, as the rules see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from huitou.decisions.alarms.past import Evening, Mark, Past, Seen

START = date(2025, 1, 1)
FIRST = (START - date(1970, 1, 1)).days


def past(visits: Mapping[str, Sequence[int]], paid: int = 1000, *others: str) -> Past:
    """`{"ann": [0, 10, 20]}`: Ann came on the first day, ten and twenty days later."""
    rows = [
        {"person_id": who, "day": START + timedelta(days=day), "gross": paid}
        for who, days in visits.items()
        for day in days
    ]
    schema = pa.schema([("person_id", pa.string()), ("day", pa.date32()), ("gross", pa.int64())])
    return Past.of(pa.Table.from_pylist(rows, schema=schema), others)


def evening(of: Past, day: int, *marks: Mark) -> Evening:
    """What is known at the end of a day, counted from the first."""
    return Evening(Seen(of, FIRST + day), marks, currency="GBP")


def who(of: Past, fires: np.ndarray) -> set[str]:
    """Whom a sign rings for."""
    return {of.people[at] for at in np.flatnonzero(fires)}


def mark(kind: str, person: str, day: int, **more: int) -> Mark:
    """Something that happened, in days counted from the first; known on its day."""
    known = more.pop("known", day)
    told = {name: FIRST + value for name, value in more.items()}
    return Mark(kind, person, FIRST + day, FIRST + known, **told)
