"""The page of what customers cost: figures, the drawing, and a file of spending."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.fake_winning import FakeSpending
from tests.unit.console.test_pages import token_of

from huitou.sources.encodings import text_of
from huitou.sources.spending.reading import columns


def test_what_is_known_and_what_is_not_stand_beside_each_other(owner: TestClient) -> None:
    page = owner.get("/winning?by=channel").text
    assert "7.2-fold" in page
    assert "&lt;web&gt;" in page and "<web>" not in page
    assert "not known" in page and "Not told" in page
    assert '<option value="channel" selected>' in page


def test_the_drawing_has_the_cost_the_ends_and_the_parts(owner: TestClient) -> None:
    page = owner.get("/winning").text
    told = page.split('id="payback-data">')[1].split("</script>")[0]
    drawn = json.loads(told)
    assert drawn["currency"] == "GBP"
    assert drawn["level"] == 30.0 and drawn["across"] == [1, 2, 3]
    assert drawn["words"]["across"] == "Month (1 is the one they came in)"
    assert [each["name"] for each in drawn["series"]] == [
        "All newcomers", "At least", "At most", "<web>",
    ]  # fmt: skip


def test_what_serving_costs_is_told_with_its_words_on_a_phone(owner: TestClient) -> None:
    page = owner.get("/winning").text
    assert 'data-name="In all"' in page and 'data-name="Each customer"' in page


def test_an_unknown_dimension_falls_back(owner: TestClient) -> None:
    assert '<option value="acquisition" selected>' in owner.get("/winning?by=shoe").text


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_file_is_taken_and_its_bad_row_is_shown(owner: TestClient, language: str) -> None:
    owner.cookies.set("huitou_language", language)
    sent = {"file": ("spend.csv", b"day,amount\n2011-09,5\n2011-09,<many>\n", "text/csv")}
    page = owner.post("/winning/spending", data={"csrf": token_of(owner)}, files=sent)
    assert page.status_code == 200
    assert "&lt;many&gt;" in page.text and "1234.50" in page.text


def test_letters_that_are_in_doubt_are_asked_for(
    owner: TestClient, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str | None] = []

    def take(path: Path, encoding: str | None = None) -> object:
        told.append(encoding)
        return text_of(path, encoding, columns) and FakeSpending().take(path)

    monkeypatch.setattr(shop.spending, "take", take)
    rows = "day,channel,amount\n2026-03,<b>網路廣告,5\n".encode("cp950")
    sent = {"file": ("spend.csv", rows, "text/csv")}
    page = owner.post("/winning/spending", data={"csrf": token_of(owner)}, files=sent)
    assert page.status_code == 422 and "2026-03,&lt;b&gt;網路廣告,5" in page.text
    assert "<option>cp950</option>" in page.text
    data = {"csrf": token_of(owner), "encoding": "cp950"}
    assert owner.post("/winning/spending", data=data, files=sent).status_code == 200
    assert told == [None, "cp950"]


def test_losses_stand_with_the_stages(owner: TestClient) -> None:
    page = owner.get("/stages").text
    assert "Lost by stage" in page and "1 to 3 months" in page
