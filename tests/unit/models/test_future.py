"""Scores know nothing of what comes later: rows after the moment may be anything at all."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.unit.facts.rows import line, rows, shop
from tests.unit.models.worlds import Shop

from huitou.facts.bought import bought
from huitou.facts.customers import customers
from huitou.models.histories import Origin
from huitou.models.score import Choice, score

WORLD = Shop(seed=4, n=90, days=420, arrivals=200)
TODAY, HORIZON = 330, 60
ORIGINS = (TODAY - HORIZON, TODAY - HORIZON - 30)


def moment(day):
    """The evening before a day: what is not known begins with it."""
    return datetime.combine(WORLD.day(day), time())


def lines_of(world):
    return [
        line(f"p{i:03d}", world.day(day), int(spent))
        for i, own in enumerate(world.days)
        for day, spent in zip(own, world.spends[i], strict=True)
    ]


LINES = lines_of(WORLD)
PAST = [row for row in LINES if row["day"] < WORLD.day(TODAY)]
FUTURE = [row for row in LINES if row["day"] >= WORLD.day(TODAY)]


def scored(lines):
    """Through the facts to the scores, as a run does it."""
    t = shop(*lines)

    def known(day):
        return customers(t, moment(day), 0.4).order_by("person_id").to_pyarrow()

    def origin(day):
        told = known(day)
        came = {row["person_id"]: row["days"] for row in rows(bought(t, moment(day), HORIZON))}
        days = [came.get(person, 0) for person in told["person_id"].to_pylist()]
        return Origin(WORLD.day(day), told, HORIZON, np.array(days, dtype=np.int64))

    return score(known(TODAY), [origin(day) for day in ORIGINS], Choice(WORLD.day(TODAY), HORIZON))


@pytest.fixture(scope="module")
def as_it_came():
    return scored(LINES)


PEOPLE = [f"p{i:03d}" for i in range(len(WORLD.days))] + ["stranger"]
MOMENTS = st.integers(0, 300)
ADDED = st.builds(
    lambda person, after, amount: line(
        person, WORLD.day(TODAY + after), amount, order=f"new/{person}/{after}/{amount}"
    ),
    st.sampled_from(PEOPLE),
    MOMENTS,
    st.integers(-90_000, 900_000).filter(bool),
)
ALTERED = st.tuples(st.integers(0, len(FUTURE) - 1), st.sampled_from(PEOPLE), MOMENTS)


@settings(max_examples=4, phases=(Phase.explicit, Phase.generate))
@given(
    added=st.lists(ADDED, max_size=30),
    removed=st.sets(st.integers(0, len(FUTURE) - 1)),
    altered=st.lists(ALTERED, max_size=30),
)
def test_rows_added_removed_or_altered_after_the_moment_change_no_score(
    as_it_came, added, removed, altered
):
    later = [dict(row) for row in FUTURE]
    for at, person, after in altered:
        day = WORLD.day(TODAY + after)
        when = datetime.combine(day, time(12)) + timedelta(minutes=after)
        later[at] |= {"person_id": person, "day": day, "ordered_at": when, "amount": 1 + after}
    kept = [row for at, row in enumerate(later) if at not in removed]
    table, card = scored([*PAST, *kept, *added])
    assert table.equals(as_it_came[0]) and card == as_it_came[1]


def test_a_row_of_before_does_change_them(as_it_came):
    table, _ = scored([*PAST[1:], *FUTURE])
    assert not table.equals(as_it_came[0])
