"""A shop of clothes and lamps: three hundred usual customers, and forty who send most of it back.

Beside them ten come every week, three order only what is reduced below its cost, and three are paid
back money without sending anything.

    python shop.py FOLDER       writes orders.csv, letgo.toml, and truth.json: who is which

Three of the forty are honest: what reached them was faulty. One gave that as the reason, one has a
lamp that everybody sends back, and of one's complaint the shop found that it was right. None of the
three may be proposed to be let go.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

LAST = date(2024, 8, 31)
DAYS = 360
KINDS = ("coats", "shoes", "shirts", "bags", "lamps")
FAULTY = "lamps-7"
"""A lamp that breaks: whoever buys it sends it back more often than not."""
COST = 0.55
COLUMNS = (
    "order_id", "date", "member_no", "sku", "product", "category", "quantity", "amount", "cost",
    "discount", "is_return", "is_product", "return_reason",
)  # fmt: skip
RULES = """# What a return costs this shop: ten minutes, 15 of postage, and a quarter of the price.
return_minutes = 10
return_cost = "15"
lost_share = 0.25
fault_words = ["broken", "defect", "破损"]
[terms]
en = "You pay the postage of what you send back without a fault."
zh-Hans = "无质量问题的退货，运费由您承担。"
zh-Hant = "無瑕疵的退貨，運費由您負擔。"
"""
EXCUSES = ("", "changed my mind", "does not fit", "ordered two sizes")


@dataclass(frozen=True)
class Customer:
    """One customer of this shop."""

    member: str
    kind: str
    """usual, heavy, or one of the honest: told, product, complaint; regular, reduced, claims."""
    orders: int
    back: float
    """The share of pieces that they send back."""
    late: bool = False
    """Whether they wear it first."""


def customers(dice: random.Random) -> list[Customer]:
    """Three hundred usual ones, thirty-seven who send most back, three honest ones, and others."""
    usual = [
        Customer(f"u{n:03}", "usual", dice.randint(3, 14), 0.06 + 0.06 * dice.random())
        for n in range(300)
    ]
    heavy = [
        Customer(f"h{n:02}", "heavy", dice.randint(12, 24), 0.68 + 0.3 * dice.random(), n % 6 == 0)
        for n in range(37)
    ]
    honest = [Customer(f"f{n}", kind, 16, 0.9) for n, kind in enumerate(HONEST)]
    regular = [Customer(f"w{n}", "regular", dice.randint(36, 48), 0.03) for n in range(10)]
    others = [
        Customer(f"{kind[0]}{n}", kind, 16, 0.05)
        for kind in ("reduced", "claims")
        for n in range(1, 4)
    ]
    return [*usual, *heavy, *honest, *regular, *others]


HONEST = ("told", "product", "complaint")


def rows(seed: int = 7) -> Iterator[dict[str, Any]]:
    """Every line of the shop's year."""
    dice = random.Random(seed)
    number = 0
    for customer in customers(dice):
        for _ in range(customer.orders):
            number += 1
            day = LAST - timedelta(days=dice.randint(30, DAYS))
            for place in range(dice.choice((1, 1, 2, 2, 3))):
                yield from _line(customer, f"A{number}", place, day, dice)


def _line(
    customer: Customer, order: str, place: int, day: date, dice: random.Random
) -> Iterator[dict[str, Any]]:
    sku = _sku(customer, dice)
    kind, price = sku.partition("-")[0], dice.randint(120, 280)
    # What is reduced is reduced for everybody now and then.
    off = 0.6 if customer.kind == "reduced" else 0.2 if dice.random() < 0.1 else 0.0
    bought = {
        "order_id": order,
        "date": day.isoformat(),
        "member_no": customer.member,
        "sku": f"{sku}",
        "product": f"{kind[:-1].title()} no. {sku.partition('-')[2]}",
        "category": kind,
        "quantity": 1,
        "amount": price - round(price * off),
        "cost": round(price * COST),
        "discount": round(price * off),
        "is_return": "no",
        "is_product": "yes",
        "return_reason": "",
    }
    yield bought
    if customer.kind == "claims":
        yield _paid_back(bought, order, place, day)
    breaks = sku == FAULTY and dice.random() < 0.7
    if not (breaks or dice.random() < customer.back):
        return
    reason = dice.choice(EXCUSES)
    if customer.kind == "told":
        reason = dice.choice(("seam broken", "defect: zip", "收到时破损"))
    yield {
        **bought,
        "order_id": f"{order}-R{place}",
        "date": (day + timedelta(days=dice.randint(*_kept(customer)))).isoformat(),
        "quantity": -1,
        "amount": -bought["amount"],
        "cost": -bought["cost"],
        "discount": 0,
        "is_return": "yes",
        "return_reason": reason,
    }


def _kept(customer: Customer) -> tuple[int, int]:
    """Between how many days they keep what they send back."""
    return (20, 28) if customer.late else (2, 12)


def _paid_back(bought: dict[str, Any], order: str, place: int, day: date) -> dict[str, Any]:
    """Most of the price, paid back for nothing that came."""
    return {
        **bought,
        "order_id": f"{order}-M{place}",
        "date": (day + timedelta(days=4)).isoformat(),
        "quantity": 0,
        "amount": -round(bought["amount"] * 0.7),
        "cost": 0,
        "discount": 0,
        "is_return": "yes",
        "is_product": "no",
    }


def _sku(customer: Customer, dice: random.Random) -> str:
    if customer.kind == "product" and dice.random() < 0.95:
        return FAULTY
    if customer.kind == "complaint":
        return "bags-3"
    return f"{dice.choice(KINDS)}-{dice.randint(1, 12)}"


def write(folder: Path, seed: int = 7) -> Path:
    """Write the shop into a folder; the file of its orders."""
    folder.mkdir(parents=True, exist_ok=True)
    orders = folder / "orders.csv"
    with orders.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(sorted(rows(seed), key=lambda row: (row["date"], row["order_id"])))
    (folder / "letgo.toml").write_text(RULES, encoding="utf-8")
    truth = {each.member: each.kind for each in customers(random.Random(seed))}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")
    return orders


if __name__ == "__main__":
    print(write(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
