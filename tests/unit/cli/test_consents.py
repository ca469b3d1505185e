"""`huitou consent …`: as a clerk types it, in a shop that has just opened."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from huitou.care.consents import book as consents
from huitou.care.consents.kinds import Wording
from huitou.runs.wiring import open_shop

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def typed(tmp_path: Path, call: Callable[..., Any]) -> Callable[..., Any]:
    """One line of the command line in a shop where two people have said something."""
    home = tmp_path / "shop"
    shop = open_shop(home)
    shop.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
    with shop.books.unit() as unit:
        text = Wording("join", "en", "Yes, write to me.")
        for person, channel in (("p", "email"), ("q", "paper")):
            consents.give(
                unit, person, channel, "marketing", source="join_page", wording=text, now=NOW
            )
        consents.hear(unit, "q", "sms", "mark", "enough of this please", NOW)
    shop.books.close()
    return lambda *words: call("--home", home, *words)


def standing(told: Any, channel: str) -> str:
    return next(
        each["state"]
        for each in told["standings"]
        if (each["channel"], each["purpose"]) == (channel, "marketing")
    )


def test_what_was_said_is_shown_with_where_and_when(typed: Callable[..., Any]) -> None:
    said = typed("consent", "show", "p").out
    assert "given since 2026-03-02" in said and "2026-03-02 09:30 given email marketing" in said
    told = typed("consent", "show", "p", "--json").json
    assert standing(told, "email") == "given"
    assert told["history"][0]["words"] == "Yes, write to me."


def test_a_no_holds_at_once_and_a_yes_after_it_too(typed: Callable[..., Any]) -> None:
    no = typed("consent", "withdraw", "p", "email", "--by", "mei", "--json").json
    assert standing(no, "email") == "withdrawn"
    assert "withdrawn since" in typed("consent", "withdraw", "p", "any", "--by", "mei").out
    yes = typed(
        "consent", "give", "p", "sms", "--wording", "By text, yes.", "--by", "mei", "--json"
    )
    assert standing(yes.json, "sms") == "given" and standing(yes.json, "email") == "withdrawn"
    assert yes.json["history"][0]["by"] == "mei"


def test_a_channel_that_does_not_exist_is_said_and_changes_nothing(
    typed: Callable[..., Any],
) -> None:
    wrong = typed("consent", "give", "p", "pigeon", "--by", "mei")
    assert wrong.code == 2 and "pigeon" in wrong.err
    assert len(typed("consent", "show", "p", "--json").json["history"]) == 1


def test_what_waits_is_listed_and_settled_once(typed: Callable[..., Any]) -> None:
    (waits,) = typed("consent", "list", "--json").json["waiting"]
    listed = typed("consent", "list").out
    assert "enough of this please" in listed and "Packs in force: none" in listed
    assert typed("consent", "settle", waits["id"], "--refused", "--by", "mei").out == "Settled.\n"
    assert typed("consent", "list", "--json").json["waiting"] == []
    assert standing(typed("consent", "show", "q", "--json").json, "sms") == "withdrawn"


def test_a_stop_from_a_number_nobody_knows_waits_for_a_person(typed: Callable[..., Any]) -> None:
    heard = typed("consent", "heard", "sms", "+8613800138000", "退订", "--json").json
    assert (heard["meaning"], heard["people"]) == ("stop", 0)
    assert "0 customers" in typed("consent", "heard", "sms", "+8613800138000", "STOP").out


def test_a_file_is_taken_and_every_word_can_be_carried_away(
    typed: Callable[..., Any], tmp_path: Path
) -> None:
    typed("consent", "withdraw", "p", "email", "--by", "mei")
    table, out = tmp_path / "old.csv", tmp_path / "words.csv"
    table.write_text(
        "customer,channel,at\nq,email,2025-01-01\np,email,2025-01-01\nq,pigeon,2025-01-01\n",
        encoding="utf-8",
    )
    told = typed("consent", "import", table, "--by", "mei", "--json").json
    assert (told["rows"], told["taken"], told["known"], told["wrong_rows"]) == (3, 1, 1, 1)
    assert "line 4" in typed("consent", "import", table, "--by", "mei").out
    assert typed("consent", "export", out, "--json").json["rows"] == 4
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["person_id"], row["state"]) for row in rows} == {
        ("p", "given"), ("p", "withdrawn"), ("q", "given"),
    }  # fmt: skip


def test_a_country_decides_whose_law_is_kept(typed: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "sending.toml"
    file.write_text('packs = ["CN", "TW"]\n', encoding="utf-8")
    typed("sending", "rules", "--set", file)
    assert "p: CN, law CN" in typed("consent", "country", "p", "cn").out
    for none in ("China", "001", "ZZ"):
        wrong = typed("consent", "country", "p", none)
        assert wrong.code == 2 and f"'{none}' is no country" in wrong.err
    told = typed("sending", "check", "p", "--json").json
    assert (told["place"]["country"], told["place"]["packs"]) == ("CN", ["CN"])


def test_it_says_what_would_be_said_now_and_by_which_rules(
    typed: Callable[..., Any], tmp_path: Path
) -> None:
    assert "law none enabled" in typed("sending", "check", "p").out
    file = tmp_path / "rules.toml"
    file.write_text('packs = ["CN"]\n', encoding="utf-8")
    typed("sending", "rules", "--set", file, "--by", "mei")
    assert 'packs = ["CN"]' in typed("sending", "rules").out
    told = typed("sending", "check", "q", "--json").json
    goes = {(each["channel"], each["purpose"]): each for each in told["sayings"]}
    assert not goes["sms", "marketing"]["goes"] and goes["sms", "marketing"]["rule"]
