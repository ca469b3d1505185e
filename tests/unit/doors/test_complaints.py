"""Complaints through the doors: console, API and command line over one small shop."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.unit.runs.desks.complaints.given_shop import Hands, customer, shop_in

import huitou
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.doors.web import web
from huitou.runs.shop import Shop

ROOT = "http://testserver"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0"]


@pytest.fixture
def shop(home: Path) -> Shop:
    keys = {"phone:+8613800000001": "mei", "member:M1": "mei"}
    return shop_in(home, Hands(), [customer("mei", name="Mei")], keys)


@pytest.fixture
def staff(shop: Shop) -> Staff:
    return Staff(shop.books)


@pytest.fixture
def site(shop: Shop, staff: Staff) -> Iterator[TestClient]:
    with TestClient(web(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as client:
        yield client


@pytest.fixture
def clerk(site: TestClient, staff: Staff, shop: Shop) -> TestClient:
    return _signed_in(site, staff, shop, "clerk")


def _signed_in(site: TestClient, staff: Staff, shop: Shop, role: str) -> TestClient:
    link = f"/welcome/{staff.invite(role, shop.clock.now())}"
    came = site.post(link, data={"name": role, "password": "a long enough one"})
    assert came.status_code == 200
    return site


def _form(client: TestClient, path: str) -> dict[str, str]:
    """The hidden fields of the first form for work on a page."""
    page = client.get(path).text
    names = dict(re.findall(r'<input type="hidden" name="(csrf|key)" value="([^"]*)"', page))
    assert names.get("csrf"), page
    return names


def test_two_taps_answer_and_settle(clerk: TestClient, shop: Shop) -> None:
    number = shop.complaints.new("It broke.", phone="13800000001", by="Li").number
    at = f"/complaints/{number}"
    assert number in clerk.get("/complaints").text
    hidden = _form(clerk, at)
    told = {**hidden, "words": "Sorry!", "gesture": "10.00", "settle": "true"}
    for _ in range(2):  # pressed twice
        clerk.post(f"{at}/reply", data=told)
    seen = shop.complaints.one(number)
    assert (seen.row.state, seen.row.owner) == ("resolved", "clerk")
    assert [each.amount.minor for each in seen.entries if each.amount] == [1000]
    assert sum(each.kind == "out" for each in seen.entries) == 1


def test_an_apology_above_the_limit_is_refused_in_words(clerk: TestClient, shop: Shop) -> None:
    number = shop.complaints.new("It broke.", phone="13800000001", by="Li").number
    told = {**_form(clerk, f"/complaints/{number}"), "words": "Sorry!", "gesture": "50.01"}
    answer = clerk.post(f"/complaints/{number}/reply", data=told)
    assert answer.status_code == 403 and "at most" in answer.text
    assert shop.complaints.one(number).row.state == "new"


def test_staff_write_one_down_with_a_picture(clerk: TestClient, shop: Shop) -> None:
    told = {**_form(clerk, "/complaints/new"), "words": "Cold tea.", "kind": "product"}
    told |= {"phone": "13800000001"}
    files = [("files", ("tea.png", PNG, "image/png")), ("files", ("", b"", "text/plain"))]
    for _ in range(2):
        assert clerk.post("/complaints", data=told, files=files).status_code == 200
    (row,) = shop.complaints.listed().rows
    assert row.person_id == "mei" and row.kind == "product"
    (file, *_again) = shop.complaints.one(row.id).files
    got = clerk.get(f"/complaints/files/{file.id}")
    assert got.content == PNG
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert any("sandbox" in each for each in got.headers.get_list("content-security-policy"))


def test_attachments_are_for_staff_and_no_path_is_walked(site: TestClient, shop: Shop) -> None:
    kept = shop.complaints.keep_file("a.png", PNG)
    shop.complaints.new("See.", by="Li", files=(kept,))
    closed = site.get(f"/complaints/files/{kept.id}", follow_redirects=False)
    assert closed.status_code == 303 and closed.headers["location"] == "/sign-in"
    for path in ("attachments/", "static/../attachments/", "p/attachments/"):
        assert PNG not in site.get(f"/{path}{kept.id}").content


def test_what_runs_cannot_be_attached(clerk: TestClient, shop: Shop) -> None:
    told = {**_form(clerk, "/complaints/new"), "words": "See."}
    files = [("files", ("a.png", b"<svg onload='alert(1)'/>", "image/png"))]
    answer = clerk.post("/complaints", data=told, files=files)
    assert answer.status_code == 400 and "only pictures" in answer.text
    assert not shop.complaints.listed("all").rows


def test_nothing_a_customer_writes_runs_on_a_page(clerk: TestClient, shop: Shop) -> None:
    for words in EVIL:
        told = {"name": words, "product": words, "store": words, "order_id": words}
        number = shop.complaints.new(words, by="Li", **told).number
        for path in ("/complaints", f"/complaints/{number}"):
            page = clerk.get(path).text
            assert "<script>alert" not in page and "<img src=x" not in page
    links = clerk.get("/complaints/links", params={"product": EVIL[1]}).text
    assert "<img src=x" not in links


def test_nothing_a_customer_writes_runs_in_a_spreadsheet(clerk: TestClient, shop: Shop) -> None:
    for words in EVIL:
        shop.complaints.new(words, name=words, by="Li")
    text = clerk.get("/complaints/export.csv").content.decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text)):
        assert not row["complaint"].startswith("=") and not row["name"].startswith("=")


def test_the_link_carries_what_it_is_about(clerk: TestClient) -> None:
    asked = {"product": "Mug & cup", "store": "上海"}
    page = clerk.get("/complaints/links", params=asked)
    assert "/p/complaint?product=Mug+%26+cup&amp;store=%E4%B8%8A%E6%B5%B7" in page.text
    drawn = clerk.get("/complaints/qr.svg", params=asked)
    assert drawn.headers["content-type"] == "image/svg+xml" and b"<svg" in drawn.content
    assert clerk.get("/complaints/qr.svg", params={"product": "x" * 9000}).status_code == 400


def test_looking_changes_nothing(clerk: TestClient, shop: Shop) -> None:
    number = shop.complaints.new("It broke.", by="Li").number
    before = shop.complaints.one(number)
    for path in ("", "/new", "/links", "/qr.svg", "/export.csv", f"/{number}"):
        assert clerk.get(f"/complaints{path}").status_code == 200
    assert shop.complaints.one(number) == before


@pytest.mark.parametrize(
    ("step", "state"),
    [("resolve", "resolved"), ("hold", "held"), ("dismiss", "dismissed"), ("assign", "assigned")],
)
def test_one_tap_each(clerk: TestClient, shop: Shop, step: str, state: str) -> None:
    number = shop.complaints.new("It broke.", by="Li").number
    csrf = _form(clerk, f"/complaints/{number}")
    clerk.post(f"/complaints/{number}/{step}", data=csrf)
    assert shop.complaints.one(number).row.state == state
    back = {"resolve": "reopen", "hold": "unhold", "dismiss": "unhold"}.get(step)
    if back:
        clerk.post(f"/complaints/{number}/{back}", data=csrf)
        assert shop.complaints.listed().rows


def test_a_clerk_gives_joins_sorts_and_notes(clerk: TestClient, shop: Shop) -> None:
    number = shop.complaints.new("It broke.", by="Li").number
    at, csrf = f"/complaints/{number}", _form(clerk, f"/complaints/{number}")
    clerk.post(f"{at}/assign", data={**csrf, "owner": "Bo"})
    clerk.post(f"{at}/join", data={**csrf, "who": "M1"})
    clerk.post(f"{at}/sort", data={**csrf, "cause": "product"})
    clerk.post(f"{at}/note", data={**csrf, "words": "She was kind."})
    seen = shop.complaints.one(number)
    assert (seen.row.owner, seen.row.person_id, seen.cause) == ("Bo", "mei", "product")
    assert seen.entries[-1].words == "She was kind."
    assert "She was kind." in clerk.get(at).text


def test_who_only_looks_changes_nothing(site: TestClient, staff: Staff, shop: Shop) -> None:
    number = shop.complaints.new("It broke.", by="Li").number
    viewer = _signed_in(site, staff, shop, "viewer")
    csrf = re.findall(r'name="csrf" value="([^"]*)"', viewer.get("/complaints").text)[0]
    for step in ("resolve", "assign", "reply"):
        told = {"csrf": csrf, "words": "x", "key": "k"}
        assert viewer.post(f"/complaints/{number}/{step}", data=told).status_code == 403
    assert ">Send<" not in viewer.get(f"/complaints/{number}").text
    assert shop.complaints.one(number).row.state == "new"


# -- programs

NEW = {"words": "It broke.", "key": "k1", "kind": "product", "phone": "13800000001"}
Api = Callable[..., TestClient]


@pytest.fixture
def api(site: TestClient, staff: Staff, shop: Shop) -> Api:
    def with_token(*scopes: str) -> TestClient:
        secret = staff.issue_token("till", scopes, shop.clock.now())
        site.headers["Authorization"] = f"Bearer {secret}"
        return site

    return with_token


def test_a_program_hands_one_in_once(api: Api, shop: Shop) -> None:
    client = api("complain")
    first, again = (client.post("/v1/complaints", json=NEW) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json()["number"] == again.json()["number"]
    assert first.json()["token"] and again.json()["token"] is None
    assert client.get("/v1/complaints").status_code == 403  # who hands in does not read
    assert len(shop.complaints.listed().rows) == 1


def test_a_program_works_on_one(api: Api) -> None:
    client = api("complain", "read", "ask")
    number = client.post("/v1/complaints", json=NEW).json()["number"]
    at = f"/v1/complaints/{number}"
    assert client.post(f"{at}/assign", json={"owner": "Mei"}).json()["owner"] == "Mei"
    reply = {"words": "Sorry.", "key": "r1", "gesture": "5.00"}
    for _ in range(2):
        assert client.post(f"{at}/reply", json=reply).json() == {"number": number, "by": "phone"}
    assert (
        client.post(f"{at}/reply", json={**reply, "key": "r2", "gesture": "99"}).status_code == 403
    )
    assert client.post(f"{at}/resolve").json()["state"] == "resolved"
    assert client.post(f"{at}/reopen").json()["state"] == "assigned"
    whole = client.get(at).json()
    assert [each["kind"] for each in whole["entries"]].count("out") == 1
    assert whole["gesture_left"] == {"amount": 45.0, "currency": "CNY"}
    page = client.get("/v1/complaints", params={"language": "zh-Hans"}).json()
    assert page["rows"][0]["state_words"] == "处理中"
    assert [each["answer"] for each in client.get("/v1/complaints/effect").json()] == [
        *("well", "late", "never")
    ]


@pytest.mark.parametrize(
    "wrong", [{"words": ""}, {"kind": "weather"}, {"key": ""}, {"name": "n" * 300}]
)
def test_what_cannot_be_a_complaint_is_422(api: Api, wrong: dict[str, str]) -> None:
    assert api("complain").post("/v1/complaints", json={**NEW, **wrong}).status_code == 422


def test_an_unknown_one_is_404_whatever_is_typed(api: Api) -> None:
    client = api("read")
    for number in ("7KQM-4X2D", "%00", "%F0%9F%8D%B5", "..", "a" * 500):
        assert client.get(f"/v1/complaints/{number}").status_code == 404, number


def test_strange_letters_are_no_trouble(api: Api) -> None:
    told = '{"words": "\\ud800 \\u0000 tea", "key": "\\ud800\\u0000", "name": "\\u0000\\udfff"}'
    kind = {"content-type": "application/json"}
    answer = api("complain").post("/v1/complaints", content=told.encode(), headers=kind)
    assert answer.status_code in (200, 422)


# -- the command line


def test_the_command_line_does_the_same(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(huitou, "open", lambda _home: shop)

    def call(*words: str, code: int = 0) -> Any:
        with pytest.raises(SystemExit) as left:
            main(["complaint", *words, "--json"])
        assert left.value.code == code
        return json.loads(capsys.readouterr().out)

    picture = tmp_path / "a.png"
    picture.write_bytes(PNG)
    made = call("new", "It broke.", "--kind", "product", "--who", "M1", "--attach", str(picture))
    number = made["number"]
    assert call("assign", number, "Mei")["owner"] == "Mei"
    assert call("reply", number, "Sorry.", "--gesture", "1.50")["by"] == "nobody"
    call("sort", number, "product")
    assert call("resolve", number)["state"] == "resolved"
    assert call("reopen", number)["state"] == "assigned"
    assert len(call("list")["rows"]) == 1
    whole = call("show", number)
    assert len(whole["files"]) == 1 and whole["cause"] == "product"
    table = tmp_path / "in.csv"
    table.write_text("complaint,date\nLate,2026-03-01\n,2026-03-01\n", encoding="utf-8")
    assert call("import", str(table), code=3)["taken"] == 1
    assert call("export", str(tmp_path / "out.csv"))["rows"] == 2
    assert len(call("effect")) == 3
    assert call("forget", "M1")["files"] == 1
    assert "no mailbox" in str(call("fetch", code=1))


def test_people_get_words(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(huitou, "open", lambda _home: shop)
    evil = "[red]\x1b[31m[/b] :tada:"
    number = shop.complaints.new(evil, name=evil, who="M1", by="Li").number
    for words in (("list",), ("show", number), ("list", "overdue"), ("effect",)):
        with pytest.raises(SystemExit):
            main(["complaint", *words])
    out = capsys.readouterr().out
    assert number in out and "\x1b[31m" not in out and ":tada:" in out


def test_a_path_that_cannot_be_used_is_a_sentence(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(huitou, "open", lambda _home: shop)
    with pytest.raises(SystemExit) as left:
        main(["complaint", "import", str(tmp_path), "--json"])
    assert left.value.code == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["kind"] == "BadInput" and error["file"] == str(tmp_path)

    def lost(*_given: object, **_named: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "/ours/not-yours")

    monkeypatch.setattr(type(shop.complaints), "read_table", lost)
    with pytest.raises(FileNotFoundError):
        main(["complaint", "import", str(tmp_path / "yours.csv")])


def test_an_apology_that_is_no_amount_names_its_own_option(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(huitou, "open", lambda _home: shop)
    number = shop.complaints.new("It broke.", by="Li").number
    with pytest.raises(SystemExit) as left:
        main(["complaint", "reply", number, "Sorry.", "--gesture", "abc"])
    assert left.value.code == 1
    said = capsys.readouterr().err
    assert "--gesture 5.00" in said and "--budget" not in said


def test_a_column_nobody_knows_is_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(huitou, "open", lambda _home: shop)
    table = tmp_path / "in.csv"
    table.write_text("客户电话,投诉内容,心情\n13800000009,杯子坏了,坏\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["complaint", "import", str(table)])
    assert "columns that were not used: 心情" in capsys.readouterr().out
    told = shop.complaints.read_table(table)
    assert told.columns["客户电话"] == "phone" and told.unused == ("心情",)


def test_no_report_sent_is_said(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(huitou, "open", lambda _home: shop)
    with pytest.raises(SystemExit):
        main(["report", "sent"])
    assert "No report was sent yet." in capsys.readouterr().out


def test_a_stranger_is_not_read_to_the_end(site: TestClient, staff: Staff, shop: Shop) -> None:
    large = {"file": ("orders.csv", b"x" * 100_000, "text/csv")}
    assert site.post("/files", files=large).status_code == 413
    assert site.post("/v1/imports", files=large).status_code == 413
    assert site.post("/v1/complaints", json={"words": "x" * 100_000}).status_code == 413
    small = {"file": ("orders.csv", b"x" * 100, "text/csv")}
    assert site.post("/files", files=small).status_code != 413
    clerk = _signed_in(site, staff, shop, "owner")
    assert clerk.post("/files", files=large).status_code != 413
    token = staff.issue_token("till", ["complain"], shop.clock.now())
    shown = {"Authorization": f"Bearer {token}"}
    site.cookies.clear()
    told = site.post("/v1/complaints", json={"words": "x" * 100_000}, headers=shown)
    assert told.status_code not in (401, 413)
