"""What a customer who complains feels: heard, left in peace meanwhile, answered, asked again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import MetaData, create_engine, select
from tests.shop.scenes import HOME
from tests.unit.public.conftest import PNG, Customer, Wound

from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

START = date(2024, 1, 1)
MORNING = datetime(2024, 9, 9, 7, tzinfo=UTC)
"""After the thirty-sixth week, before the shop opens."""
SILENT = range(12)
"""They pay most and stopped after thirty weeks: those the plan writes to."""
BEN = 30
"""He comes each week, until nobody answers him."""
WORDS = "the parcel came two weeks late and broken"
OVERDUE = "complaint_overdue"


def orders(weeks: int, last_week: Mapping[int, int]) -> str:
    """Sixty customers, one visit a week at their own weekday; some stop earlier."""
    lines = ["order_id,member_no,email,date,amount"]
    for n in range(60):
        for week in range(min(weeks, last_week.get(n, weeks))):
            day = START + timedelta(days=7 * week + n % 7)
            paid = 300 if n in SILENT else 20
            lines.append(f"{n}-{week},c{n},c{n}@example.com,{day},{paid}.00")
    return "\n".join(lines) + "\n"


def take(shop: Shop, weeks: int, **stops: int) -> None:
    stopped = dict.fromkeys(SILENT, 30) | {int(name[1:]): week for name, week in stops.items()}
    file = shop.home.parent / f"orders-{weeks}.csv"
    file.write_text(orders(weeks, stopped), encoding="utf-8")
    shop.take(file, HOME, confirmed=True)


@dataclass
class Scene:
    """A shop, its clock, and somebody at its public door."""

    shop: Shop
    clock: Wound
    customer: Customer

    def complain(self, key: str, **told: object) -> str:
        """A customer writes; the address of the page of their complaint."""
        answer = self.customer.complain(WORDS, contact=f"{key}@example.com", **told)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def page(self, link: str) -> str:
        return self.customer.get(link).text

    def send(self, link: str, more: str = "", **told: str) -> None:
        """Press a button on the page of a complaint."""
        fields = {"form": self.customer.mark(link), **told}
        path, _, query = link.partition("?")
        answer = self.customer.post(f"{path}{more}?{query}", data=fields)
        assert answer.status_code == 303, answer.text

    def run(self, **later: float) -> None:
        self.clock.on(**later)
        self.shop.run()

    def draft(self) -> dict[str, str]:
        """Customer -> what the plan of now means for them, where it means anything."""
        plan = self.shop.draft_plan()
        rows, _ = self.shop.receipts(plan.id, act="any", limit=100)
        return {row.key: receipt.act for row, receipt in rows if not receipt.held_out}

    def bells(self, state: str = "ringing") -> list[tuple[str, bool]]:
        """Who rings for a complaint that waits, and whether nobody answered that in time."""
        return [
            (bell.person.key, alarm.is_late)
            for bell in self.shop.alarms.bells(state)
            for alarm in bell.alarms
            if alarm.rule == OVERDUE and bell.person
        ]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop on its first morning, after a run."""
    home = tmp_path_factory.mktemp("complaint") / "shop"
    shop = open_shop(home, clock=Wound(MORNING))
    shop.change_settings(margin=0.4, holdout_share=0.2, salt="one lot for all tests")
    shop.change_settings(name="Tea House", currency="GBP", timezone="Europe/London")
    take(shop, 36)
    shop.run()
    shop.books.close()
    return home


@pytest.fixture
def scene(begun: Path, tmp_path: Path) -> Iterator[Scene]:
    """A shop of one's own, copied."""
    home = tmp_path / "shop"
    shutil.copytree(begun, home)
    clock = Wound(MORNING)
    shop = open_shop(home, clock=clock)
    site = TestClient(web(shop, Staff(shop.books)), follow_redirects=False)
    yield Scene(shop, clock, Customer(site, clock))
    shop.books.close()


def written_to(scene: Scene) -> str:
    """The first customer whom the plan means to write to."""
    return next(key for key, act in scene.draft().items() if act not in ("nothing", "call"))


def test_left_in_peace_until_it_is_settled_and_the_manager_hears_once_of_a_late_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUITOU_ALERT_URLS", "console")
    shop, ann = scene.shop, written_to(scene)
    plan = shop.draft_plan()
    shop.approve_plan(plan.id, "lin")
    link = scene.complain(ann)
    assert WORDS in scene.page(link)

    # The letter that was planned before does not go, though no run came between.
    assert shop.apply_plan(plan.id, "lin")["refused"]["open_complaint"] == 1
    scene.run(hours=2)
    (mine,) = shop.complaints.listed().rows
    assert mine.person is not None and mine.person.key == ann
    assert scene.bells() == [], "it is not late yet"
    assert scene.draft().get(ann, "nothing") in ("nothing", "call")

    # Nobody answers for a day too long.
    capsys.readouterr()
    scene.run(hours=96)
    assert scene.bells() == [(ann, False)]
    assert "A complaint waits past its deadline" in capsys.readouterr().err
    scene.run(hours=5)
    assert scene.bells() == [(ann, True)]
    assert capsys.readouterr().err.count("alarms nobody answered in time: 1") == 1
    scene.run(hours=5)
    assert "alarms nobody answered in time" not in capsys.readouterr().err, "told once"

    # Answered: they follow it, and it rings no more.
    shop.complaints.answer(mine.number, "We are sorry. A new one is on its way.", by="lin")
    assert "A new one is on its way." in scene.page(link)
    scene.run(hours=1)
    assert scene.bells() == []
    assert scene.draft().get(ann, "nothing") in ("nothing", "call"), "it may go on"
    shop.complaints.resolve(mine.number, by="lin")

    # Not content, they rate it, open it again, and are content.
    scene.send(link, "/rate", stars="2")
    scene.send(link, words="It is broken again.")
    shop.letterbox.carry()
    again = shop.complaints.one(mine.number)
    assert (again.row.state, again.reopened, again.csat) == ("assigned", 1, 2)
    assert scene.draft().get(ann, "nothing") in ("nothing", "call")
    shop.complaints.answer(mine.number, "Then we bring one ourselves.", by="lin")
    shop.complaints.resolve(mine.number, by="lin")
    scene.send(link, "/rate", stars="5")
    shop.letterbox.carry()
    assert shop.complaints.one(mine.number).csat == 5
    assert scene.draft()[ann] not in ("nothing", "call")


def test_who_is_never_answered_leaves_and_the_reason_is_written(scene: Scene) -> None:
    key = f"c{BEN}"
    scene.complain(key, kind="delivery")
    scene.clock.on(days=7 * 18)
    take(scene.shop, 54, **{key: 36})
    scene.run()
    person = scene.shop.person(key)
    said = [str(words) for words in person.evidence]
    assert "They complained on 2024-09-09 and were not answered within a week." in said
    assert person.row.stage in ("slipping", "lost")
    named = {cause.code: cause.confidence for cause in person.causes}
    others = [
        cause.confidence
        for row in scene.shop.people(stage=person.row.stage, limit=20).rows
        if row.key != key
        for cause in scene.shop.person(row.id).causes
        if cause.code == "service"
    ]
    assert others and named["service"] > 4 * max(others)
    desk = scene.shop.casefiles
    suspects = desk.file(desk.open(key, "lin")).line.suspects
    told = {str(words) for each in suspects for words in each.evidence}
    assert told and told <= set(said), "the case file says what the page of the person says"


def test_forgotten_on_request_leaves_no_words_anywhere(scene: Scene) -> None:
    shop = scene.shop
    key = f"c{BEN}"
    link = scene.complain(key, files={"files": ("broken.png", PNG, "image/png")})
    scene.run(hours=1)
    (mine,) = shop.complaints.listed().rows
    shop.complaints.answer(mine.number, "So sorry to hear of a broken parcel.", by="lin")
    shop.complaints.sort(mine.number, "delivery", by="lin")
    scene.send(link, words="and nobody rings me back")
    scene.run(hours=1)
    secrets = (WORDS, "broken parcel", "rings me back", "broken.png")
    assert all(any(secret in text for text in texts(shop)) for secret in secrets)
    assert shop.complaints.forget(key) == 1
    scene.run(hours=1)
    left = [text for text in texts(shop) if any(secret in text for secret in secrets)]
    assert left == []
    out = shop.home.parent / "complaints.csv"
    shop.complaints.write_table(out)
    assert not re.search("|".join(secrets), out.read_text(encoding="utf-8-sig"))
    assert files_with(shop.home, (*(each.encode() for each in secrets), PNG)) == []
    assert WORDS not in scene.page(link)


def texts(shop: Shop) -> list[str]:
    """Everything that stands in the books, cell by cell."""
    engine = create_engine(f"sqlite:///{shop.home / 'books.db'}")
    every = MetaData()
    every.reflect(engine)
    with engine.connect() as connection:
        found = [
            str(cell)
            for table in every.tables.values()
            for row in connection.execute(select(table))
            for cell in row
            if cell is not None
        ]
    engine.dispose()
    return found


def files_with(home: Path, secrets: tuple[bytes, ...]) -> list[str]:
    """Files beside the books that hold one of these; pages of a database are not wiped at once."""
    return [
        str(path.relative_to(home))
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith("books.db")
        if any(secret in path.read_bytes() for secret in secrets)
    ]
