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
        ({"margin": float("nan")}, "between 0 and 1"),
        ({"value_days": 0}, "between 1 and"),
        ({"horizon_days": 6}, "between 7 and"),
        ({"budget": -1}, "0 or more"),
        ({"letter_cost": -1}, "0 or more"),
        ({"staff_hours": -0.5}, "0 or more"),
        ({"staff_hours": float("inf")}, "0 or more"),
        ({"staff_hourly": -1}, "0 or more"),
        ({"smtp_port": 0}, "between 1 and 65535"),
        ({"smtp_port": 65536}, "between 1 and 65535"),
        ({"language": "tlh"}, "cannot be written in 'tlh'"),
        ({"timezone": "../../etc/passwd"}, "not a time zone"),
        ({"timezone": "Asia"}, "not a time zone"),
        ({"value_days": "many"}, "must be of the kind int"),
        ({"staff_hours": None}, "must be of the kind float"),
        ({"trusted_proxies": "127.0.0.1, *"}, "no address and no network"),
    ],
)
def test_a_choice_that_cannot_stand_is_refused(choice: dict[str, Any], complaint: str) -> None:
    with pytest.raises(HuitouError, match=complaint):
        Settings().changed(**choice)


@pytest.mark.parametrize("name", ["a\rb", "tab\there", "\x00", "\x7f", '"\\', "two\nlines"])
def test_no_text_makes_the_file_unreadable(tmp_path: Path, name: str) -> None:
    chosen = Settings(name=name, smtp_from=name, email_to_customers=True)
    settings.write(tmp_path, chosen)
    assert settings.read(tmp_path) == chosen


def test_half_a_letter_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    settings.write(tmp_path, Settings(name="before"))
    with pytest.raises(HuitouError, match="half a letter"):
        settings.write(tmp_path, Settings(name="\ud800"))
    assert settings.read(tmp_path).name == "before"


@pytest.mark.parametrize("text", ["currency = ", "colour = 'red'", "\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / settings.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(HuitouError, match=r"shop\.toml"):
        settings.read(tmp_path)
