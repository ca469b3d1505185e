"""Taking complaints in, working on them, and who waits for an answer, in the books.

A row is returned as it stands, but `person_id` is always the id that is used now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, update

from huitou.care.complaints import rules
from huitou.care.complaints.rules import Arrived
from huitou.care.complaints.tables import complaint, entry, file
from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import fingerprint, new_id, new_secret
from huitou.identity.book import names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

TRIES = 5
"""New numbers drawn when one is taken; the fourth would be one chance in 10^27."""
CONTACTS = ("name", "phone", "email")


def receive(unit: Unit, arrived: Arrived, now: datetime, *, hours: int | None = None) -> Row:
    """Take a complaint in, once for its key; the complaint's row.

    The same key again is the same complaint with the same number; words that differ are kept
    beside the first ones. `token` is in the row where the complaint is new: it is nowhere else.
    `hours` until the answer is due; by default as its kind has it.
    """
    told = arrived.fitted
    token = told.token or new_secret()
    row = _new_row(told, rules.hashed(token), now, hours)
    before = _of_key(unit, told.key)
    if before is None and not _added(unit, row, told.number):
        before = _of_key(unit, told.key)
    if before is not None:
        _told_again(unit, before, told, now)
        return find(unit, before["id"])
    identity = str(row["id"])
    _write(unit, identity, "in", rules.CUSTOMER, told.words, now, key=_mark(identity, told.words))
    attach(unit, identity, told, now)
    _tell(unit, "received", find(unit, identity), now)
    return {**find(unit, identity), "token": token}


def known(unit: Unit, keys: Sequence[str]) -> set[str]:
    """Those of these keys under which something was taken in before: a complaint, or a reply."""
    told = select(complaint.c.source_key).where(complaint.c.source_key.in_(keys))
    replied = {fingerprint(key): key for key in keys}
    answers = select(entry.c.key).where(entry.c.key.in_(replied))
    begun = {row["source_key"] for row in unit.rows(told)}
    return begun | {replied[row["key"]] for row in unit.rows(answers)}


def attach(unit: Unit, complaint_id: str, arrived: Arrived, now: datetime) -> int:
    """Keep what was attached, each file once; how many were new."""
    rows = [{**vars(each), "complaint_id": complaint_id, "at": now} for each in arrived.files]
    return sum(unit.add_new(file, row) for row in rows)


def find(unit: Unit, complaint_id: str) -> Row:
    """One complaint by its id or its number, however typed; an error in words for an unknown."""
    asked = rules.plain(complaint_id)[:200]
    which = or_(complaint.c.id == asked, complaint.c.number == rules.number_of(asked))
    row = unit.first(select(complaint).where(which))
    if row is None:
        raise HuitouError(f"there is no complaint {complaint_id!r}", to_try="huitou complaint list")
    return _now(unit, [row])[0]


def by_token(unit: Unit, token: str) -> Row | None:
    """The complaint whose page this secret opens."""
    row = unit.first(select(complaint).where(complaint.c.token_hash == rules.hashed(token)))
    return None if row is None else _now(unit, [row])[0]


def entries(unit: Unit, complaint_id: str) -> list[Row]:
    """All that was said and done about one, in order."""
    return unit.rows(select(entry).where(entry.c.complaint_id == complaint_id).order_by(entry.c.id))


def files(unit: Unit, complaint_id: str) -> list[Row]:
    """What was attached to one; a file that was forgotten has no name."""
    theirs = select(file).where(file.c.complaint_id == complaint_id)
    return unit.rows(theirs.order_by(file.c.at, file.c.id))


def file_of(unit: Unit, file_id: str) -> Row:
    """One attachment; an error in words for an unknown or a forgotten one."""
    row = unit.first(select(file).where(file.c.id == file_id, file.c.sha256 != ""))
    if row is None:
        raise HuitouError("there is no such file")
    return row


def add_entry(
    unit: Unit,
    complaint_id: str,
    kind: str,
    by: str,
    words: str,
    now: datetime,
    *,
    amount: int | None = None,
    key: str | None = None,
) -> bool:
    """Write something about a complaint; with a `key` once for it. Whether it is new.

    The customer's word (`in`) to what was answered, resolved or dismissed opens it again.
    """
    row = find(unit, complaint_id)
    new = _write(unit, row["id"], kind, by, rules.plain(words), now, amount=amount, key=key)
    if new and kind == "in" and row["state"] in ("answered", "resolved"):
        reopen(unit, row["id"], by, now)
    if new and kind == "in" and row["state"] == "dismissed":
        unhold(unit, row["id"], by, now)
    return new


def assign(unit: Unit, complaint_id: str, owner: str, by: str, now: datetime) -> None:
    """Give a complaint to somebody of the staff; a resolved one is reopened, not given away."""
    row = find(unit, complaint_id)
    if row["state"] in ("resolved", "held", "dismissed"):
        rules.step(row["state"], "answered")
    state = "assigned" if row["state"] == "new" else row["state"]
    _move(unit, row, state, by, now, note=f"owner:{owner}", owner=owner)


def answer(
    unit: Unit, complaint_id: str, by: str, words: str, now: datetime, *, key: str | None = None
) -> bool:
    """Keep what we answered; the first answer's moment stays. Whether it is new."""
    row = find(unit, complaint_id)
    if row["state"] != "answered":
        rules.step(row["state"], "answered")
    if not _write(unit, row["id"], "out", by, rules.plain(words), now, key=key):
        return False
    first, owner = row["answered_at"] or now, row["owner"] or by
    _move(unit, row, "answered", by, now, answered_at=first, owner=owner)
    return True


def resolve(unit: Unit, complaint_id: str, by: str, now: datetime) -> None:
    """It is settled; what sells may reach the customer again."""
    row = find(unit, complaint_id)
    rules.step(row["state"], "resolved")
    _move(unit, row, "resolved", by, now, resolved_at=now, owner=row["owner"] or by)


def reopen(
    unit: Unit, complaint_id: str, by: str, now: datetime, *, hours: int | None = None
) -> None:
    """It is not settled after all: somebody has it in hand again, with a new deadline."""
    row = find(unit, complaint_id)
    rules.step(row["state"], "assigned")
    due_at = rules.due(row["kind"], now, hours)
    again = {"resolved_at": None, "escalated_at": None, "reopened": row["reopened"] + 1}
    _move(unit, row, "assigned", by, now, due_at=due_at, **again)


def hold(unit: Unit, complaint_id: str, by: str, now: datetime) -> None:
    """Likely spam: kept, but it freezes nothing and wakes nobody."""
    _step(unit, complaint_id, "held", by, now)


def dismiss(unit: Unit, complaint_id: str, by: str, now: datetime) -> None:
    """It is no complaint."""
    _step(unit, complaint_id, "dismissed", by, now)


def unhold(
    unit: Unit, complaint_id: str, by: str, now: datetime, *, hours: int | None = None
) -> None:
    """It is a complaint after all: it counts from now."""
    row = find(unit, complaint_id)
    rules.step(row["state"], "new")
    _move(unit, row, "new", by, now, due_at=rules.due(row["kind"], now, hours))


def rate(unit: Unit, complaint_id: str, csat: int, now: datetime) -> None:
    """How content the customer is, 1 to 5, once it is resolved; the last word counts."""
    row = find(unit, complaint_id)
    if row["state"] != "resolved":
        raise Refused("it is asked once the complaint is resolved")
    if csat not in range(1, 6):
        raise HuitouError(f"{csat} is none of 1 to 5")
    unit.change(update(complaint).where(complaint.c.id == row["id"]).values(csat=csat))
    _tell(unit, "rated", {**row, "csat": csat}, now, str(csat))


def join(unit: Unit, complaint_id: str, person_id: str, by: str, now: datetime) -> None:
    """Whose complaint it is, as staff or their keys say."""
    row = find(unit, complaint_id)
    if row["person_id"] != person_id:
        _move(unit, row, row["state"], by, now, note=f"person:{person_id}", person_id=person_id)


def sort(unit: Unit, complaint_id: str, cause: str, share: float | None, by: str | None) -> bool:
    """What it is about, by the tree of reasons; whether that is what stands there now.

    `share` is how sure a machine is, and then nobody of the staff said it (`by` is None). A machine
    never overrules staff.
    """
    if (share is None) != (by is not None):
        raise ValueError("either staff name a cause, or a machine gives its share")
    row = find(unit, complaint_id)
    mine = complaint.c.id == row["id"]
    if by is None:
        mine &= complaint.c.cause_by.is_(None)
    sorted_so = {"cause": cause, "cause_share": share, "cause_by": by}
    return unit.change(update(complaint).where(mine).values(**sorted_so)) == 1


def to_sort(unit: Unit) -> list[Row]:
    """Complaints with words of which no person said what they are about, the oldest first."""
    query = select(complaint).where(complaint.c.cause_by.is_(None), complaint.c.words != "")
    counts = complaint.c.state.not_in(("dismissed", "held"))
    rows = unit.rows(query.where(counts).order_by(complaint.c.received_at, complaint.c.id))
    return [row for row in rows if row["words"].strip()]


def listed(
    unit: Unit,
    *,
    states: Sequence[str] = rules.OPEN,
    owner: str | None = None,
    overdue_at: datetime | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Row]:
    """Complaints, the oldest first; with `overdue_at` those overdue then."""
    query = select(complaint).where(complaint.c.state.in_(states))
    if owner is not None:
        query = query.where(complaint.c.owner == owner)
    if overdue_at is not None:
        query = query.where(_overdue(overdue_at))
    if after is not None:
        at, last = after
        same = (complaint.c.received_at == at) & (complaint.c.id > last)
        query = query.where(or_(complaint.c.received_at > at, same))
    return _now(
        unit, unit.rows(query.order_by(complaint.c.received_at, complaint.c.id).limit(limit))
    )


def of_person(unit: Unit, person_id: str) -> list[Row]:
    """All complaints of somebody, the latest first."""
    theirs = complaint.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    rows = unit.rows(select(complaint).where(theirs).order_by(complaint.c.received_at.desc()))
    return _now(unit, rows)


def counted(unit: Unit) -> dict[str, int]:
    """How many complaints there are in each state."""
    query = select(complaint.c.state, func.count().label("n")).group_by(complaint.c.state)
    return {row["state"]: row["n"] for row in unit.rows(query)}


def unmatched(unit: Unit, limit: int = 10_000) -> list[Row]:
    """Complaints of which nobody knows whose they are, and that say how to find out."""
    says = or_(complaint.c.phone.is_not(None), complaint.c.email.is_not(None))
    open_ones = select(complaint).where(complaint.c.person_id.is_(None), says)
    return unit.rows(open_ones.order_by(complaint.c.received_at, complaint.c.id).limit(limit))


def about(unit: Unit, cause: str) -> dict[str, list[datetime]]:
    """person -> when they complained about one cause, under their id of today."""
    query = select(complaint.c.person_id, complaint.c.received_at).where(
        complaint.c.cause == cause, complaint.c.person_id.is_not(None)
    )
    known, found = names(unit), dict[str, list[datetime]]()
    for row in unit.rows(query):
        found.setdefault(known.now(row["person_id"]), []).append(row["received_at"])
    return found


def people_waiting(unit: Unit, people: Iterable[str] | None = None) -> set[str]:
    """Whose complaint is open, under each of their ids: they are sent nothing that sells."""
    asked_for = list(people) if people is not None else None
    known = names(unit, asked_for)
    query = select(complaint.c.person_id).where(
        complaint.c.state.in_(rules.OPEN), complaint.c.person_id.is_not(None)
    )
    if asked_for is not None:
        query = query.where(complaint.c.person_id.in_(known.every(asked_for)))
    return known.every(row["person_id"] for row in unit.rows(query))


def told(unit: Unit) -> list[Row]:
    """Every complaint but the dismissed and the held, the oldest first.

    person_id, kind, cause, received_at, due_at, answered_at, resolved_at, csat, state, product,
    store, reopened.
    """
    counts = complaint.c.state.not_in(("dismissed", "held"))
    query = select(complaint).where(counts)
    return _now(unit, unit.rows(query.order_by(complaint.c.received_at, complaint.c.id)))


def weighed(unit: Unit, since: datetime) -> list[Row]:
    """What became of every complaint of known people since a moment, the oldest first.

    person_id, kind, product, order_id, received_at, and `found`: `justified` where it was made good
    by a gesture, `nothing` where staff found none, else `open_or_settled`.
    """
    good = select(entry.c.complaint_id).where(entry.c.kind == "gesture")
    found = case(
        (complaint.c.id.in_(good), "justified"),
        (complaint.c.state == "dismissed", "nothing"),
        else_="open_or_settled",
    )
    names = ("person_id", "kind", "product", "order_id", "received_at")
    query = select(*(complaint.c[name] for name in names), found.label("found")).where(
        complaint.c.person_id.is_not(None),
        complaint.c.received_at >= since,
        complaint.c.state != "held",
    )
    return _now(unit, unit.rows(query.order_by(complaint.c.received_at, complaint.c.id)))


def escalate(unit: Unit, now: datetime) -> list[Row]:
    """Mark what is overdue, once for each deadline, and tell it; the complaints newly marked."""
    fresh = select(complaint).where(_overdue(now), complaint.c.escalated_at.is_(None))
    rows = unit.rows(fresh.order_by(complaint.c.received_at, complaint.c.id))
    for row in rows:
        unit.change(update(complaint).where(complaint.c.id == row["id"]).values(escalated_at=now))
        _tell(unit, "overdue", row, now, row["due_at"].isoformat())
    return _now(unit, rows)


def settle_quiet(unit: Unit, now: datetime) -> int:
    """Resolve what was answered and has been quiet since for long; how many there were."""
    last = select(func.max(entry.c.at)).where(entry.c.complaint_id == complaint.c.id)
    quiet = last.scalar_subquery() <= now - timedelta(days=rules.QUIET_DAYS)
    rows = unit.rows(select(complaint.c.id).where(complaint.c.state == "answered", quiet))
    for row in rows:
        resolve(unit, row["id"], "huitou", now)
    return len(rows)


def settle_untold(unit: Unit, now: datetime) -> int:
    """Say of answers beside which nothing was written since that nobody knows if they left.

    Their process was gone between the books and the post. How many there were; each is said once.
    """
    before = now - rules.UNTOLD_AFTER
    later = entry.alias()
    told = select(later.c.id).where(
        later.c.complaint_id == entry.c.complaint_id,
        later.c.id > entry.c.id,
        later.c.kind == "state",
        or_(*(later.c.words.startswith(f"{way}:") for way in rules.TOLD)),
    )
    mine = (
        (entry.c.kind == "out")
        & (entry.c.by != rules.IMPORTED)
        & entry.c.at.between(before - timedelta(days=rules.QUIET_DAYS), before)
    )
    rows = unit.rows(select(entry.c.id, entry.c.complaint_id).where(mine, ~told.exists()))
    for row in rows:
        key = f"untold:{row['id']}"
        _write(unit, row["complaint_id"], "state", "huitou", rules.UNTOLD, now, key=key)
    return len(rows)


def forget(unit: Unit, person_id: str, now: datetime) -> list[str]:
    """Blank what a person's complaints say; the ids of files that the caller takes away.

    Kind, cause, dates, state and counts stay, with nobody's name to them; an open one ends,
    because there is nobody left to answer.
    """
    theirs = of_person(unit, person_id)
    for row in theirs:
        if row["state"] in rules.OPEN:
            _move(unit, row, "resolved", "huitou", now, resolved_at=now)
    ids = [row["id"] for row in theirs]
    gone = [row["id"] for each in ids for row in files(unit, each) if row["sha256"]]
    blank: dict[str, Any] = dict.fromkeys((*CONTACTS, "person_id", "order_id"))
    unit.change(update(complaint).where(complaint.c.id.in_(ids)).values(**blank, words=""))
    unit.change(update(entry).where(entry.c.complaint_id.in_(ids)).values(words=""))
    unit.change(update(file).where(file.c.complaint_id.in_(ids)).values(name="", sha256=""))
    return gone


def _overdue(now: datetime) -> ColumnElement[bool]:
    return complaint.c.state.in_(rules.WAITING) & (complaint.c.due_at < now)


def _now(unit: Unit, rows: Sequence[Row]) -> list[Row]:
    """The rows, each with the id its person goes by now."""
    given = {row["person_id"] for row in rows if row["person_id"]}
    known = names(unit, sorted(given) if len(given) < 500 else None)
    return [
        {**row, "person_id": known.now(row["person_id"])} if row["person_id"] else row
        for row in rows
    ]


def _of_key(unit: Unit, key: str) -> Row | None:
    query: Select[Any] = select(complaint).where(complaint.c.source_key == key)
    return unit.first(query)


def _new_row(told: Arrived, token_hash: str, now: datetime, hours: int | None) -> dict[str, Any]:
    same = ("kind", "words", "language", "channel", "person_id", *rules.WIDTHS)
    return {
        **{name: getattr(told, name) for name in same},
        "id": new_id(),
        "token_hash": token_hash,
        "source_key": told.key,
        "state": "held" if told.held else "new",
        "received_at": now,
        "due_at": rules.due(told.kind, now, hours),
        "reopened": 0,
    }


def _added(unit: Unit, row: dict[str, Any], number: str | None) -> bool:
    """Whether the row could be added, under the number told or, were it taken, a new one."""
    for _ in range(TRIES):
        if unit.add_new(complaint, {**row, "number": number or rules.new_number()}):
            return True
        if _of_key(unit, row["source_key"]) is not None:
            return False
        number = None
    raise HuitouError("no number could be given to this complaint", to_try="the same again")


def _told_again(unit: Unit, row: Row, told: Arrived, now: datetime) -> None:
    """The same sending, once more: words and files that are new are kept, nothing else changes."""
    if told.words and told.words != row["words"]:
        mark = _mark(row["id"], told.words)
        _write(unit, row["id"], "in", rules.CUSTOMER, told.words, now, key=mark)
    attach(unit, row["id"], told, now)


def _write(
    unit: Unit,
    complaint_id: str,
    kind: str,
    by: str,
    words: str,
    now: datetime,
    *,
    amount: int | None = None,
    key: str | None = None,
) -> bool:
    row = {"complaint_id": complaint_id, "key": key or new_id(), "kind": kind, "by": by[:120]}
    return unit.add_new(entry, {**row, "words": words, "at": now, "amount": amount})


def _step(unit: Unit, complaint_id: str, state: str, by: str, now: datetime) -> None:
    row = find(unit, complaint_id)
    rules.step(row["state"], state)
    _move(unit, row, state, by, now)


def _move(
    unit: Unit, row: Row, state: str, by: str, now: datetime, *, note: str = "", **changed: Any
) -> None:
    """Change a row, write down what was done, and tell it where the state is another one."""
    here = (complaint.c.id == row["id"]) & (complaint.c.state == row["state"])
    if unit.change(update(complaint).where(here).values(state=state, **changed)) != 1:
        raise Refused(
            f"the complaint {row['number']} was changed meanwhile", to_try="look at it again"
        )
    if note or state != row["state"]:
        words = f"state:{state}" if state != row["state"] else ""
        _write(unit, row["id"], "state", by, "\n".join(filter(None, (words, note))), now)
    if state != row["state"]:
        _tell(unit, state, {**row, **changed, "state": state}, now, new_id())


def _tell(unit: Unit, what: str, row: Row, now: datetime, which: str = "") -> None:
    said = ("person_id", "kind", "channel", "product", "store", "state", "owner", "number")
    body = {"complaint_id": row["id"], **{name: row[name] for name in said}}
    key = f"complaint:{row['id']}:{what}"
    tell(unit, [Event(f"complaint.{what}", f"{key}:{which}" if which else key, now, body)])


def _mark(complaint_id: str, words: str) -> str:
    return fingerprint(complaint_id, words)
