"""A shop that exists only for the tests of the console: believable figures, no lake behind them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.unit.console.fake_balance import FakeBalance
from tests.unit.console.fake_desks import FakeCalls, FakeCases
from tests.unit.console.fake_effects import FakeEffects
from tests.unit.console.fake_fixes import FakeFixes, FakeLessons
from tests.unit.console.fake_ladder import FakeLadder
from tests.unit.console.fake_learning import FakeReplays, FakeTests
from tests.unit.console.fake_letting_go import FakeLettingGo
from tests.unit.console.fake_people import (
    ACTS,
    REASONS,
    STAGES,
    TODAY,
    cause,
    estimate,
    money,
    people,
    person,
    receipt,
)
from tests.unit.console.fake_points import FakePacks, FakePoints
from tests.unit.console.fake_proofs import judged
from tests.unit.console.fake_rules import FakeActs, FakeChase
from tests.unit.console.fake_winning import FakeWinning

from huitou.ground.clock import StoppedClock
from huitou.ground.errors import HuitouError, Refused
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.runs import first_page, forecast, told, verdicts, views
from huitou.runs.desks.rulebook.desk import Rulebook
from huitou.runs.desks.rulebook.rooms import ROOMS
from huitou.runs.report.worded import worded
from huitou.runs.upkeep import Upkeep
from huitou.sources.contract import (
    Choice,
    Declared,
    Preview,
    Question,
    Recognised,
    Taken,
)
from huitou.sources.contract import (
    Mapping as FileMapping,
)

DOUBTED = datetime(2011, 7, 1, 23, 30, tzinfo=UTC)
"""When a letter fell into doubt: half past midnight in the shop."""


@dataclass(frozen=True)
class FakeReports:
    """One report with every kind of part in it."""

    home: Path
    person: str
    latest_day: date = date(2011, 12, 9)

    def report(self, period: str = "week", until: date | None = None) -> told.ReportView:
        """The report as values."""
        pounds = Money(123456, "GBP")
        figure = told.Figure(
            "revenue", said("Revenue"), pounds, Money(99900, "GBP"), "up", 1,
            low=-pounds, high=pounds, series=(1.0, 2.0, 3.0),
        )  # fmt: skip
        bars = (told.Bar(self.person, 2.0, pounds, True), told.Bar("<script>", 1.0, 3))
        part = told.Section("sold", said("Sold this week"), (figure,), bars, (said("Lost"),))
        day, made = until or self.latest_day, datetime(2011, 12, 10, tzinfo=UTC)
        return told.ReportView(period, day, day, day, "Corner Gifts", "run", made, (part,))

    def worded(
        self, period: str = "week", until: date | None = None, language: str = "en"
    ) -> dict[str, Any]:
        """The report in the reader's words."""
        return worded(self.report(period, until), language, lambda person: "Ada Lovelace")

    def pdf(self, period: str = "week", until: date | None = None, language: str = "en") -> bytes:
        """Not worth setting in type here."""
        return b"%PDF-1.7"

    def sent(self, limit: int = 20) -> tuple[told.SentReport, ...]:
        """One that left, and one that waits."""
        at = datetime(2011, 12, 5, 8, tzinfo=UTC)
        return tuple(
            told.SentReport("week", self.latest_day, f"{state}@x.com", state, at, "450 busy")
            for state in ("accepted", "waiting")
        )


class FakeHarm:
    """One campaign that is stopped until somebody lifts that."""

    def __init__(self) -> None:
        self.lifted_by: str | None = None

    def seen(self) -> told.OurHarm:
        """The campaign, and a curve."""
        line = told.HarmLine(
            "churn", 0.5, 0.4, 0.1, 0.02, 0.18, 0.9,
            said("This campaign cost {n} customers more than it kept (between {low} and {high}).",
                 n=3, low=0, high=7),
        )  # fmt: skip
        view = told.HarmView(
            "5f0c62a1b3d4", date(2011, 12, 9), 900, 100, 4, "harmful", self.lifted_by is None,
            (line,), (), self.lifted_by,
        )  # fmt: skip
        step = told.PressureStep("3+", 90, 10, 0.03, 0.01, -0.01, 0.05)
        return told.OurHarm((view,), (step,))

    def lift(self, plan_id: str, by: str) -> None:
        """Let it go on."""
        self.lifted_by = by

    def stop(self, plan_id: str, by: str) -> None:
        """Stop it again."""
        self.lifted_by = None


class FakeShop(FakeBalance, FakeWinning):
    """Answers as `Shop` does, with made-up figures; the seed makes them the same."""

    def __init__(self, home: Path, *, empty: bool = False) -> None:
        self.home = home
        self.clock = StoppedClock(datetime(2011, 12, 10, 9, 30, tzinfo=UTC))
        self.settings = Settings(
            name="Corner Gifts", currency="GBP", timezone="Europe/London", margin=0.4, budget=90000
        )
        self._empty = empty
        self._status = "draft"
        self._budget: Money | None = None
        self._hours: float | None = None
        self.answered: dict[str, tuple[str, str | None, str | None]] = {}
        self.silent: set[str] = set()
        self.doubts = {("d1", "email"): views.Doubt("d1", "email", "p1", "We miss you", DOUBTED)}
        self.ways_of_reading = 1
        self.wrong: list[str] = []
        self.lies_about = Upkeep(0, 0, 2, 0, 0, 0, lessons=3, sorter_knows=False)
        self.effects = FakeEffects(empty=empty)
        self.acts, self.chase = FakeActs(), FakeChase()
        self.ladder = FakeLadder()
        self.letting_go = FakeLettingGo()
        self.fixes, self.lessons = FakeFixes(empty=empty), FakeLessons()
        self.tests, self.replays = FakeTests(), FakeReplays()
        self.points, self.packs = FakePoints(home), FakePacks()
        self.done: list[Any] = []
        self._harm = FakeHarm()
        self.rows = [] if empty else list(people(7))
        self.casefiles, self.calls = FakeCases(self), FakeCalls(self)

    def rules(self, room: str) -> Rulebook:
        """The real rulebook, over the folder of this shop."""
        return Rulebook(self, self.settings, ROOMS[room])

    def change_settings(self, **choices: Any) -> Settings:
        """Keep the choices in memory."""
        self.settings = self.settings.changed(**choices)
        return self.settings

    def is_empty(self) -> bool:
        """Whether it was made empty and nothing was taken yet."""
        return self._empty

    def has_run(self) -> bool:
        """A shop with rows has answers."""
        return not self._empty

    def look(self, path: Path, declared: Declared) -> Preview:
        """A preview with one open question."""
        guesses = (
            ("订单号", "order_id", "536365"),
            ("会员号", "member_no", "17850"),
            ("下单时间", "ordered_at", "2010年12月1日 08:26"),
            ("商品", "product", "White hanging heart"),
            ("数量", "quantity", "6"),
            ("实付金额", "amount", "￥15.30"),
            ("备注", None, ""),
        )
        columns = tuple(
            Recognised(column, field, said("its name says so"), (sample,) * 3)
            for column, field, sample in guesses
        )
        asked = Question(
            "currency",
            None,
            (Choice("CNY", "￥15.30"), Choice("JPY", "￥15.30")),
            said("Which currency are the amounts in?"),
            "--currency CNY",
        )
        rows = tuple(
            {
                "order_id": f"53636{row}",
                "member_no": "17850",
                "ordered_at": "2010-07-01 00:26:00",
                "product": "White hanging heart",
                "quantity": "6",
                "amount": "1530",
            }
            for row in range(10)
        )
        mapping = FileMapping(
            {field: column for column, field, _ in guesses if field},
            tuple(column for column, _, _ in guesses),
            "csv",
            declared.currency or "CNY",
            declared.timezone or "Asia/Shanghai",
            encoding="gb18030",
        )
        questions = () if declared.currency else (asked,)
        return Preview(
            path, path.name, "csv", "gb18030", columns, mapping, questions, rows, (), 541_909
        )

    def take(
        self, path: Path, declared: Declared, *, confirmed: bool, progress: Any = None
    ) -> Taken:
        """Fill the shop."""
        for share in (0.2, 0.6, 1.0):
            progress and progress("reading", share)
        self._empty = False
        self.rows = list(people(7))
        return Taken(
            "b1", path.name, 541_909, 541_203, 0, 706, date(2010, 12, 1), TODAY, (), "gb18030"
        )

    def run(self, *, as_of: Any = None, horizon_days: Any = None, progress: Any = None) -> None:
        """Pass through the steps."""
        for step in ("people", "facts", "forecast", "plan", "proof"):
            progress and progress(step, None)

    def too_few(self) -> str | None:
        """There are customers enough."""
        return None

    def answers(self) -> views.Answers:
        """The five answers."""
        if self._empty:
            raise HuitouError("there is no shop yet")
        causes = (
            cause("one_purchase", said("Bought once and was never hooked"), 571, 31200, 0.71),
            cause("habit_stopped", said("A regular habit stopped"), 322, 58400, 0.54),
            cause("assortment", said("What they used to buy is no longer sold"), 188, 27100, 0.46),
            cause("price", said("Their products became dearer"), 121, 12900, 0.38),
            cause("returned_goods", said("Sent goods back shortly before"), 84, 9300, 0.62),
            cause("unknown", said("Nothing in the orders tells"), 138, 8800, 0.5),
        )
        lost = sorted(
            (row for row in self.rows if row.stage == "lost"),
            key=lambda row: -row.value.value.minor,
        )
        return views.Answers(
            as_of=TODAY,
            customers=4338,
            orders=19960,
            customer_orders=18532,
            lines=541_909,
            anonymous_lines=135_080,
            anonymous_revenue=money(1_447_682),
            revenue=money(8_911_407),
            repeat_purchase_rate=0.6543,
            one_time_share=0.3444,
            lost=views.Lost(1424, 90, 0.2, 1102, 143, date(2011, 9, 10)),
            slipping=views.Lost(526, 90, 0.45, 498, 241, date(2011, 9, 10)),
            active=2914,
            stages=STAGES,
            value_at_risk=estimate(84_310, 0.21),
            value_lost=estimate(147_700, 0.24),
            worst_lost=tuple(lost[:10]),
            causes=causes,
            where_to=(
                said("Orders do not say where a customer went: this needs a question to them."),
                said("{n} of the lost bought their last goods in the gift season.", n=212),
            ),
            plan=self.plan(),
            trust=(
                said(
                    "On {n} earlier days the forecast of returning customers was off by {percent} %"
                    " on average.",
                    n=4,
                    percent=6.2,
                ),
                said("The true number lay within the interval {hits} times of {n}.", hits=4, n=4),
            ),
        )

    def home_page(self) -> first_page.Home:
        """The first page."""
        now = self.answers()
        before = replace(
            now,
            as_of=date(2011, 9, 10),
            repeat_purchase_rate=0.6312,
            active=2720,
            stages={**STAGES, "returned": 97},
            lost=replace(now.lost, count=1290),
            slipping=replace(now.slipping, count=548),
        )
        slipping = [row for row in self.rows if row.stage == "slipping" and row.act]
        return first_page.Home(
            alerts=(
                first_page.Alert(
                    "quarantine",
                    said("{n} rows of the last file wait to be mended.", n=706),
                    "warning",
                ),
                first_page.Alert(
                    "in_doubt", said("{n} letters may not have arrived.", n=1), "error"
                ),
            ),
            proofs=tuple(self.proofs()),
            answers=now,
            before=before,
            today=tuple(slipping[:8]),
            flows=tuple(self.flows()),
            cases_open=23,
            refreshed=datetime(2011, 12, 10, 6, 2, tzinfo=UTC),
        )

    def at_hand(self) -> first_page.AtHand:
        """Two complaints and two calls; nothing in an empty shop."""
        if self._empty:
            return first_page.AtHand((), (), 0, (), 0, 0, 0, 0)
        late, fresh = (
            first_page.ComplaintAtHand(
                number, "The <b>lid</b> was broken {0}", row, "Ada", said("{n} hours left", n=3),
                said("New"), hours, hours < 0,
            )
            for number, row, hours in (("C7KQ-4M2X", self.rows[0], -5.0), ("C2BB-77QQ", None, 3.0))
        )  # fmt: skip
        calls = tuple(
            first_page.CallAtHand(
                call.id, call.person, call.person_id, "shop", call.minutes, call.gain
            )
            for call in self.calls.today().days[0].calls
        )
        alerts = (
            first_page.Alert("alarms", said("Customers with an alarm: {n}.", n=1), "error"),
            first_page.Alert("overdue", said("Complaints over their deadline: {n}.", n=1), "error"),
        )
        return first_page.AtHand(alerts, (late, fresh), 2, calls, len(calls), 1, 20, 1)

    def people(
        self,
        *,
        search: str = "",
        stage: str | None = None,
        act: str | None = None,
        cause: str | None = None,
        sort: str = "value",
        after: str | None = None,
        limit: int = 50,
    ) -> views.Page:
        """Filtered and sorted in memory; `after` is a place in the list."""
        found = [
            row
            for row in self.rows
            if search in row.key
            and (not stage or row.stage == stage)
            and (not act or row.act == act or (act == "any" and row.act is not None))
        ]
        keys = {
            "value": lambda row: -row.value.value.minor,
            "p_buy": lambda row: row.p_buy,
            "orders": lambda row: -row.orders,
            "last_day": lambda row: -row.last_day.toordinal(),
            "missed": lambda row: -row.value.value.minor * (1 - row.p_buy),
        }
        found.sort(key=keys[sort])
        start = int(after or 0)
        end = start + limit
        return views.Page(
            tuple(found[start:end]), str(end) if end < len(found) else None, len(found)
        )

    def person(self, id_or_key: str) -> views.PersonView:
        """A customer with a history that fits the row."""
        row = next((each for each in self.rows if id_or_key in (each.id, each.key)), None)
        if row is None:
            raise HuitouError(f"there is no customer {id_or_key!r}")
        told = ("call", "email", "paper") if row.id in self.silent else ()
        return replace(person(row), silent=told)

    def fact_marks(self) -> dict[str, str]:
        """One table."""
        return {"lines": "3 1 2"}

    def metrics(self) -> tuple[views.MetricView, ...]:
        """Four metrics, one of each unit."""
        return (
            views.MetricView(
                "repeat_purchase_rate",
                said("Repeat-purchase rate"),
                said("Customers who bought on two different days or more, of all customers."),
                "share",
                0.6543,
            ),
            views.MetricView(
                "customers",
                said("Customers"),
                said("Persons with at least one purchase."),
                "count",
                4338,
            ),
            views.MetricView(
                "second_days",
                said("Days to the second purchase"),
                said("Half of those who came back did so within this time."),
                "days",
                51.0,
            ),
            views.MetricView(
                "profit",
                said("Profit so far"),
                said("Revenue less returns and the cost of goods."),
                "money",
                money(3_564_562),
            ),
        )

    def metric(self, name: str, by: str | None = None, **_clocks: Any) -> pa.Table:
        """A metric, whole or by channel."""
        if by is None:
            return pa.table({"value": [0.66]})
        return pa.table({"channel": ["web", "till"], "value": [0.61, 0.68]})

    def metric_people(self, name: str) -> pa.Table:
        """All customers."""
        keys, ids = [row.key for row in self.rows], [row.id for row in self.rows]
        return pa.table({"key": keys, "person_id": ids})

    def cohorts(self) -> tuple[views.CohortRow, ...]:
        """Thirteen months, with a good first one."""
        draw = random.Random(3)
        rows = []
        for back in range(13):
            month = date(2010 + (11 + back) // 12, (11 + back) % 12 + 1, 1)
            level = 0.37 if back == 0 else 0.24 - 0.004 * back
            later = [max(0.04, level + draw.uniform(-0.05, 0.05)) for _ in range(12 - back)]
            rows.append(
                views.CohortRow(month, 885 if back == 0 else draw.randint(160, 450), (1.0, *later))
            )
        return tuple(rows)

    def stage_history(self) -> tuple[tuple[date, dict[str, int]], ...]:
        """Six moments, growing."""
        days = [TODAY - timedelta(days=45 * back) for back in range(6, -1, -1)]
        return tuple(
            (
                day,
                {
                    stage: round(
                        count * (0.25 + 0.125 * step) * (1.6 - 0.1 * step if stage == "new" else 1)
                    )
                    for stage, count in STAGES.items()
                },
            )
            for step, day in enumerate(days)
        )

    def flows(self) -> tuple[views.StageFlow, ...]:
        """Who moved since the horizon before."""
        moved = {
            ("not_yet", "new"): 400,
            ("new", "new"): 210,
            ("new", "active"): 190,
            ("new", "lost"): 240,
            ("new", "slipping"): 95,
            ("active", "active"): 560,
            ("active", "loyal"): 160,
            ("active", "slipping"): 180,
            ("active", "lost"): 70,
            ("loyal", "loyal"): 560,
            ("loyal", "slipping"): 130,
            ("loyal", "lost"): 12,
            ("slipping", "active"): 145,
            ("slipping", "lost"): 170,
            ("slipping", "slipping"): 118,
            ("slipping", "loyal"): 22,
            ("lost", "lost"): 932,
            ("lost", "returned"): 131,
        }
        return tuple(
            views.StageFlow(date(2011, 9, 10), TODAY, before, after, people, money(38.0 * people))
            for (before, after), people in moved.items()
        )

    def card(self) -> forecast.CardView:
        """A card that is honest about one bad month."""
        tests = [
            (date(2011, 3, 10), 1512, 702, 633, 774, 689),
            (date(2011, 5, 10), 2180, 951, 872, 1034, 1003),
            (date(2011, 7, 10), 2743, 1138, 1040, 1241, 1172),
            (date(2011, 9, 10), 3197, 1402, 1290, 1518, 1455),
        ]
        return forecast.CardView(
            "mbg_nbd",
            {"r": 0.8123, "alpha": 61.42, "a": 0.4121, "b": 2.8732},
            tuple(
                forecast.BacktestRow(day, 90, n, p, lo, hi, act, 0.5412, 0.6034)
                for day, n, p, lo, hi, act in tests
            ),
            tuple(
                forecast.Decile(
                    rank,
                    320,
                    share * 320,
                    share * 320 - 22,
                    share * 320 + 24,
                    round(share * 320 + wobble),
                )
                for rank, share, wobble in zip(
                    range(1, 11),
                    (0.93, 0.78, 0.63, 0.51, 0.4, 0.33, 0.27, 0.22, 0.17, 0.11),
                    (3, -9, 12, -4, 8, -11, 6, 2, -8, 5),
                    strict=True,
                )
            ),
            (
                said(
                    "Learned from {n} customers; checked on {moments} earlier days.",
                    n=4338,
                    moments=4,
                ),
            ),
            False,
            forecast.Ahead(TODAY, 90, 4338, 2453, 2270, 2640, ()),
        )

    def proofs(self) -> tuple[verdicts.ProofView, ...]:
        """The whole programme, not proven; one plan proven, as one of many is by luck."""
        return (
            verdicts.ProofView(
                verdicts.WHOLE,
                "not_proven",
                (said("Too early: {weeks} more weeks are needed.", weeks=7),),
                4121,
                217,
                views.Range(money(1240), money(-880), money(3390), 0.95),
                money(412),
                date(2011, 10, 1),
                date(2011, 12, 9),
                7,
                5420,
            ),
            verdicts.ProofView(
                "5f0c62a1b3d4",
                "proven",
                (said("Those who got a note bought more than the control group."),),
                1804,
                95,
                views.Range(money(2913), money(702), money(5120), 0.95),
                money(188),
                date(2011, 6, 1),
                date(2011, 9, 1),
                None,
                None,
                judged=judged(),
            ),
        )

    def verdict(self, programme: str) -> verdicts.ProofView:
        """One of them."""
        found = [each for each in self.proofs() if each.programme == programme]
        if not found:
            raise HuitouError(f"there is no verdict on {programme!r}", to_try="huitou proof")
        return found[0]

    def aa(self) -> verdicts.ProofView:
        """The check finds nothing, as it must."""
        words = (
            said(
                "{runs} made-up programmes, {percent} % called a success by chance.",
                runs=200,
                percent=5.0,
            ),
        )
        return verdicts.ProofView(
            "A/A", "not_proven", words, 0, 0, None, money(0), None, None, None, None
        )

    @property
    def reports(self) -> FakeReports:
        """The owner's report, made up."""
        return FakeReports(self.home, self.rows[0].id if self.rows else "nobody")

    def report(self, period: str = "week", until: date | None = None) -> told.ReportView:
        """The report as values."""
        return self.reports.report(period, until)

    @property
    def harm(self) -> FakeHarm:
        """The guardrail, made up."""
        return self._harm

    def plan(self, plan_id: str | None = None) -> views.PlanTotals:
        """A plan that binds its budget."""
        return views.PlanTotals(
            "plan1",
            TODAY,
            self._status,
            money(871.4),
            estimate(6420, 0.52),
            ACTS,
            217,
            982,
            460,
            1.37,
            (
                said(
                    "The last {amount} of the budget returned {back}.",
                    amount=money(100),
                    back=money(137),
                ),
            ),
            REASONS,
            self._budget,
            self._hours,
        )

    def order_lines(self) -> Iterator[dict[str, Any]]:
        """One line each."""
        return iter([{"order_id": f"={row.key}", "amount": 1} for row in self.rows])

    def keys(self) -> Iterator[dict[str, Any]]:
        """A number each."""
        return iter([{"kind": "member", "value": row.key} for row in self.rows])

    def remarks(self) -> tuple[first_page.Alert, ...]:
        """A guess that all figures rest on."""
        words = said("No margin was given, and that is a guess.")
        return (first_page.Alert("margin", words, "warning"),)

    def latest_plan(self, *statuses: str) -> views.PlanTotals | None:
        """The one plan, where it has one of these statuses."""
        return self.plan() if self._status in statuses else None

    def plans(self) -> tuple[views.PlanTotals, ...]:
        """The one plan."""
        return (self.plan(),)

    def receipts(
        self, plan_id: str, *, act: str | None = None, after: str | None = None, limit: int = 50
    ) -> tuple[tuple[tuple[views.PersonRow, views.Receipt], ...], str | None]:
        """Receipts of those who get something."""
        found = self.people(act=act, after=after, limit=limit)
        return tuple((row, receipt(row)) for row in found.rows), found.after

    def letters(self, plan_id: str, limit: int = 3) -> tuple[views.LetterSample, ...]:
        """Two letters."""
        return (
            views.LetterSample(
                "17850",
                "thank",
                "Thank you",
                "Dear customer,\n\nyou have been with us for eleven months, and we noticed."
                " Thank you.\n\nCorner Gifts",
            ),
            views.LetterSample(
                "13047",
                "offer_10",
                "We would like to see you again",
                "Dear customer,\n\nit has been a while. With the code BACK-7Q4M you get 10 % off"
                " your next order until 9 January 2012.\n\nCorner Gifts",
            ),
        )

    def draft_plan(
        self,
        budget: int | None = None,
        staff_hours: float | None = None,
        by: str | None = None,
    ) -> views.PlanTotals:
        """Begin again as a draft, within limits that hold for it alone."""
        self._status = "draft"
        self._budget = Money(budget, "GBP") if budget is not None else None
        self._hours = staff_hours
        return self.plan()

    def approve_plan(self, plan_id: str, by: str) -> None:
        """Approve."""
        self._status = "approved"

    def apply_plan(self, plan_id: str, by: str, progress: Any = None) -> dict[str, Any]:
        """Carry out what was approved."""
        if self._status != "approved":
            raise Refused("this plan has not been approved")
        progress and progress("letters", 0.5)
        self._status = "applied"
        return {"letters": 982}

    def confirm_sent(self, plan_id: str, by: str) -> None:
        """Take their word for it."""

    def cases(self, status: str = "open", limit: int = 50) -> tuple[views.CaseView, ...]:
        """Three open cases."""
        lost = [row for row in self.rows if row.stage == "lost"][:3]
        suspects = (
            (said("A regular habit stopped"), 0.54),
            (said("Nothing in the orders tells"), 0.3),
        )
        ask = (said("Has something changed for you since the summer?"),)
        return tuple(
            views.CaseView(f"c{row.key}", row, TODAY, "open", None, money(310), suspects, ask, ())
            for row in lost
            if status == "open" and f"c{row.key}" not in self.answered
        )

    def history(self, person_id: str) -> tuple[views.TimelineEntry, ...]:
        """One call."""
        words = said("Reached, and will come")
        return (views.TimelineEntry(TODAY, "call", money(0), None, words),)

    def answer_case(
        self,
        case_id: str,
        why: str,
        *,
        where_to: str | None = None,
        words: str | None = None,
        by: str,
    ) -> None:
        """Remember what was said."""
        self.answered[case_id] = (why, where_to, words)

    def chores_done(self) -> list[dict[str, Any]]:
        done = datetime(2026, 3, 2, 5, tzinfo=UTC)
        return [{"chore": "day", "state": "done", "began_at": done, "reason": None}]

    def upkeep(self) -> Upkeep:
        """What the test says waits for somebody."""
        return self.lies_about

    def check(self) -> list[str]:
        """What the test says is wrong."""
        return self.wrong

    @property
    def alarms(self) -> Any:
        """The made-up alarms."""
        from tests.unit.console.fake_alarms import FakeAlarms

        return FakeAlarms(self.done)

    def leave_alone(self, id_or_key: str, by: str, channel: str = "any") -> None:
        """Remember who wants silence."""
        self.silent.add(self.person(id_or_key).row.id)

    def speak_again(self, id_or_key: str, by: str, channel: str = "any") -> None:
        """Forget it again."""
        self.silent.discard(self.person(id_or_key).row.id)

    def in_doubt(self) -> tuple[views.Doubt, ...]:
        """One letter, until somebody finds out."""
        return tuple(self.doubts.values())

    def settle_doubt(self, decision: str, channel: str, *, arrived: bool, by: str) -> None:
        """It is known now."""
        if (decision, channel) not in self.doubts:
            raise Refused(f"the delivery {decision} by {channel} is not in doubt")
        del self.doubts[decision, channel]

    def imports(self) -> tuple[views.ImportRow, ...]:
        """One file."""
        if self._empty:
            return ()
        at = datetime(2011, 12, 10, 6, 0, tzinfo=UTC)
        return (views.ImportRow("b1", "orders-2011.csv", at, 541_909, 541_203, 0, 706),)

    def waiting(self) -> int:
        """Rows of all files that wait."""
        return sum(row.quarantined for row in self.imports())

    def quarantined(
        self, after: str | None = None, limit: int = 50
    ) -> tuple[views.QuarantinedRow, ...]:
        """Two rows."""
        if self._empty:
            return ()
        return (
            views.QuarantinedRow(
                "q1",
                "b1",
                "orders-2011.csv",
                4023,
                "amount",
                "1e999",
                Sentence("this is not a number"),
                Sentence("mend the cell and import the row again"),
            ),
            views.QuarantinedRow(
                "q2",
                "b1",
                "orders-2011.csv",
                9120,
                "ordered_at",
                "31.02.2011",
                Sentence("this is not a date"),
                Sentence("write it as 2026-03-31 or 2026-03-31 18:05"),
            ),
        )

    def export_quarantine(self, path: Path, language: str = "en") -> tuple[Path, ...]:
        """A small file, or several."""
        numbers = range(2, self.ways_of_reading + 1)
        files = [path, *(path.with_stem(f"{path.stem}-{number}") for number in numbers)]
        for file in files[: self.ways_of_reading]:
            file.write_text("row,amount,reason\n4023,1e999,not an amount\n", encoding="utf-8")
        return tuple(files[: self.ways_of_reading])

    def mend(self, path: Path) -> Taken:
        """All mended."""
        return Taken("b2", path.name, 2, 2, 0, 0, TODAY, TODAY)
