"""For each customer at risk the three facts that moved the chance: on page, wire and line alike."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.shop import tea

from huitou.doors.cli.main import main
from huitou.runs.shop import Shop

FACTS = {"silence", "visits", "span", "cohort", "level", "season"}


@pytest.fixture
def shop(tea_shop: Path, tmp_path: Path) -> Iterator[Shop]:
    shutil.copytree(tea_shop, tmp_path / "shop")
    shop = tea.opened(tmp_path / "shop")
    yield shop
    shop.books.close()


def test_everybody_at_risk_is_told_by_the_model_that_scored(shop: Shop) -> None:
    edition = shop._edition()
    people = {row["person_id"]: row for row in edition.table("people").to_pylist()}
    at_risk = {who for who, row in people.items() if row["stage"] in ("slipping", "lost")}
    told = edition.table("moved").to_pylist()
    assert at_risk and {row["person_id"] for row in told} == at_risk
    for row in told:
        assert row["fact"] in FACTS
        assert row["p_now"] == pytest.approx(people[row["person_id"]]["p_buy"], rel=1e-9)
        assert (row["shift"] < 0) == (row["p_now"] < row["p_usual"])
    # What is as usual moved nobody: of who came once, two things are known at all.
    counts = Counter(row["person_id"] for row in told)
    again = [n for who, n in counts.items() if people[who]["x"] > 0]
    assert set(counts.values()) <= {2, 3} and again.count(3) > 0.9 * len(again)


def test_the_same_three_stand_on_every_door(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = shop.people(stage="lost", limit=1).rows
    assert len(row.moved) == 3
    assert shop.person(row.id).row.moved == row.moved
    with pytest.raises(SystemExit):
        main(["--home", str(shop.home), "person", row.key])
    line = " ".join(capsys.readouterr().out.split())
    with pytest.raises(SystemExit):
        main(["--home", str(shop.home), "person", row.key, "--json"])
    wire = json.loads(capsys.readouterr().out)
    assert [each["fact"] for each in wire["row"]["moved"]] == [each.fact for each in row.moved]
    for each in row.moved:
        assert str(each.words) in line and str(each.effect) in line
