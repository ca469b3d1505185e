"""Consent, as a program tells it and asks for it; a real shop that has just opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from huitou.care.consents import book as consents
from huitou.care.consents.kinds import Wording
from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.ground.clock import StoppedClock
from huitou.runs.wiring import open_shop

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MARKETING = {"who": "p", "channel": "email"}


@pytest.fixture
def knock(tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """Comes in with a token of these scopes."""
    shop = open_shop(tmp_path / "shop", clock=StoppedClock(NOW))
    shop.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
    with shop.books.unit() as unit:
        for person in ("p", "q"):
            word = Wording("join", "en", "By post, yes.")
            consents.give(
                unit, person, "paper", "marketing", source="join_page", wording=word, now=NOW
            )
        consents.hear(unit, "q", "sms", "mark", "enough of this please", NOW)
    staff = Staff(shop.books)

    def door(*scopes: str) -> TestClient:
        secret = staff.issue_token("shop", scopes, NOW)
        return TestClient(app(shop, staff), headers={"Authorization": f"Bearer {secret}"})

    yield door
    shop.books.close()


def standing(told: Any, channel: str, purpose: str = "marketing") -> str:
    return next(
        each["state"]
        for each in told["standings"]
        if (each["channel"], each["purpose"]) == (channel, purpose)
    )


def test_a_yes_is_kept_with_its_words_and_the_same_again_changes_nothing(
    knock: Callable[..., TestClient],
) -> None:
    door = knock("ask", "read")
    told = {**MARKETING, "wording": "Yes.", "language": "en", "source": "checkout"}
    told["at"] = "2026-03-01T12:00:00Z"
    for _ in range(2):
        given = door.post("/consents", json=told)
        assert given.status_code == 200 and standing(given.json(), "email") == "given"
    history = door.get("/consents/of", params={"who": "p"}).json()["history"]
    (word,) = (each for each in history if each["channel"] == "email")
    assert (word["words"], word["source"], word["by"]) == ("Yes.", "checkout", "token shop")
    assert word["at"].startswith("2026-03-01T12:00")


@pytest.mark.parametrize(("country", "asked_twice"), [("DE", True), ("TW", False)])
def test_nobody_agreed_in_the_future_whichever_law_is_kept(
    knock: Callable[..., TestClient], country: str, asked_twice: bool
) -> None:
    door = knock("ask", "read")
    door.put("/sending/rules", json={"text": 'packs = ["EU", "TW"]\n'})
    door.post("/consents/country", json={"who": "p", "country": country})
    wrong = door.post("/consents", json={**MARKETING, "at": "2026-03-02T09:31:00Z"})
    assert wrong.status_code == 422 and "in the future" in wrong.json()["error"]["sentence"]
    told = door.get("/consents/of", params={"who": "p"}).json()
    assert len(told["history"]) == 1 and standing(told, "email") == "none"
    said = door.post("/consents", json={**MARKETING, "at": "2026-03-02T09:29:00Z"}).json()
    assert standing(said, "email") == ("waiting" if asked_twice else "given")


def test_a_no_holds_at_once_for_one_channel_or_for_all(knock: Callable[..., TestClient]) -> None:
    door = knock("ask", "read")
    for channel in ("email", "sms"):
        door.post("/consents", json={"who": "p", "channel": channel})
    no = door.post("/consents/withdraw", json=MARKETING).json()
    assert standing(no, "email") == "withdrawn" and standing(no, "sms") == "given"
    no = door.post("/consents/withdraw", json={"who": "p"}).json()
    assert standing(no, "sms") == "withdrawn"
    overview = door.get("/consents").json()
    sms = [each for each in overview["channels"] if each["channel"] == "sms"]
    assert sum(each["given"] for each in sms) == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/consents", MARKETING),
        ("post", "/consents/withdraw", MARKETING),
        (
            "post",
            "/consents/heard",
            {"channel": "sms", "address": "1", "text": "STOP"},
        ),
        ("post", "/consents/country", {"who": "p", "country": "CN"}),
        ("put", "/sending/rules", {"text": 'packs = ["CN"]\n'}),
        ("post", "/consents/import", {"csv": "customer,channel,at\np,email,2025-01-01\n"}),
    ],
)
def test_who_may_only_read_changes_nothing(
    knock: Callable[..., TestClient], method: str, path: str, body: Any
) -> None:
    reader = knock("read")
    assert getattr(reader, method)(path, json=body).status_code == 403
    assert len(reader.get("/consents/of", params={"who": "p"}).json()["history"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"who": "p", "channel": "pigeon"},
        {"who": "p", "channel": "email", "purpose": "spying"},
        {"who": "p", "channel": "email", "source": "hearsay"},
        {"channel": "email"},
    ],
)
def test_what_cannot_be_is_said_and_not_kept(
    knock: Callable[..., TestClient], body: dict[str, str]
) -> None:
    door = knock("ask", "read")
    wrong = door.post("/consents", json=body)
    assert wrong.status_code == 422 and wrong.json()["error"]["sentence"]
    assert len(door.get("/consents/of", params={"who": "p"}).json()["history"]) == 1


def test_own_words_wait_until_somebody_has_read_them(knock: Callable[..., TestClient]) -> None:
    door = knock("ask", "read")
    (waits,) = door.get("/consents/waiting").json()
    assert waits["words"] == "enough of this please"
    sayings = door.get("/sending/check", params={"who": "q"}).json()["sayings"]
    goes = {(each["channel"], each["purpose"]): each["goes"] for each in sayings}
    assert not goes["sms", "marketing"]
    assert door.post(f"/consents/waiting/{waits['id']}", json={"refused": True}).status_code == 200
    assert door.get("/consents/waiting").json() == []
    assert standing(door.get("/consents/of", params={"who": "q"}).json(), "sms") == "withdrawn"


def test_a_file_says_what_it_took_and_no_file_gives_a_refusal_back(
    knock: Callable[..., TestClient],
) -> None:
    door = knock("import", "ask", "read")
    door.post("/consents/withdraw", json=MARKETING)
    table = "customer,channel,at\nq,email,2025-01-01\np,email,2025-01-01\nq,pigeon,2025-01-01\n"
    told = door.post("/consents/import", json={"name": "old.csv", "csv": table}).json()
    assert (told["rows"], told["taken"], told["known"], told["wrong_rows"]) == (3, 1, 1, 1)
    assert standing(door.get("/consents/of", params={"who": "p"}).json(), "email") == "withdrawn"


def test_a_country_they_told_decides_whose_law_is_kept(knock: Callable[..., TestClient]) -> None:
    door = knock("ask", "read")
    door.put("/sending/rules", json={"text": 'packs = ["CN", "TW"]\n'})
    told = door.post("/consents/country", json={"who": "p", "country": "cn"}).json()
    assert (told["place"]["country"], told["place"]["packs"]) == ("CN", ["CN"])
    for none in ("UK", "ZZ"):
        wrong = door.post("/consents/country", json={"who": "p", "country": none})
        assert wrong.status_code == 422 and f"'{none}' is no country" in wrong.text
    assert door.get("/sending/check", params={"who": "p"}).json()["place"]["country"] == "CN"


def test_rules_that_cannot_be_read_leave_those_in_force(knock: Callable[..., TestClient]) -> None:
    door = knock("ask", "read")
    assert door.put("/sending/rules", json={"text": 'packs = ["CN"]\n'}).status_code == 200
    assert door.put("/sending/rules", json={"text": 'packs = ["MOON"]\n'}).status_code >= 400
    packs = {each["code"]: each["enabled"] for each in door.get("/sending/rules").json()["packs"]}
    assert packs["CN"] and not packs["EU"]
