"""What the console asks of a shop. `huitou.runs.shop.Shop` keeps this promise; so does the shop
that the tests play with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from huitou.ground.channels import ANY
from huitou.ground.clock import Clock
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence
from huitou.runs import views

if TYPE_CHECKING:
    import pyarrow as pa

    from huitou.runs.desks.acts import Acts
    from huitou.runs.desks.alarms import AlarmDesk
    from huitou.runs.desks.balance import BalanceView
    from huitou.runs.desks.calls.desk import CallDesk
    from huitou.runs.desks.cases.desk import CaseDesk
    from huitou.runs.desks.chase import Chase
    from huitou.runs.desks.complaints.desk import Complaints
    from huitou.runs.desks.consents.desk import Consents
    from huitou.runs.desks.effects import Desk as Effects
    from huitou.runs.desks.fixes import Desk as Fixes
    from huitou.runs.desks.forgetting import Desk as Forgetting
    from huitou.runs.desks.guides import Desk as Guides
    from huitou.runs.desks.happenings import Happenings
    from huitou.runs.desks.harms import Harms
    from huitou.runs.desks.interviews.desk import InterviewDesk
    from huitou.runs.desks.journeys.desk import JourneyDesk
    from huitou.runs.desks.ladder.desk import Desk as LadderDesk
    from huitou.runs.desks.learning.replays import Replays
    from huitou.runs.desks.learning.trials import Trials
    from huitou.runs.desks.members.desk import Desk as MemberDesk
    from huitou.runs.desks.membership import Desk as Memberships
    from huitou.runs.desks.needs import Desk as Needs
    from huitou.runs.desks.offers import Offers
    from huitou.runs.desks.packs import Desk as Packs
    from huitou.runs.desks.points import Desk as Points
    from huitou.runs.desks.referrals import Referrals
    from huitou.runs.desks.rehearsals import GoingView
    from huitou.runs.desks.reports import Reports
    from huitou.runs.desks.rulebook.desk import Rulebook
    from huitou.runs.desks.sending.desk import Sending
    from huitou.runs.desks.sending.texts import Texts as Templates
    from huitou.runs.desks.sticking import Desk as Sticking
    from huitou.runs.desks.surprises import Surprises
    from huitou.runs.desks.why import ReplayView, WhyView
    from huitou.runs.views import OfferView
    from huitou.sources.contract import Declared, Preview, Taken

Progress = Callable[[str, float | None], None]
"""Told the name of a step and how far it is, in [0, 1]."""


class Shopfront(Protocol):
    """One shop, seen from the door."""

    @property
    def home(self) -> Path:
        """The folder that holds everything."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock of this shop."""
        ...

    @property
    def settings(self) -> Settings:
        """What the merchant has decided."""
        ...

    def change_settings(self, **choices: Any) -> Settings:
        """Change some choices, and keep them."""
        ...

    def is_empty(self) -> bool:
        """Whether no file was ever taken in."""
        ...

    def has_run(self) -> bool:
        """Whether a run has finished, so that there are answers."""
        ...

    def too_few(self) -> Sentence | str | None:
        """Why the last run made no forecast, in words; None where it made one."""
        ...

    def look(self, path: Path, declared: Declared) -> Preview:
        """What a file seems to hold; changes nothing."""
        ...

    def take(
        self, path: Path, declared: Declared, *, confirmed: bool, progress: Progress | None = None
    ) -> Taken:
        """Take a file in."""
        ...

    @property
    def journeys(self) -> JourneyDesk:
        """Journeys."""
        ...

    def run(
        self,
        *,
        as_of: date | None = None,
        horizon_days: int | None = None,
        progress: Progress | None = None,
    ) -> Any:
        """Do the day's work: facts, forecast, plan, proof."""
        ...

    def home_page(self) -> views.Home:
        """The first page."""
        ...

    def at_hand(self) -> views.AtHand:
        """What waits for staff: what rings, today's calls, the oldest complaints."""
        ...

    def answers(self) -> views.Answers:
        """The five questions."""
        ...

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
        """A page of customers."""
        ...

    def person(self, id_or_key: str) -> views.PersonView:
        """One customer, whole."""
        ...

    def metrics(self) -> Sequence[views.MetricView]:
        """Every metric, with its definition and value."""
        ...

    def metric(self, name: str, by: str | None = None) -> pa.Table:
        """One metric, by a dimension."""
        ...

    def metric_people(self, name: str) -> pa.Table:
        """The customers behind a metric."""
        ...

    def cohorts(self) -> Sequence[views.CohortRow]:
        """Newcomers by month, and who of them came back."""
        ...

    def stage_history(self) -> Sequence[tuple[date, dict[str, int]]]:
        """How many customers stood in each stage at past moments."""
        ...

    def flows(self) -> Sequence[views.StageFlow]:
        """Movement between stages since the moment before."""
        ...

    def card(self) -> views.CardView:
        """The forecast's card."""
        ...

    def proofs(self) -> Sequence[views.ProofView]:
        """The verdict on each programme."""
        ...

    def verdict(self, programme: str) -> views.ProofView:
        """One verdict in full."""
        ...

    def aa(self) -> views.ProofView | None:
        """The read-out on programmes that never were: it must find nothing."""
        ...

    def plan(self, plan_id: str | None = None) -> views.PlanTotals | None:
        """The plan that is open, or one by its id."""
        ...

    def remarks(self) -> Sequence[views.Alert]:
        """What must be said beside all figures."""
        ...

    def latest_plan(self, *statuses: str) -> views.PlanTotals | None:
        """The latest plan of one of these statuses."""
        ...

    def receipts(
        self, plan_id: str, *, act: str | None = None, after: str | None = None, limit: int = 50
    ) -> tuple[Sequence[tuple[views.PersonRow, views.Receipt]], str | None]:
        """A page of the plan's receipts."""
        ...

    def letters(self, plan_id: str, limit: int = 3) -> Sequence[views.LetterSample]:
        """Some of the plan's letters, to read before approval."""
        ...

    def draft_plan(
        self,
        budget: int | None = None,
        staff_hours: float | None = None,
        by: str | None = None,
    ) -> Any:
        """Draft the plan anew within other limits."""
        ...

    def approve_plan(self, plan_id: str, by: str) -> Any:
        """Approve a draft."""
        ...

    def apply_plan(self, plan_id: str, by: str, progress: Progress | None = None) -> dict[str, Any]:
        """Carry out an approved plan."""
        ...

    def balance(self) -> BalanceView:
        """Profit against spend, and what is not known."""
        ...

    def rehearse(self, plan_id: str) -> GoingView:
        """A dry run of a plan: what would leave now."""
        ...

    def replay_plan(self, plan_id: str) -> ReplayView:
        """Draft a plan again from what was kept."""
        ...

    def why(self, id_or_key: str, on: date | None = None, plan_id: str | None = None) -> WhyView:
        """The receipt of one person, whole."""
        ...

    def confirm_sent(self, plan_id: str, by: str) -> Any:
        """Somebody says that the printed letters were posted."""
        ...

    def history(self, person_id: str) -> Sequence[views.TimelineEntry]:
        """What happened between a customer and the shop beside their orders."""
        ...

    def cases(self, status: str = "open", limit: int = 50) -> Sequence[views.CaseView]:
        """Lost customers worth asking, the worthiest first."""
        ...

    def answer_case(
        self,
        case_id: str,
        why: str,
        *,
        where_to: str | None = None,
        words: str | None = None,
        by: str,
    ) -> None:
        """Keep what a customer said when asked."""
        ...

    def leave_alone(self, id_or_key: str, by: str, channel: str = ANY) -> None:
        """Never address this customer again."""
        ...

    def speak_again(self, id_or_key: str, by: str, channel: str = ANY) -> None:
        """This customer asked to hear from the shop again."""
        ...

    def in_doubt(self) -> Sequence[views.Doubt]:
        """Letters of which nobody knows whether they arrived."""
        ...

    def settle_doubt(self, decision: str, channel: str, *, arrived: bool, by: str) -> None:
        """Somebody found out whether a letter arrived."""
        ...

    def imports(self) -> Sequence[views.ImportRow]:
        """The files that were taken in."""
        ...

    def quarantined(
        self, after: str | None = None, limit: int = 50
    ) -> Sequence[views.QuarantinedRow]:
        """Rows that wait to be mended."""
        ...

    def export_quarantine(self, path: Path) -> Sequence[Path]:
        """Write the quarantined rows as CSV files to mend, one for each way of reading."""
        ...

    def mend(self, path: Path) -> Taken:
        """Take the mended file back in."""
        ...

    @property
    def reports(self) -> Reports:
        """The week's and the month's report to the owner."""
        ...

    @property
    def tests(self) -> Trials:
        """Planned tests."""
        ...

    @property
    def replays(self) -> Replays:
        """What another way of deciding would have brought."""
        ...

    @property
    def harm(self) -> Harms:
        """What our own letters did harm, and the guardrail."""
        ...

    @property
    def effects(self) -> Effects:
        """What each act is believed to move, and what promises were worth."""
        ...

    @property
    def casefiles(self) -> CaseDesk:
        """Case files of the lost."""
        ...

    @property
    def calls(self) -> CallDesk:
        """Today's calls."""
        ...

    @property
    def complaints(self) -> Complaints:
        """The desk for complaints."""
        ...

    @property
    def alarms(self) -> AlarmDesk:
        """What rings, who takes it, which rules ring, and where staff are told."""
        ...

    @property
    def happenings(self) -> Happenings:
        """What happened around the shop."""
        ...

    @property
    def interviews(self) -> InterviewDesk:
        """Exit interviews: whom we ask why they left, and what they say."""
        ...

    @property
    def points(self) -> Points:
        """Points, stamps, cashback and stored value."""
        ...

    @property
    def packs(self) -> Packs:
        """Packs of sessions."""
        ...

    @property
    def acts(self) -> Acts:
        """What may be done for a customer, the shop's own acts too."""
        ...

    @property
    def offers(self) -> Offers:
        """Offers that are out, and what became of them."""
        ...

    def redeem_offer(
        self, code: str, order_id: str, total: int, customer: str | None = None, by: str = ""
    ) -> OfferView:
        """Use a code for an order; the same order again changes nothing."""
        ...

    def rules(self, room: str) -> Rulebook:
        """The rules of one room."""
        ...

    @property
    def surprises(self) -> Surprises:
        """Small gifts nobody was promised."""
        ...

    @property
    def referrals(self) -> Referrals:
        """Regulars who bring friends."""

    @property
    def sending(self) -> Sending:
        """The outbox: its ways out, its doubts, its stop."""
        ...

    @property
    def templates(self) -> Templates:
        """The texts of what leaves."""
        ...

    @property
    def chase(self) -> Chase:
        """Whom staff do not chase any more."""
        ...

    @property
    def forgetting(self) -> Forgetting:
        """Where somebody is forgotten who asks for it."""
        ...

    @property
    def consents(self) -> Consents:
        """What people agreed to, and what may be said to them."""
        ...

    @property
    def membership(self) -> Memberships:
        """Cards that are paid for, and whom the dearer one pays."""
        ...

    @property
    def sticking(self) -> Sticking:
        """What holds customers, and which product fits them next."""
        ...

    @property
    def needs(self) -> Needs:
        """What is due when, machines, and reminders."""
        ...

    @property
    def guides(self) -> Guides:
        """Guides to products behind QR codes."""
        ...

    @property
    def fixes(self) -> Fixes:
        """What to fix, what was mended, and whether it worked."""
        ...

    @property
    def ladder(self) -> LadderDesk:
        """The ladder: its rules, who stands where, what is handed over at the till."""
        ...

    @property
    def members(self) -> MemberDesk:
        """Promotions with their codes, and joining at the till."""
        ...
