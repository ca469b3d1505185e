"""The desk of exoduses: a row that is shown agrees with itself."""

from __future__ import annotations

from typing import Any, cast

from huitou.ground.settings import Settings
from huitou.runs.desks import exodus
from huitou.store.lake import Edition

SETTINGS = Settings(name="Tea shop", currency="GBP", timezone="Europe/London")


def row(part: str, expected: float, came: int, *, named: bool) -> dict[str, Any]:
    shares = {"share": 0.05, "low": 0.01, "high": 0.09}
    worth = {f"{of}_{end}": 100 for of in ("value", "revenue") for end in shares}
    return {
        "kind": "sku", "part": part, "start": "2024-01-01", "days": 28, "people": 400,
        "expected": expected, "came": came, "chance": 0.01, "named": named, **shares, **worth,
    }  # fmt: skip


class Noted:
    """An edition of which two notes are asked."""

    def noted(self, name: str) -> dict[str, Any]:
        groups = [
            row("lost", 314.2, 280, named=True),
            row("more came", 314.2, 323, named=True),
            row("fewer", 314.2, 313, named=False),
            row("all came", 314.2, 314, named=False),
        ]
        notes = {
            "exodus": {"looked": 9, "groups": groups},
            "moment": {"day": "2024-06-30", "horizon_days": 56},
        }
        return notes[name]


def test_a_group_of_which_no_fewer_came_than_expected_is_not_listed() -> None:
    edition = cast(Edition, Noted())
    found = exodus.seen(SETTINGS, edition)
    assert [group.part for group in found.named] == ["lost"]
    assert [group.part for group in found.others] == ["fewer"]
    assert exodus.named(edition) == 1
