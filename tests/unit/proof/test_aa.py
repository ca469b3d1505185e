"""The rehearsal: it knows a fair proof from one that cries wolf."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from huitou.ground.errors import NotYet
from huitou.proof.aa import FEWEST, TOLERATED, Window, rehearse


def window(n: int = 800, seed: int = 1, tail: float = 1.0) -> Window:
    dice = np.random.default_rng(seed)
    before = dice.lognormal(5, tail, n)
    return Window(date(2011, 6, 9), before, 0.6 * before + dice.lognormal(5, tail, n))


def test_a_window_is_read_from_a_table() -> None:
    people = pa.table({"before": pa.array([5, None]), "after": pa.array([None, 7])})
    found = Window.of(date(2011, 6, 9), people)
    assert (found.before.tolist(), found.after.tolist()) == ([5.0, 0.0], [0.0, 7.0])


def test_a_well_behaved_shop_passes() -> None:
    found = rehearse([window(seed=1), window(seed=2)], share=0.5, replicates=300)
    assert 0.02 <= found.chosen.false_positives <= TOLERATED
    assert found.chosen.coverage >= 0.92
    assert found.chosen.ratio == pytest.approx(1, abs=0.1)
    assert found.chosen.false_positives in found.chosen.within
    assert found.chosen.off == min(trial.off for trial in found.trials[:-1] if trial.sound)
    assert found.people == 800


def test_the_same_seed_rehearses_the_same() -> None:
    one, same, other = (rehearse([window()], replicates=60, seed=s) for s in (1, 1, 2))
    assert one == same
    assert one.chosen.detectable != other.chosen.detectable


def test_a_small_hold_out_sees_less() -> None:
    small, half = (rehearse([window()], share, replicates=60) for share in (0.05, 0.5))
    assert small.chosen.detectable > 1.8 * half.chosen.detectable


def test_words_name_the_figures() -> None:
    words = [str(sentence) for sentence in rehearse([window()], replicates=50).words]
    assert words[0].startswith("Rehearsed 50 times")
    assert "With 5 % held out" in words[1]


def test_a_shop_without_history_is_told_so() -> None:
    with pytest.raises(NotYet, match="too short"):
        rehearse([window(FEWEST - 1)])
    with pytest.raises(NotYet, match="too short"):
        rehearse([])


def test_people_who_bring_nothing_break_nothing() -> None:
    idle = Window(date(2011, 6, 9), np.zeros(60), np.zeros(60))
    found = rehearse([idle], replicates=20)
    assert found.chosen.false_positives == 0.0
    assert all(str(sentence) for sentence in found.words)
