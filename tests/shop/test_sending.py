"""From a wish in the books to what a customer reads, by every door; without a key or a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from huitou.channels.hooks import signed
from huitou.channels.reports import book as reports
from huitou.channels.sms import twilio
from huitou.doors.api.app import app as api_app
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.doors.console.app import app as console_app
from huitou.ground.clock import WallClock
from huitou.ground.errors import BadInput, Refused
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.runs.chores import chores
from huitou.runs.desks.sending import reporting
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.store.outbox import outbox

RULES = """
[email]
way = "console"
[sms]
way = "console"
sign = "小店"
[webhook]
way = "none"
[paper]
way = "paper"
[call]
way = "call"
[reports]
key_env = "TEST_REPORTS_KEY"
"""
ROOT = "http://testserver"
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = open_shop(tmp_path / "shop")
    made.change_settings(name="小店 & Co", currency="CNY", timezone="Asia/Shanghai")
    made.rules("channels").write(RULES)
    yield made
    made.books.close()


def ask(shop: Shop, channel: str, language: str = "en", **more: Any) -> str:
    to = {"email": "mei@example.com", "phone": "+8613800138000", "name": "Mei <b>", "to": ""}
    told = {"points": 1200, "ends_on": "2026-12-31", "to": {**to, "language": language}}
    wish = Wish(
        "points", f"expiring:{language}:{channel}", "p1", channel, "service",
        more.pop("template", "points_expiring"), told, **more,
    )  # fmt: skip
    with shop.books.unit() as unit:
        sendings.ask(unit, [wish], shop.clock.now())
    return wish.id


def run(shop: Shop, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    with pytest.raises(SystemExit) as end:
        main(["--home", str(shop.home), *words, "--json"])
    assert end.value.code == code
    return json.loads(capsys.readouterr().out)


def test_each_is_written_in_their_own_language_and_leaves_once(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in ("en", "zh-Hans", "zh-Hant"):
        ask(shop, "sms", language)
        ask(shop, "email", language)
    sent = {each["channel"]: each for each in run(shop, capsys, "send", "--once")}
    assert sent["sms"]["ends"] == {"accepted": 3} and sent["email"]["ends"] == {"accepted": 3}
    assert not run(shop, capsys, "send", "--once")[0]["handed"]
    texts = (shop.home / "post" / "sms.txt").read_text(encoding="utf-8")
    assert "1,200 points end on Dec 31, 2026" in texts
    assert "积分将于 2026年12月31日 到期" in texts and "點將於 2026年12月31日 到期" in texts
    mails = (shop.home / "post" / "email.txt").read_text(encoding="utf-8")
    assert mails.count("小店 & Co") == 3 and "Hello Mei <b>," in mails


def test_a_channel_that_is_not_set_up_says_what_it_needs_and_its_messages_wait(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(shop, "webhook")
    sent = {each["channel"]: each for each in run(shop, capsys, "send", "--once")}
    assert sent["webhook"]["missing"] == ["webhook.way"]
    (row,) = run(shop, capsys, "sending", "list", "--channel", "webhook")
    assert row["state"] == "planned"
    channels = {each["channel"]: each for each in run(shop, capsys, "sending", "channels")}
    assert channels["webhook"]["counts"] == {"planned": 1} and not channels["email"]["missing"]


def test_nobody_without_an_address_is_written_to_and_it_is_said_why(shop: Shop) -> None:
    wish = Wish("points", "x", "p9", "sms", "service", "points_expiring", {})
    with shop.books.unit() as unit:
        sendings.ask(unit, [wish], shop.clock.now())
    shop.sending.send()
    (row,) = shop.sending.listed()
    assert (row.state, row.rule) == ("suppressed", "no_address")


def test_a_text_nobody_wrote_is_waited_for(shop: Shop) -> None:
    ask(shop, "sms", template="spring")
    shop.sending.send()
    (row,) = shop.sending.listed()
    assert row.state == "planned" and "no template 'spring'" in (row.reason or "")
    assert row.attempt == 0


def test_a_letter_is_a_page_to_print_and_a_call_is_on_the_list(shop: Shop) -> None:
    ask(shop, "paper")
    ask(shop, "call")
    shop.sending.send()
    (page,) = (shop.home / "letters").glob("*/*.html")
    assert "Mei &lt;b&gt;" in page.read_text(encoding="utf-8")
    assert {row.state for row in shop.sending.listed()} == {"assigned"}


def test_stop_and_go_by_the_command_line_and_by_a_file_alone(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(shop, "sms")
    assert run(shop, capsys, "stop", "wrong text")["stopped"]
    assert run(shop, capsys, "send", "--once")[1]["handed"] == 0
    assert not run(shop, capsys, "go")["stopped"]
    (shop.home / "STOP").touch()
    assert run(shop, capsys, "send", "--once")[1]["handed"] == 0
    assert not run(shop, capsys, "go")["stopped"]
    assert run(shop, capsys, "send", "--once")[1]["handed"] == 1


def test_the_chore_of_the_post_sends_what_is_due(shop: Shop) -> None:
    ask(shop, "sms")
    (post,) = [each for each in chores() if each.name == "post"]
    assert post.do(shop, shop.clock.now()) == {"sms": 1}
    assert post.do(shop, shop.clock.now()) == {}


def test_a_text_of_ones_own_is_used_and_every_version_is_kept(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.txt"
    file.write_text("{{ shop.name }}: still {{ points }}!", encoding="utf-8")
    words = ("template", "edit", "points_expiring", str(file), "--channel", "sms")
    assert run(shop, capsys, *words)["version"] == 1
    assert run(shop, capsys, *words)["version"] == 1, "the same again is no new version"
    ask(shop, "sms")
    shop.sending.send()
    assert "小店 & Co: still 1,200!" in (shop.home / "post" / "sms.txt").read_text()
    file.write_text("{{ person.age }}", encoding="utf-8")
    check = ("template", "check", "points_expiring", str(file), "--channel", "sms")
    assert run(shop, capsys, *check, code=1)["unknown"] == ["person.age"]
    with pytest.raises(Refused, match=r"person\.age"):
        shop.templates.save("points_expiring", "sms", "en", "", "{{ person.age }}", "me")
    listed = run(shop, capsys, "template", "list")
    assert [each["version"] for each in listed if each["channel"] == "sms"].count(1) == 1
    shown = run(shop, capsys, "template", "show", "points_expiring", "--channel", "sms")
    assert shown["version"] == 1
    view = run(shop, capsys, "template", "preview", "points_expiring", "--language", "zh-Hant")
    assert ("1,250" in view["subject"] and view["html"].startswith("<!doctype html>".upper())) or (
        view["html"].lower().startswith("<!doctype html>")
    )


def test_a_test_goes_to_staff_and_is_marked_as_one(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    told = run(shop, capsys, "sending", "test", "me@example.com", "--template", "letter")
    assert told["end"] == "accepted"
    assert "[Test] A word from us" in (shop.home / "post" / "email.txt").read_text()
    assert not shop.sending.listed(), "it is no message to a customer"


def test_rules_that_cannot_stand_are_refused_in_words(shop: Shop) -> None:
    for rules, words in (
        ('[email]\nway = "pigeon"', "pigeon"),
        ("[pigeon]", "pigeon"),
        ("[email]\nrate = -1", "rate"),
        ('[sms]\nsecret_env = "s3cr3t-key"', "never the secret"),
        ("[email", "cannot be read"),
        ('[sms.registered.x]\nnames = ["a"]', "code"),
    ):
        with pytest.raises(Exception, match=words) as bad:
            shop.rules("channels").write(rules)
        assert "s3cr3t-key" not in str(bad.value)
    assert shop.rules("channels").text == RULES


@pytest.fixture
def staff(shop: Shop) -> Staff:
    return Staff(shop.books)


def test_programs_send_stop_and_settle(shop: Shop, staff: Staff) -> None:
    client = TestClient(api_app(shop, staff))
    assert client.get("/sending").status_code == 401
    reader = staff.issue_token("r", ["read"], shop.clock.now())
    planner = staff.issue_token("p", ["read", "plan"], shop.clock.now())
    ask(shop, "sms")
    client.headers["Authorization"] = f"Bearer {reader}"
    assert client.post("/sending/send", json={}).status_code == 403
    assert client.get("/sending/messages").json()[0]["state"] == "planned"
    client.headers["Authorization"] = f"Bearer {planner}"
    assert client.post("/sending/stop", json={"why": "x"}).json()["stopped"]
    assert client.post("/sending/go").json()["stopped"] is False
    sent = client.post("/sending/send", json={"channels": ["sms"]}).json()
    assert sent[0]["ends"] == {"accepted": 1} and client.get("/sending/doubts").json() == []
    told = {"subject": "Hi", "body": "Hello {{ person.name }}", "names": []}
    made = client.put("/templates/spring/email/en", json=told)
    assert made.json()["version"] == 1
    bad = client.put("/templates/spring/email/en", json={**told, "body": "{{ secret }}"})
    assert bad.status_code == 403 and "secret" in bad.json()["error"]["sentence"]
    checked = client.post("/templates/spring/email/en/check", json={**told, "body": "{{ a.b }}"})
    assert checked.json()["unknown"] == ["a.b"]
    assert "Hello" in client.get("/templates/spring/email/en/preview").json()["text"]
    importer = staff.issue_token("i", ["import"], shop.clock.now())
    client.headers["Authorization"] = f"Bearer {importer}"
    given = {"id": "g1", "openid": "o", "template_id": "T", "times": 2}
    assert client.post("/wechat/grants", json=given).json() == {"granted": 2}
    assert client.post("/wechat/grants", json=given).json() == {"granted": 2}


def test_a_report_counts_only_with_a_signature_that_verifies(
    shop: Shop, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_REPORTS_KEY", KEY)
    client = TestClient(api_app(shop, staff))
    sent = ask(shop, "sms")
    shop.sending.send()
    told = {"id": "1", "type": "failed", "sending_id": sent, "words": "blocked"}
    body = json.dumps(told).encode()
    now = datetime.now(UTC)
    headers = signed(KEY, "1", now, body)
    forged = {**headers, "webhook-signature": "v1,AAAA"}
    assert client.post("/reports/standard", content=body, headers=forged).status_code == 403
    old = signed(KEY, "1", datetime(2020, 1, 1, tzinfo=UTC), body)
    assert client.post("/reports/standard", content=body, headers=old).status_code == 403
    assert client.post("/reports/nobody", content=body).status_code == 400
    for news in (1, 0):
        answer = client.post("/reports/standard", content=body, headers=headers)
        assert answer.json() == {"reports": 1, "news": news}
    (row,) = shop.sending.listed()
    assert (row.state, row.settled_by) == ("refused", "standard")
    part = [{"out_id": sent, "biz_id": "b", "phone_number": "1", "success": True}]
    assert client.post("/reports/aliyun?key=wrong", json=part).status_code == 403
    assert client.post(f"/reports/aliyun?key={KEY}", json=part).status_code == 200
    assert client.post(f"/reports/tencent?key={KEY}", json=[{}]).status_code == 422


def test_twilios_report_is_verified_as_twilio_signs_it(
    shop: Shop, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_TOKEN", "12345")
    shop.change_settings(public_url="https://shop.example")
    sent = ask(shop, "sms")
    shop.sending.send()
    shop.rules("channels").write('[sms]\nway = "twilio"\nsecret_env = "TWILIO_TOKEN"')
    client = TestClient(api_app(shop, staff))
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "To": "+86", "ErrorCode": "30003"}
    mark = twilio.signature("12345", f"https://shop.example/v1/reports/twilio?sending={sent}", form)
    path = f"/reports/twilio?sending={sent}"
    assert client.post(path, data=form, headers={"x-twilio-signature": "x"}).status_code == 403
    answer = client.post(path, data=form, headers={"x-twilio-signature": mark})
    assert answer.json() == {"reports": 1, "news": 1}
    assert shop.sending.listed()[0].state == "refused"


def test_the_published_snippet_for_receivers_verifies_what_we_sign() -> None:
    """A published webhook-signature snippet never verified: notifuse 30.0."""
    page = Path(__file__).parents[2] / "docs" / "how-to" / "sending.md"
    snippet = re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert snippet is not None
    known: dict[str, Any] = {}
    exec(snippet[1], known)  # the page's own words are what is tested
    body = '{"type": "sending.letter", "data": {"name": "小店"}}'.encode()
    headers = signed(KEY, "m1", WallClock().now(), body)
    assert known["is_ours"](KEY, headers, body)
    assert not known["is_ours"](KEY, headers, body + b" ")
    assert not known["is_ours"](KEY, {**headers, "webhook-id": "m2"}, body)
    old = signed(KEY, "m1", datetime(2020, 1, 1, tzinfo=UTC), body)
    assert not known["is_ours"](KEY, old, body)


@pytest.fixture
def owner(shop: Shop, staff: Staff) -> Iterator[TestClient]:
    with TestClient(console_app(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as made:
        link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
        assert made.post(link, data={"name": "owner", "password": "a long enough one"}).is_success
        yield made


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_staff_see_what_left_and_stop_it(shop: Shop, owner: TestClient) -> None:
    ask(shop, "sms")
    shop.sending.send()
    page = owner.get("/sending").text
    assert "points_expiring" in page and "Stop everything" in page and "webhook.way" in page
    assert owner.get("/sending?state=in_doubt").is_success
    owner.post("/sending/stop", data={"csrf": token(page), "why": "wrong text"})
    assert shop.sending.stopped().why == "wrong text"
    page = owner.get("/sending").text
    assert "Everything is stopped" in page and "wrong text" in page
    owner.post("/sending/go", data={"csrf": token(page)})
    assert not shop.sending.stopped().stopped
    owner.post("/rules/channels", data={"csrf": token(page), "text": '[sms]\nway = "null"\n'})
    assert shop.sending.ways.ways["sms"].way == "null"
    assert owner.get("/sending").text.count("Not set up") == 6


def test_staff_edit_a_text_see_it_and_try_it(shop: Shop, owner: TestClient) -> None:
    assert "points_expiring" in owner.get("/templates").text
    here = "/templates/points_expiring/email/en"
    page = owner.get(here).text
    assert "1,250" in page and "<iframe" in page and "sandbox" in page
    sheet = owner.get(f"{here}/sheet")
    policy = sheet.headers["content-security-policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy and "1,250" in sheet.text
    told = {
        "csrf": token(page),
        "subject": "Only {{ points }}",
        "body": "<script>x</script> {{ points }}",
    }
    owner.post(here, data=told)
    assert shop.templates.show("points_expiring", "email", "en").version == 1
    assert "&lt;script&gt;" in owner.get(f"{here}/sheet").text
    bad = owner.post(here, data={**told, "body": "{{ person.age }}"})
    assert bad.status_code == 403 and "person.age" in bad.text
    tried = owner.post(f"{here}/test", data={"csrf": token(page), "to": "me@example.com"})
    assert "me@example.com" in tried.text and tried.is_success
    for name in ("/templates/nothing/email/en", "/templates/letter/email/xx"):
        assert owner.get(name).status_code == 400


def test_a_preview_of_nobody_known_says_so(shop: Shop) -> None:
    with pytest.raises((BadInput, Refused)):
        shop.templates.preview("points_expiring", "email", "en", "nobody")


def test_a_barred_address_is_written_to_again_for_a_reason_by_every_door(
    shop: Shop, owner: TestClient, staff: Staff, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "mei@example.com"

    def bar() -> None:
        with shop.books.unit() as unit:
            reports.bar(unit, "email", address, "bounced", "550", None, shop.clock.now())

    bar()
    page = owner.get("/sending").text
    assert "Write to a dead address again" in page and "Written to a file" in page
    form = {"csrf": token(page), "channel": "email", "address": address}
    assert owner.post("/sending/unbar", data={**form, "why": " "}).status_code == 400
    assert owner.post("/sending/unbar", data={**form, "why": "rang, it is mended"}).is_success
    with pytest.raises(Refused, match="not barred"):
        shop.sending.unbar("email", address, "again", "li")
    bar()
    run(shop, capsys, "sending", "unbar", "email", address.upper(), "--why", "they told us")
    bar()
    client = TestClient(api_app(shop, staff))
    secret = staff.issue_token("p", ["plan"], WallClock().now())
    client.headers["Authorization"] = f"Bearer {secret}"
    told = {"channel": "email", "address": address, "why": "told by phone"}
    assert client.post("/sending/unbar", json=told).json()["unbarred"] is True
    with shop.books.reading() as unit:
        assert reports.barred_counted(unit) == {}
        kept = unit.rows(select(outbox.c.body).where(outbox.c.kind == "address.unbarred"))
    assert [row["body"]["words"] for row in kept] == [
        "rang, it is mended", "they told us", "told by phone",
    ]  # fmt: skip


def test_undelivered_mail_is_read_by_a_chore_where_its_mailbox_is_known(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (chore,) = [each for each in chores() if each.name == "bounces"]
    assert chore.do(shop, shop.clock.now()) == {}
    shop.rules("channels").write(f'{RULES}imap_host = "mail.example"\nimap_user = "shop"\n')
    came = [("k1", b"From: a@example.com\r\nSubject: hello\r\n\r\nhello")]
    monkeypatch.setattr(reporting, "fetched", lambda *_: iter(came))
    assert chore.do(shop, shop.clock.now()) == {"letters": 1}
