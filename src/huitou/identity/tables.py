"""What identity keeps in the lake: the keys of each person, and who was merged into whom."""

from __future__ import annotations

PERSON_KEYS = """
CREATE TABLE IF NOT EXISTS person_keys (
    key        VARCHAR NOT NULL,   -- 'member:…', 'phone:+86…' or 'email:…'
    person_id  VARCHAR NOT NULL,
    first_seen TIMESTAMP NOT NULL    -- first order that carried the key
)"""

PEOPLE = """
CREATE TABLE IF NOT EXISTS people (
    person_id   VARCHAR NOT NULL,
    hold_key    VARCHAR NOT NULL,    -- the person's oldest key: draws the hold-out lot, for ever
    merged_into VARCHAR,             -- the alias is kept, so a merge can be read back
    since       TIMESTAMP NOT NULL
)"""

STRONGEST_KEY = """coalesce(
    'member:' || member_no, 'phone:' || phone, 'email:' || email
)"""
"""SQL: the key that decides whose line it is: member number, else phone, else e-mail."""
