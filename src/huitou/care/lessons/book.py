"""Keeping lessons: one a text, and the latest word about it counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from huitou.care.lessons.tables import lesson
from huitou.ground.ids import fingerprint, new_id
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell


def key_of(text: str) -> str:
    """What makes two texts one: their letters, whatever the spaces and the case."""
    return fingerprint(" ".join(text.split()).casefold())


def teach(unit: Unit, text: str, language: str, cause: str, by: str, now: datetime) -> bool:
    """Keep the cause a person named for a text; whether that changed anything."""
    key = key_of(text)
    known = unit.first(select(lesson).where(lesson.c.key == key))
    if known is not None and known["cause"] == cause:
        return False
    said = {"cause": cause, "by": by, "at": now}
    if known is None:
        row = {"id": new_id(), "key": key, "text": text, "language": language, **said}
        unit.add(lesson, [row])
    else:
        unit.change(update(lesson).where(lesson.c.key == key).values(**said))
    # Without the words: the lake keeps what is forgotten here.
    body = {"text": key, "cause": cause, "by": by}
    tell(unit, [Event("lesson.taught", f"lesson:{key[:32]}:{now.isoformat()}", now, body)])
    return True


def taught(unit: Unit) -> list[Row]:
    """Every lesson, the oldest first."""
    return unit.rows(select(lesson).order_by(lesson.c.at, lesson.c.id))


def forget(unit: Unit, lesson_id: str) -> bool:
    """Take a lesson back; whether there was one."""
    return unit.change(delete(lesson).where(lesson.c.id == lesson_id)) == 1


def forget_text(unit: Unit, text: str) -> bool:
    """Take back what was taught about a text; whether anything was."""
    return unit.change(delete(lesson).where(lesson.c.key == key_of(text))) == 1


def sent_outside(unit: Unit, to: str, model: str, words: str, now: datetime) -> None:
    """A masked text is about to be shown to a model outside: kept before it leaves."""
    body = {"to": to, "model": model, "words": words}
    tell(unit, [Event("text.sent_outside", f"text.sent:{new_id()}", now, body)])
