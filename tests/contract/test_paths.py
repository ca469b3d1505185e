"""Moving a million people in sets is the same as asking the walker about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from tests.contract.walks import Look, Village, facts, forward, journeys, looks, sent
from tests.unit.journeys.given import every_table, no_rest

from huitou.ground import failpoints
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.journeys.paths import journey as j
from huitou.journeys.paths.moves import book as moves
from huitou.journeys.paths.tables import path_gift, position, step_taken
from huitou.journeys.paths.times import Length
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Books

PLACES = st.one_of(
    st.none(),
    st.tuples(st.sampled_from(("paths.asked", "paths.logged", "paths.chunk")), st.integers(1, 4)),
)
people = st.lists(facts, min_size=1, max_size=4)
loose = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
many = settings(max_examples=150, deadline=None, suppress_health_check=loose)
few = settings(max_examples=25, deadline=None, suppress_health_check=loose)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Books that do not wait for the disk: a test that is killed is killed in words only."""
    made = Books.in_folder(tmp_path)
    event.listen(made.engine, "connect", _in_a_hurry)
    made.migrate(every_table())
    yield made
    made.close()


def _in_a_hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def agree(village: Village) -> None:
    """The books hold what the walker says."""
    with village.books.reading() as unit:
        rows = {
            row["person_id"]: row
            for row in unit.rows(select(position).where(position.c.journey == village.id))
        }
        steps = unit.rows(
            select(step_taken)
            .where(step_taken.c.journey == village.id)
            .order_by(step_taken.c.person_id, step_taken.c.number)
        )
        messages = unit.rows(select(sending).where(sending.c.person_id.like(f"v{village.id}p%")))
        gifts = unit.rows(select(path_gift).where(path_gift.c.journey == village.id))
    for name, here in village.at.items():
        row = rows[name]
        told = (row["node"], row["left_because"], row["steps"], row["since"], row["wake_at"])
        assert told == (here.node, here.left, here.steps, here.since, here.wake_at), name
    taken = [(row["person_id"], row["node"], row["way"], row["arm"]) for row in steps]
    walked = [
        (name, step.node, step.way, step.to.arm)
        for name in sorted(village.steps)
        for step in village.steps[name]
    ]
    assert taken == walked
    asked = {row["id"]: (row["person_id"], row["channel"], row["state"]) for row in messages}
    assert asked == sent(village)
    assert Counter(row["person_id"] for row in gifts) == Counter(
        name for name, steps in village.steps.items() for step in steps if step.gives
    )


@many
@given(made=journeys(), known=people, seen=looks, place=PLACES)
def test_sets_and_the_walker_agree_wherever_it_is_killed(
    books: Books,
    made: j.Journey,
    known: list[Mapping[str, Any]],
    seen: list[Look],
    place: tuple[str, int] | None,
) -> None:
    _live(Village(books, made, known), seen, place)


@few
@given(made=journeys(), known=people, seen=looks, place=PLACES)
def test_sets_and_the_walker_agree_on_postgresql(
    postgres_books: Books,
    made: j.Journey,
    known: list[Mapping[str, Any]],
    seen: list[Look],
    place: tuple[str, int] | None,
) -> None:
    _live(Village(postgres_books, made, known), seen, place)


def test_who_moves_is_asked_for_in_sets_and_who_waits_is_not_asked_for_at_all(
    books: Books,
) -> None:
    """Forty minutes for each segment whoever changed, days for a million: mautic 8113, 2870."""
    few, many = _village(books, 3), _village(books, 300)
    assert _asked(few) == _asked(many) > 0
    assert set(_nodes(few)) == set(_nodes(many)) == {"wait"}
    with books.reading() as unit:
        assert len(unit.rows(select(sending))) == 303
    assert _asked(many) == _asked(_village(books, 0)), "they wait: as if there were nobody"


def _village(books: Books, people: int) -> Village:
    """A journey of one message and a wait, and so many at its beginning."""
    nodes: dict[str, j.Node] = {
        "mail": j.Act(("email",), "words", "marketing", "wait", late_after=Length(1)),
        "wait": j.Wait(Length(3), "told"),
        "told": j.End(),
    }
    trigger = j.Trigger("event", name="referral")
    made = j.Journey("two", {}, trigger, j.EVERYBODY, nodes, "mail", (), j.Again("never"))
    return Village(books, made, [{"arm": "treated", "reach": ",email,"}] * people)


def _asked(village: Village) -> int:
    """Statements of one look at everybody."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(village.books.engine, "before_cursor_execute", note)
    try:
        moves.tick(village.books, [village.running], village.now, no_rest)
    finally:
        event.remove(village.books.engine, "before_cursor_execute", note)
    return len(asked)


def _nodes(village: Village) -> list[str]:
    with village.books.reading() as unit:
        rows = unit.rows(select(position.c.node).where(position.c.journey == village.id))
    return [row["node"] for row in rows]


def _live(village: Village, seen: list[Look], place: tuple[str, int] | None) -> None:
    for look in seen:
        village.now = forward(village.now, look.hours)
        for each in look.happenings:
            village.happen(each)
        village.look_as_walker(sweep=look.sweep)
        _killed_and_resumed(village, look, place)
        agree(village)


def _killed_and_resumed(village: Village, look: Look, place: tuple[str, int] | None) -> None:
    if place is None:
        village.look_in_sets(sweep=look.sweep)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(failpoints, "_visits", Counter())
        patch.setenv(VARIABLE, f"{place[0]}:{place[1]}:raise")
        try:
            village.look_in_sets(sweep=look.sweep)
        except Stopped:
            patch.delenv(VARIABLE)
            village.look_in_sets(sweep=look.sweep)
    # And once more for good measure: nothing is done twice.
    village.look_in_sets(sweep=False)
