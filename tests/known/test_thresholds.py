"""A planted jump is covered as often as its interval says, and none is claimed where none is."""

from __future__ import annotations

from tests.unit.proof.test_thresholds import world

from huitou.proof.thresholds import read

WORLDS = 500
PEOPLE = 800
EFFECT = 25.0


def test_a_planted_jump_is_covered_and_none_is_claimed_without_one() -> None:
    shown = covered = claimed = 0
    for seed in range(WORLDS):
        found = read(*world(seed, PEOPLE, EFFECT))
        if found.low is not None and found.high is not None:
            shown += 1
            covered += found.low <= EFFECT <= found.high
        claimed += read(*world(seed, PEOPLE, 0.0)).is_sure
    assert shown > 0.95 * WORLDS
    assert 0.93 <= covered / shown <= 0.97
    assert claimed / WORLDS <= 0.07
