"""What the pages show, and that looking changes nothing."""

from __future__ import annotations

import csv
import html
import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop

from huitou.decisions.receipts import REASONS
from huitou.doors.book import Staff
from huitou.doors.console.app import app
from huitou.doors.console.assets import STATIC
from huitou.doors.console.names import LEFT_ALONE

LOOKED_AT = (
    "/",
    "/questions",
    "/customers",
    "/customers?stage=lost&sort=missed",
    "/plan",
    "/plan/plan1/dry-run",
    "/plan/plan1/replay",
    "/balance",
    "/why/12349",
    "/stages",
    "/cases",
    "/cases/lessons",
    "/calls",
    "/fixes",
    "/letters",
    "/cohorts",
    "/metrics",
    "/metrics/repeat_purchase_rate?by=channel&as_of=2011-11-01&known=2011-10-01",
    "/winning",
    "/winning?by=channel",
    "/exodus",
    "/what-if",
    "/what-if?churn_from=10&churn_to=5",
    "/proof",
    "/tests",
    "/replay",
    "/replay?other=without_offer",
    "/replay?other=without_call",
    "/proof/programme",
    "/proof/5f0c62a1b3d4",
    "/report",
    "/report?period=month",
    "/harm",
    "/points",
    "/effects",
    "/forecast",
    "/files",
    "/settings",
)


def token_of(client: TestClient) -> str:
    """The token that the session's forms carry."""
    return client.get("/").text.split('name="csrf" content="')[1].split('"')[0]


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("path", LOOKED_AT)
def test_every_page_speaks_every_language(owner: TestClient, path: str, language: str) -> None:
    owner.cookies.set("huitou_language", language)
    answer = owner.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert "style=" not in answer.text, "the policy bars inline style"
    assert "onclick=" not in answer.text


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("zh-TW,zh;q=0.9", "zh-Hant"), ("zh-CN", "zh-Hans"), ("fr,en;q=0.5", "en"), ("", "en")],
)
def test_the_browsers_language_is_spoken(visitor: TestClient, asked: str, spoken: str) -> None:
    page = visitor.get("/sign-in", headers={"accept-language": asked})
    assert f'<html lang="{spoken}"' in page.text


def test_the_headline_is_the_whole_programme_never_its_best_plan(owner: TestClient) -> None:
    page = owner.get("/").text
    headline = page.split('aria-labelledby="proven"')[1].split("</section>")[0]
    assert "The whole programme" in headline and "Not proven yet" in headline
    assert "between -£880 and £3,390, 19 times out of 20" in headline
    assert "£2,913" not in headline and "5f0c62a1b3d4" not in headline
    assert "Plan 5f0c62a1b3d4" in page.split('aria-labelledby="programmes"')[1]


def test_a_verdict_shows_its_looks_the_claim_and_what_was_written_down(owner: TestClient) -> None:
    page = owner.get("/proof/5f0c62a1b3d4").text
    assert page.count('class="whisker"') == 11, "each look that may say anything"
    for told in ("Worth keeping", "£19,400", "6.66 times", "Account 11", "universal-2027",
                 "abababababab", "not known any more", "planned to Aug 30, 2011"):  # fmt: skip
        assert told in page, told
    assert owner.get("/proof").text.count("/proof/5f0c62a1b3d4") == 1


def test_a_plan_from_before_says_so(owner: TestClient) -> None:
    page = owner.get("/proof/programme").text
    assert "before experiments were written down" in page


def test_a_verdict_on_nothing_is_told_in_words(owner: TestClient) -> None:
    answer = owner.get("/proof/never")
    assert answer.status_code >= 400
    assert "no verdict" in answer.text


def test_the_proof_says_who_was_compared_and_how_surely(owner: TestClient) -> None:
    page = owner.get("/proof").text
    assert page.index("The whole programme") < page.index("Plan 5f0c62a1b3d4")
    assert "or 5,420 customers in all" in page and "Reached" not in page
    assert page.count("19 times out of 20") >= 2 and "9 times out of 10" not in page


@pytest.mark.parametrize("path", ["/plan", "/questions"])
def test_each_group_that_is_left_alone_is_told_with_its_reason(
    owner: TestClient, path: str
) -> None:
    page = " ".join(re.sub("<[^>]+>", "", owner.get(path).text).split())
    assert "2,760 · no act that fits them is expected to bring more than it costs" in page
    assert "217 · the control group" in page and "140 · no address" in page
    assert set(LEFT_ALONE) == set(REASONS) - {"best"}


def test_paging_shows_everybody_once(shop: FakeShop, owner: TestClient) -> None:
    seen: list[str] = []
    address: str | None = "/customers?stage=returned"
    while address:
        text = owner.get(address, headers={"hx-request": "true", "hx-target": "tr#more"}).text
        seen += [part.split('"')[0] for part in text.split('class="key" href="/customers/')[1:]]
        address = (
            text.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
            if "hx-get" in text
            else None
        )
    everybody = [row.id for row in shop.rows if row.stage == "returned"]
    assert sorted(seen) == sorted(everybody)


def test_csv_holds_everybody_and_no_formula(shop: FakeShop, owner: TestClient) -> None:
    from dataclasses import replace

    shop.rows[0] = replace(shop.rows[0], name="=HYPERLINK(1)")
    answer = owner.get("/customers.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == len(shop.rows)
    assert "'=HYPERLINK(1)" in {row["name"] for row in rows}


def test_what_a_file_says_is_never_run_as_a_page(shop: FakeShop, owner: TestClient) -> None:
    from dataclasses import replace

    shop.rows[0] = replace(shop.rows[0], name="<script>alert(1)</script>", id="</script><b>")
    person = owner.get("/customers/%3C%2Fscript%3E%3Cb%3E")
    assert person.status_code == 200
    assert "<script>alert(1)" not in person.text
    assert "<script>alert(1)" not in owner.get("/customers?search=").text


def test_an_unknown_customer_is_told_plainly(owner: TestClient) -> None:
    answer = owner.get("/customers/nobody")
    assert answer.status_code == 400
    assert "there is no customer" in answer.text


def test_a_plan_is_approved_then_carried_out(shop: FakeShop, owner: TestClient) -> None:
    form = {"csrf": token_of(owner)}
    owner.post("/plan/plan1/approve", data=form)
    assert shop.plan().status == "approved"
    owner.post("/plan/plan1/apply", data=form)
    for _ in range(200):
        if shop.plan().status == "applied":
            break
    assert shop.plan().status == "applied"


def test_what_a_lost_customer_said_is_written_down(shop: FakeShop, owner: TestClient) -> None:
    case = shop.cases()[0]
    form = {"csrf": token_of(owner), "why": "competitor", "where_to": " the shop next door "}
    owner.post(f"/cases/{case.id}/answer", data=form)
    assert shop.answered[case.id] == ("competitor", "the shop next door", None)


def test_limits_that_are_no_numbers_are_refused(shop: FakeShop, owner: TestClient) -> None:
    form = {"csrf": token_of(owner), "budget": "a lot", "hours": "8"}
    assert owner.post("/plan/draft", data=form).status_code == 400
    form["budget"] = "-5"
    assert owner.post("/plan/draft", data=form).status_code == 400
    assert shop.settings.budget == 90000


def test_settings_are_kept_in_their_own_units(shop: FakeShop, owner: TestClient) -> None:
    form = {"csrf": token_of(owner), "margin": "35", "budget": "120.50", "horizon_days": ""}
    owner.post("/settings", data=form)
    kept = shop.settings
    assert (kept.margin, kept.budget, kept.horizon_days) == (0.35, 12050, None)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\orders.csv", "orders.csv"), ("订单.csv", "订单.csv")],
)
def test_an_uploads_name_stays_in_the_inbox(
    shop: FakeShop, owner: TestClient, sent: str, kept: str
) -> None:
    form = {"csrf": token_of(owner)}
    answer = owner.post("/files", data=form, files={"file": (sent, b"a,b\n1,2\n")})
    assert answer.status_code == 200
    found = [path for path in (shop.home / "inbox").rglob("*") if path.is_file()]
    assert [path.name for path in found] == [kept]


def test_the_sample_rows_are_said_for_people(owner: TestClient) -> None:
    form = {"csrf": token_of(owner)}
    page = owner.post("/files", data=form, files={"file": ("订单.csv", b"a\n1\n")})
    assert "£15.30" in page.text
    assert "2010-07-01 01:26" in page.text, "moments are shown in the shop's own zone"


def test_what_became_of_a_file_is_told_in_words_on_a_phone(owner: TestClient) -> None:
    page = owner.get("/files").text
    assert 'data-name="Taken">541,203<' in page and 'data-name="Set aside"><a' in page


def test_an_empty_shop_asks_for_a_file(tmp_path: Path, staff: Staff) -> None:
    shop = FakeShop(tmp_path, empty=True)
    filled: list[Callable[..., object]] = []
    root = "http://testserver"
    client = TestClient(
        app(shop, staff, demo=filled.append), base_url=root, headers={"origin": root}
    )
    link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
    page = client.post(link, data={"name": "owner", "password": "a long enough one"})
    assert "Drop a file of orders here" in page.text
    assert "Open the demo shop" in page.text
    client.post("/work/demo", data={"csrf": token_of(client)})
    assert len(filled) == 1


def test_every_vendored_file_has_its_licence_and_its_hash() -> None:
    import hashlib
    import json

    vendor = STATIC / "vendor"
    written = json.loads((vendor / "vendor.json").read_text(encoding="utf-8"))
    for name, told in written.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == told["sha256"]
        assert (vendor / told["licence_file"]).exists()
    loose = {path.name for path in vendor.iterdir() if path.suffix in (".js", ".css", ".woff2")}
    assert loose == set(written)


def test_silence_is_kept_and_lifted_on_the_customers_page(
    shop: FakeShop, owner: TestClient
) -> None:
    row = shop.rows[0]
    page = owner.get(f"/customers/{row.id}")
    assert "Leave alone from now on" in page.text
    form = {"csrf": token_of(owner)}
    left = owner.post(f"/customers/{row.id}/silence", data=form)
    assert shop.silent == {row.id}
    assert "They asked to be left alone" in left.text and "Leave alone" not in left.text
    owner.post(f"/customers/{row.id}/silence", data={**form, "speak": "true"})
    assert shop.silent == set()


def test_a_letter_in_doubt_is_found_out_about(shop: FakeShop, owner: TestClient) -> None:
    assert 'href="/letters"' in owner.get("/").text
    page = owner.get("/letters").text
    assert "We miss you" in page and "Jul 2, 2011 00:30" in page, "in the shop's own zone"
    settled = owner.post("/letters/d1/email", data={"csrf": token_of(owner), "arrived": "false"})
    assert "No letter is in doubt" in settled.text and shop.doubts == {}


def test_what_somebody_typed_is_no_pattern(owner: TestClient) -> None:
    for typed in ("{x}", "{", "{0}", "{}"):
        answer = owner.get(f"/customers/{quote(typed)}")
        assert answer.status_code == 400
        assert "there is no customer" in answer.text


@pytest.mark.parametrize("act", ["offer²", "offer٣", "offer_10", "{x}"])
def test_an_act_that_nobody_knows_is_only_unknown(owner: TestClient, act: str) -> None:
    assert owner.get("/plan", params={"act": act}).status_code == 200


def test_taking_the_quarantine_away_leaves_nothing_behind(
    shop: FakeShop, owner: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(shop.home))
    before = sorted(shop.home.rglob("*"))
    one = owner.get("/files/quarantine.csv")
    assert one.headers["content-type"].startswith("text/csv") and b"4023" in one.content
    shop.ways_of_reading = 3
    several = owner.get("/files/quarantine.csv")
    with ZipFile(io.BytesIO(several.content)) as archive:
        assert archive.namelist() == ["quarantine.csv", "quarantine-2.csv", "quarantine-3.csv"]
    shop.ways_of_reading = 0
    assert owner.get("/files/quarantine.csv").status_code == 409
    assert sorted(shop.home.rglob("*")) == before


def test_who_is_at_risk_is_told_what_moved_their_chance(shop: FakeShop, owner: TestClient) -> None:
    row = next(row for row in shop.rows if row.stage == "lost")
    listed = owner.get("/customers?stage=lost").text
    page = owner.get(f"/customers/{row.id}").text
    for each in row.moved:
        assert str(each.words) in html.unescape(listed)
        assert str(each.words) in html.unescape(page) and str(each.effect) in html.unescape(page)
    calm = next(row for row in shop.rows if row.stage == "loyal")
    assert "What moved the chance" not in owner.get(f"/customers/{calm.id}").text
