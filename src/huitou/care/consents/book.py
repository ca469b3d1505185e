"""Keeping consent: given and withdrawn word by word, and how it stands with somebody now.

    give(unit, person, "email", "marketing", source="join_page", wording=text, now=now)
    withdraw(unit, person, "any", "marketing", source="unsubscribe", now=now)
    standing(unit, people)   ->  {(person, channel, purpose): Standing}

Who withdraws marketing is silent on that channel in the same unit (`care.book.be_silent`), and who
asked for silence by any other door has withdrawn: there is one truth. When ids turn out to be one
person the stricter wins: consent holds only where each of them gave it, or where they gave it anew
since. The words stay under the ids they were said for, so that taking a merge back restores them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from huitou.care import book as care
from huitou.care.consents.kinds import (
    CHANNELS,
    PACES,
    PURPOSES,
    SECOND_HAND,
    Proof,
    Standing,
    Wording,
    a_source,
    meant,
)
from huitou.care.consents.tables import (
    consent_ask,
    consent_choice,
    consent_event,
    consent_heard,
    consent_key,
    consent_link,
    consent_wording,
)
from huitou.care.interviews import book as interviews
from huitou.care.tables import silence
from huitou.ground.channels import ANY
from huitou.ground.errors import BadInput, Refused
from huitou.ground.ids import fingerprint
from huitou.identity.book import Names, names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

Key = tuple[str, str, str]
"""(person, channel, purpose)."""

NOTHING = Proof()
CHUNK = 500


def give(
    unit: Unit,
    person_id: str,
    channel: str,
    purpose: str,
    *,
    source: str,
    now: datetime,
    wording: Wording | None = None,
    at: datetime | None = None,
    proof: Proof = NOTHING,
) -> int:
    """Somebody agreed, at `at` where it is not now; of how many channels it was news.

    It lifts the silence they asked for on that channel before. What is told at second hand
    (`SECOND_HAND`) never does, nor does anything said before they withdrew.
    """
    was_said(at, now)
    version = keep_wording(unit, wording, now)
    before, told = standing(unit, [person_id]), 0
    silent = care.silent(unit, [person_id])
    for each in meant(channel, purpose):
        was = before.get((person_id, each, purpose))
        said_at = at or _after(now, None if was is None or was.holds else was)
        refused = was is not None and was.state == "withdrawn"
        if refused and was is not None and (a_source(source) in SECOND_HAND or was.at >= said_at):
            continue
        if purpose == "marketing" and (person_id, each) in silent:
            care.may_speak(unit, person_id, each, f"consent: {source}", now)
        told += _write(
            unit, person_id, each, purpose, "given", source, version, said_at, now, proof
        )
    return told


def was_said(at: datetime | None, now: datetime) -> None:
    """Raise `BadInput` for a yes that is still to come."""
    if at is not None and at > now:
        raise BadInput("nobody agreed to anything in the future", to_try="the time it was said")


def withdraw(
    unit: Unit,
    person_id: str,
    channel: str,
    purpose: str,
    *,
    source: str,
    now: datetime,
    proof: Proof = NOTHING,
) -> int:
    """Somebody does not want it (any more); it holds from this unit on. Channels it was news of."""
    channels, before, told = meant(channel, purpose), standing(unit, [person_id]), 0
    for each in channels:
        was = before.get((person_id, each, purpose))
        said_at = _after(now, was if was is not None and was.holds else None)
        told += _write(
            unit, person_id, each, purpose, "withdrawn", source, None, said_at, now, proof
        )
    if purpose == "marketing":
        end_asking(unit, person_id, channels, now)
        _fall_silent(unit, person_id, channel, channels, source, now)
    return told


def refuse_all(
    unit: Unit, person_id: str, *, source: str, now: datetime, proof: Proof = NOTHING
) -> int:
    """Nothing more at all but what they themselves wait for: every channel, every purpose."""
    return sum(
        withdraw(unit, person_id, ANY, purpose, source=source, now=now, proof=proof)
        for purpose in PURPOSES
    )


def standing(unit: Unit, people: Iterable[str]) -> dict[Key, Standing]:
    """How it stands with these people, by channel and purpose, under each id that was asked for.

    Nothing is in it for what nobody ever said a word about.
    """
    asked = list(dict.fromkeys(people))
    found: dict[Key, Standing] = {}
    for start in range(0, len(asked), CHUNK):
        found.update(_standing(unit, asked[start : start + CHUNK]))
    return found


def given(unit: Unit, people: Iterable[str], purpose: str = "marketing") -> set[tuple[str, str]]:
    """(person, channel) pairs whose consent for a purpose holds now."""
    return holding(standing(unit, people), purpose)


def holding(found: Mapping[Key, Standing], purpose: str = "marketing") -> set[tuple[str, str]]:
    """The same of how it stands with these people."""
    return {(who, way) for (who, way, what), now in found.items() if what == purpose and now.holds}


def withdrawn(
    unit: Unit, people: Iterable[str], purpose: str = "marketing"
) -> set[tuple[str, str]]:
    """(person, channel) pairs that were refused for a purpose."""
    return refused(standing(unit, people), purpose)


def refused(found: Mapping[Key, Standing], purpose: str = "marketing") -> set[tuple[str, str]]:
    """The same of how it stands with these people."""
    return {
        (who, way)
        for (who, way, what), now in found.items()
        if what == purpose and now.state == "withdrawn"
    }


def not_by_traits(unit: Unit, people: Iterable[str] | None = None) -> set[str]:
    """Who of these people, or of all, does not want offers chosen from what they bought.

    They get what everybody gets.
    """
    asked = _ever_refused(unit, "personalised") if people is None else people
    return {who for who, _ in withdrawn(unit, asked, "personalised")}


def history(unit: Unit, person_id: str) -> list[Row]:
    """Every word said under any id of a person, with the text agreed to, the newest first."""
    theirs = consent_event.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    told = (consent_wording.c.name.label("wording_name"), consent_wording.c.text.label("words"))
    query = select(consent_event, *told).outerjoin(
        consent_wording, consent_wording.c.id == consent_event.c.wording
    )
    return unit.rows(query.where(theirs).order_by(consent_event.c.at.desc(), consent_event.c.id))


def every(unit: Unit, after: tuple[datetime, str] | None = None, limit: int = 1000) -> list[Row]:
    """All words in the order they were written down; `after` is (written_at, id) of the last."""
    query = select(consent_event)
    if after is not None:
        when, last = after
        same = (consent_event.c.written_at == when) & (consent_event.c.id > last)
        query = query.where((consent_event.c.written_at > when) | same)
    return unit.rows(query.order_by(consent_event.c.written_at, consent_event.c.id).limit(limit))


def counted(unit: Unit) -> dict[tuple[str, str, str], int]:
    """(channel, purpose, state) -> ids of people whose latest word it is."""
    place = (consent_event.c.person_id, consent_event.c.channel, consent_event.c.purpose)
    latest = func.row_number().over(
        partition_by=place,
        order_by=(consent_event.c.at.desc(), consent_event.c.state.desc()),
    )
    ranked = select(*place, consent_event.c.state, latest.label("rank")).subquery()
    by = (ranked.c.channel, ranked.c.purpose, ranked.c.state)
    query = select(*by, func.count().label("n")).where(ranked.c.rank == 1).group_by(*by)
    return {(row["channel"], row["purpose"], row["state"]): row["n"] for row in unit.rows(query)}


def came_from(unit: Unit) -> dict[tuple[str, str], int]:
    """(source, state) -> how many words came that way."""
    by = (consent_event.c.source, consent_event.c.state)
    rows = unit.rows(select(*by, func.count().label("n")).group_by(*by))
    return {(row["source"], row["state"]): row["n"] for row in rows}


def reasons(unit: Unit) -> dict[str, int]:
    """Why people unsubscribed, of those who said so."""
    why, who = consent_event.c.reason, func.count(consent_event.c.said_under.distinct())
    query = select(why, who.label("n")).where(why.is_not(None)).group_by(why)
    return {row["reason"]: row["n"] for row in unit.rows(query)}


def keep_wording(unit: Unit, wording: Wording | None, now: datetime) -> str | None:
    """Keep a text that was agreed to; the version it goes by."""
    if wording is None:
        return None
    row = {"id": wording.version, "name": wording.name, "language": wording.language}
    unit.add_new(consent_wording, {**row, "text": wording.text, "at": now})
    return wording.version


# -- how often, and in which language


@dataclass(frozen=True)
class Choice:
    """What somebody chose on their page."""

    pace: str = "usual"
    pause_until: date | None = None
    language: str | None = None


def choose(unit: Unit, person_id: str, choice: Choice, source: str, now: datetime) -> None:
    """Keep what somebody chose; it counts whole, in place of what they chose before."""
    if choice.pace not in PACES:
        raise BadInput(f"{choice.pace!r} is no pace", to_try=", ".join(PACES))
    if choices(unit, [person_id]).get(person_id, Choice()) == choice:
        return
    row = {"person_id": person_id, "source": a_source(source), "at": now}
    unit.add(consent_choice, [{**row, **vars(choice)}])


def choices(unit: Unit, people: Iterable[str]) -> dict[str, Choice]:
    """What each of these people chose, for those who did.

    Of several ids of one person the gentler counts: the slower pace, the longer pause.
    """
    asked = list(dict.fromkeys(people))
    known = names(unit, asked)
    query = select(consent_choice).where(consent_choice.c.person_id.in_(known.every(asked)))
    latest: dict[str, Row] = {}
    for row in unit.rows(query.order_by(consent_choice.c.at, consent_choice.c.id)):
        latest[row["person_id"]] = row
    merged: dict[str, list[Row]] = defaultdict(list)
    for person, row in latest.items():
        merged[known.now(person)].append(row)
    found = {person: _gentler(rows) for person, rows in merged.items()}
    return {one: found[known.now(one)] for one in asked if known.now(one) in found}


# -- what was said in own words


def hear(
    unit: Unit, person_id: str | None, channel: str, address: str, words: str, now: datetime
) -> str:
    """Keep what may be a refusal, for a person to read; nothing sells to them meanwhile. Its id."""
    told = fingerprint(channel, address, words, now.isoformat())
    row = {"id": told, "person_id": person_id, "channel": channel, "address": address}
    unit.add_new(consent_heard, {**row, "words": words[:2000], "state": "waiting", "at": now})
    return told


def waiting(unit: Unit, people: Iterable[str] | None = None) -> list[Row]:
    """What waits to be read, the oldest first; of these people, or of everybody."""
    query = select(consent_heard).where(consent_heard.c.state == "waiting")
    if people is not None:
        asked = list(people)
        query = query.where(consent_heard.c.person_id.in_(names(unit, asked).every(asked)))
    return unit.rows(query.order_by(consent_heard.c.at, consent_heard.c.id))


def unread(unit: Unit, people: Iterable[str]) -> set[tuple[str, str]]:
    """(person, channel) of whom something waits to be read, under each id."""
    asked = list(people)
    known = names(unit, asked)
    return {
        (one, row["channel"])
        for row in waiting(unit, asked)
        for one in known.every([row["person_id"]])
    }


def settle(unit: Unit, heard_id: str, *, refused: bool, by: str, now: datetime) -> None:
    """Somebody read it: it was a refusal, which holds at once, or it was not."""
    row = unit.first(select(consent_heard).where(consent_heard.c.id == heard_id))
    state = "withdrawn" if refused else "kept"
    still = update(consent_heard).where(
        consent_heard.c.id == heard_id, consent_heard.c.state == "waiting"
    )
    if row is None or unit.change(still.values(state=state, settled_by=by, settled_at=now)) != 1:
        raise Refused("nothing waits under that name", to_try="huitou consent heard")
    if refused and row["person_id"] is not None:
        proof = Proof(by=by, told={"words": row["words"]})
        withdraw(unit, row["person_id"], ANY, "marketing", source="reply", now=now, proof=proof)


# -- links


def keep_link(
    unit: Unit, token: str, kind: str, person_id: str, channel: str, sending: str | None,
    now: datetime,
) -> None:  # fmt: skip
    """Remember where a token leads; of the token only a fingerprint is kept."""
    row = {"mark": fingerprint("consent", token), "kind": kind, "person_id": person_id}
    unit.add_new(consent_link, {**row, "channel": channel, "sending_id": sending, "at": now})


def by_token(unit: Unit, token: str, kind: str) -> Row | None:
    """Where a token leads: person_id (of today), channel, sending_id; None for any other."""
    query = select(consent_link).where(
        consent_link.c.mark == fingerprint("consent", token), consent_link.c.kind == kind
    )
    row = unit.first(query)
    if row is None:
        return None
    person = row["person_id"]
    return {**row, "person_id": names(unit, [person]).now(person)}


def keep_key(unit: Unit, secret: str, now: datetime) -> None:
    """Remember what links are signed with from now on."""
    unit.add_new(consent_key, {"secret": secret, "at": now})


def keys(unit: Unit) -> list[str]:
    """Every secret that links were ever signed with, the newest first."""
    rows = unit.rows(select(consent_key.c.secret).order_by(consent_key.c.at.desc()))
    return [row["secret"] for row in rows]


def check(unit: Unit) -> list[str]:
    """What is wrong: nobody's marketing consent was withdrawn whom the doors would still write to.

    Words for people; nothing where all is well.
    """
    query = select(consent_event.c.person_id).where(consent_event.c.state == "withdrawn")
    people = sorted({row["person_id"] for row in unit.rows(query.distinct())})
    silent = care.silent(unit)
    return [
        f"{who} withdrew marketing by {way}, and is not silent there"
        for (who, way) in sorted(withdrawn(unit, people) - silent)
    ]


# -- inside


def _ever_refused(unit: Unit, purpose: str) -> set[str]:
    """Every id of those who at some time refused a purpose: few, where a shop has a million."""
    said = (consent_event.c.purpose == purpose) & (consent_event.c.state == "withdrawn")
    rows = unit.rows(select(consent_event.c.person_id).where(said).distinct())
    people = [row["person_id"] for row in rows]
    return names(unit, people).every(people)


def end_asking(unit: Unit, person_id: str, channels: Sequence[str], now: datetime) -> None:
    """A first yes that waits there is none any more."""
    theirs = consent_ask.c.person_id.in_(names(unit, [person_id]).every([person_id]))
    waits = update(consent_ask).where(
        theirs, consent_ask.c.channel.in_(list(channels)), consent_ask.c.state == "waiting"
    )
    unit.change(waits.values(state="withdrawn", settled_at=now))


def _after(now: datetime, was: Standing | None) -> datetime:
    """Now, and after the word that counted until now: two words of one moment keep their order."""
    return now if was is None or was.at < now else was.at + timedelta(microseconds=1)


def _write(
    unit: Unit,
    person_id: str,
    channel: str,
    purpose: str,
    state: str,
    source: str,
    wording: str | None,
    at: datetime,
    now: datetime,
    proof: Proof,
) -> int:
    """A word for each id they have now; whether any was news."""
    known, new = names(unit, [person_id]), 0
    said_under = known.now(person_id)
    row = {
        "said_under": said_under,
        "channel": channel,
        "purpose": purpose,
        "state": state,
        "source": a_source(source),
        "reason": proof.reason,
        "wording": wording,
        "language": proof.language,
        "by": proof.by,
        "proof": dict(proof.told),
        "at": at,
        "written_at": now,
    }
    what = (said_under, channel, purpose, state, source, proof.reason or "", at.isoformat())
    for one in sorted(known.every([person_id])):
        mark = fingerprint(one, *what)
        new += unit.add_new(consent_event, {**row, "id": mark, "person_id": one})
    if new:
        body = {"person_id": said_under, "channel": channel, "purpose": purpose, "source": source}
        mark = fingerprint(*what)[:40]
        tell(unit, [Event(f"consent.{state}", f"consent:{mark}", now, body)])
    return min(new, 1)


def _fall_silent(
    unit: Unit, person_id: str, channel: str, channels: Sequence[str], source: str, now: datetime
) -> None:
    """The silence every door asks for, where it is not kept already."""
    asked = {way for who, way in care.silent(unit, [person_id]) if who == person_id}
    if asked >= set(channels):
        return
    care.be_silent(unit, person_id, channel, f"consent withdrawn: {source}", now)
    if care.silent_everywhere(unit, person_id):
        interviews.end_silent(unit, [person_id])


def _standing(unit: Unit, asked: list[str]) -> dict[Key, Standing]:
    known = names(unit, asked)
    ids = known.every(asked)
    members: dict[str, set[str]] = defaultdict(set)
    for one in ids:
        members[known.now(one)].add(one)
    words = _latest(unit, ids, known)
    hushed = _hushed(unit, ids, known)
    silent = care.silent(unit, asked)
    found: dict[Key, Standing] = {}
    for (person, channel, purpose), theirs in words.items():
        told = _merged(theirs, members[person])
        found[person, channel, purpose] = _since(told, purpose, hushed.get((person, channel)))
    for (person, channel), at in hushed.items():
        if (person, channel) in silent or (person, channel, "marketing") not in found:
            state = "withdrawn" if (person, channel) in silent else "none"
            was = found.get((person, channel, "marketing"))
            if was is None or was.state != "withdrawn":
                found[person, channel, "marketing"] = Standing(state, at, "silence")
    return {
        (one, channel, purpose): told
        for one in asked
        for (person, channel, purpose), told in found.items()
        if person == known.now(one)
    }


def _latest(
    unit: Unit, ids: Iterable[str], known: Names
) -> dict[tuple[str, str, str], dict[str, Row]]:
    """(person, channel, purpose) -> the word that counts for each of their ids."""
    found: dict[tuple[str, str, str], dict[str, Row]] = defaultdict(dict)
    query = select(consent_event).where(consent_event.c.person_id.in_(sorted(ids)))
    # In a tie of moments what was withdrawn is withdrawn.
    for row in unit.rows(query.order_by(consent_event.c.at, consent_event.c.state)):
        one, under = row["person_id"], row["said_under"]
        together = known.now(under) == known.now(one)
        # What one of them said while they were held to be one person counts for that one alone
        # when they turn out to be two; a refusal counts for both.
        if row["state"] == "withdrawn" or one == under or together:
            found[known.now(one), row["channel"], row["purpose"]][one] = row
    return found


def _merged(theirs: Mapping[str, Row], members: set[str]) -> Standing:
    refused = [row for row in theirs.values() if row["state"] == "withdrawn"]
    latest = max(refused or theirs.values(), key=lambda row: row["at"])
    if refused:
        return Standing("withdrawn", latest["at"], latest["source"])
    if set(theirs) < members:
        return Standing("none", latest["at"], latest["source"], partial=True)
    return Standing("given", latest["at"], latest["source"])


def _since(told: Standing, purpose: str, hushed: datetime | None) -> Standing:
    """A consent given before they asked for silence is not alive again when that is lifted."""
    if purpose == "marketing" and told.holds and hushed is not None and hushed >= told.at:
        return Standing("none", hushed, "silence")
    return told


def _hushed(unit: Unit, ids: Iterable[str], known: Names) -> dict[tuple[str, str], datetime]:
    """(person, channel) -> when silence was last asked for there."""
    query = select(silence).where(
        silence.c.person_id.in_(sorted(ids)),
        silence.c.purpose == "marketing",
        silence.c.state == "silent",
    )
    found: dict[tuple[str, str], datetime] = {}
    for row in unit.rows(query.order_by(silence.c.at)):
        ways = tuple(CHANNELS) if row["channel"] == ANY else (row["channel"],)
        found.update({(known.now(row["person_id"]), way): row["at"] for way in ways})
    return found


def _gentler(rows: Sequence[Row]) -> Choice:
    latest = max(rows, key=lambda row: row["at"])
    pauses = [row["pause_until"] for row in rows if row["pause_until"] is not None]
    pace = "less" if any(row["pace"] == "less" for row in rows) else latest["pace"]
    return Choice(pace, max(pauses, default=None), latest["language"])
