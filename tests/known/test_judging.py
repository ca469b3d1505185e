"""The judge in small: a learner that knows the truth wins all, and peers are asked over files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tools.bench_decisions import worlds as judge
from tools.peers import asking, causal_asked
from tools.worlds.nature import HUNCH, nature
from tools.worlds.people import FEATURES, crowd
from tools.worlds.world import World, of_crowd

from huitou.decisions.audience import TRAITS

pytestmark = pytest.mark.known

FAKE = """
import json, pathlib, sys
import pyarrow as pa, pyarrow.feather as feather
folder = pathlib.Path(sys.argv[1])
test, train = (feather.read_table(folder / f"{name}.arrow") for name in ("test", "train"))
for number, asked in enumerate(json.loads((folder / "question.json").read_text())):
    best = [float(asked["outcome"] == "profit")] * test.num_rows
    table = pa.table({"0": [0.0] * test.num_rows, "1": best, "2": test["x0"]})
    feather.write_feather(table.replace_schema_metadata({"cpu": "1.5"}),
                          str(folder / f"answer-{number}.arrow"))
"""


@pytest.fixture
def grocer(data_file: Callable[[str], Path]) -> World:
    real = crowd("grocer", data_file("groceryElog.parquet").parent)
    return of_crowd(real, nature("smooth", 3, 1.4))


def test_who_knows_the_truth_has_all_of_the_oracles_gain_and_keeps_the_promise(
    grocer: World,
) -> None:
    people = grocer.crowd.draw(2_000, np.random.default_rng(4))
    plan = judge.judged(grocer, people, grocer.gains(people), 0.0)
    assert plan.share == pytest.approx(1.0)
    assert plan.promised == pytest.approx(1.0)


def test_who_does_nothing_has_none_of_it(grocer: World) -> None:
    people = grocer.crowd.draw(2_000, np.random.default_rng(4))
    assert judge.judged(grocer, people, np.zeros((2_000, 8)), 0.0).share == 0.0


def test_changes_of_chances_are_priced_as_the_world_pays(grocer: World) -> None:
    seen = judge.Seen.of(grocer, 400, 1)
    people = grocer.crowd.draw(500, np.random.default_rng(4))
    base, chances = grocer.untouched(people), grocer.chances(people)
    told = seen.gains(people, base, chances - base[:, None])
    assert told == pytest.approx(grocer.gains(people))


def test_a_learner_sees_the_experiment_and_not_the_truth(
    grocer: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = judge.Seen.of(grocer, 600, 1)
    people = grocer.crowd.draw(300, np.random.default_rng(4))

    def forbidden(*_: object) -> None:
        raise AssertionError("the truth was asked")

    for truth in ("untouched", "chances", "gains", "gained", "best"):
        monkeypatch.setattr(World, truth, forbidden)
    monkeypatch.setattr(type(grocer.nature), "shifts", forbidden)
    gains = judge.planned(seen, judge.learned(seen, "playbook right"), people)
    assert gains.shape == (300, 8)
    assert np.isfinite(gains).all()
    assert np.all(gains[:, 0] == 0)


def test_what_worlds_tell_of_people_is_what_a_run_knows_of_them() -> None:
    assert FEATURES == TRAITS


def test_playbooks_turn_slopes_round_and_levels_up() -> None:
    wrong, rosy = judge.GUESSES["playbook wrong"], judge.GUESSES["playbook rosy and wrong"]
    assert np.array_equal(wrong[:, 0], HUNCH[:, 0])
    assert np.array_equal(wrong[:, 1:], -HUNCH[:, 1:])
    assert np.array_equal(rosy[:, 0], 3 * HUNCH[:, 0])
    assert np.array_equal(rosy[:, 1:], -HUNCH[:, 1:])


def test_a_peer_that_is_not_here_is_a_row_that_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(causal_asked, "python_of", lambda _peer: tmp_path / "none")
    (row,) = judge._beside({})
    assert row["holds"] is False
    assert "make bench-peers" in row["name"]
    assert judge._peers() == {}


def question() -> causal_asked.Question:
    dice = np.random.default_rng(1)
    act = np.arange(30) % 3
    outcomes = {"response": dice.random(30), "profit": dice.random(30)}
    return causal_asked.Question(dice.normal(size=(30, 2)), act, outcomes, np.full((4, 2), 7.0))


def test_peers_are_asked_over_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "fake.py"
    script.write_text(FAKE)
    monkeypatch.setattr(asking, "python_of", lambda _peer: Path(sys.executable))
    monkeypatch.setattr(causal_asked, "ANSWERS", script)
    told = causal_asked.asked(question())
    assert len(told) == sum(len(each.outcomes) for each in causal_asked.LEARNERS)
    for answer in told:
        assert answer.gains.shape == (4, 3)
        assert answer.gains[0].tolist() == [0.0, float(answer.outcome == "profit"), 7.0]
        assert answer.cpu == 1.5


def test_a_peer_that_stops_says_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "fake.py"
    script.write_text("raise SystemExit('no trees grow here')")
    monkeypatch.setattr(asking, "python_of", lambda _peer: Path(sys.executable))
    monkeypatch.setattr(causal_asked, "ANSWERS", script)
    with pytest.raises(RuntimeError, match="no trees grow here"):
        causal_asked.asked(question())


def test_peers_know_nothing_of_us() -> None:
    text = causal_asked.ANSWERS.read_text()
    assert "import huitou" not in text
    assert "from huitou" not in text
    assert "from tools" not in text


def test_the_peers_lock_names_hashes_and_no_graphics_card() -> None:
    lock = (asking.ROOT / "requirements-peers-causal.lock").read_text()
    pins = [line for line in lock.splitlines() if "==" in line and not line.startswith(" ")]
    assert {"causalml", "econml"} <= {pin.split("==")[0] for pin in pins}
    assert all(pin.endswith("\\") for pin in pins), "every pin has its hashes"
    assert not [pin for pin in pins if pin.startswith(("torch", "nvidia"))]


@pytest.mark.skipif(causal_asked.missing() is not None, reason="peers are not installed")
def test_the_real_peers_answer() -> None:
    with_room = causal_asked.Learner("S", "causalml S-learner", ("response",))
    dice = np.random.default_rng(2)
    x, act = dice.normal(size=(1500, 3)), np.arange(1500) % 3
    y = 2.0 * (act == 2) + dice.normal(size=1500)
    asked = causal_asked.Question(x, act, {"response": y}, x[:50])
    (answer,) = causal_asked.asked(asked, (with_room,))
    assert answer.gains[:, 0] == pytest.approx(0.0)
    assert answer.gains[:, 2].mean() == pytest.approx(2.0, abs=0.4)
    assert answer.cpu > 0


def test_hillstrom_without_its_file_says_so(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tools.benching", "decisions", "hillstrom", "--json"],
        env={**os.environ, "HUITOU_TEST_DATA": str(tmp_path)},
        cwd=asking.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert "hillstrom.parquet" in told.stdout
