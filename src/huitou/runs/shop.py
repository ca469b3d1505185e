"""The shop as the doors see it: every question a merchant can ask, and every thing they can do.

Nothing is computed here that a run has computed already: answers are read from the edition that
was published last, and from the books.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitou.ground import settings as choices
from huitou.ground.channels import ANY
from huitou.ground.clock import Clock
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.progress import Progress, silently
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.runs.first_page import Alert, AtHand, Home
from huitou.runs.forecast import CardView
from huitou.runs.kept import few
from huitou.runs.moment import FORMAT
from huitou.runs.office import Office
from huitou.runs.verdicts import ProofView
from huitou.runs.views import (
    Answers,
    CaseView,
    CohortRow,
    Doubt,
    ImportRow,
    LetterSample,
    MetricView,
    OfferView,
    Page,
    PersonRow,
    PersonView,
    PlanTotals,
    QuarantinedRow,
    Receipt,
    RunView,
    StageFlow,
    TimelineEntry,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from huitou.facts.contract import Tables
    from huitou.runs.desks.balance import BalanceView
    from huitou.runs.desks.exodus import AwayView, ExodusView
    from huitou.runs.desks.rehearsals import GoingView
    from huitou.runs.desks.what_if import WhatIfView
    from huitou.runs.desks.why import ReplayView, WhyView
    from huitou.runs.desks.winning import LossesView, WinningView
    from huitou.runs.schedule.foreman import Fired, Foreman
    from huitou.runs.told import ReportView
    from huitou.runs.upkeep import Upkeep
    from huitou.sources.contract import Declared, Preview, Taken
    from huitou.store.books import Books
    from huitou.store.lake import Edition


class Shop(Office):
    """One merchant's shop, in one folder: its desks, and what it says as a whole."""

    @property
    def home(self) -> Path:
        """The folder that holds everything."""
        return self._house.home

    @property
    def books(self) -> Books:
        """The books, where the doors keep their own tables: users, sessions, tokens."""
        return self._house.books

    @property
    def clock(self) -> Clock:
        """The clock of this shop."""
        return self._house.clock

    def change_settings(self, **changed: Any) -> Settings:
        """Change some choices. The currency stays what the first import made it."""
        from huitou.runs import sending

        before = self.settings
        told = changed.get("currency")
        if before.currency and told not in (None, before.currency) and not self.is_empty():
            raise HuitouError(
                f"this shop counts in {before.currency}; its history cannot be renamed to {told}",
                to_try="huitou --home ANOTHER import FILE",
            )
        settings = before.changed(**changed)
        choices.write(self.home, settings)
        sending.hold(self._house, settings)
        return settings

    # -- what arrives

    def is_empty(self) -> bool:
        """Whether no file was ever taken in."""
        return not self.imports()

    def look(self, path: Path, declared: Declared) -> Preview:
        """What a file would be taken for; changes nothing."""
        from huitou.runs import taking

        return taking.look(self._house, self.settings, Path(path), declared)

    def take(
        self, path: Path, declared: Declared, *, confirmed: bool, progress: Progress | None = None
    ) -> Taken:
        """Take a file in. Raises `Ambiguous`, with `questions`, where the merchant must speak."""
        from huitou.runs import taking

        tell = progress or silently
        tell("looking", None)
        preview = self.look(path, declared)
        mapping = taking.settled(self._house, preview, confirmed=confirmed)
        return taking.take(self._house, self.settings, Path(path), mapping, tell)

    def imports(self) -> tuple[ImportRow, ...]:
        """The files that were taken in, the latest first."""
        from huitou.runs import taking

        return taking.imports(self._house)

    def quarantined(self, after: str | None = None, limit: int = 50) -> tuple[QuarantinedRow, ...]:
        """Rows that wait to be mended; `after` is the id of the last one seen."""
        from huitou.runs import taking

        return taking.quarantined(self._house, after, limit)

    def waiting(self) -> int:
        """How many rows wait to be mended."""
        from huitou.runs import taking

        return taking.waiting(self._house)

    def export_quarantine(self, path: Path, language: str = "en") -> tuple[Path, ...]:
        """Write the waiting rows as CSV to mend, what is wrong in `language`; one file for each
        way of reading them."""
        from huitou.runs import taking

        return taking.export_quarantine(self._house, Path(path), language)

    def mend(self, path: Path, progress: Progress | None = None) -> Taken:
        """Take a mended table back in; any other file is refused."""
        from huitou.runs import taking

        return taking.mend(self._house, self.settings, Path(path), progress or silently)

    # -- the day

    def run(
        self,
        *,
        as_of: date | None = None,
        horizon_days: int | None = None,
        progress: Progress | None = None,
    ) -> RunView:
        """Do the day's work; a run that was killed goes on where it was."""
        from huitou.runs import day, taking

        self.sources.pull_all(progress or silently)
        done = day.run(
            self._house, self.settings, as_of=as_of, horizon_days=horizon_days, progress=progress
        )
        if self.too_few() is None:
            self.calls.draw()
        return replace(done, steps=(*taking.costs(self._house), *done.steps))

    def has_news(self) -> bool:
        """Whether something has arrived since the day's work was done last."""
        from huitou.runs import day

        return day.has_news(self._house)

    def foreman(self, tell: Callable[[Fired], None] | None = None) -> Foreman:
        """Who has the chores of the house done, by the books: one of any number."""
        from huitou.runs.schedule.foreman import Foreman

        return Foreman(self, tell=tell)

    def chores_done(self) -> Sequence[Mapping[str, Any]]:
        """The last firing of each chore: chore, slot, state, began_at, ended_at, did, reason."""
        from huitou.runs.schedule import book

        with self.books.reading() as unit:
            return book.latest(unit)

    def has_run(self) -> bool:
        """Whether a run has finished, so that there are answers."""
        return self._house.lake.current() is not None

    def too_few(self) -> Sentence | str | None:
        """Why the last run made no forecast, in words; None where it made one."""
        edition = self._house.lake.current()
        return few(edition) if edition is not None else None

    # -- what it says

    def answers(self) -> Answers:
        """The five questions."""
        from huitou.runs import reading

        return reading.answers(self._house, self.settings, self._foreseen())

    def remarks(self) -> tuple[Alert, ...]:
        """What must be said beside all figures: guesses they rest on, and what came later."""
        from huitou.runs.remarks import remarks

        if not self.has_run():
            return ()
        return remarks(self._house, self.settings, self._edition())

    def home_page(self) -> Home:
        """The first page, in the order a merchant works."""
        from huitou.runs import reading

        return reading.home(self._house, self.settings, self._foreseen())

    def at_hand(self) -> AtHand:
        """What waits for staff: what rings, today's calls, the oldest complaints."""
        from huitou.runs.at_hand import at_hand

        return at_hand(self, self._house.shelf)

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
    ) -> Page:
        """A page of customers, ordered and filtered; `after` is the mark of the page before."""
        from huitou.runs.moved import with_facts
        from huitou.runs.people import page

        edition = self._foreseen()
        asked = {"stage": stage, "act": act, "cause": cause}
        where = {name: value for name, value in asked.items() if value}
        found = page(
            self._house.shelf, self.settings.money,
            where=where, search=search, sort=sort, after=after, limit=limit,
        )  # fmt: skip
        return replace(found, rows=with_facts(edition, found.rows))

    def person(self, id_or_key: str) -> PersonView:
        """One customer, by id or by what the merchant knows them by."""
        from huitou.runs import reading

        return reading.person(self._house, self.settings, self._foreseen(), id_or_key)

    @property
    def facts(self) -> Mapping[str, MetricView]:
        """Every metric by name: `shop.facts["repeat_purchase_rate"].value`."""
        return {metric.name: metric for metric in self.metrics()}

    def metrics(self) -> tuple[MetricView, ...]:
        """Every metric with its definition; those that are tables carry no value here."""
        from huitou.runs import reading

        return reading.metrics(self._edition(), self.settings.money)

    def metric(
        self,
        name: str,
        by: str | None = None,
        *,
        as_of: date | None = None,
        known: date | None = None,
    ) -> pa.Table:
        """One metric as a table, whole or by a dimension.

        `as_of` asks for the evening of an earlier day, `known` for what had arrived by the evening
        of one: what a late file changed since is then as it was. Amounts are decimals in major
        units; the schema's metadata names their `currency`.
        """
        from huitou.runs import reading

        with self._tables() as tables:
            return reading.metric(
                tables, self._edition(), name, by, self.settings.money, as_of=as_of, known=known
            )

    def metric_people(self, name: str) -> pa.Table:
        """The customers behind a metric, with what each contributes."""
        from huitou.runs import reading

        with self._tables() as tables:
            return reading.metric_people(tables, self._edition(), name, self.settings.money)

    def fact_marks(self) -> Mapping[str, str]:
        """Of each table of facts a mark of its rows: the same files in any order leave the same."""
        from huitou.runs.sameness import marks

        return marks(self._house.lake, self._edition())

    def order_lines(self) -> Iterator[Mapping[str, Any]]:
        """Every line of every order that the last run knew, one by one."""
        from huitou.runs import exporting

        settings = self.settings
        return exporting.order_lines(self._edition(), settings.money, settings.zone)

    def keys(self) -> Iterator[Mapping[str, Any]]:
        """Every member number, phone and e-mail, and whose it is."""
        from huitou.runs import exporting, reading

        edition = self._edition()
        return exporting.keys(edition, reading.known(edition))

    def cohorts(self) -> tuple[CohortRow, ...]:
        """Newcomers by month, and the share of them that bought again k months later."""
        from huitou.runs import reading

        with self._tables() as tables:
            return reading.cohorts(tables, self._edition())

    def stage_history(self) -> tuple[tuple[date, dict[str, int]], ...]:
        """How many customers stood in each stage at the moments looked back at, oldest first."""
        from huitou.runs import reading

        return reading.stage_history(self._foreseen())

    def flows(self) -> tuple[StageFlow, ...]:
        """Who moved from which stage to which within the last horizon."""
        from huitou.runs import reading

        with self._tables() as tables:
            return reading.flows(tables, self._edition(), self.settings.money)

    def card(self) -> CardView:
        """How the forecast did on this shop's own past."""
        from huitou.runs.kept import recall

        kept: CardView = recall(self._foreseen().noted("card"))
        return kept

    def proofs(self) -> tuple[ProofView, ...]:
        """The verdict on the whole programme first, then on each applied plan, latest first."""
        from huitou.runs.kept import recall

        kept: tuple[ProofView, ...] = recall(self._foreseen().noted("proofs"))
        return kept

    def verdict(self, programme: str) -> ProofView:
        """One verdict in full, by the name of the programme or the id of a plan."""
        from huitou.runs.desks import proofs

        return proofs.verdict(self._foreseen(), self.proofs(), programme)

    def aa(self) -> ProofView | None:
        """The rehearsal of the proof on the shop's own past, where nothing was done."""
        from huitou.runs.kept import recall

        kept: ProofView | None = recall(self._foreseen().noted("rehearsal"))
        return kept

    def report(self, period: str = "week", until: date | None = None) -> ReportView:
        """The report of a week or a month, as it was written when that day's run ended."""
        return self.reports.report(period, until)

    def balance(self) -> BalanceView:
        """How much to spend on winning new, keeping and winning back, and what is not known."""
        from huitou.runs.desks import balance

        return balance.seen(self._house, self.settings, self._foreseen())

    def winning(self, by: str = "acquisition") -> WinningView:
        """What customers cost to win, to keep and to serve, whole and along one dimension."""
        from huitou.runs.desks import winning

        return winning.seen(self._tables, self._edition(), self.settings, by)

    def losses(self) -> LossesView | None:
        """Who was lost between the last two moments, by stage and by age; None with one moment."""
        from huitou.runs.desks import winning

        edition = self._foreseen()
        with self._tables() as tables:
            return winning.lost(tables, edition, self.settings.money)

    def exodus(self) -> ExodusView:
        """Groups that stay away beyond what was expected of their customers."""
        from huitou.runs.desks import exodus

        return exodus.seen(self.settings, self._foreseen())

    def exodus_people(self, kind: str, part: str, limit: int = 50) -> AwayView:
        """Who of such a group was expected and stayed away, the dearest first."""
        from huitou.runs.desks import exodus

        return exodus.away(self._house, self.settings, self._foreseen(), kind, part, limit)

    def what_if(self, told: Mapping[str, str], years: float = 1.0) -> WhatIfView:
        """What changes of `churn`, `repeat`, `margin` and `cost` ("from:to") would be worth."""
        from huitou.runs.desks import what_if

        return what_if.asked(self.settings, self._foreseen(), told, years)

    # -- the plan

    def plan(self, plan_id: str | None = None) -> PlanTotals | None:
        """A plan, or the latest; None while there is none."""
        from huitou.journeys import book as journeys
        from huitou.runs.plan_in_words import totals_view

        with self._house.books.reading() as unit:
            try:
                row = journeys.the_plan(unit, plan_id)
            except NotYet:
                return None
        return totals_view(row, self.settings.money)

    def latest_plan(self, *statuses: str) -> PlanTotals | None:
        """The latest plan of one of these statuses: a newer draft hides no approved plan."""
        from huitou.journeys import book as journeys
        from huitou.runs.plan_in_words import totals_view

        with self._house.books.reading() as unit:
            row = journeys.latest(unit, *statuses)
        return totals_view(row, self.settings.money) if row is not None else None

    def plans(self) -> tuple[PlanTotals, ...]:
        """All plans, the newest first."""
        from huitou.journeys import book as journeys
        from huitou.runs.plan_in_words import totals_view

        with self._house.books.reading() as unit:
            rows = journeys.plans(unit)
        return tuple(totals_view(row, self.settings.money) for row in rows)

    def receipts(
        self, plan_id: str, *, act: str | None = None, after: str | None = None, limit: int = 50
    ) -> tuple[Sequence[tuple[PersonRow, Receipt]], str | None]:
        """A page of the plan's receipts, the most gainful first; `act` may be `any`."""
        from huitou.journeys import book as journeys
        from huitou.journeys.acts import book as own_acts
        from huitou.runs.people import person_row
        from huitou.runs.person import receipt_view
        from huitou.runs.planning import mark_of, read_mark

        with self._house.books.reading() as unit:
            rows = journeys.receipts(
                unit, plan_id, act=act, after=read_mark(after), limit=limit + 1
            )
            acts = own_acts.every(unit)
        currency = self.settings.money
        shown = []
        for row in rows[:limit]:
            standing = self._house.shelf.find(row["person_id"])
            if standing is not None:
                shown.append((person_row(standing, currency), receipt_view(row, currency, acts)))
        return shown, mark_of(rows[limit - 1]) if len(rows) > limit else None

    def letters(self, plan_id: str, limit: int = 3) -> tuple[LetterSample, ...]:
        """Some of the plan's letters, to read before it is approved."""
        from huitou.runs import planning

        return planning.letters(self._house, self.settings, plan_id, self._foreseen(), limit)

    def draft_plan(
        self,
        budget: int | None = None,
        staff_hours: float | None = None,
        by: str | None = None,
    ) -> PlanTotals:
        """Draft the plan anew; earlier drafts are replaced. `by` is kept: who asked for it.

        Other limits hold for this draft alone; `change_settings` keeps them for those to come.
        """
        from huitou.runs import planning

        told = {"budget": budget, "staff_hours": staff_hours}
        changed = {name: value for name, value in told.items() if value is not None}
        # A run drafts too, and lays out the same shelf.
        with self._house.lake.running("draft a plan"):
            return planning.draft_anew(self._house, self.settings, self._foreseen(), by, **changed)

    def approve_plan(self, plan_id: str, by: str) -> PlanTotals:
        """Approve a draft, and write down how it will be read; nothing leaves the house before.

        Above `settings.approval_limit` two people do: the plan stays a draft with `first_by` until
        the second, who did not draft it, has spoken.
        """
        from huitou.journeys import book as journeys
        from huitou.runs import registering

        fixed = registering.foretold(self._house, self.settings, plan_id)
        now = self.clock.now()
        with self._house.books.unit() as unit:
            journeys.approve(unit, plan_id, by, now, limit=self.settings.approval_limit)
            if journeys.the_plan(unit, plan_id)["status"] != "draft":
                registering.write_down(unit, fixed, by, now)
        return self._the(plan_id)

    def apply_plan(self, plan_id: str, by: str, progress: Progress | None = None) -> dict[str, Any]:
        """Carry out an approved plan; safe to call again after a kill.

        Who complained until now is sent nothing of it, also where that is still in the inbox.
        """
        from huitou.runs import planning
        from huitou.runs.desks.public.carrying import carry

        carry(self._house, wait=True, again=True)
        tell = progress or silently
        done = planning.apply(self._house, self.settings, plan_id, self._foreseen(), tell)
        self.calls.draw()
        return {**done, "by": by}

    def rehearse(self, plan_id: str) -> GoingView:
        """A dry run: what would leave if the plan were carried out now; nothing is written."""
        from huitou.runs.desks import rehearsals

        return rehearsals.rehearsed(self._house, self.settings, plan_id, self._foreseen())

    def carried_out(self, plan_id: str) -> GoingView:
        """What did leave when the plan was carried out, in the shape of `rehearse`."""
        from huitou.runs.desks import rehearsals

        return rehearsals.carried_out(self._house, self.settings, plan_id)

    def replay_plan(self, plan_id: str) -> ReplayView:
        """Draft a plan again from what was kept, and say whether the same comes out."""
        from huitou.runs.desks import why

        return why.replay(self._house, self.settings, plan_id)

    def why(self, id_or_key: str, on: date | None = None, plan_id: str | None = None) -> WhyView:
        """The receipt of one person, whole: of the newest plan, or of the one that held then."""
        from huitou.runs.desks.why import WhyDesk

        return WhyDesk(self._house, self.settings, self._foreseen()).why(id_or_key, on, plan_id)

    def confirm_sent(self, plan_id: str, by: str) -> PlanTotals:
        """Somebody says that the printed letters of a plan were posted: only then can it prove."""
        from huitou.journeys import book as journeys

        with self._house.books.unit() as unit:
            journeys.posted(unit, plan_id, by, self.clock.now())
        return self._the(plan_id)

    # -- asking the lost

    def history(self, person_id: str) -> tuple[TimelineEntry, ...]:
        """What happened between a customer and the shop beside their orders, the latest first."""
        from huitou.runs.desks.cases import history

        settings = self.settings
        until = self.clock.now().astimezone(settings.zone).date()
        with self._house.books.reading() as unit:
            return history.told(unit, person_id, settings.zone, settings.money, until)

    def cases(self, status: str = "open", limit: int = 50) -> tuple[CaseView, ...]:
        """Lost customers worth asking (open, answered, returned, closed), the worthiest first."""
        return self.casefiles.asked(status, limit)

    def answer_case(
        self,
        case_id: str,
        why: str,
        *,
        where_to: str | None = None,
        words: str | None = None,
        by: str,
    ) -> None:
        """Keep what a customer said when asked; *leave_me_alone* is obeyed at once."""
        self.casefiles.answer(case_id, why, where_to, words, by)

    def leave_alone(self, id_or_key: str, by: str, channel: str = ANY) -> None:
        """Never write to or call this customer again, on one channel or on any."""
        from huitou.runs import caring

        caring.leave_alone(self._house, self.person(id_or_key).row.id, channel, by)

    def speak_again(self, id_or_key: str, by: str, channel: str = ANY) -> None:
        """This customer asked to hear from the shop again."""
        from huitou.runs import caring

        caring.speak_again(self._house, self.person(id_or_key).row.id, channel, by)

    def in_doubt(self) -> tuple[Doubt, ...]:
        """Letters of which nobody knows whether they arrived."""
        from huitou.runs import caring

        return caring.in_doubt(self._house)

    def settle_doubt(self, decision: str, channel: str, *, arrived: bool, by: str) -> None:
        """Somebody found out whether a letter arrived; it is never sent again either way."""
        from huitou.runs import caring

        caring.settle_doubt(self._house, decision, channel, arrived, by)

    # -- offers at the till

    def check_offer(
        self, code: str, total: int | None = None, customer: str | None = None
    ) -> OfferView:
        """What a code gives on a basket of `total` minor units, or why not; nothing is changed."""
        from huitou.runs import till

        return till.check(self._house, self.settings, code, total, customer)

    def redeem_offer(
        self, code: str, order_id: str, total: int, customer: str | None = None, by: str = ""
    ) -> OfferView:
        """Use a code for an order of `total` minor units; the same order again changes nothing."""
        from huitou.runs import till

        return till.redeem(self._house, self.settings, code, order_id, total, customer, by)

    # -- keeping house

    def check(self) -> list[str]:
        """What is wrong with the books, in words; nothing where all is well."""
        from huitou.care.consents import book as consents
        from huitou.channels import book as channels
        from huitou.channels.post import book as post
        from huitou.journeys.paths import book as paths
        from huitou.loyalty import book as loyalty
        from huitou.loyalty.membership import book as cards
        from huitou.loyalty.points.orders import book as orders
        from huitou.loyalty.points.posting import book as points
        from huitou.loyalty.surprises import book as surprises
        from huitou.runs.desks.rulebook.rooms import ROOMS

        rooms = (loyalty, points, orders, cards, surprises, consents, paths, channels, post)
        with self._house.books.reading() as unit:
            found = [each for room in rooms for each in room.check(unit)]
        views = [self.rules(name).view() for name in ROOMS]
        return [*found, *(view.wrong for view in views if view.wrong is not None)]

    def upkeep(self) -> Upkeep:
        """What waits for somebody in the rooms of care: held, late, in doubt, set aside."""
        from huitou.runs.upkeep import upkeep

        return upkeep(self._house)

    # -- inside

    def _the(self, plan_id: str) -> PlanTotals:
        found = self.plan(plan_id)
        if found is None:
            raise NotYet("there is no plan yet", to_try="huitou run")
        return found

    def _edition(self) -> Edition:
        edition = self._house.lake.current()
        if edition is None:
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        if (edition.noted("moment") or {}).get("format") != FORMAT:
            raise NotYet("the last run was made by another version", to_try="huitou run")
        return edition

    def _foreseen(self) -> Edition:
        """The edition, where there were customers enough for a forecast."""
        if (too_few := self.too_few()) is not None:
            raise NotYet(too_few, to_try="huitou facts")
        return self._edition()

    @contextmanager
    def _tables(self) -> Iterator[Tables]:
        from huitou.runs.work import BENEATH, tables_of

        edition = self._edition()
        with self._house.lake.reading(edition, BENEATH) as connection:
            yield tables_of(connection, self.settings, edition)
