"""An act of the shop's own, from the form to the letter, at every door."""

from __future__ import annotations

from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.shop.scenes import NOW, Call

from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.journeys.tables import decision, message
from huitou.runs.shop import Shop

NOTE = "en|A word from {shop}|We wanted to say hello. {gift}\n\nNothing else."


def test_an_own_act_is_planned_said_in_the_receipt_and_written(shop: Shop, call: Call) -> None:
    # It takes nobody's time, so it earns more than the reminder that is shipped.
    words = ("remind", "A hello that nobody else says", "--name", "hello", "--minutes", "0")
    added = call("act", "add", *words, "--letter", NOTE)
    assert added["own"] and added["ready"] and not added["warning"]
    plan = call("plan", "draft")
    with shop.books.reading() as unit:
        mine = (decision.c.plan_id == plan["id"]) & (decision.c.act_name == "hello")
        rows = unit.rows(select(decision).where(mine))
    assert rows and {row["act"] for row in rows} == {"remind"}
    receipt = shop.person(rows[0]["person_id"]).receipt
    assert receipt is not None and str(receipt.claim) == "A hello that nobody else says"
    assert str(receipt.words[0]) == "A hello that nobody else says"
    why = shop.why(rows[0]["person_id"]).receipt
    assert str(why.claim) == str(why.words[0]) == "A hello that nobody else says"
    call("plan", "approve")
    call("plan", "apply")
    with shop.books.reading() as unit:
        letter = unit.first(select(message).where(message.c.decision_id == rows[0]["id"]))
    assert letter is not None and letter["subject"] == "A word from A third of a shop"
    assert (
        "We wanted to say hello. A hello that nobody else says.\n\nNothing else." in letter["body"]
    )
    told = {act["name"]: act for act in call("act", "list")}
    assert told["hello"]["times"] > 0
    assert call("act", "remove", "hello")["removed"]
    call("act", "add", "thank", "Something new", "--name", "aha")
    assert shop.replay_plan(plan["id"]).same is True, "an act that is taken away was one then"
    assert "hello" not in {act["name"] for act in call("act", "list")}
    receipt = shop.person(rows[0]["person_id"]).receipt
    assert receipt is not None and str(receipt.claim) == "A hello that nobody else says"


def test_programs_choose_acts_and_leave_people_too(shop: Shop) -> None:
    staff = Staff(shop.books)
    token = staff.issue_token("helpdesk", ("read", "ask", "plan"), NOW.now())
    person = shop.people(limit=1).rows[0].key
    with TestClient(app(shop, staff)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        tea = {"name": "tea", "kind": "surprise", "claim": "Tea", "given": {"amount": 200}}
        assert client.post("/acts", json=tea).json()["name"] == "tea"
        assert client.post("/acts", json=tea).status_code == 403
        assert client.post("/acts", json={**tea, "name": "T"}).status_code == 422
        assert client.post("/acts", json={**tea, "given": {"amount": -1}}).status_code == 422
        assert "tea" in {act["name"] for act in client.get("/acts").json()}
        assert client.delete("/acts/tea").json()["removed"]
        marked = {"who": person, "why": "rival", "words": "They told us so at the till."}
        assert client.post("/chase", json=marked).json()["never"] is False
        assert client.post("/chase", json={**marked, "why": "ugly"}).status_code == 422
        assert len(client.get("/chase").json()) == 1
        lifted = {"who": person, "words": "They came back."}
        assert client.post("/chase/lift", json=lifted).json()["lifted"]
        assert client.get("/chase").json() == []


def test_two_people_let_a_dear_plan_out(shop: Shop, call: Call) -> None:
    shop.change_settings(approval_limit=0)
    plan = call("plan", "draft", "--by", "mei")
    assert plan["needs_second"] and plan["drafted_by"] == "mei"
    first = call("plan", "approve", "--by", "mei")
    assert (first["status"], first["first_by"]) == ("draft", "mei")
    words = " ".join(str(each) for each in shop.plan().words)
    assert "still needs somebody else" in words and "a shop with one user" in words
    assert call("plan", "approve", "--by", "li")["status"] == "approved"
