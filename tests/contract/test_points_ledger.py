"""The ledger of what customers earned, against a second bookkeeper, on both databases.

The suite runs it small; `make ledger` runs it 2,000 times with 50 steps on each.
"""

from __future__ import annotations

import os

from tests.contract.points_machine import run

from huitou.store.books import Books

RUNS, STEPS = (int(n) for n in os.environ.get("HUITOU_LEDGER", "60x30").split("x"))


def test_whatever_happens_points_add_up_and_sending_back_gains_nothing(any_books: Books) -> None:
    run(any_books, RUNS, STEPS)
