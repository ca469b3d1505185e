"""Worlds whose causes are known: the suspicions are right as often as they say they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.known import causes_world
from tests.known.causes_world import lapsed, made

from huitou.models.causes import causes
from huitou.models.learned import HEARD, learn

pytestmark = pytest.mark.known
SEEDS = (100, 101, 102)


@pytest.fixture(scope="module")
def shop(data_file):
    return lapsed(data_file("online_retail_ii_dedup.parquet"))


@pytest.fixture(scope="module", params=[False, True], ids=["usual", "wrong ratios"])
def judged(request, shop):
    """Per seed: the world's figures with answers learned, and from judgement alone."""
    found = []
    for seed in SEEDS:
        world = made(shop, seed, odd=request.param)
        weights = learn(world.evidence, world.heard).weights
        found.append(
            (world.judge(causes(world.evidence, weights)), world.judge(causes(world.evidence)))
        )
    return found


def mean(judged, name, way=0):
    return float(np.mean([each[way][name] for each in judged]))


def test_about_a_tenth_of_the_lapsed_have_answered(judged):
    share = mean(judged, "answers") / (mean(judged, "answers") + mean(judged, "people"))
    assert 0.08 < share < 0.12


def test_posteriors_are_calibrated(judged):
    assert mean(judged, "top_ece") <= 0.08 and mean(judged, "class_ece") <= 0.08
    assert max(learned["top_ece"] for learned, _ in judged) <= 0.10, "in every world"
    assert mean(judged, "top_ece_shown") <= 0.08 and mean(judged, "class_ece_shown") <= 0.08


def test_the_first_suspect_is_right_where_there_is_evidence(judged):
    assert mean(judged, "right_shown") >= 0.60
    assert mean(judged, "with_evidence") > 1000


def test_answers_beat_judgement_alone(judged):
    for name, better in (("right_shown", 1), ("top_ece", -1), ("class_ece", -1), ("log_loss", -1)):
        assert better * (mean(judged, name) - mean(judged, name, 1)) > 0, name


def test_unknown_where_there_is_no_evidence(judged):
    assert mean(judged, "nothing_unknown") >= 0.95
    assert mean(judged, "nothing") > 100
    assert abs(mean(judged, "nothing_share") - mean(judged, "nothing_true")) < 0.08
    assert mean(judged, "nothing_named_most") < 0.25


def test_few_answers_do_no_harm(shop):
    world = made(shop, 103, asked=0.03)
    weights = learn(world.evidence, world.heard).weights
    few, none = (world.judge(causes(world.evidence, each)) for each in (weights, None))
    assert few["answers"] < 60
    assert few["log_loss"] < none["log_loss"] and few["top_ece"] < none["top_ece"] + 0.02


def test_without_interviews_it_says_so(shop):
    world = made(shop, 100)
    learned = learn(world.evidence, HEARD.empty_table())
    assert "Nobody has been asked" in str(learned.words[0])
    assert causes(world.evidence, learned.weights).equals(causes(world.evidence))


def test_the_world_takes_nothing_from_the_models():
    assert "huitou" not in Path(causes_world.__file__).read_text(encoding="utf-8")


def test_the_worlds_own_measure_is_not_the_models(shop):
    world = made(shop, 100)
    true = pa.table(
        {
            "person_id": world.ids,
            "cause": world.label.astype(str),
            "posterior": np.ones(len(world.ids)),
        }
    )
    best = world.judge(true)
    assert best["right"] == 1 and best["top_ece"] == best["class_ece"] == 0
