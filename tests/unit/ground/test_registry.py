"""A registry keeps order, refuses a second of a name, and helps who mistypes one."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from huitou.ground.errors import HuitouError
from huitou.ground.registry import Registry


@dataclass(frozen=True)
class Tool:
    name: str


def test_entries_stand_in_the_order_they_came() -> None:
    tools: Registry[Tool] = Registry("tool")
    tools.add(Tool("saw"))
    tools.add(Tool("axe"))
    assert list(tools) == ["saw", "axe"] and len(tools) == 2 and "axe" in tools


def test_a_name_is_taken_once() -> None:
    tools: Registry[Tool] = Registry("tool")
    tools.add(Tool("saw"))
    with pytest.raises(ValueError, match="defined twice"):
        tools.add(Tool("saw"))


def test_a_wrong_name_is_answered_with_the_right_ones() -> None:
    tools: Registry[Tool] = Registry("tool")
    tools.add(Tool("saw"))
    with pytest.raises(HuitouError, match=r"no tool called 'swa'[\s\S]*one of: saw"):
        tools["swa"]
