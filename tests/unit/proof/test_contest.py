"""A second learner decides only where the shop's own lot shows that it decides better."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tools.bench_decisions.contest import ACTS, NO_GUESS, admitted, held, made_up, truly

from huitou.decisions.effects.challenger import Challenger, challenge
from huitou.decisions.effects.learned import believed
from huitou.proof import contest as room
from huitou.proof.contest import LEAST, LEAST_DIFFERING, Contest, contest, judged
from huitou.proof.replay import Answer, Log, compared


def test_where_groups_hide_it_is_let_in_and_truly_earns_more():
    drawn, _ = made_up("banded", 6_000, 3)
    standing = believed(drawn.tried, NO_GUESS)
    found, challenger = contest(drawn, standing, NO_GUESS)
    assert found.admitted and found.reason == "better"
    assert found.low is not None and found.low > 0
    assert challenger is not None
    assert truly(challenger, "banded") > truly(standing, "banded") + 0.2


def test_where_nothing_moves_anybody_it_is_hardly_ever_let_in():
    assert admitted("still", 1_000, 6) == 0


def test_without_the_guard_it_would_be_let_in_where_nothing_is_to_gain():
    """The guard is what keeps it out: who takes a higher estimate for a better learner errs."""
    kept = [held("plain", 1_500, seed)[0] for seed in range(8)]
    assert sum(each.admitted for each in kept) <= 1
    higher = [each for each in kept if each.value is not None and each.value > 0]
    assert len(higher) >= 2, "by the estimate alone chance would have let some in"


def answer(least: float, **more: object) -> Answer:
    found = Answer("answered", "answered", 500, 500, 400.0, 20.0, least + 10, least, least + 20)
    return replace(found, **more)


def test_the_guard_is_the_lower_end_of_the_interval():
    assert judged(answer(0.01), 2_000).reason == "better"
    for low in (0.0, -0.01, -9.0):
        found = judged(answer(low), 2_000)
        assert (found.admitted, found.reason) == (False, "not_shown")
        assert found.value == low + 10, "by how much is told all the same"


def test_a_few_dozen_who_differ_let_nobody_in():
    few = judged(answer(5.0, differing=LEAST_DIFFERING - 1), 2_000)
    assert (few.admitted, few.reason) == (False, "too_few")
    refused = answer(5.0, value=None, low=None, high=None, reason="too_few")
    assert judged(refused, 2_000).reason == "too_few"


def test_few_decisions_hold_no_contest():
    drawn, _ = made_up("banded", LEAST - 1, 1)
    found, challenger = contest(drawn, believed(drawn.tried, NO_GUESS), NO_GUESS)
    assert (found.admitted, found.reason, challenger) == (False, "too_few", None)


def test_nobody_is_judged_by_what_they_taught(monkeypatch):
    drawn, _ = made_up("banded", 900, 2)
    seen = []
    learn, look = room.believed, room.challenge

    def watched(some, standing):
        seen.append(set(some.person.tolist()))
        return look(some, standing)

    monkeypatch.setattr(room, "challenge", watched)
    fold = room._folds(drawn.person)
    room._choices(drawn, NO_GUESS)
    assert len(seen) == room.FOLDS
    for number, taught in enumerate(seen):
        assert not taught & set(drawn.person[fold == number].tolist())
    assert learn is room.believed


def test_who_else_is_in_the_log_moves_nobody_to_another_third():
    people = np.arange(50, dtype=np.int64)
    assert room._folds(people)[10:].tolist() == room._folds(people[10:]).tolist()


def test_what_it_believes_reads_back_to_the_digit():
    drawn, _ = made_up("banded", 3_000, 5)
    standing = believed(drawn.tried, NO_GUESS)
    assert standing is not None
    found = challenge(drawn, standing)
    again = Challenger.read(json.loads(json.dumps(found.written())), standing)
    assert again.version == found.version and found.version.startswith("challenger:")
    for act in ACTS[1:]:
        ours, theirs = (each.shifts(act, drawn.people) for each in (found, again))
        assert np.allclose(ours, theirs, atol=1e-9)
    told = json.loads(json.dumps(Contest(True, "better", 9, 3, 1.0, 0.5, 1.5).written()))
    assert Contest.read(told) == Contest(True, "better", 9, 3, 1.0, 0.5, 1.5)


def test_an_act_nobody_was_given_stays_as_it_stands():
    drawn, _ = made_up("banded", 3_000, 5)
    standing = believed(drawn.tried, NO_GUESS)
    assert standing is not None
    found = challenge(drawn, standing)
    other = replace(ACTS[1], name="never tried")
    assert np.array_equal(found.shifts(other, drawn.people), standing.shifts(other, drawn.people))


def test_an_act_that_had_no_chance_is_never_chosen():
    drawn, _ = made_up("banded", 700, 4)
    chances = drawn.chances.copy()
    chances[:, 3] = 0.0
    choice = replace(drawn, chances=chances).chosen(NO_GUESS)
    assert choice[:, 3].sum() == 0
    assert np.array_equal(choice.sum(axis=1), np.ones(700))


def log(n: int, seed: int) -> tuple[Log, np.ndarray, np.ndarray, float]:
    """Two ways of deciding about people whose true outcomes are known, and how they differ."""
    dice = np.random.default_rng(seed)
    x = dice.normal(size=n)
    mean = np.column_stack([np.zeros(n), 2 * x])
    chances = np.column_stack([np.full(n, 0.7), np.full(n, 0.3)])
    given = (dice.random(n) < 0.3).astype(np.int64)
    outcome = mean[np.arange(n), given] + dice.normal(size=n) * 3
    one, other = np.eye(2)[(x > 0).astype(int)], np.eye(2)[(x > 0.5).astype(int)]
    return (
        Log(np.arange(n), given, chances, outcome, x[:, None]),
        one,
        other,
        float(((one - other) * mean).sum()),
    )


def test_two_ways_are_compared_with_an_interval_that_holds_the_truth():
    held_it = 0
    for seed in range(40):
        told, one, other, truth = log(1_000, seed)
        found = compared(told, one, other)
        assert found.low is not None and found.high is not None
        held_it += found.low <= truth <= found.high
    assert held_it >= 35


def test_a_comparison_turned_round_is_the_same_with_another_sign():
    told, one, other, _ = log(800, 1)
    there, back = compared(told, one, other), compared(told, other, one)
    assert there.value == pytest.approx(-back.value)
    assert there.low == pytest.approx(-back.high)
    assert compared(told, one, one).reason == "same"


def test_what_never_had_a_chance_is_not_compared():
    told, one, other, _ = log(800, 1)
    never = replace(told, chances=np.tile([1.0, 0.0], (800, 1)), given=np.zeros(800, np.int64))
    assert compared(never, one, other).reason == "no_overlap"
