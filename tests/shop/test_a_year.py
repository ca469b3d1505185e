"""A small shop, a year in seconds: every chapter has its say, and each is checked from outside.

`make sabotage` replaces the output of one chapter after the other by a constant and requires that
these tests turn red.
"""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy.stats import binom
from sqlalchemy import text
from tests.shop.scenes import JUNE, PROMISED, SALT, Year

from huitou.care import book as care
from huitou.decisions.holdout import Holdout
from huitou.journeys import book as journeys
from huitou.journeys.experiments import book as experiments
from huitou.loyalty import book as loyalty
from huitou.proof.policies import Policy
from huitou.runs.desks.learning.trials import Idea
from huitou.runs.verdicts import WHOLE, ProofView

SHARE = 0.2
"""Held out in this scene."""


@pytest.fixture(scope="module")
def orders(year: Year) -> duckdb.DuckDBPyConnection:
    """The raw files, asked without huitou: one row an order."""
    raw = duckdb.connect()
    raw.execute(
        f"""CREATE TABLE raw AS SELECT * FROM
        read_parquet(['{year.first_half}', '{year.second_half}'])"""
    )
    raw.execute(
        """CREATE TABLE orders AS
        SELECT order_id, any_value(customer_id) AS customer, min(ordered_at)::date AS day,
            sum(amount) AS total, bool_or(is_return) AS back
        FROM raw GROUP BY order_id"""
    )
    raw.execute("CREATE TABLE bought AS FROM orders WHERE NOT back AND total > 0")
    return raw


@pytest.fixture(scope="module")
def decisions(year: Year) -> list[dict[str, Any]]:
    """Every decision of the plan of June, as the books hold them."""
    with year.shop.books.reading() as books:
        found = books.rows(
            text(f"SELECT * FROM decision WHERE plan_id = '{year.plan_id}'")  # an id of ours
        )
    return [dict(row) for row in found]


def one(raw: duckdb.DuckDBPyConnection, query: str) -> Any:
    found = raw.execute(query).fetchone()
    assert found is not None
    return found[0]


# sources, identity, facts


def test_the_counts_are_those_of_the_files(year: Year, orders: duckdb.DuckDBPyConnection) -> None:
    answers = year.shop.answers()
    assert answers.lines == one(orders, "SELECT count(*) FROM raw")
    assert answers.anonymous_lines == one(
        orders, "SELECT count(*) FROM raw WHERE customer_id IS NULL"
    )
    assert answers.orders == one(orders, "SELECT count(*) FROM bought")
    assert answers.customers == one(orders, "SELECT count(DISTINCT customer) FROM bought")


def test_the_money_is_that_of_the_files(year: Year, orders: duckdb.DuckDBPyConnection) -> None:
    pence = one(orders, "SELECT sum(round(amount::decimal(18, 3) * 100, 0))::bigint FROM raw")
    assert abs(year.shop.answers().revenue.minor - pence) <= 20  # halves go to the even penny


def test_the_rates_follow_from_the_orders(year: Year, orders: duckdb.DuckDBPyConnection) -> None:
    answers = year.shop.answers()
    repeat, once = orders.execute(
        """SELECT avg((days > 1)::int), avg((orders = 1)::int) FROM (
            SELECT count(DISTINCT day) AS days, count(*) AS orders
            FROM bought WHERE customer IS NOT NULL GROUP BY customer)"""
    ).fetchone() or (None, None)
    assert answers.repeat_purchase_rate == pytest.approx(repeat)
    assert answers.one_time_share == pytest.approx(once)


def test_one_customer_is_one_person(year: Year, orders: duckdb.DuckDBPyConnection) -> None:
    customer = one(
        orders,
        "SELECT customer FROM bought WHERE customer NOT NULL GROUP BY 1 ORDER BY count(*) DESC",
    )
    seen = year.shop.person(customer)
    assert seen.row.key == customer
    assert seen.row.orders == one(
        orders, f"SELECT count(*) FROM bought WHERE customer = '{customer}'"
    )
    days = orders.execute(
        f"SELECT DISTINCT day FROM bought WHERE customer = '{customer}'"
    ).fetchall()
    assert set(seen.purchases) >= {day for (day,) in days}


# models


def test_likelier_buyers_bought_more_often(year: Year, orders: duckdb.DuckDBPyConnection) -> None:
    """The chances that June gave, held against what the second half of the year brought."""
    card = year.shop.card()
    assert card.backtests and card.deciles
    first, last = card.deciles[0], card.deciles[-1]
    assert first.actual / first.customers > 2 * last.actual / last.customers
    assert first.predicted / first.customers > last.predicted / last.customers + 0.2


def test_the_lost_are_those_below_the_line(year: Year) -> None:
    page = year.shop.people(stage="lost", limit=500)
    others = year.shop.people(stage="loyal", limit=500)
    line = year.shop.settings.lost_line
    assert page.rows and others.rows
    assert all(row.p_buy < line for row in page.rows)
    assert all(row.p_buy >= line for row in others.rows)
    assert page.total == year.shop.answers().lost.count


def test_every_estimate_has_its_interval(year: Year) -> None:
    for row in year.shop.people(limit=200).rows:
        assert row.value.low <= row.value.value <= row.value.high
    at_risk = year.shop.answers().value_at_risk
    assert at_risk.low < at_risk.value < at_risk.high


def test_the_suspects_of_one_customer_add_up(year: Year) -> None:
    lost = year.shop.people(stage="lost", limit=5).rows
    for row in lost:
        suspects = year.shop.person(row.id).causes
        assert sum(cause.confidence for cause in suspects) == pytest.approx(1)
    causes = year.shop.answers().causes
    assert sum(cause.customers for cause in causes) == pytest.approx(year.shop.answers().lost.count)


# decisions


def test_no_act_exceeds_its_bound(decisions: list[dict[str, Any]]) -> None:
    acting = [row for row in decisions if row["act"] != "nothing"]
    assert acting
    assert all(0 < row["worst_cost"] <= row["bound"] for row in acting)


def test_the_plan_costs_what_its_receipts_cost(year: Year, decisions: list[dict[str, Any]]) -> None:
    plan = year.shop.plan(year.plan_id)
    assert plan is not None
    assert plan.cost.minor == sum(row["cost"] for row in decisions)
    assert plan.gain.value.minor == sum(row["gain"] for row in decisions)
    assert plan.people == len(decisions) == len({row["person_id"] for row in decisions})


def test_the_held_out_are_as_many_as_the_lot_gives(decisions: list[dict[str, Any]]) -> None:
    held = sum(row["held_by"] == "universal" for row in decisions)
    low, high = binom.interval(0.999, len(decisions), SHARE)
    assert low <= held <= high
    lot = Holdout(SALT, SHARE)
    assert all(lot.holds(row["hold_key"]) == (row["held_by"] == "universal") for row in decisions)


def test_the_plan_has_a_control_of_its_own(decisions: list[dict[str, Any]]) -> None:
    """A tenth of those an act was meant for and the universal lot spared."""
    open_ = [
        row
        for row in decisions
        if row["intended"] != "nothing" and row["held_by"] != "universal" and not row["test"]
    ]
    control = [row for row in decisions if row["held_by"] == "programme"]
    low, high = binom.interval(0.999, len(open_), 0.1)
    assert low <= len(control) <= high
    assert all(row in open_ and row["arm"] == "held_out" for row in control)


def test_what_was_drawn_is_kept_with_its_chance(decisions: list[dict[str, Any]]) -> None:
    drawn = [row for row in decisions if row["chances"] is not None]
    assert any(row["explored"] for row in drawn)
    for row in drawn:
        chances = dict(each.rsplit(":", 1) for each in row["chances"].split())
        assert sum(map(float, chances.values())) == pytest.approx(1)
        assert float(chances[row["act_name"]]) == pytest.approx(row["propensity"])
    assert all(row["propensity"] == 1 for row in decisions if row["chances"] is None)


def test_the_budget_holds(year: Year, decisions: list[dict[str, Any]]) -> None:
    minutes = sum(row["staff_minutes"] for row in decisions)
    assert minutes <= 60 * year.shop.settings.staff_hours


# loyalty, care


def test_what_was_promised_is_owed_and_counts_against_the_bound(
    year: Year, decisions: list[dict[str, Any]]
) -> None:
    offered = {row["person_id"] for row in decisions if row["cap"] > 0}
    with year.shop.books.reading() as books:
        owed = loyalty.held(books)
        assert loyalty.check(books) == []
        plan_id = journeys.the_plan(books)["id"]
        receipt = journeys.receipt(books, plan_id, year.promised_to)
    assert set(owed) == {year.promised_to} | offered
    assert owed[year.promised_to] == PROMISED
    assert receipt is not None and receipt["exposure"] == PROMISED
    assert receipt["act"] == "nothing" or PROMISED + receipt["worst_cost"] <= receipt["bound"]


def test_the_worthiest_lost_have_a_case_and_no_letter(
    year: Year, decisions: list[dict[str, Any]]
) -> None:
    with year.shop.books.reading() as books:
        cases = care.listed(books)
        asked = care.people_with_open_cases(books)
    assert cases
    assert year.shop.home_page().cases_open == len(asked) >= len(cases)
    in_june = {row["person_id"] for row in cases if row["as_of"] == JUNE}
    assert not any(row["person_id"] in in_june and row["act"] != "nothing" for row in decisions)


# journeys, channels


def test_no_letter_goes_to_the_held_out(year: Year, decisions: list[dict[str, Any]]) -> None:
    with (year.letters / "mail-merge.csv").open(encoding="utf-8-sig", newline="") as table:
        written = list(csv.DictReader(table))
    treated = {row["person_id"] for row in decisions if row["act"] not in ("nothing", "call")}
    keys = {row["hold_key"].partition(":")[2]: row for row in decisions}
    assert len(written) == len(treated) > 0
    assert all(keys[letter["customer"]]["arm"] == "treated" for letter in written)


def test_each_letter_says_its_own(year: Year) -> None:
    with (year.letters / "mail-merge.csv").open(encoding="utf-8-sig", newline="") as table:
        written = list(csv.DictReader(table))
    pages = list((year.letters / "letters").iterdir())
    assert len(pages) == len(written)
    assert all(len(letter["text"]) > 80 for letter in written)
    assert {letter["act"] for letter in written} <= set(journeys.KINDS) - {"nothing", "call"}
    assert len({letter["text"] for letter in written}) > len(written) // 3


def test_applying_twice_writes_nothing_twice(year: Year) -> None:
    before = sorted(path.name for path in (year.letters / "letters").iterdir())
    again = year.shop.apply_plan(year.plan_id, "owner")
    assert again["decisions"] == year.applied["decisions"]
    assert sorted(path.name for path in (year.letters / "letters").iterdir()) == before


# proof


@pytest.fixture(scope="module")
def proof(year: Year) -> ProofView:
    """The read-out of the plan of June."""
    _, found = year.shop.proofs()
    assert found.programme == year.plan_id
    return found


@pytest.fixture(scope="module")
def whole(year: Year) -> ProofView:
    """The read-out of everything that was done, which is the plan of June."""
    found, _ = year.shop.proofs()
    assert found.programme == WHOLE
    return found


def test_nothing_was_sent_so_nothing_is_proven(proof: ProofView) -> None:
    assert proof.verdict == "not_proven"
    assert "not proven" in " ".join(map(str, proof.words)).lower()


def test_the_read_out_is_intention_to_treat(
    proof: ProofView, decisions: list[dict[str, Any]], orders: duckdb.DuckDBPyConnection
) -> None:
    """Computed again from the raw files: everybody the plan meant an act for, by their lot."""
    _holds_against(proof, [row for row in decisions if row["intended"] != "nothing"], orders)


def test_the_programme_compares_everybody_by_their_lot(
    whole: ProofView,
    proof: ProofView,
    decisions: list[dict[str, Any]],
    orders: duckdb.DuckDBPyConnection,
) -> None:
    """Since the first plan, to the last weekly look that the files reach; nothing is added up."""
    assert whole.start == proof.start and whole.until is not None and whole.judged is not None
    last = one(orders, "SELECT max(day) FROM orders")
    weeks = (last - whole.start + timedelta(days=1)) // timedelta(weeks=1)
    assert whole.until - whole.start + timedelta(days=1) == weeks * timedelta(weeks=1)
    assert len(whole.judged.looks) == weeks
    # What was drawn for those no act was meant for is no part of the campaign, but is paid.
    assert whole.cost.minor >= proof.cost.minor
    # Whom the plan's own lot left alone is part of the programme: only the universal lot is not.
    arms = {"universal": "held_out", "programme": "treated", None: "treated"}
    _holds_against(whole, [{**row, "arm": arms[row["held_by"]]} for row in decisions], orders)


def _holds_against(
    proof: ProofView, meant: list[dict[str, Any]], orders: duckdb.DuckDBPyConnection
) -> None:
    """Stamps and staff of those reached are taken off; a discount was never in what they paid."""
    held = np.array([row["arm"] == "held_out" for row in meant])
    assert (proof.treated, proof.held_out) == ((~held).sum(), held.sum())
    before, after = _brought(meant, orders, proof)
    beside = [row["worst_cost"] - row["cap"] for row in meant]
    reached = np.array([row["outcome"] == "applied" for row in meant])
    spent = np.where(reached, beside, 0)
    assert proof.cost.minor == spent.sum() > 0
    kept = before <= np.quantile(before, 0.99)
    assert (~kept).sum() == proof.set_aside
    x, y, out = before[kept], (after - spent)[kept], held[kept]
    slope = _slope(x, y, out)
    per_person = (y[~out].mean() - y[out].mean()) - slope * (x[~out].mean() - x[out].mean())
    assert proof.effect is not None
    assert proof.effect.value.minor == pytest.approx(per_person * (~out).sum(), abs=50)
    assert proof.effect.low < proof.effect.value < proof.effect.high
    assert proof.judged is not None
    named = {each.person: each for each in proof.judged.whales}
    largest = [row["person_id"] for row, out in zip(meant, ~kept, strict=True) if out]
    assert set(named) <= set(largest) and len(named) == min(50, len(largest))


def _brought(
    meant: list[dict[str, Any]], orders: duckdb.DuckDBPyConnection, proof: ProofView
) -> tuple[np.ndarray, np.ndarray]:
    assert proof.start is not None and proof.until is not None
    assert proof.judged is not None
    length = timedelta(days=proof.judged.written_down.window_days - 1)
    day_before = proof.start - timedelta(days=1)
    query = """SELECT coalesce(sum(round(0.35 * pence)), 0) FROM (
        SELECT sum(round(amount::decimal(18, 3) * 100)) AS pence FROM raw
        WHERE customer_id = ? AND ordered_at::date BETWEEN ? AND ?)"""
    windows = (day_before - length, day_before), (proof.start, proof.until)
    told = [
        [
            float(orders.execute(query, [row["hold_key"].partition(":")[2], *window]).fetchone()[0])
            for row in meant
        ]
        for window in windows
    ]
    return np.array(told[0]), np.array(told[1])


def _slope(x: np.ndarray, y: np.ndarray, out: np.ndarray) -> float:
    arms = [(x[arm] - x[arm].mean(), y[arm] - y[arm].mean()) for arm in (out, ~out)]
    return sum((a * b).sum() for a, b in arms) / sum((a * a).sum() for a, _ in arms)


def test_how_it_is_read_was_written_down_before_the_first_letter(
    year: Year, proof: ProofView, whole: ProofView
) -> None:
    """What the doors show is what stands in the books, and nobody can write it anew."""
    with year.shop.books.reading() as unit:
        own = experiments.of_plans(unit)[year.plan_id]
        (programme,) = experiments.programmes(unit)
    for found, row in ((proof, own), (whole, programme)):
        assert found.judged is not None
        told = found.judged.written_down
        assert (told.id, told.digest, told.by) == (row["id"], row["digest"], "owner")
        assert told.window_days >= 1.5 * (told.gap_days or 0)
        assert told.estimator == found.estimator
        assert found.judged.decision == "too_early" or found.judged.code == "nothing_sent"
    assert own["written"]["plan"] == year.plan_id
    assert proof.judged is not None and proof.judged.later is not None


def test_what_others_would_claim_is_every_sale_after_a_letter(
    proof: ProofView, decisions: list[dict[str, Any]], orders: duckdb.DuckDBPyConnection
) -> None:
    meant = [row for row in decisions if row["intended"] != "nothing"]
    _, after = _brought(meant, orders, proof)
    reached = np.array([row["outcome"] == "applied" for row in meant])
    assert proof.judged is not None
    assert proof.judged.attributed.minor == pytest.approx(after[reached].sum(), abs=len(meant))
    assert proof.judged.ratio is None, "nothing is proven, so the claim is times nothing"


def test_the_proof_was_rehearsed_on_the_shops_own_past(year: Year) -> None:
    rehearsal = year.shop.aa()
    assert rehearsal is not None
    assert "Rehearsed" in str(rehearsal.words[0])


# learning


def test_the_past_can_be_asked_what_another_way_would_have_brought(
    year: Year, decisions: list[dict[str, Any]]
) -> None:
    found = year.shop.replays.ask(Policy(drawing=False), days=365)
    drawn = [row for row in decisions if row["held_by"] != "universal"]
    assert found.plans == 1
    assert found.decisions + found.aside == len(drawn)
    assert 0 < found.comparable <= found.differing < len(drawn)
    assert (found.value is None) == (found.verdict == "refused")
    assert (found.effective < found.needed) == (found.reason == "too_few")
    if found.value is not None:
        assert found.value.low < found.value.value < found.value.high


def test_a_test_is_sized_on_the_shops_own_past(year: Year) -> None:
    two = year.shop.tests.plan(Idea.of(("nothing", "thank")))
    three = year.shop.tests.plan(Idea.of(("nothing", "thank", "offer_10")))
    assert two.a_plan > three.a_plan > 0, "an offer is allowed to fewer"
    for size in two.sizes:
        assert size.people and size.detectable and size.detectable_year
        assert size.detectable_year < size.detectable
        assert 0 <= size.explained <= 1
    visits, profit = two.sizes
    assert 0 < visits.usual < 1
    assert profit.people > visits.people
    assert year.shop.tests.tests() == (), "planning writes nothing down"
