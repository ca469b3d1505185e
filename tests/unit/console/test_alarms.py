"""The pages of alarms: read in every language, answered in two taps, switched by a manager."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.test_pages import token_of

PAGES = (
    *(f"/alarms?state={state}" for state in ("ringing", "acknowledged", "snoozed", "closed")),
    "/alarms/rules",
    "/alarms/rules?rule=no_visit&days=45",
)


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("path", PAGES)
def test_alarms_speak_every_language(owner: TestClient, path: str, language: str) -> None:
    owner.cookies.set("huitou_language", language)
    page = owner.get(path)
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert "style=" not in page.text
    assert "onclick=" not in page.text
    assert "<North>" not in page.text


def test_two_alarms_of_one_customer_are_one_bell(owner: TestClient) -> None:
    page = owner.get("/alarms").text
    assert page.count('aria-labelledby="bell-') == 1
    assert page.count("Silent for 50 days") == 2
    assert "£600" in page


def test_taking_a_bell_takes_all_its_alarms(owner: TestClient, shop: FakeShop) -> None:
    told = {"alarm": ["a0", "a1"], "csrf": token_of(owner)}
    owner.post("/alarms/take", data=told)
    owner.post("/alarms/snooze", data={**told, "days": "7"})
    owner.post("/alarms/close", data={**told, "outcome": "reached"})
    assert shop.done[-3:] == [
        ("take", ("a0", "a1"), "owner"),
        ("snooze", ("a0", "a1"), 7, "owner"),
        ("close", ("a0", "a1"), "reached", "owner"),
    ]


def test_trying_a_rule_changes_nothing_and_keeping_it_does(
    owner: TestClient, shop: FakeShop
) -> None:
    before = list(shop.done)
    page = owner.get("/alarms/rules?rule=no_visit&days=45").text
    assert shop.done == before
    assert "Tried, not yet kept:" in page
    assert 'value="45.0"' in page
    owner.post("/alarms/rules/no_visit", data={"days": "45", "csrf": token_of(owner)})
    owner.post("/alarms/rules/no_visit", data={"switch": "on", "csrf": token_of(owner)})
    assert shop.done[-2:] == [
        ("rule", "no_visit", None, {"days": 45.0}, "owner"),
        ("rule", "no_visit", True, {}, "owner"),
    ]


def test_a_parameter_that_is_no_number_is_refused_in_words(owner: TestClient) -> None:
    answer = owner.get("/alarms/rules?rule=no_visit&days=soon")
    assert answer.status_code == 400
    assert "is not a number" in answer.text
