"""What a plan was drafted from, kept: it drafts the same plan again, and says where it cannot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.decisions.crowd import crowd

from huitou.decisions.acts import ACTS, Act
from huitou.decisions.audience import Audience
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.question import Kept, Question, act_mark, columns_read, lot_mark
from huitou.ground.words import said

DAY = date(2011, 6, 9)


class Learned:
    """Effects of which this version knows nothing but what they say."""

    version = "learned:7"
    letters: Mapping[str, int] = {"remind": 40}

    def shifts(self, act: Act, people: Audience) -> tuple[np.ndarray, np.ndarray]:
        strong = 0.3 * (act.kind == "remind")
        return strong * people.p_buy, np.full(len(people), 0.1 * (strong > 0))


def question(n: int = 200, seed: int = 1, **choices) -> Question:
    usual = {"limits": Limits(budget=9_000), "holdout": Holdout("secret", 0.1), "as_of": DAY}
    return Question(crowd(n, seed), **{**usual, **choices})


def through_files(kept: Kept) -> Kept:
    """As after writing and reading: JSON, and tables in other chunks."""
    halves = [kept.people.slice(0, len(kept.people) // 2), kept.people.slice(len(kept.people) // 2)]
    return Kept(json.loads(json.dumps(kept.told)), pa.concat_tables(halves), kept.shifts)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 120), st.integers(0, 500), st.booleans())
def test_what_is_kept_drafts_the_same_plan(n: int, seed: int, learned: bool) -> None:
    asked = question(n, seed, **({"effects": Learned()} if learned else {}))
    kept = through_files(asked.kept("0.1"))
    assert kept.changed("secret", ACTS) == ()
    assert kept.question("secret", ACTS).drafted().digest() == asked.drafted().digest()
    assert kept.address == asked.kept("0.1").address


def test_learned_effects_matter_and_are_kept() -> None:
    asked = question(effects=Learned())
    assert asked.drafted().digest() != question().drafted().digest()
    assert asked.kept("0.1").shifts is not None
    assert question().kept("0.1").shifts is None


def test_no_name_and_no_salt_is_kept() -> None:
    people = crowd(20, 1).append_column("name", pa.array(["Mei"] * 20))
    kept = replace(question(), people=people).kept("0.1")
    assert "name" not in kept.people.column_names
    assert "secret" not in json.dumps(kept.told)
    assert kept.told["lot"] == lot_mark("secret") != lot_mark("other")


def test_only_columns_that_a_draft_reads_are_kept_and_all_of_them() -> None:
    people = crowd(50, 2)
    few = people.select(columns_read(people))
    whole, part = Audience.of(people), Audience.of(few)
    for name in vars(whole):
        one, other = getattr(whole, name), getattr(part, name)
        assert np.asarray(one).tolist() == np.asarray(other).tolist()


@pytest.mark.parametrize("what", ["secret", "acts", "guesses"])
def test_what_has_changed_is_named(what: str) -> None:
    kept = question().kept("0.1")
    salt, acts = "secret", dict(ACTS)
    if what == "secret":
        salt = "another"
    elif what == "acts":
        acts["thank"] = replace(acts["thank"], staff_minutes=3.0)
    else:
        kept = Kept({**kept.told, "effects": "playbook:older"}, kept.people)
    (words,) = kept.changed(salt, acts)
    assert {"secret": "secret", "acts": "thank", "guesses": "playbook:older"}[what] in str(words)


def test_a_cell_that_was_changed_changes_the_address() -> None:
    kept = question().kept("0.1")
    value = kept.people["value"].to_pylist()
    place = kept.people.column_names.index("value")
    other = kept.people.set_column(
        place, "value", pa.array([value[0] + 1, *value[1:]], kept.people["value"].type)
    )
    assert Kept(kept.told, other).address != kept.address
    none = kept.people.set_column(
        place, "value", pa.array([None, *value[1:]], kept.people["value"].type)
    )
    assert Kept(kept.told, none).address != kept.address


def test_words_do_not_make_another_act() -> None:
    act = ACTS["offer_10"]
    assert act_mark(replace(act, claim=said("Ten percent off"))) == act_mark(act)
    assert act_mark(replace(act, depth=0.11)) != act_mark(act)


def test_a_stock_that_shrank_since_changes_no_replay() -> None:
    then = {"nothing": ACTS["nothing"], "thank": replace(ACTS["thank"], stock=9)}
    asked = question(acts=then)
    kept = through_files(asked.kept("0.1"))
    now = {**then, "thank": replace(then["thank"], stock=2)}
    assert kept.changed("secret", now) == ()
    assert kept.question("secret", now).drafted().digest() == asked.drafted().digest()
    assert asked.drafted().acts["thank"] <= 9
