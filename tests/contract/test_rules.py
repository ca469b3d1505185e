"""Every room of rules keeps one promise: read, refused with the line, kept, tried and switched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.doors.tables import metadata
from huitou.doors.web import web
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import BadRule, Refused
from huitou.runs.desks.rulebook.rooms import ROOMS, Room
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

ROOT = "http://testserver"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
A_RULE = re.compile(r"(?m)^\s*([a-z_0-9]+) = ([^\[{\n#]+?)[ ]*(?:#.*)?$")
EVERY = pytest.mark.parametrize("room", ROOMS.values(), ids=list(ROOMS))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = open_shop(tmp_path / "shop", clock=StoppedClock(NOW))
    shop.change_settings(name="茶铺", currency="CNY", timezone="Asia/Shanghai")
    metadata.create_all(shop.books.engine)
    return shop


@pytest.fixture
def owner(shop: Shop) -> Iterator[TestClient]:
    staff = Staff(shop.books)
    with TestClient(web(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as site:
        told = {"name": "owner", "password": "a long enough one"}
        assert site.post(f"/welcome/{staff.invite('owner', NOW)}", data=told).status_code == 200
        yield site


def wrongs(text: str) -> Iterator[tuple[int, str, str]]:
    """The text with one value made nonsense, for each rule it has; line, rule, text."""
    for each in A_RULE.finditer(text):
        line = text[: each.start(2)].count("\n") + 1
        yield line, each[1], f"{text[: each.start(2)]}nan{text[each.end(2) :]}"


def token(site: TestClient, path: str) -> str:
    return site.get(path).text.split('name="csrf" value="', 1)[1].split('"', 1)[0]


@EVERY
def test_rules_are_read_refused_with_their_line_and_kept(shop: Shop, room: Room) -> None:
    book = shop.rules(room.name)
    before, view = book.text, book.view()
    assert view.wrong is None and not view.is_own and view.text == before
    assert room.has_switch == hasattr(room.file.as_shipped(*room.around(shop.settings)), "on")
    tried = list(wrongs(before)) or [(1, "country", "country = nan\n")]
    for line, rule, text in tried:
        with pytest.raises(BadRule) as bad:
            book.write(text, "mei")
        wrong = bad.value
        assert (wrong.file, wrong.row) == (room.file.file, line), f"{rule}: {wrong}"
        assert wrong.column and wrong.column.split(".")[-1] == rule and rule in str(wrong)
        assert book.text == before and not room.file.is_own(shop.home), "the old ones stay"
    with pytest.raises(BadRule, match="surprising"):
        book.write(f"surprising = 1\n{before}", "mei")
    assert book.write(f"# Mine.\r\n{before}", "mei").is_own
    assert book.text == f"# Mine.\n{before}"


@EVERY
def test_a_room_with_a_switch_is_switched_and_all_else_stays(shop: Shop, room: Room) -> None:
    book = shop.rules(room.name)
    if not room.has_switch:
        with pytest.raises(Refused):
            book.switch(True, "mei")
        assert book.view().on is None
        return
    before = book.text
    assert book.view().on is False and book.switch(True, "mei").on is True
    assert book.view().on is True and book.switch(False, "mei").on is False
    since = re.compile(r"since = 2026-03-02\n")
    assert since.sub("", book.text) == before and bool(since.search(book.text)) == room.dated


@EVERY
def test_a_file_that_was_broken_by_hand_is_shown_and_named_by_the_doctor(
    shop: Shop, owner: TestClient, room: Room
) -> None:
    room.file.write(shop.home, "on = \n")
    view = shop.rules(room.name).view()
    assert view.on is None and view.text == "on = \n" and "line 1" in str(view.wrong)
    assert [each for each in shop.check() if room.file.file in each] == [view.wrong]
    page = owner.get(f"/rules/{room.name}")
    assert page.status_code == 200 and "on = " in page.text
    assert "/rules/" + room.name in owner.get("/rules").text


@EVERY
def test_the_command_shows_tries_keeps_and_switches(
    shop: Shop, room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["--home", str(shop.home), *room.command.split(), *words])
        out, err = capsys.readouterr()
        return int(str(end.value.code)), out, err

    before = shop.rules(room.name).text
    assert call()[1].rstrip("\n") == before.rstrip("\n")
    mine, bad = tmp_path / "mine.toml", tmp_path / "bad.toml"
    mine.write_text(f"# Mine.\n{before}", encoding="utf-8")
    bad.write_text(f"surprising = 1\n{before}", encoding="utf-8")
    code, _, err = call("--file", str(bad))
    assert code == 2 and f"{room.file.file}, line 1: " in err and "try: " in err
    assert call(str(mine), "--try")[0] == 0 and not room.file.is_own(shop.home)
    for words in ([str(mine)], ["--file", str(mine)], ["--write", str(mine)], ["--set", str(mine)]):
        (shop.home / room.file.file).unlink(missing_ok=True)
        assert call(*words)[0] == 0 and shop.rules(room.name).text.startswith("# Mine.")
    code, out, err = call("--on", "--json")
    assert code == (0 if room.has_switch else 1)
    told: dict[str, Any] = json.loads(out)
    assert told["on"] is True if room.has_switch else told["error"]
    assert ("--on" in call("--help")[1]) == room.has_switch


@EVERY
def test_a_program_reads_tries_and_changes_them(shop: Shop, room: Room) -> None:
    staff = Staff(shop.books)
    tokens = {
        scope: {"Authorization": f"Bearer {staff.issue_token(scope, (scope,), NOW)}"}
        for scope in ("read", "plan", "ask", "till")
    }
    may, other = tokens[room.scope], tokens["till"]
    with TestClient(api(shop, staff)) as site:
        read = site.get(room.address, headers=tokens["read"]).json()
        assert read["text"] == shop.rules(room.name).text and read["room"] == room.name
        mine = {"text": f"# Mine.\n{read['text']}"}
        wrong = {"text": f"surprising = 1\n{read['text']}"}
        for verb, path in (("PUT", room.address), ("POST", f"{room.address}/try")):
            assert site.request(verb, path, json=mine, headers=other).status_code == 403
            refused = site.request(verb, path, json=wrong, headers=may)
            error = refused.json()["error"]
            assert refused.status_code == 422 and error["row"] == 1 and error["to_try"]
            assert (error["file"], error["column"]) == (room.file.file, "surprising")
        assert site.post(f"{room.address}/try", json=mine, headers=may).is_success
        nothing = site.put(room.address, json={}, headers=may)
        assert nothing.status_code == 422 and "the text of the rules" in nothing.text
        assert site.get(room.address, headers=tokens["read"]).json() == read, "nothing was kept"
        assert site.put(room.address, json=mine, headers=may).json()["text"] == mine["text"]
        switched = site.put(room.address, json={"on": True}, headers=may)
        assert switched.json()["on"] is True if room.has_switch else switched.status_code == 403
        rooms = [each["room"] for each in site.get("/rules", headers=tokens["read"]).json()]
        assert rooms == list(ROOMS)


@EVERY
def test_the_form_shows_what_is_wrong_and_keeps_what_was_typed(
    shop: Shop, owner: TestClient, room: Room
) -> None:
    at, before = f"/rules/{room.name}", shop.rules(room.name).text
    page = owner.get(room.page)
    assert page.status_code == 200 and f'action="{at}"' in page.text
    form = {"csrf": token(owner, at), "text": f"<b>surprising = 1\n{before}"}
    wrong = owner.post(at, data=form)
    assert wrong.status_code == 422 and "Line 1:" in wrong.text
    assert "&lt;b&gt;surprising" in wrong.text and "<b>surprising" not in wrong.text
    typed = {"hx-request": "true"}
    part = owner.post(f"{at}/try", data=form, headers=typed)
    assert part.status_code == 200 and part.text.lstrip().startswith(f'<div id="tried-{room.name}"')
    mine = form | {"text": f"# Mine.\r\n{before}"}
    assert owner.post(f"{at}/try", data=mine, headers=typed).text.count('role="alert"') == 0
    assert not room.file.is_own(shop.home), "trying keeps nothing"
    kept = owner.post(at, data=mine, follow_redirects=False)
    assert kept.headers["location"] == f"{room.page}?saved={room.name}#rules-{room.name}"
    assert shop.rules(room.name).text == f"# Mine.\n{before}"
    switch = owner.post(f"{at}/switch", data=form | {"on": "true"}, follow_redirects=False)
    assert switch.status_code == (303 if room.has_switch else 403)
    assert bool(shop.rules(room.name).view().on) == room.has_switch


def test_staff_who_are_no_managers_read_rules_and_change_none(
    shop: Shop, owner: TestClient
) -> None:
    staff = Staff(shop.books)
    told = {"name": "clerk", "password": "a long enough one"}
    with TestClient(web(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as clerk:
        assert clerk.post(f"/welcome/{staff.invite('clerk', NOW)}", data=told).is_success
        page = clerk.get("/rules/points")
        assert "per_unit" in page.text and "<textarea" not in page.text
        form = {"csrf": token(clerk, "/"), "text": "on = false\n", "on": "true"}
        for path in ("/rules/points", "/rules/points/try", "/rules/points/switch"):
            assert clerk.post(path, data=form).status_code == 403
