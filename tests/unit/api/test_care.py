"""What to fix and what texts are about, over HTTP and on the command line."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.api.conftest import Client
from tests.unit.console.fake_shop import FakeShop
from typer.testing import CliRunner

from huitou.doors.cli.main import app as commands

MADE = {"cause": "delivery", "words": "Boxes", "owner": "Ann", "made_on": "2011-12-01"}


def test_a_program_sorts_and_teaches(client: Client, shop: FakeShop) -> None:
    (told,) = client("read").post("/texts/sort", json={"texts": ["太贵了"]}).json()
    assert (told["cause"], told["share"], told["by"]) == ("price", 0.9, "own")
    lesson = {"text": "loud", "cause": "service"}
    assert client("ask").post("/texts/teach", json=lesson).json()["new"]
    assert shop.lessons.taught == [("loud", "service", "token till")]
    assert client("read").post("/texts/teach", json=lesson).status_code == 403
    wrong = client("ask").post("/texts/teach", json={"text": "x", "cause": "weather"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("body", [{}, {"texts": []}, {"texts": [""]}, {"texts": ["x" * 4001]}])
def test_what_cannot_be_sorted_is_refused(client: Client, body: Any) -> None:
    assert client("read").post("/texts/sort", json=body).status_code == 422


def test_a_program_reads_causes_and_enters_a_fix(client: Client, shop: FakeShop) -> None:
    causes = client("read").get("/fixes/causes").json()
    assert causes[0]["lost"]["value"] == 900.0 and causes[0]["parts"][0]["lift"] == 9.0
    assert client("read").get("/fixes/causes?sort=colour").status_code == 404
    assert client("read").get("/fixes").json()[0]["verdict"] == "works"
    assert client("read").get("/fixes/f3").json()["verdict"] == "no_effect"
    assert client("read").get("/fixes/none").status_code == 404
    assert client("ask").post("/fixes", json=MADE).status_code == 200
    assert shop.fixes.entered[0][1] == "token till"
    assert client("read").post("/fixes", json=MADE).status_code == 403
    assert client("ask").post("/fixes", json={**MADE, "expected": 2}).status_code == 422


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("text sort 太贵了", "price: It became too dear (90.0 %)"),
        ("text teach loud service", "learned: service"),
        ("text lessons --json", "[]"),
        ("text forget l1", "forgotten"),
        ("fix causes", "about 14 customers"),
        ("fix list", "It works: the cause is -35 % against the others"),
        ("fix show f2", "Too early: it is first read after 8 weeks."),
        ("fix add delivery Boxes --on 2011-12-01 --json", '"verdict": "works"'),
    ],
)
def test_every_command_answers(shop: FakeShop, line: str, shown: str) -> None:
    answer = CliRunner().invoke(commands, line.split())
    assert answer.exit_code == 0 and shown in answer.output, answer.output
