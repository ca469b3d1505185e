"""A dry run: what would leave the house if a plan were carried out now, item by item.

It is no second set of rules: the very steps of carrying out are done in a transaction that is
undone, so what is listed here and what then happens cannot differ while nothing else changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys import book as journeys
from huitou.journeys.guard import book as guard
from huitou.journeys.lettering import book as lettering
from huitou.journeys.policy import WHY_NOT
from huitou.runs import planning

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition


@dataclass(frozen=True)
class GoingItem:
    """One decision: the letter or call that leaves, or the rule that stops it."""

    person: str
    key: str | None
    """What the merchant knows them by; None for somebody who is no longer a customer."""
    act: str
    depth: float
    channel: str
    subject: str | None
    """Of the letter; None where none is written."""
    cost: Money
    worst_cost: Money
    offer: Money | None
    """Most that its offer takes off; None where nothing is offered."""
    staff_minutes: float
    refused: str | None
    """Code of the rule that stops it."""
    why_not: Sentence | None

    @property
    def leaves(self) -> bool:
        """Whether something leaves."""
        return self.refused is None


@dataclass(frozen=True)
class GoingView:
    """All that would leave, and what it would cost."""

    plan: str
    status: str
    letters: int
    calls: int
    offers: int
    refused: Mapping[str, int]
    """Rule -> how many decisions it stops."""
    channels: Mapping[str, int]
    cost: Money
    """As expected, of all that leaves."""
    worst_cost: Money
    staff_minutes: float
    items: tuple[GoingItem, ...]
    words: tuple[Sentence, ...]
    """What would still keep something in the house."""


def rehearsed(house: House, settings: Settings, plan_id: str, edition: Edition) -> GoingView:
    """What carrying out this plan would do now; nothing is written."""
    desk = planning.desk(house, settings, edition)
    rows = lettering.rehearse(house.books, plan_id, desk, house.clock.now())
    with house.books.reading() as unit:
        status = journeys.the_plan(unit, plan_id)["status"]
        halted = bool(guard.stopped(unit, [plan_id]))
    return _view(house, settings, plan_id, rows, status, halted=halted)


def carried_out(house: House, settings: Settings, plan_id: str) -> GoingView:
    """What did leave, in the same shape: a dry run before and this after are the same list."""
    with house.books.reading() as unit:
        status = journeys.the_plan(unit, plan_id)["status"]
        rows = journeys.decided(unit, plan_id)
    done = [row for row in rows if row["outcome"] in ("applied", "refused")]
    return _view(house, settings, plan_id, done, status, halted=False)


def _view(
    house: House,
    settings: Settings,
    plan_id: str,
    rows: list[Row],
    status: str,
    *,
    halted: bool,
) -> GoingView:
    currency = settings.money
    items = tuple(_item(house, row, currency) for row in rows)
    going = [item for item in items if item.leaves]
    by_channel = Counter(item.channel for item in going)
    ways = {way.name for way in planning.ways_out(house, settings)}
    return GoingView(
        plan=plan_id,
        status=status,
        letters=sum(count for name, count in by_channel.items() if name != "call"),
        calls=by_channel["call"],
        offers=sum(item.offer is not None for item in going),
        refused=dict(Counter(item.refused for item in items if item.refused is not None)),
        channels=dict(by_channel),
        cost=Money(sum(item.cost.minor for item in going), currency),
        worst_cost=Money(sum(item.worst_cost.minor for item in going), currency),
        staff_minutes=sum(item.staff_minutes for item in going),
        items=items,
        words=tuple(_words(by_channel, ways, status, halted=halted)),
    )


def _words(
    by_channel: Mapping[str, int], ways: set[str], status: str, *, halted: bool
) -> list[Sentence]:
    words = []
    if status in ("draft", "replaced"):
        words.append(said("It is not approved: nothing leaves before it is."))
    if halted:
        words.append(
            said("The guardrail stopped this plan: what is written waits until that is lifted.")
        )
    if by_channel.get("email") and "email" not in ways:
        words.append(
            said("{n} e-mails would wait, for no mail server is set up.", n=by_channel["email"])
        )
    return words


def _item(house: House, row: Row, currency: str) -> GoingItem:
    standing: Mapping[str, Any] | None = house.shelf.find(row["person_id"])
    rule = row["refused_because"]
    return GoingItem(
        person=row["person_id"],
        key=standing["key"] if standing is not None else None,
        act=row["act"],
        depth=row["depth"],
        channel=row["channel"],
        subject=row["subject"],
        cost=Money(row["cost"], currency),
        worst_cost=Money(row["worst_cost"], currency),
        offer=Money(row["cap"], currency) if row["cap"] and rule is None else None,
        staff_minutes=row["staff_minutes"],
        refused=rule,
        why_not=WHY_NOT.get(rule, said("{rule}", rule=rule)) if rule is not None else None,
    )
