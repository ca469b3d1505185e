"""A shop whose doors write customers each in their own way: who is one, who is not, and back."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from examples.duplicates import shop as example
from fastapi.testclient import TestClient
from tests.shop import tea
from typer.testing import CliRunner

from huitou.doors.api.app import app as api_app
from huitou.doors.book import Staff
from huitou.doors.cli.main import app as cli_app
from huitou.doors.scopes import SCOPES
from huitou.identity.alike.book import DIFFERENT, JOINED, OPEN, SAME
from huitou.runs.desks.duplicates import PairView
from huitou.runs.shop import Shop
from huitou.runs.steps import know


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("duplicates")
    orders = example.write(folder)
    made = tea.opened(folder / "shop")
    made.change_settings(name="转角茶铺", salt="one lot for all tests")
    made.take(orders, tea.DECLARED, confirmed=True)
    made.run()
    return made


def look(shop: Shop) -> None:
    """Look again at who is who, as the next run would."""
    tea.again(shop, lambda work, _unit: {**know.people(work), **know.lines(work)})
    tea.again(shop, know.names)


def people(shop: Shop) -> dict[str, set[int]]:
    """person -> whose their orders really are."""
    truth = json.loads((shop.home.parent / "truth.json").read_text(encoding="utf-8"))
    found: dict[str, set[int]] = defaultdict(set)
    for row in shop._edition().table("lines", ["order_id", "person_id"]).to_pylist():
        found[row["person_id"]].add(truth[row["order_id"]])
    return found


def digest(shop: Shop) -> dict[str, str]:
    return dict(shop.fact_marks())


def test_who_came_twice_is_one_and_nobody_else_is(shop: Shop) -> None:
    found = people(shop)
    assert [person for person, whose in found.items() if len(whose) > 1] == []
    everybody = {who for whose in found.values() for who in whose}
    twice = len(found) - len(everybody)
    assert twice <= 0.05 * example.DOUBLES
    page = shop.duplicates.page()
    assert page.counts[JOINED] >= 0.95 * example.DOUBLES
    assert page.merges_itself and page.wrong <= 0.002 and page.found > 0.9


def test_twins_are_looked_at_and_each_pair_says_why(shop: Shop) -> None:
    opened = shop.duplicates.page().open
    twins = [each for each in opened if each.left.birthday == each.right.birthday]
    assert twins
    for each in twins:
        assert "Same birthday" in map(str, each.agrees)
        assert {str(words) for words in each.differs} & {
            "Same surname, other given name", "Other name",
        }  # fmt: skip


def test_parting_and_joining_again_restores_the_facts(shop: Shop) -> None:
    before, pair = digest(shop), _one(shop)
    persons, books = len(people(shop)), _stands(shop)
    assert not shop.has_news()
    shop.duplicates.different(pair.id, "mei")
    assert shop.has_news()
    assert shop.duplicates.page().waits
    look(shop)
    assert len(people(shop)) == persons + 1
    assert digest(shop) != before and not shop.duplicates.page().waits
    assert pair.id not in {each.id for each in shop.duplicates.page().open}
    told = shop.duplicates.undo(pair.id, "mei")
    assert [each.word for each in told.said] == [JOINED, DIFFERENT, "undone"]
    look(shop)
    assert len(people(shop)) == persons
    assert digest(shop) == before and _stands(shop) == books


def test_somebodys_word_makes_two_one(shop: Shop) -> None:
    pair = shop.duplicates.page().open[0]
    before = digest(shop)
    shop.duplicates.same(pair.id, "mei")
    look(shop)
    assert digest(shop) != before
    assert shop.duplicates.find(pair.id).state == SAME
    shop.duplicates.undo(pair.id, "mei")
    look(shop)
    assert digest(shop) == before
    assert shop.duplicates.find(pair.id).state == OPEN


def test_the_doors_say_the_same(shop: Shop) -> None:
    pair, staff = shop.duplicates.page().open[0], Staff(shop.books)
    with TestClient(api_app(shop, staff)) as door:
        secret = staff.issue_token("looks", tuple(SCOPES), shop.clock.now())
        door.headers["Authorization"] = f"Bearer {secret}"
        assert door.get("/duplicates").json()["open"][0]["id"] == pair.id
        assert door.post(f"/duplicates/{pair.id}/different").json()["state"] == DIFFERENT
        assert door.post(f"/duplicates/{pair.id}/undo").json()["state"] == OPEN
        assert door.get("/duplicates/nobody").status_code == 404
    shown = CliRunner().invoke(cli_app, ["--home", str(shop.home), "duplicates", "list", "--json"])
    assert json.loads(shown.stdout)["open"][0]["id"] == pair.id


def _one(shop: Shop) -> PairView:
    return next(each for each in shop.duplicates.page().one if each.state == JOINED)


def _stands(shop: Shop) -> set[tuple[str, str]]:
    from huitou.identity.alike import book

    with shop.books.reading() as unit:
        return {(who, row["survivor"]) for who, row in book.stands(unit).rows.items()}


def test_the_example_is_written_the_same_every_time(tmp_path: Path) -> None:
    first = example.write(tmp_path / "a").read_bytes()
    assert example.write(tmp_path / "b").read_bytes() == first
