"""Asked why they left, at every door of a real shop: once, politely, and obeyed at once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.shop.scenes import NOW
from tests.unit.channels.servers import HANG_UP, scripted
from tests.unit.decisions.test_remedies import Shown
from tests.unit.journeys import given

from huitou.care import book as care
from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import Asking, token_of
from huitou.decisions.audience import Audience
from huitou.decisions.holdout import Holdout
from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.doors.public.app import app as public
from huitou.ground import failpoints
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import HuitouError, NotYet, Refused
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.loyalty import book as loyalty
from huitou.runs.desks.interviews import hearing
from huitou.runs.desks.interviews.hearing import Known
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

DAY = NOW.now().date()


@pytest.fixture
def guest(shop: Shop) -> TestClient:
    """A customer's browser."""
    return TestClient(public(shop), follow_redirects=False)


def people(shop: Shop, **wanted: Any) -> list[dict[str, Any]]:
    """Customers of the last run who are in no case, held out or not, worthiest first."""
    held = wanted.pop("held", False)
    edition = shop._edition()
    lot = Holdout(shop.settings.salt, shop.settings.holdout_share)
    with shop.books.reading() as unit:
        busy = interviews.barred(unit, None, NOW.now())
    rows = edition.table("people").sort_by([("value_if_kept", "descending")]).to_pylist()
    return [
        row
        for row in rows
        if lot.holds(row["hold_key"]) == held
        and row["person_id"] not in busy
        and all(row[name] == value for name, value in wanted.items())
    ]


def asked(shop: Shop, person: str, channel: str = "paper") -> tuple[str, str]:
    """Ask one person; the interview's id and its token."""
    one = Asking(person, DAY, channel, stage="lost")
    with shop.books.unit() as unit:
        assert interviews.ask(unit, [one], shop.settings.salt, NOW.now()) == 1
    return one.id, token_of(shop.settings.salt, one.id)


def silent(shop: Shop, person: str) -> set[str]:
    with shop.books.reading() as unit:
        return {channel for one, channel in care.silent(unit, [person]) if one == person}


def state(shop: Shop, interview_id: str) -> dict[str, Any]:
    with shop.books.reading() as unit:
        return dict(interviews.find(unit, interview_id))


# -- the page


def test_a_scanner_that_opens_the_link_answers_nothing(shop: Shop, guest: TestClient) -> None:
    number, token = asked(shop, people(shop)[0]["person_id"])
    before = state(shop, number)
    for path in (f"/leaving/{token}", f"/leaving/{token}?why=leave_me_alone&lang=zh-Hans"):
        assert guest.get(path).status_code == 200
        assert guest.head(path).status_code in (404, 405)
    assert guest.get(f"/leaving/{token}/alone").status_code in (404, 405)
    assert state(shop, number) == before and silent(shop, before["person_id"]) == set()


def test_an_answer_is_taken_once_and_then_thanked_for(shop: Shop, guest: TestClient) -> None:
    number, token = asked(shop, people(shop)[0]["person_id"])
    told = {"why": "competitor", "where_to": "the shop next door", "words": "<script>x</script>"}
    sent = guest.post(f"/leaving/{token}?lang=zh-Hant", data=told)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/p/leaving/{token}?lang=zh-Hant")
    page = guest.get(f"/leaving/{token}?lang=en").text
    assert "Thank you" in page and '<form method="post" action="/p/leaving/' not in page
    guest.post(f"/leaving/{token}", data={"why": "price"})
    row = state(shop, number)
    assert (row["why"], row["where_to"], row["by"]) == (
        "competitor",
        "the shop next door",
        "the customer",
    )
    assert row["language"] == "zh-Hant" and row["words"] == "<script>x</script>"
    told_us = shop.answers()
    assert "the shop next door" in str(told_us.where_to[0])
    assert "1 answered. Those who answer are not all who leave." in str(told_us.why_said[0])
    assert shop.interviews.tally().answered == 1


def test_a_wrong_link_looks_like_any_other_missing_page(shop: Shop, guest: TestClient) -> None:
    missing = guest.get("/nothing-here")
    for path in ("/leaving/guessed", f"/leaving/{'a' * 32}"):
        wrong = guest.get(path)
        assert wrong.status_code == missing.status_code == 404
        assert _main(wrong.text) == _main(missing.text)
        assert guest.post(path, data={"why": "price"}).status_code == 404
        assert guest.post(f"{path}/alone").status_code == 404


def test_left_alone_at_one_tap_and_asked_one_thing_on_that_very_page(
    shop: Shop, guest: TestClient
) -> None:
    person = people(shop)[0]["person_id"]
    number, token = asked(shop, person)
    tapped = guest.post(f"/leaving/{token}/alone")
    assert "left alone from now on" in tapped.text and "one question" in tapped.text
    assert silent(shop, person) == set(care.CHANNELS)
    assert "one question" not in guest.get(f"/leaving/{token}").text
    guest.post(f"/leaving/{token}/reason", data={"why": "our_mail"})
    guest.post(f"/leaving/{token}/reason", data={"why": "price"})
    row = state(shop, number)
    assert (row["why"], row["left_alone"], row["remedy"]) == ("our_mail", True, None)
    assert silent(shop, person) == set(care.CHANNELS)
    again = guest.post(f"/leaving/{token}/alone")
    assert again.status_code == 200 and "one question" not in again.text


def test_who_answered_or_came_too_late_can_still_be_left_alone(
    shop: Shop, guest: TestClient
) -> None:
    first, second = (row["person_id"] for row in people(shop)[:2])
    _, token = asked(shop, first)
    guest.post(f"/leaving/{token}", data={"why": "price"})
    assert "left alone" in guest.post(f"/leaving/{token}/alone").text
    assert silent(shop, first) == set(care.CHANNELS)
    number, late = asked(shop, second)
    with shop.books.unit() as unit:
        interviews.end_over(unit, NOW.now() + timedelta(days=46))
    assert "closed" in guest.get(f"/leaving/{late}").text
    guest.post(f"/leaving/{late}", data={"why": "price"})
    assert state(shop, number)["why"] is None
    guest.post(f"/leaving/{late}/alone")
    assert silent(shop, second) == set(care.CHANNELS)


def test_nothing_chosen_is_asked_again_with_what_was_written_kept(
    shop: Shop, guest: TestClient
) -> None:
    number, token = asked(shop, people(shop)[0]["person_id"])
    again = guest.post(f"/leaving/{token}", data={"where_to": "A & B", "words": "x" * 5_000})
    assert again.status_code == 422 and "A &amp; B" in again.text
    assert guest.post(f"/leaving/{token}", data={"why": "boredom"}).status_code == 422
    assert state(shop, number)["state"] == "asked"
    guest.post(f"/leaving/{token}", data={"why": "leave_me_alone"})
    assert state(shop, number)["left_alone"]


# -- the remedy


@pytest.fixture
def worth_an_offer(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody with whom a return offer pays: in this shop it does with nobody."""
    person = people(shop)[0]["person_id"]
    facts = {"stage": "lost", "p_buy": 0.15, "p_alive": 0.2, "value_low": 200_000}
    known = Known(Audience.of(given.people(1, **facts)), held_out=False, effects=Shown())
    monkeypatch.setattr(hearing, "known_of", lambda *_: known)
    return str(person)


def test_an_offer_is_shown_where_it_pays_and_works_once(
    shop: Shop, guest: TestClient, worth_an_offer: str
) -> None:
    person = worth_an_offer
    number, token = asked(shop, person)
    guest.post(f"/leaving/{token}", data={"why": "price"})
    view = shop.interviews.one(number).remedy
    assert view is not None and view.offer is not None and view.gain.minor > 0
    assert view.offer.code in guest.get(f"/leaving/{token}").text
    with shop.books.reading() as unit:
        owed = loyalty.held(unit, [person])[person]
    kept = state(shop, number)["remedy"]
    assert owed <= kept["bound"] and kept["exposure"] + kept["worst"] <= kept["bound"]
    shop.redeem_offer(view.offer.code, "order 1", 10_000)
    with pytest.raises(Refused):
        shop.redeem_offer(view.offer.code, "order 2", 10_000)
    assert view.offer.code not in guest.get(f"/leaving/{token}").text
    assert shop.check() == []


def test_promised_nothing_that_does_not_pay(shop: Shop, guest: TestClient) -> None:
    for row in people(shop, stage="loyal")[:3]:
        number, token = asked(shop, row["person_id"])
        guest.post(f"/leaving/{token}", data={"why": "price"})
        assert state(shop, number)["remedy"]["reason"] in ("nothing_pays", "bound")
        assert "off one order" not in guest.get(f"/leaving/{token}").text


def test_who_holds_enough_of_us_already_is_promised_no_more(
    shop: Shop, guest: TestClient, worth_an_offer: str
) -> None:
    number, token = asked(shop, worth_an_offer)
    with shop.books.unit() as unit:
        loyalty.promise(unit, worth_an_offer, 100_000, 10**6, "told at the till", NOW.now())
    guest.post(f"/leaving/{token}", data={"why": "price"})
    assert state(shop, number)["remedy"]["reason"] == "bound"


def test_who_wants_to_be_left_alone_is_offered_nothing(
    shop: Shop, guest: TestClient, worth_an_offer: str
) -> None:
    number, token = asked(shop, worth_an_offer)
    guest.post(f"/leaving/{token}/alone")
    guest.post(f"/leaving/{token}/reason", data={"why": "price"})
    assert "off one order" not in guest.get(f"/leaving/{token}").text
    with shop.books.reading() as unit:
        assert loyalty.offered(unit, hearing.offer_id(number)) is None


def test_the_held_out_are_never_asked_nor_offered_anything(shop: Shop, guest: TestClient) -> None:
    person = people(shop, held=True)[0]
    with pytest.raises(Refused, match="held out"):
        shop.interviews.ask(person["key"], "cancelled", "owner")
    # Even where an old sheet turns up, nothing is promised.
    number, token = asked(shop, person["person_id"])
    guest.post(f"/leaving/{token}", data={"why": "price"})
    assert state(shop, number)["remedy"]["reason"] == "held_out"


def test_who_went_elsewhere_is_in_no_plan_until_the_date_to_look_again(shop: Shop) -> None:
    plan = shop.draft_plan()
    rows, _ = shop.receipts(plan.id, act="any", limit=200)
    row = next(row for row, _ in rows if row.id in {each["person_id"] for each in people(shop)})
    number, _ = asked(shop, row.id)
    shop.interviews.record(number, "competitor", where_to="the mall", words=None, by="clerk")
    shop.draft_plan()
    receipt = shop.person(row.id).receipt
    assert receipt is not None and receipt.act == "nothing"
    assert "date to look again" in str(receipt.words[0])
    assert shop.draft_plan().reasons["not_for_now"] == 1


def test_a_letter_planned_before_they_told_us_does_not_leave(shop: Shop) -> None:
    # The clock stands still in these tests: what is told comes a moment after the draft.
    plan = shop.draft_plan()
    rows, _ = shop.receipts(plan.id, act="any", limit=200)
    row = next(row for row, _ in rows if row.id in {each["person_id"] for each in people(shop)})
    shop.approve_plan(plan.id, "owner")
    later = open_shop(shop.home, clock=StoppedClock(NOW.now() + timedelta(hours=1)))
    number, _ = asked(later, row.id)
    later.interviews.record(number, "moved", where_to=None, words=None, by="clerk")
    assert later.apply_plan(plan.id, "owner")["refused"] == {"not_for_now": 1}


# -- programs, paper, and the phone


def test_a_page_where_somebody_cancels_gets_one_link_however_often_it_asks(shop: Shop) -> None:
    staff = Staff(shop.books)
    token = staff.issue_token("web shop", ("read", "ask"), NOW.now())
    shop.change_settings(public_url="https://shop.example/")
    one, held = people(shop)[0], people(shop, held=True)[0]
    with TestClient(api(shop, staff)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        told = {"who": one["key"], "trigger": "cancelled"}
        first, again = (client.post("/interviews", json=told).json() for _ in range(2))
        assert first == again
        assert re.fullmatch(r"https://shop\.example/p/leaving/[a-z2-7]{32}", first["link"])
        assert client.post("/interviews", json={"who": held["key"]}).status_code == 403
        assert client.post("/interviews", json={"who": "nobody"}).status_code == 400
        assert client.post("/interviews", json={**told, "trigger": "lost"}).status_code == 422
        path = f"/interviews/{first['interview']}/answers"
        answer = client.post(path, json={"why": "moved", "words": "to Leeds"}).json()
        assert answer["said"] == "They moved away" and answer["by"] == "token web shop"
        assert client.post(path, json={"why": "price"}).status_code == 403
        assert client.post("/interviews", json=told).status_code == 403
        assert len(client.get("/interviews", params={"state": "answered"}).json()) == 1


def test_who_unsubscribes_is_asked_on_that_page_and_who_was_silent_is_not(shop: Shop) -> None:
    first, second = people(shop)[:2]
    for row in (first, second):
        shop.leave_alone(row["person_id"], "owner")
    with pytest.raises(Refused, match="left alone"):
        shop.interviews.ask(first["key"], "cancelled", "owner")
    link = shop.interviews.ask(first["key"], "unsubscribed", "owner")
    assert "/p/leaving/" in link.link
    assert shop.interviews.tally().unsent == 0


def test_nobody_calls_who_asked_for_silence_a_minute_ago(shop: Shop) -> None:
    number, _ = asked(shop, people(shop)[0]["person_id"], "call")
    assert number in {each.id for each in shop.interviews.listed()}
    with shop.books.unit() as unit:
        care.be_silent(unit, state(shop, number)["person_id"], "any", "told at the till", NOW.now())
    assert number not in {each.id for each in shop.interviews.listed()}


def test_paper_carries_both_questions_and_its_link_in_three_languages(shop: Shop) -> None:
    number, _ = asked(shop, people(shop)[0]["person_id"])
    for language, words in (
        ("en", "Why did you stop"),
        ("zh-Hans", "为什么"),
        ("zh-Hant", "為什麼"),
    ):
        shop.change_settings(language=language, public_url="https://shop.example")
        sheet = shop.interviews.sheets(number).decode()
        assert words in sheet and "<svg" in sheet and number in sheet
        assert (
            f'lang="{language}"' in sheet and "<script" not in sheet and "http" not in _text(sheet)
        )
        assert shop.interviews.script(language).why
    with pytest.raises(NotYet):
        _answered(shop, number)
        shop.interviews.sheets(number)


def test_answers_typed_from_paper_are_each_kept_once_or_refused_in_words(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = [asked(shop, row["person_id"])[0] for row in people(shop)[:3]]
    file = tmp_path / "answers.csv"
    rows = [
        f"{numbers[0].upper()},price,隔壁,too dear",
        f"{numbers[1]},leave_me_alone,,",
        f"{numbers[2]},boredom,,",
        "nothing,price,,",
    ]
    file.write_text("\ufeffid,why,where_to,words\r\n" + "\r\n".join(rows), encoding="utf-8")
    command = ["--home", str(shop.home), "interview", "import", str(file), "--by", "me", "--json"]
    for kept, known in ((2, 0), (0, 2)):
        with pytest.raises(SystemExit) as end:
            main(command)
        told = json.loads(capsys.readouterr().out)
        assert (end.value.code, told["kept"], told["known"]) == (3, kept, known)
        assert [line for line, _ in told["refused"]] == [4, 5]
    assert silent(shop, state(shop, numbers[1])["person_id"]) == set(care.CHANNELS)
    with pytest.raises(HuitouError, match="no column"):
        file.write_text("a,b\n1,2\n", encoding="utf-8")
        shop.interviews.take(file, "me")


# -- e-mail


@pytest.fixture
def mailing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], str]:
    """A shop that may write e-mails, and one customer who is asked by one; the interview's id."""

    def ready(port: int) -> str:
        shop.change_settings(
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_from="shop@example.org",
            email_to_customers=True,
            public_url="https://shop.example",
        )
        person = people(shop)[0]["person_id"]
        from huitou.journeys.messages import Recipient
        from huitou.runs.desks.interviews.desk import InterviewDesk

        reached = {person: Recipient(person, "C1", email="c1@example.org", language="zh-Hans")}
        monkeypatch.setattr(InterviewDesk, "_recipients", lambda _desk, _people: reached)
        return asked(shop, person, "email")[0]

    return ready


def test_an_email_that_asks_leaves_once(shop: Shop, mailing: Callable[[int], str]) -> None:
    with scripted() as server:
        number = mailing(server.port)
        assert shop.interviews.send() == {"accepted": 1}
        assert shop.interviews.send() == {}
    (taken,) = server.taken
    assert f"Message-ID: <{number}@example.org>".encode() in taken
    assert shop.interviews.one(number).mail == "accepted"


def test_a_mail_that_may_have_left_is_never_sent_again(
    shop: Shop, mailing: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted({".": HANG_UP}) as server:
        number = mailing(server.port)
        assert shop.interviews.send() == {"in_doubt": 1}
        assert shop.interviews.send() == {} and shop.interviews.tally().doubts == 1
        shop.interviews.settle_doubt(number, arrived=False, by="owner")
        assert shop.interviews.send() == {}


@pytest.mark.parametrize("place", ["interview.marked", "interview.handed"])
def test_a_restart_asks_nobody_twice(
    shop: Shop, mailing: Callable[[int], str], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, f"{place}:1:raise")
    with scripted() as server:
        mailing(server.port)
        with pytest.raises(Stopped):
            shop.interviews.send()
        later = open_shop(shop.home, clock=StoppedClock(NOW.now() + timedelta(hours=1)))
        assert later.interviews.send() == {}
        assert later.interviews.tally().doubts == 1
        assert len(server.taken) == (place == "interview.handed")


def test_without_its_marker_an_email_would_leave_twice(
    shop: Shop, mailing: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interviews, "claim", lambda *_, **__: True)
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, "interview.handed:1:raise")
    with scripted() as server:
        mailing(server.port)
        with pytest.raises(Stopped):
            shop.interviews.send()
        shop.interviews.send()
        assert len(server.taken) == 2


def test_no_email_without_leave_or_without_a_page_it_leads_to(shop: Shop) -> None:
    with pytest.raises(Refused, match="may not be written to"):
        shop.interviews.send()
    shop.change_settings(email_to_customers=True)
    with pytest.raises(NotYet, match="needs the address"):
        shop.interviews.send()


def _answered(shop: Shop, number: str) -> None:
    shop.interviews.record(number, "ill", where_to=None, words=None, by="clerk")


def _main(page: str) -> str:
    return page[page.index("<main>") : page.index("</main>")]


def _text(page: str) -> str:
    return re.sub(r'xmlns="[^"]*"', "", page)
