"""Plant a bug in what offers and points promise: the machine beside its oracle must turn red.

Few runs, none shrunk: that a bug is found is asked here, not how small it can be told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from tests.contract import points_machine, test_offers

from huitou.ground.errors import Refused
from huitou.loyalty import book as loyalty
from huitou.loyalty.points import book as points
from huitou.loyalty.points.orders import book as orders
from huitou.loyalty.tables import offer
from huitou.store.books import Books

Plant = Callable[[pytest.MonkeyPatch], None]
"""Puts one bug in place."""


def _fails(machine: type[RuleBasedStateMachine]) -> None:
    few = settings(
        max_examples=30,
        stateful_step_count=30,
        deadline=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises((AssertionError, IntegrityError, ValueError)) as seen:
        run_state_machine_as_test(machine, settings=few)
    if isinstance(seen.value, ValueError):
        assert "cannot have cost" in str(seen.value)


def reversed_above_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled order gives the promise back whatever they were promised meanwhile."""

    def again(unit: Any, row: Any, holder: str, now: Any) -> str:
        if row["ends_at"] <= now:
            return "expired"
        loyalty._reserve(unit, holder, row["amount"], 10**9)
        return "open"

    monkeypatch.setattr(loyalty, "_state_again", again)


def used_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """One code for many orders: whether it is still open is not part of the statement."""

    def close(unit: Any, row: Any, state: str, now: Any, **more: Any) -> None:
        mine = update(offer).where(offer.c.id == row["id"])
        unit.change(mine.values(state=state, closed_at=now, **more))

    monkeypatch.setattr(loyalty, "_close", close)


def more_off_than_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A discount above what there is to pay: macrozheng/mall 1003."""
    monkeypatch.setattr(loyalty, "_allowed", lambda *_: None)


def time_is_never_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """An offer is used after its last moment."""
    allowed = loyalty._allowed

    def always(unit: Any, row: Any, use: Any, now: Any) -> None:
        allowed(unit, {**row, "ends_at": now + timedelta(days=1)}, use, now)

    monkeypatch.setattr(loyalty, "_allowed", always)


def won_back_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second return offer within the cool-down, as large as the first."""
    monkeypatch.setattr(loyalty, "_as_a_later_one", lambda _unit, _id, _person, terms, _now: terms)


def what_ended_stays_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    """An offer ends, and what it reserved is never given free."""
    back = loyalty._return

    def kept(unit: Any, row: Any, key: str, kind: str, legs: Any, now: Any) -> None:
        back(unit, {**row, "amount": 0}, key, kind, legs, now)

    monkeypatch.setattr(loyalty, "_return", kept)


OFFERS: tuple[Plant, ...] = (
    reversed_above_the_bound,
    used_twice,
    more_off_than_it_costs,
    time_is_never_over,
    won_back_again_at_once,
    what_ended_stays_reserved,
)


@pytest.mark.parametrize("plant", OFFERS, ids=lambda plant: plant.__name__)
def test_the_machine_of_offers_sees(
    any_books: Books, monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    plant(monkeypatch)
    _fails(test_offers._machine(any_books))


def a_return_counts_each_time_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refund deducts the points twice: odoo 212922."""
    refund = orders.refund
    told: list[str] = []

    def again(unit: Any, order: str, back: int, key: str, now: Any, **more: Any) -> Any:
        told.append(key)
        return refund(unit, order, back, f"{key}:{len(told)}", now, **more)

    monkeypatch.setattr(orders, "refund", again)


def a_return_takes_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refund keeps the points, in a loop: odoo 257854, 238806."""
    refund = orders.refund

    def nothing(unit: Any, order: str, back: int, key: str, now: Any, **more: Any) -> Any:
        return replace(refund(unit, f"another {order}", back, key, now, **more), new=True)

    monkeypatch.setattr(orders, "refund", nothing)


def more_is_spent_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reward is granted before its points are deducted: odoo 114004."""
    burn = points.burn

    def granted(unit: Any, *told: Any, **more: Any) -> Any:
        try:
            return burn(unit, *told, **more)
        except Refused:
            return True

    monkeypatch.setattr(points, "burn", granted)


POINTS: tuple[Plant, ...] = (
    a_return_counts_each_time_it_is_told,
    a_return_takes_nothing_back,
    more_is_spent_than_there_is,
)


@pytest.mark.parametrize("plant", POINTS, ids=lambda plant: plant.__name__)
def test_the_machine_of_points_sees(
    any_books: Books, monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    plant(monkeypatch)
    _fails(points_machine.machine(any_books))
