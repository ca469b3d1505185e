"""Simulated worlds: customers who really are what a model says, and tables made of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

START = date(2024, 1, 1)


def purchases(rng, n, *, leave, r=0.8, alpha=40.0, days=500, k=1, **of):
    """Times of repeat purchases of n customers after their first, until `days` are over.

    `leave` is 'bg', 'mbg', 'pareto' or 'never'; `of` holds a, b or s, beta. Each k-th beat of a
    customer's clock is a purchase.
    """
    rate = rng.gamma(r, 1 / alpha, n)
    quit_at = np.full(n, np.inf)
    chance = np.zeros(n)
    if leave == "pareto":
        quit_at = rng.exponential(1 / rng.gamma(of["s"], 1 / of["beta"], n))
    if leave in ("bg", "mbg"):
        chance = rng.beta(of["a"], of["b"], n)
    history = []
    for i in range(n):
        times, now = [], 0.0
        gone = leave == "mbg" and rng.random() < chance[i]
        while not gone:
            beats = rng.exponential(1) if k == 1 else rng.gamma(k)
            now += beats / rate[i] if rate[i] > 1e-12 else np.inf
            if now > min(days, quit_at[i]):
                break
            times.append(now)
            gone = rng.random() < chance[i]
        history.append(np.array(times))
    return history


def observed(history, T):
    """(x, t_x, T) of histories watched for `T`, one number or one a customer."""
    ends = np.broadcast_to(np.asarray(T, float), len(history))
    seen = [times[times <= end] for times, end in zip(history, ends, strict=True)]
    x = np.array([len(times) for times in seen], float)
    t_x = np.array([times[-1] if len(times) else 0.0 for times in seen])
    return x, t_x, ends.copy()


class Shop:
    """Customers that arrive over time and buy on whole days: columns as `facts.customers` has."""

    def __init__(self, seed=0, n=800, days=900, arrivals=400, leave="mbg", **of):
        rng = np.random.default_rng(seed)
        of = of or {"a": 0.6, "b": 3.0}
        self.first = np.sort(rng.integers(0, arrivals, n))
        repeats = purchases(rng, n, leave=leave, days=days, **of)
        self.days = [
            np.unique(np.concatenate([[first], first + np.ceil(times)])).astype(int)
            for first, times in zip(self.first, repeats, strict=True)
        ]
        mean = 1 / rng.gamma(3.0, 1 / 6000.0, n)
        self.spends = [
            np.maximum(rng.gamma(4.0, mean[i] * 1e4 * 600, len(own)).astype(int), 1)
            for i, own in enumerate(self.days)
        ]

    def day(self, number):
        """The date of a day's number."""
        return START + timedelta(days=int(number))

    def known(self, as_of):
        """Indices of the customers known before day `as_of`."""
        return np.flatnonzero(self.first < as_of)

    def customers(self, as_of):
        """The table of customers as of a day's number."""
        rows = [self._row(i, as_of) for i in self.known(as_of)]
        return pa.Table.from_pylist(rows, schema=CUSTOMERS)

    def _row(self, i, as_of):
        seen = self.days[i] < as_of
        own, spent = self.days[i][seen], self.spends[i][seen]
        gap = float(own[-1] - own[0]) / (len(own) - 1) if len(own) > 1 else None
        return {
            "person_id": f"p{i:05d}",
            "x": len(own) - 1,
            "t_x": int(own[-1] - own[0]),
            "T": int(as_of - 1 - own[0]),
            "purchase_days": len(own),
            "spend_mean": float(spent.mean()),
            "gross": int(spent.sum()),
            "revenue": int(spent.sum()),
            "margin_rate": 0.4,
            "gap_mean": gap,
            "typical_gap": gap or 60.0,
            "left_censored": bool(own[0] < 30),
        }

    def bought(self, as_of, horizon):
        """Purchase days in the window, aligned with `customers(as_of)`."""
        return np.array(
            [
                int(((self.days[i] >= as_of) & (self.days[i] < as_of + horizon)).sum())
                for i in self.known(as_of)
            ]
        )


CUSTOMERS = pa.schema(
    [
        ("person_id", pa.string()),
        ("x", pa.int64()),
        ("t_x", pa.int64()),
        ("T", pa.int64()),
        ("purchase_days", pa.int64()),
        ("spend_mean", pa.float64()),
        ("gross", pa.int64()),
        ("revenue", pa.int64()),
        ("margin_rate", pa.float64()),
        ("gap_mean", pa.float64()),
        ("typical_gap", pa.float64()),
        ("left_censored", pa.bool_()),
    ]
)
