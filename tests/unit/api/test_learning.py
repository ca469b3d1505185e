"""Planned tests and replays, over HTTP and on the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.api.conftest import Client
from tests.unit.console.fake_shop import FakeShop
from typer.testing import CliRunner

from huitou.doors.cli.main import app as commands


def test_a_program_plans_starts_and_stops_a_test(client: Client, shop: FakeShop) -> None:
    wanted = {"acts": ["nothing", "thank"], "stages": ["lost"], "lift": 0.2}
    planned = client("read").post("/tests/plan", json=wanted).json()
    assert planned["a_plan"] == 900
    assert [size["weeks"] for size in planned["sizes"]] == [104, None]
    started = client("plan").post("/tests", json={**wanted, "name": "Thanks", "most": 500})
    assert started.status_code == 200
    idea, name, by, most = shop.tests.started[0]
    assert (dict(idea.arms), idea.hoped) == ({"nothing": 0.5, "thank": 0.5}, 0.2)
    assert (name, by, most) == ("Thanks", "token till", 500)
    assert client("plan").post("/tests/t1/stop").status_code == 200
    assert shop.tests.stopped == [("t1", "token till")]
    assert [test["id"] for test in client("read").get("/tests").json()] == ["t1", "t2"]
    assert client("read").get("/tests/t2").json()["contrasts"][0]["verdict"] == "better"
    assert client("read").get("/tests/none").status_code == 404
    assert client("read").post("/tests", json=wanted).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"lift": 0}, {"outcome": "fame"}, {"acts": ["nothing"]}, {"days": 1}]
)
def test_a_test_that_is_none_is_refused(client: Client, wrong: dict[str, Any]) -> None:
    assert client("read").post("/tests/plan", json=wrong).status_code == 422


def test_a_program_asks_the_past(client: Client, shop: FakeShop) -> None:
    reader = client("read")
    found = reader.get("/replay?without=offer&instead=call=thank&days=90").json()
    assert found["value"]["value"] == 120.0
    assert found["value"]["level"] == 0.95
    policy, days = shop.replays.asked[0]
    assert (set(policy.without), dict(policy.instead), days) == ({"offer"}, {"call": "thank"}, 90)
    assert reader.get("/replay?without=call").json()["verdict"] == "refused"
    assert reader.get("/replay?budget=300").status_code == 409
    assert reader.get("/replay?instead=thank").status_code == 404
    assert reader.get("/replay").status_code == 404


def told(*words: str) -> Any:
    answer = CliRunner().invoke(commands, [*words, "--json"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_the_command_line_says_the_same(shop: FakeShop) -> None:
    assert told("test", "plan", "nothing", "thank", "--stage", "lost")["a_plan"] == 900
    assert told("test", "start", "nothing", "call", "--lift", "5", "--name", "C")["id"] == "t1"
    idea, name, by, _ = shop.tests.started[0]
    assert (dict(idea.arms), idea.hoped) == ({"nothing": 0.5, "call": 0.5}, 0.05)
    assert (name, by) == ("C", "owner")
    assert [test["id"] for test in told("test", "list")] == ["t1", "t2"]
    assert told("test", "show", "t2")["verdict"] == "better"
    assert told("test", "stop", "t1", "--by", "Mei")["id"] == "t1"
    assert shop.tests.stopped == [("t1", "Mei")]
    found = told("replay", "--without", "offer", "--best-only", "--share-of-value", "0.2")
    assert found["reason"] == "answered"
    policy, days = shop.replays.asked[-1]
    assert (policy.drawing, policy.share_of_value, days) == (False, 0.2, 183)


def test_words_on_the_screen(shop: FakeShop) -> None:
    run = CliRunner().invoke
    shown = run(commands, ["test", "show", "t2"]).stdout
    assert "better" in shown and "thank against nothing, visits" in shown
    assert "13 plans" not in shown
    planned = run(commands, ["test", "plan"]).stdout
    assert "nothing · thank · offer_10" in planned
    replayed = run(commands, ["replay", "--without", "offer"]).stdout
    assert "900 would have differed" in replayed
    assert "beyond what chance alone does" in replayed
