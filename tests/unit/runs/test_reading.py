"""What pages are told of an edition: months that are over, and no others."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest
from tests.unit.facts.rows import line, shop

from huitou.runs.moment import Moment
from huitou.runs.reading import cohorts
from huitou.store.lake import Edition

LINES = shop(
    line("a", date(2011, 1, 5)),
    line("b", date(2011, 1, 6)),
    line("a", date(2011, 2, 7)),
    line("c", date(2011, 2, 8)),
    line("b", date(2011, 4, 1)),
    line("c", date(2011, 4, 2)),
    line("d", date(2011, 4, 2)),
)


class Evening:
    """The edition of a day, of which only the moment is asked."""

    def __init__(self, day: date) -> None:
        self._day = day

    def noted(self, _: str) -> dict[str, Any]:
        return Moment(self._day, 28, (), "Europe/London").written()


def shares(day: date) -> dict[int, tuple[float | None, ...]]:
    rows = cohorts(LINES, cast(Edition, Evening(day)))
    return {row.month.month: row.retention for row in rows}


@pytest.mark.parametrize("day", [date(2011, 4, 2), date(2011, 4, 29)])
def test_a_month_that_is_not_over_says_nothing(day: date) -> None:
    assert shares(day) == {1: (1.0, 0.5, 0.0), 2: (1.0, 0.0, None), 4: (None,)}


def test_a_month_that_is_over_says_how_many_came_though_it_be_nobody() -> None:
    assert shares(date(2011, 4, 30)) == {
        1: (1.0, 0.5, 0.0, 0.5),
        2: (1.0, 0.0, 1.0, None),
        4: (1.0, None),
    }
