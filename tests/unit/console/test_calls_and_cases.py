"""The file of a lost customer and the day's calls, as a clerk works them in the console."""

from __future__ import annotations

from fastapi.testclient import TestClient
from tests.unit.console.fake_desks import HOSTILE
from tests.unit.console.fake_shop import FakeShop
from tests.unit.console.test_pages import token_of

from huitou.care.casefiles.notes import Note
from huitou.doors.book import Staff


def test_a_file_shows_worth_silence_guide_cost_and_what_came_back(
    shop: FakeShop, owner: TestClient
) -> None:
    case = shop.cases()[0]
    page = owner.get(f"/cases/{case.id}").text
    assert "between £210 and £420" in page and "90 days ago" in page
    assert "show what is fair, do not bargain" in page
    assert "Came back on" in page and "The case cost £11" in page
    assert "C7KQ-4M2X waits for an answer" in page
    assert 'href="tel:+441632960000"' in page


def test_words_of_customers_and_staff_are_no_script(shop: FakeShop, owner: TestClient) -> None:
    for path in (f"/cases/{shop.cases()[0].id}", "/calls", "/cases/lessons"):
        page = owner.get(path).text
        assert HOSTILE not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_line_with_its_minutes_and_cost_goes_into_the_file(
    shop: FakeShop, owner: TestClient
) -> None:
    case = shop.cases()[0].id
    form = {"csrf": token_of(owner), "kind": "done", "words": " a new pot ", "minutes": "15"}
    owner.post(f"/cases/{case}/note", data={**form, "cost": "3.50", "cause": "price"})
    assert shop.casefiles.written == [(case, Note("done", "a new pot", 15, 350, None))]
    refused = owner.post(f"/cases/{case}/note", data={**form, "cost": "a lot"})
    assert refused.status_code == 400 and "is no amount" in refused.text
    refused = owner.post(f"/cases/{case}/note", data={**form, "minutes": "-3"})
    assert refused.status_code == 400 and "no number of minutes" in refused.text
    owner.post(f"/cases/{case}/note", data={**form, "kind": "found", "cause": "price"})
    assert shop.casefiles.written[-1][1].cause == "price"


def test_who_takes_a_case_is_on_it_and_their_call_is_drawn(
    shop: FakeShop, owner: TestClient
) -> None:
    case = shop.cases()[0].id
    owner.post(f"/cases/{case}/assign", data={"csrf": token_of(owner)})
    assert shop.casefiles.owners == {case: "owner"} and shop.calls.drawn == 1
    owner.post(f"/cases/{case}/close", data={"csrf": token_of(owner), "words": "moved away"})
    assert shop.casefiles.closed == {case: "moved away"}


def test_a_lesson_is_heard_by_whoever_says_so(shop: FakeShop, owner: TestClient) -> None:
    owner.post("/cases/lessons/7/heard", data={"csrf": token_of(owner)})
    assert shop.casefiles.heard == [(7, "owner")]


def test_one_tap_writes_down_that_nobody_answered(shop: FakeShop, owner: TestClient) -> None:
    form = {"csrf": token_of(owner), "code": "not_reached", "clerk": "shop"}
    page = owner.post("/calls/k0/outcome", data=form).text
    outcome, depth = shop.calls.told["k0"]
    assert (outcome.code, outcome.why, depth) == ("not_reached", None, None)
    assert "Written down: Not reached." in page


def test_a_promised_code_is_there_to_be_read_out(shop: FakeShop, owner: TestClient) -> None:
    form = {"csrf": token_of(owner), "code": "will_come", "depth": "0.1"}
    assert "ABCDEFGHJK" in owner.post("/calls/k0/outcome", data=form).text
    assert shop.calls.told["k0"][1] == 0.1


def test_why_and_where_are_kept_and_nonsense_is_refused(shop: FakeShop, owner: TestClient) -> None:
    form = {"csrf": token_of(owner), "code": "answered", "why": "competitor"}
    owner.post("/calls/k0/outcome", data={**form, "where_to": " next door "})
    outcome, _ = shop.calls.told["k0"]
    assert (outcome.why, outcome.where_to) == ("competitor", "next door")
    for wrong in ({"why": "boredom"}, {"code": "call_back", "next_day": "soon"}, {"code": "magic"}):
        assert owner.post("/calls/k1/outcome", data={**form, **wrong}).status_code == 400
    assert "k1" not in shop.calls.told


def test_the_words_to_say_are_in_the_customers_language(owner: TestClient) -> None:
    page = owner.get("/calls").text
    assert '<div lang="zh-Hans" class="stack"><p class="quote">我知道价格涨了' in page
    assert "Mei" in page and "C7KQ-4M2X comes first" in page


def test_looking_at_the_list_draws_nothing(shop: FakeShop, owner: TestClient) -> None:
    owner.get("/calls")
    assert shop.calls.drawn == 0 and shop.calls.told == {}


def test_who_only_reads_writes_nothing_down(
    shop: FakeShop, visitor: TestClient, staff: Staff
) -> None:
    visitor.post(
        f"/welcome/{staff.invite('viewer', shop.clock.now())}",
        data={"name": "reader", "password": "a long enough one"},
    )
    form = {"csrf": token_of(visitor), "code": "silence", "who": "12347", "words": "x"}
    case = shop.cases()[0].id
    for path in ("/calls/k0/outcome", "/calls/ask", "/calls/draw", "/cases/open",
                 f"/cases/{case}/assign", f"/cases/{case}/close"):  # fmt: skip
        assert visitor.post(path, data=form).status_code == 403
    assert "Not reached</button>" not in visitor.get("/calls").text
