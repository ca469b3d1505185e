"""The desks of the made-up shop: one case, one call, one lesson, and what was written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.unit.console.fake_people import TODAY, money

from huitou.care.calls.outcomes import OUTCOMES, Outcome
from huitou.care.casefiles.notes import Note
from huitou.care.reasons import WHYS
from huitou.decisions.counsel import counsel
from huitou.ground.errors import HuitouError
from huitou.ground.money import Money
from huitou.ground.words import said
from huitou.runs import verdicts, views
from huitou.runs.desks.calls import views as call_views
from huitou.runs.desks.cases import views as casefile_views
from huitou.runs.desks.cases.complaining import Complaint

if TYPE_CHECKING:
    from tests.unit.console.fake_shop import FakeShop

AT = datetime(2011, 12, 9, 10, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> {0}"


class FakeCases:
    """Case files that are made up; what is written is remembered."""

    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop
        self.written: list[tuple[str, Note]] = []
        self.owners: dict[str, str] = {}
        self.heard: list[tuple[int, str]] = []
        self.closed: dict[str, str] = {}

    def listed(self, **_asked: Any) -> casefile_views.CaseList:
        """One page."""
        board = tuple(
            casefile_views.Column(state, n, money(310 * n))
            for state, n in (("open", 3), ("answered", 1), ("returned", 2), ("closed", 0))
        )
        spent = casefile_views.Spent(95, money(3), money(35))
        lines = tuple(self.line(case) for case in self.shop.cases())
        return casefile_views.CaseList(lines, None, board, ("shop",), spent, money(120))

    def line(self, case: views.CaseView) -> casefile_views.CaseLine:
        """A case in one line."""
        suspects = tuple(
            casefile_views.Suspicion("habit_stopped", words, share, (said("They stopped."),))
            for words, share in case.suspects
        )
        return casefile_views.CaseLine(
            id=case.id,
            person_id=case.person.id if case.person else "",
            person=case.person,
            status="answered" if case.id in self.shop.answered else "open",
            owner=self.owners.get(case.id),
            opened_on=TODAY,
            opened_by=None,
            as_of=TODAY,
            worth=case.worth,
            suspects=suspects,
            found=None,
            spent=casefile_views.Spent(25, money(3), money(11)),
            brought=casefile_views.Brought(2, money(60), money(24), TODAY),
        )

    def file(self, case_id: str) -> casefile_views.CaseFile:
        """One file, with words that try to be a script."""
        line = next((line for line in map(self.line, self._every()) if line.id == case_id), None)
        if line is None:
            raise HuitouError(f"there is no case {case_id!r}")
        entries = tuple(
            views.TimelineEntry(TODAY - timedelta(days=days), kind, amount, order, said("Tea"))
            for days, kind, amount, order in (
                (1, "call", Money(0, "GBP"), None),
                (90, "order", money(20), "A1"),
                (200, "return", money(-5), "A0"),
            )
        )
        told = casefile_views.Told(WHYS["price"], "next door", HOSTILE, "owner", AT)
        note = casefile_views.NoteView(1, "call", None, HOSTILE, 12, money(1), "owner", AT)
        return casefile_views.CaseFile(
            line=line,
            worth=views.Range(money(310), money(210), money(420)),
            days_silent=90,
            timeline=entries,
            ask=(said("What would make you come back?"),),
            said=(told,),
            notes=(note,),
            counsel=counsel("price"),
            cause="price",
            again=TODAY,
            phone="+441632960000",
            email="a@example.org",
            silent=(),
            complaint=Complaint("1", "C7KQ-4M2X", "p", "service", None, AT),
            staff=("shop",),
        )

    def lessons(self) -> tuple[casefile_views.LessonGroup, ...]:
        """One lesson."""
        lesson = casefile_views.Lesson(7, "c1", "price", HOSTILE, "owner", AT, ("shop",))
        return (casefile_views.LessonGroup("price", WHYS["price"], (lesson,)),)

    def open(self, who: str, by: str) -> str:
        """The first case."""
        return self.shop.cases()[0].id

    def assign(self, case_id: str, owner: str) -> None:
        """Remember who is on it."""
        self.owners[case_id] = owner

    def write(self, case_id: str, note: Note, by: str) -> bool:
        """Remember the line."""
        self.written.append((case_id, note))
        return True

    def close(self, case_id: str, words: str, by: str) -> None:
        """Remember the end."""
        self.closed[case_id] = words

    def hear(self, lesson: int, who: str) -> None:
        """Remember who heard it."""
        self.heard.append((lesson, who))

    def _every(self) -> tuple[views.CaseView, ...]:
        answered, self.shop.answered = self.shop.answered, {}
        try:
            return self.shop.cases()
        finally:
            self.shop.answered = answered


class FakeCalls:
    """Two calls that are made up; what came of them is remembered."""

    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop
        self.told: dict[str, tuple[Outcome, float | None]] = {}
        self.drawn = 0

    def sheet(self, call_id: str) -> call_views.CallSheet:
        """One call."""
        row = self.shop.rows[int(call_id[1:])]
        return call_views.CallSheet(
            id=call_id,
            person_id=row.id,
            person=row,
            phone="+441632960000",
            clerk="shop",
            state="todo",
            due_on=TODAY,
            minutes=10,
            gain=views.Range(money(12), money(-3), money(27)),
            case_id="c1" if call_id == "k1" else None,
            by_plan=True,
            asked_by=None,
            store=None,
            happened=(said("{names}", names=HOSTILE),),
            cause="price",
            counsel=counsel("price"),
            language="zh-Hans",
            room=money(30),
            offers=(call_views.Offerable(0.1, money(8)),),
            before=(call_views.Tried("not_reached", OUTCOMES["not_reached"], None, "shop", AT),),
        )

    def today(self, clerk: str | None = None) -> call_views.CallList:
        """Two calls of one clerk, and somebody who complained."""
        calls = tuple(self.sheet(each) for each in ("k0", "k1") if each not in self.told)
        day = call_views.ClerkDay("shop", 480, 12, 1, calls, 3)
        waits = Complaint("1", "C7KQ-4M2X", "p", "service", "Mei", AT)
        withheld = call_views.Withheld(self.shop.rows[2], "p", waits)
        return call_views.CallList(TODAY, ("shop", "Mei"), (day,), (withheld,))

    def ask(self, who: str, by: str) -> str:
        """The first call."""
        return "k0"

    def draw(self) -> call_views.Drawn:
        """Count how often it was drawn."""
        self.drawn += 1
        return call_views.Drawn(0, 0, 0)

    def write(
        self, call_id: str, outcome: Outcome, by: str, *, depth: float | None = None
    ) -> call_views.Written:
        """Remember what came of it."""
        self.told[call_id] = (outcome, depth)
        return self.written(call_id)

    def written(self, call_id: str) -> call_views.Written:
        """What was remembered."""
        outcome, depth = self.told[call_id]
        code = "ABCDEFGHJK" if depth else None
        return call_views.Written(
            call_id, outcome.code, OUTCOMES[outcome.code], True, outcome.next_day, code, "c1"
        )

    def proofs(self) -> tuple[verdicts.ProofView, ...]:
        """The verdicts of the shop's plans."""
        return tuple(self.shop.proofs()[1:])
