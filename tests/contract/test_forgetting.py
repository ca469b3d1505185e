"""Forgetting somebody leaves no trace in any table, and takes nothing from the sums."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Date,
    Float,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator
from tests.unit.journeys.given import NOW, every_table
from tests.unit.loyalty.test_ladder_rules import ROLLING

from huitou.care.consents import book as consents
from huitou.care.consents.tables import consent_heard
from huitou.care.happenings.tables import happening_aside
from huitou.channels.post import book as post
from huitou.ground.ids import new_id
from huitou.identity import book as identity
from huitou.identity.forgetting import book
from huitou.identity.forgetting.tables import forgetting
from huitou.journeys.paths.tables import step_taken
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending
from huitou.loyalty import book as loyalty
from huitou.loyalty.book import Terms
from huitou.loyalty.ladder import book as ladder
from huitou.loyalty.points import book as points
from huitou.loyalty.points.posting import book as posting
from huitou.loyalty.points.tables import movement_leg, purse
from huitou.loyalty.tables import entry, exposure
from huitou.runs.personal import HELD
from huitou.store.books import Books, Unit
from huitou.store.columns import Amount, Instant, Json

ME, OLD, OTHER = new_id(), new_id(), new_id()
EMAIL, PHONE, NAME = "mei.lin@example.com", "+8613800000042", "Mei Lin of the Tea House"
KEYS = (f"email:{EMAIL}", f"phone:{PHONE}")
MARKS = (ME, OLD, EMAIL, PHONE, NAME)
PEOPLE = (
    "person_id", "giver_id", "friend_id", "said_under", "survivor", "came_from", "left_id",
    "right_id", "block",
)  # fmt: skip


def traces(unit: Unit, *marks: str) -> Iterator[str]:
    """`table.column` for every text that holds one of these, in every table there is."""
    connection = unit.connection
    for table in inspect(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
            for column, value in row.items():
                if any(each in str(value) for each in marks):
                    yield f"{table}.{column}"


def guarded(unit: Unit) -> set[str]:
    """The tables whose rows are not changed but by some rule."""
    rows = unit.connection.execute(
        text("SELECT tbl_name FROM sqlite_master WHERE sql LIKE '% BEFORE UPDATE ON %'")
    )
    return {row[0] for row in rows}


def kept_as(kind: Any) -> Any:
    """What a column keeps its values as, below what the house calls it."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def about(table: Table, person: str, *, is_guarded: bool) -> dict[str, Any]:
    """A row of a table that says of somebody whatever the table can say."""
    told = HELD.tables.get(table.name)
    spoken = set(told.blank) | set(told.contacts) if told else set()
    words = f"{NAME}, {EMAIL}, {PHONE}"
    row: dict[str, Any] = {}
    texts = {each.name for each in table.columns if isinstance(kept_as(each.type), String)}
    for column in table.columns:
        name, kind = column.name, column.type
        if told and told.under and name == told.under[0]:
            row[name] = f"the {told.under[1]} of {person}"[:20]
        elif name in PEOPLE or (table.name, name) == ("position", "who"):
            row[name] = person
        elif name in ("email", "address") and name in spoken:
            row[name] = EMAIL
        elif name == "phone" and name in spoken:
            row[name] = PHONE
        elif isinstance(kind, Json):
            elsewhere = {} if is_guarded else {"said": f"{person}, {EMAIL}"}
            row[name] = {"said": words} if name in spoken else elsewhere
        elif name in spoken and name in texts:
            row[name] = words
        elif name in texts:
            row[name] = f"{'a' if column.primary_key else 'x'}{new_id()}"[: kind.length or 20]
        elif isinstance(kind, (Instant,)):
            row[name] = NOW
        elif isinstance(kind, Date):
            row[name] = date(2026, 3, 1)
        elif isinstance(kind, Boolean):
            row[name] = True
        elif isinstance(kind, (Float, Integer, Amount)):
            row[name] = 1
    children = [each.under for each in HELD.tables.values() if each.under]
    for _, parent, key in children:
        if parent == table.name:
            row[key] = f"the {parent} of {person}"[:20]
    return row


@pytest.fixture
def full(tmp_path: Any) -> Iterator[Books]:
    """Books in which every table says something of somebody, and of somebody else."""
    books = Books(f"sqlite:///{tmp_path / 'books.db'}")
    books.migrate(every_table())
    with books.engine.connect() as connection:
        for switch in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"PRAGMA {switch}")
            connection.exec_driver_sql("BEGIN")
        unit = Unit(connection)
        kept = guarded(unit)
        for name, _ in connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE sql LIKE '% BEFORE INSERT ON %'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        for table in every_table().sorted_tables:
            if table.name in ("forgetting", "forgotten_key"):
                continue
            connection.execute(insert(table), about(table, ME, is_guarded=table.name in kept))
        connection.commit()
    yield books
    books.close()


def test_no_row_of_any_table_holds_who_was_forgotten(full: Books) -> None:
    with full.reading() as unit:
        before = set(traces(unit, *MARKS))
        counts = {t.name: unit.value(select(func.count()).select_from(t))
                  for t in every_table().sorted_tables}  # fmt: skip
    assert len({each.partition(".")[0] for each in before}) > 50
    with full.unit() as unit:
        unit.connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        done = book.forget(unit, HELD, [ME], KEYS, "salt", "lin", NOW)
    assert done.rows > 50
    with full.reading() as unit:
        assert set(traces(unit, *MARKS)) == set()
        gone = {name for name, told in HELD.tables.items() if told.gone}
        for table in every_table().sorted_tables:
            if table.name not in (*gone, "forgetting", "forgotten_key"):
                assert unit.value(select(func.count()).select_from(table)) == counts[table.name]


def test_every_guarded_table_lets_go_of_people_alone(full: Books) -> None:
    """Each table that names people and refuses changes excuses this one change."""
    with full.reading() as unit:
        sql: dict[str, list[str]] = {}
        for row in unit.connection.execute(
            text("SELECT tbl_name, sql FROM sqlite_master WHERE sql LIKE '%BEFORE UPDATE%'")
        ):
            sql.setdefault(row[0], []).append(row[1])
    named = {t.name for t in every_table().sorted_tables if set(PEOPLE) & set(t.c.keys())}
    assert named & set(sql)
    held = {name for name in named & set(sql) if any("forgetting" not in it for it in sql[name])}
    assert held == {"order_tally", "plan"} & named & set(sql)


OF_THE_HOUSE = {
    "decision.chances", "interview.remedy", "path_gift.reason", "surprise.receipt",  # by rules
    "alarm_rule.told", "consent_wording.text", "fix.words", "guide.told", "journey_version.text",
    "lesson.text", "own_act.told", "sending_rules.told", "template.body", "template.names",
    "template.subject", "trial.arms", "trial.expected", "trial.name", "trial.stages",  # by staff
    "api_token.scopes", "experiment.written", "firing.did", "firing.reason", "outbox.body",
    "plan.totals", "plan_guard.reason", "post_pace.why", "post_stop.why", "report_sent.reason",
    "run.choices", "run_step.result",  # of the day's work
    "fetched.expected", "fetched.mapping", "fetched.position", "fetched.query", "fetched.told",
    "fetched_file.reason",  # of whole tables and files
}  # fmt: skip
"""Words that say nothing of somebody but an id, which is found wherever it stands."""


def test_every_column_of_words_is_somebodys_or_the_houses() -> None:
    """Whoever adds a table says which; what is forgotten everywhere is asked here for once."""
    words = {
        f"{table.name}.{column.name}"
        for table in every_table().sorted_tables
        if not HELD.of(table.name).gone
        for column in table.columns
        if isinstance(kept_as(column.type), Text) or isinstance(column.type, Json)
        if column.name not in HELD.of(table.name).blank
    }
    assert words == OF_THE_HOUSE


def test_balances_and_entries_stay_and_what_was_agreed_can_be_shown_to_them(
    any_books: Books,
) -> None:
    later = NOW + timedelta(days=30)
    terms = Terms(depth=0.1, amount=500, ends_at=later)
    with any_books.unit() as unit:
        points.gift(unit, ME, "points", 150, "g1", NOW, why=f"for {NAME}", by="lin")
        points.burn(unit, ME, "points", 40, "b1", NOW)
        loyalty.make_offer(unit, "o1", ME, terms, 1000, NOW)
        loyalty.make_offer(unit, "o2", OTHER, terms, 1000, NOW)
        consents.give(unit, ME, "email", "marketing", source="till", now=NOW)
        consents.give(unit, OTHER, "email", "marketing", source="till", now=NOW)
        sums = _sums(unit)
    with any_books.unit() as unit:
        done = book.forget(unit, HELD, [ME], KEYS, "salt", "lin", later)
    with any_books.reading() as unit:
        assert set(traces(unit, *MARKS)) == set()
        assert _sums(unit) == sums
        assert loyalty.check(unit) == [] and posting.check(unit) == []
        assert points.balance(unit, ME).available == 0
        assert consents.given(unit, [ME, OTHER]) == {(OTHER, "email")}
        # Who shows the address again can be shown what they agreed to; the books name nobody.
        assert book.known(unit, KEYS, "salt") == dict.fromkeys(KEYS, done.id)
        assert book.known(unit, KEYS, "another salt") == {}
        (word,) = consents.history(unit, done.id)
        assert (word["state"], word["at"], word["proof"]) == ("given", NOW, {})
    # A second time there is nobody to forget.
    with any_books.unit() as unit:
        assert book.forget(unit, HELD, [ME], (), "salt", "lin", later).rows == 0


@pytest.mark.parametrize("changed", [{"amount": 1}, {"account": "given"}, {"person_id": "x"}])
def test_entries_stay_sealed_while_nobody_is_forgotten(any_books: Books, changed: Any) -> None:
    terms = Terms(depth=0.1, amount=500, ends_at=NOW + timedelta(days=30))
    with any_books.unit() as unit:
        loyalty.make_offer(unit, "o1", ME, terms, 1000, NOW)
    with pytest.raises(DBAPIError, match="append-only"), any_books.unit() as unit:
        unit.change(update(entry).values(**changed))
    # And while somebody is, only who they are may go.
    row = {"id": "f1", "by": "lin", "at": NOW, "open": True}
    if "person_id" in changed:
        with any_books.unit() as unit:
            unit.add(forgetting, [row])
            owed = entry.c.account == "owed"
            assert unit.change(update(entry).where(owed).values(**changed)) == 1
            return
    with pytest.raises(DBAPIError, match="append-only"), any_books.unit() as unit:
        unit.add(forgetting, [row])
        unit.change(update(entry).values(**changed))


def _sums(unit: Unit) -> list[Any]:
    """What everything in the ledgers comes to."""
    totals = [
        select(func.sum(entry.c.amount), func.count(), func.sum(func.abs(entry.c.amount))),
        select(func.sum(movement_leg.c.amount), func.count()),
        select(func.sum(exposure.c.amount)), select(func.sum(purse.c.available)),
    ]  # fmt: skip
    return [tuple(row.values()) for each in totals for row in unit.rows(each)]


def test_who_was_put_on_a_step_by_hand_is_forgotten_too(any_books: Books) -> None:
    with any_books.unit() as unit:
        ladder.put_by_hand(unit, ROLLING, ME, "inner", f"for {NAME}", "lin", NOW, NOW.date())
    _forgotten(any_books)


def test_who_had_two_ids_is_forgotten_under_both(any_books: Books) -> None:
    terms = Terms(depth=0.1, amount=500, ends_at=NOW + timedelta(days=30))
    with any_books.unit() as unit:
        loyalty.make_offer(unit, "o1", OLD, terms, 1000, NOW)
    with any_books.unit() as unit:
        identity.keep(unit, [(OLD, ME)], [])
        loyalty.make_offer(unit, "o2", ME, terms, 1000, NOW)
    _forgotten(any_books)
    with any_books.reading() as unit:
        assert loyalty.check(unit) == []


def test_who_walked_a_journey_is_forgotten_where_its_messages_are_named(any_books: Books) -> None:
    message = f"j1.1.{ME}.e1"
    step = {
        "journey": 1, "person_id": ME, "entry": "e1", "number": 1, "version": 1, "node": "mail",
        "way": "on", "arm": "treated", "message": message, "at": NOW,
    }  # fmt: skip
    wish = Wish("journey", "j1.1.1.e1", ME, "email", "marketing", "hello")
    with any_books.unit() as unit:
        unit.add(step_taken, [step])
        unit.add(sending, [{**sendings._row(wish, NOW), "id": message}])
        assert sendings.withdraw_all(unit, ME, NOW) == 1
    _forgotten(any_books)


def test_what_they_allowed_on_wechat_goes_with_them(any_books: Books) -> None:
    wish = Wish("letter", "w", ME, "wechat", "service", "hello", {"to": {"openid": "o-mei"}})
    with any_books.unit() as unit:
        sendings.ask(unit, [wish], NOW)
        post.grant(unit, "g1", "o-mei", "T", 1, NOW)
        post.grant(unit, "g2", "o-other", "T", 1, NOW)
        assert post.forget_grants(unit, [ME]) == 1
        assert post.granted(unit, "o-mei", "T") == 0 and post.granted(unit, "o-other", "T") == 1


def test_words_of_others_in_which_a_member_number_stands_are_left_as_they_are(
    any_books: Books,
) -> None:
    with any_books.unit() as unit:
        consents.hear(unit, OTHER, "email", "mark", "order 2024-100234 was late", NOW)
        book.forget(unit, HELD, [ME], ("member:100234",), "salt", "lin", NOW)
        (heard,) = unit.rows(select(consent_heard.c.words))
        assert heard["words"] == "order 2024-100234 was late"


def test_rows_that_were_set_aside_go_where_they_name_them(any_books: Books) -> None:
    """As somebody typed them: without the country."""
    row = {"file": "s.csv", "line": 2, "reason": "no day", "by": "lin", "at": NOW}
    with any_books.unit() as unit:
        unit.add(happening_aside, [{**row, "id": "a1", "raw": {"who": "13800000042", "on": "x"}}])
        unit.add(happening_aside, [{**row, "id": "a2", "raw": {"who": "13800000043", "on": "x"}}])
        book.forget(unit, HELD, [ME], KEYS, "salt", "lin", NOW)
        assert unit.column(select(happening_aside.c.id)) == ["a2"]


def _forgotten(books: Books) -> None:
    with books.reading() as unit:
        assert set(traces(unit, *MARKS))
    with books.unit() as unit:
        book.forget(unit, HELD, [ME], KEYS, "salt", "lin", NOW)
    with books.reading() as unit:
        assert set(traces(unit, *MARKS)) == set()
