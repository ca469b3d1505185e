"""The alarms' desk: what rings, who takes it, which rules ring, and where staff are told."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from huitou.care.alarms import book as alarms
from huitou.care.alarms.bells import MANAGER, STAFF, Route
from huitou.channels.staff_alerts import (
    CONSOLE,
    SERVICES,
    Alerts,
    ConsoleAlerts,
    EitherAlerts,
    addresses,
)
from huitou.decisions.alarms.rules import RULES, Rule
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.identity import book as identity
from huitou.runs import ringing
from huitou.runs.bells import (
    AlarmParameter,
    AlarmRouteView,
    AlarmRuleView,
    AlarmSummary,
    AlarmView,
    BellView,
    ReplayView,
)
from huitou.runs.kept import recall
from huitou.runs.moment import Moment
from huitou.runs.people import person_row
from huitou.runs.telling import Told, tell_staff, trial, usual_routes
from huitou.runs.views import PersonRow

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

AT_MOST = 500
"""Alarms that are shown at a time."""


class AlarmDesk:
    """Everything staff do with alarms."""

    def __init__(self, house: House, settings: Settings, alerts: Alerts | None = None) -> None:
        self._house = house
        self._settings = settings
        self._alerts = alerts or EitherAlerts(ConsoleAlerts(sys.stderr.write))

    # -- what rings

    def bells(self, state: str = "ringing") -> tuple[BellView, ...]:
        """Customers with alarms in a state, one bell each, the largest value first."""
        if state not in ("ringing", "acknowledged", "snoozed", "closed"):
            raise HuitouError(f"there is no state {state!r}", to_try="ringing, acknowledged, …")
        with self._house.books.reading() as unit:
            rows = alarms.listed(unit, (state,), limit=AT_MOST)
            known = identity.names(unit, [row["person_id"] for row in rows])
        return self._grouped([(known.now(row["person_id"]), row) for row in rows])

    def of_person(self, person_id: str) -> tuple[AlarmView, ...]:
        """A customer's open alarms, under any of their ids."""
        with self._house.books.reading() as unit:
            rows = alarms.listed(unit, alarms.OPEN, people=[person_id])
        return tuple(self._view(row) for row in rows)

    def alarm(self, alarm_id: str) -> AlarmView:
        """One alarm."""
        with self._house.books.reading() as unit:
            return self._view(alarms.find(unit, alarm_id))

    def summary(self) -> AlarmSummary:
        """The alarms in one line, for the first page."""
        bells = self.bells()
        with self._house.books.reading() as unit:
            counts = alarms.counted(unit)
        stake = Money(sum(bell.value.minor for bell in bells), self._settings.money)
        late = counts.get("late", 0)
        words = (
            said(
                "Customers with an alarm: {n}. Alarms nobody answered in time: {late}.",
                n=len(bells),
                late=late,
            )
            if late
            else said("Customers with an alarm: {n}.", n=len(bells))
        )
        return AlarmSummary(len(bells), late, counts.get("acknowledged", 0), stake, words)

    # -- answering

    def acknowledge(self, ids: Sequence[str], by: str) -> None:
        """Somebody takes these alarms: they ring no more and are not escalated."""
        now = self._house.clock.now()
        with self._house.books.unit() as unit:
            for each in ids:
                alarms.acknowledge(unit, each, by, now)

    def snooze(self, ids: Sequence[str], days: int, by: str) -> None:
        """Put these alarms off by so many days."""
        if not 1 <= days <= 365:
            raise HuitouError(f"{days} days is not between 1 and 365")
        now = self._house.clock.now()
        with self._house.books.unit() as unit:
            for each in ids:
                alarms.snooze(unit, each, now + timedelta(days=days), by, now)

    def close(self, ids: Sequence[str], outcome: str, by: str) -> None:
        """These alarms are answered: reached, not_reached or false_alarm."""
        now = self._house.clock.now()
        with self._house.books.unit() as unit:
            for each in ids:
                alarms.close(unit, each, outcome, by, now)

    # -- the rules

    def rules(self) -> tuple[AlarmRuleView, ...]:
        """Every rule with its switch and parameters, and how it would have done on the past."""
        with self._house.books.reading() as unit:
            kept, chosen = alarms.rules(unit), ringing.chosen(unit)
            ended = alarms.outcomes(unit)
        replays = self._replays({name: told for name, (_on, told) in chosen.items()})
        return tuple(
            _rule_view(RULES[name], is_on, told, kept.get(name), ended, replays.get(name))
            for name, (is_on, told) in chosen.items()
        )

    def set_rule(
        self,
        name: str,
        by: str,
        *,
        is_on: bool | None = None,
        parameters: Mapping[str, float] | None = None,
    ) -> AlarmRuleView:
        """Switch a rule on or off, or turn its parameters; what is not named stays as it was."""
        rule = RULES[name]
        with self._house.books.unit() as unit:
            was_on, told = ringing.chosen(unit)[name]
            alarms.set_rule(
                unit,
                name,
                is_on=was_on if is_on is None else is_on,
                told=rule.told({**told, **(parameters or {})}),
                by=by,
                now=self._house.clock.now(),
            )
        return next(each for each in self.rules() if each.name == name)

    def replay(self, name: str, parameters: Mapping[str, float] | None = None) -> ReplayView:
        """How a rule would have done with these parameters; nothing is changed."""
        with self._house.books.reading() as unit:
            told = ringing.chosen(unit)[RULES[name].name][1]
        return self._replayed({name: RULES[name].told({**told, **(parameters or {})})})[name]

    # -- where they are told

    def routes(self) -> tuple[AlarmRouteView, ...]:
        """Every route: those that were laid, then the two every shop has."""
        with self._house.books.reading() as unit:
            laid = alarms.routes(unit)
        return tuple(self._route(each) for each in (*laid, *usual_routes(self._settings)))

    def set_route(self, route: Route, by: str) -> None:
        """Lay a route: alarms that fit it are told where its variable says."""
        if route.name in (STAFF, MANAGER) or not route.name.strip():
            raise HuitouError(f"a route cannot be called {route.name!r}", to_try="another name")
        if route.role not in (STAFF, MANAGER):
            raise HuitouError(f"{route.role!r} hears no alarms", to_try=f"{STAFF} or {MANAGER}")
        if route.kind not in (None, "care", "service"):
            raise HuitouError(f"there is no kind {route.kind!r}", to_try="care or service")
        with self._house.books.unit() as unit:
            alarms.set_route(unit, route, by, self._house.clock.now())

    def drop_route(self, name: str) -> None:
        """Take a route away; its alarms go where all go."""
        with self._house.books.unit() as unit:
            alarms.drop_route(unit, name)

    def tell(self) -> Told:
        """Tell staff now what they were not told yet."""
        now = self._house.clock.now()
        return tell_staff(self._house.books, self._settings, now, self._alerts, os.environ)

    def test(self, route: str = STAFF) -> bool:
        """Send a test along a route; whether every address took it."""
        with self._house.books.reading() as unit:
            laid = {each.name: each for each in alarms.routes(unit)}
        laid |= {each.name: each for each in usual_routes(self._settings)}
        if route not in laid:
            raise HuitouError(f"there is no route {route!r}", to_try=f"one of: {', '.join(laid)}")
        found = addresses(laid[route].urls_env, os.environ)
        if not found:
            raise NotYet(
                f"the variable {laid[route].urls_env} is empty",
                to_try=f"export {laid[route].urls_env}=wecombot://KEY, or =console to try it here",
            )
        return self._alerts.tell(found, trial(self._settings))

    # -- inside

    def _edition(self) -> Edition:
        edition = self._house.lake.current()
        if edition is None or not edition.has(ringing.PURCHASE_DAYS):
            raise NotYet("no run has replayed the alarms yet", to_try="huitou run")
        return edition

    def _replays(self, told: Mapping[str, Mapping[str, float]]) -> Mapping[str, ReplayView]:
        """As the last run made them; anew for rules whose parameters were turned since."""
        edition = self._house.lake.current()
        kept = edition.noted(ringing.REPLAYS) if edition is not None else None
        if not kept:
            return {}
        replays: Mapping[str, ReplayView] = recall(kept)
        turned = {
            name: now
            for name, now in told.items()
            if name not in replays or dict(replays[name].told) != now
        }
        return {**replays, **(self._replayed(turned) if turned else {})}

    def _replayed(self, told: Mapping[str, Mapping[str, float]]) -> dict[str, ReplayView]:
        edition = self._edition()
        with self._house.books.reading() as unit:
            marks = ringing.marks(unit, self._house.clock.now(), self._settings)
        moment = Moment.read(edition.noted("moment"))
        return ringing.replays(edition, self._settings, moment, marks, told)

    def _grouped(self, rows: Sequence[tuple[str, Row]]) -> tuple[BellView, ...]:
        theirs: dict[str, list[AlarmView]] = {}
        for person, row in rows:
            theirs.setdefault(person, []).append(self._view(row))
        money = self._settings.money if rows else ""
        shelf = self._house.shelf
        found = []
        for person, some in theirs.items():
            # A shop with too few customers for a forecast has no shelf.
            standing = shelf.find(person) if shelf.file.exists() else None
            row_of = person_row(standing, money) if standing else None
            found.append(BellView(person, row_of, tuple(some), self._key(person, row_of)))
        return tuple(found)

    def _key(self, person: str, row: PersonRow | None) -> str | None:
        """What the merchant knows a customer by; None for one who is no longer there."""
        if row is not None:
            return row.name or row.key
        edition = self._house.lake.current()
        if edition is None or edition.noted("moment") is None:
            return None
        table = f"customers_{Moment.read(edition.noted('moment')).day}"
        told = edition.table(table, ["person_id", "key"], only=("person_id", [person])).to_pylist()
        return told[0]["key"] or person if told else None

    def _view(self, row: Row) -> AlarmView:
        return AlarmView(
            id=row["id"],
            rule=row["rule"],
            title=RULES[row["rule"]].title,
            since=row["since"],
            rung_on=row["rung_on"],
            value=Money(row["value"], self._settings.money),
            facts=tuple(recall(row["facts"])),
            severity=row["severity"],
            state=row["state"],
            due_at=row["due_at"],
            is_late=row["state"] == "ringing" and row["escalated_at"] is not None,
            owner=row["owner"],
            store=row["store"],
            by=row["by"],
            snoozed_until=row["snoozed_until"],
            outcome=row["outcome"],
        )

    def _route(self, route: Route) -> AlarmRouteView:
        fault: str | None = None
        found: tuple[str, ...] = ()
        try:
            found = addresses(route.urls_env, os.environ)
        except HuitouError as bad:
            fault = bad.sentence
        names = [each.partition("://")[0].lower() for each in found]
        least = route.least_value
        return AlarmRouteView(
            name=route.name,
            urls_env=route.urls_env,
            role=route.role,
            kind=route.kind,
            store=route.store,
            least_value=Money(least, self._settings.money) if least is not None else None,
            owner=route.owner,
            services=tuple(CONSOLE if name == CONSOLE else SERVICES[name] for name in names),
            fault=fault,
        )


def _rule_view(
    rule: Rule,
    is_on: bool,
    told: Mapping[str, float],
    kept: Row | None,
    ended: Mapping[tuple[str, str], int],
    replay: ReplayView | None,
) -> AlarmRuleView:
    return AlarmRuleView(
        name=rule.name,
        title=rule.title,
        meaning=rule.meaning,
        is_on=is_on,
        parameters=tuple(
            AlarmParameter(p.name, p.words, told[p.name], p.least, p.most, p.is_whole)
            for p in rule.parameters
        ),
        needs=rule.needs,
        route=rule.route,
        severity=rule.severity,
        hours=rule.hours,
        replay=replay,
        outcomes={outcome: n for (name, outcome), n in ended.items() if name == rule.name},
        changed_by=kept["changed_by"] if kept else None,
        changed_at=kept["changed_at"] if kept else None,
    )
