"""What happened is told once, about whom it may be about, and can be taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from tests.unit.journeys.given import NOW

from huitou.care.happenings import book
from huitou.care.happenings.rules import KINDS, SCOPES, Happened
from huitou.care.happenings.tables import happening
from huitou.ground.errors import BadInput, HuitouError
from huitou.identity.tables import person_alias
from huitou.store.books import Books
from huitou.store.outbox import outbox

DAY = date(2026, 5, 3)


def closed(**more) -> Happened:
    return Happened("store_closed", **({"day": DAY, "by": "Mei", "store": "Bund"} | more))


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_may_have_what_it_needs(name: str) -> None:
    kind = KINDS[name]
    assert set(kind.needs) <= set(kind.may) <= set(SCOPES)
    scope = {kind.needs[0]: "x"} if kind.needs else {}
    assert Happened(name, DAY, "Mei", **scope).key


@pytest.mark.parametrize(
    ("told", "column"),
    [
        ({"kind": "rain"}, "kind"),
        ({"store": None}, "store"),
        ({"store": "x" * 300}, "store"),
        ({"person_id": "p"}, "customer"),
        ({"until": date(2026, 5, 2)}, "until"),
        ({"day": date(1066, 10, 14)}, "day"),
        ({"words": "x" * 3000}, "words"),
        ({"key": "x" * 300}, "key"),
    ],
)
def test_what_cannot_be_is_refused_with_its_column(told: dict, column: str) -> None:
    with pytest.raises(BadInput) as refused:
        closed(**told) if "kind" not in told else Happened(told["kind"], DAY, "Mei")
    assert refused.value.column == column


def test_the_same_told_twice_is_one(books: Books) -> None:
    with books.unit() as unit:
        first, is_new = book.write_down(unit, closed(), NOW)
        again, new_again = book.write_down(unit, closed(by="Lan", words="again"), NOW)
        assert (is_new, new_again, first["id"]) == (True, False, again["id"])
        assert book.write_down(unit, closed(store="Pudong"), NOW)[1]
        assert book.write_down(unit, closed(key="till-17"), NOW)[1]
        assert len(unit.rows(outbox.select())) == 3, "each is told to the lake once"


def test_only_what_had_happened_by_the_day_is_known(books: Books) -> None:
    with books.unit() as unit:
        book.write_down(unit, closed(), NOW)
        assert book.known(unit, date(2026, 5, 2)) == []
        assert [row["store"] for row in book.known(unit, DAY)] == ["Bund"]


def test_what_was_withdrawn_is_no_evidence_and_stays_on_the_page(books: Books) -> None:
    with books.unit() as unit:
        row, _ = book.write_down(unit, closed(), NOW)
        book.withdraw(unit, row["id"], "Mei", NOW)
        book.withdraw(unit, row["id"], "Lan", NOW)
        assert book.known(unit, DAY) == []
        assert [each["withdrawn_by"] for each in book.latest(unit)] == ["Mei"]
        assert not book.write_down(unit, closed(), NOW)[1]
        assert book.known(unit, DAY) == []
        with pytest.raises(HuitouError, match="nothing is written down"):
            book.withdraw(unit, "nobody", "Mei", NOW)


def test_what_happened_is_never_rewritten(books: Books) -> None:
    with books.unit() as unit:
        book.write_down(unit, closed(), NOW)
    with pytest.raises(IntegrityError, match="never rewritten"), books.unit() as unit:
        unit.change(update(happening).values(kind="store_moved"))


def test_it_follows_somebody_who_turned_out_to_be_somebody_else(books: Books) -> None:
    with books.unit() as unit:
        book.write_down(unit, Happened("no_show", DAY, "Mei", person_id="old"), NOW)
        unit.add(person_alias, [{"person_id": "old", "survivor": "new"}])
        assert book.known(unit, DAY)[0]["person_id"] == "new"
        assert book.latest(unit, kind="no_show")[0]["person_id"] == "new"
        assert book.latest(unit, kind="booking") == []


def test_a_row_that_cannot_be_taken_is_kept_with_its_reason_once(books: Books) -> None:
    with books.unit() as unit:
        for _ in range(2):
            book.set_aside(unit, "f.csv", 2, {"kind": "rain"}, "no such thing", None, "Mei", NOW)
        assert [(row["line"], row["raw"], row["reason"]) for row in book.aside(unit)] == [
            (2, {"kind": "rain"}, "no such thing")
        ]
