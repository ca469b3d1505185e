"""A shop with a few known customers, as a run would have left it; nothing was bought."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from huitou.runs.moment import Moment
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_house
from huitou.store.lake import Lake

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 1)


class Hands:
    """A clock that a test moves on."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)


def customer(person: str, **told: Any) -> dict[str, Any]:
    """A row of the shelf."""
    known = {
        "person_id": person,
        "hold_key": f"member:{person}",
        "key": person.upper(),
        "name": None,
        "stage": "active",
        "orders": 3,
        "p_buy": 0.4,
        "p_alive": 0.8,
        "value": 30_000.0,
        "value_low": 10_000.0,
        "value_high": 60_000.0,
        "missed": 0.0,
        "cause": None,
        "act": None,
        "last_day": "2026-02-01",
        "next_day": None,
    }
    return {**known, **told}


def shop_in(home: Path, clock: Hands, people: list[dict[str, Any]], keys: dict[str, str]) -> Shop:
    """A shop whose last run knew these customers and whose keys are these."""
    house = open_house(home, clock, None)
    shop = Shop(house)
    shop.change_settings(currency="CNY", timezone="Asia/Shanghai", name="Tea House")
    house.shelf.rebuild(pa.Table.from_pylist(people))
    edition = house.lake.edition("one")
    pairs = [{"key": key, "person_id": person} for key, person in sorted(keys.items())]
    edition.write("keys", pa.Table.from_pylist(pairs))
    edition.note("moment", Moment(DAY, 28, (), "Asia/Shanghai").written())
    house.lake.publish(edition)
    return shop


def house_of(shop: Shop) -> Any:
    """What the shop is made of."""
    return shop._house


def lake_of(shop: Shop) -> Lake:
    """Its lake."""
    lake: Lake = shop._house.lake
    return lake
