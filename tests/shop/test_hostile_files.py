"""Foreign files are taken right, hostile ones refused in a plain sentence; nothing is lost."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shop import files
from tests.shop.intake import NOW, USUAL, Desk

from huitou.ground.errors import BadInput, HuitouError, NothingTaken
from huitou.sources import files as front
from huitou.sources import mending
from huitou.sources.contract import Batch, Taken

Writer = Callable[[Path], Path]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "home")


def whole(taken: Taken) -> bool:
    return taken.rows == taken.applied + taken.unchanged + taken.quarantined


REFUSED: list[tuple[Writer, str]] = [
    (files.empty, "empty"),
    (files.header_only, "no rows"),
    (files.binary, "binary"),
    (files.truncated_parquet, "cut off"),
    (files.damaged_parquet, "damaged"),
    (files.corner_bomb, "more cells than it can hold"),
    (files.unpacking_bomb, "more cells than it can hold"),
    (files.web_page, "web page"),
    (files.endless_line, "longer than 16 MB"),
    (files.unclosed_quote, "quote"),
    (files.no_date, "date"),
    (files.all_zero, "zero"),
]


@pytest.mark.parametrize(
    ("write", "words"), REFUSED, ids=lambda item: getattr(item, "__name__", "")
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(
    write: Writer, words: str, desk: Desk, tmp_path: Path
) -> None:
    path = write(tmp_path)
    size = path.stat().st_size
    with pytest.raises(NothingTaken) as refused:
        desk.take(path)
    assert words in refused.value.sentence
    assert refused.value.exit_code == 2
    assert refused.value.file == path.name
    assert refused.value.to_try
    assert path.stat().st_size == size


ASKED: list[tuple[Writer, str, set[str]]] = [
    (files.two_date_orders, "date_order", {"dmy", "mdy"}),
    (files.gb18030_english_header, "encoding", {"gb18030", "cp950"}),
    (files.german_export, "encoding", {"cp1252"}),
    (files.mixed_encodings, "encoding", {"utf-8"}),
    (files.mixed_in_chinese, "encoding", {"gb18030"}),
    (files.euro_in_ascii, "encoding", {"cp1252"}),
]


def test_lines_pasted_from_elsewhere_wait_and_the_rest_is_taken(desk: Desk, tmp_path: Path) -> None:
    path = files.mixed_in_chinese(tmp_path)
    (question,) = desk.look(path).questions
    assert [choice.value for choice in question.choices] == ["gb18030"]
    assert "下单时间" in question.choices[0].sample
    taken = desk.take(path, encoding="gb18030")
    assert (taken.applied, taken.quarantined) == (24, 1)


def test_an_encoding_that_finds_control_letters_is_not_offered(desk: Desk, tmp_path: Path) -> None:
    (question,) = desk.look(files.euro_in_ascii(tmp_path)).questions
    assert [choice.value for choice in question.choices] == ["cp1252"]
    assert "12,50 €" in question.choices[0].sample


@pytest.mark.parametrize(
    ("write", "code", "offered"), ASKED, ids=lambda item: getattr(item, "__name__", "")
)
def test_two_readings_are_asked_and_never_guessed(
    write: Writer, code: str, offered: set[str], desk: Desk, tmp_path: Path
) -> None:
    preview = desk.look(write(tmp_path))
    assert preview.mapping is None
    (question,) = preview.questions
    assert question.code == code
    assert offered <= {choice.value for choice in question.choices}
    assert question.option.startswith("--")
    assert all(choice.value in question.option for choice in question.choices)
    assert all(choice.sample for choice in question.choices)


GERMAN = {"encoding": "cp1252", "currency": "EUR", "timezone": "Europe/Berlin"}
TAKEN: list[tuple[Writer, dict[str, str], int, int]] = [
    (files.gb18030_export, {}, 4, 0),
    (files.gb18030_english_header, {"encoding": "gbk"}, 1, 0),
    (files.cp950_export, {"currency": "TWD", "timezone": "Asia/Taipei"}, 3, 0),
    (files.utf16_export, {}, 4, 0),
    (files.utf16_without_mark, {"currency": "TWD", "timezone": "Asia/Taipei"}, 3, 0),
    (files.mixed_encodings, {"encoding": "utf-8"}, 3, 1),
    (files.german_export, GERMAN, 3, 0),
    (files.title_above_header, {}, 2, 1),
    (files.refunds_and_states, {}, 4, 0),
    (files.credit_notes, {"currency": "GBP", "timezone": "Europe/London"}, 3, 0),
    (files.web_shop, {"currency": "EUR", "timezone": "Europe/Berlin"}, 7, 0),
    (files.date_and_time, {}, 12, 1),
    (files.two_date_orders, {"date_order": "dmy"}, 2, 0),
    (files.one_telling_date, {}, 2, 0),
    (files.not_finite, {}, 2, 4),
    (files.strange_days, {}, 1, 6),
    (files.order_told_twice, {}, 2, 1),
    (files.two_customers_one_order, {}, 2, 1),
    (files.one_customer, {}, 1, 0),
    (files.tireless_customer, {}, 100_100, 0),
    (files.ragged, {}, 2, 2),
    (files.json_lines, {}, 2, 3),
    (files.spreadsheet, {}, 2, 0),
    (files.formulas, {}, 1, 2),
    (files.scientific_ids, {}, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("write", "said", "applied", "quarantined"),
    TAKEN,
    ids=lambda item: getattr(item, "__name__", ""),
)
def test_every_row_ends_in_one_place_and_a_second_import_changes_nothing(
    write: Writer, said: dict[str, str], applied: int, quarantined: int, desk: Desk, tmp_path: Path
) -> None:
    path = write(tmp_path)
    first = desk.take(path, **said)
    assert (first.applied, first.quarantined) == (applied, quarantined)
    assert whole(first)
    before, waiting = desk.digest(), desk.waiting()
    assert len(waiting) == quarantined
    assert all(row.reason and row.to_try and row.row and row.file == path.name for row in waiting)

    again = desk.take(path, **said)
    assert (again.applied, again.quarantined) == (0, quarantined)
    assert whole(again)

    copy = path.with_name("copy-" + path.name)  # other bytes, the same orders
    copy.write_bytes(path.read_bytes() + (b"\n" if path.suffix in (".csv", ".jsonl") else b""))
    if path.suffix in (".csv", ".jsonl") and "utf-16" not in str(desk.look(path, **said).encoding):
        overlapping = desk.take(copy, **said)
        assert overlapping.applied == 0
    assert desk.digest() == before


def test_a_tireless_customer_is_taken_and_wondered_at(desk: Desk, tmp_path: Path) -> None:
    (warning,) = desk.take(files.tireless_customer(tmp_path)).warnings
    assert "till" in str(warning) and "100,000" in str(warning)


def test_a_mainland_export_is_read_letter_by_letter(desk: Desk, tmp_path: Path) -> None:
    preview = desk.look(files.gb18030_export(tmp_path))
    assert preview.encoding == "gb18030"
    desk.take(files.gb18030_export(tmp_path))
    first, second, third, last = desk.lines()
    assert first["amount"] == 123_450
    assert first["phone"] == "+8613800138000" == last["phone"]
    assert first["ordered_at"] == datetime(2024, 3, 1, 2, 5)
    assert first["product"] == "碧螺春"
    assert second["order_id"] == third["order_id"]
    assert last["amount"] == 20_000
    assert last["quantity"] == 1
    assert last["ordered_at"] == datetime(2024, 3, 15, 7, 20)
    assert last["day"] == date(2024, 3, 15)


def test_letters_that_plain_big5_lacks_are_kept(desk: Desk, tmp_path: Path) -> None:
    said = {"currency": "TWD", "timezone": "Asia/Taipei"}
    assert desk.look(files.cp950_export(tmp_path), **said).encoding == "cp950"
    desk.take(files.cp950_export(tmp_path), **said)
    assert desk.lines()[-1]["product"] == "恒粧嫺銹碁裏"
    assert desk.lines()[0]["amount"] == 120_000


def test_german_amounts_days_and_parentheses(desk: Desk, tmp_path: Path) -> None:
    desk.take(
        files.german_export(tmp_path), encoding="cp1252", currency="EUR", timezone="Europe/Berlin"
    )
    one, two, three = desk.lines()
    assert (one["amount"], two["amount"], three["amount"]) == (123_450, 1_200, -9_990)
    assert one["day"] == date(2024, 2, 13)
    assert two["day"] == date(2024, 3, 1)
    assert [row["is_return"] for row in (one, two, three)] == [False, False, True]


def test_an_earlier_mapping_answers_what_a_new_file_leaves_open(desk: Desk, tmp_path: Path) -> None:
    path = files.two_date_orders(tmp_path)
    earlier = desk.look(path, date_order="mdy", columns={"order_id": ""}, source="till").mapping
    assert earlier is not None
    assert desk.look(path, [earlier]).mapping == earlier
    assert desk.look(files.one_telling_date(tmp_path), [earlier]).mapping == earlier
    assert desk.look(files.header_only(tmp_path).with_name("dates.csv"), []).mapping is None


def test_an_earlier_encoding_counts_only_where_the_columns_prove_it(
    desk: Desk, tmp_path: Path
) -> None:
    path = files.german_export(tmp_path)
    earlier = desk.look(path, **GERMAN).mapping
    assert earlier is not None
    assert desk.look(path, [earlier], currency="EUR", timezone="Europe/Berlin").mapping == earlier
    other = files.gb18030_english_header(tmp_path)
    assert desk.look(other, [earlier]).questions[0].code == "encoding"


def test_rows_are_numbered_as_a_spreadsheet_shows_them(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.title_above_header(tmp_path))
    assert [line["row"] for line in desk.lines()] == [4, 5]
    assert [row.row for row in desk.waiting()] == [6]
    assert desk.lines()[1]["member_no"] is None


def test_broken_rows_below_a_title_keep_their_number(desk: Desk, tmp_path: Path) -> None:
    path = files.title_above_header(tmp_path)
    path.write_bytes(path.read_bytes() + b"S003,1,2024-05-03\nS004,2,2024-05-04,9\n")
    desk.take(path)
    assert [line["row"] for line in desk.lines()] == [4, 5, 8]
    assert [row.row for row in desk.waiting()] == [6, 7]


def test_what_was_paid_back_is_a_line_of_its_own(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.refunds_and_states(tmp_path))
    told = {row["order_id"]: (row["amount"], row["is_return"]) for row in desk.lines()}
    assert told == {
        "1": (10_000, False),
        "2": (8_000, False),
        "2/refund": (-3_000, True),
        "3": (0, False),
        "4": (5_000, False),
        "4/refund": (-5_000, True),
    }
    refund = next(row for row in desk.lines() if row["order_id"] == "2/refund")
    assert refund["day"] == date(2024, 3, 9)


def test_a_total_on_the_first_line_is_the_total_of_its_order(desk: Desk, tmp_path: Path) -> None:
    preview = desk.look(files.web_shop(tmp_path), currency="EUR", timezone="Europe/Berlin")
    assert preview.mapping is not None and preview.mapping.amount_is == "order"
    desk.merge(preview.path, preview.mapping)
    told: dict[str, list[tuple[str | None, int]]] = {}
    for line in desk.lines():
        told.setdefault(line["order_id"], []).append((line["product"], line["amount"]))
        assert line["is_product"] == (line["product"] is not None)
        assert line["email"]
    assert {order: sorted(lines, key=str) for order, lines in told.items()} == {
        "#1001": [("Cup", 1913), ("Tea", 1581), (None, 499)],
        "#1002": [("Tea", 2000), (None, -200)],
        "#1002/refund": [("Tea", -1800)],
        "#1003": [("Pot", 0), ("Tea", 0)],
        "#1004": [("Pot", 600), ("Tea", 400)],
        "#1004/refund": [("Tea", -1000)],
    }
    assert {line["name"] for line in desk.lines()} == {"Ann", "Ben"}
    assert not any(line["is_return"] for line in desk.lines() if "/" not in line["order_id"])


def test_a_date_and_a_time_of_day_are_one_moment(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.date_and_time(tmp_path))
    assert [line["ordered_at"] for line in desk.lines()][:2] == [
        datetime(2024, 3, 1, 10, 5, 9),
        datetime(2024, 3, 2, 1, 30),
    ]
    (waiting,) = desk.waiting()
    assert (waiting.column, waiting.value) == ("时间", "傍晚")


def test_a_cancelled_line_takes_nothing_from_the_rest_of_its_order(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "closed.csv"
    header = "订单编号,买家id,订单状态,付款时间,商品,实付金额,退款金额\n"
    path.write_text(
        header + "900,a,交易成功,2024-03-01,茶,100,\n900,a,交易关闭,2024-03-01,杯,50,50\n",
        encoding="utf-8",
    )
    desk.take(path)
    told = [(row["order_id"], row["amount"], row["is_return"]) for row in desk.lines()]
    assert told == [("900", 10_000, False), ("900", 0, False)]


def test_an_order_that_was_paid_back_and_closed_is_taken(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "closed.csv"
    header = "订单编号,买家id,订单状态,付款时间,实付金额,退款金额\n"
    path.write_text(
        header + "1,a,交易成功,2024-03-01,100,\n2,a,交易关闭,2024-03-02,50,50\n",
        encoding="utf-8",
    )
    assert desk.take(path).applied == 2
    assert [row["amount"] for row in desk.lines()] == [10_000, 0]


def test_credit_notes_and_prices_times_quantities(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.credit_notes(tmp_path), currency="GBP", timezone="Europe/London")
    assert [(row["amount"], row["is_return"]) for row in desk.lines()] == [
        (8_340, False),
        (3_060, False),
        (-3_540, True),
    ]


def test_a_workbook_with_title_real_dates_and_day_numbers(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.spreadsheet(tmp_path))
    one, two = desk.lines()
    assert (one["row"], two["row"]) == (4, 5)
    assert one["ordered_at"] == datetime(2024, 3, 1, 2, 5)
    assert two["ordered_at"] == datetime(2024, 3, 3, 10, 0)
    assert (one["member_no"], two["member_no"]) == ("13085", "00712")
    assert (one["amount"], one["cost"], two["amount"], two["cost"]) == (1_250, 800, 123_450, None)


def test_reasons_name_row_column_value_and_what_to_do(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.not_finite(tmp_path))
    nan = desk.waiting()[0]
    assert (nan.row, nan.column, nan.value) == (3, "amount", "NaN")
    assert "finite" in nan.reason
    assert nan.to_try


def test_strange_days_each_have_their_reason(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.strange_days(tmp_path))
    assert [row.reason for row in desk.waiting()] == [
        "this date lies in the future",
        "this date is more than 50 years ago",
        "this date stands for an unknown one",
        "this is not a date",
        "this is not a date",
        "the date is missing",
    ]


def test_quarantined_rows_come_back_mended(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.formulas(tmp_path))
    with desk.lake.writing("export") as con:
        (table,) = mending.export(con, tmp_path / "mend.csv")
    text = table.read_text(encoding="utf-8-sig")
    assert "'=cmd" in text and "'@b" in text and "'+3" in text
    assert not any(
        cell[:1] in "=+-@" for line in text.splitlines() for cell in line.split(",") if cell
    )

    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("2024-03-32", "2024-03-31"), encoding="utf-8")
    taken = desk.mend(mended)
    assert (taken.rows, taken.applied, taken.quarantined) == (2, 1, 1)
    (waiting,) = desk.waiting()
    assert (waiting.file, waiting.row) == ("formulas.csv", 4)
    back = next(row for row in desk.lines() if row["day"] == date(2024, 3, 31))
    assert (back["order_id"], back["member_no"], back["amount"]) == (
        "=cmd|'/c calc'!A1",
        "@b",
        -600,
    )

    again = desk.mend(mended)
    assert again.applied == 0
    assert len(desk.waiting()) == 1


def test_a_row_mended_wrongly_twice_waits_once_where_it_first_stood(
    desk: Desk, tmp_path: Path
) -> None:
    desk.take(files.strange_days(tmp_path))
    with desk.lake.writing("export") as con:
        (table,) = mending.export(con, tmp_path / "mend.csv")
    text = table.read_text(encoding="utf-8-sig").replace("1961-03-01", "2023-03-01")
    first = [(row.file, row.row) for row in desk.waiting() if row.value != "1961-03-01"]
    for applied, day in ((1, "2024-02-31"), (0, "2024-02-32")):
        attempt = tmp_path / f"{day}.csv"
        attempt.write_text(text.replace("2024-02-30", day), encoding="utf-8")
        taken, again = desk.mend(attempt), desk.mend(attempt)
        assert (taken.applied, taken.quarantined) == (applied, len(first))
        assert (again.applied, again.quarantined) == (0, len(first))
        assert [(row.file, row.row) for row in desk.waiting()] == first
        assert day in {row.value for row in desk.waiting()}
    attempt = tmp_path / "right.csv"
    attempt.write_text(text.replace("2024-02-30", "2024-02-29"), encoding="utf-8")
    assert desk.mend(attempt).applied == 1
    assert len(desk.waiting()) == len(first) - 1


def test_a_plain_file_is_no_table_of_mended_rows(desk: Desk, tmp_path: Path) -> None:
    desk.take(files.one_customer(tmp_path))
    with pytest.raises(BadInput, match="not a table of mended rows"):
        desk.mend(files.one_customer(tmp_path))


def test_overlapping_exports_do_not_double(desk: Desk, tmp_path: Path) -> None:
    header, *rows = files.MAINLAND.splitlines()
    early, late = tmp_path / "early.csv", tmp_path / "late.csv"
    early.write_text("\n".join([header, *rows[:3]]), encoding="utf-8")
    late.write_text("\n".join([header, *rows[1:], rows[-1]]), encoding="utf-8")
    desk.take(early)
    taken = desk.take(late)
    assert (taken.applied, taken.unchanged) == (2, 2)  # the last line, and that it stands twice
    assert len(desk.lines()) == 5


def test_a_later_export_changes_an_order_and_fills_in_what_was_missing(
    desk: Desk, tmp_path: Path
) -> None:
    first, later = tmp_path / "first.csv", tmp_path / "later.csv"
    first.write_text("order_id,customer_id,order_date,amount\n1,,2024-03-01,5\n2,b,2024-03-01,6\n")
    later.write_text("order_id,customer_id,order_date,amount\n1,a,2024-03-01,5\n2,,2024-03-01,7\n")
    desk.take(first)
    taken = desk.take(later)
    assert taken.applied == 2
    one, two = desk.lines()
    assert (one["member_no"], one["amount"]) == ("a", 500)
    assert (two["member_no"], two["amount"]) == ("b", 700)


def test_an_order_that_changes_hands_in_a_later_file_waits(desk: Desk, tmp_path: Path) -> None:
    first, later = tmp_path / "first.csv", tmp_path / "later.csv"
    first.write_text("order_id,customer_id,order_date,amount\n1,a,2024-03-01,5\n2,b,2024-03-01,6\n")
    later.write_text("order_id,customer_id,order_date,amount\n1,z,2024-03-01,5\n2,b,2024-03-01,6\n")
    desk.take(first)
    taken = desk.take(later)
    assert (taken.applied, taken.unchanged, taken.quarantined) == (0, 1, 1)
    assert desk.waiting()[0].value == "z"


@pytest.mark.parametrize(
    "said", [{"amount_is": "unit", "columns": {"amount": "price"}}, {}], ids=["unit", "price"]
)
def test_a_row_that_changed_hands_comes_back_with_its_money(
    said: dict[str, Any], desk: Desk, tmp_path: Path
) -> None:
    first, later, mended = (tmp_path / f"{name}.csv" for name in ("first", "later", "mended"))
    header = "order_id,customer_id,order_date,qty,price,note\n"
    first.write_text(header + "1,a,2024-03-01,3,2.50,\n", encoding="utf-8")
    row = '1,z,2024/3/1 18:05, 3,￥2.50,"\'=1, ""待核"""'
    later.write_text(f"{header}{row}\n2,b,2024-03-02,1,4.00,\n", encoding="utf-8")
    desk.take(first, **said)
    assert desk.take(later, **said).quarantined == 1
    (waiting,) = desk.waiting()
    assert (waiting.column, waiting.value) == ("customer_id", "z")
    with desk.lake.writing("export") as con:
        (table,) = mending.export(con, mended)
    with table.open(encoding="utf-8-sig", newline="") as exported:
        (told,) = csv.DictReader(exported)
    assert [told[name] for name in header.strip().split(",")] == [
        "1", "z", "2024/3/1 18:05", " 3", "￥2.50", "''=1, \"待核\""
    ]  # fmt: skip

    given_back = mended.read_text(encoding="utf-8-sig").replace("\n1,z", "\n9,z")
    mended.write_text(given_back, encoding="utf-8")
    assert desk.mend(mended).applied == 1
    assert {line["order_id"]: line["amount"] for line in desk.lines()} == {
        "1": 750, "2": 400, "9": 750
    }  # fmt: skip


def test_a_file_that_changes_while_it_is_taken_is_told(desk: Desk, tmp_path: Path) -> None:
    path = files.one_customer(tmp_path)
    mapping = desk.look(path).mapping
    assert mapping is not None
    batch = Batch("b", path.name, path, "0" * 64, mapping, 1, path, path)
    with pytest.raises(BadInput, match="changed while it was being imported"):
        front.reread(batch, [2])


@pytest.mark.parametrize("seed", range(40))
def test_a_mutilated_file_never_breaks_the_reader(seed: int, desk: Desk, tmp_path: Path) -> None:
    """Cut, doubled, flipped: it is taken, asked about or refused, and no row is in two places."""
    path = files.mutilated(tmp_path, seed)
    try:
        preview = desk.look(path)
        taken = desk.merge(path, preview.mapping) if preview.mapping else None
    except HuitouError as refused:
        assert refused.sentence and refused.exit_code == 2
        return
    if taken is not None:
        assert whole(taken)
        assert min(taken.applied, taken.unchanged, taken.quarantined) >= 0
        assert not {row.row for row in desk.waiting()} & {line["row"] for line in desk.lines()}


def test_the_order_of_rows_in_a_file_does_not_matter(desk: Desk, tmp_path: Path) -> None:
    header, *rows = files.MAINLAND.splitlines()
    path = tmp_path / "turned.csv"
    path.write_text("\n".join([header, *reversed(rows)]), encoding="utf-8")
    desk.take(files.gb18030_export(tmp_path))
    before = desk.digest()
    taken = desk.take(path)
    assert (taken.applied, taken.unchanged) == (0, 4)
    assert desk.digest() == before


@pytest.mark.parametrize("write", [files.corner_bomb, files.damaged_parquet, files.binary])
def test_the_parent_outlives_its_child(write: Writer, tmp_path: Path) -> None:
    with pytest.raises(NothingTaken):
        front.look(write(tmp_path), USUAL, now=NOW)


def test_a_child_that_wants_too_much_memory_becomes_a_sentence(tmp_path: Path) -> None:
    path = files.one_customer(tmp_path)
    with pytest.raises(NothingTaken, match="more memory than it may"):
        front.look(path, USUAL, now=NOW, limits={"RLIMIT_AS": 120 * 2**20})


def test_a_file_passes_through_the_child_whole(tmp_path: Path) -> None:
    path = files.gb18030_export(tmp_path)
    preview = front.look(path, USUAL, now=NOW)
    assert preview.mapping is not None
    steps: list[str] = []
    batch = front.read(
        path, preview.mapping, tmp_path / "out", currency="CNY", timezone="Asia/Shanghai", now=NOW,
        progress=lambda step, share: steps.append(step),
    )  # fmt: skip
    assert batch.rows == 4
    assert batch.lines_path.exists() and batch.quarantine_path.exists()
    assert steps[0] == "opening" and steps[-1] == "writing"
    assert preview.rows[0]["product"] == "碧螺春"


def test_a_file_that_is_not_there_is_said_so() -> None:
    with pytest.raises(NothingTaken, match="no such file"):
        front.look(Path("/nowhere/orders.csv"), USUAL, now=datetime(2024, 1, 1, tzinfo=UTC))
