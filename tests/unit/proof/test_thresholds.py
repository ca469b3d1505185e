"""Crossing a line: when something is claimed, and when the answer is that it cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from huitou.proof.thresholds import heaping, read


def world(seed: int, people: int, effect: float) -> tuple[np.ndarray, np.ndarray]:
    """Spend about a line of 3,000, and a profit that bends and whose noise grows with it."""
    draw = np.random.default_rng(seed)
    spend = draw.gamma(2.0, 1500, people)
    size = spend / 3000
    base = 60 * np.sqrt(size) + 15 * size**2 * np.exp(-size)
    noise = 30 * np.sqrt(size + 0.2) * (draw.gamma(1.0, 1.0, people) - 1)
    return spend - 3000, base + effect * (spend >= 3000) + noise


def test_a_large_jump_is_seen_and_the_donut_agrees() -> None:
    found = read(*world(1, 4000, 60.0))
    assert found.verdict == "shown" and found.is_sure
    assert found.low is not None and found.high is not None and found.low < 60 < found.high
    assert found.donut_low is not None and found.donut_high is not None
    assert found.donut_low < 60 < found.donut_high


def test_with_few_people_near_the_line_nothing_is_said() -> None:
    x, y = world(2, 60, 60.0)
    assert read(x, y).verdict == "too_few"
    assert read(x[x < 0], y[x < 0]).verdict == "too_few"


def test_visits_are_too_coarse_for_it() -> None:
    draw = np.random.default_rng(3)
    visits = draw.poisson(6, 4000).astype(np.float64)
    assert read(visits - 6, visits + draw.normal(size=4000)).verdict == "too_coarse"


def test_people_who_place_themselves_just_across_are_noticed() -> None:
    x, y = world(4, 4000, 0.0)
    near = (x < 0) & (x > -250)
    x = np.where(near & (np.random.default_rng(5).random(x.size) < 0.8), -x / 4, x)
    assert read(x, y).verdict == "heaped"
    assert heaping(world(4, 4000, 0.0)[0]) > 0.01


@pytest.mark.parametrize("scale", [0.01, 1.0, 1000.0])
def test_the_units_of_spend_change_nothing(scale: float) -> None:
    x, y = world(6, 1500, 20.0)
    plain, scaled = read(x, y), read(x * scale, y)
    assert plain.effect == pytest.approx(scaled.effect, rel=1e-6)
    assert plain.near == scaled.near


def test_the_order_of_people_changes_nothing() -> None:
    x, y = world(7, 1500, 20.0)
    turned = np.random.default_rng(8).permutation(x.size)
    assert read(x, y).effect == pytest.approx(read(x[turned], y[turned]).effect, rel=1e-9)
