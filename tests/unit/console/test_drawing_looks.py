"""Where looks stand: on the time that was planned, between the bounds, cut off but never moved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.console.fake_people import money
from tests.unit.console.fake_proofs import judged

from huitou.doors.console.drawing_looks import claim_of, row_of


def test_looks_stand_on_the_time_that_was_planned() -> None:
    row = row_of(judged())
    assert row is not None
    assert [mark.x for mark in row.marks] == pytest.approx(
        [100 * week / 13 for week in range(2, 13)], abs=0.01
    )
    assert all(0 <= mark.top <= mark.y <= mark.bottom <= 100 for mark in row.marks)
    assert row.zero == 50 and row.most.minor == -row.least.minor > 0


def test_a_look_that_is_proven_stands_outside_the_corridor_and_off_zero() -> None:
    row = row_of(judged())
    assert row is not None
    for mark in row.marks:
        assert (mark.bottom < row.zero) == (mark.look.crosses == 1)
    corners = [tuple(map(float, point.split(","))) for point in row.corridor.split()]
    assert len(corners) == 2 * len(row.marks)
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in corners)


def test_nothing_that_may_be_said_draws_nothing() -> None:
    mute = tuple(replace(each, low=None, high=None, bound=None) for each in judged().looks[:1])
    assert row_of(replace(judged(), looks=mute)) is None
    assert row_of(replace(judged(), looks=())) is None


def test_the_claim_and_what_is_proven_share_one_scale() -> None:
    claim = claim_of(judged(), money(1_940))
    assert claim is not None
    assert (claim.claimed, claim.proven) == (100, 10)
    small = claim_of(replace(judged(), attributed=money(10)), money(40))
    assert small is not None and (small.claimed, small.proven) == (25, 100)
    loss = claim_of(judged(), money(-5))
    assert loss is not None and loss.proven == 0
    assert claim_of(replace(judged(), attributed=money(0)), money(-5)) is None
