"""Climbing at once, falling late, told before, and never off a cliff."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import BadInput
from huitou.loyalty.ladder import many, rules, steps
from huitou.loyalty.ladder.book import Moved, after_
from huitou.loyalty.ladder.rules import Figures, Held, Standing
from huitou.loyalty.ladder.steps import Ladder

TEXT = """
on = true
window = 365
grace_days = 30

[[step]]
name = "taste"
claim = "A taste"

[[step]]
name = "member"
claim = "Member"
any = { joined = 1, orders = 2 }

[[step]]
name = "regular"
claim = { en = "Regular", zh-Hans = "常客" }
all = { spend = 100000, visits = 4 }

[[step]]
name = "inner"
claim = "Inner circle"
all = { spend = 300000, tenure = 90 }
any = { margin = 50000, visits = 10 }
"""
ROLLING = steps.RULES.understood(TEXT)
CALENDAR = steps.RULES.understood(TEXT.replace("365", '"year"'))
DAY = date(2026, 3, 1)
ladders = st.sampled_from([ROLLING, CALENDAR])
figures = st.builds(
    Figures,
    spend=st.integers(0, 400_000),
    orders=st.integers(0, 20),
    visits=st.integers(0, 20),
    tenure=st.integers(0, 900),
    margin=st.integers(0, 90_000),
    joined=st.integers(0, 1),
)
standings = st.builds(Standing, figures, figures)
places = st.integers(0, 3)
HOWS = ("placed", "climbed", "hand", "fell")


@st.composite
def helds(draw: st.DrawFn) -> Held:
    place = draw(places)
    since = DAY - timedelta(days=draw(st.integers(0, 700)))
    falls = draw(st.none() | st.integers(-20, 60).map(lambda days: DAY + timedelta(days=days)))
    return Held(ROLLING.steps[place].name, place, since, draw(st.sampled_from(HOWS)), falls)


def lived(ladder: Ladder, days: list[tuple[int, Standing]]) -> list[tuple[date, Moved]]:
    """Somebody's verdicts on one day after another, each from where the last left them."""
    held, today, told = None, DAY, []
    for gap, standing in days:
        today += timedelta(days=gap)
        verdict = rules.judge(ladder, standing, held, today)
        if verdict.what == "stays":
            continue
        moved = Moved("p", held, verdict)
        told.append((today, moved))
        held = after_(ladder, moved, today)
    return told


@given(ladders, figures, figures)
def test_who_does_more_never_stands_lower(ladder: Ladder, some: Figures, other: Figures) -> None:
    more = some.at_least(other)
    assert rules.deserved(ladder, more) >= rules.deserved(ladder, some)
    low, high = (rules.kept(ladder, Standing(each, some)) for each in (some, more))
    assert high >= low


@given(ladders, standings, helds())
def test_more_done_is_never_judged_worse(ladder: Ladder, standing: Standing, held: Held) -> None:
    better = Standing(
        standing.now.at_least(Figures(spend=350_000, visits=11, tenure=100)), standing.before
    )
    after = rules.judge(ladder, better, held, DAY).rank
    assert after >= rules.judge(ladder, standing, held, DAY).rank


@given(ladders, standings, helds())
def test_nobody_falls_more_than_one_step_nor_before_the_day_they_were_told(
    ladder: Ladder, standing: Standing, held: Held
) -> None:
    verdict = rules.judge(ladder, standing, held, DAY)
    assert verdict.rank >= held.rank - 1
    if verdict.rank < held.rank:
        assert held.falls_on is not None and held.falls_on <= DAY


@given(ladders, st.lists(st.tuples(st.integers(0, 60), standings), min_size=1, max_size=30))
def test_a_life_on_the_ladder_has_no_cliff(
    ladder: Ladder, days: list[tuple[int, Standing]]
) -> None:
    warned: date | None = None
    climbed: date | None = None
    for today, moved in lived(ladder, days):
        what, before = moved.verdict.what, moved.before
        if what == "warned":
            warned = today
            assert moved.verdict.falls_on is not None
            assert (moved.verdict.falls_on - today).days >= ladder.grace_days
        elif what == "fell":
            assert before is not None and moved.verdict.rank == before.rank - 1
            assert warned is not None and (today - warned).days >= ladder.grace_days
            if climbed is not None and before.how != "fell":
                end = rules.protected_until(ladder, replace(before, since=climbed, how="climbed"))
                assert end is not None and today >= end
            warned = None
        elif what == "climbed":
            warned, climbed = None, today
        elif what == "kept":
            warned = None


@given(ladders, standings, helds())
def test_the_same_day_again_changes_nothing(ladder: Ladder, standing: Standing, held: Held) -> None:
    first = rules.judge(ladder, standing, held, DAY)
    if first.what == "stays":
        return
    after = after_(ladder, Moved("p", held, first), DAY)
    again = rules.judge(ladder, standing, after, DAY)
    # Who fell a step and deserves less still is told anew, and no more than that.
    assert again.rank == first.rank and again.what in ("stays", "warned")


@given(ladders, st.lists(figures, min_size=1, max_size=20))
def test_everybody_at_once_is_judged_as_each_alone(ladder: Ladder, those: list[Figures]) -> None:
    columns = {
        name: np.array([getattr(each, name) for each in those], dtype=np.int64)
        for name in steps.MEASURES
    }
    alone = [rules.deserved(ladder, each) for each in those]
    assert many.deserved(ladder, columns).tolist() == alone


@given(ladders, standings, st.none() | helds())
def test_nobody_who_moves_is_overlooked(
    ladder: Ladder, standing: Standing, held: Held | None
) -> None:
    reached, kept = rules.deserved(ladder, standing.now), rules.kept(ladder, standing)
    here = ladder.rank(held.step, held.rank) if held else 0
    looked = many.to_look_at(
        np.array([reached]),
        np.array([kept]),
        np.array([here]),
        np.array([held is not None and held.falls_on is not None]),
    )
    if rules.judge(ladder, standing, held, DAY).what != "stays":
        assert looked.tolist() == [0]


@given(figures, places)
def test_who_does_what_is_missing_climbs(some: Figures, place: int) -> None:
    further = rules.next_step(ROLLING, some, place)
    if further is None:
        assert place == 3
        return
    done = {each.what: each.need for each in (*further.all, *further.any[:1])}
    assert 0 <= further.share <= 1
    assert rules.holds(further.step, some.at_least(Figures(**done)))
    assert (further.share == 1) == rules.holds(further.step, some) or not done


def test_before_the_ladder_began_nobody_climbs() -> None:
    standing = Standing(Figures(orders=2))
    assert rules.judge(ROLLING, standing, None, DAY, begun=False).what == "placed"
    assert rules.judge(ROLLING, standing, None, DAY).what == "climbed"


def test_what_was_earned_in_a_year_is_kept_through_the_next() -> None:
    held = Held("regular", 2, date(2025, 12, 30), "climbed")
    earned = Standing(Figures(), Figures(spend=100_000, visits=4))
    for day in (date(2026, 1, 1), date(2026, 12, 31)):
        assert rules.judge(CALENDAR, earned, held, day).what == "stays"
    gone = rules.judge(CALENDAR, Standing(), held, date(2027, 1, 1))
    assert (gone.what, gone.falls_on) == ("warned", date(2027, 1, 31))


def test_a_step_that_is_gone_from_the_rules_throws_nobody_down() -> None:
    shorter = steps.RULES.understood(TEXT[: TEXT.index('[[step]]\nname = "inner"')])
    held = Held("inner", 3, DAY, "climbed")
    assert shorter.rank(held.step, held.rank) == 2
    assert rules.judge(shorter, Standing(), held, DAY).what == "stays"


def test_what_we_earn_on_somebody_is_told_to_staff_alone() -> None:
    missing = rules.Missing("margin", 10_000, 50_000)
    assert "400" in str(missing.words("GBP", staff=True))
    assert "400" not in str(missing.words("GBP"))


def test_the_shipped_ladder_is_off_and_stands(tmp_path: Path) -> None:
    ladder = steps.RULES.read(tmp_path)
    assert not ladder.on and len(ladder.steps) == 4
    assert all(each.claim.told("zh-Hant") for each in ladder.steps)
    assert ladder.steps[2].claim.told("fr") == "Regular"


@pytest.mark.parametrize(
    ("told", "column"),
    [
        (TEXT.replace("window = 365", "window = 3"), "window"),
        (TEXT.replace("window = 365", "window = true"), "window"),
        (TEXT.replace("grace_days = 30", "grace_days = 0"), "grace_days"),
        (TEXT.replace("visits = 4", "visits = -4"), "step.3.all.visits"),
        (TEXT.replace("visits = 4", "visits = 4.5"), "step.3.all.visits"),
        (TEXT.replace("visits = 4", "smiles = 4"), "step.3.all.smiles"),
        (TEXT.replace('"inner"', '"member"'), "step.4.name"),
        (TEXT.replace('"inner"', '"Inner Circle"'), "step.4.name"),
        (
            TEXT.replace('claim = "A taste"', 'claim = "A taste"\nall = { visits = 1 }'),
            "step.1.all",
        ),
        (TEXT.replace("any = { joined = 1, orders = 2 }", ""), "step.2.name"),
        (TEXT.replace('zh-Hans = "常客"', 'fr = "Habitué"'), "step.3.claim.fr"),
        (TEXT.replace("on = true", 'on = "yes"'), "on"),
        ("surprise = 1\n" + TEXT, "surprise"),
        ("on = true", "step"),
    ],
)
def test_rules_that_cannot_stand_are_refused_with_the_place(told: str, column: str) -> None:
    with pytest.raises(BadInput) as refused:
        steps.RULES.understood(told)
    assert refused.value.column == column


@pytest.mark.parametrize(
    ("often", "period"),
    [
        ("once", "once"),
        ("year", "2026"),
        ("month", "2026-03"),
        ("visit", "2026-03-01"),
        ("standing", "2026-03-01"),
    ],
)
def test_a_privilege_is_given_once_for_its_period(often: str, period: str) -> None:
    claim: Any = steps.Claim((("en", "Tea"),))
    assert steps.Privilege("tea", claim, "gift", often).period(DAY) == period
