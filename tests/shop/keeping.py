"""A tenth of a real shop, lived month by month with points, a ladder, surprises and friends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from time import process_time
from typing import Any
from unittest import mock

import duckdb
from fastapi.testclient import TestClient
from tests.unit.public.conftest import Wound

from huitou.doors.public.app import app as public_app
from huitou.facts.customers import customers
from huitou.ground.errors import Refused
from huitou.ground.settings import Settings
from huitou.runs import day as whole_day
from huitou.runs.desks.members.desk import read
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.runs.work import Result, Work
from huitou.sources.contract import Declared

HOME = Declared(currency="GBP", timezone="Europe/London")
SALT = "one lot for all tests"
HELD_OUT = 0.15
ENDS = (date(2010, 12, 31), *(date(2011, month, 28) for month in range(1, 12)), date(2011, 12, 9))
"""The last day of each file: what the shop wrote since the one before."""
SPRING, SUMMER = date(2011, 3, 28), date(2011, 6, 28)
"""When somebody asks to be left alone; when the shop plans whom to write to."""
FIRST_LINK = date(2011, 1, 28)
WINDOW, GRACE = 120, 30
STEPS = {"taste": 0, "member": 2, "regular": 4, "inner": 7}
"""Days with a purchase within the window that each step asks for."""
EVERY, BUDGET, COST = 3, 450, 150

POINTS = """
on = true
since = 2010-12-01
[points]
on = true
per_unit = 1
pending_days = 14
expires_months = 24
"""
LADDER = f"on = true\nwindow = {WINDOW}\ngrace_days = {GRACE}\n" + "".join(
    f'[[step]]\nname = "{name}"\nclaim = "{name.title()}"\n'
    + (f"all = {{ visits = {visits} }}\n" if visits else "")
    for name, visits in STEPS.items()
)
SURPRISES = f"""
on = true
budget = {BUDGET}
control_share = 0.2
[[gift]]
name = "third"
when = "orders"
every = {EVERY}
what = "A tea on the house"
cost = {COST}
"""
REFERRALS = """
on = true
kept_days = 14
least = 1000
[giver]
kind = "offer"
amount = 500
[friend]
kind = "offer"
amount = 300
"""
LETTERBOX = "".join(f'[{way}]\nway = "console"\nrate = 10000\n' for way in ("email", "sms"))
"""As fast as they like: on a clock that stands still no pace comes back."""

SHORT = {
    "IN_THE_LAKE": ("people", "lines", "facts", "standing"),
    "IN_THE_BOOKS": (
        "names", "members", "ladder", "offers", "reward", "returns", "membership", "surprise",
        "referral",
    ),
    "AT_THE_END": ("publish", "events"),
}  # fmt: skip
"""The steps of a day that know people and what they are owed; the others read and foresee."""


@dataclass(frozen=True)
class Cast:
    """Whom the stories are about, by customer number; found in the orders as they lie there."""

    silent: str
    """Buys on, and climbs, after asking to be left alone in spring."""
    giver: str
    friends: tuple[str, str]
    members: frozenset[str]
    """Those with a card."""


@dataclass
class Keeping:
    """What a test may look at: the shop after its year, and what was seen on the way."""

    shop: Shop
    clock: Wound
    raw: Path
    """All rows of the year, as they lay in the file."""
    files: list[Path]
    cast: Cast
    wrong: dict[date, list[str]] = field(default_factory=dict)
    handed: dict[date, str] = field(default_factory=dict)
    """The gift handed over at the till after a run."""
    refused: list[str] = field(default_factory=list)
    """Gifts that somebody tried to hand over again."""
    alone_from: datetime | None = None
    plan_id: str = ""
    cost: float = 0.0
    """Seconds of the processor."""

    @cached_property
    def days(self) -> dict[date, date]:
        """Last day of each file -> the last day on which anything was bought: that of its run."""
        found = {}
        for end in ENDS:
            until = "SELECT max(ordered_at)::date FROM year WHERE ordered_at::date <= $end"
            found[end] = self.sql(until, end=end)[0][0]
        return found

    def sql(self, query: str, **told: Any) -> list[tuple[Any, ...]]:
        """A question to the raw rows, `year`."""
        with duckdb.connect() as raw:
            raw.execute(f"CREATE VIEW year AS SELECT * FROM read_parquet('{self.raw}')")
            return raw.execute(query, told or None).fetchall()


def address(customer: str) -> str:
    """Where a customer of the scene is written to."""
    return f"c{customer}@shop.example"


def live(orders: Path, folder: Path) -> Keeping:
    """A year of it: files as they come, the day after each, and what people do in between."""
    began = process_time()
    raw = folder / "year.parquet"
    duckdb.execute(
        f"""COPY (SELECT *, 'c' || customer_id || '@shop.example' AS email
        FROM read_parquet('{orders}') WHERE customer_id::int % 10 = 3 ORDER BY ordered_at, order_id)
        TO '{raw}' (FORMAT parquet)"""
    )
    clock = Wound(at(ENDS[0]))
    shop = open_shop(folder / "shop", clock=clock)
    made = Keeping(shop, clock, raw, cut(raw, folder), cast(raw))
    shop.change_settings(
        name="A tenth of a shop", margin=0.35, holdout_share=HELD_OUT, salt=SALT, currency="GBP",
        timezone="Europe/London",
    )  # fmt: skip
    decide(shop)
    for end, file in zip(ENDS, made.files, strict=True):
        clock.moment = at(end)
        shop.take(file, HOME, confirmed=True)
        if end in (SUMMER, ENDS[-1]):
            shop.run()
        else:
            with shortened():
                whole_day.run(shop._house, shop.settings)
        between(made, end)
        made.wrong[end] = shop.check()
    made.cost = process_time() - began
    return made


def decide(shop: Shop) -> None:
    """What the merchant switched on."""
    told = {"points": POINTS, "ladder": LADDER, "surprises": SURPRISES, "referrals": REFERRALS}
    for name, text in told.items():
        shop.rules(name).write(text)
    shop.rules("channels").write(LETTERBOX)


def cut(raw: Path, folder: Path) -> list[Path]:
    """A file for each month."""
    files, before = [], date(2010, 1, 1)
    for end in ENDS:
        files.append(folder / f"{end}.parquet")
        duckdb.execute(
            f"""COPY (SELECT * FROM read_parquet('{raw}') WHERE ordered_at::date > DATE '{before}'
            AND ordered_at::date <= DATE '{end}') TO '{files[-1]}' (FORMAT parquet)"""
        )
        before = end
    return files


def between(made: Keeping, end: date) -> None:
    """What people do on the morning after: join, ask for quiet, bring friends, fetch a gift."""
    shop = made.shop
    join(made, end)
    if end == FIRST_LINK:
        bring(shop, made.cast)
    if end == SPRING:
        for purpose in ("marketing", "service"):
            shop.consents.withdraw(address(made.cast.silent), purpose=purpose, by="Mei")
        made.alone_from = made.clock.now()
    if end == SUMMER and (plan := shop.plan()) is not None:
        shop.approve_plan(plan.id, "owner")
        shop.apply_plan(plan.id, "owner")
        made.plan_id = plan.id
    fetch(made, end)
    shop.sending.send()


def join(made: Keeping, end: date) -> None:
    """Whoever bought for the first time this month takes a card, of those who want one."""
    come = made.sql(
        "SELECT customer_id FROM year GROUP BY ALL HAVING min(ordered_at)::date <= $end", end=end
    )
    settings: Settings = made.shop.settings
    for (customer,) in sorted(come):
        if customer in made.cast.members:
            told = read(settings, end, name=f"No {customer}", contacts=(address(customer),))
            made.shop.members.join(told, "Mei", form=f"card of {customer}")


def bring(shop: Shop, cast: Cast) -> None:
    """Two friends, and the giver themselves, leave an address behind the giver's link."""
    token = shop.referrals.link(address(cast.giver), "Mei").token
    with TestClient(public_app(shop)) as door:
        for name, customer in (*zip(("Ann", "Bob"), cast.friends, strict=True), ("Me", cast.giver)):
            form = {"name": name, "reach": address(customer), "agreed": "yes"}
            assert door.get(f"/r/{token}?lang=en").status_code == 200
            told = door.post(f"/r/{token}?lang=en", data=form, follow_redirects=False)
            assert told.status_code == 303


def fetch(made: Keeping, end: date) -> None:
    """One of those for whom something waits comes to the till, and tries once more."""
    waiting = sorted(made.shop.surprises.listed("waiting"), key=lambda each: (each.ends, each.id))
    if waiting:
        made.handed[end] = waiting[0].id
        made.shop.surprises.deliver(waiting[0].id, "Mei")
        try:
            made.shop.surprises.deliver(waiting[0].id, "Li")
        except Refused:
            made.refused.append(waiting[0].id)


@contextmanager
def shortened() -> Iterator[None]:
    """Days in which nobody foresees anything: a month costs two seconds instead of ten."""
    with ExitStack() as stack:
        for table, names in SHORT.items():
            steps = {name: getattr(whole_day, table)[name] for name in names}
            if "facts" in steps:
                steps["facts"] = _customers
            stack.enter_context(mock.patch.object(whole_day, table, steps))
        yield


def _customers(work: Work) -> Result:
    with work.lake.reading(work.edition) as connection:
        table = customers(work.tables(connection), work.moment.as_of).to_pyarrow()
    work.edition.write(f"customers_{work.day}", table.sort_by("key"))
    return {"rows": table.num_rows}


def at(end: date) -> datetime:
    """The morning after."""
    return datetime.combine(end + timedelta(days=1), time(9), tzinfo=UTC)


# -- whom to tell about

VISITS = """CREATE TABLE visits AS SELECT customer_id, day, count(*) AS orders FROM (
    SELECT customer_id, order_id, min(ordered_at)::date AS day FROM read_parquet('{raw}')
    GROUP BY ALL HAVING sum(amount) > 0 AND NOT bool_or(is_return)) GROUP BY ALL"""


def cast(raw: Path) -> Cast:
    """Whom to tell about, by what they bought in the year."""
    with duckdb.connect() as year:
        year.execute(VISITS.format(raw=raw))
        year.execute(
            f"""CREATE TABLE mine AS SELECT customer_id, min(day) AS first, count(*) AS days,
            count(*) FILTER (day <= DATE '{FIRST_LINK}') AS winter,
            count(*) FILTER (day > DATE '{SPRING}') AS later,
            count(*) FILTER (day <= DATE '{SPRING}') AS earlier,
            customer_id IN (SELECT customer_id FROM read_parquet('{raw}') WHERE is_return) AS back
            FROM visits GROUP BY customer_id"""
        )

        def found(where: str) -> list[str]:
            query = f"SELECT customer_id FROM mine WHERE {where} ORDER BY days DESC, customer_id"
            return [customer for (customer,) in year.execute(query).fetchall()]

        silent = found("earlier = 1 AND later >= 5 AND NOT back")[0]
        giver = found(f"winter >= 2 AND customer_id <> '{silent}'")[0]
        new = found(
            f"first > DATE '{FIRST_LINK}' AND first <= DATE '2011-06-28' AND NOT back AND days >= 2"
            f" AND customer_id <> '{silent}'"
        )
        members = frozenset({silent, giver, *found("days >= 5")})
    return Cast(silent, giver, (new[0], new[1]), members)
