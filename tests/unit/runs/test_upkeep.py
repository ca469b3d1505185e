"""What waits for somebody in the rooms of care, from real rows of the books."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.unit.care.alarms.given import bell
from tests.unit.runs.desks.complaints.given_shop import DAY, NOW, Hands, customer, lake_of, shop_in

from huitou.care.alarms import book as alarms
from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import Asking
from huitou.runs.report import book as reports
from huitou.runs.sorting import sorter_of, taught
from huitou.runs.upkeep import Upkeep


def test_what_is_held_late_in_doubt_and_not_learned_is_counted(tmp_path: Path) -> None:
    shop = shop_in(tmp_path / "shop", Hands(), [customer("p")], {"member:P": "p"})
    assert shop.upkeep() == Upkeep(0, 0, 0, 0, 0, 0, lessons=0, sorter_knows=False)
    later = NOW + timedelta(days=9)
    one = Asking("p", DAY, "email")
    with shop.books.unit() as unit:
        complaints.receive(unit, Arrived("k1", "Buy!", "form", held=True), NOW)
        complaints.receive(unit, Arrived("k2", "It came broken.", "form"), NOW)
        alarms.ring(unit, [bell()], {}, (), NOW)
        alarms.escalate(unit, later)
        interviews.ask(unit, [one], "salt", NOW)
        assert interviews.claim(unit, one.id, NOW, held_out=False)
        reports.claim(unit, "week", DAY, "owner@example.com", None, NOW)
        # The processes that were sending are gone.
        assert interviews.settle_old(unit, later) == reports.settle(unit, later) == 1
    assert shop.lessons.teach("the bell is too loud", "service", by="Mei")
    assert shop.upkeep() == Upkeep(
        aside=0, damaged=0, held=1, late=1, interviews_in_doubt=1, reports_in_doubt=1,
        lessons=1, sorter_knows=False,
    )  # fmt: skip
    with shop.books.reading() as unit:
        sorter_of(lake_of(shop), taught(unit))
    assert shop.upkeep().sorter_knows
