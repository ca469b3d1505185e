"""What a shop's own server tells, by Segment's library for Python: `tell.py ADDRESS KEY`.

The library is used as it comes; only the address is another.
"""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, datetime


def main(address: str, key: str) -> None:
    """Somebody signs up, buys two things and gives one back."""
    # Installed apart, beside this project and never with it.
    made = importlib.import_module("segment.analytics.client").Client
    failed: list[object] = []
    client = made(key, host=address, gzip=True, on_error=lambda why, _items: failed.append(why))
    client.identify("py-1", {"email": "Ann@Example.com", "firstName": "Ann", "lastName": "Archer",
                             "phone": "+4915112345678"})  # fmt: skip
    bought = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    client.track("py-1", "Order Completed", {
        "order_id": "py-1001", "total": 27.5, "revenue": 25.0, "shipping": 3, "tax": 2,
        "discount": 2.5, "currency": "EUR",
        "products": [{"product_id": "p-45", "sku": "45", "name": "Monopoly", "price": 19,
                      "quantity": 1, "category": "Games"},
                     {"product_id": "p-46", "sku": "46", "name": "Uno", "price": 3,
                      "quantity": 2}],
    }, timestamp=bought)  # fmt: skip
    client.track("py-1", "Order Refunded", {
        "order_id": "py-1001", "total": 5.4, "currency": "EUR",
        "products": [{"product_id": "p-46", "sku": "46", "name": "Uno", "price": 3,
                      "quantity": 2}],
    }, timestamp=datetime(2026, 3, 5, 9, 0, tzinfo=UTC))  # fmt: skip
    client.page("py-1", "Shop", "Home", {"path": "/"})
    client.flush()
    client.join()
    if failed:
        raise SystemExit(f"refused: {failed}")


if __name__ == "__main__":
    main(*sys.argv[1:])
