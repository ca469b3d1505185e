"""The shop of `examples/returns`, a year of it, and the steps of its evening."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from examples.returns import shop as example
from tests.shop import tea

from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.loyalty.letting_go.rules import RULES
from huitou.runs.shop import Shop
from huitou.runs.steps import contribution
from huitou.runs.work import Result, Work


def filled(folder: Path) -> Shop:
    """The shop after one run; nothing of the complaint is known yet."""
    orders = example.write(folder)
    shop = tea.opened(folder / "shop")
    shop.change_settings(
        name="衣灯店", salt="one lot for all tests", public_url="https://shop.example"
    )
    shop.take(orders, tea.DECLARED, confirmed=True)
    RULES.write(shop.home, (folder / "letgo.toml").read_text(encoding="utf-8"))
    shop.run()
    return shop


def truth(shop: Shop) -> dict[str, str]:
    """person -> what they are, as the example tells it."""
    told = json.loads((shop.home.parent / "truth.json").read_text(encoding="utf-8"))
    keys = shop._edition().table("keys").to_pylist()
    by_key = {f"member:{member.upper()}": kind for member, kind in told.items()}
    by_key |= {f"member:{member}": kind for member, kind in told.items()}
    return {row["person_id"]: by_key[row["key"]] for row in keys if row["key"] in by_key}


def complain(shop: Shop, person: str, *, good: bool = True) -> None:
    """Somebody complained of the bag, and the shop made it good."""
    now = shop.clock.now() - timedelta(days=40)
    with shop.books.unit() as unit:
        arrived = Arrived(
            key=f"bag {person}", words="The strap broke.", channel="staff", kind="product",
            product="bags-3", person_id=person,
        )  # fmt: skip
        row = complaints.receive(unit, arrived, now)
        if good:
            complaints.add_entry(unit, row["id"], "gesture", "mei", "AB", now, amount=500)
            complaints.resolve(unit, row["id"], "mei", now)


def weigh(shop: Shop) -> None:
    """Weigh everybody again, as another run would."""
    evening(shop, contribution.weigh)


def evening(shop: Shop, step: Callable[[Work], Result]) -> Result:
    """Do a step of the lake again on the published edition."""
    return tea.again(shop, lambda work, _unit: step(work))


def later(shop: Shop, now: datetime) -> Shop:
    """The same shop at another moment."""
    shop.books.close()
    return tea.opened(shop.home, now)
