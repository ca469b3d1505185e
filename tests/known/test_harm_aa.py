"""The guardrail on real customers: what harmed nobody goes on, what drives people away stops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.known


@pytest.fixture(autouse=True)
def _here(data_file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    file = data_file("online_retail_ii_dedup.parquet")
    monkeypatch.setenv("HUITOU_TEST_DATA", str(file.parent))


def test_twelve_looks_stop_a_harmless_campaign_once_in_twenty_at_most() -> None:
    from tools.bench_care.harm import World, stopped

    share, _ = stopped(World(), 60, seed=11)
    assert share <= 0.1, "3 of 60 are meant at most; 7 would come once in thirty"


def test_letters_that_people_ask_to_be_spared_are_stopped() -> None:
    from tools.bench_care.harm import World, stopped

    share, by = stopped(World(ask=0.03), 20, seed=11)
    assert share >= 0.8
    assert by["silence"] >= 0.8
