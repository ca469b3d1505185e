"""What the desk of what works shows before anything was tried, and after."""

from __future__ import annotations

import pyarrow as pa
import pytest

from huitou.decisions.acts import ACTS, act_of
from huitou.decisions.effects.promise import Proof, trust
from huitou.decisions.playbook import PLAYBOOK
from huitou.runs.desks.effects import CLAIMS, USUAL, _effects, _more, _trust, _words
from huitou.runs.steps.learn import sizes


def test_before_any_letter_there_are_the_guesses_of_every_act_and_stage() -> None:
    shown = _effects(None, {})
    assert {(each.kind, each.stage) for each in shown} == {
        (kind, stage) for kind, by_stage in PLAYBOOK.effects.items() for stage in by_stage
    }
    for each in shown:
        assert each.learned is None and each.claim == "guess"
        assert each.guess.low < each.guess.value < each.guess.high, "wide on purpose"
        assert each.claim_words == CLAIMS["guess"]
    assert "first guess" in str(_words(None)[0])


def test_more_of_a_hundred_is_counted_from_the_chance_of_a_usual_customer() -> None:
    assert _more(USUAL, 0.0, -0.1, 0.1).value == 0.0
    at_half, rare = _more(0.5, 0.2, 0.0, 0.4), _more(0.02, 0.2, 0.0, 0.4)
    assert at_half.value == pytest.approx(4.98, abs=0.01)
    assert rare.value < 0.5, "who hardly ever buys is hardly moved"


def test_a_promise_without_any_proof_is_called_untested() -> None:
    assert "untested" in str(_trust(trust([])).words)
    seen = _trust(trust([Proof(100, 30, 10)] * 3))
    assert seen.proofs == 3
    assert f"{round(100 * seen.share)} % was kept" in str(seen.words)


def test_what_an_act_gave_is_a_share_of_a_usual_basket() -> None:
    told = {"name": "jar", "kind": "surprise", "claim": "A jar", "given": {"amount": 500}}
    acts = {**ACTS, "jar": act_of(told, own=True)}
    rows = {
        "name": ["jar", "voucher", "offer_10", "thank", "gone"],
        "depth": [0.0, 0.0, 0.1, 0.0, 0.0],
    }
    assert sizes(pa.table(rows), acts, 2_000.0).to_pylist() == [0.25, 0.15, 0.1, 0.0, 0.0]
