"""The shop's choices are kept as written, and a bad one is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground import settings
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.settings import Settings


@given(name=st.text(st.characters(exclude_categories=["Cs"])), line=st.floats(0, 1))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, name: str, line: float
) -> None:
    home = tmp_path_factory.mktemp("shop")
    chosen = Settings(name=name, currency="TWD", timezone="Asia/Taipei", lost_line=line, budget=5)
    settings.write(home, chosen)
    assert settings.read(home) == chosen


def test_a_new_shop_has_the_defaults_and_asks_for_the_rest(tmp_path: Path) -> None:
    fresh = settings.read(tmp_path)
    assert fresh == Settings()
    with pytest.raises(NotYet, match="no currency"):
        _ = fresh.money
    with pytest.raises(NotYet, match="no time zone"):
        _ = fresh.zone


@pytest.mark.parametrize(
    ("choice", "complaint"),
    [
        ({"currency": "XQX"}, "not a currency"),
        ({"timezone": "Moon/Crater"}, "not a time zone"),
        ({"lost_line": 1.5}, "between 0 and 1"),
        ({"margin": -0.1}, "between 0 and 1"),
    ],
)
def test_a_choice_that_cannot_stand_is_refused(choice: dict[str, Any], complaint: str) -> None:
    with pytest.raises(HuitouError, match=complaint):
        Settings().changed(**choice)


@pytest.mark.parametrize("text", ["currency = ", "colour = 'red'", "\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / settings.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(HuitouError, match=r"shop\.toml"):
        settings.read(tmp_path)
