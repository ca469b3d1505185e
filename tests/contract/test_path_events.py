"""Every event a journey may begin at is told by the room where it happens, of the right person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from tests.contract.test_interviews import asking
from tests.contract.test_ladder import climbed
from tests.contract.test_ladder import told as on_the_form
from tests.unit.journeys.given import NOW
from tests.unit.loyalty.given_cards import PLAIN, RULES, on
from tests.unit.loyalty.test_ladder_rules import ROLLING

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.calls.outcomes import Outcome
from huitou.care.casefiles import book as casefiles
from huitou.care.cases import Answer, NewCase
from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.care.interviews import book as interviews
from huitou.identity import book as identity
from huitou.journeys.paths.hearing import book as hearing
from huitou.journeys.paths.journey import EVENTS
from huitou.loyalty import book as loyalty
from huitou.loyalty.cards import book as cards
from huitou.loyalty.cards.book import Where
from huitou.loyalty.ladder import book as ladder
from huitou.loyalty.membership import book as membership
from huitou.loyalty.referrals import book as referrals
from huitou.loyalty.referrals.rules import ReferralRules, Reward
from huitou.store.books import Books, Unit

WHO = "mei"
DAY = date(2026, 3, 1)
REWARD = Reward("points", 50)
Act = Callable[[Unit], object]


def complained(unit: Unit) -> str:
    row = complaints.receive(unit, Arrived("k", "It came broken.", "form", person_id=WHO), NOW)
    return str(row["id"])


def settled(unit: Unit) -> None:
    complaints.resolve(unit, complained(unit), "Li", NOW)


def took_a_card(unit: Unit) -> None:
    cards.join(unit, "salt", on_the_form(), Where("table"), "form", NOW, person_id=WHO)


def brought_a_friend(unit: Unit) -> None:
    link = referrals.link(unit, WHO, "owner", NOW)
    phone = "+8613900000001"
    assert referrals.leave(unit, link, "王", phone, None, consent="yes", language="en", now=NOW)
    referrals.bought(unit, referrals.open_ones(unit)[0], "friend", "A-1", DAY, NOW)
    rules = ReferralRules(REWARD, REWARD, on=True)
    assert referrals.reward(unit, referrals.open_ones(unit)[0], rules, "2026-03", NOW) == "rewarded"


def joined(unit: Unit) -> None:
    membership.buy(unit, WHO, PLAIN, RULES, on(DAY), key="k")


def renewed(unit: Unit) -> None:
    joined(unit)
    membership.renew(unit, WHO, RULES, on(date(2027, 3, 2)))


def used_an_offer(unit: Unit) -> None:
    terms = loyalty.Terms(0.1, 900, NOW + timedelta(days=20))
    row = loyalty.make_offer(unit, "o", WHO, terms, 10_000, NOW)
    loyalty.settle(unit, row["code"], "A-1", 500, NOW, order_total=5000)


def answered(unit: Unit) -> None:
    interviews.ask(unit, [asking(WHO)], "salt", NOW)
    interviews.answer(unit, asking(WHO).id, Answer("price"), "the customer", NOW, "en")


def told_staff_why(unit: Unit) -> None:
    care.open_cases(unit, [NewCase(WHO, DAY, 900)], NOW)
    case = casefiles.followed(unit, [WHO])[WHO]
    care.record_answer(unit, case["id"], Answer("price"), "Li", NOW)


def will_come(unit: Unit) -> None:
    mine = calls.NewCall(WHO, "Li", DAY, 10)
    calls.add(unit, mine, NOW)
    calls.record(unit, mine.id, Outcome("will_come"), "Li", NOW, today=DAY)


def climbs(unit: Unit) -> None:
    ladder.settle(unit, ROLLING, [climbed(WHO)], DAY, NOW)


ACTS: dict[str, tuple[Act, ...]] = {
    "complaint": (complained,),
    "complaint_recovered": (settled,),
    "card_joined": (took_a_card,),
    "tier_reached": (climbs,),
    "referral": (brought_a_friend,),
    "member_joined": (joined,),
    "member_renewed": (renewed,),
    "offer_used": (used_an_offer,),
    "interview_answered": (answered, told_staff_why),
    "will_come": (will_come,),
}


def heard(books: Books, name: str, act: Act) -> list[str]:
    """Of whom this event is heard when this is done; nothing of it stays in the books."""

    class Undone(Exception):
        """The unit ends as if nothing had been."""

    found: list[str] = []

    def tried() -> None:
        with books.unit() as unit:
            hearing.mark_read(unit, NOW)
            act(unit)
            found.extend(one.person_id for one in hearing.listen(unit, {name}, set(), NOW))
            raise Undone

    try:
        tried()
    except Undone:
        return found
    raise AssertionError("what was tried must not stay")


def test_whatever_a_journey_may_listen_to_is_told_by_the_room_where_it_happens(
    any_books: Books,
) -> None:
    assert set(ACTS) == set(EVENTS) - {"order"}, "an event of journeys that nothing is known to do"
    for name, acts in ACTS.items():
        assert len(acts) == len(EVENTS[name][0]), name
        for act in acts:
            assert heard(any_books, name, act) == [WHO], name


def test_somebody_who_is_another_by_now_is_heard_under_the_id_used_now(any_books: Books) -> None:
    def both(unit: Unit) -> None:
        used_an_offer(unit)
        identity.keep(unit, [(WHO, "mei now")], [])

    assert heard(any_books, "offer_used", partial(both)) == ["mei now"]
