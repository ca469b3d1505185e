"""What identity keeps: in the lake the keys of each person, in the books who is who now.

Ids stay, but people turn out to be one, or two. The books hold what was said to and promised to a
person under the id of that day; `person_alias` leads from every such id to the one used now.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, String, Table

from huitou.store.columns import metadata

person_alias = Table(
    "person_alias",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("survivor", String(64), nullable=False),
    CheckConstraint("person_id <> survivor", name="another"),
)
Index("ix_person_alias_survivor", person_alias.c.survivor)

person_split = Table(
    "person_split",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("came_from", String(64), primary_key=True),
)

PERSON_KEYS = """
CREATE TABLE IF NOT EXISTS person_keys (
    key        VARCHAR NOT NULL,   -- 'member:…', 'phone:+86…' or 'email:…'
    person_id  VARCHAR NOT NULL,
    first_seen TIMESTAMP NOT NULL    -- first order that carried the key
)"""

PEOPLE = """
CREATE TABLE IF NOT EXISTS people (
    person_id   VARCHAR NOT NULL,
    hold_key    VARCHAR NOT NULL,    -- their oldest key at first: draws their lot, for ever
    merged_into VARCHAR,             -- the alias is kept, so a merge can be read back
    since       TIMESTAMP NOT NULL
)"""

PERSON_SPLITS = """
CREATE TABLE IF NOT EXISTS person_splits (
    person_id VARCHAR NOT NULL,      -- who holds keys now …
    came_from VARCHAR NOT NULL       -- … that were this person's before
)"""

_INTO = "(SELECT person_id AS block, survivor FROM joins)"
MERGED = f"""
SELECT p.person_id, coalesce(j.survivor, p.merged_into) AS survivor
FROM people p ANTI JOIN apart USING (person_id) LEFT JOIN {_INTO} j ON j.block = p.merged_into
WHERE p.merged_into IS NOT NULL
UNION ALL SELECT person_id, survivor FROM joins"""
JOINED = f"""
SELECT person_id, person_id AS block, survivor FROM joins
UNION ALL SELECT p.person_id, j.block, j.survivor
FROM people p ANTI JOIN apart USING (person_id) JOIN {_INTO} j ON j.block = p.merged_into"""
"""Who goes by another's id for now, and under which id keys alone know them."""
HELD_BEFORE = """
SELECT hold_key, max(person_id) FROM people WHERE merged_into IS NOT NULL GROUP BY hold_key"""
"""Whose oldest key it was, of people who are one with another by now."""
SPLIT = "SELECT person_id, came_from FROM person_splits"

STRONGEST_KEY = """coalesce(
    'member:' || member_no, 'phone:' || phone, 'email:' || email
)"""
"""SQL: the key that decides whose line it is: member number, else phone, else e-mail."""
