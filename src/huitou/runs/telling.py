"""Telling staff of alarms: one digest a route and run, marked in the books before the network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from huitou.care.alarms import book as alarms
from huitou.care.alarms.bells import MANAGER, STAFF, Route, route_of
from huitou.channels.staff_alerts import Alerts, Digest, addresses
from huitou.decisions.alarms.rules import rule
from huitou.ground.errors import HuitouError
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import new_id
from huitou.ground.languages import speaker
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import said

if TYPE_CHECKING:
    from huitou.store.books import Books, Row

KINDS = ("ring", "escalation")


@dataclass(frozen=True)
class Told:
    """What was told in one go."""

    alarms: int = 0
    digests: int = 0
    faults: tuple[str, ...] = ()
    """Why a route could not be used, in words; its alarms wait."""


def usual_routes(settings: Settings) -> tuple[Route, Route]:
    """Where alarms go for which no route was laid: staff, and the manager."""
    return (
        Route(STAFF, settings.alert_urls_env),
        Route(MANAGER, settings.alert_manager_urls_env, role=MANAGER),
    )


def tell_staff(
    books: Books,
    settings: Settings,
    now: datetime,
    alerts: Alerts,
    environment: Mapping[str, str],
) -> Told:
    """Tell every route what it was not told yet; where nobody is to be told, nothing is marked."""
    told = Told()
    for kind in KINDS:
        with books.reading() as unit:
            rows, along = alarms.untold(unit, kind), alarms.routes(unit)
        for route, theirs in _by_route(rows, along, settings, kind).items():
            told = _tell(books, settings, now, alerts, environment, route, kind, theirs, told)
    return told


def _tell(
    books: Books,
    settings: Settings,
    now: datetime,
    alerts: Alerts,
    environment: Mapping[str, str],
    route: Route,
    kind: str,
    rows: Sequence[Row],
    told: Told,
) -> Told:
    try:
        reached = _reached(route, settings, environment)
    except HuitouError as bad:
        return replace(told, faults=(*told.faults, bad.sentence))
    if not reached:
        return told
    digest_id = new_id()
    with books.unit() as unit:
        ids = alarms.mark(unit, [row["id"] for row in rows], route.name, kind, digest_id, now)
    if not ids:
        return told
    failpoint("alerts.marked")
    fresh = [row for row in rows if row["id"] in set(ids)]
    taken = alerts.tell(reached, digest(fresh, kind, settings))
    failpoint("alerts.told")
    with books.unit() as unit:
        alarms.settle(unit, digest_id, accepted=taken, now=now)
    fault = () if taken else (f"route {route.name}: not every address took it",)
    return Told(told.alarms + len(ids), told.digests + 1, (*told.faults, *fault))


def _reached(route: Route, settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The route's addresses; what would go to a manager who has none goes where all goes."""
    found = addresses(route.urls_env, environment)
    if found or route.role != MANAGER:
        return found
    return addresses(settings.alert_urls_env, environment)


def _by_route(
    rows: Iterable[Row], along: Sequence[Route], settings: Settings, kind: str
) -> dict[Route, list[Row]]:
    role = MANAGER if kind == "escalation" else STAFF
    usual = next(each for each in usual_routes(settings) if each.role == role)
    found: dict[Route, list[Row]] = {}
    for row in rows:
        route = route_of(along, role, row["kind"], row["store"], row["value"]) or usual
        found.setdefault(route, []).append(row)
    return found


def digest(rows: Sequence[Row], kind: str, settings: Settings) -> Digest:
    """How many of which rule, and what is at stake, in the shop's language; nobody's name."""
    say = speaker(settings.language).say
    counts = Counter(row["rule"] for row in rows)
    values: dict[str, int] = {}
    for row in rows:
        values[row["rule"]] = values.get(row["rule"], 0) + row["value"]
    head = (
        said("{shop}: new alarms: {n}", shop=settings.name, n=len(rows))
        if kind == "ring"
        else said("{shop}: alarms nobody answered in time: {n}", shop=settings.name, n=len(rows))
    )
    lines = [
        said(
            "{n} × {rule}: {amount} at stake",
            n=n,
            rule=rule(name).title,
            amount=Money(values[name], settings.money),
        )
        for name, n in counts.most_common()
    ]
    lines.append(said("Who they are stands in the console, under Alarms."))
    return Digest(say(head), "\n".join(say(line) for line in lines))


def trial(settings: Settings) -> Digest:
    """A digest that rings about nothing, to see whether it arrives."""
    say = speaker(settings.language).say
    return Digest(
        say(said("{shop}: a test of the alarms", shop=settings.name)),
        say(said("If you read this, alarms reach you here.")),
    )
