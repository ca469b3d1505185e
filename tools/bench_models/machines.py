"""When machines need what, against what became of them: the log that `examples/machines` writes.

Nobody who foretells sees `truth.csv` and `later.csv`. By pages: the day named, and how often the
interval of four in five holds the true one, beside one interval for all. By time, and for the end
of a machine, a rule of the merchant names the day; how far off it is says how well the rule fits.
Cartridges are foretold as any refill, firm by firm.
"""

from __future__ import annotations

import csv
import runpy
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from huitou.care.machines import rules
from huitou.care.machines.rules import END, SERVICE, USE, Due, Machine
from huitou.runs.purchases import purchases
from tools.bench_models import needs
from tools.bench_models._row import row

EXAMPLE = Path(__file__).parents[2] / "examples" / "machines"
HOLDS = (0.7, 0.9)
"""Within these an interval of four in five says what it is."""
ORDERS = """
    CREATE OR REPLACE VIEW lines AS SELECT member_no AS person_id, sku, product,
        quantity::DOUBLE AS quantity, FALSE AS is_return, TRUE AS is_product, date AS day
    FROM read_csv(['{0}/orders.csv', '{0}/later.csv'])"""


def rows() -> list[dict[str, Any]]:
    """The figures."""
    with tempfile.TemporaryDirectory() as folder:
        example = runpy.run_path(str(EXAMPLE / "log.py"))
        example["write"](Path(folder))
        return [*_machines(Path(folder), example["EVENING"]), *_cartridges(folder, example)]


def _machines(folder: Path, evening: date) -> Iterator[dict[str, Any]]:
    kinds = rules.RULES.understood((EXAMPLE / "machines.toml").read_text(encoding="utf-8"), "CNY")
    truth = {each["serial"]: each for each in _table(folder / "truth.csv")}
    found = {
        machine.serial: {due.kind: due for due in rules.due(machine, kind, evening)}
        for machine in _known(folder)
        if (kind := kinds.kind(machine.product)) is not None
    }
    yield from _by_pages(found, truth, evening)
    came = {
        serial: min(each.day for kind, each in dues.items() if kind != END)
        for serial, dues in found.items()
        if truth[serial]["technician"]
    }
    yield _off("the technician comes, by pages or time", came, truth, "technician", evening)
    ends = {serial: dues[END].day for serial, dues in found.items() if dues[END].day > evening}
    yield _off("end of service life, by the rule", ends, truth, "ends", evening)


def _by_pages(
    found: dict[str, dict[str, Due]], truth: dict[str, dict[str, str]], evening: date
) -> Iterator[dict[str, Any]]:
    """Those that have not run their pages that evening, and will before their end."""
    still = {
        serial: dues[USE]
        for serial, dues in found.items()
        if USE in dues and truth[serial]["by_pages"] > evening.isoformat()
    }
    day = {serial: date.fromisoformat(truth[serial]["by_pages"]) for serial in still}
    ours = _errors({serial: due.day for serial, due in still.items()}, day, evening)
    by_time = {serial: found[serial][SERVICE].day for serial in still}
    best = timedelta(days=int(np.median([(day[each] - by_time[each]).days for each in still])))
    alike = {serial: since + best for serial, since in by_time.items()}
    theirs = _errors(alike, day, evening)
    value, peer = (float(np.median(np.abs(each))) for each in (ours, theirs))
    said = f"machines, by pages, {len(still)} printers: median error of the day"
    yield row(
        f"{said}, against the interval that fits all best", round(value, 1), "days",
        peer=round(peer, 1), ratio=round(value / peer, 4), bar=1.0, holds=value < peer,
    )  # fmt: skip
    yield row(f"{said}, early (-) or late", round(float(np.median(ours)), 1), "days")
    inside = [
        low is not None and low <= day[serial] and (high is None or day[serial] <= high)
        for serial, due in still.items()
        for low, high in [_interval(due)]
    ]
    share = round(float(np.mean(inside)), 4)
    said = f"machines, by pages, {len(still)} printers: share within an interval of four in five"
    yield row(said, share, "share", bar="0.70-0.90", holds=HOLDS[0] <= share <= HOLDS[1])


def _interval(due: Due) -> tuple[date | None, date | None]:
    assert due.use is not None
    return due.use.day(0.1), due.use.day(0.9)


def _off(
    name: str, said: dict[str, date], truth: dict[str, dict[str, str]], what: str, evening: date
) -> dict[str, Any]:
    day = {serial: date.fromisoformat(truth[serial][what]) for serial in said}
    errors = _errors(said, day, evening)
    middle, early = float(np.median(np.abs(errors))), float((errors < 0).mean())
    told = f"machines, {name}, {len(said)} printers: median error of the day ({early:.0%} early)"
    return row(told, round(middle, 1), "days")


def _errors(said: dict[str, date], day: dict[str, date], evening: date) -> Any:
    """Days too late; none is named that has passed."""
    tomorrow = evening + timedelta(days=1)
    return np.array([(max(said[each], tomorrow) - day[each]).days for each in said], dtype=float)


def _cartridges(folder: str, example: dict[str, Any]) -> Iterator[dict[str, Any]]:
    connection = duckdb.connect()
    connection.execute(ORDERS.format(folder))
    evening = example["EVENING"]
    known = purchases(connection, evening + timedelta(days=needs.WINDOW))
    yield from needs.together("machines, cartridges", [needs.looked(known, evening)])


def _known(folder: Path) -> Iterator[Machine]:
    """As `huitou machine import` reads the two files."""
    services: dict[str, list[date]] = {}
    readings: dict[str, list[tuple[date, int]]] = {}
    for each in _table(folder / "notes.csv"):
        day = date.fromisoformat(each["day"])
        if each["reading"]:
            readings.setdefault(each["serial"], []).append((day, int(each["reading"])))
        else:
            services.setdefault(each["serial"], []).append(day)
    for each in _table(folder / "machines.csv"):
        serial = each["serial"]
        yield Machine(
            serial,
            each["product"],
            date.fromisoformat(each["installed_on"]),
            tuple(services.get(serial, ())),
            tuple(readings.get(serial, ())),
        )


def _table(path: Path) -> Sequence[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
