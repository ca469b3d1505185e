"""A shop of forty heavy returners, three of them honest: whom a human is shown, and what binds."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.shop import returns, tea

from huitou.decisions.letting_go import KINDS, READ, Figures
from huitou.doors.api.app import app as api_app
from huitou.doors.book import Staff
from huitou.doors.public.app import app as public_app
from huitou.doors.scopes import SCOPES
from huitou.ground.errors import BadInput, Refused
from huitou.journeys.permission import book as permission
from huitou.journeys.permission.book import Wanted
from huitou.loyalty import book as loyalty
from huitou.loyalty.letting_go import book
from huitou.loyalty.letting_go.book import Decision, Drawn
from huitou.loyalty.points import book as points
from huitou.loyalty.surprises import book as surprises
from huitou.loyalty.surprises.lots import Turn, at_milestones
from huitou.loyalty.surprises.rules import Gift
from huitou.runs.shop import Shop
from huitou.runs.steps import reward
from huitou.runs.steps.letting_go import read_out
from huitou.runs.steps.surprise import draw

WHY = "Most of what is sent comes back"
SURPRISES = """
on = true
budget = 10000000
control_share = 0.05
[[gift]]
name = "each"
when = "orders"
every = 1
what = "A cup on the house"
cost = 150
"""
POINTS = """
on = true
since = 2020-01-01
[points]
on = true
per_unit = 1
expires_months = 0
"""


@pytest.fixture(scope="module")
def after_one_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("returns")
    returns.filled(folder).books.close()
    return folder


@pytest.fixture
def shop(after_one_run: Path, tmp_path: Path) -> Shop:
    shutil.copytree(after_one_run, tmp_path / "copy")
    return tea.opened(tmp_path / "copy" / "shop")


def proposed(shop: Shop) -> Counter[str]:
    known = returns.truth(shop)
    return Counter(known[each.person] for each in shop.letting_go.proposed())


def of_kind(shop: Shop, kind: str) -> list[str]:
    """Ids of customers of a kind, those who are proposed first."""
    known = returns.truth(shop)
    first = [each.person for each in shop.letting_go.proposed()]
    every = [*first, *sorted(set(known) - set(first))]
    return [person for person in every if known[person] == kind]


def decided(shop: Shop, step: str = "no_offers", *, control: bool = False) -> Any:
    """A decision on somebody whom the lot leaves to be acted on (or not)."""
    desk = shop.letting_go
    for each in desk.proposed():
        if desk._lot(each.person).control == control:
            return desk.decide(each.person, step, WHY, "mei")
    raise AssertionError("the lot leaves nobody so")


# -- whom a human is shown


def test_of_forty_heavy_returners_the_honest_are_not_proposed(shop: Shop) -> None:
    before = proposed(shop)
    assert before["told"] == 0, "the reason of each return says that it was broken"
    assert before["product"] == 0, "everybody sends that lamp back"
    assert before["complaint"] == 1, "nobody knows yet that they are right"
    (honest,) = of_kind(shop, "complaint")
    returns.complain(shop, honest)
    returns.weigh(shop)
    found = proposed(shop)
    assert sum(found[kind] for kind in ("told", "product", "complaint")) == 0
    assert found["usual"] == found["regular"] == 0
    assert found["heavy"] >= 20, "most of the other thirty-seven are"
    assert found["claims"] == 3 and found["reduced"] >= 2


def test_all_and_only_those_are_proposed_whose_interval_lies_below_nought(shop: Shop) -> None:
    known = returns.truth(shop)
    rows = shop._edition().table("contribution").to_pylist()
    below = {row["person_id"] for row in rows if row["high"] < 0}
    shown = {each.person for each in shop.letting_go.proposed()}
    assert shown <= below
    assert {who for who in below - shown if known[who] == "heavy"} == set()
    assert all(each.net.high.minor < 0 for each in shop.letting_go.proposed())


def test_a_complaint_in_which_nothing_was_found_excuses_nobody(shop: Shop) -> None:
    (honest,) = of_kind(shop, "complaint")
    returns.complain(shop, honest, good=False)
    returns.weigh(shop)
    assert proposed(shop)["complaint"] == 0, "while they wait for an answer nobody judges them"
    with shop.books.unit() as unit:
        from huitou.care.complaints import book as complaints

        (row,) = complaints.of_person(unit, honest)
        complaints.dismiss(unit, row["id"], "mei", shop.clock.now())
    returns.weigh(shop)
    assert proposed(shop)["complaint"] == 1


def test_each_kind_is_named_by_what_it_does(shop: Shop) -> None:
    known = returns.truth(shop)
    kinds = {each.person: each.kinds for each in shop.letting_go.proposed()}
    assert {kinds[who] for who in kinds if known[who] == "claims"} == {("claims",)}
    assert {kinds[who] for who in kinds if known[who] == "reduced"} == {("only_free",)}
    heavy = [kinds[who] for who in kinds if known[who] == "heavy"]
    assert all("serial_returns" in each for each in heavy)
    assert 1 <= sum("worn" in each for each in heavy) <= 8


def test_the_case_has_the_orders_behind_it_and_says_what_is_not_counted(shop: Shop) -> None:
    each = next(p for p in shop.letting_go.proposed() if "serial_returns" in p.kinds)
    case = shop.letting_go.case(each.person)
    rate = next(rate for rate in each.rates if rate.kind == "serial_returns")
    back = [line for line in case.lines if line.came_back and line.fault is None]
    assert len(back) == rate.done, "each return that counts is a line"
    assert rate.times > rate.low > 2
    with pytest.raises(Refused):
        shop.letting_go.case(of_kind(shop, "usual")[0])


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_letter_is_in_the_customers_language_and_tells_no_profit(
    shop: Shop, language: str
) -> None:
    each = shop.letting_go.proposed()[0]
    case = shop.letting_go.case(each.person, language)
    letter = case.letters["stricter"]
    right = {"en": "What the law gives you", "zh-Hans": "法律给您", "zh-Hant": "法律給您"}
    assert right[language] in letter and "{link}" in letter
    assert str(each.net.value.decimal).lstrip("-") not in letter
    assert shop.letting_go.rules.term(language) in letter


# -- never a protected trait or its proxy


def test_nothing_a_proposal_reads_says_who_somebody_is() -> None:
    allowed = {
        "days", "orders", "goods", "paid", "profit", "off", "returns_cost", "service_minutes",
        "service_cost", "gifts", "net", "low", "high", "told_back", "complaint_back",
        "product_back", "late_days", "rates",
    }  # fmt: skip
    assert allowed == READ, "a figure that is added is argued here"
    told = Figures.of({**dict.fromkeys(allowed - {"rates"}, 0), "rates": {}})
    assert set(told.kept()) == allowed
    assert set(KINDS) == {"serial_returns", "worn", "claims", "only_free"}


def test_names_places_and_languages_change_nobodys_verdict(
    after_one_run: Path, tmp_path: Path
) -> None:
    """The same orders, every name, phone, address, store, region and channel another one."""
    import duckdb

    home = tmp_path / "copy"
    shutil.copytree(after_one_run, home)
    shop = tea.opened(home / "shop")
    before = {each.person: (each.kinds, each.net) for each in shop.letting_go.proposed()}
    edition = shop._edition()
    lines = edition.path("lines")
    blank = ", ".join(
        f"'Li {name}' || (hash(person_id) % 9) AS {name}"
        for name in ("name", "address", "store", "region", "channel", "campaign", "email")
    )
    duckdb.execute(
        f"COPY (SELECT * REPLACE ({blank}) FROM '{lines}') TO '{lines}.new' (FORMAT parquet)"
    )
    Path(f"{lines}.new").replace(lines)
    returns.weigh(shop)
    assert before == {each.person: (each.kinds, each.net) for each in shop.letting_go.proposed()}


# -- a human decides


def test_a_step_needs_the_evidence_a_reason_and_an_end(shop: Shop) -> None:
    desk = shop.letting_go
    usual, person = of_kind(shop, "usual")[0], desk.proposed()[0].person
    with pytest.raises(Refused):
        desk.decide(usual, "no_offers", WHY, "mei")
    with pytest.raises(BadInput):
        desk.decide(person, "no_offers", "no", "mei")
    with pytest.raises(BadInput):
        desk.decide(person, "shame", WHY, "mei")
    with pytest.raises(BadInput):
        desk.decide(person, "no_offers", WHY, "mei", until=desk.today + timedelta(days=5000))
    told = desk.decide(person, "no_offers", WHY, "mei")
    assert told.until > desk.today
    with pytest.raises(Refused):
        desk.decide(person, "stricter", WHY, "mei")


def test_closing_takes_two_where_the_house_has_four_eyes(shop: Shop) -> None:
    shop.change_settings(approval_limit=10_000)
    told = decided(shop, "closed")
    assert told.state == "waiting"
    assert shop.letting_go.notice_of(told.person) is None, "nothing is done meanwhile"
    with pytest.raises(Refused):
        shop.letting_go.agree(told.id, "mei")
    agreed = shop.letting_go.agree(told.id, "li")
    assert (agreed.state, agreed.second_by) == ("standing", "li")
    shop.change_settings(approval_limit=None)
    assert decided(shop, "closed").state == "standing"


def test_the_lot_leaves_some_as_they_are_and_was_drawn_before(shop: Shop) -> None:
    told = decided(shop, control=True)
    assert told.state == "control"
    assert shop.letting_go.notice_of(told.person) is None
    share = shop.letting_go.rules.control_share
    people = shop._edition().table("holders", ["person_id"])["person_id"].to_pylist()
    held = [shop.letting_go._lot(person).control for person in people]
    assert share - 0.1 < sum(held) / len(held) < share + 0.15


def test_a_step_ends_by_itself_and_can_be_taken_back(shop: Shop) -> None:
    first, desk = decided(shop), shop.letting_go
    assert desk.notice_of(first.person) is not None
    lifted = desk.lift(first.id, "li", "They explained it to us")
    assert lifted.state == "lifted" and desk.notice_of(first.person) is None
    with pytest.raises(Refused):
        desk.lift(first.id, "li", "They explained it to us")
    second = decided(shop)
    after = returns.later(shop, shop.clock.now() + timedelta(days=200))
    assert after.letting_go.notice_of(second.person) is None, "its last day is over"
    from huitou.runs.steps import letting_go

    assert tea.again(after, letting_go.end)["rows"] == 1
    assert after.letting_go.find(second.id).state == "over"


def test_who_objects_by_the_link_is_looked_at_by_somebody_else(shop: Shop) -> None:
    told = decided(shop, "stricter")
    letter = shop.letting_go.letter(told.id)
    link = next(word for word in letter.split() if word.startswith("https://shop.example/p/"))
    with TestClient(public_app(shop), base_url="https://shop.example") as door:
        path = link.removeprefix("https://shop.example/p").rstrip()
        seen = door.get(f"{path}?lang=en")
        assert seen.status_code == 200 and "how to object" in seen.text
        assert shop.letting_go.find(told.id).said == (), "a GET changes nothing"
        assert door.post(path, data={"words": "no"}).status_code == 422
        for _ in range(2):
            door.post(path, data={"words": "The coats were all too small, I told you so."})
        assert door.get("/appeal/nobody").status_code == 404
    found = shop.letting_go.find(told.id)
    assert found.appealed and len(found.said) == 1
    assert [each.id for each in shop.letting_go.page().appealed] == [told.id]
    with pytest.raises(Refused):
        shop.letting_go.answer(told.id, "mei", "I looked and it stands", granted=False)
    stands = shop.letting_go.answer(told.id, "li", "I looked and it stands", granted=False)
    assert stands.state == "standing" and not stands.appealed
    shop.letting_go.appeal(told.id, "They came in and showed us photos", "li")
    granted = shop.letting_go.answer(told.id, "mei", "They are right after all", granted=True)
    assert granted.state == "lifted"


# -- no offers really binds


def test_plans_surprises_points_offers_and_marketing_give_them_nothing(shop: Shop) -> None:
    told, now = decided(shop), shop.clock.now()
    other = of_kind(shop, "regular")[0]
    shop.rules("surprises").write(SURPRISES)
    for person, may in ((told.person, False), (other, True)):
        terms = loyalty.Terms(0.1, 100, now + timedelta(days=9))
        give: dict[str, Callable[[Any], Any]] = {
            "offer": lambda unit, who=person, t=terms: loyalty.make_offer(
                unit, f"o {who}", who, t, 10_000, now
            ),
            "points": lambda unit, who=person: points.gift(
                unit, who, "points", 5, f"g {who}", now, why="thanks"
            ),
        }
        for name, gives in give.items():
            with shop.books.unit() as unit:
                if may:
                    assert gives(unit), name
                else:
                    with pytest.raises(Refused):
                        gives(unit)
    with shop.books.reading() as unit:
        wanted = [
            Wanted(f"{who} {purpose}", who, "paper", purpose)
            for who in (told.person, other)
            for purpose in ("marketing", "service")
        ]
        rules = [each.rule for each in permission.look(unit, wanted, now)]
    assert rules == ["let_go", None, None, None], "service goes to them as to everybody"
    plan = shop.draft_plan()
    rows, _ = shop.receipts(plan.id, limit=500)
    told_why = {row.id: " ".join(map(str, receipt.words)) for row, receipt in rows}
    assert "they get no offers for a time" in told_why[told.person]
    assert plan.reasons["let_go"] == 1
    tea.again(shop, draw)
    with shop.books.reading() as unit:
        assert told.person not in {row["person_id"] for row in surprises.all_drawn(unit)}


def test_amends_for_a_complaint_stay_theirs(shop: Shop) -> None:
    told, now = decided(shop), shop.clock.now()
    terms = loyalty.Terms(loyalty.WHOLE, 500, now + timedelta(days=90), amends=True)
    with shop.books.unit() as unit:
        assert loyalty.make_offer(unit, "complaint:x", told.person, terms, 10_000, now)


def _earned(shop: Shop, person: str) -> int:
    with shop.books.reading() as unit:
        return points.balance(unit, person).pending + points.balance(unit, person).spendable


def test_what_they_buy_meanwhile_earns_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    person, other = of_kind(shop, "usual")[:2]
    while_it_held = Drawn(0.9, False, date(2023, 1, 1))
    made = Decision(
        id="x", person_id=person, step="no_offers", kinds=(), figures={}, words=WHY, language="en",
        letter="", token_hash="x", until=date(2025, 1, 1), by="mei", needs_second=False,
    )  # fmt: skip
    with shop.books.unit() as unit:
        book.decide(unit, made, while_it_held, shop.clock.now())
    shop.rules("points").write(POINTS)
    tea.again(shop, reward.reward)
    assert _earned(shop, person) == 0 < _earned(shop, other)
    monkeypatch.setattr(book, "spans", lambda _unit: {})
    tea.again(shop, reward.reward)
    assert _earned(shop, person) > 0, "without the guard they would earn"


@pytest.mark.parametrize("guard", ["plan", "marketing", "surprise"])
def test_each_guard_matters(shop: Shop, guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the list of who was let go away, and each of them gives or sends again."""
    told, now = decided(shop), shop.clock.now()
    shop.rules("surprises").write(SURPRISES)
    monkeypatch.setattr(book, "barred", lambda *_, **__: {})
    if guard == "plan":
        assert "let_go" not in shop.draft_plan().reasons
    elif guard == "marketing":
        with shop.books.reading() as unit:
            wanted = Wanted("w", told.person, "paper", "marketing")
            assert permission.look(unit, [wanted], now)[0].goes
    else:
        turn = Turn(told.person, told.person, "orders:10", "order 10")
        gift = Gift("each", "orders", "A cup", 150, 1)
        (drawn,) = at_milestones(gift, [turn], 0.05, "salt")
        rules = shop.surprises.rules
        with shop.books.unit() as unit:
            kept = surprises.keep(unit, drawn, rules, now.date(), now, {})
        assert kept != "let_go"


# -- whether it paid


def test_nobody_is_told_that_it_paid_before_it_is_proven(shop: Shop) -> None:
    paid = shop.letting_go.paid()
    assert paid.verdict == "too_early" and "Not proven yet" in str(paid.words[0])
    decided(shop)
    returns.evening(shop, read_out)
    assert shop.letting_go.paid().acted == 0, "their window is not over"


# -- the doors say the same


def test_a_program_can_do_all_of_it(shop: Shop) -> None:
    staff = Staff(shop.books)
    with TestClient(api_app(shop, staff)) as door:
        secret = staff.issue_token("all of it", tuple(SCOPES), shop.clock.now())
        door.headers["Authorization"] = f"Bearer {secret}"
        page = door.get("/letgo").json()
        who = page["proposed"][0]["person"]
        assert page["proposed"][0]["evidence"]
        case = door.post("/letgo/case", json={"who": who}).json()
        assert case["lines"] and case["letters"]["no_offers"]
        told = {"who": who, "step": "no_offers", "words": WHY}
        made = door.post("/letgo", json=told).json()
        assert made["state"] in ("standing", "control")
        assert door.get(f"/letgo/{made['id']}/letter").json()["letter"]
        heard = {"words": "They say that it is wrong"}
        assert door.post(f"/letgo/{made['id']}/appeal", json=heard).status_code == 200
        lifted = door.post(f"/letgo/{made['id']}/lift", json=heard).json()
        assert lifted["state"] == "lifted"
        assert door.post("/letgo/notice", json={"who": who}).json() is None
        supers = door.get("/superusers").json()
        assert supers["count"] == len(supers["users"]) >= 8
        given = {"kind": "gift", "words": "wants a free cup", "amount": "5"}
        assert door.post("/demands", json=given).json()["state"] == "conceded"
        asked = door.post("/demands", json={**given, "amount": "500"}).json()
        assert asked["state"] == "asked"
        said = {"words": "an exception", "granted": True}
        assert door.post(f"/demands/{asked['id']}/decide", json=said).status_code == 403


def test_super_users_are_those_who_come_every_week(shop: Shop) -> None:
    page, known = shop.super_users.page(), returns.truth(shop)
    kinds = Counter(known[user.person] for user in page.users)
    assert kinds["regular"] >= 8 and set(kinds) <= {"regular", "usual"}
    assert kinds["usual"] <= 2
    assert page.share > 0.1 and page.curve[-1] == (1.0, pytest.approx(1.0))
    assert max(share for _, share in page.curve) > 1, "some cost more than they bring"
    assert page.theirs is not None and page.others is not None
    assert page.theirs.orders > page.others.orders
    assert all(each.theirs > each.others for each in page.bought)
    assert page.worth is not None and page.worth.minor > 0
