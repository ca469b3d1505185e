"""Nobody knows tomorrow: whatever happens after an evening, what was said on it stays as it was.

A twentieth of a real shop, in the lake as an import leaves it, is looked at as of an evening in
autumn. All that came later, orders and lines, returns, keys of people, complaints, their answers
and what happened around the shop, is added to, taken away and altered at random, and the steps of
a run are done anew. `HUITOU_FUTURES=200` tries more of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pyarrow as pa
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.care.happenings import book as happenings
from huitou.care.happenings.rules import Happened
from huitou.ground.clock import StoppedClock
from huitou.identity.resolving import resolve
from huitou.models import forecast
from huitou.models.blend import Gate
from huitou.runs import day as whole_day
from huitou.runs import newcomers
from huitou.runs.shop import Shop
from huitou.runs.steps import know
from huitou.runs.wiring import open_shop
from huitou.runs.work import Work
from huitou.sources.contract import Declared
from huitou.store.lake import Edition

pytestmark = pytest.mark.slow

EVENING, HORIZON = date(2011, 9, 3), 120
"""A Saturday: this shop sells nothing on it, and only later rows tell that it was open again."""
FUTURES = int(os.environ.get("HUITOU_FUTURES", "2"))
STEPS = ("people", "lines", "facts", "forecast", "stages")
LATER = date(2011, 9, 4)
ROW = dict[str, Any]

SAMPLE = """COPY (
    SELECT * EXCLUDE customer_id, CASE WHEN customer_id::int % 3 = 0 THEN NULL ELSE customer_id END
        AS customer_id, 'c' || customer_id || '@example.com' AS email
    FROM read_parquet('{orders}') WHERE customer_id::int % 20 = 0) TO '{file}' (FORMAT parquet)"""
"""A third of them have no card and are known by their e-mail."""


@dataclass(frozen=True)
class Edits:
    """What is done to the rows that came after the evening."""

    removed: set[int] | None = field(default_factory=set)
    """Places, or None for all of them."""
    altered: list[tuple[int, ROW]] = field(default_factory=list)
    added: list[ROW] = field(default_factory=list)
    told: list[tuple[str, int, str]] = field(default_factory=list)
    """Complaints and happenings: what, days after, whom or what it is about."""
    answered: set[int] = field(default_factory=set)
    """Complaints of before, which are answered only now."""


@dataclass(frozen=True)
class Scene:
    """The shop as it came, and what was said of it."""

    home: Path
    future: list[ROW] = field(repr=False)
    schema: pa.Schema = field(repr=False)
    people: list[str] = field(repr=False)
    waiting: list[str]
    orders: list[str] = field(repr=False)
    """Of before the evening, as are the next two: a later row may name one of them."""
    cards: list[str] = field(repr=False)
    emails: list[str] = field(repr=False)
    """Of people without a card."""

    def after(self, edits: Edits, folder: Path) -> str:
        """The digest of what the shop says of the same evening, once the later rows are edited."""
        home = folder / "shop"
        shutil.copytree(self.home, home)
        shop = opened(home)
        rewrite(shop, self._edited(edits), self.schema)
        tell(shop, edits, self)
        try:
            return digest(evening(shop))
        finally:
            shop.books.close()
            shutil.rmtree(home)

    def _edited(self, edits: Edits) -> list[ROW]:
        rows = [dict(row) for row in self.future]
        for at, changed in edits.altered:
            rows[at % len(rows)].update(changed)
        gone = None if edits.removed is None else {at % len(rows) for at in edits.removed}
        kept = [] if gone is None else [row for at, row in enumerate(rows) if at not in gone]
        new = [{**self.future[0], **row} for row in edits.added]
        return [
            {**row, **self._of_before(row), "row": 10**6 + at, "line_key": f"later {at}"}
            for at, row in enumerate([*kept, *new])
        ]

    def _of_before(self, row: ROW) -> ROW:
        """Places stand for orders, cards and addresses that were known before."""
        known = {"order_id": self.orders, "member_no": self.cards, "email": self.emails}
        return {
            name: those[row[name] % len(those)]
            for name, those in known.items()
            if isinstance(row[name], int)
        }


def opened(home: Path) -> Shop:
    return open_shop(home, clock=StoppedClock(datetime(2026, 6, 1, tzinfo=UTC)))


def work(shop: Shop) -> Work:
    """As `runs.day` begins it: the day too is chosen from what is there."""
    house = shop._house
    return Work(
        home=house.home, lake=house.lake, books=house.books, shelf=house.shelf,
        settings=shop.settings, run_id="again", now=house.clock.now(),
        day=whole_day._evening(house, EVENING), horizon_days=HORIZON,
    )  # fmt: skip


def evening(shop: Shop) -> Edition:
    """The steps of a run up to the stages, without the metrics, which no score reads.

    Learned shapes speak too, though so small a shop would have none.
    """
    today = work(shop)
    with (
        mock.patch.object(forecast, "LEAST_CUSTOMERS", 100),
        mock.patch.object(Gate, "is_open", new=True),
        mock.patch.object(know, "_figures", return_value={}),
        mock.patch.object(newcomers, "note"),
    ):
        for name in STEPS:
            whole_day.IN_THE_LAKE[name](today)
    return today.edition


def digest(edition: Edition) -> str:
    """Everything said of everybody: ids of people, which are drawn, are left out."""
    day = edition.noted("moment")["day"]
    people = edition.table(f"customers_{day}")
    keys = dict(zip(people["person_id"].to_pylist(), people["key"].to_pylist(), strict=True))
    told: list[str] = [json.dumps(edition.noted("moment")), json.dumps(edition.noted("card"))]
    for name in (f"customers_{day}", f"scores_{day}", "stages", "evidence", "ledger"):
        rows = edition.table(name).to_pylist()
        for row in rows:
            row["person_id"] = keys[row["person_id"]]
        told += sorted(f"{name} {[_plain(each) for each in row.values()]}" for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Floats to nine digits: the engine adds in any order."""
    return f"{value:.9g}" if isinstance(value, float) else value


def rewrite(shop: Shop, rows: list[ROW], schema: pa.Schema) -> None:
    """Put other rows after the evening."""
    with shop._house.lake.writing("test") as lake:
        lake.register("edited", pa.Table.from_pylist(rows, schema=schema))
        lake.execute(f"DELETE FROM lines WHERE day >= DATE '{LATER}'")
        lake.execute("INSERT INTO lines BY NAME FROM edited")


def tell(shop: Shop, edits: Edits, scene: Scene) -> None:
    """Complaints, answers, visits and other happenings of after the evening."""
    with shop.books.unit() as unit:
        for n, (what, days, who) in enumerate(edits.told):
            on, person = LATER + timedelta(days=days), scene.people[who % len(scene.people)]
            if what == "complaint":
                came = Arrived(f"later {n}", "It broke.", "staff", kind="product", person_id=person)
                complaints.receive(unit, came, noon(on))
            else:
                happened = Happened(what, on, "Mei", person_id=person, key=f"later {n}")
                happenings.write_down(unit, happened, noon(on))
        for at in edits.answered:
            complaints.answer(unit, scene.waiting[at], "Mei", "Mended.", noon(LATER))


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


WAITING = 4
"""Complaints of before, which nobody answers while the evening lasts."""


@pytest.fixture(scope="module")
def scene(example_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The shop as an import left it, with a few complaints, and the evening as it came."""
    folder = tmp_path_factory.mktemp("future")
    file = folder / "orders.parquet"
    duckdb.execute(SAMPLE.format(orders=example_shop, file=file))
    shop = opened(folder / "shop")
    shop.change_settings(margin=0.3, salt="one lot for all tests")
    shop.take(file, Declared(currency="GBP", timezone="Europe/London"), confirmed=True)
    with shop._house.lake.writing("test") as lake:
        resolve(lake)
        future = lake.execute(f"FROM lines WHERE day >= DATE '{LATER}' ORDER BY row")
        rows = future.to_arrow_table()
        known = lake.execute("SELECT person_id FROM people ORDER BY hold_key").fetchall()
        past = f"FROM lines WHERE day < DATE '{LATER}'"
        orders, cards, emails = (
            [one for (one,) in lake.execute(f"SELECT DISTINCT {what} ORDER BY 1").fetchall()]
            for what in (
                f"order_id {past}",
                f"member_no {past} AND member_no IS NOT NULL",
                f"email {past} AND member_no IS NULL AND email IS NOT NULL",
            )
        )
    people = [person for (person,) in known]
    waiting = []
    with shop.books.unit() as unit:
        for n in range(WAITING):
            came = Arrived(f"{n}", "Late.", "staff", kind="delivery", person_id=people[n])
            row = complaints.receive(unit, came, noon(EVENING - timedelta(days=3 * n)))
            waiting.append(row["id"])
    shop.books.close()
    return Scene(shop.home, rows.to_pylist(), rows.schema, people, waiting, orders, cards, emails)


@pytest.fixture(scope="module")
def as_it_came(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What was said of the evening, with the year as it really went on."""
    return scene.after(Edits(), tmp_path_factory.mktemp("came"))


DAYS = st.integers(0, 300)
PLACES = st.integers(0, 10**6)
NEW = st.integers(1, 99).map(lambda n: f"new{n}@example.com")
KEYS = st.one_of(st.none(), PLACES, PLACES, NEW)


@st.composite
def rows_of_later(draw: st.DrawFn) -> ROW:
    """Columns of a line, each anything that a file may bring."""
    on = LATER + timedelta(days=draw(DAYS))
    amount = draw(st.integers(-900_000, 9_000_000))
    return {
        "ordered_at": datetime.combine(on, time(draw(st.integers(1, 20)))),
        "day": on,
        "order_id": draw(st.one_of(PLACES, st.integers(1, 40).map(lambda n: f"later {n}"))),
        "member_no": draw(KEYS),
        "email": draw(KEYS),
        "amount": amount,
        "quantity": float(draw(st.integers(-40, 400))),
        "cost": draw(st.one_of(st.none(), st.integers(0, 500_000))),
        "is_return": draw(st.booleans()),
        "is_product": draw(st.booleans()),
        "sku": draw(st.sampled_from(["22386", "85123A", "POST", "a new one", None])),
        "product": draw(st.sampled_from(["JUMBO BAG PINK POLKADOT", "TEA", None])),
        "region": draw(st.sampled_from(["United Kingdom", "France", None])),
        "store": draw(st.sampled_from(["Elm Street", None])),
        "channel": draw(st.sampled_from(["web", None])),
    }


EDITS = st.builds(
    Edits,
    removed=st.one_of(st.none(), st.sets(PLACES, max_size=40), st.just(set(range(3000)))),
    altered=st.lists(st.tuples(PLACES, rows_of_later()), max_size=25),
    added=st.lists(rows_of_later(), max_size=25),
    told=st.lists(
        st.tuples(
            st.sampled_from(["complaint", "booking", "no_show", "payment_failed", "pack_used"]),
            DAYS,
            PLACES,
        ),
        max_size=12,
    ),
    answered=st.sets(st.integers(0, WAITING - 1)),
)


ONE_WHO_WERE_TWO = {"member_no": 3, "email": 5}
"""A card and an address that nobody knew to be one person's before."""


@settings(max_examples=FUTURES, phases=(Phase.explicit, Phase.generate))
@given(edits=EDITS)
@example(edits=Edits(removed=None))
@example(edits=Edits(added=[ONE_WHO_WERE_TWO]))
def test_what_was_said_on_an_evening_stays_whatever_comes_after_it(
    scene: Scene, as_it_came: str, tmp_path_factory: pytest.TempPathFactory, edits: Edits
) -> None:
    assert scene.after(edits, tmp_path_factory.mktemp("edited")) == as_it_came


def test_a_row_of_before_does_change_it(scene: Scene, as_it_came: str, tmp_path: Path) -> None:
    shutil.copytree(scene.home, tmp_path / "shop")
    shop = opened(tmp_path / "shop")
    with shop._house.lake.writing("test") as lake:
        lake.execute(f"""DELETE FROM lines WHERE order_id IN (
            SELECT max(order_id) FROM lines WHERE day < DATE '{LATER}' AND email IS NOT NULL)""")
    told = digest(evening(shop))
    shop.books.close()
    assert told != as_it_came
