"""Databases and folders are asked for what is new; asked twice or killed, nothing doubles."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from sqlalchemy import create_engine, make_url, text

from huitou.ground import failpoints
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import Ambiguous, BadInput, HuitouError, Refused
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.ground.words import Sentence
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources import child, files
from huitou.sources.contract import Declared
from huitou.sources.fetched import database
from huitou.sources.fetched.contract import Expected

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BERLIN = Declared(currency="EUR", timezone="Europe/Berlin")
MAKE = """CREATE TABLE sold (id INTEGER, pos INTEGER, customer VARCHAR(20), bought TIMESTAMP,
    goods VARCHAR(20), paid DECIMAL(12, 2), changed TIMESTAMP)"""
QUERY = """SELECT id AS order_id, pos AS line_id, customer AS customer_id, bought AS order_date,
    goods AS product, paid AS amount, changed AS updated_at FROM sold"""
ROWS = [
    (n // 2, n % 2, f"c{n // 2 % 7}", f"2026-0{1 + n // 2 % 5}-11 10:00:00",
     "tea" if n % 2 else "Tasse: blau", n + 0.5, f"2026-05-{1 + n // 4:02d} 08:00:00")
    for n in range(40)
]  # fmt: skip


class Database:
    """A shop's database of one kind, and how it is written to."""

    def __init__(self, address: str, write: Callable[[str, Sequence[Any]], None]) -> None:
        self.address, self.write = address, write
        self.secret_env: str | None = None

    def sell(self, rows: Sequence[tuple[Any, ...]]) -> None:
        marks = ", ".join(
            f"({a}, {b}, '{c}', '{d}', '{e}', {f}, '{g}')" for a, b, c, d, e, f, g in rows
        )
        self.write(f"INSERT INTO sold VALUES {marks}", ())


def in_sqlite(folder: Path) -> Database:
    path = folder / "it's a shop.db"

    def write(statement: str, values: Sequence[Any]) -> None:
        con = sqlite3.connect(path)
        con.execute(statement, values)
        con.commit()
        con.close()

    return Database(f"sqlite:///{path}", write)


def in_duckdb(folder: Path) -> Database:
    path = folder / "shop.duckdb"

    def write(statement: str, values: Sequence[Any]) -> None:
        with duckdb.connect(str(path)) as con:
            con.execute(statement, values)

    return Database(f"duckdb:///{path}", write)


def in_postgres(url: str) -> Database:
    engine = create_engine(url)

    def write(statement: str, _values: Sequence[Any]) -> None:
        with engine.begin() as con:
            con.execute(text(statement.replace(":", "\\:")))

    write("DROP TABLE IF EXISTS sold", ())
    return Database(url.replace("postgresql+psycopg", "postgresql"), write)


def in_mysql() -> Database:
    """A server that somebody named, for nobody has one at hand: the reader may write there."""
    url = os.environ.get("HUITOU_TEST_MYSQL")
    if url is None:
        pytest.skip("mysql: $HUITOU_TEST_MYSQL names no server (mysql://user:password@host/empty)")
    told = make_url(url)
    engine = create_engine(told.set(drivername="mysql+pymysql"))
    os.environ["HUITOU_SOURCE_MYSQL"] = told.password or ""

    def write(statement: str, _values: Sequence[Any]) -> None:
        with engine.begin() as con:
            con.execute(text(statement.replace(":", "\\:").replace("TIMESTAMP", "DATETIME")))

    write("DROP TABLE IF EXISTS sold", ())
    made = Database(str(told._replace(password=None)), write)
    made.secret_env = "HUITOU_SOURCE_MYSQL"
    return made


@pytest.fixture(params=["sqlite", "duckdb", "postgres", "mysql"])
def sold(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """The same sales in a database of each kind."""
    if request.param == "mysql":
        made = in_mysql()
    elif request.param == "postgres":
        made = in_postgres(request.getfixturevalue("postgres_url"))
    else:
        made = {"sqlite": in_sqlite, "duckdb": in_duckdb}[request.param](tmp_path)
    made.write(MAKE, ())
    made.sell(ROWS[:30])
    return made


@pytest.fixture(autouse=True)
def no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the child does, in this process: it has tests of its own, and a start costs a second."""

    def done(request: dict[str, Any], *_: object) -> Any:
        answer = child._TASKS[request["do"]](request, lambda _message: None)
        return json.loads(json.dumps(answer, default=str))

    monkeypatch.setattr(files, "_ask", done)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = open_shop(tmp_path / "home", clock=StoppedClock(NOW))
    yield opened
    opened.books.close()


def add(shop: Shop, sold: Database, **more: Any) -> None:
    told = {"declared": BERLIN, "secret_env": sold.secret_env, **more}
    shop.sources.add_database("till", sold.address, QUERY, "updated_at", "mei", **told)


def lines(shop: Shop) -> list[tuple[Any, ...]]:
    with shop._house.lake.writing("look") as con:
        return con.execute(
            "SELECT order_id, line_id, amount, product, ordered_at FROM lines ORDER BY ALL"
        ).fetchall()


def test_a_database_is_read_once_then_only_what_is_new_or_changed(
    shop: Shop, sold: Database
) -> None:
    add(shop, sold)
    first = shop.sources.pull("till")
    assert (first.rows, first.applied) == (30, 30)
    assert shop.sources.pull("till").rows == 0
    sold.sell(ROWS[30:])
    sold.write("UPDATE sold SET paid = 99.25, changed = '2026-05-30 08:00:00' WHERE id = 3", ())
    second = shop.sources.pull("till")
    assert second.applied == 10 + 2 and second.rows < 20
    found = lines(shop)
    assert len(found) == 40
    assert [amount for order, _, amount, *_ in found if order == "3"] == [9925, 9925]
    assert shop.sources.pull("till", anew=True).applied == 0
    assert lines(shop) == found
    (row,) = shop.sources.listed()
    assert row.rows == 42 and row.position == "2026-05-30T08:00:00".replace(
        "T", " " if sold.address.startswith("sqlite") else "T"
    )
    assert row.fields["amount"] == "amount" and not row.failed


def test_who_is_killed_before_the_position_is_kept_asks_again_and_nothing_doubles(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = in_sqlite(tmp_path)
    sold.write(MAKE, ())
    sold.sell(ROWS[:30])
    add(shop, sold)
    monkeypatch.setattr(database, "PORTION", 8)
    monkeypatch.setenv(VARIABLE, "fetched.taken:2:raise")
    monkeypatch.setattr(failpoints, "_visits", Counter())
    with pytest.raises(Stopped):
        shop.sources.pull("till")
    assert 8 < len(lines(shop)) < 30
    monkeypatch.delenv(VARIABLE)
    assert shop.sources.pull("till").unchanged > 0
    assert len(lines(shop)) == 30


def test_a_source_may_only_read(shop: Shop, sold: Database) -> None:
    for query, reason in (
        ("DELETE FROM sold", "one SELECT"),
        ("SELECT 1; DELETE FROM sold", "one SELECT"),
        ("WITH gone AS (DELETE FROM sold RETURNING *) SELECT * FROM gone", "does not answer"),
    ):
        with pytest.raises(HuitouError, match=reason):
            shop.sources.add_database(
                "x", sold.address, query, "id", "mei", declared=BERLIN, secret_env=sold.secret_env
            )
    secret = os.environ[sold.secret_env] if sold.secret_env else None
    with pytest.raises(HuitouError), database.opened(sold.address, secret) as asked:
        list(asked.answers.ask("INSERT INTO sold (id) VALUES (1)", None)[1])
    add(shop, sold)
    assert shop.sources.pull("till").rows == 30


def test_a_cursor_that_is_not_there_is_told_with_those_that_are(shop: Shop, sold: Database) -> None:
    with pytest.raises(HuitouError):
        shop.sources.add_database(
            "till", sold.address, QUERY, "changed_at", "mei",
            declared=BERLIN, secret_env=sold.secret_env,
        )  # fmt: skip


def test_the_bad_day_was_decided_before(shop: Shop, tmp_path: Path) -> None:
    sold = in_sqlite(tmp_path)
    sold.write(MAKE, ())
    sold.sell(ROWS[:30])
    add(shop, sold)
    shop.sources.pull("till")
    sold.write(
        "INSERT INTO sold VALUES (90, 0, 'c1', '2026-05-20', 'tea', 'five', '2026-05-29')", ()
    )
    aside = shop.sources.pull("till")  # SQLite keeps a word in a column of figures
    assert (aside.applied, aside.quarantined) == (0, 1)
    (waiting,) = shop.quarantined()
    assert (
        waiting.column == "amount"
        and str(waiting.reason) == "this is a text, where a number is expected"
    )
    sold.write("ALTER TABLE sold ADD COLUMN clerk VARCHAR(9)", ())
    sold.write(
        "INSERT INTO sold VALUES (91, 0, 'c1', '2026-05-20', 'tea', 5, '2026-05-30', 'li')", ()
    )
    wide = QUERY.replace(" FROM", ", clerk FROM")
    with shop.books.unit() as unit:
        from sqlalchemy import update

        from huitou.sources.fetched.tables import fetched

        unit.change(update(fetched).values(query=wide))
    shop.sources.change("till", on_columns="freeze")
    with pytest.raises(BadInput, match="'clerk' is new"):
        shop.sources.pull("till")
    (row,) = shop.sources.listed()
    assert row.failed and "frozen" in str(row.told) and row.position == "2026-05-29"
    shop.sources.change("till", on_columns="evolve")
    went = shop.sources.pull("till")
    assert went.applied == 1 and "clerk" in str(went.told[0])
    assert shop.sources.listed()[0].columns["clerk"] == "text"
    with pytest.raises(Refused, match="--on-types"):
        shop.sources.change("till", on_types="shrug")


def test_secrets_stay_in_the_environment(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="no password") as told:
        shop.sources.add_database("x", "postgresql://a:geheim@h/d", QUERY, "id", "mei")
    assert "geheim" not in str(told.value)
    with pytest.raises(HuitouError, match="is empty"):
        shop.sources.add_database(
            "x", "postgresql://a@127.0.0.1:1/d", QUERY, "id", "mei", secret_env="HUITOU_SOURCE_NONE"
        )
    monkeypatch.setenv("HUITOU_SMTP_PASSWORD", "geheim")
    with pytest.raises(Refused, match="HUITOU_SOURCE_"):
        shop.sources.add_database(
            "x", "postgresql://a@h/d", QUERY, "id", "mei", secret_env="HUITOU_SMTP_PASSWORD"
        )
    monkeypatch.setenv("HUITOU_SOURCE_DB", "geheim")
    with pytest.raises(HuitouError, match="does not answer") as failed:
        shop.sources.add_database(
            "x", "postgresql://a@127.0.0.1:1/d", QUERY, "id", "mei", secret_env="HUITOU_SOURCE_DB"
        )
    assert "geheim" not in str(failed.value) and failed.value.__cause__ is None


def test_a_database_of_duckdb_opens_no_other_file(shop: Shop, tmp_path: Path) -> None:
    sold = in_duckdb(tmp_path)
    sold.write(MAKE, ())
    (tmp_path / "private.csv").write_text("id,secret\n1,2\n")
    spying = f"SELECT * FROM read_csv('{tmp_path / 'private.csv'}')"
    with pytest.raises(HuitouError, match="does not answer"):
        shop.sources.add_database("x", sold.address, spying, "id", "mei", declared=BERLIN)


def test_what_the_first_rows_leave_open_is_asked(shop: Shop, tmp_path: Path) -> None:
    sold = in_sqlite(tmp_path)
    sold.write(MAKE, ())
    sold.sell(ROWS[:3])
    with pytest.raises(Ambiguous) as asked:
        shop.sources.add_database("till", sold.address, QUERY, "updated_at", "mei")
    assert [question.code for question in asked.value.questions] == ["currency", "timezone"]


def test_a_source_that_grows_old_or_does_not_answer_is_seen_and_stops_no_other(
    shop: Shop, tmp_path: Path
) -> None:
    sold = in_sqlite(tmp_path)
    sold.write(MAKE, ())
    sold.sell(ROWS[:3])
    shop.change_settings(currency="EUR", timezone="Europe/Berlin")
    add(shop, sold, expected=Expected(fresh_hours=24))
    folder = tmp_path / "exports"
    folder.mkdir()
    shop.sources.add_folder("exports", str(folder), "mei")
    folder.rmdir()
    found = shop.sources.pull_all()
    assert [(each.name, each.applied, each.failed) for each in found] == [
        ("exports", 0, True), ("till", 3, False)
    ]  # fmt: skip
    exports, till = shop.sources.listed()
    assert till.is_stale and till.newest == datetime(2026, 2, 11, 9, tzinfo=UTC)
    assert exports.failed and "no folder" in str(exports.told)
    shop.sources.remove("exports")
    assert [each.name for each in shop.sources.listed()] == ["till"]
    shop.sources.pull_all()


HEADER = "order_id,customer_id,order_date,sku,quantity,amount\n"


def lay(folder: Path, name: str, body: str, age: float = 60) -> Path:
    path = folder / name
    path.write_text(HEADER + body, encoding="utf-8")
    moment = NOW.timestamp() - age
    os.utime(path, (moment, moment))
    return path


def test_a_folder_is_taken_file_by_file_each_once(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    first = lay(tmp_path, "first.csv", "1,a,2026-05-01,tea,1,5\n")
    shop.take(first, BERLIN, confirmed=True)
    shop.sources.add_folder("exports", str(folder), "mei")
    lay(folder, "may.csv", "2,a,2026-05-02,tea,1,5\n3,b,2026-05-03,cup,1,7\n")
    lay(folder, "half.csv", "4,b,2026-05-04,tea,1,", age=2)
    lay(folder, "later.csv.part", "5,b,2026-05-04,tea,1,5\n")
    lay(folder, "picture.csv", "").write_bytes(b"\x89PNG\r\n" + bytes(200))
    os.utime(folder / "picture.csv", (0, 0))
    (folder / "link.csv").symlink_to(first)
    found = shop.sources.pull("exports")
    assert (found.files, found.applied, found.set_aside) == (2, 2, 1)
    names = {each.name: each.reason for each in shop.sources.files("exports")}
    assert names == {"may.csv": None, "picture.csv": Sentence("this is a picture, not a table")}
    assert shop.sources.pull("exports").files == 0
    lay(folder, "copy of may.csv", "2,a,2026-05-02,tea,1,5\n3,b,2026-05-03,cup,1,7\n")
    assert shop.sources.pull("exports").files == 0
    lay(folder, "half.csv", "4,b,2026-05-04,tea,1,5\n")
    lay(folder, "may.csv", "2,a,2026-05-02,tea,2,10\n3,b,2026-05-03,cup,1,7\n", age=40)
    again = shop.sources.pull("exports")
    assert (again.files, again.applied) == (2, 2)
    assert len(lines(shop)) == 4
    assert shop.sources.pull("exports", again=True).set_aside == 1
    assert sorted(shop.sources.test("exports"))[0] == "copy of may.csv"


def test_a_file_like_none_before_waits_until_somebody_has_said_how_it_is_read(
    shop: Shop, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    shop.change_settings(currency="EUR", timezone="Europe/Berlin")
    shop.sources.add_folder("exports", str(folder), "mei")
    path = lay(folder, "may.csv", "2,a,2026-05-02,tea,1,5\n")
    found = shop.sources.pull("exports")
    assert found.set_aside == 1 and "nobody has confirmed" in str(found.told[0])
    assert shop.sources.listed()[0].set_aside == 1
    shop.take(path, BERLIN, confirmed=True)
    again = shop.sources.pull("exports", again=True)
    assert (again.set_aside, again.unchanged) == (0, 1)
    assert shop.sources.listed()[0].set_aside == 0


def test_what_was_confirmed_of_a_workbook_holds_for_its_export_as_text(
    shop: Shop, tmp_path: Path
) -> None:
    book, told = openpyxl.Workbook(), HEADER.strip().split(",")
    sheet = book.active
    assert sheet is not None
    for row in (told, ["1", "a", "2026-05-01", "tea", 1, 5]):
        sheet.append(row)
    book.save(tmp_path / "first.xlsx")
    shop.take(tmp_path / "first.xlsx", BERLIN, confirmed=True)
    folder = tmp_path / "exports"
    folder.mkdir()
    shop.sources.add_folder("exports", str(folder), "mei")
    lay(folder, "may.csv", "2,a,2026-05-02,tea,1,5\n")
    assert (pulled := shop.sources.pull("exports")).applied == 1 and pulled.set_aside == 0
    turned = folder / "june.csv"
    turned.write_text(f"{','.join(told[::-1])}\n6,1,cup,2026-06-01,b,3\n", encoding="utf-8")
    os.utime(turned, (0, 0))
    assert shop.sources.pull("exports").applied == 1
    assert len(lines(shop)) == 3


def test_a_file_whose_date_is_wrong_is_whole_when_it_rests(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    shop.take(lay(tmp_path, "first.csv", "1,a,2026-05-01,tea,1,5\n"), BERLIN, confirmed=True)
    shop.sources.add_folder("exports", str(folder), "mei")
    lay(folder, "may.csv", "2,a,2026-05-02,tea,1,5\n", age=-86_400)
    assert shop.sources.pull("exports").files == 0
    later = open_shop(shop.home, clock=StoppedClock(NOW + timedelta(seconds=11)))
    assert later.sources.pull("exports").files == 1
    later.books.close()
