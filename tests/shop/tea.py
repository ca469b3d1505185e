"""A tea shop of 260 customers whose clock stands the morning after its last order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from tests.browser import orders

from huitou.ground.clock import StoppedClock
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.runs.work import Result, Work
from huitou.sources.contract import Declared
from huitou.store.books import Unit
from huitou.store.lake import Edition

TODAY = date(2024, 9, 1)
MORNING = datetime(2024, 9, 1, 1, tzinfo=UTC)
DECLARED = Declared(currency="CNY", timezone="Asia/Shanghai")


def opened(home: Path, now: datetime = MORNING) -> Shop:
    """The shop at a moment."""
    return open_shop(home, clock=StoppedClock(now))


def filled(folder: Path) -> Shop:
    """The shop with its orders and one run."""
    file = orders.write(folder / "orders.csv")
    shop = opened(folder / "shop")
    shop.change_settings(name="茶铺", margin=0.45, salt="one lot for all tests", holdout_share=0.2)
    shop.take(file, DECLARED, confirmed=True)
    shop.run()
    return shop


class Evening(Work):
    """The evening of the run that was published last, to do one of its steps again."""

    @property
    def edition(self) -> Edition:
        """What readers see."""
        found = self.lake.current()
        assert found is not None
        return found


def again(shop: Shop, step: Callable[[Work, Unit], Result]) -> Result:
    """Do one step of the day in the books, as another run of this shop would."""
    house = shop._house
    day = date.fromisoformat(shop._edition().noted("moment")["day"])
    work = Evening(
        home=house.home, lake=house.lake, books=house.books, shelf=house.shelf,
        settings=shop.settings, run_id="again", now=house.clock.now(), day=day, horizon_days=None,
    )  # fmt: skip
    with house.books.unit() as unit:
        return step(work, unit)
