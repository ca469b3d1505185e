"""What happened between a customer and the shop, on one time line, whoever wrote it down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.calls.outcomes import OUTCOMES
from huitou.care.casefiles import book as casefiles
from huitou.care.complaints import book as complaints
from huitou.care.happenings import book as happenings
from huitou.care.interviews import book as interviews
from huitou.care.reasons import WHYS
from huitou.channels import book as channels
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.identity import book as identity
from huitou.runs.views import TimelineEntry

if TYPE_CHECKING:
    from huitou.store.books import Unit

Day = Callable[[datetime], date]

LEFT = ("accepted", "in_doubt")
"""States of a letter that has left the house."""
WRITTEN: Mapping[str, Sentence] = {
    "paper": said("Letter: {subject}"),
    "email": said("E-mail: {subject}"),
}
WHAT_HAPPENED: Mapping[str, Sentence] = {
    "late_delivery": said("Delivered late"),
    "wrong_delivery": said("Delivered wrong"),
    "out_of_stock": said("What they wanted was out of stock"),
    "store_closed": said("Their store closed"),
    "store_moved": said("Their store moved"),
    "clerk_left": said("The clerk who knew them left"),
    "competitor_opened": said("A rival opened nearby"),
    "price_rise": said("Prices rose"),
    "signed_up": said("Signed up"),
    "booking": said("Booked"),
    "no_show": said("Booked, and did not come"),
    "payment_failed": said("A payment failed"),
    "pack_sold": said("Bought a pack"),
    "pack_used": said("Used a session of a pack"),
}
"""Kind of a happening -> its words."""


def told(
    unit: Unit, person_id: str, zone: ZoneInfo, currency: str, until: date
) -> tuple[TimelineEntry, ...]:
    """Complaints, letters, calls, answers, notes and happenings of one person, the latest first."""

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    ids = identity.names(unit, [person_id]).every([person_id])
    entries = [
        *_letters(unit, person_id, day),
        *_calls(unit, person_id, day),
        *_cases(unit, person_id, day),
        *_complaints(unit, ids, day),
        *_interviews(unit, ids, day),
        *_happenings(unit, ids, until),
    ]
    made = [TimelineEntry(at, kind, Money(0, currency), None, said) for at, kind, said in entries]
    return tuple(sorted(made, key=lambda entry: entry.day, reverse=True))


Told = tuple[date, str, Sentence]


def _letters(unit: Unit, person_id: str, day: Day) -> Iterator[Told]:
    for row in channels.letters_to(unit, person_id):
        if row["channel"] in WRITTEN and row["state"] in LEFT:
            words = WRITTEN[row["channel"]].text
            yield day(row["at"]), "letter", Sentence(words, {"subject": row["subject"]})


def _calls(unit: Unit, person_id: str, day: Day) -> Iterator[Told]:
    for row in calls.to_person(unit, person_id):
        yield day(row["at"]), "call", _with_words(OUTCOMES[row["code"]], row["words"])


def _cases(unit: Unit, person_id: str, day: Day) -> Iterator[Told]:
    for case in casefiles.of_person(unit, person_id):
        yield day(case["opened_at"]), "case", said("A case was opened")
        for answer in care.answers(unit, case["id"]):
            yield day(answer["at"]), "answer", _with_words(WHYS[answer["why"]], answer["words"])


def _complaints(unit: Unit, ids: set[str], day: Day) -> Iterator[Told]:
    for row in complaints.told(unit):
        if row["person_id"] in ids:
            yield day(row["received_at"]), "complaint", said("Complained")
            if row["answered_at"] is not None:
                yield day(row["answered_at"]), "complaint", said("Their complaint was answered")


def _interviews(unit: Unit, ids: set[str], day: Day) -> Iterator[Told]:
    for row in interviews.heard(unit):
        if row["person_id"] in ids and row["answered_at"] is not None and row["why"] in WHYS:
            yield day(row["answered_at"]), "answer", _with_words(WHYS[row["why"]], row["words"])


def _happenings(unit: Unit, ids: set[str], until: date) -> Iterator[Told]:
    for row in happenings.known(unit, until):
        if row["person_id"] in ids:
            words = WHAT_HAPPENED.get(row["kind"], said("Something happened"))
            yield row["day"], "happening", _with_words(words, row["words"])


def _with_words(what: Sentence, words: Any) -> Sentence:
    return said("{what}: “{words}”", what=what, words=words) if words else what
