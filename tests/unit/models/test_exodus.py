"""Exodus: quiet shops accuse nobody, planted ones are found, and who was always so is usual."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.models import exodus
from huitou.models.exodus import Absent, Tally, absent, either, judged, named, tally, usual
from huitou.models.numbers import Array, Index


@dataclass
class World:
    """Customers of one shop in groups, whose chances are told a little wrong everywhere."""

    draw: np.random.Generator
    people: int = 5000
    groups: int = 20
    lasting: float = 0.0
    """How much each group always stays away beyond its like (standard deviation)."""
    miss: float = 0.8
    """All really come so many times as often as is forecast."""

    def __post_init__(self) -> None:
        self.group: Index = self.draw.integers(0, self.groups, self.people)
        self.own: Array = self.lasting * self.draw.standard_normal(self.groups)

    def window(self, leaving: int = -1, share: float = 0.0) -> Absent:
        """One window in which some of a group leave."""
        chance = self.draw.beta(0.7, 1.0, self.people)
        real = np.clip(self.miss * chance * (1 - self.own[self.group]), 0, 1)
        came = self.draw.random(self.people) < real
        gone = (self.group == leaving) & (self.draw.random(self.people) < share)
        everybody = np.arange(self.people)
        return absent(tally(chance, came & ~gone, everybody, self.group, self.groups))


def look(world: World, *, leaving: int = -1, share: float = 0.0, before: int = 4) -> exodus.Judged:
    past = [world.window() for _ in range(before)]
    return judged(world.window(leaving, share), past)


def test_quiet_shops_accuse_nobody() -> None:
    draw = np.random.default_rng(11)
    looks = [named(look(World(draw)).chance).any() for _ in range(200)]
    assert sum(looks) <= 10  # 5 in 100


def test_an_exodus_of_a_fifth_is_found_and_measured() -> None:
    draw, found, seen = np.random.default_rng(12), 0, []
    for _ in range(40):
        world = World(draw, groups=14, miss=1.0)  # of about 357 people each
        told = look(world, leaving=3, share=0.2)
        found += bool(named(told.chance)[3])
        seen.append(told.low[3] <= 0.2 <= told.high[3])
    assert found >= 32
    assert sum(seen) >= 32


def test_who_always_stays_away_more_is_no_exodus() -> None:
    draw = np.random.default_rng(13)
    looks = [named(look(World(draw, lasting=0.15), before=5).chance).any() for _ in range(60)]
    assert sum(looks) <= 4


def test_a_shop_that_loses_everywhere_accuses_no_group() -> None:
    draw = np.random.default_rng(14)
    looks = [named(look(World(draw, miss=0.4)).chance).any() for _ in range(60)]
    assert sum(looks) <= 4


def test_regulars_are_told_from_rare_buyers_by_a_smooth_curve() -> None:
    draw, told = np.random.default_rng(18), []
    for _ in range(60):
        chance = np.sort(draw.beta(0.5, 1.0, 4000))
        group = (np.arange(4000) // 200).astype(np.int64)  # alike in chance: nobody else is
        came = draw.random(4000) < 0.9 * chance**1.3  # and the forecast is bent
        seen = absent(tally(chance, came, np.arange(4000), group, 20))
        there = seen.told & (seen.expected < 0.85 * seen.people)
        told.append((seen.share / np.sqrt(seen.variance))[there])
    deviations = np.concatenate(told)
    assert len(deviations) > 600
    assert abs(deviations.mean()) < 0.15
    assert deviations.std() == pytest.approx(1.0, abs=0.15)
    assert (deviations > 3.1).mean() < 0.005


def test_staying_away_counts_by_what_it_says_of_an_exodus() -> None:
    chance = np.array([0.1, 0.5, 0.9])
    left = 1 - chance * (1 - exodus.SOUGHT)
    stayed, came = np.log(left / (1 - chance)), np.log(1 - exodus.SOUGHT)
    assert exodus.surprise(chance) == pytest.approx(stayed - came)


def test_what_others_did_is_what_is_expected_whatever_the_group_did() -> None:
    draw = np.random.default_rng(19)
    chance, group = draw.random(6000), np.repeat([0, 1, 2], 2000).astype(np.int64)
    came = draw.random(6000) < 0.7 * chance
    everybody = np.arange(6000)
    quiet = absent(tally(chance, came, everybody, group, 3))
    emptied = absent(tally(chance, came & (group != 1), everybody, group, 3))
    assert emptied.expected[1] == pytest.approx(quiet.expected[1], rel=1e-3)
    assert emptied.share[1] == pytest.approx(1.0)
    assert quiet.expected[1] == pytest.approx(0.7 * chance[group == 1].sum(), rel=0.1)


def test_of_who_were_nearly_sure_to_come_others_say_what_is_expected() -> None:
    draw = np.random.default_rng(20)
    chance, group = np.repeat([0.995, 0.5], 1200), (draw.random(2400) < 0.45).astype(np.int64)
    group[1200:] = 0
    came = draw.random(2400) < chance
    gone = (group == 1) & (draw.random(2400) < 0.3)
    told = absent(tally(chance, came & ~gone, np.arange(2400), group, 2))
    assert told.expected[1] > 0.98 * told.people[1]
    assert told.share[1] == pytest.approx(0.3, abs=0.08)


def test_small_groups_and_a_group_of_all_say_nothing() -> None:
    draw = np.random.default_rng(15)
    chance, came = draw.random(500), draw.random(500) < 0.5
    few, every = np.arange(exodus.LEAST_PEOPLE - 1), np.arange(500)
    person = np.concatenate([few, every])
    group = np.repeat([0, 1], [len(few), 500]).astype(np.int64)
    told = absent(tally(chance, came, person, group, 2))
    assert not told.told.any()
    assert judged(told, []).chance.tolist() == [1.0, 1.0]


@given(st.integers(0, 10_000))
def test_tallies_of_parts_add_up_in_any_order(seed: int) -> None:
    draw = np.random.default_rng(seed)
    cells = [draw.integers(0, 9, (4, 3, exodus.BINS)).astype(float) for _ in range(3)]
    parts = [Tally(one[0], one[1], one[2, 0], one[3, 0]) for one in cells]
    left, right = parts[0] + parts[1] + parts[2], parts[2] + (parts[0] + parts[1])
    for name in ("people", "came", "every", "every_came"):
        assert np.array_equal(getattr(left, name), getattr(right, name))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.randoms())
def test_whom_to_name_does_not_hang_on_the_order(chances: list[float], shuffled: object) -> None:
    told = np.array(chances)
    order = np.random.default_rng(len(chances)).permutation(len(told))
    assert np.array_equal(named(told)[order], named(told[order]))
    chosen = named(told)
    if chosen.any():
        assert told[chosen].max() <= exodus.FALSE_SHARE
        assert chosen[told < told[chosen].max()].all()


def test_the_more_leave_the_surer_it_is() -> None:
    told = [
        look(World(np.random.default_rng(16)), leaving=2, share=share).chance[2]
        for share in (0.0, 0.2, 0.5)
    ]
    assert told == sorted(told, reverse=True)
    assert told[-1] < 1e-6


def test_the_past_makes_usual_what_it_shows() -> None:
    draw = np.random.default_rng(17)
    calm = usual([World(draw, people=20_000).window() for _ in range(5)])
    world = World(draw, people=20_000, groups=40, lasting=0.08)
    apart = usual([world.window() for _ in range(5)])
    assert apart.lasting == pytest.approx(0.0064, rel=0.6)
    assert calm.lasting < 0.3 * apart.lasting
    assert usual([]).passing == pytest.approx(exodus.PRIOR_SPREAD**2)


def test_two_looks_at_a_group_are_two_chances() -> None:
    assert either([np.array([0.01, 0.9]), np.array([0.5, 0.8])]).tolist() == [0.02, 1.0]
