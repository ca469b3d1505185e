"""Who may come in, and what no page may forget."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from tests.unit.console.fake_shop import FakeShop

from huitou.doors.book import IDLE, PATIENCE, Staff
from huitou.doors.console.app import PAGES
from huitou.doors.console.guard import POLICY
from huitou.doors.console.visit import safe_path
from huitou.ground.errors import Refused

OPEN = {"/sign-in", "/welcome/{secret}", "/choose"}
PASSWORD = "a long enough one"
ROUTES = [route for page in PAGES for route in page.routes.routes if isinstance(route, APIRoute)]
GUARDED = [
    (method, route.path) for route in ROUTES if route.path not in OPEN for method in route.methods
]


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_a_stranger_is_led_to_the_door(visitor: TestClient, method: str, path: str) -> None:
    answer = visitor.request(method, path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("path", [path for method, path in GUARDED if method == "POST"])
def test_another_site_cannot_make_changes(owner: TestClient, path: str) -> None:
    answer = owner.post(path, headers={"origin": "http://elsewhere.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", [path for method, path in GUARDED if method == "POST"])
def test_a_form_without_the_sessions_token_changes_nothing(owner: TestClient, path: str) -> None:
    assert owner.post(path, data={"csrf": "wrong"}).status_code == 403


def test_looking_at_a_link_does_not_use_it_up(
    visitor: TestClient, staff: Staff, shop: FakeShop
) -> None:
    link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
    assert [visitor.get(link).status_code for _ in range(3)] == [200, 200, 200]
    assert visitor.post(link, data={"name": "one", "password": PASSWORD}).status_code == 200
    assert visitor.get(link).status_code == 410
    again = visitor.post(link, data={"name": "two", "password": PASSWORD, "csrf": ""})
    assert again.status_code == 403


def test_a_link_ends_after_a_day(staff: Staff, shop: FakeShop) -> None:
    now = shop.clock.now()
    secret = staff.invite("clerk", now)
    assert staff.link_is_good(secret, now)
    assert not staff.link_is_good(secret, now + timedelta(hours=25))


def test_a_wrong_password_and_an_unknown_name_read_the_same(
    owner: TestClient, visitor: TestClient
) -> None:
    visitor.cookies.clear()
    said = [
        visitor.post("/sign-in", data={"name": name, "password": "wrong wrong wrong"}).text
        for name in ("owner", "nobody")
    ]
    assert "the name or the password is wrong" in said[0]
    assert said[0] == said[1]


def test_many_wrong_passwords_make_a_name_wait(
    owner: TestClient, staff: Staff, shop: FakeShop
) -> None:
    now = shop.clock.now()
    for _ in range(PATIENCE):
        with pytest.raises(Refused, match="is wrong"):
            staff.sign_in("owner", "wrong wrong wrong", now)
    with pytest.raises(Refused, match="too many"):
        staff.sign_in("owner", PASSWORD, now)
    assert staff.sign_in("owner", PASSWORD, now + timedelta(minutes=5))


def test_of_many_tries_at_a_time_only_a_few_come_through(
    owner: TestClient, staff: Staff, shop: FakeShop
) -> None:
    now = shop.clock.now()
    start = threading.Barrier(4 * PATIENCE)

    def guess(_: int) -> str:
        start.wait(timeout=20)
        with pytest.raises(Refused) as refused:
            staff.sign_in("owner", "wrong wrong wrong", now)
        return refused.value.sentence

    with ThreadPoolExecutor(4 * PATIENCE) as guessers:
        told = list(guessers.map(guess, range(4 * PATIENCE)))
    assert sum("is wrong" in sentence for sentence in told) == PATIENCE


def test_each_further_wrong_password_doubles_the_wait(
    owner: TestClient, staff: Staff, shop: FakeShop
) -> None:
    now = shop.clock.now()
    for minutes in (0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 64):
        with pytest.raises(Refused, match="is wrong"):
            staff.sign_in("owner", "wrong wrong wrong", now)
        if minutes:
            with pytest.raises(Refused, match="too many"):
                staff.sign_in("owner", PASSWORD, now + timedelta(minutes=minutes, seconds=-1))
        now += timedelta(minutes=minutes)
    assert staff.sign_in("owner", PASSWORD, now)


def test_a_link_that_is_no_good_costs_no_hashing(
    staff: Staff, shop: FakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huitou.doors.book._hasher", None)
    with pytest.raises(Refused, match="has been used, or is too old"):
        staff.welcome("made up", "somebody", PASSWORD, shop.clock.now())


def test_a_session_ends_when_idle_when_signed_out_and_when_the_password_changes(
    owner: TestClient, staff: Staff, shop: FakeShop
) -> None:
    now = shop.clock.now()
    idle, left, changed = (staff.sign_in("owner", PASSWORD, now) for _ in range(3))
    assert staff.user_of(idle, now + IDLE + timedelta(minutes=1)) is None
    staff.sign_out(left)
    assert staff.user_of(left, now) is None
    user = staff.user_of(changed, now)
    assert user is not None
    fresh = staff.change_password(user, PASSWORD, "another long one", now)
    assert staff.user_of(changed, now) is None
    assert staff.user_of(fresh, now) == user


def test_a_token_opens_until_it_is_revoked(staff: Staff, shop: FakeShop) -> None:
    now = shop.clock.now()
    secret = staff.issue_token("till", ["read", "import"], now)
    token = staff.token_of(secret, now)
    assert token is not None
    assert token.scopes == ("import", "read")
    staff.revoke(token.id, now)
    assert staff.token_of(secret, now) is None


def test_who_only_reads_approves_nothing(visitor: TestClient, staff: Staff, shop: FakeShop) -> None:
    link = f"/welcome/{staff.invite('viewer', shop.clock.now())}"
    page = visitor.post(link, data={"name": "reader", "password": PASSWORD})
    token = page.text.split('name="csrf" content="')[1].split('"')[0]
    answer = visitor.post("/plan/plan1/approve", headers={"x-csrf-token": token})
    assert answer.status_code == 403
    assert shop.plan().status == "draft"


@pytest.mark.parametrize("path", ["/", "/questions", "/sign-in", "/static/console.css", "/nowhere"])
def test_every_answer_carries_the_policy(owner: TestClient, path: str) -> None:
    answer = owner.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/plan?act=call", "/plan?act=call"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_a_choice_nobody_is_led_elsewhere(asked: str, led: str) -> None:
    assert safe_path(asked) == led


def test_the_console_tells_no_machine_what_it_can(owner: TestClient) -> None:
    app = owner.app
    assert isinstance(app, FastAPI)
    assert app.openapi_url is None
