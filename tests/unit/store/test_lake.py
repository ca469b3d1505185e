"""The lake has one writer, and its readers always see one whole edition."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from huitou.ground.errors import Busy, HuitouError
from huitou.store import lake as lakes
from huitou.store.lake import KEPT_VERSIONS, Lake


def numbers(*values: int) -> pa.Table:
    return pa.table({"n": pa.array(values, pa.int64())})


def publish(lake: Lake, name: str, *values: int) -> None:
    edition = lake.edition(name)
    edition.write("numbers", numbers(*values))
    lake.publish(edition)


def _refused(*_: Path) -> None:
    raise PermissionError("no second names here")


def test_what_is_written_is_there_tomorrow(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lake.writing("test") as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    with lake.writing("test") as connection:
        assert connection.execute("SELECT a FROM t").fetchall() == [(1,)]


def test_a_lake_made_before_goes_on_as_it_was_made(tmp_path: Path) -> None:
    config = {"storage_compatibility_version": "v1.0.0"}
    with duckdb.connect(str(tmp_path / "lake.duckdb"), config=config) as connection:
        connection.execute("CREATE TABLE words AS SELECT 'said'::VARCHAR AS word")
    lake = Lake(tmp_path)
    with lake.writing("test") as connection:
        connection.execute("INSERT INTO words SELECT 'word ' || i FROM range(200000) t(i)")
    with lake.writing("test") as connection:
        assert connection.execute("SELECT count(DISTINCT word) FROM words").fetchall() == [
            (200_001,)
        ]
        assert _format(connection) == "v1.0.0+"


def test_a_new_lake_is_of_a_format_that_no_version_misreads(tmp_path: Path) -> None:
    """DuckDB 1.3 opens what 1.4 packs, and finds nothing where some values are missing."""
    with Lake(tmp_path).writing("test") as connection:
        connection.execute("CREATE TABLE t (a VARCHAR)")
    with Lake(tmp_path).writing("test") as connection:
        assert _format(connection) == "v1.4.0+"


def _format(connection: duckdb.DuckDBPyConnection) -> str:
    ((told,),) = connection.execute(
        "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'lake'"
    ).fetchall()
    return str(told)


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with pytest.raises(RuntimeError), lake.writing("test") as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
        raise RuntimeError
    with lake.writing("test") as connection:
        assert connection.execute("SHOW TABLES").fetchall() == []


def test_a_second_writer_is_told_who_holds_the_lake(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from huitou.store.lake import Lake\n"
        "with Lake(Path(sys.argv[1])).writing('import'):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with (
            pytest.raises(Busy, match=rf"process {holder.pid} \(import\)"),
            Lake(tmp_path).writing("run"),
        ):
            pass
        holder.communicate("")


def test_readers_see_the_edition_they_opened_until_they_close_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    publish(lake, "first", 1, 2)
    with lake.reading() as connection:
        publish(lake, "second", 10)
        assert connection.execute("SELECT sum(n) FROM numbers").fetchone() == (3,)
    with lake.reading() as connection:
        assert connection.execute("SELECT sum(n) FROM numbers").fetchone() == (10,)


def test_old_editions_are_let_go(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for day in range(KEPT_VERSIONS + 2):
        publish(lake, f"day{day}", day)
    folders = sorted(path.name for path in lake.published.iterdir() if path.is_dir())
    assert folders == [f"day{day}" for day in range(2, KEPT_VERSIONS + 2)]


def test_what_another_run_has_begun_outlives_a_publication(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.edition("killed").write("numbers", numbers(1))
    publish(lake, "tonight", 2)
    assert lake.keeps("killed") and lake.edition("killed").has("numbers")
    lake.sweep("tomorrow")
    assert not lake.keeps("killed") and lake.keeps("tonight")


def test_a_sweep_leaves_the_run_that_goes_on(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.sweep("first")
    lake.edition("first").write("numbers", numbers(1))
    (lake.published / "named").mkdir()  # killed between its two renames
    lake.sweep("first")
    assert lake.keeps("first") and not lake.keeps("named")


def test_a_second_run_is_told_who_is_at_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    told = r"day's work is being done by process \d+ \(run\)"
    with (
        lake.running("run"),
        lake.writing("people"),
        pytest.raises(Busy, match=told),
        lake.running("another"),
    ):
        pass
    with lake.running("run"):
        pass


def test_publishing_twice_is_publishing_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    edition = lake.edition("only")
    edition.write("numbers", numbers(1))
    assert lake.publish(edition) == lake.publish(lake.edition("only")) == "only"
    current = lake.current()
    assert current is not None and current.table("numbers")["n"].to_pylist() == [1]


def test_an_unfinished_edition_is_found_again_and_never_read(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.edition("tonight").write("numbers", numbers(1))
    assert lake.current() is None
    assert lake.edition("tonight").has("numbers")


def test_a_query_is_kept_without_passing_through_memory(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    edition = lake.edition("only")
    with lake.reading(edition) as connection:
        assert edition.copy(connection, "many", "SELECT range AS n FROM range(5000)") == 5000
    assert edition.table("many").num_rows == 5000


def test_small_values_are_kept_beside_the_tables(tmp_path: Path) -> None:
    edition = Lake(tmp_path).edition("only")
    edition.note("moment", {"day": "2011-06-09", "名": "回头"})
    assert edition.noted("moment") == {"day": "2011-06-09", "名": "回头"}
    assert edition.noted("absent") is None
    with pytest.raises(ValueError):
        edition.note("bad", float("nan"))
    assert edition.noted("bad") is None


def test_a_table_goes_on_from_an_earlier_edition_without_copying(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first, second = lake.edition("first"), lake.edition("second")
    with lake.reading(first) as connection:
        first.copy_slices(connection, "n", ["SELECT 1 AS n", "SELECT 2 AS n"])
        second.extend(connection, "n", first, "SELECT 3 AS n")
        second.link("n", first)
        assert second.rows("n") == 2
        second.extend(connection, "n", first, "SELECT 3 AS n")  # done again, it is the same
        second.open(connection, "n")
        assert sorted(connection.execute("FROM n").fetchall()) == [(1,), (2,), (3,)]
    assert (first.rows("n"), second.rows("n")) == (2, 3)
    assert first.parts("n")[0].samefile(second.parts("n")[0])
    lake.publish(first)
    lake.publish(second)
    with lake.reading() as connection:
        assert connection.execute("SELECT count(*) FROM n").fetchone() == (3,)


def test_a_disk_that_knows_no_second_names_holds_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lakes.os, "link", _refused)
    lake = Lake(tmp_path)
    first, second = lake.edition("first"), lake.edition("second")
    with lake.reading(first) as connection:
        first.copy_slices(connection, "n", ["SELECT 1 AS n"])
        second.extend(connection, "n", first, "SELECT 2 AS n")
    assert second.table("n").sort_by("n").to_pydict() == {"n": [1, 2]}
    assert not first.parts("n")[0].samefile(second.parts("n")[0])


def test_a_file_takes_the_place_of_a_folder_and_a_folder_that_of_a_file(tmp_path: Path) -> None:
    edition = Lake(tmp_path).edition("one")
    with Lake(tmp_path).reading(edition) as connection:
        edition.copy(connection, "n", "SELECT 1 AS n")
        edition.copy_slices(connection, "n", ["SELECT 2 AS n", "SELECT 3 AS n"])
        assert edition.table("n").sort_by("n").to_pydict() == {"n": [2, 3]}
        edition.copy(connection, "n", "SELECT 4 AS n")
    assert edition.table("n").to_pydict() == {"n": [4]}


def test_the_memory_of_the_lake_is_said_in_words_that_are_an_amount(tmp_path: Path) -> None:
    with Lake(tmp_path, "1GB").reading() as connection:
        (told,) = connection.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
    assert "MiB" in told and float(told.split()[0]) > 900
    with pytest.raises(HuitouError, match="HUITOU_MEMORY"), Lake(tmp_path, "plenty").reading():
        pass
