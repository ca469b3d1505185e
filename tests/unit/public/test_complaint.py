"""What a customer meets who complains: the form, the answer, the page they follow it on."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from tests.unit.public.conftest import PNG, Customer, Wound

from huitou.care.complaints import book as complaints
from huitou.care.complaints import rules
from huitou.ground.errors import HuitouError
from huitou.runs.desks.public import letterbox
from huitou.runs.shop import Shop

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ 7*7 }} {% raw %} {n}",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+1", "-1+1", "@SUM(A1)", "＝1+1",
    "\u202egnp.exe", "a\x00b\x08c",
)  # fmt: skip


def row_of(shop: Shop, answer: Response) -> Any:
    shop.letterbox.carry()
    with shop.books.reading() as unit:
        return complaints.by_token(unit, token_of(answer))


def token_of(answer: Response) -> str:
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/p/complaint/([\w-]{43})\?lang=en", answer.headers["location"])
    assert found
    return found[1]


def page_of(customer: Customer, answer: Response) -> str:
    return customer.get(answer.headers["location"]).text


def work(shop: Shop, answer: Response, *steps: tuple[str, str]) -> None:
    """What staff do with a complaint: `("out", words)`, `("resolve", "")`, …"""
    shop.letterbox.carry()
    now = shop.clock.now()
    with shop.books.unit() as unit:
        found = complaints.by_token(unit, token_of(answer))
        assert found is not None
        for step, words in steps:
            if step == "resolve":
                complaints.resolve(unit, found["id"], "mei", now)
            elif step == "assign":
                complaints.assign(unit, found["id"], "mei", "mei", now)
            else:
                complaints.add_entry(unit, found["id"], step, "mei", words, now)


# -- complaining


def test_a_complaint_is_kept_and_its_page_says_so_before_the_books_have_it(
    customer: Customer, shop: Shop
) -> None:
    answer = customer.complain("The lid is broken.\r\nAgain.", kind="product", contact="138 0013")
    page = page_of(customer, answer)
    assert "We have it" in page
    assert "The lid is broken.\nAgain." in page
    number = re.search(r'class="big">([^<]+)<', page)
    assert number
    row = row_of(shop, answer)
    assert (row["number"], row["kind"], row["phone"]) == (number[1], "product", "138 0013")
    assert (row["state"], row["channel"], row["language"]) == ("new", "form", "en")
    later = page_of(customer, answer)
    assert number[1] in later
    assert later.count("The lid is broken.") == 1


def test_product_store_and_order_of_the_link_stand_in_the_form_and_are_kept(
    customer: Customer, shop: Shop
) -> None:
    link = "/p/complaint?product=龙井&store=静安&order=A-17"
    form = customer.get(link).text
    for value in ("龙井", "静安", "A-17"):
        assert f'value="{value}"' in form
    answer = customer.complain(product="龙井", store="静安", order="A-17")
    row = row_of(shop, answer)
    assert (row["product"], row["store"], row["order_id"]) == ("龙井", "静安", "A-17")


def test_another_language_keeps_what_the_link_said(customer: Customer) -> None:
    form = customer.get("/p/complaint?product=Tea+%26+cup&lang=en").text
    assert 'href="/p/complaint?product=Tea+%26+cup&amp;lang=zh-Hans"' in form


@pytest.mark.parametrize(
    ("told", "heading"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "哪里没让您满意？请告诉我们"),
        ("zh-TW,zh;q=0.9", "哪裡沒讓您滿意？請告訴我們"),
        ("en-GB", "Tell us what went wrong"),
    ],
)
def test_the_form_speaks_the_language_of_the_phone(
    customer: Customer, told: str, heading: str
) -> None:
    page = customer.get("/p/complaint", headers={"accept-language": told}).text
    assert f"<h1>{heading}</h1>" in page


def test_the_form_needs_no_script_no_cookie_and_no_account(customer: Customer) -> None:
    answer = customer.get("/p/complaint")
    assert "<script" not in answer.text
    assert "set-cookie" not in answer.headers
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]


def test_a_button_pressed_twice_is_one_complaint(customer: Customer, shop: Shop) -> None:
    told = {"form": customer.mark(), "words": "It never came.", "contact": "a@b.cn"}
    customer.clock.on(minutes=1)
    first = customer.post("/p/complaint?lang=en", data=told)
    again = customer.post("/p/complaint?lang=en", data=told)
    shop.letterbox.carry()
    late = customer.post("/p/complaint?lang=en", data=told)
    assert token_of(first) == token_of(again) == token_of(late)
    shop.letterbox.carry()
    with shop.books.reading() as unit:
        assert sum(complaints.counted(unit).values()) == 1


def test_going_back_and_writing_something_else_is_another_complaint(customer: Customer) -> None:
    mark = customer.mark()
    customer.clock.on(minutes=1)
    sent = [
        customer.post("/p/complaint?lang=en", data={"form": mark, "words": words})
        for words in ("It never came.", "It came, but broken.")
    ]
    assert token_of(sent[0]) != token_of(sent[1])


@pytest.mark.parametrize("words", ["", "  \r\n ", "x" * 5001])
def test_what_was_typed_stays_when_something_is_wrong(customer: Customer, words: str) -> None:
    told = {"name": "王芳", "contact": "a@b.cn", "kind": "price", "product": "龙井"}
    answer = customer.complain(words, **told)
    assert answer.status_code == 422
    for value in ("王芳", "a@b.cn", "龙井", words.strip()):
        assert value in answer.text
    assert re.search(r'value="price" checked', answer.text)
    assert 'role="alert"' in answer.text


def test_a_disk_that_takes_nothing_is_said_and_nothing_typed_is_lost(
    customer: Customer, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_record: object) -> None:
        raise HuitouError("this could not be kept just now")

    monkeypatch.setattr(shop._house.inbox, "keep", full)
    answer = customer.complain("It never came.", files=[("files", ("a.png", PNG))])
    assert answer.status_code == 503
    assert "It never came." in answer.text
    assert not list((shop.home / "attachments").iterdir())


def test_photos_are_kept_and_named_on_the_page(customer: Customer, shop: Shop) -> None:
    answer = customer.complain(files=[("files", ("../盒子.png", PNG)), ("files", ("", b""))])
    assert "盒子.png" in page_of(customer, answer)
    row = row_of(shop, answer)
    with shop.books.reading() as unit:
        (file,) = complaints.files(unit, row["id"])
    assert (file["media"], file["size"]) == ("image/png", len(PNG))
    assert (shop.home / "attachments" / file["id"]).read_bytes() == PNG
    assert "盒子.png" in page_of(customer, answer)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("a.svg", b"<svg onload=alert(1)>")], "neither a picture nor a PDF"),
        ([("a.png", b"<html>")], "neither a picture nor a PDF"),
        ([("a.png", PNG + b"0" * letterbox.LARGEST_FILE)], "is larger than 5 MB"),
        ([("a.png", PNG)] * 4, "Only 3 files"),
    ],
)
def test_a_file_that_cannot_be_taken_is_said_in_words(
    customer: Customer, shop: Shop, files: list[tuple[str, bytes]], said: str
) -> None:
    answer = customer.complain("The lid is off.", files=[("files", each) for each in files])
    assert answer.status_code == 422
    assert said in answer.text
    assert "The lid is off." in answer.text
    assert "choose your files once more" in answer.text
    assert not (shop.home / "attachments").exists()


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_typed_is_inert_on_the_page(customer: Customer, shop: Shop, words: str) -> None:
    told = dict.fromkeys(("name", "contact", "product", "store", "order"), words)
    answer = customer.complain(f"{words} and so on", **told)
    seen = [page_of(customer, answer)]
    row_of(shop, answer)
    seen.append(page_of(customer, answer))
    seen.append(customer.complain("", **told).text)
    for page in seen:
        bare = re.sub(r"<(/?)(?!script|img|svg)[^>]*>", "", page)
        assert not re.search(r"<script|<img|<svg", bare)
        assert "\x00" not in page
    assert "default-src 'self'" in customer.get("/p/complaint").headers["content-security-policy"]


# -- following


def test_both_sides_are_shown_and_what_staff_note_is_not(customer: Customer, shop: Shop) -> None:
    answer = customer.complain("It never came.")
    work(shop, answer, ("assign", ""), ("note", "a known grumbler"), ("out", "It is on its way."))
    page = page_of(customer, answer)
    assert "It never came." in page
    assert "It is on its way." in page
    assert "grumbler" not in page
    assert "mei" not in page


def test_a_word_added_is_shown_at_once_and_taken_once(customer: Customer, shop: Shop) -> None:
    answer = customer.complain()
    here = answer.headers["location"]
    told = {"form": customer.mark(here), "words": "And the box was wet."}
    for _ in range(2):
        assert customer.post(here, data=told).status_code == 303
    assert page_of(customer, answer).count("And the box was wet.") == 1
    for _ in range(2):
        shop.letterbox.carry()
        assert customer.post(here, data=told).status_code == 303
    shop.letterbox.carry()
    assert page_of(customer, answer).count("And the box was wet.") == 1


def test_the_same_word_on_another_day_is_another_word(customer: Customer, shop: Shop) -> None:
    answer = customer.complain()
    here = answer.headers["location"]
    for _ in range(2):
        customer.post(here, data={"form": customer.mark(here), "words": "Hello?"})
        customer.clock.on(days=1)
        shop.letterbox.carry()
    assert page_of(customer, answer).count("Hello?") == 2


def test_files_can_be_added_later(customer: Customer, shop: Shop) -> None:
    answer = customer.complain()
    here = answer.headers["location"]
    told = {"form": customer.mark(here), "words": "Here it is."}
    customer.post(here, data=told, files=[("files", ("bill.pdf", b"%PDF-1.7 x"))])
    assert "bill.pdf" in page_of(customer, answer)
    shop.letterbox.carry()
    assert page_of(customer, answer).count("bill.pdf") == 1


def test_what_is_not_settled_is_opened_again_with_one_tap(customer: Customer, shop: Shop) -> None:
    answer = customer.complain()
    work(shop, answer, ("out", "Here is another one."), ("resolve", ""))
    assert "We think this is settled" in page_of(customer, answer)
    here = answer.headers["location"]
    customer.post(here, data={"form": customer.mark(here), "words": ""})
    row = row_of(shop, answer)
    assert (row["state"], row["reopened"]) == ("assigned", 1)
    page = page_of(customer, answer)
    assert "It is not settled." in page
    assert "Somebody is looking into it" in page


def test_it_is_rated_once_it_is_settled_and_not_before(customer: Customer, shop: Shop) -> None:
    answer = customer.complain()
    rated = f"/p/complaint/{token_of(answer)}/rate?lang=en"
    customer.post(rated, data={"stars": "5"})
    assert row_of(shop, answer)["csat"] is None
    assert "How content are you" not in page_of(customer, answer)
    work(shop, answer, ("out", "Here is another one."), ("resolve", ""))
    assert customer.post(rated, data={"stars": "4"}).status_code == 303
    assert "You said 4 of 5" in page_of(customer, answer)
    assert row_of(shop, answer)["csat"] == 4
    assert "You said 4 of 5" in page_of(customer, answer)
    for wrong in ("0", "6", "", "12", "five"):
        assert customer.post(rated, data={"stars": wrong}).status_code == 422


def test_any_wrong_address_shows_the_same_page(customer: Customer) -> None:
    token = token_of(customer.complain())
    wrong = (token[:-1] + ("a" if token[-1] != "a" else "b"), "x", "0" * 43, token.lower())
    pages = [customer.get(f"/p/complaint/{each}?lang=en").text for each in wrong]
    assert len({re.sub(r"/complaint/[\w-]+", "", page) for page in pages}) == 1
    for each in wrong:
        assert customer.get(f"/p/complaint/{each}").status_code == 404
        assert customer.post(f"/p/complaint/{each}", data={"words": "x"}).status_code == 404
        assert customer.post(f"/p/complaint/{each}/rate", data={"stars": "1"}).status_code == 404


def test_looking_changes_nothing(customer: Customer, shop: Shop) -> None:
    answer = customer.complain()
    shop.letterbox.carry()
    before = state(shop)
    here = answer.headers["location"]
    for path in ("/p/complaint", here, "/p/complaint/nobody", here.split("?")[0] + "/rate"):
        customer.get(path)
        customer.site.head(path)
    assert state(shop) == before


def state(shop: Shop) -> dict[str, bytes | int]:
    """Every file under the shop, and what the books would be as a text."""
    files = [path for path in shop.home.rglob("*") if path.is_file() and "books" not in path.name]
    told: dict[str, bytes | int] = {str(path): path.read_bytes() for path in files}
    with closing(sqlite3.connect(shop.home / "books.db")) as books:
        told["books"] = hash("\n".join(books.iterdump()))
    return told


# -- spam and floods


@pytest.mark.parametrize("seconds", [1, 25 * 3600])
def test_a_form_sent_too_fast_or_too_late_is_held_and_nothing_is_lost(
    customer: Customer, shop: Shop, seconds: int
) -> None:
    mark = customer.mark()
    customer.clock.on(seconds=seconds)
    answer = customer.post("/p/complaint?lang=en", data={"form": mark, "words": "Buy now"})
    assert "We have it" in page_of(customer, answer)
    row = row_of(shop, answer)
    assert row["state"] == "held"
    with shop.books.reading() as unit:
        (note,) = [e for e in complaints.entries(unit, row["id"]) if e["kind"] == "note"]
    assert note["words"] in ("held: too fast", "held: too old")
    assert "held" not in page_of(customer, answer)


@pytest.mark.parametrize(
    "told",
    [
        {"website": "http://spam"},
        {"form": "forged"},
        {"words": "http://a.cn http://b.cn http://c.cn"},
    ],
)
def test_signs_of_a_machine_hold_it(customer: Customer, shop: Shop, told: dict[str, str]) -> None:
    fields = {"form": customer.mark(), "words": "It is broken."} | told
    customer.clock.on(minutes=1)
    answer = customer.post("/p/complaint?lang=en", data=fields)
    assert row_of(shop, answer)["state"] == "held"


def test_the_same_text_many_times_is_held_from_then_on(customer: Customer, shop: Shop) -> None:
    text = "Cheap tea sets in all colours, only at our place, today!"
    states = [row_of(shop, customer.complain(text))["state"] for _ in range(6)]
    assert states == ["new"] * 4 + ["held"] * 2


def test_a_flood_is_held_off_in_plain_words_and_in_ones_language(customer: Customer) -> None:
    told = {"form": "x", "words": "again"}
    answers = [customer.post("/p/complaint?lang=zh-Hans", data=told) for _ in range(70)]
    assert {each.status_code for each in answers} == {303, 429}
    refused = next(each for each in answers if each.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert "请返回，等一分钟再发一次" in refused.text


def test_another_address_gets_in_meanwhile(shop: Shop, clock: Wound) -> None:
    from fastapi.testclient import TestClient

    from huitou.doors.public.app import app

    door = app(shop)
    flooder = TestClient(door, client=("198.51.100.7", 1), follow_redirects=False)
    other = TestClient(door, client=("198.51.100.8", 1), follow_redirects=False)
    told = {"form": "x", "words": "again"}
    while flooder.post("/complaint", data=told).status_code != 429:
        pass
    assert other.post("/complaint", data=told).status_code == 303


@pytest.mark.parametrize(
    ("media", "size", "status"),
    [
        ("multipart/form-data; boundary=x", 17 * 2**20, 413),
        ("application/x-www-form-urlencoded", 300 * 2**10, 413),
        ("multipart/form-data; boundary=x", 100, 400),
        ("multipart/form-data", 100, 400),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_too_large_or_no_form_is_said_in_words(
    customer: Customer, shop: Shop, media: str, size: int, status: int, chunked: bool
) -> None:
    raw = b"a" * size
    body: Any = (raw[n : n + 2**16] for n in range(0, size, 2**16)) if chunked else raw
    answer = customer.post("/p/complaint?lang=en", content=body, headers={"content-type": media})
    assert answer.status_code == status
    assert "Please go back" in answer.text
    assert shop.letterbox.waiting() == 0


def test_headers_without_end_are_refused(customer: Customer) -> None:
    answer = customer.get("/p/complaint?lang=en", headers={"x-long": "a" * 20_000})
    assert answer.status_code == 431
    assert "open the page anew" in answer.text


def test_a_thousand_fields_are_no_form(customer: Customer) -> None:
    told = {f"f{n}": "x" for n in range(1000)}
    files = [("files", ("a.png", PNG))]
    answer = customer.post("/p/complaint?lang=en", data=told, files=files)
    assert answer.status_code == 400


def test_one_who_answers_without_end_is_asked_to_wait(customer: Customer, shop: Shop) -> None:
    token = token_of(customer.complain())
    for n in range(letterbox.MOST_ANSWERS):
        shop.letterbox.answer(token, f"and {n}", str(n))
    with pytest.raises(letterbox.Unfit):
        shop.letterbox.answer(token, "and more", "x")


# -- the door beside the console's


def test_a_session_of_the_console_counts_for_nothing_here(
    customer: Customer, shop: Shop, home: Path
) -> None:
    """Another site may post here as anybody may: there is no authority to borrow."""
    from huitou.doors.book import Staff

    staff = Staff(shop.books)
    link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
    told = {"name": "owner", "password": "a long enough one"}
    origin = {"origin": "http://testserver"}
    customer.site.post(link, data=told, headers=origin)
    assert customer.site.cookies
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    fields = {"form": "x", "words": "from another site"}
    answer = customer.site.post("/p/complaint?lang=en", data=fields, headers=foreign)
    row = row_of(shop, answer)
    assert (row["state"], row["owner"]) == ("held", None)
    assert customer.site.post("/settings", data={}, headers=foreign).status_code == 403


def test_a_run_takes_what_waits_before_it_decides(customer: Customer, shop: Shop) -> None:
    from huitou.ground.errors import NotYet

    customer.complain()
    with pytest.raises(NotYet):  # this shop has no orders
        shop.run()
    assert shop.letterbox.waiting() == 0
    with shop.books.reading() as unit:
        assert complaints.counted(unit) == {"new": 1}


def test_a_record_the_books_refuse_is_set_aside_and_those_behind_it_are_taken(
    customer: Customer, shop: Shop
) -> None:
    inbox = shop._house.inbox
    inbox.keep({"kind": "nobody knows", "at": "2026-03-02T09:30:00+00:00"})
    inbox.keep({"kind": "word", "at": "2026-03-02T09:30:00+00:00", "token": "gone"})
    answer = customer.complain()
    assert row_of(shop, answer)["state"] == "new"
    assert shop.letterbox.waiting() == shop.upkeep().aside == 2


def test_the_form_stays_fast_while_the_books_are_held(customer: Customer, shop: Shop) -> None:
    with shop.books.unit() as unit:
        unit.value(complaints.complaint.select())  # takes the write lock
        answer = customer.complain("It never came.")
        assert "We have it" in page_of(customer, answer)
    assert row_of(shop, answer)["state"] == "new"


def test_one_record_nobody_can_read_does_not_stop_those_that_come_later(
    customer: Customer, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huitou.runs.desks.public import carrying

    def stumbles(*_told: object) -> None:
        raise AttributeError("of another version")

    monkeypatch.setitem(carrying.TAKERS, "odd", stumbles)
    inbox = shop._house.inbox
    inbox.keep({"kind": "odd", "at": "2026-03-02T09:30:00+00:00"})
    shop.letterbox.carry()
    assert shop.upkeep().aside == 1
    shop.letterbox.carrier.start()
    try:
        answer = customer.complain()
        for _ in range(100):
            if not inbox.about(rules.hashed(token_of(answer))):
                break
            time.sleep(0.1)
        with shop.books.reading() as unit:
            assert complaints.counted(unit) == {"new": 1}
    finally:
        shop.letterbox.carrier.stop()


def test_a_lake_that_cannot_be_read_keeps_no_complaint_from_the_books(
    customer: Customer, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huitou.runs import owners

    def broken(*_told: object) -> None:
        raise ValueError("not a table")

    monkeypatch.setattr(owners, "found", broken)
    answer = customer.complain()
    assert row_of(shop, answer)["state"] == "new" and shop.upkeep().aside == 0
