"""What the books know beside the orders: whose it is now, and about which silence it was said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.calls.outcomes import Outcome
from huitou.care.cases import Answer, NewCase
from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.care.happenings import book as happenings
from huitou.care.happenings.rules import Happened
from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import Asking
from huitou.identity.tables import person_alias
from huitou.runs import beside
from huitou.store.books import Books

DAY = date(2026, 5, 3)
SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE = datetime(2026, 5, 3, 17, tzinfo=UTC)
"""One in the morning of the 4th in Shanghai."""


def case_answered(unit, person: str, why: str, as_of: date = DAY) -> None:
    care.open_cases(unit, [NewCase(person, as_of, 100)], NOW)
    case = next(row for row in care.listed(unit) if row["person_id"] == person)
    care.record_answer(unit, case["id"], Answer(why), "Mei", NOW)


def interviewed(unit, person: str, why: str | None = None, departed_on: date = DAY) -> None:
    one = Asking(person, departed_on, "email", stage="lost", worth=900, propensity=0.5)
    assert interviews.ask(unit, [one], "salt", NOW) == 1
    if why is not None:
        assert interviews.answer(unit, one.id, Answer(why), "the page", NOW, "en")


def rung(unit, person: str, why: str) -> None:
    calls.add(unit, calls.NewCall(person, "Mei", DAY, 10), NOW)
    mine = calls.open_of(unit, person)
    calls.record(unit, mine["id"], Outcome("answered", why=why), "Mei", NOW, today=NOW.date())


def complained(unit, person: str | None, at: datetime = LATE, **told) -> str:
    arrived = Arrived(f"k{person}{at}", "It came broken.", "form", person_id=person, **told)
    return complaints.receive(unit, arrived, at)["id"]


def test_where_nothing_is_kept_nothing_is_told(books: Books) -> None:
    with books.reading() as unit:
        known = beside.beside(unit, DAY, SHANGHAI, {})
        assert (known.happenings, known.complaints, known.messages) == (None, None, None)
        assert (
            beside.heard(unit, {}, {}, SHANGHAI).num_rows
            == beside.said(unit, {}, {}, SHANGHAI).num_rows
            == 0
        )


def test_rows_follow_whoever_they_are_about_also_when_it_came_out_today(books) -> None:
    with books.unit() as unit:
        for person in ("old", "older"):
            happenings.write_down(unit, Happened("no_show", DAY, "Mei", person_id=person), NOW)
        unit.add(person_alias, [{"person_id": "older", "survivor": "old"}])
        known = beside.beside(unit, DAY, SHANGHAI, {"old": "now"})
    assert set(known.happenings.to_pyarrow()["person_id"].to_pylist()) == {"now"}


def test_days_of_a_complaint_are_the_shops_own(books) -> None:
    with books.unit() as unit:
        complaints.sort(unit, complained(unit, "p"), "service", None, "Mei")
        complained(unit, None)
        (known,) = beside.beside(unit, DAY, SHANGHAI, {}).complaints.to_pyarrow().to_pylist()
    assert (known["received"], known["about"]) == (date(2026, 5, 4), "service")


def test_where_no_machine_knows_what_a_complaint_is_about_the_customers_own_tick_counts(
    books,
) -> None:
    with books.unit() as unit:
        mine = complained(unit, "p", kind="delivery")
        complaints.sort(unit, mine, "unknown", 0.2, None)
        (known,) = beside.beside(unit, DAY, SHANGHAI, {}).complaints.to_pyarrow().to_pylist()
    assert known["about"] == "delivery"


def test_a_complaint_of_somebody_who_merged_is_the_survivors(books) -> None:
    with books.unit() as unit:
        complained(unit, "older")
        unit.add(person_alias, [{"person_id": "older", "survivor": "old"}])
        (known,) = (
            beside.beside(unit, DAY, SHANGHAI, {"old": "now"}).complaints.to_pyarrow().to_pylist()
        )
    assert known["person_id"] == "now"


def test_everybody_asked_about_this_silence_is_heard_once(books) -> None:
    last = dict.fromkeys(("a", "b", "both", "rung"), date(2026, 1, 1))
    last |= {"back": date(2026, 6, 1)}
    with books.unit() as unit:
        interviewed(unit, "a", "price")
        interviewed(unit, "b")
        interviewed(unit, "back", "price")
        interviewed(unit, "both")
        case_answered(unit, "both", "delivery")
        rung(unit, "rung", "service")
        rows = beside.heard(unit, {}, last, SHANGHAI).to_pylist()
    assert {row["person_id"]: (row["why"], row["channel"]) for row in rows} == {
        "a": ("price", "email"),
        "b": (None, "email"),
        "both": ("delivery", "case"),
        "rung": ("service", "call"),
    }
    assert (rows[0]["propensity"], rows[0]["value"]) == (0.5, 900.0)


def test_what_the_lost_say_on_the_phone_is_in_their_case_and_heard_once(books) -> None:
    with books.unit() as unit:
        rung(unit, "c", "price")
        case_answered(unit, "c", "price")
        (row,) = beside.heard(unit, {}, {"c": date(2026, 1, 1)}, SHANGHAI).to_pylist()
    assert (row["why"], row["channel"]) == ("price", "case")


def test_what_somebody_said_holds_until_they_buy_again(books) -> None:
    before, after = date(2026, 1, 1), date(2026, 6, 1)
    everybody = ("a", "b", "c", "d")
    with books.unit() as unit:
        interviewed(unit, "a", "price")
        interviewed(unit, "b", "unknown")
        case_answered(unit, "c", "moved")
        rung(unit, "d", "delivery")
        still = beside.said(unit, {}, dict.fromkeys(everybody, before), SHANGHAI).to_pylist()
        assert {row["person_id"]: row["why"] for row in still} == {
            "a": "price",
            "c": "moved",
            "d": "delivery",
        }
        assert beside.said(unit, {}, dict.fromkeys(everybody, after), SHANGHAI).num_rows == 0
        assert beside.said(unit, {}, {}, SHANGHAI).num_rows == 0, "nobody's customer any more"
