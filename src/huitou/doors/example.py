"""The example shop: a real file of orders, and what its merchant would say about it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import HuitouError, Refused

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

ORDERS = "online_retail_2010_2011.parquet"
CHOICES = "shop.toml"


def fill(shop: Shop, progress: Callable[[str, float | None], None]) -> None:
    """Take the example in and run the day, each only where it was not done before.

    Raises Refused where the folder already holds another shop.
    """
    folder = place()
    choices = tomllib.loads((folder / CHOICES).read_text(encoding="utf-8"))
    if shop.is_empty():
        _take(shop, folder / ORDERS, choices, progress)
    elif shop.settings.name != choices["name"]:
        raise Refused(
            f"{shop.home} already holds a shop: {shop.settings.name}",
            to_try="huitou --home ANOTHER demo",
        )
    if not shop.has_run():
        shop.run(progress=progress)


def place() -> Path:
    """The folder of the example: inside the installed package, or in the project's own tree."""
    package = Path(__file__).parents[1]
    for folder in (package / "examples" / "shop", package.parents[1] / "examples" / "shop"):
        if (folder / ORDERS).exists():
            return folder
    raise HuitouError("the example shop is not installed", to_try="huitou import FILE")


def _take(
    shop: Shop, orders: Path, choices: dict[str, Any], progress: Callable[[str, float | None], None]
) -> None:
    from huitou.sources.contract import Declared

    shop.change_settings(**choices)
    declared = Declared(currency=choices["currency"], timezone=choices["timezone"])
    shop.take(orders, declared, confirmed=True, progress=progress)
