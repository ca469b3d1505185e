"""What a fix is, and whom it concerns."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huitou.care.fixes.rules import Due, Fix, Hurt, to_tell
from huitou.ground.errors import BadInput

TODAY = date(2026, 3, 1)


def row(number: int, **told: Any) -> dict[str, Any]:
    usual = {"id": f"f{number}", "cause": "delivery", "product": None, "store": None}
    return {**usual, "made_on": date(2026, 2, number), "at": number, **told}


def hurt(person: str = "p1", **told: Any) -> Hurt:
    usual: dict[str, Any] = {"cause": "delivery", "on": date(2026, 1, 1), "said": True}
    return Hurt(person, **{**usual, **told})


@pytest.mark.parametrize(
    "wrong",
    [
        {"cause": "moved"},
        {"cause": "unknown"},
        {"words": " "},
        {"words": "x" * 201},
        {"owner": ""},
        {"made_on": date(2026, 3, 2)},
        {"step": "dreaming"},
        {"expected": 0.0},
        {"expected": 1.5},
    ],
)
def test_a_fix_that_cannot_be_is_refused_in_words(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"cause": "delivery", "words": "w", "owner": "o", "made_on": TODAY}
    Fix(**right).check(TODAY)
    with pytest.raises(BadInput):
        Fix(**{**right, **wrong}).check(TODAY)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (hurt(), {"p1": Due("f5", True)}),
        (hurt(said=False), {"p1": Due("f5", False)}),
        (hurt(cause="price"), {}),
        (hurt(on=date(2026, 2, 6)), {}),
        (hurt(person="p2"), {}),
    ],
)
def test_those_it_hurt_before_it_was_made_and_who_do_not_know(one: Hurt, told: Any) -> None:
    assert to_tell([row(5)], [one], {}, {}, {("f5", "p2")}) == told


def test_the_latest_fix_is_told_and_one_of_a_product_only_to_its_buyers() -> None:
    made = [row(3), row(5, product="soup")]
    found = to_tell(made, [hurt("p1"), hurt("p2")], {"soup": {"p1"}}, {}, set())
    assert found == {"p1": Due("f5", True), "p2": Due("f3", True)}
    assert to_tell([row(5, product="soup")], [hurt("p3", product="soup")], {}, {}, set())


def test_one_of_a_store_only_to_its_customers() -> None:
    made = [row(5, store="Xuhui")]
    stores = {"p1": "Xuhui", "p2": "Pudong"}
    assert set(to_tell(made, [hurt("p1"), hurt("p2")], {}, stores, set())) == {"p1"}


def test_who_said_so_is_not_written_to_as_if_they_had_not() -> None:
    both = [hurt(said=True), hurt(said=False)]
    for order in (both, both[::-1]):
        assert to_tell([row(5)], order, {}, {}, set()) == {"p1": Due("f5", True)}
