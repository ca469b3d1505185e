"""A year of a real shop, as those lived it who came back, left, climbed, fell or brought a friend.

What should have happened is counted here from the raw rows, by a few lines of their own.
"""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.shop import keeping
from tests.shop.keeping import BUDGET, COST, ENDS, EVERY, GRACE, STEPS, WINDOW, Keeping, address, at

from huitou.channels.tables import delivery
from huitou.decisions.holdout import Holdout
from huitou.journeys.sendings.tables import sending
from huitou.journeys.tables import message
from huitou.loyalty.ladder.tables import ladder_move
from huitou.loyalty.points.tables import movement, movement_leg, order_tally, purse
from huitou.loyalty.referrals.tables import referral_reward
from huitou.loyalty.surprises.tables import surprise, surprise_budget
from huitou.runs import day as whole_day
from huitou.runs.wiring import open_shop

Row = dict[str, Any]


@pytest.fixture(scope="session")
def kept(example_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Keeping:
    """The shop after its year; nobody changes it."""
    return keeping.live(example_shop, tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="session")
def who(kept: Keeping) -> dict[str, str]:
    """customer number -> the id the shop knows them by."""
    edition = kept.shop._house.lake.current()
    assert edition is not None
    keys = edition.table("keys", ["key", "person_id"]).to_pylist()
    by_key = {row["key"]: row["person_id"] for row in keys}
    every = kept.sql("SELECT DISTINCT customer_id FROM year")
    return {customer: by_key[f"email:{address(customer)}"] for (customer,) in every}


def rows(kept: Keeping, query: Any) -> list[Row]:
    with kept.shop.books.reading() as unit:
        return [dict(row) for row in unit.rows(query)]


def earned(kept: Keeping) -> tuple[Counter[str], dict[str, int], dict[str, int]]:
    """customer -> points they should have; order -> pence that came back; order -> its pence.

    A pound of goods is a point; what comes back takes off the last order of the same thing.
    """
    lines = kept.sql(
        """SELECT order_id, customer_id, sku, round(amount * 100)::BIGINT AS pence, is_return
        FROM year WHERE is_product ORDER BY ordered_at, order_id"""
    )
    total: dict[str, int] = defaultdict(int)
    back: dict[str, int] = defaultdict(int)
    whose, last = {}, {}
    for order, customer, sku, pence, is_return in lines:
        if not is_return:
            total[order] += pence
            whose[order] = customer
            if pence > 0:
                last[customer, sku] = order
        elif (customer, sku) in last:
            back[last[customer, sku]] -= pence
    points: Counter[str] = Counter()
    for order, pence in total.items():
        if pence > 0:
            points[whose[order]] += (pence // 100) * (pence - min(pence, back[order])) // pence
    return points, dict(back), dict(total)


def visits(kept: Keeping, end: date) -> Counter[str]:
    """customer -> days with a purchase in the window that ends on `end`."""
    bought = kept.sql(
        """SELECT customer_id, count(DISTINCT day) FROM (
            SELECT customer_id, order_id, min(ordered_at)::date AS day FROM year GROUP BY ALL
            HAVING sum(amount) > 0 AND NOT bool_or(is_return))
        WHERE day > $since AND day <= $end GROUP BY customer_id""",
        since=end - timedelta(days=WINDOW),
        end=end,
    )
    return Counter(dict(bought))


def rank(days: int) -> int:
    return sum(days >= needed for needed in STEPS.values()) - 1


def moves(kept: Keeping, people: Iterable[str] | None = None) -> dict[str, list[Row]]:
    among = set(people) if people is not None else None
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows(kept, select(ladder_move).order_by(ladder_move.c.id)):
        if among is None or row["person_id"] in among:
            found[row["person_id"]].append(row)
    return found


def held_out(kept: Keeping) -> set[str]:
    edition = kept.shop._house.lake.current()
    assert edition is not None
    lot = Holdout.of_the_year(keeping.SALT, keeping.HELD_OUT, ENDS[-1])
    every = edition.table("holders", ["person_id", "hold_key"]).to_pylist()
    return {row["person_id"] for row in every if lot.holds(row["hold_key"])}


# -- comes back after a refund


def test_what_everybody_has_is_what_their_orders_say(kept: Keeping, who: dict[str, str]) -> None:
    points, _, _ = earned(kept)
    has = {
        row["person_id"]: row["available"] + row["pending"] - row["debt"]
        for row in rows(kept, select(purse).where(purse.c.kind == "points"))
    }
    off = {
        customer: (has.get(person, 0), points[customer])
        for customer, person in who.items()
        if has.get(person, 0) != points[customer]
    }
    assert sum(points.values()) > 50_000 and not off


def test_who_brings_something_back_loses_its_share_and_earns_again(
    kept: Keeping, who: dict[str, str]
) -> None:
    points, back, total = earned(kept)
    partly = [order for order, came in back.items() if 0 < came < total[order]]
    later = dict(
        kept.sql(
            """SELECT customer_id, count(DISTINCT order_id) FROM year
            WHERE is_product AND amount > 0
            AND ordered_at > (SELECT min(ordered_at) FROM year AS mine
                WHERE mine.customer_id = year.customer_id AND is_return) GROUP BY ALL"""
        )
    )
    tallies = {
        row["order_key"].split("|")[-1]: row
        for row in rows(kept, select(order_tally).where(order_tally.c.taken > 0))
    }
    seen = [order for order in partly if order in tallies]
    assert seen, "an order earned, and something of it came back later"
    for order in seen:
        tally, came = tallies[order], back[order]
        kept_of = (total[order] // 100) * (total[order] - came) // total[order]
        assert tally["back"] == came and tally["earned"] - tally["taken"] == kept_of
    customers = {person: customer for customer, person in who.items()}
    came_again = [
        customers[tallies[order]["person_id"]]
        for order in seen
        if later.get(customers[tallies[order]["person_id"]], 0)
    ]
    story = max(came_again, key=lambda customer: later[customer])
    (balance,) = [
        each for each in kept.shop.points.purse(address(story)).balances if each.kind == "points"
    ]
    assert balance.available + balance.pending - balance.debt == points[story]


def test_the_ledger_sums_to_zero_after_each_run(kept: Keeping) -> None:
    every = select(movement.c.at, func.sum(movement_leg.c.amount).label("sum")).join(
        movement_leg, movement_leg.c.movement_key == movement.c.key
    )
    sums = {row["at"]: row["sum"] for row in rows(kept, every.group_by(movement.c.at))}
    assert set(sums) == {at(end) for end in ENDS} and set(sums.values()) == {0}
    assert set(kept.wrong) == set(ENDS) and not any(kept.wrong.values())


# -- is left alone


def test_who_asked_for_quiet_hears_nothing_more_and_earns_on(
    kept: Keeping, who: dict[str, str]
) -> None:
    person, since = who[kept.cast.silent], kept.alone_from
    assert since is not None
    asked = rows(kept, select(sending).where(sending.c.person_id == person))
    later = [row for row in asked if row["written_at"] > since]
    assert later, "they climbed with a card, so a word was wished for"
    assert {row["state"] for row in asked if row["at"] > since} == {"suppressed"}
    assert all(row["purpose"] == "service" and row["attempt"] == 0 for row in later)
    assert kept.plan_id and rows(kept, select(delivery)), "the plan of summer reached others"
    assert not rows(kept, select(message).where(message.c.person_id == person))
    points, _, _ = earned(kept)
    made = select(movement.c.key).where(movement.c.person_id == person, movement.c.verb == "earn")
    assert rows(kept, made.where(movement.c.at > since)) and points[kept.cast.silent] > 0


# -- climbs


def test_the_run_that_first_sees_enough_visits_is_the_run_of_the_climb(
    kept: Keeping, who: dict[str, str]
) -> None:
    first: dict[str, date] = {}
    for end in kept.days.values():
        for customer, days in visits(kept, end).items():
            if rank(days) >= 1:
                first.setdefault(who[customer], end)
    history = moves(kept)
    assert {person: told[0]["day"] for person, told in history.items()} == first
    begins = {told[0]["kind"] for told in history.values()}
    assert begins == {"placed", "climbed"}
    assert all(
        (told[0]["kind"] == "placed") == (told[0]["day"] == kept.days[ENDS[0]])
        for told in history.values()
    )


def test_who_climbs_with_a_card_is_told_once_and_nobody_else_is(
    kept: Keeping, who: dict[str, str]
) -> None:
    cards = {who[customer] for customer in kept.cast.members}
    climbs = {
        (row["person_id"], row["day"])
        for person, told in moves(kept).items()
        for row in told
        if row["kind"] == "climbed" and person in cards
    }
    came = dict(kept.sql("SELECT customer_id, min(ordered_at)::date FROM year GROUP BY ALL"))
    joined = {
        who[customer]: next(day for day in kept.days.values() if day >= came[customer])
        for customer in kept.cast.members
    }
    # Whoever climbs in the run of their first month has no card yet: they join the day after.
    climbs = {(person, day) for person, day in climbs if day > joined[person]}
    asked = rows(kept, select(sending).where(sending.c.template == "ladder.climbed"))
    told = Counter((row["person_id"], kept.days[at_day(row["written_at"])]) for row in asked)
    out = held_out(kept)
    assert climbs and any(person in out for person, _ in climbs)
    assert told == Counter({each: 1 for each in climbs if each[0] not in out})
    assert {row["state"] for row in asked} <= {"accepted", "suppressed"}
    letters = (kept.shop.home / "post" / "email.txt").read_text(encoding="utf-8")
    assert "you are now Regular" in letters


# -- falls with grace


def test_nobody_falls_untold_or_within_the_window_of_a_climb_or_by_two_steps(
    kept: Keeping,
) -> None:
    names = list(STEPS)
    fell = 0
    for told in moves(kept).values():
        climbed, warned = date(2000, 1, 1), None
        for row in told:
            if row["kind"] in ("climbed", "placed"):
                climbed, warned = row["day"], None
            elif row["kind"] == "warned":
                warned = row
                assert row["falls_on"] >= row["day"] + timedelta(days=GRACE)
            elif row["kind"] == "kept":
                warned = None
            elif row["kind"] == "fell":
                fell += 1
                assert warned is not None and warned["falls_on"] <= row["day"]
                assert row["day"] >= climbed + timedelta(days=WINDOW)
                assert names.index(row["step_before"]) - names.index(row["step"]) == 1
                warned = None
    assert fell > 20


# -- is surprised


def test_every_third_order_may_be_a_surprise_within_the_month_and_never_for_the_held_out(
    kept: Keeping, who: dict[str, str]
) -> None:
    orders = kept.sql(
        """SELECT customer_id, day, row_number() OVER (
            PARTITION BY customer_id ORDER BY made, order_id) AS nth
        FROM (SELECT customer_id, order_id, min(ordered_at) AS made, min(ordered_at)::date AS day
            FROM year GROUP BY ALL HAVING sum(amount) > 0 AND NOT bool_or(is_return))"""
    )
    reached = defaultdict(set)
    for customer, day, nth in orders:
        for end in kept.days.values():
            if nth % EVERY == 0 and end - timedelta(days=7) < day <= end:
                reached[end].add((who[customer], f"orders:{nth}"))
    drawn = rows(kept, select(surprise))
    given = [row for row in drawn if row["arm"] == "given"]
    assert given and len(given) < len(drawn)
    assert all((row["person_id"], row["occasion"]) in reached[row["day"]] for row in drawn)
    out = held_out(kept)
    turns = {person for some in reached.values() for person, _ in some}
    assert turns & out and not {row["person_id"] for row in drawn} & out
    monthly = Counter(row["day"].strftime("%Y-%m") for row in given)
    assert all(n * COST <= BUDGET for n in monthly.values())
    assert max(monthly.values()) * COST == BUDGET, "some month would have given more"
    for row in rows(kept, select(surprise_budget)):
        fetched = {"waiting", "delivered"}
        mine = [one for one in given if one["month"] == row["month"] and one["state"] in fetched]
        assert row["spent"] == len(mine) * COST


def test_a_gift_is_handed_over_at_the_till_once(kept: Keeping) -> None:
    got = rows(kept, select(surprise).where(surprise.c.state == "delivered"))
    assert {row["id"] for row in got} == set(kept.handed.values()) == set(kept.refused)
    assert {row["delivered_by"] for row in got} == {"Mei"}
    assert not rows(kept, select(sending).where(sending.c.origin == "surprise"))


# -- refers a friend twice


def test_two_friends_are_rewarded_once_with_who_brought_them_and_oneself_is_caught(
    kept: Keeping, who: dict[str, str]
) -> None:
    told = {row.friend: (row.state, row.why) for row in kept.shop.referrals.listed()}
    assert told == {"Ann": ("rewarded", None), "Bob": ("rewarded", None), "Me": ("caught", "self")}
    giver, friends = who[kept.cast.giver], [who[each] for each in kept.cast.friends]
    given = rows(kept, select(referral_reward))
    assert Counter((row["person_id"], row["side"], row["amount"]) for row in given) == Counter(
        [(giver, "giver", 500), (giver, "giver", 500), *((one, "friend", 300) for one in friends)]
    )
    assert len({row["reference"] for row in given}) == 4
    out = held_out(kept)
    thanked = rows(kept, select(sending).where(sending.c.origin == "referral"))
    assert {row["person_id"] for row in thanked} == {giver, *friends} - out
    assert {row["state"] for row in thanked} == {"accepted"}
    first = dict(kept.sql("SELECT customer_id, min(ordered_at)::date FROM year GROUP BY ALL"))
    ready = [first[each] + timedelta(days=14) for each in kept.cast.friends]
    days = sorted({at_day(row["at"]) for row in given})
    assert days == sorted({next(end for end in ENDS if kept.days[end] >= day) for day in ready})


def at_day(moment: Any) -> date:
    """The last day of the file that had come when this was done."""
    day: date = moment.date() - timedelta(days=1)
    return day


# -- at the end


def digest(kept: Keeping) -> tuple[Any, ...]:
    tables = (purse, order_tally, ladder_move, surprise, referral_reward)
    found: list[Any] = []
    for table in tables:
        columns = [each for each in table.c if each.name not in ("at", "made_at")]
        found.append(sorted(map(repr, rows(kept, select(*columns)))))
    return tuple(found)


def test_the_same_files_again_change_nothing(kept: Keeping, tmp_path: Path) -> None:
    assert kept.shop.check() == []
    before = digest(kept)
    shutil.copytree(kept.shop.home, tmp_path / "shop")
    again = Keeping(
        open_shop(tmp_path / "shop", clock=kept.clock), kept.clock, kept.raw, kept.files, kept.cast
    )
    for file in reversed(again.files):
        again.shop.take(file, keeping.HOME, confirmed=True)
    with keeping.shortened():
        whole_day.run(again.shop._house, again.shop.settings)
    assert digest(again) == before and again.shop.check() == []
    again.shop.books.close()
