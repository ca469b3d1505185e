"""What a real year taught: read over all doors, and never from the future."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.shop.scenes import JUNE, Year

from huitou.decisions.effects.learned import Learned
from huitou.decisions.playbook import PLAYBOOK
from huitou.doors.cli.main import main
from huitou.journeys import book as journeys
from huitou.runs.shop import Shop
from huitou.runs.steps.learn import effects_of
from huitou.runs.wiring import open_shop


@pytest.fixture
def copied(year: Year, tmp_path: Path) -> Callable[[], Shop]:
    """The year's shop once more, to be run at other days."""

    def copy() -> Shop:
        shutil.copytree(year.shop.home, tmp_path / "copy")
        return open_shop(tmp_path / "copy", clock=year.shop.clock)

    return copy


def test_the_plan_of_june_taught_those_it_was_meant_for(year: Year) -> None:
    found = year.shop.effects.seen()
    with year.shop.books.reading() as unit:
        meant = unit.rows(
            text(
                "SELECT act <> 'nothing' AS given, count(*) AS n FROM decision"
                f" WHERE plan_id = '{year.plan_id}' AND (intended <> 'nothing' OR act <> 'nothing')"
                " GROUP BY 1"
            )
        )
    counts = {bool(row["given"]): row["n"] for row in meant}
    tried = [each for each in found.effects if each.learned is not None]
    assert sum(each.treated for each in tried) == counts[True]
    assert sum(each.held_out for each in tried) == counts[False]
    assert {each.claim for each in tried} == {"open"}, "a hundred letters prove nothing"
    assert found.version.startswith("learned:")


def test_what_june_promised_stands_beside_what_was_proven(year: Year) -> None:
    (promise,) = year.shop.effects.seen().promises
    proof = next(each for each in year.shop.proofs() if each.programme == year.plan_id)
    assert promise.plan == year.plan_id
    assert promise.proven == proof.effect
    assert promise.promised.low <= promise.promised.value <= promise.promised.high
    assert promise.expected <= promise.promised.value


def test_the_run_held_a_contest_by_what_june_had_drawn(year: Year) -> None:
    held = year.shop.effects.seen().challenger
    with year.shop.books.reading() as unit:
        (drawn,) = unit.rows(
            text(
                "SELECT count(*) AS n FROM decision"
                f" WHERE plan_id = '{year.plan_id}' AND chances IS NOT NULL"
            )
        )
    assert held.decisions == drawn["n"] > 0
    assert (held.admitted, held.reason, held.more) == (False, "too_few", None)
    assert year.shop.effects.seen().version.startswith("learned:"), "it does not decide"


def test_the_next_plan_rests_on_what_was_learned(year: Year) -> None:
    plan = year.shop.plan()
    assert plan is not None
    with year.shop.books.reading() as unit:
        rests = journeys.the_plan(unit, plan.id)["totals"]["effects"]
        june = journeys.the_plan(unit, year.plan_id)["totals"]
    assert rests == year.shop.effects.seen().version and rests.startswith("learned:")
    assert june["effects"].startswith("playbook:")
    # Nobody really got June's letters: what they taught is that letters do nothing, or little.
    meant = sum(n for act, n in plan.acts.items() if act != "nothing")
    assert meant < sum(n for act, n in june["acts"].items() if act != "nothing") / 2


def test_a_run_of_a_past_day_knows_no_later_outcome(copied: Callable[[], Shop]) -> None:
    shop = copied()
    shop.run(as_of=JUNE + timedelta(days=20))
    edition = shop._edition()
    assert effects_of(edition) is PLAYBOOK, "the window of the plan of June was not over then"
    found = shop.effects.seen()
    assert {each.claim for each in found.effects} == {"guess"}
    assert [each.proven for each in found.promises] == [None]
    assert found.trust.proofs == 0


def test_what_was_learned_reads_back_from_the_edition(year: Year) -> None:
    belief = effects_of(year.shop._edition())
    assert isinstance(belief, Learned)
    again = Learned.read(json.loads(json.dumps(belief.written())))
    assert again is not None and again.version == belief.version


def test_the_command_line_tells_it(year: Year, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--home", str(year.shop.home), "effects", "--json"])
    assert left.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert told["version"].startswith("learned:")
    assert told["promises"][0]["plan"] == year.plan_id
