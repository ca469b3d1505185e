"""Keeping guides, and counting who opened them: a household a day once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, select, update

from huitou.care.guides.pages import Guide, Said
from huitou.care.guides.tables import guide, guide_open
from huitou.ground.errors import HuitouError
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

KINDS = ("open", "helped")


def keep(unit: Unit, made: Guide, by: str, now: datetime) -> None:
    """Keep a guide, anew or in the place of the one with its slug."""
    made.check()
    told = {
        tag: {"title": each.title.strip(), "steps": list(each.steps)}
        for tag, each in made.told.items()
    }
    row = {"slug": made.slug, "product": made.product.strip(), "told": told}
    unit.put(guide, {**row, "video": made.video, "by": by, "at": now, "removed_at": None})


def remove(unit: Unit, slug: str, now: datetime) -> None:
    """Take a guide away; its opens stay counted."""
    there = update(guide).where(guide.c.slug == slug, guide.c.removed_at.is_(None))
    if unit.change(there.values(removed_at=now)) != 1:
        raise HuitouError(f"there is no guide {slug!r}", to_try="huitou guide list")


def find(unit: Unit, slug: str) -> Guide | None:
    """The guide behind a slug; None where there is none any more."""
    row = unit.first(select(guide).where(guide.c.slug == slug, guide.c.removed_at.is_(None)))
    return _guide(row) if row is not None else None


def every(unit: Unit) -> list[Guide]:
    """All guides, by slug."""
    query = select(guide).where(guide.c.removed_at.is_(None)).order_by(guide.c.slug)
    return [_guide(row) for row in unit.rows(query)]


def opened(unit: Unit, slug: str, kind: str, key: str, day: date, now: datetime) -> bool:
    """Somebody opened it, or said that it helped; False where this was counted before."""
    if kind not in KINDS:
        raise HuitouError(f"{kind!r} is not counted")
    row = {"key": key, "slug": slug, "kind": kind, "day": day, "at": now}
    added = unit.add_new(guide_open, row)
    if added:
        tell(unit, [Event(f"guide.{kind}", f"guide:{key}", now, {"slug": slug})])
    return added


def counted(unit: Unit, since: date) -> Mapping[tuple[str, str], int]:
    """(slug, kind) -> how often since a day."""
    query = select(guide_open.c.slug, guide_open.c.kind, func.count().label("n"))
    rows = unit.rows(
        query.where(guide_open.c.day >= since).group_by(guide_open.c.slug, guide_open.c.kind)
    )
    return {(row["slug"], row["kind"]): row["n"] for row in rows}


def by_day(unit: Unit, since: date) -> list[Row]:
    """Opens of each day: `slug, day, n`."""
    query = select(guide_open.c.slug, guide_open.c.day, func.count().label("n"))
    query = query.where(guide_open.c.day >= since, guide_open.c.kind == "open")
    return unit.rows(query.group_by(guide_open.c.slug, guide_open.c.day))


def _guide(row: Row) -> Guide:
    told = {tag: Said(each["title"], tuple(each["steps"])) for tag, each in row["told"].items()}
    return Guide(row["slug"], row["product"], told, row["video"])
