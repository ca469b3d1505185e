"""Why a row waits, and what to do about it, is said in the language of whoever reads it."""

from __future__ import annotations

import ast
import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from tests.unit.console.conftest import ROOT

from huitou import sources
from huitou.doors.api.app import app as api
from huitou.doors.book import Staff
from huitou.doors.console.app import app as console
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import NothingTaken
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.words import Sentence, said
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared
from huitou.sources.wire import sentence_from, sentence_to, text_of, words_of

JUDGES = ("fault", "Fault", "Broken", "_Unread", "text_of", "unlike")
"""What is handed a reason, or what to try, in the rooms that read."""
HEADER = "order_id,customer_id,order_date,amount,currency\n"
ROWS = (
    "1,a,2026-05-01,10,CNY\n2,b,2026-05-02,十块,CNY\n3,c,,10,CNY\n4,d,2026-05-04,10,USD\n"
    "5,e,2026-05-05,10,CNY,x\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = open_shop(tmp_path / "home", clock=StoppedClock(datetime(2026, 6, 1, tzinfo=UTC)))
    opened.change_settings(currency="CNY", timezone="Asia/Shanghai")
    yield opened
    opened.books.close()


def taken(shop: Shop, folder: Path, text: str = HEADER + ROWS) -> None:
    path = folder / "orders.csv"
    path.write_text(text, encoding="utf-8")
    shop.take(path, Declared(grain="order"), confirmed=True)


def reasons() -> set[str]:
    """Every text with which the rooms that read set a row aside: what is handed to a judge, and
    what has a name beside one."""
    found: set[str] = set()
    for path in Path(sources.__file__).parent.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        judged = [node for node in nodes if isinstance(node, ast.Call) and _called(node) in JUDGES]
        if judged:
            named = [node.value for node in nodes if isinstance(node, ast.Assign)]
            found.update(*map(_told, [*named, *(each for node in judged for each in node.args)]))
    return found


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _told(node: ast.expr) -> set[str]:
    if not isinstance(node, ast.Call) or _called(node) != "said":
        return set()
    first = node.args[0]
    return {first.value} if isinstance(first, ast.Constant) else set()


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if tag != "en"])
def test_every_reason_is_said_in_every_language(tag: str) -> None:
    found = reasons()
    known = {"this is not a number", "an earlier file gives this order to another customer"}
    assert known | {"the date is missing", "mend the line"} <= found
    assert len(found) > 35
    untold = [text for text in sorted(found) if speaker(tag).say(text) == text]
    assert not untold


def test_a_sentence_comes_back_from_a_column_of_text() -> None:
    whole = said("{what}, and this source is frozen", what=said("this is {kind}", kind="{x}"))
    assert sentence_from(sentence_to(whole)) == whole == words_of(text_of(whole))
    assert text_of(said("this is not a number")) == "this is not a number"
    old = words_of("the column '{paid}' is gone")
    assert str(old) == "the column '{paid}' is gone" == speaker("zh-Hant").say(old)
    assert sentence_to(said("{n} rows", n=datetime(2026, 1, 1)))[1] == {"n": "2026-01-01 00:00:00"}


def test_the_page_and_the_table_to_mend_speak_the_readers_language(
    shop: Shop, tmp_path: Path
) -> None:
    taken(shop, tmp_path)
    staff = Staff(shop.books)
    with TestClient(console(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as owner:
        link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
        owner.post(link, data={"name": "owner", "password": "a long enough one"})
        page = owner.get("/files", headers={"accept-language": "zh-CN"}).text
        table = owner.get("/files/quarantine.csv", headers={"accept-language": "zh-CN"})
    for told in ("这不是数字", "缺少日期", "这一行不是店铺所用的货币", "这一行有 6 格"):
        assert told in page, told
    for row in shop.quarantined():
        assert str(row.reason) not in page and str(row.to_try) not in page
    first = next(csv.DictReader(table.content.decode("utf-8-sig").splitlines()))
    assert first["huitou_reason"] == "这不是数字"
    assert first["huitou_to_try"] == "改正这一格，再重新导入这一行"


def test_programs_are_answered_in_the_language_they_ask_for(shop: Shop, tmp_path: Path) -> None:
    taken(shop, tmp_path)
    staff = Staff(shop.books)
    with TestClient(api(shop, staff)) as program:
        secret = staff.issue_token("p", ("read",), shop.clock.now())
        program.headers["Authorization"] = f"Bearer {secret}"
        english = program.get("/quarantine").json()[0]
        chinese = program.get("/quarantine?language=zh-Hant").json()[0]
    assert english["reason"] == "this is not a number"
    assert chinese["reason"] == "這不是數字"


def test_a_file_of_which_nothing_can_be_taken_says_so_in_the_readers_language(
    shop: Shop, tmp_path: Path
) -> None:
    with pytest.raises(NothingTaken) as none:
        taken(shop, tmp_path, HEADER + "2,b,2026-05-02,十块,CNY\n")
    assert isinstance(none.value.spoken, Sentence)
    assert speaker("zh-Hans").say(none.value.spoken) == "仅有的一行未能收下：这不是数字"
    assert none.value.sentence == "the only row could not be taken: this is not a number"


def test_rows_of_an_earlier_version_are_shown_as_they_were_kept(shop: Shop, tmp_path: Path) -> None:
    taken(shop, tmp_path)
    kept = shop._house.lake.standing.table("quarantine")
    old = ["this is text, where number is expected", "in braces: {x}"]
    rows = [{**row, "reason": old[row["id"] % 2]} for row in kept.to_pylist()]
    shop._house.lake.standing.write("quarantine", pa.Table.from_pylist(rows))
    assert {speaker("zh-Hans").say(row.reason) for row in shop.quarantined()} == set(old)


def test_a_file_set_aside_is_told_once_and_in_the_readers_language(
    shop: Shop, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "d.csv").write_text(HEADER + "1,a,2026-05-01,10,CNY\n", encoding="utf-8")
    os.utime(folder / "d.csv", (0, 0))
    shop.sources.add_folder("exports", str(folder), "mei")
    (words,) = shop.sources.pull("exports").told
    assert str(words).startswith("d.csv was set aside: ")
    staff = Staff(shop.books)
    with TestClient(console(shop, staff), base_url=ROOT, headers={"origin": ROOT}) as owner:
        link = f"/welcome/{staff.invite('owner', shop.clock.now())}"
        owner.post(link, data={"name": "owner", "password": "a long enough one"})
        page = owner.get("/sources", headers={"accept-language": "zh-CN"}).text
    assert page.count("d.csv") == 1
    assert speaker("zh-Hans").say(shop.sources.files("exports")[0].reason or "") in page
    assert str(shop.sources.files("exports")[0].reason) not in page
