"""A shop to complain to."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.runs.desks.complaints.given_shop import Hands, customer, shop_in

from huitou.runs.shop import Shop


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def shop(home: Path, clock: Hands) -> Shop:
    people = [customer("mei", name="Mei"), customer("liu"), customer("wang", value_low=0.0)]
    keys = {
        "phone:+8613800000001": "mei",
        "email:mei@example.org": "mei",
        "member:M1": "mei",
        "phone:+8613800000002": "liu",
        "email:home@example.org": "liu",
        "email:wang@example.org": "wang",
    }
    return shop_in(home, clock, people, keys)
