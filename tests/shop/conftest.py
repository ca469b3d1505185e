"""The year of a small real shop, lived once for all tests that look at it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.shop.sabotage import sabotaged
from tests.shop.scenes import NOW, Year, live

from huitou.runs.steps import learn
from huitou.runs.wiring import open_shop


@pytest.fixture(scope="session")
def year(example_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Orders to June, a plan, its letters, the rest of the year, the read-out."""
    with sabotaged():
        return live(example_shop, tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="session")
def untaught(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after its year as if its letters had taught nothing, with a plan of first guesses.

    Nobody really got them, so what they teach is that letters do nothing: no plan means any then.
    """
    home = tmp_path_factory.mktemp("untaught") / "shop"
    shutil.copytree(year.shop.home, home)
    shop = open_shop(home, clock=NOW)
    shop._edition().note(learn.NOTE, None)
    shop.draft_plan()
    shop.books.close()
    return home
