"""Sources are added, asked and removed by command line, console and API alike."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.unit.console.conftest import ROOT

import huitou
from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.doors.cli.sources import _row
from huitou.doors.console.app import app as console
from huitou.ground.clock import StoppedClock
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

QUERY = "SELECT id AS order_id, who AS customer_id, day AS order_date, paid AS amount FROM sold"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    opened = open_shop(tmp_path / "home", clock=StoppedClock(datetime(2026, 6, 1, tzinfo=UTC)))
    opened.change_settings(currency="EUR", timezone="Europe/Berlin")
    monkeypatch.setattr(huitou, "open", lambda _home: opened)
    yield opened
    opened.books.close()


@pytest.fixture
def address(tmp_path: Path) -> str:
    path = tmp_path / "till.db"
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE sold (id INTEGER, who TEXT, day TEXT, paid REAL)")
        con.execute(
            "INSERT INTO sold VALUES (1, 'a', '2026-05-01', 5.2), (2, 'b', '2026-05-02', 7)"
        )
    con.close()
    return f"sqlite:///{path}"


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([*words])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def test_on_the_command_line(
    shop: Shop, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ask.sql").write_text(QUERY)
    add = ("source", "add", "till", address)
    assert typed(capsys, *add)[0] == 2
    asked = (*add, "--query", f"@{tmp_path / 'ask.sql'}", "--cursor", "order_id")
    code, _, err = typed(capsys, *asked)
    assert code == 2 and "--yes" in err
    code, out, _ = typed(capsys, *asked, "--yes", "--fresh-hours", "24", "--json")
    assert code == 0 and json.loads(out)["fields"]["amount"] == "amount"
    code, out, _ = typed(capsys, "source", "test", "till", "--json")
    assert [row["amount"] for row in json.loads(out)["rows"]] == ["€5.20", "€7.00"]
    code, out, _ = typed(capsys, "source", "pull")
    assert code == 0 and "till: 2 rows: 2 applied" in out
    (tmp_path / "exports").mkdir()
    assert typed(capsys, "source", "add", "exports", str(tmp_path / "exports"))[0] == 0
    (tmp_path / "exports").rmdir()
    code, out, _ = typed(capsys, "source", "pull")
    assert code == 1 and "no folder" in out and "till: 0 rows" in out
    code, out, _ = typed(capsys, "source", "list")
    assert "failed" in out and "stale" in out
    row = _row(shop.sources.listed()[-1], shop.settings.zone)
    assert (row["last asked"], row["newest row"]) == ("2026-06-01 02:00", "2026-05-02 00:00")
    assert typed(capsys, "source", "change", "till")[0] == 2
    code, out, _ = typed(capsys, "source", "change", "till", "--on-types", "evolve")
    assert "types evolve" in out
    assert typed(capsys, "source", "files", "exports", "--json")[1] == "[]\n"
    assert "stays" in typed(capsys, "source", "remove", "till")[1]
    assert typed(capsys, "source", "pull", "till")[0] == 1


def test_a_run_asks_first(shop: Shop, address: str) -> None:
    shop.sources.add_database("till", address, QUERY, "order_id", "mei")
    shop.run()
    assert {metric.name: metric.value for metric in shop.metrics()}["orders"] == 2


def test_in_the_console_and_over_http(shop: Shop, address: str) -> None:
    staff = Staff(shop.books)
    with TestClient(console(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as owner:
        link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
        owner.post(link, data={"name": "owner", "password": "a long enough one"})
        page = owner.get("/sources").text
        token = page.split('name="csrf" value="')[1].split('"')[0]
        told = {"csrf": token, "name": "till", "address": address, "query": QUERY}
        added = owner.post("/sources/database", data={**told, "cursor": "order_id"})
        assert "sqlite:///" in added.text and "Not asked yet" in added.text
        refused = owner.post("/sources/database", data={**told, "name": "x", "query": "DROP"})
        assert refused.status_code >= 400
    with TestClient(api(shop, staff)) as program:
        secret = staff.issue_token("p", ("read", "import"), shop.clock.now())
        program.headers["Authorization"] = f"Bearer {secret}"
        assert program.post("/sources/till/pull").json()["applied"] == 2
        assert program.post("/sources/pull").json()[0]["rows"] == 0
        changed = program.patch("/sources/till", json={"on_columns": "freeze"}).json()
        assert changed["on_columns"] == "freeze"
        (row,) = program.get("/sources").json()
        assert (row["rows"], row["position"], row["is_stale"]) == (2, "2", False)
        assert program.get("/sources/till/files").json() == []
        assert program.delete("/sources/till").status_code == 200
        assert program.get("/sources").json() == []
    with TestClient(api(shop, staff)) as reader:
        secret = staff.issue_token("r", ("read",), shop.clock.now())
        reader.headers["Authorization"] = f"Bearer {secret}"
        assert reader.post("/sources/pull").status_code == 403
