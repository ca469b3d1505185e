"""The books on SQLite: durable, one writer at a time, said plainly when somebody waits in vain."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Column, MetaData, String, Table, text
from tests.unit.journeys.given import NOW, every_table

from huitou.ground.errors import Busy, HuitouError
from huitou.store import books as bookkeeping
from huitou.store.books import Books
from huitou.store.columns import as_json
from huitou.store.migrations.guards import Guard, append_only, never_taken_back
from huitou.store.migrations.history import FOLDER, versions
from huitou.store.outbox import Event, tell, waiting


def test_a_commit_survives_a_power_cut_and_keys_are_checked(books: Books) -> None:
    with books.unit() as unit:
        asked = {
            name: unit.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_second_writer_is_told_who_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bookkeeping, "WAIT_SECONDS", 0.05)
    books = Books.in_folder(tmp_path)
    books.migrate(every_table())
    with books.unit() as unit:
        tell(unit, [Event("test", "k", NOW, {})])
        with pytest.raises(Busy, match="writing the books"), books.unit():
            pass
        with books.reading() as look:
            assert waiting(look) == 0
    books.close()


def test_other_databases_are_refused_in_words() -> None:
    with pytest.raises(HuitouError, match="mysql"):
        Books("mysql://x")


def test_a_table_nobody_makes_is_found_at_once(tmp_path: Path) -> None:
    tables = MetaData()
    Table("forgotten", tables, Column("id", String(1), primary_key=True))
    books = Books.in_folder(tmp_path)
    with pytest.raises(RuntimeError, match="no migration makes forgotten"):
        books.migrate(tables)
    with sqlite3.connect(tmp_path / "books.db") as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_the_history_is_one_line_of_numbers() -> None:
    numbers = [int(name.split("_")[0]) for name in versions()]
    assert numbers == list(range(1, len(numbers) + 1))
    for before, after in zip(versions(), versions()[1:], strict=False):
        source = (FOLDER / "versions" / f"{after}.py").read_text(encoding="utf-8")
        assert f'down_revision = "{before}"' in source and "def downgrade" not in source


def test_json_is_the_same_bytes_for_the_same_value() -> None:
    assert as_json({"b": 1, "a": "回头"}) == as_json(dict([("a", "回头"), ("b", 1)]))
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"a": float("nan")})


def test_guards_say_the_same_in_both_dialects() -> None:
    for guard in (*append_only("t"), never_taken_back("t", "state", {"a": ("b",), "c": ()})):
        for dialect in ("sqlite", "postgresql"):
            assert guard.when in "".join(guard.statements(dialect))
            assert guard.sentence in "".join(guard.statements(dialect))
    assert Guard("t", "DELETE", "1 = 1", "no").name == "guard_t_delete"


def test_a_state_moves_only_along_its_steps(tmp_path: Path) -> None:
    guard = never_taken_back("t", "state", {"a": ("b",), "c": ()}, also="NEW.n < 0")
    with sqlite3.connect(tmp_path / "x.db") as raw:
        raw.execute("CREATE TABLE t (state TEXT, n INTEGER)")
        for statement in guard.statements("sqlite"):
            raw.execute(statement)
        for start, end, n, allowed in [
            ("a", "b", 0, True),
            ("a", "a", 1, True),
            ("a", "c", 0, False),
            ("c", "c", 0, True),
            ("b", "b", 0, False),
            ("b", "a", 0, False),
            ("a", "b", -1, False),
        ]:
            raw.execute("DELETE FROM t")
            raw.execute("INSERT INTO t VALUES (?, 0)", [start])
            try:
                raw.execute("UPDATE t SET state = ?, n = ?", [end, n])
                assert allowed, (start, end, n)
            except sqlite3.IntegrityError:
                assert not allowed, (start, end, n)


def test_large_numbers_stay_whole(books: Books) -> None:
    table = Table("big", MetaData(), Column("n", BigInteger))
    with books.unit() as unit:
        unit.execute(text("CREATE TABLE big (n BIGINT)"))
        unit.add(table, [{"n": 2**62}])
        assert unit.value(table.select()) == 2**62
