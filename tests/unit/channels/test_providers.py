"""Every provider against every bad behaviour: nothing twice, nothing unaccounted for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.channels.providers import Fake, provider

from huitou.channels import wechat, wecom
from huitou.channels.contract import End, Handed, Parcel
from huitou.channels.egress import Egress
from huitou.channels.hooks import Hook, verified
from huitou.channels.line import Line, Provider
from huitou.channels.post.rules import Registered, Way
from huitou.channels.sms.aliyun import Aliyun
from huitou.channels.sms.tencent import Tencent
from huitou.channels.sms.twilio import Twilio

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PARCEL = Parcel(
    "ab" * 32, "p1", "sms", "marketing", "points_expiring", "+8613800138000", "en", "", "Hi",
    told={"points": "12", "ends_on": "2026"}, name="Mei",
)  # fmt: skip
REGISTERED = {"points_expiring": Registered("T1", ("points", "ends_on"))}


def way(fake: Fake, kind: str, **more: Any) -> Way:
    return Way("sms", kind, sign="小店", app="app", host=fake.url, registered=REGISTERED, **more)


def aliyun(fake: Fake, egress: Egress) -> Provider:
    return Aliyun(way(fake, "aliyun"), "k", "s", egress, lambda: NOW, lambda: "n")


def tencent(fake: Fake, egress: Egress) -> Provider:
    return Tencent(way(fake, "tencent"), "k", "s", egress, lambda: NOW)


def twilio(fake: Fake, egress: Egress) -> Provider:
    return Twilio(way(fake, "twilio"), "AC1", "s", egress, "https://shop.example/v1/reports/twilio")


def by_wecom(fake: Fake, egress: Egress) -> Provider:
    return wecom.of("corp", "s", "mei", egress, fake.url)


def by_wechat(fake: Fake, egress: Egress) -> Provider:
    return wechat.of("app", "s", REGISTERED, egress, fake.url)


def hook(fake: Fake, egress: Egress) -> Provider:
    return Hook(f"{fake.url}/hook", SECRET, egress, lambda: NOW)


Make = Callable[[Fake, Egress], Provider]
EVERY: dict[str, tuple[Make, Any, Any]] = {
    "aliyun": (aliyun, {"Code": "OK", "BizId": "b1"}, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}),
    "tencent": (
        tencent,
        {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "b1"}]}},
        {"Response": {"Error": {"Code": "InvalidParameterValue.X", "Message": "m"}}},
    ),
    "twilio": (
        twilio,
        {"sid": "b1", "status": "queued", "error_code": None},
        {"sid": "b1", "status": "failed", "error_code": 21211},
    ),
    "wecom": (by_wecom, {"errcode": 0, "msgid": "b1"}, {"errcode": 40096, "errmsg": "x"}),
    "wechat": (by_wechat, {"errcode": 0, "msgid": "b1"}, {"errcode": 43101, "errmsg": "x"}),
    "webhook": (hook, {}, None),
}


@pytest.fixture
def fake() -> Iterator[Fake]:
    with provider() as made:
        yield made


def hand(fake: Fake, make: Make, go: bool = True) -> Handed:
    egress = Egress(timeout=0.7)
    line = Line("sms", make(fake, egress), egress)
    try:
        return line.carry([PARCEL], lambda: go)[0]
    finally:
        line.close()


@pytest.mark.parametrize("name", EVERY)
def test_what_is_taken_is_accepted_with_its_reference(fake: Fake, name: str) -> None:
    make, good, _ = EVERY[name]
    fake.says(good)
    handed = hand(fake, make)
    assert handed.outcome.end is End.ACCEPTED
    assert handed.reference == (PARCEL.id if name == "webhook" else "b1")
    assert len(fake.done) == 1


@pytest.mark.parametrize("name", [each for each in EVERY if each != "webhook"])
def test_an_error_in_a_good_answer_is_an_error(fake: Fake, name: str) -> None:
    make, _, bad = EVERY[name]
    fake.says(bad)
    assert hand(fake, make).outcome.end is End.REFUSED


BEHAVIOURS: dict[str, tuple[int, dict[str, str], str, End]] = {
    "429": (429, {}, "", End.RETRY_SAFE),
    "503 with retry-after": (503, {"retry-after": "7"}, "", End.RETRY_SAFE),
    "401": (401, {}, "", End.RETRY_SAFE),
    "400": (400, {}, "", End.REFUSED),
    "500": (500, {}, "", End.IN_DOUBT),
    "502": (502, {}, "", End.IN_DOUBT),
    "503": (503, {}, "", End.IN_DOUBT),
    "redirect to the cloud's own address": (
        302, {"location": "http://169.254.169.254/latest/meta-data"}, "", End.REFUSED,
    ),
    "no answer in time": (200, {}, "hangs", End.IN_DOUBT),
    "reset after the body": (200, {}, "resets", End.IN_DOUBT),
    "an endless body": (200, {}, "huge", End.IN_DOUBT),
    "another form": (200, {}, "html", End.IN_DOUBT),
}  # fmt: skip


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("name", EVERY)
def test_each_behaviour_has_its_end_at_every_provider(
    fake: Fake, name: str, behaviour: str
) -> None:
    make, good, _ = EVERY[name]
    fake.says(good)
    status, headers, broken, end = BEHAVIOURS[behaviour]
    fake.status, fake.headers, fake.behaviour = status, headers, broken
    handed = hand(fake, make)
    takes_any_body = name == "webhook" and broken in ("html", "huge")
    assert handed.outcome.end is (End.ACCEPTED if takes_any_body else end)
    sends = [path for path, _, _ in fake.asked if "token" not in path.split("?")[0]]
    assert len(sends) == 1, "one call, whatever came of it: no redirect, no second try"
    if behaviour.startswith("503 with"):
        assert handed.wait == 7


@pytest.mark.parametrize("name", EVERY)
def test_no_line_at_all_is_ours_and_safe(fake: Fake, name: str) -> None:
    make, _, _ = EVERY[name]
    fake.shutdown()
    fake.server_close()
    handed = hand(fake, make)
    assert handed.outcome.end is End.RETRY_SAFE and handed.ours


@pytest.mark.parametrize("name", EVERY)
def test_a_provider_inside_a_network_of_its_own_is_not_called(fake: Fake, name: str) -> None:
    make, _, _ = EVERY[name]
    egress = Egress(resolve=lambda *_: ["169.254.169.254"])
    assert make(fake, egress).hand_over(PARCEL).outcome.end is End.RETRY_SAFE
    assert not fake.asked


def test_a_stop_keeps_a_parcel_from_being_asked_for(fake: Fake) -> None:
    assert hand(fake, twilio, go=False).outcome.stage == "waiting" and not fake.asked


def test_after_a_failure_that_is_ours_the_rest_is_not_tried(fake: Fake) -> None:
    fake.status = 401
    egress = Egress(timeout=0.7)
    handed = Line("sms", twilio(fake, egress), egress).carry([PARCEL] * 5, lambda: True)
    assert len(fake.asked) == 1 and [each.ours for each in handed] == [True] * 5


def test_a_text_that_is_not_registered_waits_for_the_merchant(fake: Fake) -> None:
    other = Parcel("x", "p", "sms", "marketing", "unknown", "+86138", "en", "", "Hi")
    for make in (aliyun, tencent, by_wechat):
        handed = make(fake, Egress()).hand_over(other)
        assert handed.ours and "registered" in (handed.outcome.reason or "")
    assert not fake.asked


def test_wecom_gives_a_colleague_a_task_and_says_so(fake: Fake) -> None:
    fake.says({"errcode": 0, "msgid": "m", "fail_list": []})
    assert hand(fake, by_wecom).outcome.stage == "assigned"
    body = json.loads(fake.asked[-1][2])
    assert body["sender"] == "mei" and body["external_userid"] == [PARCEL.to]
    fake.says({"errcode": 0, "msgid": "m", "fail_list": [PARCEL.to]})
    assert hand(fake, by_wecom).outcome.end is End.REFUSED


def test_a_stale_token_is_renewed_and_nothing_was_sent(fake: Fake) -> None:
    egress = Egress(timeout=0.7)
    made = by_wechat(fake, egress)
    fake.says({"errcode": 42001, "errmsg": "access_token expired"})
    handed = made.hand_over(PARCEL)
    assert handed.outcome.end is End.RETRY_SAFE and handed.wait == 1
    fake.says({"errcode": 0, "msgid": 9})
    assert made.hand_over(PARCEL).outcome.end is End.ACCEPTED
    assert sum("token" in path.split("?")[0] for path, _, _ in fake.asked) == 2


def test_a_webhook_is_signed_so_that_the_published_library_verifies_it(fake: Fake) -> None:
    from standardwebhooks.webhooks import Webhook

    now = datetime.now(UTC)
    egress = Egress(timeout=0.7)
    Hook(f"{fake.url}/hook", SECRET, egress, lambda: now).hand_over(PARCEL)
    _, headers, body = fake.asked[0]
    told = Webhook(SECRET).verify(body, headers)
    assert told["data"]["sending_id"] == PARCEL.id == headers["webhook-id"]
    assert verified(SECRET, headers, body) and not verified(SECRET, headers, body + b" ")
