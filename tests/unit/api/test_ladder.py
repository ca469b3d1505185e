"""The ladder and joining, for tills and for the command line, over a shop without orders."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from huitou.doors.api.app import app
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.ground.clock import WallClock
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

LI = {"name": "李雷", "phone": "139 1234 0099", "clerk": "Mei", "form": "till 4, no. 1"}
Client = Callable[..., TestClient]


@pytest.fixture
def real(home: Path) -> Shop:
    """A shop that opened today: no orders, the ladder on."""
    shop = open_shop(home)
    shop.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
    shop.rules("ladder").switch(True)
    return shop


@pytest.fixture
def client(real: Shop) -> Client:
    staff = Staff(real.books)

    def knock(*scopes: str) -> TestClient:
        secret = staff.issue_token("till", scopes, real.clock.now())
        return TestClient(app(real, staff), headers={"Authorization": f"Bearer {secret}"})

    return knock


def test_a_till_lets_somebody_join_once_however_often_it_tells(client: Client, real: Shop) -> None:
    till = client("offer")
    first = till.post("/members", json={**LI, "consents": ["sms"]}).json()
    again = till.post("/members", json={**LI, "consents": ["sms"]}).json()
    other = till.post("/members", json={**LI, "form": "till 4, no. 2"}).json()
    assert first["is_new"] and again == first and not other["is_new"]
    assert {each["number"] for each in (first, again, other)} == {first["number"]}
    assert real.members.count() == 1 and real.members.by_clerk() == (("Mei", 1),)


def test_a_privilege_is_handed_over_once_and_taken_back(client: Client) -> None:
    till = client("offer")
    born = WallClock().now().astimezone(ZoneInfo("Asia/Shanghai")).date().replace(year=1990, day=1)
    number = till.post("/members", json={**LI, "birthday": born.isoformat()}).json()["number"]
    asked = {"who": number, "privilege": "birthday_gift", "clerk": "Mei"}
    given = till.post("/ladder/deliver", json=asked)
    assert given.status_code == 200 and given.json()["to_deliver"] == []
    second = till.post("/ladder/deliver", json={**asked, "clerk": "Li"})
    assert second.status_code == 403 and "Mei" in second.json()["error"]["sentence"]
    delivery = given.json()["privileges"][0]["delivery"]
    assert till.post("/ladder/take-back", json={"delivery": delivery}).status_code == 200
    shown = till.get("/ladder/person", params={"who": "13912340099", "language": "zh-Hans"})
    assert shown.json()["claim"] == "会员" and shown.json()["privileges"][0]["is_open"]


@pytest.mark.parametrize("known", [True, False], ids=["another month", "nobody knows"])
def test_a_birthday_gift_is_offered_in_its_month_alone(client: Client, known: bool) -> None:
    till = client("offer")
    today = WallClock().now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    other = f"1990-{today.month % 12 + 1:02}-01" if known else ""
    number = till.post("/members", json={**LI, "birthday": other}).json()["number"]
    shown = till.get("/ladder/person", params={"who": number}).json()
    assert shown["privileges"] == [] and shown["to_deliver"] == []
    asked = {"who": number, "privilege": "birthday_gift", "clerk": "Mei"}
    refused = till.post("/ladder/deliver", json=asked)
    assert refused.status_code == 403
    assert "month of their birthday" in refused.json()["error"]["sentence"]


def test_what_is_for_a_higher_step_is_not_handed_over(client: Client) -> None:
    till = client("offer")
    number = till.post("/members", json=LI).json()["number"]
    asked = {"who": number, "privilege": "monthly_gift"}
    assert till.post("/ladder/deliver", json=asked).status_code == 403
    assert till.post("/ladder/deliver", json={**asked, "privilege": "gold"}).status_code == 400


def test_a_reader_hands_nothing_over(client: Client) -> None:
    assert (
        client("offer", "read").post("/members/promotions", json={"name": "x"}).status_code == 403
    )
    assert client("read").post("/members", json=LI).status_code == 403
    assert client("read").get("/ladder").status_code == 200


def test_other_rules_are_tried_and_nothing_is_kept(client: Client) -> None:
    planner = client("plan", "read")
    before = planner.get("/ladder/rules").json()
    tried = planner.post("/ladder/rules/try", json=before).json()
    assert [step[0] for step in tried["steps"]] == ["taste", "member", "regular", "inner_circle"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"phone": "call me"},
        {"phone": "", "email": ""},
        {"email": "no at sign"},
        {"birthday": "soon"},
        {"consents": ["telepathy"]},
        {"clerk": ""},
    ],
)
def test_who_cannot_be_known_again_gets_no_card(
    client: Client, real: Shop, wrong: dict[str, Any]
) -> None:
    assert client("offer").post("/members", json={**LI, **wrong}).status_code == 422
    assert real.members.count() == 0


def test_the_command_line_does_the_same(
    real: Shop, client: Client, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def call(*words: str, code: int = 0) -> Any:
        with pytest.raises(SystemExit) as end:
            main(["--home", str(real.home), *words, "--json"])
        assert end.value.code == code
        return json.loads(capsys.readouterr().out)

    made = call("join", "new", "Spring tables", "--place", "Window", "--clerk", "Mei")
    client("offer").post("/members", json={**LI, "promotion": "Spring tables"})
    listed = call("join", "promotions")
    assert listed["promotions"][0]["joined"] == 1 and listed["by_clerk"] == {"Mei": 1}
    assert call("join", "list")["members"] == 1
    call("join", "qr", "Spring tables", str(tmp_path / "code.svg"), code=1)
    real.change_settings(public_url="https://tea.example")
    drawn = call("join", "qr", "Spring tables", str(tmp_path / "code.svg"))
    assert drawn["address"] == "https://tea.example" + made["path"]
    assert (tmp_path / "code.svg").read_text(encoding="utf-8").startswith("<?xml")
    call("ladder", "set", "13912340099", "regular", code=1)
    put = call("ladder", "set", "13912340099", "regular", "--why", "Friend of the house")
    assert put["step"] == "regular" and put["moves"][0]["why"] == "Friend of the house"
    given = call("ladder", "deliver", "13912340099", "extra_menu", "--by", "Li")
    assert [each["name"] for each in given["privileges"] if not each["is_open"]] == ["extra_menu"]
    assert call("ladder", "person", "13912340099")["place"] == 3
    assert call("ladder", "show")["members"] == 1
    assert call("ladder", "rules", "--off")["on"] is False
    assert call("join", "end", "Spring tables")["runs"] is True
