"""The alarm rules on two real shops' pasts: precision and lead, against one number of days for all.

    python -m tools.bench_care.alarms

The product's own rules and replay, over every week that has a whole horizon after it. Each rule is
set beside `no purchase in N days` twice: N = 90, and the N that rings about as often for the same
customers. A ring is right where no purchase followed within the horizon; its lead is counted to the
evening on which a forecast (MBG/NBD, fitted to what was known by then) judged that silence lost.
That judge is a relative of the rules that use a forecast, so their leads flatter them a little.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from huitou.decisions.alarms.judged import Judged, judge
from huitou.decisions.alarms.past import Past, Seen
from huitou.decisions.alarms.replay import Replay, matched, peer, replay
from huitou.decisions.alarms.rules import PEER, RULES, Rule
from huitou.runs.moment import usual_horizon

LOST_LINE = 0.2
SHOPS = {
    "online_retail_ii": "online_retail_ii_dedup.parquet",
    "complete_journey": "completejourney/completejourney.parquet",
}
EVERYBODY = 100_000
CLOSE = 0.05
"""Rings that differ by no more than this share are as many."""

PURCHASES = """
    WITH told AS (
        SELECT customer_id, order_id, min(ordered_at)::DATE AS day, sum(amount) AS paid,
               bool_or(coalesce(is_return, false)) AS back
        FROM read_parquet(?) WHERE customer_id IS NOT NULL GROUP BY customer_id, order_id)
    SELECT customer_id::VARCHAR AS person, day, sum(paid) AS paid FROM told
    WHERE paid > 0 AND NOT back GROUP BY person, day ORDER BY person, day"""


def rows(data: Path | None = None) -> list[dict[str, Any]]:
    """Rows `{name, value, unit, peer, ratio, bar, holds}`; one in words where data is missing."""
    folder = data or Path(os.environ.get("HUITOU_TEST_DATA", ""))
    found: list[dict[str, Any]] = []
    for shop, file in SHOPS.items():
        if not (folder / file).is_file():
            found.append(_row(f"alarms {shop}: no {file} in $HUITOU_TEST_DATA", None, "missing"))
            continue
        found += _shop(shop, folder / file)
    return found


def past_of(file: Path) -> Past:
    """The purchase days of an order log."""
    told = duckdb.execute(PURCHASES, [str(file)]).fetchnumpy()
    people, who = np.unique(told["person"].astype(str), return_inverse=True)
    days = told["day"].astype("datetime64[D]").astype(np.int64)
    paid = np.round(100 * told["paid"].astype(np.float64))
    return Past.from_arrays(tuple(people.tolist()), who.astype(np.int64), days, paid)


def _shop(shop: str, file: Path) -> list[dict[str, Any]]:
    began = time.perf_counter()
    past = past_of(file)
    gap = Seen(past, past.last_day).shop_gap
    horizon = usual_horizon(gap, past.last_day - past.first_day)
    judged = judge(past, horizon, LOST_LINE, past.last_day)
    found = [_row(f"alarms {shop}: horizon", horizon, "days")]
    usual = peer(past, judged, horizon)
    found += _of(f"alarms {shop}: no purchase in 90 days, all", usual, None)
    for rule in RULES.values():
        if "purchases" in rule.needs:
            found += _rule(shop, rule, past, judged, horizon)
    found += _as_often_as(shop, usual, past, judged, horizon)
    spent = time.perf_counter() - began
    found.append(_row(f"alarms {shop}: seconds for all", spent, "s", bar=60, holds=spent < 60))
    return found


def _rule(shop: str, rule: Rule, past: Past, judged: Judged, horizon: int) -> list[dict[str, Any]]:
    found = []
    settings = {"as shipped": dict[str, float](), "all": {"most": float(EVERYBODY)}}
    if "top_share" in rule.usual:
        settings["all"]["top_share"] = 1.0
    for name, told in settings.items():
        done = replay(past, rule, told, judged, horizon)
        beside = matched(past, judged, done) if done.rings else None
        found += _of(f"alarms {shop}: {rule.name}, {name}", done, beside)
    return found


def _as_often_as(
    shop: str, usual: Replay, past: Past, judged: Judged, horizon: int
) -> list[dict[str, Any]]:
    """The forecast's rule at the chance at which it rings as often as `no purchase in 90 days`.

    In words where it cannot: it never rings for those who gave little hope from the first.
    """
    tried = [_hopeless(n / 50, past, judged, horizon) for n in range(4, 48)]
    done = min(tried, key=lambda each: abs(each.rings - usual.rings))
    name = f"alarms {shop}: forecast_low rung as often as 90 days"
    if abs(done.rings - usual.rings) > CLOSE * usual.rings:
        return [_row(f"{name}: it rings {done.rings} times at most", None, "rings", usual.rings)]
    return _of(name, done, usual)


def _hopeless(chance: float, past: Past, judged: Judged, horizon: int) -> Replay:
    told = {"chance": chance, "top_share": 1.0, "most": float(EVERYBODY)}
    return replay(past, RULES["forecast_low"], told, judged, horizon)


def _of(name: str, done: Replay, beside: Replay | None) -> list[dict[str, Any]]:
    against = f" (peer: {beside.told['days']:g} days)" if beside else ""
    lead = done.lead[1] if done.lead else None
    their_lead = beside.lead[1] if beside and beside.lead else None
    return [
        _row(f"{name}: rings", done.rings, "rings", beside.rings if beside else None),
        _row(f"{name}: precision{against}", done.precision, "share",
             beside.precision if beside else None),
        _row(f"{name}: rung before judged lost", done.recall, "share",
             beside.recall if beside else None),
        _row(f"{name}: lead before judged lost, median", lead, "days", their_lead),
    ]  # fmt: skip


def _row(
    name: str,
    value: float | None,
    unit: str,
    peer: float | None = None,
    bar: float | None = None,
    holds: bool | None = None,
) -> dict[str, Any]:
    ratio = value / peer if value is not None and peer else None
    told = {"name": name, "value": value, "unit": unit, "peer": peer, "ratio": ratio}
    return {**told, "bar": bar, "holds": holds}


if __name__ == "__main__":
    print(json.dumps({"rows": rows(), "peer_rule": PEER.name}, indent=1))
