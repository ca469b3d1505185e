"""Every command answers for people and for programs, and leaves with the right code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.unit.cli.conftest import Called, PlayedShop

from huitou.doors.cli import main
from huitou.doors.cli.files import ORDINALS, show_preview
from huitou.facts.contract import EVERY_DIMENSION
from huitou.ground.errors import Ambiguous, BadInput, Busy, NothingTaken, NotYet
from huitou.runs.upkeep import Upkeep
from huitou.runs.views import Doubt
from huitou.sources.contract import Declared

Call = Callable[..., Called]

READS = (
    ("report",), ("facts",), ("facts", "customers"), ("facts", "customers", "--by", "channel"),
    ("facts", "customers", "--people"), ("facts", "--digest"), ("plan", "show"), ("proof",),
    ("proof", "programme"), ("proof", "5f0c62a1b3d4"),
    ("effects",), ("plan", "draft"), ("plan", "approve"), ("quarantine", "list"),
    ("settings", "show"), ("run",), ("doctor",), ("init",), ("demo", "--no-serve"),
    ("balance",), ("why", "12349"), ("why", "12349", "--on", "2011-06-09"), ("plan", "replay"),
)  # fmt: skip


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,amount\n1,2\n")
    return file


@pytest.fixture
def demo_shop(shop: PlayedShop) -> PlayedShop:
    shop.settings = replace(shop.settings, name="Gift wholesaler (demo)")
    return shop


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_json_is_exactly_one_value_on_stdout(
    call: Call, demo_shop: PlayedShop, command: tuple[str, ...]
) -> None:
    called = call("--home", demo_shop.home, *command, "--json")
    assert called.code == 0, called.err
    assert called.json is not None


@pytest.mark.parametrize("command", READS, ids=" ".join)
def test_people_get_words(call: Call, demo_shop: PlayedShop, command: tuple[str, ...]) -> None:
    called = call("--home", demo_shop.home, *command)
    assert called.code == 0, called.err
    assert called.out.strip()
    assert "Sentence(" not in called.out


def test_the_demo_object_has_what_programs_count_on(call: Call, demo_shop: PlayedShop) -> None:
    told = call("--home", demo_shop.home, "demo", "--no-serve", "--json").json
    assert (told["customers"], told["orders"], told["anonymous_lines"]) == (4338, 19960, 135_080)
    assert (told["repeat_purchase_rate"], told["one_time_share"]) == (0.6543, 0.3444)
    assert set(told["value_at_risk"]) == {"value", "low", "high", "currency", "level"}
    for judged in (told["lost"], told["slipping"]):
        assert set(judged) >= {"count", "horizon_days", "line", "came_back_share"}
    plan = told["plan"]
    assert plan["gain_low"] <= plan["gain"] <= plan["gain_high"]
    assert plan["cost"] == 871.4
    assert plan["held_out"] == 217
    assert plan["acts"]["thank"] == 402


def test_the_demo_does_not_touch_another_shop(call: Call, shop: PlayedShop) -> None:
    called = call("--home", shop.home, "demo", "--no-serve", "--json")
    assert called.code == 1
    assert called.json["error"]["kind"] == "Refused"
    assert shop.asked == []


def test_the_demo_fills_an_empty_shop_once(
    call: Call, shop: PlayedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop._empty = True
    monkeypatch.setattr(shop, "has_run", lambda: any(what == "run" for what, _ in shop.asked))
    for _ in range(2):
        assert call("--home", shop.home, "demo", "--no-serve").code == 0
    assert [what for what, _ in shop.asked] == ["take", "run"]
    assert (shop.settings.currency, shop.settings.timezone) == ("GBP", "Europe/London")


def test_progress_goes_to_stderr(call: Call, shop: PlayedShop, orders: Path) -> None:
    called = call("import", orders, "--yes", "--json")
    assert "…" in called.err
    assert called.json["quarantined"] == 706


def test_something_quarantined_is_exit_3(call: Call, shop: PlayedShop, orders: Path) -> None:
    called = call("import", orders, "--yes")
    assert called.code == 3
    assert "706 quarantined" in called.out
    assert "huitou quarantine list" in called.out


def test_the_encoding_is_printed(call: Call, shop: PlayedShop, orders: Path) -> None:
    assert "read as gb18030" in call("import", orders, "--yes").out
    assert call("import", orders, "--yes", "--json").json["files"][0]["encoding"] == "gb18030"


def test_what_is_to_be_confirmed_is_whole_at_80_letters(
    call: Call, shop: PlayedShop, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huitou.doors.cli.files.someone_watches", lambda: True)
    monkeypatch.setattr("huitou.doors.cli.desk.PAGE_WIDTH", 80)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "1")
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    shown = call("import", orders).out
    assert "orders.csv, read as gb18030" in shown and "…" not in shown
    rows = [line.replace("│", " ").split() for line in shown.splitlines()]
    assert ["amount", *["CN¥15.30"] * 3] in rows
    assert ["ordered_at", *["2010-07-01", "08:26"] * 3] in rows
    assert ["order_id", "536360", "536361", "536362"] in rows


def test_what_was_typed_is_declared(call: Call, shop: PlayedShop, orders: Path) -> None:
    call(
        "import", orders, "--yes", "--currency", "CNY", "--timezone", "Asia/Shanghai",
        "--encoding", "gb18030", "--date-order", "dmy", "--delimiter", "tab",
        "--column", "amount=實付金額", "--margin", "0.4",
    )  # fmt: skip
    (_, (name, declared, confirmed)), *_ = shop.asked
    assert (name, confirmed) == ("orders.csv", True)
    assert (declared.currency, declared.timezone) == ("CNY", "Asia/Shanghai")
    assert (declared.encoding, declared.date_order) == ("gb18030", "dmy")
    assert declared.delimiter == "\t"
    assert declared.columns == {"amount": "實付金額"}
    assert shop.settings.margin == 0.4


def test_without_a_terminal_and_without_yes_nothing_is_confirmed(
    call: Call, shop: PlayedShop, orders: Path
) -> None:
    call("import", orders, "--currency", "GBP")
    assert shop.asked[0][1][2] is False


def test_nothing_taken_is_exit_2_and_says_where(
    call: Call, shop: PlayedShop, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = NothingTaken(
        "not one row has a date", file="orders.csv", row=2, column="date", value="??",
        to_try="--column ordered_at=…",
    )  # fmt: skip

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(shop, "take", refuse)
    called = call("import", orders, "--yes", "--json")
    assert called.code == 2
    (told,) = called.json["errors"]
    assert (told["row"], told["column"], told["value"]) == (2, "date", "??")
    for part in ("not one row has a date", "row 2", "'date'", "'??'", "--column ordered_at=…"):
        assert part in called.err


def test_one_bad_file_does_not_stop_the_others(call: Call, shop: PlayedShop, orders: Path) -> None:
    called = call("import", orders.with_name("nowhere.csv"), orders, "--yes", "--json")
    assert called.code == 3
    assert [error["kind"] for error in called.json["errors"]] == ["NothingTaken"]
    assert len(called.json["files"]) == 1


def test_no_file_at_all_is_exit_2(call: Call, shop: PlayedShop, tmp_path: Path) -> None:
    assert call("import", tmp_path / "nowhere.csv", "--yes").code == 2


def test_what_is_unclear_is_asked_with_the_line_to_type(
    call: Call, shop: PlayedShop, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huitou.sources.contract import Declared

    error = Ambiguous("two currencies fit", file="orders.csv", to_try="--currency CNY")
    error.questions = shop.look(orders, Declared()).questions

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(shop, "take", refuse)
    called = call("import", orders, "--json")
    assert called.code == 2
    assert called.json["errors"][0]["questions"][0]["option"] == "--currency CNY"
    assert "--currency CNY" in called.err


def test_questions_are_asked_at_a_terminal_and_then_the_rows_confirmed(
    call: Call, shop: PlayedShop, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huitou.doors.cli.files.someone_watches", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "1")
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    called = call("import", orders)
    _, (_, declared, confirmed) = shop.asked[0]
    assert (declared.currency, confirmed) == ("CNY", True)
    assert "实付金额" in called.out


def test_run_shows_what_each_step_cost(call: Call, shop: PlayedShop) -> None:
    called = call("run", "--as-of", "2011-06-09", "--horizon", "90")
    assert shop.asked == [("run", (date(2011, 6, 9), 90))]
    assert "facts" in called.out and "412" in called.out and "3.75" in called.out


def test_a_day_that_is_none_is_said_plainly(call: Call, shop: PlayedShop) -> None:
    called = call("run", "--as-of", "09/06/2011", "--json")
    assert called.code == 1
    assert called.json["error"]["sentence"] == "'09/06/2011' is not a day"


@pytest.mark.parametrize("asked", [("--as-of", "2026-01-31"), ("--by", "store")], ids=" ".join)
def test_people_of_another_moment_are_refused_and_not_shown_as_those(
    call: Call, shop: PlayedShop, asked: tuple[str, ...]
) -> None:
    called = call("facts", "customers", "--people", *asked, "--json")
    assert called.code == 2 and "--people tells everybody" in called.out


def test_a_plan_is_approved_then_applied(call: Call, shop: PlayedShop) -> None:
    refused = call("plan", "apply", "--json")
    assert (refused.code, refused.json["error"]["kind"]) == (1, "Refused")
    assert call("plan", "approve", "--by", "the owner", "--json").json["status"] == "approved"
    assert call("plan", "apply", "--json").json == {"letters": 982}


def test_a_budget_is_typed_in_major_units(call: Call, shop: PlayedShop) -> None:
    assert call("plan", "draft", "--budget", "499.50", "--json").json["budget"] == 499.5
    assert call("plan", "draft", "--budget", "NaN").code == 1


def test_limits_of_one_draft_are_not_kept(call: Call, shop: PlayedShop) -> None:
    before = shop.settings
    call("plan", "draft", "--budget", "0", "--staff-hours", "0")
    assert shop.settings == before


def test_plans_are_listed_and_the_last_of_the_budget_has_a_currency(
    call: Call, shop: PlayedShop
) -> None:
    assert [each["status"] for each in call("plan", "list", "--json").json] == ["draft"]
    assert "plan1" in call("plan", "list").out
    assert "the last £100 of the budget bring £137 of profit" in call("plan", "show").out


def test_no_plan_says_what_comes_first(
    call: Call, shop: PlayedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop, "plan", lambda _=None: None)
    called = call("plan", "show")
    assert called.code == 1
    assert "try: huitou run" in called.err


def test_a_person_by_number(call: Call, shop: PlayedShop) -> None:
    key = shop.rows[0].key
    assert call("person", key, "--json").json["row"]["key"] == key
    assert key in call("person", key).out
    assert call("person", "nobody", "--json").json["error"]["sentence"]


def test_settings_are_checked_and_the_salt_is_not_shown(call: Call, shop: PlayedShop) -> None:
    assert call("settings", "set", "margin", "0.3", "--json").json["margin"] == 0.3
    assert call("settings", "set", "budget", "500", "--json").json["budget"] == "500.00"
    assert shop.settings.budget == 50_000
    assert call("settings", "set", "margin", "lots").code == 1
    assert call("settings", "set", "nonsense", "1").code == 1
    assert call("settings", "set", "salt", "x").code == 1
    assert "salt" not in call("settings", "show").out


def test_quarantine_goes_out_and_comes_back(call: Call, shop: PlayedShop, tmp_path: Path) -> None:
    file = tmp_path / "waiting.csv"
    assert call("quarantine", "export", file).code == 0
    assert call("quarantine", "mend", file, "--json").json["applied"] == 2


def test_export_leaves_no_cell_that_a_spreadsheet_would_run(
    call: Call, shop: PlayedShop, tmp_path: Path
) -> None:
    shop.rows[0] = replace(shop.rows[0], key="=HYPERLINK(1)")
    told = call("export", tmp_path / "out", "--json").json
    text = (tmp_path / "out" / "customers.csv").read_text(encoding="utf-8-sig")
    assert told["customers"] == len(shop.rows)
    assert "'=HYPERLINK(1)" in text
    assert json.loads((tmp_path / "out" / "answers.json").read_text(encoding="utf-8"))


def test_an_export_that_fails_leaves_no_empty_file(
    call: Call, shop: PlayedShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterator[dict[str, object]]:
        yield {"order_id": 1}
        raise Busy("the disk is full")

    monkeypatch.setattr(shop, "order_lines", broken)
    assert call("export", tmp_path / "out").code == 1
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["customers.csv"]


def test_a_digest_changes_with_the_facts_only(
    call: Call, shop: PlayedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = call("facts", "--digest").out
    assert call("facts", "--digest").out == first
    metrics = shop.metrics()
    changed = (replace(metrics[0], value=0.6544), *metrics[1:])
    monkeypatch.setattr(shop, "metrics", lambda: changed)
    assert call("facts", "--digest").out != first


def test_a_bug_is_not_dressed_as_a_plain_sentence(
    shop: PlayedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huitou.doors.cli.main import main

    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(shop, "answers", fail)
    with pytest.raises(ZeroDivisionError):
        main(["report"])


@pytest.mark.parametrize("error", [NotYet("too early", to_try="later"), BadInput("bad")])
def test_errors_leave_with_their_own_code(
    call: Call, shop: PlayedShop, monkeypatch: pytest.MonkeyPatch, error: NotYet | BadInput
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(shop, "answers", fail)
    called = call("report", "--json")
    assert called.code == error.exit_code
    assert called.json["error"]["sentence"] == error.sentence


def test_a_line_that_is_not_understood_is_exit_2(call: Call) -> None:
    called = call("report", "--nonsense", "--json")
    assert called.code == 2
    assert called.json["error"]["kind"] == "Usage"


def test_help_loads_nothing_heavy() -> None:
    asked = (
        "import sys; from huitou.doors.cli.main import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit:\n"
        "    heavy = {'numpy','duckdb','ibis','scipy','pyarrow','sqlalchemy','fastapi','babel'}\n"
        "    print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip().endswith("LOADED []")


def told_of(command: Any) -> Any:
    """What a command says of itself and takes, and those below it."""
    below = {name: told_of(each) for name, each in getattr(command, "commands", {}).items()}
    params = [
        (type(each).__name__, each.name, tuple(each.opts), each.default, each.nargs, each.required)
        for each in command.params
    ]
    return command.name, command.help, params, below


def test_a_chapter_that_is_put_together_alone_is_the_chapter_it_is_among_all() -> None:
    whole = main._command(None)
    assert len(whole.commands) > 50
    for name, chapter in whole.commands.items():
        alone = main._command(name)
        assert list(alone.commands) == [name]
        assert told_of(alone.commands[name]) == told_of(chapter)
        assert told_of(alone)[:3] == told_of(whole)[:3]
        assert alone.context_settings == whole.context_settings


def test_a_line_that_begins_with_no_chapter_is_read_among_all() -> None:
    of = main._chapter_of
    assert of(["run"]) == of(["--home", "plan", "run", "--json"]) == of(["--home=plan", "run"])
    assert of(["run"]) == "run"
    nowhere: list[list[str]] = [[], ["--help"], ["rum"], ["--home"], ["--home", "run"]]
    assert [of(line) for line in nowhere] == [None] * 5


@pytest.mark.parametrize(
    "command",
    [("plan", "show"), ("report",), ("person", "12345"), ("case", "list"), ("case", "doubt")],
    ids=" ".join,
)
def test_what_files_say_commands_no_terminal(
    call: Call, shop: PlayedShop, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    hostile = "[/b] [link=x]:tada:"
    rows = [replace(row, key=hostile) for row in shop.rows]
    monkeypatch.setattr(shop, "rows", rows)
    person, letters = shop.person(rows[0].id), shop.letters("plan1")
    row = replace(person.row, key=hostile)
    letter = replace(letters[0], subject=hostile, body=hostile)
    doubt = Doubt("d1", "email", hostile, hostile, datetime(2011, 12, 1, tzinfo=UTC))
    case = replace(shop.cases()[0], person=row)
    played = {"person": replace(person, row=row), "letters": (letter,), "cases": (case,)}
    for name, value in {**played, "in_doubt": (doubt,)}.items():
        monkeypatch.setattr(shop, name, lambda *_, _value=value, **__: _value, raising=False)
    called = call("--home", shop.home, *command)
    assert called.code == 0, called.err
    assert "[/b]" in called.out


def test_what_a_file_is_called_and_holds_commands_no_terminal(
    shop: PlayedShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preview = shop.look(tmp_path / "[bold].csv", Declared())
    columns = tuple(replace(guess, samples=("[/b]",)) for guess in preview.columns)
    rows = tuple({**row, "product": "[/i] :tada:"} for row in preview.rows)
    show_preview(replace(preview, columns=columns, rows=rows))
    out = capsys.readouterr().out
    assert "[bold].csv" in out and ":tada:" in out and out.count("[/i]") == len(ORDINALS)


def test_an_interval_says_how_sure_it_is(call: Call, shop: PlayedShop) -> None:
    assert "19 times out of 20" in call("--home", shop.home, "proof").out
    plan = " ".join(call("--home", shop.home, "plan", "show").out.split())
    assert "9 times out of 10" in plan and "out of 20" not in plan


def test_the_doctor_looks_into_the_books(call: Call, demo_shop: PlayedShop) -> None:
    demo_shop.wrong = ["p1: the account says 5, the ledger 7", "d1 went to somebody held out"]
    called = call("--home", demo_shop.home, "doctor")
    assert called.code == 1
    assert "ILL   books: p1: the account says 5" in called.out and "held out" in called.out


def test_the_doctor_looks_into_the_rooms_of_care(call: Call, demo_shop: PlayedShop) -> None:
    def care() -> tuple[bool, str]:
        told = json.loads(call("--home", demo_shop.home, "doctor", "--json").out)
        (found,) = [each for each in told["findings"] if each["what"] == "care"]
        return found["well"], found["said"]

    well, words = care()
    assert well and "2 complaints are held" in words and "learns them at the next run" in words
    for name, words in (
        ("aside", "7 sendings of customers"),
        ("damaged", "7 files in the inbox"),
        ("late", "7 alarms that nobody answered in time"),
        ("interviews_in_doubt", "7 e-mails that asked why"),
        ("reports_in_doubt", "7 reports of which nobody knows"),
    ):
        demo_shop.lies_about = replace(Upkeep(0, 0, 0, 0, 0, 0, 3, True), **{name: 7})
        well, found = care()
        assert not well and found.startswith(words)
        assert "at the next run" not in found


def test_a_table_of_a_metric_has_percentages_yes_and_no(
    call: Call, shop: PlayedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = replace(shop.metrics()[0], name="cohort_retention", unit="table", value=None)
    monkeypatch.setattr(shop, "metrics", lambda: (view,))
    cells = pa.table({"k": [1, 2], "retention": [0.3529, None], "complete": [True, False]})
    monkeypatch.setattr(shop, "metric", lambda *_, **__: cells)
    told = call("facts", "cohort_retention").out
    assert "35.3 %" in told and "yes" in told and "no" in told
    assert "0.3529" not in told and "True" not in told
    assert call("facts", "cohort_retention", "--json").json["rows"][0]["retention"] == 0.3529


def test_facts_can_be_cut_by_what_the_help_names(call: Call) -> None:
    told = " ".join(call("facts", "--help").out.split())
    assert all(name in told for name in EVERY_DIMENSION) and "product" not in told


def test_what_was_carried_out_is_told_in_words() -> None:
    from huitou.doors.cli.plans import _plainly

    assert _plainly({"applied": 1135, "none": 0}) == "applied 1,135, none 0"
    assert _plainly({"paper": {"accepted": 135}, "call": {}}) == "paper accepted 135"
    assert _plainly({}) == "none"
    assert _plainly("letters/p1") == "letters/p1"
