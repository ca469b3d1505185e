"""A condition says the same of one person as of a table of people."""

from __future__ import annotations

import pyarrow as pa
import pytest

from huitou.journeys.paths.filters import All, Among, Asked, Filter, Happened, Not, Some, Within

PEOPLE = pa.table(
    {
        "stage": ["new", "lost", None],
        "reach": [",email,sms,", ",paper,", None],
        "orders": pa.array([1, 7, None], pa.int64()),
    }
)
LOST, MANY, HEARD = Among("stage", ("lost",)), Within("orders", above=1), Happened("order")


@pytest.mark.parametrize(
    "tree",
    [LOST, MANY, HEARD, Among("reach", ("sms", "paper")), Within("orders"), All(),
     All((LOST, MANY)), Some((HEARD, Within("orders", at_most=1))), Not(HEARD),
     Not(Some((LOST, MANY)))],
    ids=repr,
)  # fmt: skip
def test_whom_it_fits_among_people_of_whom_nothing_was_heard(tree: Filter) -> None:
    one_by_one = [tree.holds(Asked(row)) for row in PEOPLE.to_pylist()]
    assert tree.mask(PEOPLE).to_pylist() == one_by_one
