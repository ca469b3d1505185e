"""What moved a chance: the sign, the size and the order, by asking the model that scored again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.models.test_learned_shapes import HORIZON, START, World, clockwork
from tests.unit.models.worlds import Shop

from huitou.models import moved as why
from huitou.models.forecast import Past, foresee
from huitou.models.level import Level
from huitou.models.moved import Fact, facts_of, moved
from huitou.models.otherwise import Otherwise
from huitou.models.season import Season, Tempo

SHOP = Shop(seed=4, n=300, days=420, arrivals=200)
EVERYBODY = SHOP.customers(330)
FOUND = foresee(EVERYBODY, SHOP.day(330), Past((), 60))
ASK = Otherwise(FOUND, EVERYBODY)


def customers(*histories, first=False):
    """Rows of the customer table that the closed form reads: (x, t_x, T) each."""
    x, t_x, T = (np.array(column, dtype=np.int64) for column in zip(*histories, strict=True))
    n = len(histories)
    plain = np.full(n, 1.0)
    return pa.table(
        {
            "person_id": [f"p{at}" for at in range(n)], "x": x, "t_x": t_x, "T": T,
            "purchase_days": x + 1, "typical_gap": (t_x + 60) / (x + 2),
            "left_censored": np.full(n, first), "spend_mean": plain, "gross": plain,
            "revenue": plain, "margin_rate": plain,
        }
    )  # fmt: skip


def told(*histories, found=FOUND):
    those = customers(*histories)
    return moved(Otherwise(found, EVERYBODY), those, facts_of(those, found)).to_pylist()


def odds(p):
    p = np.clip(p, why.SURE, 1 - why.SURE)
    return np.log(p / (1 - p))


HISTORY = st.integers(0, 12).flatmap(
    lambda x: st.tuples(
        st.just(x), st.integers(x, 400) if x else st.just(0), st.integers(0, 500)
    ).map(lambda told: (told[0], told[1], told[1] + told[2]))
)


@given(st.lists(HISTORY, min_size=1, max_size=30))
def test_putting_a_fact_back_puts_the_chance_back_by_just_what_is_told(histories):
    those = customers(*histories)
    facts = {fact.name: fact for fact in facts_of(those, FOUND)}
    now = ASK(those)
    for row in moved(ASK, those, list(facts.values())).to_pylist():
        at, fact = int(row["person_id"][1:]), facts[row["fact"]]
        back = ASK(fact.customers)[at]
        assert row["p_now"] == now[at] and row["p_usual"] == back
        assert row["shift"] == pytest.approx(odds(now[at]) - odds(back))
        assert (row["shift"] < 0) == (row["p_now"] < row["p_usual"])


@given(st.lists(HISTORY, min_size=1, max_size=30))
def test_nothing_that_is_left_out_moved_them_more(histories):
    those = customers(*histories)
    facts = facts_of(those, FOUND)
    rows = moved(ASK, those, facts).to_pylist()
    for at in range(len(histories)):
        mine = [row for row in rows if row["person_id"] == f"p{at}"]
        assert [row["place"] for row in mine] == list(range(len(mine)))
        sizes = [abs(row["shift"]) for row in mine]
        assert sizes == sorted(sizes, reverse=True)
        kept = {row["fact"] for row in mine}
        for fact in facts:
            if fact.name in kept or not np.isfinite(fact.usual[at]):
                continue
            left = abs(odds(ASK(those)[at]) - odds(ASK(fact.customers)[at]))
            assert left < why.LEAST_SHIFT or (len(mine) == why.MOST and left <= sizes[-1] + 1e-12)


def test_a_regular_who_fell_silent_is_told_of_the_silence_first():
    rows = told((12, 360, 520), (3, 90, 100), (5, 200, 230))
    first = next(row for row in rows if row["person_id"] == "p0")
    assert (first["fact"], first["own"]) == ("silence", 160)
    assert first["usual"] == round((360 + 60) / 14) and first["p_usual"] > first["p_now"]
    assert str(why.words_of(first)) == "Silent for 160 days; usual for them are 30."
    assert str(why.effect_of(first)).startswith("As is usual, their chance to buy would be ")


def test_who_came_once_is_told_so():
    rows = [row for row in told((0, 0, 50), (3, 90, 100)) if row["person_id"] == "p0"]
    once = next(row for row in rows if row["fact"] == "visits")
    assert once["shift"] < 0
    assert str(why.words_of(once)) == "Came a single time; others came again by now."


def test_a_slow_shop_and_a_strong_season_are_told_to_everybody():
    weekly = tuple(np.where(np.arange(52) > 44, 2.0, 0.84375))
    tempo = Tempo(Season(weekly), SHOP.day(330))
    found = replace(FOUND, hazard=Level(np.log(0.5), 0.1), made=replace(FOUND.made, tempo=tempo))
    rows = told((3, 90, 100), (4, 95, 99), found=found)
    slow, strong = ([r for r in rows if r["fact"] == name] for name in ("level", "season"))
    assert [row["own"] for row in slow] == [pytest.approx(0.5)] * 2
    assert all(row["shift"] < 0 for row in slow) and all(row["shift"] > 0 for row in strong)
    assert "at 50 % of the pace" in str(why.words_of(slow[0]))
    assert str(why.effect_of(strong[0])).startswith("That helps")


def test_where_customers_of_before_the_records_are_fitted_apart_each_can_be_asked_as_a_later_one():
    """All at once, so that nobody stands in the cohort they came from; and nobody at all."""
    made = replace(FOUND.made, parts=FOUND.made.parts * 2)
    found = replace(FOUND, made=made)
    for those in (customers((3, 90, 200), (4, 95, 200), first=True), customers((3, 90, 200))):
        rows = moved(Otherwise(found, EVERYBODY), those, facts_of(those, found)).to_pylist()
        assert {row["person_id"] for row in rows} == set(those["person_id"].to_pylist())
    nobody = customers((3, 90, 200)).slice(0, 0)
    assert len(Otherwise(found, EVERYBODY)(nobody)) == 0


def test_what_the_model_does_not_read_moved_nobody():
    those = customers((3, 90, 100))
    deaf = Fact("hair", np.array([1.0]), np.array([0.0]), those)
    assert moved(ASK, those, [deaf]).num_rows == 0


def test_any_model_can_be_asked():
    """Here one of two features, of which one speaks the louder."""
    those = customers((3, 90, 100)).append_column("complaints", pa.array([2]))
    calm = those.set_column(those.num_columns - 1, "complaints", pa.array([0]))
    fresh = those.set_column(those.schema.get_field_index("T"), "T", pa.array([95]))

    def learned(table):
        worry = 1.1 * table["complaints"].to_numpy() + 0.1 * (table["T"].to_numpy() - 90)
        return 1 / (1 + np.exp(worry))

    silent = Fact("silence", np.array([10.0]), np.array([5.0]), fresh)
    complained = Fact("complaints", np.array([2.0]), np.array([0.0]), calm)
    rows = moved(learned, those, [silent, complained]).to_pylist()
    assert [row["fact"] for row in rows] == ["complaints", "silence"]
    assert [row["shift"] for row in rows] == pytest.approx([-2.2, -0.5])


def test_the_closed_form_asked_of_the_same_answers_the_same():
    np.testing.assert_allclose(ASK(EVERYBODY), FOUND.p_buy, rtol=1e-12)


@pytest.fixture(scope="module")
def learned():
    """Customers, and a forecast of them in which trees speak."""
    world = World(clockwork(1300, 400, np.random.default_rng(1)))
    today = 380
    origins = [world.origin(today - HORIZON * back) for back in (1, 2, 3, 4)]
    known = world.customers(today)
    return known, foresee(known, START + timedelta(days=today), Past(origins, HORIZON))


def test_learned_shapes_asked_of_the_same_answer_the_same(learned):
    known, found = learned
    assert found.gate.is_open
    np.testing.assert_allclose(Otherwise(found, known)(known), found.p_buy, rtol=1e-9)


def test_what_learned_shapes_say_is_told_of_them(learned):
    known, found = learned
    ask, facts = Otherwise(found, known), facts_of(known, found)
    rows = moved(ask, known, facts).to_pylist()
    back = {fact.name: ask(fact.customers) for fact in facts}
    place = {person: at for at, person in enumerate(known["person_id"].to_pylist())}
    for row in rows:
        assert row["p_usual"] == back[row["fact"]][place[row["person_id"]]]
    silent = [row for row in rows if row["fact"] == "silence" and row["own"] > 2 * row["usual"] > 0]
    assert np.mean([row["shift"] < 0 for row in silent]) > 0.95
    assert "pace" in {row["fact"] for row in rows}
