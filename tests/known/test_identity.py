"""Doubles of known truth are found: febrl 1-4, and a Chinese set with what tills do to names.

Nothing is told which pairs are true before it has judged: the cut is made on the model's own
account of each set. Names and addresses go in as a file has them, in one column each. A pair counts
as found where its two records end as one person.
"""

from __future__ import annotations

import pytest
from tools.bench_identity import _sets as sets
from tools.bench_identity._sets import PRECISION, RECALL, Found

pytestmark = [pytest.mark.known, pytest.mark.slow]


def hold(found: Found) -> None:
    print(f"\n{found}")
    assert found.precision >= PRECISION
    assert found.recall >= RECALL


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_febrl(number, data_file) -> None:
    files = ["4a", "4b"] if number == 4 else [number]
    hold(sets.febrl(*(data_file(f"identity/febrl_{each}.csv") for each in files)))


def test_a_chinese_set() -> None:
    hold(sets.chinese())
