"""Case files and calls for programs: what a token may read, and what it may write down."""

from __future__ import annotations

from tests.unit.api.conftest import Client
from tests.unit.console.fake_shop import FakeShop

from huitou.care.casefiles.notes import Note


def test_a_reader_sees_files_lessons_and_the_days_calls(client: Client, shop: FakeShop) -> None:
    reader = client("read")
    file = reader.get(f"/cases/{shop.cases()[0].id}", params={"language": "zh-Hans"}).json()
    assert file["worth"]["low"] == 210 and file["counsel"]["short"].startswith("嫌贵了")
    assert reader.get("/cases/lessons").json()[0]["lessons"][0]["heard"] == ["shop"]
    day = reader.get("/calls").json()["days"][0]
    assert day["clerk"] == "shop" and day["calls"][0]["phone"] == "+441632960000"
    assert day["calls"][0]["gain"]["low"] == -3
    assert reader.get("/calls/proof").json()
    assert reader.post("/calls/k0/outcome", json={"code": "will_come"}).status_code == 403


def test_an_asker_writes_lines_owners_and_outcomes(client: Client, shop: FakeShop) -> None:
    asker, case = client("ask"), shop.cases()[0].id
    assert asker.post("/cases", json={"who": "M1"}).json() == {"case": case}
    line = {"kind": "done", "words": " a parcel ", "minutes": 3, "cost": "1.50"}
    assert asker.post(f"/cases/{case}/notes", json=line).json()["new"] is True
    assert shop.casefiles.written == [(case, Note("done", "a parcel", 3, 150))]
    asker.post(f"/cases/{case}/owner", json={"owner": "Mei"})
    assert shop.casefiles.owners == {case: "Mei"} and shop.calls.drawn == 1
    told = {"code": "call_back", "next_day": "2011-12-20"}
    assert asker.post("/calls/k0/outcome", json=told).json()["next_day"] == "2011-12-20"
    assert asker.post("/calls", json={"who": "M1"}).json() == {"call": "k0"}
    asker.post(f"/cases/{case}/close", json={"words": "moved"})
    assert shop.casefiles.closed == {case: "moved"}


def test_an_outcome_nobody_knows_is_said_plainly(client: Client) -> None:
    answer = client("ask").post("/calls/k0/outcome", json={"code": "magic"})
    assert answer.status_code == 422
    assert "is no outcome of a call" in answer.json()["error"]["sentence"]
