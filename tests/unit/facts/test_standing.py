"""What counts on a ladder, against counting by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.facts.rows import by_person, line, shop

from huitou.facts.standing import MEASURES, profit_between, standing

START = date(2026, 1, 1)
AS_OF = datetime(2026, 3, 1)
days = st.integers(-80, 58)


def on(number: int) -> date:
    return START + timedelta(days=number)


def test_visits_are_days_and_what_came_back_is_taken_off() -> None:
    t = shop(
        line("a", on(0), 1000, order="1"),
        line("a", on(0), 500, order="2"),
        line("a", on(5), 700),
        line("a", on(6), -300),
        line("b", on(-1), 900),
        line(None, on(1), 9000),
        margin=0.5,
    )
    found = by_person(standing(t, AS_OF, START))
    assert [found["a"][name] for name in MEASURES] == [1900, 3, 2, 950]
    assert found["a"]["first_day"] == on(0)
    assert [found["b"][name] for name in MEASURES] == [0, 0, 0, 0]
    assert set(found) == {"a", "b"}


def test_the_year_before_is_counted_apart() -> None:
    t = shop(line("a", on(-3), 400), line("a", on(-200), 50), line("a", on(2), 100), margin=1.0)
    row = by_person(standing(t, AS_OF, START, on(-100)))["a"]
    assert (row["spend"], row["spend_before"], row["visits_before"]) == (100, 400, 1)


def test_nothing_later_than_the_moment_counts() -> None:
    t = shop(line("a", on(2), 100), line("a", on(70), 100))
    assert by_person(standing(t, AS_OF, START))["a"]["orders"] == 1


def test_profit_of_some_days_and_no_others() -> None:
    t = shop(*(line("a", on(day), 100) for day in (1, 2, 3, 4)), margin=0.5)
    assert by_person(profit_between(t, AS_OF, on(2), on(4)))["a"]["profit"] == 100


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("ab"), days, st.integers(1, 999)), min_size=1))
def test_agrees_with_counting_by_hand(bought: list[tuple[str, int, int]]) -> None:
    t = shop(
        *(
            line(who, on(day), amount, order=f"{number}")
            for number, (who, day, amount) in enumerate(bought)
        )
    )
    found = by_person(standing(t, AS_OF, START))
    for who in {who for who, _, _ in bought}:
        mine = [(day, amount) for each, day, amount in bought if each == who and day >= 0]
        row = found[who]
        assert row["spend"] == sum(amount for _, amount in mine)
        assert row["orders"] == len(mine)
        assert row["visits"] == len({day for day, _ in mine})
