"""The desks of a shop, in the order of the story: each is opened when somebody steps up to it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from huitou.ground import settings as choices
from huitou.ground.settings import Settings

if TYPE_CHECKING:
    from huitou.runs.desks.acts import Acts
    from huitou.runs.desks.alarms import AlarmDesk
    from huitou.runs.desks.calls.desk import CallDesk
    from huitou.runs.desks.cases.desk import CaseDesk
    from huitou.runs.desks.chase import Chase
    from huitou.runs.desks.complaints.desk import Complaints
    from huitou.runs.desks.connections import Connections
    from huitou.runs.desks.consents.desk import Consents
    from huitou.runs.desks.consents.own import OwnPages
    from huitou.runs.desks.demands import Demands
    from huitou.runs.desks.duplicates import Duplicates
    from huitou.runs.desks.effects import Desk as Effects
    from huitou.runs.desks.fetched import Sources
    from huitou.runs.desks.fixes import Desk as Fixes
    from huitou.runs.desks.forgetting import Desk as Forgetting
    from huitou.runs.desks.guides import Desk as Guides
    from huitou.runs.desks.happenings import Happenings
    from huitou.runs.desks.harms import Harms
    from huitou.runs.desks.interviews.desk import InterviewDesk
    from huitou.runs.desks.interviews.leaving import LeavingDesk
    from huitou.runs.desks.journeys.desk import JourneyDesk
    from huitou.runs.desks.ladder.desk import Desk as LadderDesk
    from huitou.runs.desks.learning.replays import Replays
    from huitou.runs.desks.learning.trials import Trials
    from huitou.runs.desks.lessons import Desk as Lessons
    from huitou.runs.desks.letting_go.appeals import Appeals
    from huitou.runs.desks.letting_go.desk import LettingGo
    from huitou.runs.desks.members.desk import Desk as MemberDesk
    from huitou.runs.desks.membership import Desk as Memberships
    from huitou.runs.desks.needs import Desk as Needs
    from huitou.runs.desks.offers import Offers
    from huitou.runs.desks.packs import Desk as Packs
    from huitou.runs.desks.points import Desk as Points
    from huitou.runs.desks.public.cards import CardDesk
    from huitou.runs.desks.public.letterbox import Letterbox
    from huitou.runs.desks.referrals import Referrals
    from huitou.runs.desks.reports import Reports
    from huitou.runs.desks.rulebook.desk import Rulebook
    from huitou.runs.desks.sending.desk import Sending
    from huitou.runs.desks.sending.texts import Texts as Templates
    from huitou.runs.desks.spending import SpendingDesk
    from huitou.runs.desks.sticking import Desk as Sticking
    from huitou.runs.desks.superusers import SuperUsers
    from huitou.runs.desks.surprises import Surprises
    from huitou.runs.wiring import House


class Office:
    """All desks of one shop. What they do is theirs: nothing is decided here."""

    def __init__(self, house: House) -> None:
        self._house = house

    @property
    def settings(self) -> Settings:
        """What the merchant has decided."""
        return choices.read(self._house.home)

    def rules(self, room: str) -> Rulebook:
        """The rules of one room, a file to read and to edit: `shop.rules("points").text`."""
        from huitou.runs.desks.rulebook.desk import Rulebook
        from huitou.runs.desks.rulebook.rooms import ROOMS

        return Rulebook(self._house, self.settings, ROOMS[room])

    # -- what arrives by itself

    @property
    def connections(self) -> Connections:
        """Shops, sites and apps that tell us by themselves."""
        from huitou.runs.desks.connections import Connections

        return Connections(self._house, self.settings)

    @property
    def spending(self) -> SpendingDesk:
        """What was spent on winning and keeping customers, as files tell it."""
        from huitou.runs.desks.spending import SpendingDesk

        return SpendingDesk(self._house, self.settings)

    @property
    def sources(self) -> Sources:
        """Databases and folders that are asked for what is new."""
        from huitou.runs.desks.fetched import Sources

        return Sources(self._house, self.settings)

    # -- what customers do by themselves

    @cached_property
    def letterbox(self) -> Letterbox:
        """What customers do on their own pages: complain, and follow it."""
        from huitou.runs.desks.public.letterbox import Letterbox

        return Letterbox(self._house, self.settings)

    @cached_property
    def cards(self) -> CardDesk:
        """What customers do with their cards on their own pages: join, and look at them."""
        from huitou.runs.desks.public.cards import CardDesk

        return CardDesk(self._house)

    @property
    def leaving(self) -> LeavingDesk:
        """Exit interviews, as those who left see them: each by its link."""
        from huitou.runs.desks.interviews.leaving import LeavingDesk

        return LeavingDesk(self._house, self.settings)

    @property
    def own_pages(self) -> OwnPages:
        """The pages on which customers choose what they hear: each by its link."""
        from huitou.runs.desks.consents.own import OwnPages

        return OwnPages(self._house, self.settings)

    @property
    def appeals(self) -> Appeals:
        """The pages on which customers object to a step against them: each by its link."""
        from huitou.runs.desks.letting_go.appeals import Appeals

        return Appeals(self._house, self.settings)

    # -- what hurt

    @property
    def complaints(self) -> Complaints:
        """The desk for complaints."""
        from huitou.runs.desks.complaints.desk import Complaints

        return Complaints(self._house, self.settings)

    @property
    def alarms(self) -> AlarmDesk:
        """What rings, who takes it, which rules ring, and where staff are told."""
        from huitou.runs.desks.alarms import AlarmDesk

        return AlarmDesk(self._house, self.settings)

    @property
    def fixes(self) -> Fixes:
        """What to fix, what was mended, and whether it worked."""
        from huitou.runs.desks.fixes import Desk

        return Desk(self._house, self.settings)

    @property
    def lessons(self) -> Lessons:
        """Texts sorted to causes, and staff who teach the sorter."""
        from huitou.runs.desks.lessons import Desk

        return Desk(self._house, self.settings)

    @property
    def happenings(self) -> Happenings:
        """What happened around the shop, as staff and files tell it."""
        from huitou.runs.desks.happenings import Happenings

        return Happenings(self._house, self.settings)

    # -- asking the lost

    @property
    def casefiles(self) -> CaseDesk:
        """Case files: opened, taken up, written in, ended, and learned from."""
        from huitou.runs.desks.cases.desk import CaseDesk

        return CaseDesk(self._house, self.settings)

    @property
    def calls(self) -> CallDesk:
        """Today's calls, and what came of each."""
        from huitou.runs.desks.calls.desk import CallDesk

        return CallDesk(self._house, self.settings)

    @property
    def interviews(self) -> InterviewDesk:
        """Exit interviews, as staff see them."""
        from huitou.runs.desks.interviews.desk import InterviewDesk

        return InterviewDesk(self._house, self.settings)

    @property
    def chase(self) -> Chase:
        """Whom staff do not chase any more, and until when."""
        from huitou.runs.desks.chase import Chase

        return Chase(self._house, self.settings)

    # -- who brings most, and who costs more than they bring

    @property
    def super_users(self) -> SuperUsers:
        """Who surely leaves far more than the usual customer."""
        from huitou.runs.desks.superusers import SuperUsers

        return SuperUsers(self._house, self.settings)

    @property
    def letting_go(self) -> LettingGo:
        """Customers who cost more than they bring: a human looks, decides, answers for it."""
        from huitou.runs.desks.letting_go.desk import LettingGo

        return LettingGo(self._house, self.settings)

    @property
    def duplicates(self) -> Duplicates:
        """Two customers who may be one: why, and somebody's word on it."""
        from huitou.runs.desks.duplicates import Duplicates

        return Duplicates(self._house, self.settings)

    @property
    def demands(self) -> Demands:
        """What staff may concede, words to refuse with, and exceptions."""
        from huitou.runs.desks.demands import Demands

        return Demands(self._house, self.settings)

    # -- deciding, and whether it worked

    @property
    def acts(self) -> Acts:
        """What may be done for a customer, the shop's own acts too."""
        from huitou.runs.desks.acts import Acts

        return Acts(self._house, self.settings)

    @property
    def effects(self) -> Effects:
        """What each act is believed to move, and what promises were worth."""
        from huitou.runs.desks.effects import Desk

        return Desk(self._house, self.settings)

    @property
    def harm(self) -> Harms:
        """What our own letters did harm, and the guardrail that stops those that do."""
        from huitou.runs.desks.harms import Harms

        return Harms(self._house, self.settings)

    @property
    def tests(self) -> Trials:
        """Planned tests: what one would need, those that run, and what they showed."""
        from huitou.runs.desks.learning.trials import Trials

        return Trials(self._house, self.settings)

    @property
    def replays(self) -> Replays:
        """What another way of deciding would have brought in the months that passed."""
        from huitou.runs.desks.learning.replays import Replays

        return Replays(self._house, self.settings)

    @property
    def reports(self) -> Reports:
        """The week's and the month's report to the owner."""
        from huitou.runs.desks.reports import Reports

        return Reports(self._house, self.settings)

    # -- what we owe

    @property
    def members(self) -> MemberDesk:
        """Promotions with their codes, and joining at the till."""
        from huitou.runs.desks.members.desk import Desk

        return Desk(self._house, self.settings)

    @property
    def ladder(self) -> LadderDesk:
        """The ladder: its rules, who stands where, what is handed over at the till."""
        from huitou.runs.desks.ladder.desk import Desk

        return Desk(self._house, self.settings)

    @property
    def points(self) -> Points:
        """Points, stamps, cashback and stored value."""
        from huitou.runs.desks.points import Desk

        return Desk(self._house, self.settings)

    @property
    def packs(self) -> Packs:
        """Packs of sessions."""
        from huitou.runs.desks.packs import Desk

        return Desk(self._house, self.settings)

    @property
    def membership(self) -> Memberships:
        """Paid cards: sold, renewed, changed, given back, and whom the dearer one pays."""
        from huitou.runs.desks.membership import Desk

        return Desk(self._house, self.settings)

    @property
    def offers(self) -> Offers:
        """Offers: those that are out, what became of them, and taking a use back."""
        from huitou.runs.desks.offers import Offers

        return Offers(self._house, self.settings)

    @property
    def surprises(self) -> Surprises:
        """Small gifts nobody was promised: what waits at the till, and what they moved."""
        from huitou.runs.desks.surprises import Surprises

        return Surprises(self._house, self.settings)

    @property
    def referrals(self) -> Referrals:
        """Regulars who bring friends: their links, who came, and what was caught."""
        from huitou.runs.desks.referrals import Referrals

        return Referrals(self._house, self.settings)

    # -- what they need next

    @property
    def needs(self) -> Needs:
        """What is due when, machines, and reminders."""
        from huitou.runs.desks.needs import Desk

        return Desk(self._house, self.settings)

    @property
    def guides(self) -> Guides:
        """Guides to products behind QR codes, and who opened them."""
        from huitou.runs.desks.guides import Desk

        return Desk(self._house, self.settings)

    @property
    def sticking(self) -> Sticking:
        """How many products customers use, what fits next, and what holds each."""
        from huitou.runs.desks.sticking import Desk

        return Desk(self._house, self.settings)

    # -- what we say, and how it leaves

    @property
    def journeys(self) -> JourneyDesk:
        """Journeys: written, tried on the past, started, and who is where in them."""
        from huitou.runs.desks.journeys.desk import JourneyDesk

        return JourneyDesk(self._house, self.settings)

    @property
    def consents(self) -> Consents:
        """What people agreed to, what they refuse, and what may be said to them."""
        from huitou.runs.desks.consents.desk import Consents

        return Consents(self._house, self.settings)

    @property
    def forgetting(self) -> Forgetting:
        """Where somebody is forgotten who asks for it."""
        from huitou.runs.desks.forgetting import Desk

        return Desk(self._house, self.settings)

    @property
    def templates(self) -> Templates:
        """The texts of what leaves."""
        from huitou.runs.desks.sending.texts import Texts

        return Texts(self._house, self.settings)

    @property
    def sending(self) -> Sending:
        """The outbox: its ways out, its doubts, its stop."""
        from huitou.runs.desks.sending.desk import Sending

        return Sending(self._house, self.settings)
