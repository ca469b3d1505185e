"""Bends: what they are, and that they speak only where people enough have shown them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import expit

from huitou.decisions.effects.bends import BEND, RAISED, SLOPE, Scale, bent, widths
from huitou.decisions.effects.design import TRIED, act_of, audience_of
from huitou.decisions.effects.learned import learn
from huitou.decisions.effects.response import expected_move
from huitou.decisions.playbook import Effect, Playbook
from huitou.ground.words import said

BOOK = Playbook({kind: {"active": Effect(0.0, 0.15, said("Nothing."))} for kind in "ab"}, {})


def test_columns_by_hand():
    columns = bent(np.array([[1.0, -2.0]]))
    assert columns.shape == (1, 2 + 3 * 2 + 1)
    assert columns[0, :2].tolist() == [1.0, -2.0]
    # Half the distance to the knees at -1, 0 and 1, of both traits, less what it is on average.
    raised = np.repeat(RAISED, 2)
    assert columns[0, 2:8] == pytest.approx(np.array([1.0, 0.5, 0.5, 1.0, 0.0, 1.5]) - raised)
    assert columns[0, 8] == pytest.approx(np.tanh(1) * np.tanh(-2))
    assert widths(2) == pytest.approx([SLOPE, SLOPE, *[BEND] * 7])
    assert widths(2, slope=2.0, bend=0.5) == pytest.approx([2 * SLOPE, 2 * SLOPE, *[BEND / 2] * 7])
    assert widths(0).shape == (0,)


def test_bends_say_nothing_of_how_much_all_are_moved():
    """Of a bell of people the mean of each column is 0: the level alone has a say in it."""
    z = np.random.default_rng(1).normal(size=(200_000, 3))
    assert bent(z).mean(axis=0) == pytest.approx(np.zeros(15), abs=0.01)


def test_far_people_do_not_run_away():
    far, near = (bent(np.array([[size, 0.0]])) for size in (40.0, 2.5))
    assert np.abs(far).max() <= np.abs(near).max() + 1e-9


def test_unknown_traits_stand_in_the_middle():
    scale = Scale.of(np.array([[1.0, 5.0], [3.0, 5.0], [np.nan, 5.0]]))
    assert scale.centre == pytest.approx([2.0, 5.0])
    assert scale.standard(np.array([[3.0, 9.0], [np.nan, 1.0]])).tolist() == [
        [1.0, 0.0],
        [0.0, 0.0],
    ]
    assert scale.standard(np.zeros((2, 0))).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def stepped(seed: int, n: int):
    dice = np.random.default_rng(seed)
    z = dice.normal(size=(n, 2))
    act = dice.integers(0, 3, n)
    shift = np.where((z[:, 0] > 0.3) & (act == 1), 0.7, 0.0)
    p0 = expit(-1 + 0.5 * z[:, 1])
    return z, act, dice.random(n) < expit(-1 + 0.5 * z[:, 1] + shift), p0


def asked(p0: np.ndarray) -> dict:
    many = len(p0)
    alike = {"stage": ["active"] * many, "cause": ["unknown"] * many, "posterior": np.zeros(many)}
    return {**alike, "p_buy": p0}


def off(n: int, with_traits: bool) -> float:
    """How far the believed change of act `a` lies from the truth, on average, on new people."""
    z, act, bought, p0 = stepped(1, n)
    name = [("nothing", "a", "b")[each] for each in act]
    rows = {
        **asked(p0),
        "plan": ["one"] * n,
        "age_days": [0] * n,
        "name": name,
        "kind": name,
        "depth": np.zeros(n),
        "meant": ["nothing"] * n,
        "treated": act > 0,
        "bought": bought,
        "traits": list(z) if with_traits else [None] * n,
    }
    belief = learn(pa.table(rows).select(TRIED.names).cast(TRIED), BOOK)
    new, *_, chance = stepped(2, 4000)
    known = audience_of(pa.table(asked(chance)), new)
    moved = expected_move(chance, *belief.shifts(act_of("a", "a", 0.0), known))
    true = expit(np.log(chance / (1 - chance)) + 0.7 * (new[:, 0] > 0.3)) - chance
    return float(np.abs(moved - true).mean())


def test_traits_find_a_step_where_people_are_many_and_hurt_little_where_they_are_few():
    assert off(40_000, True) < 0.4 * off(40_000, False)
    assert off(900, True) < 1.15 * off(900, False)
