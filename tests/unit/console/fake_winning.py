"""Made-up costs of customers, losses, and a desk that takes files of spending."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.unit.console.fake_exodus import FakeExodus
from tests.unit.console.fake_people import TODAY, money

from huitou.facts.life import STAGE_NAMES
from huitou.ground.words import said
from huitou.runs.desks import spending as spent
from huitou.runs.desks import winning as desk


class FakeSpending:
    """Takes every file, and sets one row of it aside."""

    def listed(self, limit: int = 50) -> tuple[spent.SpendingView, ...]:
        """Two amounts."""
        days = (date(2011, 9, 1), date(2011, 8, 1))
        return tuple(spent.SpendingView(day, "web", "spring", "new", money(900)) for day in days)

    def take(self, path: Path, encoding: str | None = None) -> spent.TakenView:
        """One row counts, one does not."""
        aside = spent.AsideView(
            path.name, 3, "amount", "<many>", said("This is no amount of money."), "1234.50", {}
        )
        return spent.TakenView(path.name, 2, 1, 0, (aside,))


class FakeWinning(FakeExodus):
    """What a shop says of the costs of its customers."""

    spending = FakeSpending()

    def winning(self, by: str = "acquisition") -> desk.WinningView:
        """Three months of newcomers, two channels, one of unknown cost."""
        curve = tuple(
            desk.AgeView(
                n, 300 - 80 * n, money(20 * n), money(15 * n), money(25 * n), money(20 * n - 30)
            )
            for n in (1, 2, 3)
        )
        ages = tuple(each.profit for each in curve)
        parts = (
            desk.PartView("<web>", 200, money(18), money(30), 2, ages[-1], 3, money(2), ages),
            desk.PartView(None, 100, money(22), None, None, None, 0, None, ()),
        )
        return desk.WinningView(
            as_of=TODAY,
            by=by,
            newcomers=300,
            first_profit=money(20),
            cost=money(30),
            payback=2,
            curve=curve,
            parts=parts,
            times=7.25,
            winning_and_keeping=(
                desk.EachView("new", money(9000), 300, money(30)),
                desk.EachView("keep", money(900), 220, money(4)),
            ),
            serving=money(2),
            served=(desk.ServedView("returns", desk.SERVED["returns"], 40, money(600), money(2)),),
            words=(desk.paid_back(2),),
            unknown=(),
        )

    def losses(self) -> desk.LossesView | None:
        """Losses of two stages and one age."""
        return desk.LossesView(
            date(2011, 10, 1),
            TODAY,
            tuple(
                desk.LossView(STAGE_NAMES[name], name, 100, 9, 0.09, money(50))
                for name in ("new", "slipping")
            ),
            (desk.LossView(desk.AGES["1-3m"], "1-3m", 200, 18, 0.09, money(100)),),
        )
