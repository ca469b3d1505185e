"""How much ends unspent is told with its doubt, or not at all."""

from __future__ import annotations

import random

from huitou.loyalty.points.breakage import FEWEST_PEOPLE, Lived, estimate


def world(seed: int, people: int, share: float) -> list[Lived]:
    """People who let all of a month lapse, or nothing, each with a habit of their own."""
    draw = random.Random(seed)
    rows = []
    for person in range(people):
        habit = draw.betavariate(2 * share, 2 * (1 - share))
        for month in range(4):
            amount = draw.randint(10, 300)
            lapsed = amount if draw.random() < habit else 0
            rows.append(Lived(f"p{person}", f"2026-0{month + 1}", amount, lapsed))
    return rows


def test_it_is_not_known_of_few_people_or_few_months() -> None:
    rows = world(1, 100, 0.3)
    assert estimate([]) is None
    assert estimate([row for row in rows if row.month < "2026-03"]) is None
    few = {f"p{n}" for n in range(FEWEST_PEOPLE - 1)}
    assert estimate([row for row in rows if row.person_id in few]) is None


def test_the_interval_holds_the_truth_nine_times_out_of_ten() -> None:
    held = 0
    for seed in range(300):
        found = estimate(world(seed, 80, 0.3))
        assert found is not None
        held += found.low <= 0.3 <= found.high
    assert 0.85 <= held / 300 <= 0.95


def test_where_nothing_ever_lapsed_some_doubt_stays() -> None:
    rows = [Lived(f"p{n}", f"2026-0{m}", 10, 0) for n in range(100) for m in (1, 2, 3)]
    found = estimate(rows)
    assert found is not None and (found.share, found.low) == (0.0, 0.0)
    assert 0.01 < found.high < 0.05
