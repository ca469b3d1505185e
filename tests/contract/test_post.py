"""The post on both databases: each message once, whoever works on it, however it is cut off."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from huitou.care import book as care
from huitou.channels.contract import NOT_BEGUN, End, Handed, Outcome, Parcel
from huitou.channels.post import book
from huitou.channels.post.book import Done, Ready
from huitou.channels.post.rules import Way
from huitou.channels.post.worker import Words, Worker
from huitou.channels.reports import book as reports
from huitou.channels.reports.book import Report
from huitou.ground.errors import Refused
from huitou.identity.tables import person_alias
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Books, Row

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WAY = Way("email", "smtp", rate=1e5, batch=10, lease=timedelta(minutes=2))
TAKEN = Handed(Outcome(End.ACCEPTED, "replied"), "ref")
DOUBT = Handed(Outcome(End.IN_DOUBT, "dot"))
SAFE = Handed(Outcome(End.RETRY_SAFE, "rcpt"))


@dataclass
class Hands:
    """A clock that is set by hand."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


@dataclass
class Post:
    """A carrier that keeps what it was given, and answers as told."""

    answers: Callable[[Parcel], Handed] = lambda _parcel: TAKEN
    given: list[str] = field(default_factory=list)
    name: str = "email"
    longest: float = 1.0

    def carry(self, parcels: Sequence[Parcel], go: Callable[[], bool]) -> list[Handed]:
        handed = []
        for each in parcels:
            if not go():
                handed.append(NOT_BEGUN)
                continue
            self.given.append(each.id)
            handed.append(self.answers(each))
        return handed

    def close(self) -> None:
        """Nothing is open."""


def write(rows: Sequence[Row], now: datetime) -> list[Words]:
    return [Words(Ready(row["id"], row["fence"]), parcel(row)) for row in rows]


def parcel(row: Row) -> Parcel:
    return Parcel(
        row["id"], row["person_id"], row["channel"], row["purpose"], row["template"],
        "a@example.com", "en", "s", "t",
    )  # fmt: skip


def ask(books: Books, count: int = 1, purpose: str = "marketing", **more: object) -> list[str]:
    wishes = [
        Wish("journey", "j", f"p{n}", "email", purpose, "letter", {}, **more) for n in range(count)
    ]
    with books.unit() as unit:
        sendings.ask(unit, wishes, NOW)
    return [each.id for each in wishes]


def claim(books: Books, now: datetime = NOW, way: Way = WAY) -> tuple[Row, ...]:
    with books.unit() as unit:
        return book.turn(unit, way, (), (), now, "w").claimed


def begin(books: Books, rows: Sequence[Row], now: datetime = NOW) -> frozenset[str]:
    ready = [Ready(row["id"], row["fence"]) for row in rows]
    with books.unit() as unit:
        return book.turn(unit, WAY, (), ready, now, "w", claims=False).go


def finish(books: Books, rows: Sequence[Row], handed: Handed, now: datetime = NOW) -> None:
    done = [Done(row["id"], row["fence"], handed) for row in rows]
    with books.unit() as unit:
        book.turn(unit, WAY, done, (), now, "w", claims=False)


def states(books: Books) -> Counter[str]:
    with books.reading() as unit:
        return Counter(row["state"] for row in unit.rows(select(sending.c.state)))


def one(books: Books, name: str = "state") -> object:
    with books.reading() as unit:
        return unit.value(select(sending.c[name]))


def test_what_is_taken_is_accepted_once_with_its_reference(any_books: Books) -> None:
    ask(any_books, 25)
    post = Post()
    tally = Worker(any_books, post, write, WAY, Hands()).work()
    assert len(post.given) == len(set(post.given)) == 25 and tally.ends == {"accepted": 25}
    assert states(any_books) == {"accepted": 25} and one(any_books, "reference") == "ref"


def test_two_workers_at_the_same_moment_send_each_message_once(any_books: Books) -> None:
    """Two jobs that overlap sent everything twice: mautic 2215, 3669, 6505, 8802, 11763, 13070."""
    ask(any_books, 60)
    posts = [Post(), Post(), Post()]
    workers = [Worker(any_books, each, write, WAY, Hands()) for each in posts]
    threads = [threading.Thread(target=each.work) for each in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = Counter(each for post in posts for each in post.given)
    assert len(times) == 60 and set(times.values()) == {1}
    assert states(any_books) == {"accepted": 60}


def test_a_worker_killed_after_its_mark_leaves_doubts_that_are_never_sent_again(
    any_books: Books,
) -> None:
    """The same mail twice after a line was cut or the program killed: listmonk 2313, 2278."""
    ask(any_books, 12)
    rows = claim(any_books)
    assert begin(any_books, rows) == {row["id"] for row in rows}
    later = Hands(NOW + WAY.lease + timedelta(seconds=1))
    post = Post()
    Worker(any_books, post, write, WAY, later).work()
    assert states(any_books) == {"in_doubt": 10, "accepted": 2}
    assert not set(post.given) & {row["id"] for row in rows}


def test_what_was_fetched_and_not_sent_is_not_finished_and_leaves_later(any_books: Books) -> None:
    """A campaign was called finished although what was fetched was never sent: listmonk 3022."""
    ask(any_books, 5)
    claim(any_books)
    with any_books.reading() as unit:
        assert not book.finished(unit, "journey", "j")
    post = Post()
    Worker(any_books, post, write, WAY, Hands(NOW + timedelta(minutes=3))).work()
    assert len(post.given) == 5
    with any_books.reading() as unit:
        assert book.finished(unit, "journey", "j")


def test_one_refused_address_changes_nobody_elses_mail(any_books: Books) -> None:
    """One 554 made everybody else get it again, for ever: mautic 7226."""
    ids = ask(any_books, 8)
    bad = ids[3]
    refused = Handed(Outcome(End.REFUSED, "rcpt", "554 no such user"))
    post = Post(lambda each: refused if each.id == bad else TAKEN)
    for _ in range(3):
        Worker(any_books, post, write, WAY, Hands()).work()
    assert Counter(post.given) == dict.fromkeys(ids, 1)
    assert states(any_books) == {"accepted": 7, "refused": 1}


def test_a_worker_that_slept_past_its_lease_begins_nothing(any_books: Books) -> None:
    ask(any_books, 3)
    asleep = claim(any_books)
    later = NOW + WAY.lease + timedelta(seconds=1)
    with any_books.unit() as unit:
        fresh = book.turn(unit, WAY, (), (), later, "other").claimed
    assert {row["id"] for row in fresh} == {row["id"] for row in asleep}
    assert begin(any_books, asleep, later) == frozenset()
    assert begin(any_books, fresh, later) == {row["id"] for row in fresh}


def test_a_carrier_that_may_take_longer_than_the_lease_still_hands_over(any_books: Books) -> None:
    ask(any_books, 3)
    post = Post(longest=2 * WAY.lease.total_seconds())
    assert Worker(any_books, post, write, WAY, Hands()).work(seconds=5).ends == {"accepted": 3}


def test_a_worker_that_slept_after_its_mark_hands_over_nothing_more(any_books: Books) -> None:
    ask(any_books, 4)
    clock = Hands()
    post = Post()

    def sleeps(each: Parcel) -> Handed:
        clock.moment = NOW + timedelta(hours=1)
        return TAKEN

    post.answers = sleeps
    Worker(any_books, post, write, WAY, clock).work()
    first = post.given[0]
    assert Counter(post.given).most_common(1)[0][1] == 1 and first
    assert states(any_books)["handing_over"] == 0


def test_an_old_fence_writes_nothing_down(any_books: Books) -> None:
    ask(any_books, 1, "transactional")
    old = claim(any_books)
    begin(any_books, old)
    later = NOW + WAY.lease + timedelta(seconds=1)
    with any_books.unit() as unit:
        fresh = book.turn(unit, WAY, (), (), later, "other").claimed
    begin(any_books, fresh, later)
    finish(any_books, old, Handed(Outcome(End.REFUSED, "replied")), later)
    assert one(any_books) == "handing_over"
    finish(any_books, fresh, TAKEN, later)
    assert one(any_books) == "accepted"


def test_a_receipt_may_come_twice_rather_than_not_at_all(any_books: Books) -> None:
    ask(any_books, 1, "transactional")
    begin(any_books, claim(any_books))
    post = Post()
    Worker(any_books, post, write, WAY, Hands(NOW + timedelta(minutes=3))).work()
    assert len(post.given) == 1 and one(any_books) == "accepted"


@pytest.mark.parametrize(
    ("purpose", "ends"), [("marketing", "in_doubt"), ("transactional", "planned")]
)
def test_an_unclear_end_is_a_doubt_for_marketing_and_again_for_receipts(
    any_books: Books, purpose: str, ends: str
) -> None:
    ask(any_books, 1, purpose)
    rows = claim(any_books)
    begin(any_books, rows)
    finish(any_books, rows, DOUBT)
    assert one(any_books) == ends


def test_a_safe_failure_waits_longer_each_time_and_is_given_up_in_the_end(
    any_books: Books,
) -> None:
    ask(any_books, 1)
    now, waits = NOW, []
    for _ in range(5):
        rows = claim(any_books, now)
        begin(any_books, rows, now)
        finish(any_books, rows, SAFE, now)
        again = one(any_books, "not_before")
        assert isinstance(again, datetime)
        waits.append(again - now)
        now = again + timedelta(seconds=1)
    assert waits[0] < waits[1] < waits[2] < waits[3] and one(any_books) == "refused"


def test_a_failure_that_is_ours_costs_no_attempt_and_lets_the_channel_rest(
    any_books: Books,
) -> None:
    ask(any_books, 3)
    rows = claim(any_books)
    begin(any_books, rows)
    finish(any_books, rows, Handed(Outcome(End.RETRY_SAFE, "connect", "no line"), ours=True))
    assert one(any_books, "attempt") == 0 and states(any_books) == {"planned": 3}
    with any_books.unit() as unit:
        turn = book.turn(unit, WAY, (), (), NOW + timedelta(seconds=40), "w")
    assert len(turn.claimed) == 1, "one message tries whether the other side is back"
    with any_books.unit() as unit:
        assert not book.turn(unit, WAY, (), (), NOW, "w").claimed


def test_who_asked_for_silence_after_the_claim_gets_nothing(any_books: Books) -> None:
    """Mail after the unsubscribe, from a running journey: parcelvoy 442, notifuse 29.1."""
    ask(any_books, 2)
    rows = claim(any_books)
    with any_books.unit() as unit:
        care.be_silent(unit, "p0", "email", "link", NOW)
    assert len(begin(any_books, rows)) == 1
    assert states(any_books) == {"handing_over": 1, "suppressed": 1}


def test_a_stop_holds_what_is_claimed_and_what_is_ready(any_books: Books) -> None:
    ask(any_books, 3)
    rows = claim(any_books)
    with any_books.unit() as unit:
        book.stop(unit, "Mei", "wrong text", NOW)
    assert begin(any_books, rows) == frozenset() and states(any_books) == {"planned": 3}
    assert not claim(any_books)
    with any_books.unit() as unit:
        book.go(unit, "Mei", NOW)
    assert len(claim(any_books)) == 3
    with any_books.unit() as unit, pytest.raises(Refused):
        book.go(unit, "Mei", NOW)


def test_a_stop_in_the_middle_of_a_batch_ends_it_there(any_books: Books) -> None:
    ask(any_books, 9)
    post, halted = Post(), threading.Event()

    def third(_parcel: Parcel) -> Handed:
        if len(post.given) == 3:
            halted.set()
        return TAKEN

    post.answers = third
    tally = Worker(any_books, post, write, WAY, Hands(), halted=halted.is_set).work()
    assert len(post.given) == 3 and tally.stopped
    assert states(any_books) == {"accepted": 3, "planned": 6}


def test_what_is_too_late_expires_and_is_not_sent(any_books: Books) -> None:
    ask(any_books, 1, not_after=NOW + timedelta(hours=1))
    post = Post()
    Worker(any_books, post, write, WAY, Hands(NOW + timedelta(hours=2))).work()
    assert not post.given and one(any_books) == "expired"


def test_receipts_go_first_then_what_is_worth_most(any_books: Books) -> None:
    with any_books.unit() as unit:
        for value, purpose in ((1, "marketing"), (9, "marketing"), (0, "transactional")):
            wish = Wish("journey", "j", f"p{value}", "email", purpose, "letter", {}, value=value)
            sendings.ask(unit, [wish], NOW)
    rows = claim(any_books)
    assert [row["value"] for row in rows] == [0, 9, 1]


def test_the_rate_is_kept_over_workers_and_pauses(any_books: Books) -> None:
    ask(any_books, 200)
    slow = Way("email", "smtp", rate=20, batch=50)
    taken, now = 0, NOW
    for _ in range(40):  # ten seconds
        for _worker in range(3):
            taken += len(claim(any_books, now, slow))
        now += timedelta(milliseconds=250)
    assert 195 <= taken <= 200
    assert len(claim(any_books, NOW + timedelta(days=1), slow)) <= 5, "a pause saves up little"


def test_a_worker_whose_clock_stands_leaves_what_the_pace_holds_back(any_books: Books) -> None:
    ask(any_books, 25)
    way, post, hands = replace(WAY, rate=20.0), Post(), Hands()
    went = []
    for _ in range(6):
        Worker(any_books, post, write, way, hands).work()
        went.append(len(post.given))
        hands.moment += timedelta(minutes=1)
    assert 0 < went[0] < 25 and went[-1] == len(set(post.given)) == 25


def test_tokens_are_taken_once_when_two_claim_at_the_same_moment(any_books: Books) -> None:
    ask(any_books, 100)
    slow = Way("email", "smtp", rate=40, batch=50)
    barrier, taken = threading.Barrier(4), list[int]()

    def worker() -> None:
        barrier.wait()
        for _ in range(20):
            try:
                taken.append(len(claim(any_books, NOW, slow)))
                return
            except Refused:
                continue

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 10


def test_a_doubt_is_settled_by_hand_once(any_books: Books) -> None:
    (sent,) = ask(any_books, 1)
    rows = claim(any_books)
    begin(any_books, rows)
    finish(any_books, rows, DOUBT)
    with any_books.reading() as unit:
        assert [row["id"] for row in book.in_doubt(unit)] == [sent]
    with any_books.unit() as unit:
        row = book.settle(unit, sent[:12], arrived=True, by="Mei", now=NOW)
        assert row["state"] == "accepted"
    with any_books.unit() as unit, pytest.raises(Refused):
        book.settle(unit, sent, arrived=False, by="Mei", now=NOW)


def test_nothing_brings_a_doubt_back_to_the_queue(any_books: Books) -> None:
    (sent,) = ask(any_books, 1)
    rows = claim(any_books)
    begin(any_books, rows)
    finish(any_books, rows, DOUBT)
    with pytest.raises(IntegrityError), any_books.unit() as unit:
        unit.change(update(sending).where(sending.c.id == sent).values(state="planned"))


@pytest.mark.parametrize(
    ("first", "second", "ends"),
    [("delivered", "failed", "refused"), ("failed", "delivered", "refused")],
)
def test_reports_settle_a_doubt_in_whatever_order_they_come(
    any_books: Books, first: str, second: str, ends: str
) -> None:
    (sent,) = ask(any_books, 1)
    rows = claim(any_books)
    begin(any_books, rows)
    finish(any_books, rows, DOUBT)
    for verdict in (first, second, first, second):
        with any_books.unit() as unit:
            reports.take(unit, Report("gate", f"r-{verdict}", verdict, sending_id=sent), NOW)
    assert one(any_books) == ends


def test_a_hard_bounce_bars_the_address_and_a_complaint_ends_the_mail(any_books: Books) -> None:
    first, second = ask(any_books, 2)
    rows = claim(any_books)
    begin(any_books, rows)
    finish(any_books, rows, TAKEN)
    with any_books.unit() as unit:
        dead = Report("mailbox", "1", "failed", first, address="A@example.com", is_dead=True)
        assert reports.take(unit, dead, NOW) and not reports.take(unit, dead, NOW)
        hurt = Report("mailbox", "2", "complained", second, address="b@example.com")
        reports.take(unit, hurt, NOW)
        told = reports.barred_among(unit, "email", ["a@example.com", "b@example.com", "c@d.ex"])
        assert told == {"a@example.com": "bounced", "b@example.com": "complained"}
        with_words = {row["person_id"] for row in unit.rows(select(sending)) if row["id"] == second}
        assert (with_words.pop(), "email") in care.silent(unit)


def test_one_grant_is_one_message_however_many_are_sent_at_once(any_books: Books) -> None:
    chat = Way("wechat", "wechat", rate=1e5, batch=10)
    with any_books.unit() as unit:
        for n in range(4):
            wish = Wish("journey", f"j{n}", "p", "wechat", "service", "letter", {})
            sendings.ask(unit, [wish], NOW)
        assert book.grant(unit, "g1", "open", "T", 2, NOW)
        assert not book.grant(unit, "g1", "open", "T", 2, NOW), "the same grant counts once"
    with any_books.unit() as unit:
        rows = book.turn(unit, chat, (), (), NOW).claimed
    ready = [Ready(row["id"], row["fence"], grant=("open", "T")) for row in rows]
    with any_books.unit() as unit:
        gone = book.turn(unit, chat, (), ready, NOW, claims=False).go
        assert len(gone) == 2 and book.granted(unit, "open", "T") == 0
    back = [Done(row["id"], row["fence"], SAFE) for row in rows if row["id"] in gone][:1]
    with any_books.unit() as unit:
        book.turn(unit, chat, back, (), NOW, claims=False)
        assert book.granted(unit, "open", "T") == 1, "what surely did not arrive gives it back"
    assert states(any_books)["suppressed"] == 2


def test_nothing_that_sells_goes_to_the_held_out_whoever_asked_for_it(any_books: Books) -> None:
    ask(any_books, 6)
    served = [Wish("points", "s", f"p{n}", "email", "service", "letter") for n in range(6)]
    with any_books.unit() as unit:
        sendings.ask(unit, served, NOW)
        unit.put(person_alias, {"person_id": "p4", "survivor": "p0"})
    asked: list[str] = []

    def lot(people: Sequence[str]) -> set[str]:
        asked.extend(people)
        return {"p0", "p1"}

    post = Post()
    Worker(any_books, post, write, WAY, Hands(), held_out=lot).work()
    with any_books.reading() as unit:
        rows = unit.rows(select(sending))
    ended = {(row["purpose"], row["person_id"]): (row["state"], row["rule"]) for row in rows}
    for number in (0, 1, 4):
        assert ended["marketing", f"p{number}"] == ("suppressed", "held_out")
    assert Counter(state for state, _ in ended.values()) == {"accepted": 9, "suppressed": 3}
    assert len(post.given) == 9 and "p4" not in asked, "the lot is asked by today's names"


def test_who_is_held_out_since_the_claim_is_stopped_at_the_mark(any_books: Books) -> None:
    ask(any_books)
    rows = claim(any_books)
    with any_books.unit() as unit:
        ready = [Ready(row["id"], row["fence"]) for row in rows]
        turn = book.turn(unit, WAY, (), ready, NOW, "w", claims=False, held_out=set)
    assert not turn.go and one(any_books, "rule") == "held_out"
