"""Why silent leavers left: how right the suspicions are where the truth is known.

    python -m tools.bench_care.causes            # ten worlds on real customers, seeds 100 to 109
    python -m tools.bench_care.causes 0 5        # other seeds; constants were fixed on 0 to 4

The world is `tests/known/causes_world.py`, which knows nothing of the models. Everybody is judged
who is still silent: not those who told us. "Where there is evidence": something happened to them
that somebody wrote down. Errors of calibration are over ten bins of equal width.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from huitou.models.causes import causes
from huitou.models.learned import HEARD, learn

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(100, 110)
ERROR_BAR, RIGHT_BAR, UNKNOWN_BAR = 0.08, 0.60, 0.95
MILLION = 1_000_000
SECONDS_BAR = 10.0

Figures = Mapping[str, float]


def rows(seeds: Iterable[int] = SEEDS) -> list[dict[str, Any]]:
    """Every figure of this slice, with what it is compared with."""
    from tests.known.causes_world import lapsed

    shop = lapsed(orders())
    told = []
    for odd in (False, True):
        found = measured(shop, tuple(seeds), odd=odd)
        told += _rows("wrong ratios, " if odd else "", found)
    return [*told, _says_so(shop), _speed(shop)]


def orders() -> Path:
    """The two-year file of orders where it is at hand, or the example shop's year."""
    data = Path(os.environ.get("HUITOU_TEST_DATA") or ROOT.parent / "shared" / "data")
    large = data / "online_retail_ii_dedup.parquet"
    return large if large.exists() else ROOT / "examples/shop/online_retail_2010_2011.parquet"


def measured(shop: Any, seeds: tuple[int, ...], *, odd: bool) -> dict[str, list[Figures]]:
    """For each way of judging its figures in every world."""
    from tests.known.causes_world import made

    found: dict[str, list[Figures]] = {"learned": [], "judged": [], "majority": []}
    for seed in seeds:
        world = made(shop, seed, odd=odd)
        learned = learn(world.evidence, world.heard)
        found["learned"].append(world.judge(causes(world.evidence, learned.weights)))
        found["judged"].append(world.judge(causes(world.evidence)))
        found["majority"].append(world.judge(_majority(world)))
    return found


def _majority(world: Any) -> pa.Table:
    """The cause named most often, for everybody, as surely as it is named."""
    named = [why for why in world.heard["why"].to_pylist() if why not in (None, "unknown")]
    codes, counts = np.unique(named, return_counts=True)
    share = counts / counts.sum()
    people = len(world.ids)
    return pa.table(
        {
            "person_id": np.repeat(world.ids, len(codes)),
            "cause": np.tile(codes, people),
            "posterior": np.tile(share, people),
        }
    )


def _rows(prefix: str, found: Mapping[str, list[Figures]]) -> list[dict[str, Any]]:
    def over(way: str, name: str) -> float:
        return float(np.mean([each[name] for each in found[way]]))

    def row(
        name: str, key: str, bar: float | None, *, most: bool, peer: str = "judged"
    ) -> dict[str, Any]:
        value, against = over("learned", key), over(peer, key)
        holds = None if bar is None else (value <= bar if most else value >= bar)
        return _row(prefix + name, value, "share", against, bar, holds)

    worst = float(np.max([each["top_ece"] for each in found["learned"]]))
    least = float(np.min([each["right_shown"] for each in found["learned"]]))
    return [
        row("calibration error, first suspect", "top_ece", ERROR_BAR, most=True),
        row("calibration error, every cause", "class_ece", ERROR_BAR, most=True),
        row("calibration error, first suspect, with evidence", "top_ece_shown", None, most=True),
        row("calibration error, every cause, with evidence", "class_ece_shown", None, most=True),
        _row(
            f"{prefix}calibration error, first suspect, worst world",
            worst,
            "share",
            None,
            ERROR_BAR,
            worst <= ERROR_BAR,
        ),
        row("first suspect right, with evidence", "right_shown", RIGHT_BAR, most=False),
        row(
            "first suspect right, with evidence, against the commonest",
            "right_shown",
            None,
            most=False,
            peer="majority",
        ),
        _row(
            f"{prefix}first suspect right, with evidence, worst world",
            least,
            "share",
            None,
            RIGHT_BAR,
            least >= RIGHT_BAR,
        ),
        row("first suspect right, all silent", "right", None, most=False),
        row("log loss, all silent", "log_loss", None, most=True),
        row("unknown where there is no evidence", "nothing_unknown", UNKNOWN_BAR, most=False),
        row("share given to unknown there", "nothing_share", None, most=False),
        row("truly nameless there", "nothing_true", None, most=False),
        _row(f"{prefix}answers", over("learned", "answers"), "people", None, None, None),
        _row(f"{prefix}silent", over("learned", "people"), "people", None, None, None),
        _row(
            f"{prefix}silent with evidence",
            over("learned", "with_evidence"),
            "people",
            None,
            None,
            None,
        ),
    ]


def _says_so(shop: Any) -> dict[str, Any]:
    """Whether, with nobody asked, it says so and judges as before."""
    from tests.known.causes_world import made

    world = made(shop, SEEDS[0])
    learned = learn(world.evidence, HEARD.empty_table())
    says = "Nobody has been asked" in str(learned.words[0])
    same = causes(world.evidence, learned.weights).equals(causes(world.evidence))
    return _row(
        "without interviews it says so", float(says and same), "yes", None, 1.0, says and same
    )


def _speed(shop: Any) -> dict[str, Any]:
    """Seconds of a processor to judge a million leavers by every cause."""
    from tests.known.causes_world import made

    world = made(shop, SEEDS[0])
    weights = learn(world.evidence, world.heard).weights
    place = np.arange(MILLION) % len(world.ids)
    many = world.evidence.take(pa.array(place)).combine_chunks()
    start = time.process_time()
    judged = causes(many, weights)
    taken = time.process_time() - start
    assert judged.num_rows == MILLION * len(weights.known.codes)
    return _row(
        "a million leavers judged", taken, "seconds", None, SECONDS_BAR, taken <= SECONDS_BAR
    )


def _row(
    name: str, value: float, unit: str, peer: float | None, bar: float | None, holds: bool | None
) -> dict[str, Any]:
    ratio = value / peer if peer else None
    return {
        "name": f"causes: {name}", "value": value, "unit": unit, "peer": peer, "ratio": ratio,
        "bar": bar, "holds": holds,
    }  # fmt: skip


def main() -> None:
    """Print the rows, a line each, or as JSON."""
    words = [word for word in sys.argv[1:] if word != "--json"]
    seeds = range(int(words[0]), int(words[1])) if len(words) == 2 else SEEDS
    found = rows(seeds)
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    for row in found:
        peer = "" if row["peer"] is None else f" against {row['peer']:.3f}"
        holds = "" if row["holds"] is None else f" (bar {row['bar']}: {row['holds']})"
        print(f"{row['name']}: {row['value']:.3f} {row['unit']}{peer}{holds}")


if __name__ == "__main__":
    main()
