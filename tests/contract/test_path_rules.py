"""What a customer feels of journeys, on both databases.

The names in brackets are those of dittofeed's own tests of the same (packages/backend-lib,
journeys: reEnter.test.ts, waitForTest, keyedEventEntry.test.ts).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys.given import NOW, no_rest

from huitou.care import book as care
from huitou.identity.tables import person_alias
from huitou.journeys.paths import book
from huitou.journeys.paths.entries import book as entries
from huitou.journeys.paths.hearing import book as hearing
from huitou.journeys.paths.moves import book as moves
from huitou.journeys.paths.tables import position, step_taken
from huitou.journeys.paths.walk import Walking
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Books

ZONE = ZoneInfo("Asia/Shanghai")
MAIL = """name: hello
on: {event: referral}
again: AGAIN
nodes:
  first: {message: referral_thanks_thanks, channel: [email, sms]}
  listen: {wait_for: order, at_most: 7 days, happened: back}
  second: {message: slipping_thanks, channel: [email, sms], then: told}
  back: {end: bought}
  told: {end: told}
exits: [complaint, silence]
"""


class Street:
    """Books with one journey, and people who come in."""

    def __init__(self, books: Books, text: str = MAIL, again: str = "never") -> None:
        self.books, self.now = books, NOW
        with books.unit() as unit:
            book.keep(unit, text.replace("AGAIN", again), "t", NOW)
            book.start(unit, "hello", "t", NOW)

    @property
    def running(self) -> list[moves.Running]:
        with self.books.reading() as unit:
            kept = book.walked(unit)
        return [
            moves.Running(one.id, one.journey_id, Walking(one.read(2), ZONE, "salt"),
                          stopped=one.state == "stopped")
            for one in kept
        ]  # fmt: skip

    def come(self, people: Sequence[str], entry: str = "a", *, held: bool = False) -> int:
        """They have a reason to come in."""
        facts = [
            {"person_id": who, "hold_key": f"key:{who}", "held": held, "reach": ",email,",
             "known_on": self.now.date()}
            for who in people
        ]  # fmt: skip
        comers = [entries.Comer(who, entry, f"key:{who}", held, self.now) for who in people]
        current = next(one for one in self.running if not one.stopped)
        with self.books.unit() as unit:
            entries.know(unit, facts)
            return entries.enter(unit, current, comers, self.now)

    def pass_by(self, **time: float) -> None:
        """So much later everybody due moves."""
        self.now += timedelta(**time)
        with self.books.unit() as unit:
            moves.mend(unit, self.running, self.now)
            moves.wake(unit, self.running, self.now)
        moves.sweep(self.books, [one for one in self.running if one.stopped], self.now, no_rest)
        moves.tick(self.books, [o for o in self.running if not o.stopped], self.now, no_rest)

    def bought(self, who: str) -> None:
        """They buy."""
        with self.books.unit() as unit:
            at = self.now + timedelta(minutes=1)
            noted = hearing.Noted(f"o:{who}:{at}", who, "order", at)
            hearing.note(unit, [noted], at)

    def letters(self) -> list[tuple[str, str, str]]:
        """Person, template and state of every message."""
        with self.books.reading() as unit:
            rows = unit.rows(select(sending).order_by(sending.c.person_id, sending.c.written_at))
        return [(row["person_id"], row["template"], row["state"]) for row in rows]

    def stands(self, who: str) -> list[tuple[str, str | None]]:
        """Node of each of their walks, and why they left."""
        with self.books.reading() as unit:
            rows = unit.rows(
                select(position).where(position.c.person_id == who).order_by(position.c.entry)
            )
        return [(row["node"], row["left_because"]) for row in rows]


THANKS, SLIPPING = "referral_thanks_thanks", "slipping_thanks"


def test_somebody_who_has_been_inside_does_not_come_in_again(any_books: Books) -> None:
    """reEnter: never."""
    street = Street(any_books)
    assert street.come(["mei"]) == 1
    street.pass_by(days=8)
    assert street.come(["mei"], "b") == 0


def test_they_come_in_again_when_they_are_out_and_the_days_are_over(any_books: Books) -> None:
    """reEnter: after days, and never while they are inside."""
    street = Street(any_books, again="{after_days: 30}")
    assert street.come(["mei"]) == 1 and street.come(["mei"], "b") == 0
    street.pass_by(days=8)
    assert street.come(["mei"], "c") == 0
    street.pass_by(days=23)
    assert street.come(["mei"], "d") == 1


def test_each_event_is_a_walk_of_its_own(any_books: Books) -> None:
    """keyedEventEntry: two friends brought are two thanks; the same event twice is one."""
    street = Street(any_books, again="each")
    assert street.come(["mei"], "friend1") == 1 and street.come(["mei"], "friend2") == 1
    assert street.come(["mei"], "friend2") == 0
    street.pass_by(minutes=1)
    assert street.letters() == [("mei", THANKS, "planned")] * 2


def test_who_buys_while_we_wait_is_not_reminded(any_books: Books) -> None:
    """waitForTest: the event ends the wait; without it the time does."""
    street = Street(any_books)
    street.come(["mei", "lan"])
    street.pass_by(minutes=1)
    street.bought("mei")
    street.pass_by(hours=1)
    assert street.stands("mei") == [("back", "end")] and street.stands("lan") == [("listen", None)]
    street.pass_by(days=7)
    assert [letter for letter in street.letters() if letter[1] == SLIPPING] == [
        ("lan", SLIPPING, "planned")
    ]


def test_the_held_out_walk_and_hear_nothing(any_books: Books) -> None:
    street = Street(any_books)
    street.come(["mei"], held=True)
    street.pass_by(minutes=1)
    street.pass_by(days=8)
    assert street.letters() == [] and street.stands("mei") == [("told", "end")]


def test_no_door_can_write_to_who_is_held_out_of_a_journey(any_books: Books) -> None:
    street = Street(any_books)
    street.come(["lan"])
    street.come(["mei"], held=True)
    street.pass_by(minutes=1)
    with any_books.reading() as unit:
        (row,) = unit.rows(select(sending))
    forged = {**row, "id": "forged", "person_id": "mei"}
    with pytest.raises(DBAPIError, match="held out"), any_books.unit() as unit:
        unit.execute(insert(sending), [forged])
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        step = unit.first(select(step_taken).where(step_taken.c.arm == "held_out"))
        assert step is not None
        unit.add(step_taken, [{**step, "number": 99, "message": "forged"}])


def test_who_asks_for_silence_hears_no_more_and_what_waits_is_taken_back(any_books: Books) -> None:
    """parcelvoy 442, notifuse 29.1: mail after the unsubscribe, from a running journey."""
    street = Street(any_books)
    street.come(["mei"])
    street.pass_by(minutes=1)
    with any_books.unit() as unit:
        care.be_silent(unit, "mei", "any", "said so", street.now)
    street.pass_by(days=8)
    assert street.letters() == [("mei", THANKS, "cancelled")]
    assert street.stands("mei") == [("listen", "silence")]


def test_two_who_turn_out_to_be_one_walk_on_as_one(any_books: Books) -> None:
    street = Street(any_books)
    street.come(["mei"])
    street.pass_by(minutes=1)
    street.come(["mei2"])
    street.pass_by(minutes=1)
    with any_books.unit() as unit:
        unit.add(person_alias, [{"person_id": "mei2", "survivor": "mei"}])
        entries.follow(unit, street.now)
    assert street.stands("mei2") == [("listen", "merged")]
    street.pass_by(days=8)
    assert street.letters() == [
        ("mei", THANKS, "planned"), ("mei", SLIPPING, "planned"), ("mei2", THANKS, "cancelled"),
    ]  # fmt: skip


def test_who_is_inside_finishes_the_version_they_began_unless_moved(any_books: Books) -> None:
    street = Street(any_books)
    street.come(["mei", "lan"])
    street.pass_by(minutes=1)
    with any_books.unit() as unit:
        newer = MAIL.replace("AGAIN", "never").replace("message: slipping_thanks", "message: news")
        assert book.keep(unit, newer, "t", street.now).number == 2
        book.start(unit, "hello", "t", street.now)
    street.come(["new"])
    street.pass_by(minutes=1)
    with any_books.unit() as unit:
        unit.change(update(position).where(position.c.who == "lan").values(version=2))
    street.pass_by(days=8)
    second = {who: words for who, words, _ in street.letters() if words != THANKS}
    assert second == {"mei": SLIPPING, "lan": "news", "new": "news"}


def test_those_inside_are_moved_to_the_version_that_runs(any_books: Books) -> None:
    street = Street(any_books)
    street.come(["mei"])
    street.pass_by(minutes=1)
    with any_books.unit() as unit:
        newer = MAIL.replace("AGAIN", "never").replace("message: slipping_thanks", "message: news")
        book.keep(unit, newer, "t", street.now)
        book.start(unit, "hello", "t", street.now)
        assert book.move_on(unit, "hello", "t", street.now) == 1
    street.pass_by(days=8)
    assert ("mei", "news", "planned") in street.letters()


def test_a_clock_ten_years_ahead_sends_no_storm_and_holds_nobody_for_years(
    any_books: Books,
) -> None:
    street = Street(any_books, MAIL.replace("  listen", "  pause: {wait: 1 day}\n  listen"))
    street.come([f"p{n}" for n in range(20)])
    street.pass_by(minutes=1)
    before = street.letters()
    street.pass_by(days=3650)
    assert street.letters() == before, "what is ten years late is not said"
    street.pass_by(days=-3650)
    street.pass_by(days=8)
    assert len(street.letters()) == 40, "and everybody goes on from now"


def test_an_hour_back_does_nothing_twice(any_books: Books) -> None:
    street = Street(any_books)
    street.come(["mei"])
    street.pass_by(minutes=1)
    for hours in (-1, 0, 1, 0, -1):
        street.pass_by(hours=hours)
    assert street.letters() == [("mei", THANKS, "planned")]


def test_a_stopped_journey_lets_all_leave(any_books: Books) -> None:
    street = Street(any_books)
    street.come(["mei"])
    street.pass_by(minutes=1)
    with any_books.unit() as unit:
        book.stop(unit, "hello", "t", street.now)
    street.pass_by(minutes=1)
    assert street.stands("mei") == [("listen", "stopped")]
    assert street.letters() == [("mei", THANKS, "cancelled")]


def test_versions_and_steps_are_never_rewritten(any_books: Books) -> None:
    street = Street(any_books)
    street.come(["mei"])
    street.pass_by(minutes=1)
    with pytest.raises(DBAPIError, match="append-only"), any_books.unit() as unit:
        unit.change(update(step_taken).values(way="other"))
    with pytest.raises(DBAPIError, match="one way"), any_books.unit() as unit:
        unit.change(update(position).values(arm="control"))


def test_only_so_many_come_in_a_day(any_books: Books) -> None:
    street = Street(any_books, MAIL.replace("again: AGAIN", "most_a_day: 3"))
    assert street.come([f"p{n}" for n in range(5)]) == 3
    assert street.come(["late"]) == 0
