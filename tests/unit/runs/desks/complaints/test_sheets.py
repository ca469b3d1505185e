"""Tables of complaints in and out: nothing lost quietly, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.unit.runs.desks.complaints.given_shop import Hands

from huitou.ground.errors import BadInput, NothingTaken
from huitou.runs.shop import Shop


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "complaints.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "header",
    [
        "Date,Type,Complaint,Phone,Order No.",
        "投诉时间,投诉类型,投诉内容,手机号,订单号",
        "客訴日期,客訴類型,客訴內容,手機號碼,訂單編號",
    ],
)
def test_headers_are_known_in_three_languages(shop: Shop, tmp_path: Path, header: str) -> None:
    rows = "2026-03-01 10:00,物流,包裹迟到了,13800000001,A-1\n2026/2/28,service,Rude.,,\n"
    path = table(tmp_path, f"{header}\n{rows}", "utf-8-sig")
    told = shop.complaints.read_table(path)
    assert (told.taken, told.known, told.refused) == (2, 0, ())
    old, new = shop.complaints.listed().rows
    assert (old.kind, new.kind, new.person_id, new.order_id) == (
        "service",
        "delivery",
        "mei",
        "A-1",
    )
    assert new.received_at.isoformat() == "2026-03-01T02:00:00+00:00"  # ten o'clock in Shanghai
    assert shop.complaints.read_table(path).known == 2


def test_bad_rows_are_kept_with_their_reason_and_can_come_back(shop: Shop, tmp_path: Path) -> None:
    text = "complaint,date\n=1+1 broken,2026-03-01\n,2026-03-01\nLate,03/04/2026\nSoon,2027-01-01\n"
    told = shop.complaints.read_table(table(tmp_path, text))
    assert told.taken == 1 and [number for number, _why in told.refused] == [3, 4, 5]
    assert told.kept_at is not None
    kept = list(csv.reader(Path(told.kept_at).read_text("utf-8-sig").splitlines()))
    assert kept[0][-1] == "reason it was refused" and len(kept) == 4
    mended = Path(told.kept_at).read_text("utf-8-sig").replace("03/04/2026", "2026-02-03")
    again = shop.complaints.read_table(table(tmp_path, mended))
    assert (again.taken, len(again.refused)) == (1, 2)


def test_old_complaints_end_as_the_file_says(shop: Shop, tmp_path: Path) -> None:
    text = (
        "complaint,date,phone,reply,answered at,resolved at\n"
        "Late,2025-06-01,13800000001,Sorry,2025-06-02,2025-06-03\nOpen,2026-03-01,,,,\n"
    )
    shop.complaints.read_table(table(tmp_path, text))
    assert [row.beginning for row in shop.complaints.listed().rows] == ["Open"]
    (done,) = shop.complaints.listed("resolved").rows
    assert done.answered_at is not None and done.answered_at.date().isoformat() == "2025-06-01"


def test_a_file_of_settled_ones_freezes_nobody(shop: Shop, tmp_path: Path) -> None:
    text = "complaint,date,phone\nLate,2025-06-01,13800000001\n"
    shop.complaints.read_table(table(tmp_path, text), settled=True)
    assert not shop.complaints.listed().rows and shop.complaints.listed("resolved").rows


def test_what_is_no_table_of_complaints_is_said_plainly(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(NothingTaken, match="no column holds what was said"):
        shop.complaints.read_table(table(tmp_path, "a,b\n1,2\n"))
    with pytest.raises(BadInput, match="not UTF-8"):
        shop.complaints.read_table(table(tmp_path, "投诉内容\n迟到\n", "gb18030"))
    with pytest.raises(BadInput, match="no such file"):
        shop.complaints.read_table(tmp_path / "absent.csv")


def test_formulas_are_inert_on_the_way_out_and_come_back_as_they_were(
    shop: Shop, tmp_path: Path, clock: Hands
) -> None:
    evil = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(1)", "＝1", "\t=1", "<script>alert(1)</script>"]
    for words in evil:
        shop.complaints.new(words, name=words, product=words, by="Li")
    path = tmp_path / "out" / "all.csv"
    assert shop.complaints.write_table(path) == len(evil)
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    for row in rows:
        for name in ("complaint", "name", "product"):
            assert not row[name].lstrip().startswith(tuple("=+-@＝")), row
    assert "'=cmd|' /C calc'!A0" in {row["complaint"] for row in rows}


def test_a_settled_row_whose_import_was_killed_is_not_left_open(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "old.csv"
    file.write_text("complaint,date,resolved at\nLate,2026-01-05,2026-01-09\n", encoding="utf-8")
    with monkeypatch.context() as dead, pytest.raises(KeyboardInterrupt):
        dead.setattr("huitou.runs.desks.complaints.sheets.book.resolve", _die)
        shop.complaints.read_table(file)
    shop.complaints.read_table(file)
    assert not shop.complaints.listed("open").rows
    assert [row.state for row in shop.complaints.listed("all").rows] == ["resolved"]


def _die(*_told: object) -> None:
    raise KeyboardInterrupt
