"""Who asks to be forgotten is forgotten: in the books, in the lake, and when a file names them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from tests.contract.test_forgetting import traces
from tests.shop import tea

from huitou.care.machines.rules import Machine
from huitou.doors.book import Staff
from huitou.doors.cli.main import main
from huitou.doors.web import web
from huitou.ground.errors import Busy, HuitouError
from huitou.identity.forgetting import book as forgotten
from huitou.runs.desks.members.desk import read
from huitou.runs.shop import Shop

ROOT = "http://testserver"
NAME, EMAIL, PHONE = "Mei Lin of the Tea House", "mei.lin@example.com", "13800130001"
SERIAL = "POT-77-4142"
FRIEND = "friend.of.mei@example.com"


@pytest.fixture
def shop(tea_shop: Path, tmp_path: Path) -> Iterator[Shop]:
    """A copy of the shop after one run."""
    shutil.copytree(tea_shop, tmp_path / "shop")
    made = tea.opened(tmp_path / "shop")
    yield made
    made.books.close()


def known_well(shop: Shop, who: str) -> str:
    """Let somebody do with the shop whatever a customer can do; their id."""
    person = shop.person(who).row.id
    shop.rules("points").switch(True)
    shop.points.gift(who, 150, "for Mei Lin of the Tea House", "lin", key="g1")
    shop.points.burn(who, 100, "b1", by="till")
    shop.rules("membership").switch(True)
    shop.membership.buy(who, "plain", "lin")
    told = read(
        shop.settings, tea.TODAY, name=NAME, contacts=(EMAIL, PHONE), born="1990-05-01",
        consents=("email",),
    )  # fmt: skip
    shop.members.join(told, "lin")
    shop.consents.give(who, "email", by="lin", wording="yes, write to me", source="till")
    shop.needs.enter(who, Machine(SERIAL, "白瓷盖碗", date(2024, 1, 1)), "lin", "Tea House Ltd")
    shop.needs.note(SERIAL, date(2024, 5, 1), "lin", words=f"{NAME} was not at home")
    shop.surprises.tell_birthday(who, 5, "lin")
    shop.rules("referrals").switch(True)
    link = shop.referrals.link(who, "lin")
    shop.referrals.leave(link.token, "Liu", FRIEND, "en", agreed=True)
    shop.complaints.new(f"I am {NAME}, {EMAIL}", phone=PHONE, by="lin")
    shop.casefiles.open(who, "lin")
    shop.chase.mark(who, "rival", f"{NAME} went next door for good", "lin", date(2024, 12, 1))
    return person


def test_nothing_in_the_books_or_the_lake_says_who_they_were(shop: Shop) -> None:
    person = known_well(shop, "M0001")
    plan = shop.draft_plan()
    shop.approve_plan(plan.id, "lin")
    shop.apply_plan(plan.id, "lin")
    with shop.books.reading() as unit:
        before = {each.partition(".")[0] for each in traces(unit, person, EMAIL, PHONE, NAME)}
    assert len(before) > 15
    done = shop.forgetting.forget("M0001", "owner")
    assert done.rows > 20 and done.lines > 0
    with shop.books.reading() as unit:
        marks = (person, EMAIL, PHONE, NAME, "Tea House", SERIAL)
        assert set(traces(unit, *marks)) == set()
        assert FRIEND in {row[0] for row in unit.connection.exec_driver_sql(
            "SELECT email FROM referral")}  # fmt: skip
    assert shop.check() == []
    kept = sorted((shop._house.lake.root / "plans").glob("*/*"))
    assert kept and not any(person.encode() in file.read_bytes() for file in kept)
    people = pq.read_table(next(file for file in kept if file.name == "people.parquet"))
    assert people.num_rows and person not in people["person_id"].to_pylist()
    seen = shop.replay_plan(plan.id)
    assert seen.same is None and "forgotten" in str(seen.words[0])


def test_their_sales_stay_and_a_file_that_names_them_does_not_bring_them_back(
    shop: Shop, tea_shop: Path, tmp_path: Path
) -> None:
    with shop._house.lake.writing("look") as lake:
        (before,) = lake.execute("SELECT count(*), sum(amount) FROM lines").fetchall()
    done = shop.forgetting.forget("M0001", "owner")
    again = tmp_path / "again.csv"
    told = (tea_shop.parent / "orders.csv").read_text(encoding="utf-8").splitlines()
    new = "D99999,M0001,13800130001,2024-08-31,龙井茶,1,￥10.00,一店"
    again.write_text("\n".join([*told, new]) + "\n", encoding="utf-8")
    shop.take(again, tea.DECLARED, confirmed=True)
    with shop._house.lake.writing("look") as lake:
        parsed = f"read_parquet('{shop._house.lake.raw}/*/lines.parquet', union_by_name = true)"
        names = f"SELECT count(*) FROM {parsed} WHERE member_no = 'M0001' OR phone LIKE '%00130001'"
        assert lake.execute(names).fetchall() == [(0,)]
        (after,) = lake.execute("SELECT count(*), sum(amount) FROM lines").fetchall()
        named = lake.execute(
            "SELECT count(*) FROM lines WHERE member_no = 'M0001' OR phone LIKE '%13800130001'"
        ).fetchall()
    assert after == (before[0] + 1, before[1] + 1000) and named == [(0,)]
    shop.run()
    with pytest.raises(HuitouError, match="no customer"):
        shop.person("M0001")
    with shop.books.reading() as unit:
        salt = shop.settings.salt
        assert forgotten.known(unit, ["member:M0001", "member:M0002"], salt) == {
            "member:M0001": done.id
        }


def test_every_door_asks_twice_and_forgets_once(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    who = shop.person("M0002").row.id
    with pytest.raises(SystemExit) as refused:
        main(["--home", str(shop.home), "forget", "M0002"])
    assert refused.value.code and "cannot be taken back" in capsys.readouterr().err
    staff = Staff(shop.books)
    owner = TestClient(web(shop, staff), base_url=ROOT, headers={"origin": ROOT})
    link = f"/welcome/{staff.invite('owner', tea.MORNING)}"
    owner.post(link, data={"name": "owner", "password": "a long enough one"})
    page = owner.get(f"/consents/of?who={who}").text
    form = {"csrf": page.split('name="csrf" value="', 1)[1].split('"', 1)[0], "who": who}
    assert owner.post("/consents/forget", data=form).status_code == 400
    assert owner.post("/consents/forget", data={**form, "sure": "yes"}).status_code == 200
    with shop.books.reading() as unit:
        assert set(traces(unit, who)) == set()
    with pytest.raises(SystemExit) as done:
        main(["--home", str(shop.home), "forget", "M0003", "--yes", "--json"])
    assert done.value.code == 0
    assert len(shop.forgetting.log()) == 2


def test_nobody_is_forgotten_in_the_middle_of_a_run(shop: Shop) -> None:
    with shop._house.lake.running("run"), pytest.raises(Busy, match="day's work"):
        shop.forgetting.forget("M0001", "owner")
    assert shop.forgetting.log() == []


def test_rows_of_others_that_wait_to_be_mended_stay(
    shop: Shop, tea_shop: Path, tmp_path: Path
) -> None:
    head = (tea_shop.parent / "orders.csv").read_text(encoding="utf-8").splitlines()[0]
    bad = tmp_path / "bad.csv"
    rows = ("D99997,M0003,13800130003,2024-08-12,龙井茶,1,￥10.00,一店",
            "D99998,M0002,13800130002,2024-08-12,龙井茶,x,￥10.00,一店",
            "D99999,M0001,13800130001,2024-08-12,龙井茶,x,￥10.00,一店")  # fmt: skip
    bad.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    shop.take(bad, tea.DECLARED, confirmed=True)
    assert len(shop.quarantined()) == 2
    shop.forgetting.forget("M0001", "owner")
    (left,) = shop.quarantined()
    assert left.row == 3
    bad.write_text("\n".join([head, rows[0].replace("D99997", "D99990"), rows[2]]) + "\n")
    shop.take(bad, tea.DECLARED, confirmed=True)
    assert [row.row for row in shop.quarantined()] == [3]
