"""The settings page: every field is kept as typed, and what cannot stand is said beside it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.test_pages import token_of

from huitou.doors.console.choices import READERS, fault
from huitou.ground.errors import HuitouError
from huitou.ground.settings import Settings


def sent(owner: TestClient, **typed: str) -> tuple[int, str]:
    answer = owner.post("/settings", data={"csrf": token_of(owner), **typed})
    return answer.status_code, answer.text


def test_what_care_needs_is_kept(shop: FakeShop, owner: TestClient) -> None:
    status, _ = sent(
        owner, clerks="Mei 240 North; Li 90", report_to="a@x.com, b@x.com", report_day="friday",
        report_hour="7", report_language="", interview_share="25", complaint_hours="",
        public_url="https://shop.example", trusted_proxies="10.0.0.0/8", email_to_customers="yes",
    )  # fmt: skip
    kept = shop.settings
    assert status == 200
    assert [clerk.name for clerk in kept.roster] == ["Mei", "Li"]
    assert (kept.report_recipients, kept.report_hour) == (("a@x.com", "b@x.com"), 7)
    assert (kept.interview_share, kept.complaint_hours, kept.report_language) == (0.25, None, None)
    assert (kept.email_to_customers, kept.public_url) == (True, "https://shop.example")


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("report_hour", "25", "A number between 0 and 23."),
        ("interview_share", "250", "A number between 0 and 100."),
        ("interview_share", "a tenth", "A number between 0 and 100."),
        ("staff_hours", "-1", "A number, 0 or more."),
        ("clerks", "Mei", "Names, minutes a day and stores, like Mei 240 North, South; Li 90."),
        ("report_to", "nobody", "E-mail addresses with commas between them, like"),
        ("public_url", "javascript:alert(1)", "A whole address, like https://shop.example."),
        ("public_url", "shop.example", "A whole address, like https://shop.example."),
        ("trusted_proxies", "the router", "Addresses or networks with commas between them"),
        ("report_day", "someday", "This cannot stand here."),
    ],
)
def test_what_cannot_stand_is_said_beside_its_field_and_nothing_is_lost(
    shop: FakeShop, owner: TestClient, name: str, typed: str, words: str
) -> None:
    before = shop.settings
    status, page = sent(owner, **{name: typed, "complaint_hours": "36"})
    assert status == 400 and shop.settings == before, "all of it is kept, or nothing"
    assert words in page and f'href="#{name}"' in page
    assert 'value="36"' in page, "what was typed elsewhere is still there"


def test_what_is_wrong_is_said_in_the_language_of_whoever_typed_it(owner: TestClient) -> None:
    owner.cookies.set("huitou_language", "zh-Hans")
    assert "请填 0 到 23 之间的数。" in sent(owner, report_hour="25")[1]


def test_every_field_of_the_page_can_be_read_and_every_fault_is_said(owner: TestClient) -> None:
    page = owner.get("/settings").text
    for name in READERS:
        assert f'name="{name}"' in page
        assert fault(name).text


def test_the_name_of_a_secret_is_shown_and_not_typed(owner: TestClient) -> None:
    page = owner.get("/settings").text
    assert "HUITOU_ALERT_URLS" in page
    assert 'name="alert_urls_env"' not in page
    assert sent(owner, alert_urls_env="PATH")[0] == 400


def test_links_for_customers_begin_as_the_settings_say(shop: FakeShop, owner: TestClient) -> None:
    assert "http://testserver/p/complaint" in owner.get("/settings").text
    shop.change_settings(public_url="https://shop.example/")
    assert "https://shop.example/p/complaint<" in owner.get("/settings").text
    links = owner.get("/complaints/links?product=Tea").text
    assert "https://shop.example/p/complaint?product=Tea" in links
    assert b"<svg" in owner.get("/complaints/qr.svg").content


@pytest.mark.parametrize("wrong", ["ftp://x", "https://", "https://a b", "https://x/?y=1", "//x"])
def test_an_address_that_leads_nowhere_is_refused(wrong: str) -> None:
    with pytest.raises(HuitouError):
        Settings().changed(public_url=wrong)
