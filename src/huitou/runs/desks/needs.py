"""The desk of needs: what is due when, the machines customers own, and reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from huitou.care.machines import book as machines
from huitou.care.machines import rules as machine_rules
from huitou.ground.errors import BadInput, NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.journeys.reminders import book as reminders
from huitou.journeys.reminders import rules
from huitou.runs import owners, trade_ins
from huitou.runs.steps.needs import DAYS, NEEDS, SOON, machines_due

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition

LISTED = 60


@dataclass(frozen=True)
class QuoteView:
    """What is given for an old machine towards a new one: owed to its owner until it ends."""

    amount: Money
    until: date
    """The last day it holds."""
    code: str
    """For the till, once."""


@dataclass(frozen=True)
class NeedView:
    """Something a customer needs, and when."""

    person: str
    customer: str
    kind: str
    """refill, service, use or end."""
    about: str
    name: str
    due: date
    low: date | None
    high: date | None
    within_7: float | None
    within_28: float | None
    usual: float | None
    """Days that it lasts them."""
    gaps: int
    quote: QuoteView | None = None
    """What its owner was told is given for an old machine."""


@dataclass(frozen=True)
class DayView:
    """How much is due on one day."""

    day: date
    refills: float
    """Expected number of purchases."""
    machines: int


@dataclass(frozen=True)
class MachineView:
    """A machine that a customer owns."""

    serial: str
    product: str
    person: str
    customer: str
    company: str | None
    installed_on: date
    services: int
    last_service: date | None
    last_reading: int | None
    next_kind: str | None
    next_day: date | None
    worth: Money
    """What the list gives for one of its age today."""
    quote: QuoteView | None
    """What its owner was told."""


@dataclass(frozen=True)
class NeedsView:
    """The page of needs."""

    known: date
    """The last day known: days are counted from it."""
    calendar: tuple[DayView, ...]
    due: tuple[NeedView, ...]
    total: float
    """Purchases expected within a week, of all that were bought before."""
    machines: int
    reminded: dict[str, int]
    refill: bool
    maintenance: bool


@dataclass(frozen=True)
class TakenView:
    """What became of a file of machines."""

    machines: int
    readings: int
    services: int
    known: int
    """Rows that were known before."""


class Desk:
    """Needs of the customers of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    # -- what is due

    def seen(self) -> NeedsView:
        """What is due in the coming days, drawn as a calendar, and the likeliest of the week."""
        edition, known = self._edition()
        table = edition.table(NEEDS, ["within_7", "within_28", "due"])
        told = rules.RULES.read(self._house.home)
        with self._house.books.reading() as unit:
            own = self._machine_needs(unit)
            reminded = {row["kind"]: row["n"] for row in reminders.counted(unit, date.min)}
            count = len(machines.in_use(unit))
        week = sum(table["within_7"].to_pylist())
        soon = [need for need in own if need.due <= self._today() + timedelta(days=SOON)]
        return NeedsView(
            known=known,
            calendar=self._calendar(edition, known, own),
            due=(*soon[:LISTED], *self._likeliest(edition)),
            total=week,
            machines=count,
            reminded=reminded,
            refill=told.refill,
            maintenance=told.maintenance,
        )

    def of(self, who: str) -> tuple[NeedView, ...]:
        """What one person needs, the earliest first."""
        return self.for_person(owners.person(self._house, self._settings, who))

    def for_person(self, person: str) -> tuple[NeedView, ...]:
        """The same, by id."""
        edition, _ = self._edition()
        rows = edition.table(NEEDS, only=("person_id", [person])).to_pylist()
        with self._house.books.reading() as unit:
            own = [need for need in self._machine_needs(unit) if need.person == person]
        found = [*own, *(self._need(row) for row in rows)]
        return tuple(sorted(found, key=lambda need: (need.due, need.name))[:LISTED])

    # -- machines

    def machines(self, who: str | None = None) -> tuple[MachineView, ...]:
        """All machines in use, or those of one person; the one that needs something first."""
        person = owners.person(self._house, self._settings, who) if who else None
        known, today = self._machine_rules, self._today()
        with self._house.books.reading() as unit:
            rows = machines.of(unit, person) if person else machines.in_use(unit)
            noted = machines.with_notes(unit, rows)
            quotes = trade_ins.held(unit, today)
        views = [
            self._machine(row, noted[row["id"]], known, today, quotes.get(row["id"]))
            for row in rows
        ]
        return tuple(sorted(views, key=lambda each: (each.next_day or date.max, each.serial)))

    def enter(
        self, who: str, told: machine_rules.Machine, by: str, company: str | None = None
    ) -> MachineView:
        """Write down a machine that somebody owns."""
        if not told.serial.strip() or len(told.serial) > 120:
            raise BadInput("a machine has a serial of at most 120 letters")
        person = owners.person(self._house, self._settings, who)
        now = self._house.clock.now()
        with self._house.books.unit() as unit:
            machines.enter(unit, told, person, by, now, company)
        return next(each for each in self.machines() if each.serial == told.serial)

    def note(
        self, serial: str, day: date, by: str, *, reading: int | None = None, words: str = ""
    ) -> bool:
        """A reading of its use, or, without one, a service that was done."""
        with self._house.books.unit() as unit:
            return machines.note(
                unit, serial, day, by, self._house.clock.now(), reading=reading, words=words or None
            )

    def retire(self, serial: str) -> None:
        """It is not used any more; what was said is given for it is owed no more."""
        with self._house.books.unit() as unit:
            trade_ins.release(unit, serial, self._today(), self._house.clock.now())
            machines.retire(unit, serial, self._today())

    def quote(self, serial: str) -> QuoteView:
        """Promise what the list gives for a machine, or say again what was promised.

        Raises `Refused` where the list gives nothing or its owner may not hold so much.
        """
        now, edition = self._house.clock.now(), self._house.lake.current()
        known = self._machine_rules
        with self._house.books.unit() as unit:
            return self._quoted(trade_ins.quote(unit, edition, self._settings, known, serial, now))

    def take(self, text: str, by: str) -> TakenView:
        """Take a CSV of machines, readings and services in, whole or not at all."""
        counted = {"machines": 0, "readings": 0, "services": 0, "known": 0}
        rows = list(machine_rules.rows(text))
        found = {row["customer"]: "" for _, row in rows if row.get("customer")}
        for who in found:
            found[who] = owners.person(self._house, self._settings, who)
        with self._house.books.unit() as unit:
            for number, row in rows:
                kind = self._take_row(unit, number, row, found, by)
                counted[kind] += 1
        return TakenView(**counted)

    # -- inside

    def _take_row(self, unit: Unit, number: int, row: Any, found: dict[str, str], by: str) -> str:
        serial, now = row["serial"], self._house.clock.now()
        if not serial:
            raise BadInput("a row without a serial", row=number, column="serial")
        if row.get("day"):
            day = machine_rules.a_day(row, "day", number)
            reading = _reading(row, number)
            new = machines.note(
                unit, serial, day, by, now, reading=reading, words=row.get("service") or None
            )
            return ("services" if reading is None else "readings") if new else "known"
        if not row.get("product") or row.get("customer") not in found:
            raise BadInput("a machine has a product and a customer", row=number, column="customer")
        day = machine_rules.a_day(row, "installed_on", number)
        told = machine_rules.Machine(serial, row["product"], day)
        person = found[row["customer"]]
        new = machines.enter(unit, told, person, by, now, row.get("company"))
        return "machines" if new else "known"

    def _calendar(
        self, edition: Edition, known: date, own: Sequence[NeedView]
    ) -> tuple[DayView, ...]:
        """Of each coming day the purchases expected and the machines due."""
        days = [known + timedelta(days=each + 1) for each in range(SOON)]
        expected = dict(zip(days, edition.noted(DAYS), strict=True))
        counted: dict[date, int] = {}
        today = self._today()
        for need in own:
            at = known + timedelta(days=max((need.due - today).days, 0) + 1)
            counted[at] = counted.get(at, 0) + 1
        return tuple(DayView(day, n, counted.get(day, 0)) for day, n in expected.items())

    def _likeliest(self, edition: Edition) -> Sequence[NeedView]:
        table = edition.table(NEEDS).sort_by([("within_7", "descending"), ("sku", "ascending")])
        return [self._need(row) for row in table.slice(0, LISTED).to_pylist()]

    def _need(self, row: Any) -> NeedView:
        return NeedView(
            person=row["person_id"],
            customer=self._name(row["person_id"]),
            kind="refill",
            about=row["sku"],
            name=row["name"],
            due=row["due"],
            low=row["low"],
            high=row["high"],
            within_7=row["within_7"],
            within_28=row["within_28"],
            usual=row["usual"],
            gaps=row["gaps"],
        )

    def _machine_needs(self, unit: Unit) -> list[NeedView]:
        today = self._today()
        quotes = trade_ins.held(unit, today)
        found = [
            self._machine_need(row, machine, each, quotes.get(row["id"]), today)
            for row, machine, each in machines_due(unit, self._machine_rules, today)
        ]
        return sorted(found, key=lambda need: (need.due, need.about))

    def _machine_need(
        self,
        row: Row,
        machine: machine_rules.Machine,
        due: machine_rules.Due,
        quote: Row | None,
        today: date,
    ) -> NeedView:
        use, quote = due.use, quote if due.kind == machine_rules.END else None
        return NeedView(
            person=row["person_id"],
            customer=self._name(row["person_id"]),
            kind=due.kind,
            about=machine.serial,
            name=machine.product,
            due=due.day,
            low=use.day(0.1) if use else None,
            high=use.day(0.9) if use else None,
            within_7=use.by(today + timedelta(days=7)) if use else None,
            within_28=use.by(today + timedelta(days=SOON)) if use else None,
            usual=None,
            gaps=len(machine.services),
            quote=self._quoted(quote) if quote else None,
        )

    def _quoted(self, row: Row) -> QuoteView:
        amount = Money(row["amount"], self._settings.money)
        return QuoteView(amount, row["ends_on"], row["code"])

    def _machine(
        self,
        row: Row,
        noted: machine_rules.Machine,
        known: machine_rules.Rules,
        today: date,
        quote: Row | None,
    ) -> MachineView:
        kind = known.kind(noted.product)
        due = machine_rules.due(noted, kind, today) if kind else ()
        readings = sorted(noted.readings)
        return MachineView(
            serial=noted.serial,
            product=noted.product,
            person=row["person_id"],
            customer=self._name(row["person_id"]),
            company=row["company"],
            installed_on=noted.installed_on,
            services=len(noted.services),
            last_service=max(noted.services, default=None),
            last_reading=readings[-1][1] if readings else None,
            next_kind=due[0].kind if due else None,
            next_day=due[0].day if due else None,
            worth=Money(kind.worth(noted.installed_on, today) if kind else 0, self._settings.money),
            quote=self._quoted(quote) if quote else None,
        )

    @property
    def _machine_rules(self) -> machine_rules.Rules:
        return machine_rules.RULES.read(self._house.home, self._settings.money)

    def _name(self, person: str) -> str:
        standing = self._house.shelf.find(person) if self._house.shelf.file.exists() else None
        return str(standing["name"] or standing["key"] or person) if standing else person

    def _edition(self) -> tuple[Edition, date]:
        edition = owners.current(self._house)
        if edition is None or not edition.has(NEEDS):
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        return edition, date.fromisoformat(edition.noted("moment")["day"])

    def _today(self) -> date:
        return self._house.clock.now().astimezone(self._settings.zone).date()


def _reading(row: Any, number: int) -> int | None:
    told = row.get("reading")
    if not told:
        return None
    try:
        value = int(told)
    except ValueError:
        raise BadInput("this is no reading", row=number, column="reading", value=told) from None
    if not 0 <= value <= 10**12:
        raise BadInput("this is no reading", row=number, column="reading", value=told)
    return value
