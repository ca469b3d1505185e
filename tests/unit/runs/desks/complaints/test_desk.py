"""The desk for complaints: what a customer and a manager may count on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.channels.servers import HANG_UP, scripted
from tests.unit.runs.desks.complaints.given_shop import NOW, Hands, house_of

from huitou.care.complaints import book as books
from huitou.care.complaints.rules import Arrived
from huitou.ground.errors import HuitouError, NotYet, Refused
from huitou.loyalty import book as loyalty
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.store.inbox import line

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def test_found_by_their_phone_however_it_is_spelt(shop: Shop) -> None:
    filed = shop.complaints.new("Late again.", kind="delivery", phone="138 0000 0001", by="Mei")
    assert filed.person_id == "mei" and filed.token
    seen = shop.complaints.one(filed.number)
    assert seen.row.person is not None and seen.row.person.name == "Mei"
    assert shop.complaints.one(filed.number.lower().replace("-", " ")).row.id == filed.id


def test_where_phone_and_email_disagree_nobody_is_guessed(shop: Shop) -> None:
    told = {"phone": "13800000001", "email": "home@example.org"}
    filed = shop.complaints.new("Whose is it?", by="Mei", **told)
    assert filed.person_id is None
    shop.complaints.join(filed.number, "M1", by="Mei")
    assert shop.complaints.one(filed.number).row.person_id == "mei"
    with pytest.raises(HuitouError, match="no customer"):
        shop.complaints.join(filed.number, "nobody@example.org", by="Mei")


def test_somebody_unknown_is_known_after_a_later_run(home: Path, clock: Hands, shop: Shop) -> None:
    fresh = open_shop(home.with_name("new"), clock=clock)
    fresh.change_settings(currency="CNY", timezone="Asia/Shanghai")
    filed = fresh.complaints.new("Late.", email="mei@example.org", by="Mei")
    assert filed.person_id is None
    (home / "lake").rename(home.with_name("new") / "lake")
    assert fresh.complaints.match() == 1
    assert fresh.complaints.one(filed.number).row.person_id == "mei"


def test_told_the_same_number_however_often_it_is_sent(shop: Shop) -> None:
    told = {"key": "till-7", "by": "Mei"}
    first, again = (shop.complaints.new("It broke.", **told) for _ in range(2))
    assert first.number == again.number and first.token and again.token is None
    assert shop.complaints.new("It broke.", by="Mei").number != first.number


def test_the_list_is_oldest_first_with_what_is_left_of_the_time(shop: Shop, clock: Hands) -> None:
    first = shop.complaints.new("Late.", kind="delivery", by="Mei")
    clock.later(hours=20)
    shop.complaints.new("Dear.", kind="price", by="Mei")
    rows = shop.complaints.listed().rows
    assert rows[0].id == first.id
    assert [str(row.left) for row in rows] == ["4 hours left", "3 days left"]
    clock.later(hours=5)
    (late,) = shop.complaints.listed("overdue").rows
    assert late.id == first.id and str(late.left) == "more than an hour late" and late.overdue
    assert shop.complaints.listed().overdue == 1
    with pytest.raises(HuitouError, match="no list"):
        shop.complaints.listed("nonsense")


def test_the_list_goes_on_where_it_ended(shop: Shop, clock: Hands) -> None:
    for n in range(5):
        shop.complaints.new(f"Number {n}.", by="Mei")
        clock.later(minutes=1)
    page = shop.complaints.listed(limit=3)
    rest = shop.complaints.listed(limit=3, after=page.after)
    assert [row.beginning for row in (*page.rows, *rest.rows)] == [f"Number {n}." for n in range(5)]
    assert rest.after is None


def test_an_answer_late_by_a_day_is_seen_by_the_manager(shop: Shop, clock: Hands) -> None:
    filed = shop.complaints.new("Late.", kind="delivery", phone="13800000001", by="Mei")
    clock.later(hours=48)
    shop.complaints.answer(filed.number, "It comes today.", by="Li")
    seen = shop.complaints.one(filed.number)
    assert seen.row.late_days == pytest.approx(1.0) and seen.row.owner == "Li"
    assert not seen.row.overdue and seen.row.hours_left is None


def test_an_answer_goes_by_the_way_the_customer_can_be_reached(shop: Shop) -> None:
    ways = {
        "page": shop.complaints.take(Arrived("k1", "Hm.", "form")).number,
        "phone": shop.complaints.new("Hm.", phone="13800000009", by="Li").number,
        "nobody": shop.complaints.new("Hm.", by="Li").number,
    }
    for way, number in ways.items():
        assert shop.complaints.answer(number, "Sorry.", by="Li") == way
        last = shop.complaints.one(number).entries[-1]
        assert last.kind == "state" and last.words == f"tell:{way}" and last.told


def test_an_answer_is_mailed_once_with_the_number_that_brings_the_reply_back(shop: Shop) -> None:
    with scripted() as server:
        _mails(shop, server.port)
        filed = shop.complaints.new("Broken!", email="mei@example.org", name="Mei", by="Li")
        for _ in range(2):
            assert shop.complaints.answer(filed.number, "Sorry!", by="Li", key="tap") == "email"
    (taken,) = server.taken
    assert filed.number.encode() in taken and b"Sorry!" in taken
    assert [
        each.words for each in shop.complaints.one(filed.number).entries if each.kind == "out"
    ] == ["Sorry!"]
    assert shop.complaints.one(filed.number).entries[-1].words == "sent:email"


def test_where_nobody_knows_whether_it_arrived_that_is_said(shop: Shop) -> None:
    with scripted({".": HANG_UP}) as server:
        _mails(shop, server.port)
        filed = shop.complaints.new("Broken!", email="mei@example.org", by="Li")
        shop.complaints.answer(filed.number, "Sorry!", by="Li", key="tap")
    assert shop.complaints.one(filed.number).entries[-1].words.startswith("doubt:")


def test_nobody_writes_a_header_into_our_mail(shop: Shop) -> None:
    with scripted() as server:
        _mails(shop, server.port)
        evil = {"name": "Mei\r\nBcc: all@example.org", "email": "mei@example.org"}
        filed = shop.complaints.new("<script>alert(1)</script>", by="Li", **evil)
        shop.complaints.answer(filed.number, "Sorry\r\n.\r\nQUIT", by="Li")
    (taken,) = server.taken
    assert b"\nBcc:" not in taken and b"text/html" not in taken


def test_an_apology_stays_within_what_they_are_still_worth(shop: Shop) -> None:
    filed = shop.complaints.new("Broken!", phone="13800000001", by="Li")
    most = shop.complaints.one(filed.number).gesture_left
    assert most is not None and most.minor == 5_000  # half of the lower bound of 100.00
    with pytest.raises(Refused, match="at most"):
        shop.complaints.answer(filed.number, "Sorry!", by="Li", gesture=5_001)
    assert shop.complaints.one(filed.number).row.state == "new"  # refused is undone whole
    for _ in range(2):
        shop.complaints.answer(filed.number, "Sorry!", by="Li", gesture=3_000, key="tap")
    seen = shop.complaints.one(filed.number)
    assert [each.amount.minor for each in seen.entries if each.amount] == [3_000]
    assert seen.gesture_left is not None and seen.gesture_left.minor == 2_000
    (told,) = (each for each in seen.entries if each.kind == "out")
    code = next(each.words for each in seen.entries if each.kind == "gesture")
    assert code in told.words and "30" in told.words
    offer = shop.redeem_offer(code, "order-1", 10_000)
    assert offer.given is not None and offer.given.minor == 3_000
    assert shop.check() == []


def test_an_apology_needs_somebody_who_is_worth_it(shop: Shop) -> None:
    unknown = shop.complaints.new("Broken!", by="Li").number
    with pytest.raises(Refused, match="whose complaint"):
        shop.complaints.answer(unknown, "Sorry!", by="Li", gesture=1)
    nothing = shop.complaints.new("Broken!", email="wang@example.org", by="Li").number
    with pytest.raises(Refused, match="at most"):
        shop.complaints.answer(nothing, "Sorry!", by="Li", gesture=1)
    with house_of(shop).books.reading() as unit:
        assert loyalty.held(unit) == {}


def test_before_the_first_run_nobody_is_known_and_nothing_breaks(home: Path, clock: Hands) -> None:
    fresh = open_shop(home.with_name("fresh"), clock=clock)
    filed = fresh.complaints.new("Broken!", phone="13800000001", by="Li")
    seen = fresh.complaints.one(filed.number)
    assert seen.row.person is None and seen.gesture_left is None
    assert {each.complaints for each in fresh.complaints.effect()} == {0}
    with pytest.raises(NotYet):
        fresh.complaints.join(filed.number, "M1", by="Li")


def test_answered_resolved_reopened_and_counted(shop: Shop, clock: Hands) -> None:
    desk = shop.complaints
    number = desk.new("Broken!", phone="13800000001", by="Li").number
    desk.assign(number, "Mei", by="Li")
    desk.note(number, "She called twice.", by="Mei")
    desk.answer(number, "A new one comes.", by="Mei")
    desk.resolve(number, by="Mei")
    with pytest.raises(HuitouError, match="cannot become"):
        desk.dismiss(number, by="Mei")
    clock.later(days=2)
    desk.reopen(number, by="Mei")
    seen = desk.one(number)
    assert (seen.row.state, seen.reopened, seen.row.owner) == ("assigned", 1, "Mei")
    assert seen.row.hours_left == pytest.approx(72)  # a new deadline
    assert [each.kind for each in seen.entries] == [
        *("in", "state", "state", "note", "out", "state", "state", "state", "state"),
    ]
    assert desk.listed(owner="Mei").rows and not desk.listed(owner="Li").rows


def test_spam_is_held_and_can_come_back(shop: Shop) -> None:
    number = shop.complaints.new("Buy pills", phone="13800000001", by="Li").number
    shop.complaints.hold(number, by="Li")
    assert not shop.complaints.listed().rows and shop.complaints.listed("held").rows
    shop.complaints.unhold(number, by="Li")
    assert shop.complaints.listed().rows


def test_staff_say_what_it_is_about(shop: Shop) -> None:
    number = shop.complaints.new("Too late!", by="Li").number
    shop.complaints.sort(number, "delivery", by="Li")
    seen = shop.complaints.one(number)
    assert seen.cause == "delivery" and seen.cause_words and seen.cause_share is None
    with pytest.raises(HuitouError, match="no cause"):
        shop.complaints.sort(number, "weather", by="Li")


def test_forgotten_on_request(shop: Shop) -> None:
    kept = shop.complaints.keep_file("me.png", PNG)
    number = shop.complaints.new("I am Mei.", phone="13800000001", by="Li", files=(kept,)).number
    _view, path = shop.complaints.file_of(kept.id)
    assert path.read_bytes() == PNG
    assert shop.complaints.forget("M1") == 1 and not path.exists()
    seen = shop.complaints.one(number)
    assert (seen.words, seen.phone, seen.row.person_id, seen.files) == ("", None, None, ())
    assert not any("Mei" in each.words for each in seen.entries)
    with pytest.raises(HuitouError, match="no such file"):
        shop.complaints.file_of(kept.id)


def test_what_lies_beside_the_books_is_forgotten_too(shop: Shop) -> None:
    inbox = house_of(shop).inbox
    theirs = {"kind": "strange", "told": {"phone": "138 0000 0001"}, "words": "I am Mei."}
    other = {"kind": "strange", "told": {"phone": "13900000009"}, "words": "I am not."}
    inbox.set_aside(theirs)
    inbox.set_aside(other)
    cut = inbox.folder / "000000000001-x.damaged"
    cut.write_bytes(line({"told": "whole, and in the books"}) + b"00 9 13800000001 Mei\n00 9 Li\n")
    shop.complaints.new("I am Mei.", phone="13800000001", by="Li")
    shop.complaints.forget("M1")
    assert inbox.aside() == 1
    assert cut.read_bytes() == b"00 9 Li\n"
    left = b"".join(each.read_bytes() for each in inbox.folder.rglob("*") if each.is_file())
    assert b"Mei" not in left and b"I am not." in left


def test_an_answer_whose_process_died_before_the_post_is_said_to_be_in_doubt(
    shop: Shop, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = shop.complaints.new("Late.", phone="13800000001", by="Li").number
    with monkeypatch.context() as dead, pytest.raises(KeyboardInterrupt):
        dead.setattr("huitou.runs.desks.complaints.answering.send", _die)
        shop.complaints.answer(number, "So sorry.", by="Li")
    for minutes, doubted in ((5, 0), (30, 1), (5, 0)):
        clock.later(minutes=minutes)
        with house_of(shop).books.unit() as unit:
            assert books.settle_untold(unit, clock.now()) == doubted
    told = [str(said) for each in shop.complaints.one(number).entries for said in each.told]
    assert any("Nobody knows whether the e-mail arrived" in each for each in told)


def _die(*_told: object) -> None:
    raise KeyboardInterrupt


def test_the_day_marks_what_waits_too_long_once(shop: Shop, clock: Hands) -> None:
    number = shop.complaints.new("Late.", kind="delivery", by="Li").number
    clock.later(days=2)
    with house_of(shop).books.unit() as unit:
        assert len(books.escalate(unit, clock.now())) == 1
        assert len(books.escalate(unit, clock.now())) == 0
    assert shop.complaints.one(number).escalated_at == clock.now()


def test_the_shop_may_set_one_deadline_for_all(shop: Shop, clock: Hands) -> None:
    shop.change_settings(complaint_hours=4)
    filed = shop.complaints.new("Dear.", kind="price", by="Li")
    assert (filed.due_at - clock.now()).total_seconds() == 4 * 3600


def test_an_empty_complaint_is_none(shop: Shop) -> None:
    with pytest.raises(HuitouError, match="needs words"):
        shop.complaints.new("  ", by="Li")
    with pytest.raises(HuitouError, match="no kind"):
        shop.complaints.new("Hm.", kind="weather", by="Li")


def test_an_answer_that_could_not_leave_says_so_beside_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _mails(shop, 25)
    shop.change_settings(smtp_user="care")
    monkeypatch.delenv(shop.settings.smtp_password_env, raising=False)
    filed = shop.complaints.new("Broken!", email="mei@example.org", by="Li")
    assert shop.complaints.answer(filed.number, "Sorry!", by="Li", key="tap") == "email"
    last = shop.complaints.one(filed.number).entries[-1]
    assert last.words.startswith("unsent:") and shop.settings.smtp_password_env in last.words


def test_who_writes_again_after_it_was_dismissed_is_heard(shop: Shop) -> None:
    filed = shop.complaints.new("Hm.", phone="13800000001", by="Li")
    shop.complaints.dismiss(filed.number, by="Li")
    with house_of(shop).books.unit() as unit:
        for _ in range(2):
            books.add_entry(unit, filed.id, "in", "customer", "It is one!", NOW, key="again")
    assert [row.id for row in shop.complaints.listed().rows] == [filed.id]
    with house_of(shop).books.reading() as unit:
        assert "mei" in books.people_waiting(unit)


def _mails(shop: Shop, port: int) -> None:
    told = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_from": "shop@example.org"}
    shop.change_settings(**told)
