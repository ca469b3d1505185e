"""A consent that was said once and waits to be confirmed by whoever reads that address.

    ask(unit, person, "email", …)     they said yes; a message asks whether it was they
    again(unit, person, "email", now) the same message once more, because they asked for it
    confirm(unit, ask_id, now)        they followed the link: now it is a consent

Until then no consent is written, and nothing that sells goes there. What nobody confirms ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update

from huitou.care.consents import book
from huitou.care.consents.kinds import Proof, Wording, a_source
from huitou.care.consents.tables import consent_ask, consent_wording
from huitou.ground.errors import Refused
from huitou.ground.ids import fingerprint
from huitou.ground.words import said
from huitou.identity.book import names
from huitou.store.books import Row, Unit

LASTS = timedelta(days=14)
"""How long a first yes waits for the second."""
MOST_TIMES = 2
"""How often one first yes is asked about: once, and once again where they ask for it."""


def ask(
    unit: Unit,
    person_id: str,
    channel: str,
    *,
    source: str,
    now: datetime,
    said_at: datetime,
    wording: Wording | None,
    proof: Proof,
) -> Row | None:
    """Keep a first yes to marketing; None where one waits there already: it is asked about once."""
    if (person_id, channel) in waiting(unit, [person_id], now):
        return None
    person = names(unit, [person_id]).now(person_id)
    before = (
        select(func.count())
        .select_from(consent_ask)
        .where(consent_ask.c.person_id == person, consent_ask.c.channel == channel)
    )
    row = {
        # Of two doors that ask at once both mean this one; whose number it is nobody can guess.
        "id": fingerprint("second yes", person, channel, str(unit.value(before)))[:26],
        "person_id": person,
        "channel": channel,
        "source": a_source(source),
        "wording": book.keep_wording(unit, wording, now),
        "language": proof.language,
        "by": proof.by,
        "proof": dict(proof.told),
        "said_at": said_at,
        "asked_at": now,
        "ends_at": now + LASTS,
        "times": 1,
        "state": "waiting",
    }
    return row if unit.add_new(consent_ask, row) else None


def again(unit: Unit, person_id: str, channel: str, now: datetime) -> Row:
    """Count that it is asked once more. Raises `Refused` where nothing waits, or it was."""
    row = waiting(unit, [person_id], now).get((person_id, channel))
    if row is None:
        raise Refused(said("No first yes of theirs waits there."))
    once = update(consent_ask).where(
        consent_ask.c.id == row["id"], consent_ask.c.times < MOST_TIMES
    )
    if unit.change(once.values(times=consent_ask.c.times + 1, asked_at=now)) != 1:
        raise Refused(said("They were asked twice already: it is for them to answer."))
    return {**row, "times": row["times"] + 1}


def confirm(unit: Unit, ask_id: str, now: datetime, proof: Proof) -> bool:
    """They followed the link: the first yes holds from now on; whether it waited until then."""
    row = find(unit, ask_id)
    if row is None:
        return False
    free = update(consent_ask).where(
        consent_ask.c.id == ask_id, consent_ask.c.state == "waiting", consent_ask.c.ends_at > now
    )
    if unit.change(free.values(state="confirmed", settled_at=now)) != 1:
        return False
    first = {"said_at": row["said_at"].isoformat(), "asked_at": row["asked_at"].isoformat()}
    book.give(
        unit,
        row["person_id"],
        row["channel"],
        "marketing",
        source=row["source"],
        wording=_wording(unit, row["wording"]),
        now=now,
        proof=Proof(row["by"], row["language"], None, {**row["proof"], **first, **proof.told}),
    )
    return True


def find(unit: Unit, ask_id: str) -> Row | None:
    """One first yes, with its person under the id of today; None where there is none."""
    row = unit.first(select(consent_ask).where(consent_ask.c.id == ask_id))
    return _today(unit, [row])[0] if row is not None else None


def waiting(unit: Unit, people: Iterable[str], now: datetime) -> dict[tuple[str, str], Row]:
    """(person, channel) -> the first yes that waits there, under each id that was asked for."""
    asked = list(dict.fromkeys(people))
    known = names(unit, asked)
    found: dict[tuple[str, str], Row] = {}
    ids = sorted(known.every(asked))
    for start in range(0, len(ids), book.CHUNK):
        for row in unit.rows(_open(ids[start : start + book.CHUNK], now)):
            found |= {(one, row["channel"]): row for one in known.every([row["person_id"]])}
    return found


def _open(ids: list[str], now: datetime) -> Select[Any]:
    return select(consent_ask).where(
        consent_ask.c.person_id.in_(ids),
        consent_ask.c.state == "waiting",
        consent_ask.c.ends_at > now,
    )


def _today(unit: Unit, rows: list[Row]) -> list[Row]:
    known = names(unit, [row["person_id"] for row in rows])
    return [{**row, "person_id": known.now(row["person_id"])} for row in rows]


def _wording(unit: Unit, version: str | None) -> Wording | None:
    row = unit.first(select(consent_wording).where(consent_wording.c.id == version))
    return Wording(row["name"], row["language"], row["text"]) if row is not None else None
