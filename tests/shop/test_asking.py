"""The lost are asked at every door; what they say is kept, and silence is obeyed."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.shop.scenes import NOW, Call

from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.ground.errors import HuitouError, Refused
from huitou.runs.shop import Shop


def test_what_a_customer_says_is_kept_and_answers_the_fourth_question(
    shop: Shop, call: Call
) -> None:
    case = call("case", "list")[0]
    assert case["ask"] and case["suspects"]
    call("case", "answer", case["id"], "--why", "competitor", "--where-to", "the shop next door")
    assert case["id"] not in [each["id"] for each in call("case", "list")]
    told = call("case", "list", "--status", "answered")[0]["said"][0]
    assert told[1] == "the shop next door"
    assert "the shop next door" in str(shop.answers().where_to[0])


def test_who_asks_for_silence_is_in_no_plan_until_they_lift_it(shop: Shop, call: Call) -> None:
    person = _somebody_meant_an_act(shop)
    call("case", "silence", person)
    shop.draft_plan()
    receipt = shop.person(person).receipt
    assert receipt is not None and receipt.act == "nothing"
    call("case", "silence", person, "--lift")
    shop.draft_plan()
    receipt = shop.person(person).receipt
    assert receipt is not None and receipt.act != "nothing"


def test_leave_me_alone_is_silence_at_once(shop: Shop) -> None:
    from huitou.care import book as care

    case = shop.cases()[0]
    shop.answer_case(case.id, "leave_me_alone", by="owner")
    with shop.books.reading() as books:
        silent = care.silent(books)
    assert case.person is not None
    theirs = {channel for person, channel in silent if person == case.person.id}
    assert theirs == set(care.CHANNELS) >= {"paper", "email", "call", "sms"}


def test_a_reason_nobody_knows_is_refused_in_words(shop: Shop) -> None:
    with pytest.raises(HuitouError, match="'boredom' is no answer"):
        shop.answer_case(shop.cases()[0].id, "boredom", by="owner")
    with pytest.raises(Refused, match="is not in doubt"):
        shop.settle_doubt("nothing", "email", arrived=True, by="owner")
    for told in (shop.leave_alone, shop.speak_again):
        with pytest.raises(HuitouError, match="no channel 'pigeon'"):
            told(_somebody_meant_an_act(shop), by="owner", channel="pigeon")
    assert shop.in_doubt() == ()


def test_programs_ask_too(shop: Shop) -> None:
    staff = Staff(shop.books)
    token = staff.issue_token("helpdesk", ("read", "ask"), NOW.now())
    with TestClient(app(shop, staff)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        case = client.get("/cases").json()[0]
        path = f"/cases/{case['id']}/answers"
        assert client.post(path, json={"why": "moved", "words": "to Leeds"}).status_code == 200
        assert client.post(path, json={"why": "boredom"}).status_code == 400
        told = client.get("/cases", params={"status": "answered"}).json()[0]
        assert told["said"][0][2] == "to Leeds" and told["owner"] == "token helpdesk"
        quiet = {"who": case["person"]["key"]}
        assert client.post("/silence", json=quiet).json()["silent"] is True
        assert client.get("/doubts").json() == []


def _somebody_meant_an_act(shop: Shop) -> str:
    plan = shop.plan()
    assert plan is not None
    rows, _ = shop.receipts(plan.id, act="any", limit=1)
    return rows[0][0].key
