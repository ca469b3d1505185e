"""Writes the log of a dealer in office printers: what was sold, read off, serviced and worn out.

    python examples/machines/log.py FOLDER

    orders.csv    printers and cartridges, a row a line, as a till would export them
    machines.csv  every printer in use: serial, product, customer, installed_on
    notes.csv     counters read and services done until EVENING: serial, day, reading, service
    truth.csv     what nobody knows that evening: when each printer really needs what
    later.csv     nor that: what is ordered afterwards

All of it is drawn by lot from one seed. Pages a day differ from printer to printer and from month
to month; cartridges last by pages, and whoever takes two comes back later; a service is due by
pages or by time, and the technician comes some days after; a printer ends when it ends, about its
rated life.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

EVENING = date(2026, 6, 30)
"""The last day known. Orders, readings and services of later days are not written."""
FIRST, LAST = date(2019, 1, 1), date(2029, 6, 30)
FIRMS = 160
SERVICE_PAGES, SERVICE_DAYS, LIFE_DAYS = 50_000, 365, 1825
MODELS = {"LP-200": (70.0, 900), "LP-400": (140.0, 1900), "LP-800": (260.0, 4200)}
"""Model -> pages a day of the usual one, and its price."""
PAGES_A_CARTRIDGE, PRICE_A_CARTRIDGE = 8_000, 95
SEASON = (1.0, 1.0, 1.1, 1.0, 1.0, 1.1, 0.8, 0.6, 1.1, 1.1, 1.1, 0.9)


@dataclass
class Printer:
    """One printer, and what happens to it until it ends."""

    serial: str
    model: str
    firm: str
    installed: date
    ends: date
    readings: list[tuple[date, int]] = field(default_factory=list)
    services: list[date] = field(default_factory=list)
    orders: list[tuple[date, int]] = field(default_factory=list)
    """Days and numbers of cartridges."""
    due_by_pages: date | None = None
    """When it has run its pages since the last service known."""


def made(seed: int, firms: int) -> list[Printer]:
    """All printers, ended ones too."""
    chance, printers = random.Random(seed), []
    for number in range(1, firms + 1):
        firm = f"F{number:04d}"
        for place in range(chance.choice((1, 1, 2, 3))):
            model, start = chance.choice(list(MODELS)), _day(chance, FIRST, EVENING)
            n = 0
            while start < EVENING:
                n += 1
                life = max(round(chance.gauss(LIFE_DAYS, 240)), 600)
                serial = f"{firm}-{place + 1}{'abcdefgh'[n - 1]}"
                printer = Printer(serial, model, firm, start, start + timedelta(days=life))
                _live(chance, printer)
                printers.append(printer)
                start = printer.ends + timedelta(days=chance.randint(1, 20))
    return printers


def _live(chance: random.Random, printer: Printer) -> None:
    """Day by day: pages, cartridges, readings, services; on to its end, past EVENING too."""
    usual = MODELS[printer.model][0] * math.exp(chance.gauss(0, 0.5))
    pages, left, serviced_at, open_at, month, wander = 0.0, 0.0, 0.0, 0.0, 0, 1.0
    day = served = read_next = printer.installed
    comes: date | None = None
    while day < min(printer.ends, LAST):
        if day.month != month:
            month, wander = day.month, math.exp(chance.gauss(0, 0.2))
        used = usual * wander * SEASON[month - 1] * chance.uniform(0.5, 1.5)
        pages, left = pages + used, left - used
        if left <= 0:
            packs = 2 if chance.random() < 0.3 else 1
            printer.orders.append((day, packs))
            left += packs * PAGES_A_CARTRIDGE
        if day >= read_next:
            printer.readings.append((day, round(pages)))
            read_next = day + timedelta(days=chance.randint(20, 45))
        if printer.due_by_pages is None and pages - open_at >= SERVICE_PAGES:
            printer.due_by_pages = day
        due = pages - serviced_at >= SERVICE_PAGES or (day - served).days >= SERVICE_DAYS
        if comes is None and due:
            comes = day + timedelta(days=chance.randint(0, 20))
        if day == comes:
            printer.services.append(day)
            served, serviced_at, comes = day, pages, None
            if day <= EVENING:
                open_at, printer.due_by_pages = pages, None
        day += timedelta(days=1)


def _day(chance: random.Random, low: date, high: date) -> date:
    return low + timedelta(days=chance.randrange((high - low).days))


def in_use(printers: list[Printer]) -> list[Printer]:
    """Those that have not ended that evening."""
    return [each for each in printers if each.ends > EVENING]


def orders(printers: list[Printer]) -> Iterator[dict[str, Any]]:
    """Printers and cartridges sold, the earliest first."""
    lines = [(each.installed, each.firm, each.model, 1, MODELS[each.model][1]) for each in printers]
    lines += [
        (day, each.firm, f"{each.model} cartridge", packs, packs * PRICE_A_CARTRIDGE)
        for each in printers
        for day, packs in each.orders
    ]
    for number, (day, firm, sku, quantity, amount) in enumerate(sorted(lines), start=1):
        yield {
            "order_id": f"O{number:06d}", "date": day, "member_no": firm,
            "phone": f"139{int(firm[1:]):08d}", "sku": sku, "product": sku,
            "quantity": quantity, "amount": amount,
        }  # fmt: skip


def notes(printers: list[Printer]) -> Iterator[dict[str, Any]]:
    """Readings and services of the printers in use, until EVENING."""
    for each in printers:
        for day, reading in each.readings:
            if day <= EVENING:
                yield {"serial": each.serial, "day": day, "reading": reading, "service": ""}
        for day in each.services:
            if day <= EVENING:
                yield {"serial": each.serial, "day": day, "reading": "", "service": "cleaned"}


def truth(printers: list[Printer]) -> Iterator[dict[str, Any]]:
    """When each printer has run its pages, when the technician comes, and when it ends."""
    for each in printers:
        comes = next((day for day in each.services if day > EVENING), "")
        yield {
            "serial": each.serial, "by_pages": each.due_by_pages or "", "technician": comes,
            "ends": each.ends,
        }  # fmt: skip


def write(folder: Path, seed: int = 7, firms: int = FIRMS) -> None:
    """The five files."""
    printers = made(seed, firms)
    using, sold = in_use(printers), list(orders(printers))
    bases = (
        {"serial": p.serial, "product": p.model, "customer": p.firm, "installed_on": p.installed}
        for p in using
    )
    folder.mkdir(parents=True, exist_ok=True)
    _file(folder / "orders.csv", (row for row in sold if row["date"] <= EVENING))
    _file(folder / "later.csv", (row for row in sold if row["date"] > EVENING))
    _file(folder / "machines.csv", bases)
    _file(folder / "notes.csv", notes(using))
    _file(folder / "truth.csv", truth(using))


def _file(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, list(first))
        table.writeheader()
        table.writerow(first)
        table.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
