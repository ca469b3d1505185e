"""A coffee-box subscription that never was: trials, pauses, goodbyes, and cards that expire."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from huitou.models.contracts import EVENTS, _months_before

FIRST, MONTHS = date(2022, 1, 3), 36
WANTS, FAILS = (0.7, 10.0), 0.008
"""Who cancels does so with a chance a month that is beta distributed; a card fails at random."""
JANUARY = 1.8
"""Odds of a cancellation in January against other months."""


def log(seed=1, n=1500, *, fails=FAILS, wants=WANTS):
    """Everything told of `n` contracts that began within two and a half years."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        began = FIRST + timedelta(days=int(rng.integers(0, 900)))
        who = f"s{i:05d}"
        if rng.random() < 0.5:
            rows.append((who, "trial_began", began - timedelta(days=14), None))
        rows.append((who, "subscribed", began, None))
        rows += _life(rng, who, began, rng.beta(*wants), fails)
    for i in range(n // 4):
        rows.append((f"t{i:05d}", "trial_began", FIRST + timedelta(days=3 * i % 900), None))
    names = ("person_id", "kind", "day", "until")
    told = [{**dict(zip(names, row, strict=True)), "product": "box"} for row in rows]
    return pa.Table.from_pylist(told, schema=EVENTS)


def _life(rng, who, began, wants, fails):
    paused = 0
    for month in range(1, MONTHS + 1):
        starts = _months_before(began, -(month - 1)) + timedelta(days=paused)
        odds = wants / (1 - wants) * (JANUARY if starts.month == 1 else 1.0)
        ends = starts + timedelta(days=int(rng.integers(1, 28)))
        if rng.random() < odds / (1 + odds):
            yield who, "cancelled", ends, None
            return
        if rng.random() < fails:
            yield who, "lapsed", ends, None
            return
        if rng.random() < 0.01:
            yield who, "paused", ends, ends + timedelta(days=61)
            paused += 61
