"""How far ahead to look: a horizon in the shop's own rhythm, never a fixed number of days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

SHORTEST, LONGEST = 28, 183
"""Horizons are kept between four weeks and half a year."""
GAPS = 3.0
"""A customer silent for three of the shop's usual gaps has had every chance to come."""


def usual_horizon(customers: pa.Table, first_day: date, as_of_day: date) -> int:
    """Days ahead that suit this shop: three times its median gap, in whole weeks.

    At most a third of the history, so that a window can be learnt from and another compared
    with. Needs the column `gap_mean` (null for those who bought once).
    """
    gaps = customers.column("gap_mean").drop_null().to_numpy()
    usual = GAPS * float(np.median(gaps)) if len(gaps) else float(LONGEST)
    most = (as_of_day - first_day).days / 3
    weeks = round(min(usual, most, LONGEST) / 7) * 7
    return int(np.clip(weeks, SHORTEST, LONGEST))
