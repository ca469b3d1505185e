"""Planted exoduses among the customers of the example shop, with their real forecasts."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from tools.bench_exodus._planted import Look, planted, quiet

from huitou.runs.wiring import open_shop

LOOKS = 60


@pytest.fixture(scope="module")
def seen(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Look:
    """The last evening of the shop: chances told earlier, and who came since."""
    home = tmp_path_factory.mktemp("demo") / "shop"
    shutil.copytree(demo_home, home)
    return Look.of_edition(open_shop(home)._edition())


def test_of_a_hundred_quiet_weeks_five_at_most_alarm(seen: Look) -> None:
    draw = np.random.default_rng(1)
    assert sum(quiet(seen, draw).any() for _ in range(LOOKS)) <= 0.05 * LOOKS


def test_four_of_five_exoduses_of_a_fifth_are_found(seen: Look) -> None:
    draw = np.random.default_rng(2)
    found = [planted(seen, draw, share=0.2, least=300) for _ in range(LOOKS)]
    assert sum(found) >= 0.8 * LOOKS
