"""People made up by a seed, as the forecast would hand them to a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa


def crowd(n: int, seed: int = 1, **columns: Any) -> pa.Table:
    """`n` people of all stages; `columns` replace what was drawn, one value for all or one each."""
    dice = np.random.default_rng(seed)
    alive = dice.beta(1.2, 1.0, n)
    p_buy = alive * dice.beta(3.0, 1.5, n)
    spend = np.exp(dice.normal(10.0, 1.0, n))
    kept = spend * 0.3 * np.exp(dice.normal(1.0, 0.7, n))
    value = alive * kept
    others = dice.choice(["new", "active", "loyal", "returned"], n)
    made: dict[str, Any] = {
        "person_id": [f"person {i}" for i in range(n)],
        "hold_key": [f"key {i}" for i in range(n)],
        "stage": np.where(p_buy < 0.2, "lost", np.where(p_buy < 0.5, "slipping", others)).tolist(),
        "p_alive": alive,
        "p_buy": p_buy,
        "spend": spend,
        "margin_rate": np.full(n, 0.3),
        "value": value.astype(np.int64),
        "value_low": (0.7 * value).astype(np.int64),
        "value_high": (1.4 * value).astype(np.int64),
        "value_if_kept": kept.astype(np.int64),
        "exposure": dice.integers(0, 500, n),
        "may_mail": dice.random(n) < 0.9,
        "may_email": dice.random(n) < 0.4,
        "may_call": dice.random(n) < 0.5,
        "open_case": dice.random(n) < 0.05,
        "open_complaint": np.random.default_rng(n + 1).random(n) < 0.02,
        "not_for_now": np.random.default_rng(n).random(n) < 0.02,
        "contacted_days_ago": pa.array(dice.integers(0, 300, n), mask=dice.random(n) < 0.8),
    }
    for name, given in columns.items():
        made[name] = (
            given if isinstance(given, list | np.ndarray | pa.ChunkedArray) else [given] * n
        )
    return pa.table(made)
