"""The page of happenings, in three languages, with what anybody may type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.conftest import ROOT

from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.console.app import app
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop


@pytest.fixture
def real(tmp_path: Path) -> Shop:
    """A real shop with nothing in it yet."""
    return open_shop(tmp_path / "shop")


@pytest.fixture
def clerk(real: Shop) -> Iterator[TestClient]:
    """Somebody at the desk of that shop."""
    staff = Staff(real.books)
    with TestClient(app(real, staff), base_url=ROOT, headers={"origin": ROOT}) as client:
        link = f"/welcome/{staff.invite('owner', real.clock.now())}"
        client.post(link, data={"name": "Mei", "password": "a long enough one"})
        yield client


def csrf(page: str) -> str:
    return page.split('name="csrf" value="')[1].split('"')[0]


def tell(clerk: TestClient, **form: str) -> str:
    token = csrf(clerk.get("/happenings").text)
    known = {"csrf": token, "kind": "store_closed", "day": "2026-05-03", "store": "Bund"}
    return clerk.post("/happenings", data=known | form).text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "A rival opened nearby"),
        ("zh-Hans", "附近开了竞争对手"),
        ("zh-Hant", "附近開了競爭對手"),
    ],
)
def test_the_page_speaks_every_language(clerk: TestClient, language: str, words: str) -> None:
    clerk.cookies.set("huitou_language", language)
    assert words in clerk.get("/happenings").text


def test_what_is_typed_is_written_down_by_name_and_never_run(clerk: TestClient, real: Shop) -> None:
    page = tell(clerk, store="<script>alert(1)</script>", words="<b>gone</b>")
    assert "1 written down" in page and "<script>alert" not in page and "<b>gone" not in page
    (told,) = real.happenings.listed()
    assert (told.by, told.store) == ("Mei", "<script>alert(1)</script>")
    assert "1 known already" in tell(clerk, store="<script>alert(1)</script>")


def test_what_cannot_be_is_said_in_a_sentence(clerk: TestClient) -> None:
    assert "does not say whom or what" in tell(clerk, store="")
    assert "is not a day" in tell(clerk, day="soon")


def test_a_file_says_what_became_of_its_rows(clerk: TestClient) -> None:
    token = csrf(clerk.get("/happenings").text)
    rows = "kind,day,store\nstore_closed,2026-05-03,Bund\nrain,2026-05-03,<i>x</i>\n"
    answer = clerk.post(
        "/happenings/file", data={"csrf": token}, files={"file": ("../../x.csv", rows)}
    )
    assert "1 written down" in answer.text and "No such thing is known" in answer.text
    assert "<i>x" not in answer.text


def test_a_mistake_is_withdrawn(clerk: TestClient, real: Shop) -> None:
    tell(clerk)
    (told,) = real.happenings.listed()
    token = csrf(clerk.get("/happenings").text)
    page = clerk.post(f"/happenings/{told.id}/withdraw", data={"csrf": token}).text
    assert "withdrawn" in page
    assert real.happenings.listed()[0].withdrawn_by == "Mei"


def test_programs_tell_it_once_and_read_it_back(real: Shop) -> None:
    staff = Staff(real.books)
    secret = staff.issue_token("till", ("import", "read"), real.clock.now())
    only = staff.issue_token("page", ("read",), real.clock.now())
    with TestClient(api(real, staff)) as client:
        told = {"kind": "store_closed", "day": "2026-05-03", "store": "Bund", "key": "k"}
        mine = {"Authorization": f"Bearer {secret}"}
        for is_new in (True, False):
            answer = client.post("/happenings", json=told, headers=mine)
            assert answer.status_code == 200 and answer.json()["is_new"] is is_new
        listed = client.get("/happenings", headers=mine).json()["happenings"]
        assert [each["kind"] for each in listed] == ["store_closed"]
        refused = client.post("/happenings", json={**told, "kind": "rain"}, headers=mine)
        assert refused.status_code == 422 and refused.json()["error"]["column"] == "kind"
        reader = {"Authorization": f"Bearer {only}"}
        assert client.post("/happenings", json=told, headers=reader).status_code == 403
