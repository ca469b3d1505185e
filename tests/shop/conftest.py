"""The year of a small real shop, lived once for all tests that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shop.sabotage import sabotaged
from tests.shop.scenes import Year, live


@pytest.fixture(scope="session")
def year(example_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Orders to June, a plan, its letters, the rest of the year, the read-out."""
    with sabotaged():
        return live(example_shop, tmp_path_factory.mktemp("year"))
