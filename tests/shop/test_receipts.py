"""A receipt for everybody, a plan that replays to the byte, and a dry run that is the run."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.shop.scenes import JUNE, NOW, Year, copied

from huitou.doors.cli.main import main
from huitou.ground.errors import HuitouError, NotYet
from huitou.runs import inputs
from huitou.runs.shop import Shop


@pytest.fixture(scope="module")
def spring(june: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The shop in June, with a plan that is drafted."""
    return copied(june, tmp_path_factory.mktemp("spring"))


def test_a_plan_replays_to_the_byte_after_half_a_year_of_news(year: Year) -> None:
    seen = year.shop.replay_plan(year.plan_id)
    assert seen.same is True
    assert seen.again == seen.digest
    newer = year.shop.plan()
    assert newer is not None and newer.id != year.plan_id
    assert year.shop.replay_plan(newer.id).same is True


def test_everybody_has_a_receipt_for_every_day(year: Year) -> None:
    shop = year.shop
    rows, _ = shop.receipts(year.plan_id, act="any", limit=5)
    for person, receipt in rows:
        view = shop.why(person.key, JUNE)
        assert (view.plan.id, view.plan.as_of) == (year.plan_id, JUNE)
        assert view.receipt == receipt
        assert view.ends
        codes = {line.code for line in view.lines}
        assert {
            "p_alive",
            "p_buy",
            "value_low",
            "bound",
            "propensity",
            "huitou",
            "effects",
        } <= codes
        assert {"money_price", "model", "lot", "inputs", "digest"} <= codes
        assert all(entry.day > JUNE for entry in view.after)
        newest = shop.why(person.key)
        assert newest.plan.id != year.plan_id
        assert [each.id for each in newest.plans][-1] == year.plan_id
        assert view.remarks == ()


def test_who_is_held_out_has_a_receipt_too(year: Year) -> None:
    by_the_lot = 0
    for person, receipt in year.shop.receipts(year.plan_id, act="nothing", limit=400)[0]:
        if receipt.held_out:
            view = year.shop.why(person.id, JUNE)
            said = {line.value for line in view.chapter("lot")}
            assert view.plan.held_out and said & {"universal", "programme"}
            by_the_lot += "universal" in said
            # Ids are drawn by lot: who comes first may be held out of this campaign alone.
            if by_the_lot:
                break
    assert by_the_lot


def test_before_the_first_plan_there_is_no_receipt(year: Year) -> None:
    person = year.shop.people(limit=1).rows[0]
    with pytest.raises(NotYet, match="until 2010-01-01"):
        year.shop.why(person.id, date(2010, 1, 1))
    with pytest.raises(HuitouError, match="no customer"):
        year.shop.why("nobody at all")


def test_no_receipt_tells_the_salt(year: Year) -> None:
    salt = year.shop.settings.salt
    person = year.shop.people(limit=1).rows[0]
    from huitou.runs.written import written

    assert salt not in json.dumps(written(year.shop.why(person.id)))
    for folder in (year.shop.home / "lake" / "plans").iterdir():
        assert salt not in (folder / "question.json").read_text(encoding="utf-8")


def test_a_dry_run_and_the_run_are_one_list(spring: Shop) -> None:
    """A preview said 98,938 and the run sent to 50,536: mautic 15834."""
    plan = spring.plan()
    assert plan is not None
    rows, _ = spring.receipts(plan.id, act="any", limit=3)
    for person, _receipt in rows:
        spring.leave_alone(person.id, "owner")
    dry = spring.rehearse(plan.id)
    assert dry.refused == {"silent": 3}
    assert not (spring.home / "letters").exists()
    spring.approve_plan(plan.id, "owner")
    done = spring.apply_plan(plan.id, "owner")
    after = spring.carried_out(plan.id)
    assert after.items == dry.items
    assert (after.cost, after.worst_cost) == (dry.cost, dry.worst_cost)
    assert (after.letters, after.calls, after.offers) == (dry.letters, dry.calls, dry.offers)
    assert done["refused"] == dry.refused
    assert sum(states.get("accepted", 0) for states in done["delivered"].values()) == (
        dry.letters + dry.calls
    )


def test_what_was_tampered_with_is_not_replayed(
    spring: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = spring.draft_plan(budget=7_777)
    with spring.books.reading() as unit:
        from huitou.journeys import book as journeys

        address = journeys.the_plan(unit, plan.id)["totals"]["inputs"]
    file = spring.home / "lake" / "plans" / address / "people.parquet"
    table = pq.read_table(file)
    place = table.column_names.index("spend")
    pq.write_table(table.set_column(place, "spend", pa.array([1.0] * len(table))), file)
    seen = spring.replay_plan(plan.id)
    assert seen.same is None
    assert "was changed since" in str(seen.words[0])
    with pytest.raises(SystemExit) as left:
        main(["--home", str(spring.home), "plan", "replay", plan.id, "--json"])
    assert left.value.code == 1
    assert json.loads(capsys.readouterr().out)["same"] is None


def test_another_secret_is_said_in_words(spring: Shop) -> None:
    plan = spring.draft_plan(budget=8_888)
    salt = spring.settings.salt
    spring.change_settings(salt="another")
    try:
        seen = spring.replay_plan(plan.id)
    finally:
        spring.change_settings(salt=salt)
    assert seen.same is None
    assert "another secret" in str(seen.words[0])


def test_inputs_of_old_drafts_go_and_those_of_approved_plans_stay() -> None:
    plans = [
        {"totals": {"inputs": f"draft {n}"}, "approved_at": None} for n in range(inputs.DRAFTS + 3)
    ]
    plans += [
        {"totals": {"inputs": "old"}, "approved_at": NOW.now()},
        {"totals": {}, "approved_at": None},
    ]
    stays = inputs.needed(plans)
    assert stays == {"old", *(f"draft {n}" for n in range(inputs.DRAFTS))}


def test_the_command_line_says_why(year: Year, capsys: pytest.CaptureFixture[str]) -> None:
    person = year.shop.people(limit=1).rows[0]
    line = ["--home", str(year.shop.home), "why", person.key, "--on", str(JUNE)]
    with pytest.raises(SystemExit):
        main([*line, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["plan"]["id"] == year.plan_id
    with pytest.raises(SystemExit) as left:
        main(line)
    assert left.value.code == 0
    assert "what was known" in capsys.readouterr().out
