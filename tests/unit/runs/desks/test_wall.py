"""What holds a customer: never what they cannot spend any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.unit.journeys.given import every_table

from huitou.loyalty.points import book as points
from huitou.runs.desks.wall import COLLECTED, Asked, _owed
from huitou.store.books import Books

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_what_is_over_is_no_brick_of_the_wall(tmp_path: Path) -> None:
    books = Books(f"sqlite:///{tmp_path / 'books.db'}")
    books.migrate(every_table())
    kind = next(iter(COLLECTED))
    ends = NOW + timedelta(days=10)
    with books.unit() as unit:
        points.gift(unit, "p", kind, 500, "g", NOW, why="thanks", by="lin", expires_at=ends)

        def bricks(now: datetime) -> list[str]:
            asked = Asked("p", now.date(), "CNY", now.date(), now)
            return [brick.name for brick in _owed(unit, asked) if brick.there]

        assert bricks(NOW) == [kind]
        assert bricks(ends + timedelta(seconds=1)) == [], "no run has ended it yet"
    books.close()
