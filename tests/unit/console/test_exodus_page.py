"""The pages of exoduses and of what if."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_a_group_that_leaves_is_told_with_what_is_at_stake(
    owner: TestClient, language: str
) -> None:
    owner.cookies.set("huitou_language", language)
    page = owner.get("/exodus").text
    assert "&lt;north&gt;" in page and "<north>" not in page and "south" in page
    assert "9,000" in page
    assert 'href="/exodus?kind=region&amp;part=%3Cnorth%3E#away"' in page


def test_its_people_open(owner: TestClient) -> None:
    page = owner.get("/exodus", params={"kind": "region", "part": "<north>"}).text
    assert "Expected, and did not come: 40." in page
    assert page.count('href="/customers/') >= 2


def test_people_of_a_quiet_group_are_not_told(owner: TestClient) -> None:
    answer = owner.get("/exodus", params={"kind": "region", "part": "south"})
    assert answer.status_code == 409


def test_levers_stand_in_a_form_that_needs_no_script(owner: TestClient) -> None:
    page = owner.get("/what-if").text
    assert '<form class="form two" method="get" action="/what-if">' in page
    assert 'name="churn_from" value="20.5"' in page and "today not known" in page
    assert "data-chart" not in page


def test_what_was_asked_is_answered_and_drawn(owner: TestClient) -> None:
    page = owner.get("/what-if?churn_from=10&churn_to=5&repeat_from=20.5").text
    drawn = json.loads(page.split('id="curve-data">')[1].split("</script>")[0])
    assert drawn["currency"] == "GBP"
    assert drawn["across"] == [5.0, 10.0] and drawn["level"] == 9000.0
    assert 'name="churn_to" value="5.0"' in page
    assert "Each change alone" in page


def test_what_cannot_be_is_said_on_the_page(owner: TestClient) -> None:
    answer = owner.get("/what-if?churn_from=x&churn_to=y")
    assert answer.status_code == 422
    assert "This is not a number." in answer.text
