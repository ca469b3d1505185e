"""Keeping templates: every save is a new version, and the highest one is used.

`text_for` is what a message is written from: the merchant's own in the reader's language, else the
house's in it, else the same in the shop's language, else in English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from huitou.channels.templates import shipped
from huitou.channels.templates.shipped import LANGUAGES, Text
from huitou.channels.templates.tables import template
from huitou.ground.channels import CHANNELS
from huitou.ground.errors import BadInput
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

NAME = re.compile(r"[a-z][a-z0-9_.]{0,59}")
PLACE = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST = 200_000
LONGEST_SUBJECT = 300


def save(unit: Unit, text: Text, by: str, now: datetime) -> Text:
    """Keep a new version, unless it says the same as the one in use; what is in use then.

    Whoever calls has had it read through in the child (`scribe`).
    """
    check(text)
    before = own(unit, text.name, text.channel, text.language)
    if before is not None and (before.digest, before.names) == (text.digest, text.names):
        return before
    version = 1 if before is None else before.version + 1
    row = {
        "name": text.name,
        "channel": text.channel,
        "language": text.language,
        "version": version,
        "subject": text.subject,
        "body": text.body,
        "names": list(text.names),
        "digest": text.digest,
        "by": by,
        "at": now,
    }
    unit.add(template, [row])
    body = {"name": text.name, "channel": text.channel, "language": text.language, "by": by}
    key = f"template:{text.name}:{text.channel}:{text.language}:{version}"
    tell(unit, [Event("template.saved", key, now, {**body, "version": version})])
    return _text(row)


def check(text: Text) -> None:
    """Raises `BadInput` in words for a text that cannot be kept."""
    if not NAME.fullmatch(text.name):
        raise BadInput(f"{text.name!r} is no name of a template", to_try="spring_letter")
    if text.channel not in CHANNELS or text.language not in LANGUAGES:
        raise BadInput(
            f"there is no {text.channel!r} in {text.language!r}",
            to_try=f"{', '.join(CHANNELS)}; {', '.join(LANGUAGES)}",
        )
    if not text.body.strip() or len(text.body) > LONGEST:
        raise BadInput(f"a text has 1 to {LONGEST:,} letters")
    if len(text.subject) > LONGEST_SUBJECT or "\n" in text.subject or "\r" in text.subject:
        raise BadInput(f"a subject is one line of at most {LONGEST_SUBJECT} letters")
    if text.channel == "email" and not text.subject.strip():
        raise BadInput("a mail needs a subject")
    if bad := [name for name in text.names if not PLACE.fullmatch(name)]:
        raise BadInput(f"{bad[0]!r} is no name of a place", to_try="points, ends_on")


def own(
    unit: Unit, name: str, channel: str, language: str, version: int | None = None
) -> Text | None:
    """The merchant's own text, in the version in use or another; None where there is none."""
    query = select(template).where(
        template.c.name == name,
        template.c.channel == channel,
        template.c.language == language,
    )
    if version is not None:
        query = query.where(template.c.version == version)
    row = unit.first(query.order_by(template.c.version.desc()).limit(1))
    return None if row is None else _text(row)


def text_for(unit: Unit, name: str, channel: str, languages: Sequence[str]) -> Text | None:
    """What is written for a reader of the first of these languages that has words."""
    for language in dict.fromkeys(languages):
        found = own(unit, name, channel, language) or shipped.text(name, channel, language)
        if found is not None:
            return found
    return None


def latest(unit: Unit) -> list[Row]:
    """Every own text in the version in use: name, channel, language, version, by, at."""
    newest = (
        select(
            template.c.name,
            template.c.channel,
            template.c.language,
            func.max(template.c.version).label("version"),
        )
        .group_by(template.c.name, template.c.channel, template.c.language)
        .subquery()
    )
    query = select(template).join(
        newest,
        (template.c.name == newest.c.name)
        & (template.c.channel == newest.c.channel)
        & (template.c.language == newest.c.language)
        & (template.c.version == newest.c.version),
    )
    return unit.rows(query.order_by(template.c.name, template.c.channel, template.c.language))


def versions(unit: Unit, name: str, channel: str, language: str) -> list[Row]:
    """Every version of one text, the newest first."""
    query = select(template).where(
        template.c.name == name,
        template.c.channel == channel,
        template.c.language == language,
    )
    return unit.rows(query.order_by(template.c.version.desc()))


def tried(
    unit: Unit, parcel_id: str, which: tuple[str, str, str], end: str, by: str, now: datetime
) -> None:
    """Somebody of the house had a text sent to themselves: name, channel, language; and its end."""
    name, channel, language = which
    body = {"name": name, "channel": channel, "language": language, "by": by, "end": end}
    tell(unit, [Event("template.tried", f"template.tried:{parcel_id}", now, body)])


def _text(row: Row) -> Text:
    known = shipped.text(row["name"], row["channel"], row["language"])
    return Text(
        row["name"],
        row["channel"],
        row["language"],
        row["version"],
        row["subject"],
        row["body"],
        tuple(row["names"]),
        known.money if known else (),
    )
