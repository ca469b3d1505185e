"""Alarms that are made up: one customer with two, and every rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from huitou.decisions.alarms.rules import RULES
from huitou.ground.money import Money
from huitou.ground.words import said
from huitou.runs import bells

DUE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


class FakeAlarms:
    """The desk's questions, answered without books; what is done goes into `done`."""

    def __init__(self, done: list[Any]) -> None:
        self.done = done

    def bells(self, state: str = "ringing") -> tuple[bells.BellView, ...]:
        """One bell with two alarms."""
        over = "reached" if state == "closed" else None
        alarms = tuple(
            bells.AlarmView(
                id=f"a{n}",
                rule=name,
                title=RULES[name].title,
                since=date(2026, 1, 10),
                rung_on=date(2026, 3, 1),
                value=Money(50_000 + 10_000 * n, "GBP"),
                facts=(
                    said("Silent for {days} days, since {day}.", days=50, day=date(2026, 1, 10)),
                    said("No booking is known."),
                    said("Bought for {amount} within a year.", amount=Money(1, "GBP")),
                ),
                severity=n + 2,
                state=state,
                due_at=DUE,
                is_late=n == 1,
                owner="lin",
                store="<North>",
                by="wu",
                snoozed_until=DUE if state == "snoozed" else None,
                outcome=over,
            )
            for n, name in enumerate(("forecast_low", "big_silent"))
        )
        return (bells.BellView("p1", None, alarms),)

    def summary(self) -> bells.AlarmSummary:
        """One customer, one late alarm."""
        return bells.AlarmSummary(
            1, 1, 0, Money(50_001, "GBP"), said("Customers with an alarm: {n}.", n=1)
        )

    def acknowledge(self, ids: Sequence[str], by: str) -> None:
        """Kept in `done`."""
        self.done.append(("take", tuple(ids), by))

    def snooze(self, ids: Sequence[str], days: int, by: str) -> None:
        """Kept in `done`."""
        self.done.append(("snooze", tuple(ids), days, by))

    def close(self, ids: Sequence[str], outcome: str, by: str) -> None:
        """Kept in `done`."""
        self.done.append(("close", tuple(ids), outcome, by))

    def rules(self) -> tuple[bells.AlarmRuleView, ...]:
        """Every rule, each with the same replay."""
        return tuple(
            bells.AlarmRuleView(
                name=rule.name,
                title=rule.title,
                meaning=rule.meaning,
                is_on=rule.is_on,
                parameters=tuple(
                    bells.AlarmParameter(p.name, p.words, p.usual, p.least, p.most, p.is_whole)
                    for p in rule.parameters
                ),
                needs=rule.needs,
                route=rule.route,
                severity=rule.severity,
                hours=rule.hours,
                replay=self.replay(rule.name) if rule.name != "no_show" else None,
                outcomes={"reached": 3, "came_back": 2},
                changed_by="wu",
                changed_at=DUE,
            )
            for rule in RULES.values()
        )

    def replay(self, name: str, parameters: Any = None) -> bells.ReplayView:
        """Fourteen a week, nine of them right."""
        told = RULES[name].told(parameters)
        words = said("In {weeks} weeks this would never have rung.", weeks=10)
        whole = bells.ReplayView(
            name, told, words, 10, 90, 140, 90, 14.0, 0.55, 0.72, 120, 80, 31.0,
            ((100, 60), (40, 30)), 77, 141, 80, 28.0,
        )  # fmt: skip
        return (
            replace(whole, rings=0, months=()) if name == "no_visit" and not parameters else whole
        )

    def set_rule(
        self, name: str, by: str, *, is_on: bool | None = None, parameters: Any = None
    ) -> None:
        """Kept in `done`."""
        self.done.append(("rule", name, is_on, dict(parameters or {}), by))

    def routes(self) -> tuple[bells.AlarmRouteView, ...]:
        """Staff told by WeCom, a manager whose variable cannot be used."""
        return (
            bells.AlarmRouteView(
                "north", "NORTH", "staff", None, "North", Money(9, "GBP"), "lin", (), None
            ),
            bells.AlarmRouteView(
                "staff", "HUITOU_ALERT_URLS", "staff", None, None, None, None, ("WeCom",), None
            ),
            bells.AlarmRouteView(
                "manager", "BOSS", "manager", None, None, None, None, (), "address 1 is not told"
            ),
        )
