"""What is told of each person, in one spelling: the table in which `linking` looks for doubles.

    gather(lake, birthdays)    told_of_people: a row a person, as it was written
    spell(lake)                alike_people: the same, as it can be compared

Phones and e-mails are all that any line of theirs carried; of names, addresses and birthdays the
latest. A phone or e-mail of more than `CROWD` people is a till's or a company's, and says nothing.
"""

from __future__ import annotations

from collections import Counter

import duckdb
import pyarrow as pa

from huitou.identity.alike.linking import LEARNS_FROM
from huitou.identity.alike.spelling import named, placed
from huitou.identity.tables import STRONGEST_KEY
from huitou.sources.live import tables as live

CROWD = 4

TOLD = """
CREATE OR REPLACE TEMP TABLE told_of_people AS
WITH said AS (
    SELECT {key} AS key, member_no, phone, email, name, address, birthday,
        ordered_at AS seen, order_id FROM lines
    UNION ALL BY NAME
    SELECT key, member_no, phone, email, name, address, birthday, told_at AS seen FROM profiles
), whose AS (
    SELECT k.person_id AS person, s.* EXCLUDE (key) FROM said s JOIN person_keys k USING (key)
), latest AS (
    SELECT person, arg_max(name, seen) AS name, arg_max(address, seen) AS address,
        arg_max(birthday, seen) AS birthday, max(member_no) AS member_no, min(seen) AS since,
        max(seen) AS until, count(DISTINCT order_id) AS orders
    FROM whose GROUP BY person
), phones AS (
    SELECT person, list(DISTINCT phone ORDER BY phone) AS phones FROM whose
    WHERE phone IN (SELECT phone FROM whose GROUP BY phone HAVING count(DISTINCT person) <= {crowd})
    GROUP BY person
), emails AS (
    SELECT person, list(DISTINCT email ORDER BY email) AS emails FROM whose
    WHERE email IN (SELECT email FROM whose GROUP BY email HAVING count(DISTINCT person) <= {crowd})
    GROUP BY person
)
SELECT l.* REPLACE (coalesce(b.birthday, l.birthday) AS birthday), p.phones, e.emails
FROM latest l LEFT JOIN phones p USING (person) LEFT JOIN emails e USING (person)
LEFT JOIN own_birthdays b USING (person)
ORDER BY person"""

SPELT = pa.schema(
    [
        ("person", pa.string()),
        ("written", pa.string()),
        ("given", pa.string()),
        ("surname", pa.string()),
        ("sound", pa.string()),
        ("han", pa.bool_()),
        ("chinese", pa.bool_()),
        ("birthday", pa.string()),
        ("phones", pa.list_(pa.string())),
        ("emails", pa.list_(pa.string())),
        ("boxes", pa.list_(pa.string())),
        ("number", pa.string()),
        ("street", pa.string()),
        ("district", pa.string()),
        ("postcode", pa.string()),
    ]
)
"""A person as `linking` compares them."""


def gather(lake: duckdb.DuckDBPyConnection, birthdays: pa.Table | None = None) -> None:
    """Leave `told_of_people` for this connection; `birthdays` (person, birthday) go first."""
    live.create(lake)
    own = birthdays if birthdays is not None else _NO_BIRTHDAYS
    lake.register("own_birthdays", own)
    lake.execute(TOLD.format(key=STRONGEST_KEY, crowd=CROWD))
    lake.unregister("own_birthdays")


def spell(lake: duckdb.DuckDBPyConnection, told: str = "told_of_people") -> int:
    """Leave `alike_people`, those of whom a name is told; how many they are."""
    table = lake.execute(f"""
        SELECT person, name, address, strftime(birthday, '%Y%m%d') AS birthday, phones, emails
        FROM {told} WHERE name IS NOT NULL ORDER BY person""").to_arrow_table()
    lake.register("spelt", spelt(table))
    lake.execute("CREATE OR REPLACE TEMP TABLE alike_people AS FROM spelt WHERE sound IS NOT NULL")
    lake.unregister("spelt")
    found = lake.execute("SELECT count(*) FROM alike_people").fetchone()
    return int(found[0]) if found else 0


def spelt(told: pa.Table) -> pa.Table:
    """People (person, name, address, birthday as eight figures, phones, emails) as `SPELT`."""
    names = [named(each) for each in told["name"].to_pylist()]
    places = [placed(each) for each in told["address"].to_pylist()]
    emails = told["emails"].to_pylist()
    columns = {
        "person": told["person"],
        "written": [each.written for each in names],
        "given": [each.given for each in names],
        "surname": [each.surname for each in names],
        "sound": [_sound(each.given, each.surname) for each in names],
        "han": [each.is_han for each in names],
        "chinese": [each.is_chinese for each in names],
        "birthday": _own_days(told["birthday"].to_pylist()),
        "phones": told["phones"],
        "emails": told["emails"],
        "boxes": [_boxes(each) for each in emails],
        "number": [each.number for each in places],
        "street": [each.street for each in places],
        "district": [each.district for each in places],
        "postcode": [each.postcode for each in places],
    }
    arrays = [_array(columns[field.name], field.type) for field in SPELT]
    return pa.Table.from_arrays(arrays, schema=SPELT)


_NO_BIRTHDAYS = pa.schema([("person", pa.string()), ("birthday", pa.date32())]).empty_table()


def _array(values: object, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks().cast(kind)
    return pa.array(values, kind)


def _own_days(days: list[str | None]) -> list[str | None]:
    """Birthdays without those that tills write where none was told: 1900-01-01, 1970-01-01, …"""
    times = Counter(day for day in days if day is not None)
    crowd = max(10, times.total() / 500)
    return [day if day is not None and times[day] <= crowd else None for day in days]


def _sound(given: str | None, surname: str | None) -> str | None:
    return " ".join(each for each in (given, surname) if each) or None


def _boxes(emails: list[str] | None) -> list[str] | None:
    """What stands before the @, where it is long enough to be somebody's own."""
    found = sorted({box for each in emails or () if len(box := each.partition("@")[0]) > 4})
    return found or None


def ranks(lake: duckdb.DuckDBPyConnection) -> dict[str, tuple[bool, float]]:
    """Person -> (has no member number, first seen in seconds), of `told_of_people`."""
    rows = lake.execute("SELECT person, member_no IS NULL, epoch(since) FROM told_of_people")
    return {person: (nameless, since) for person, nameless, since in rows.fetchall()}


def are_worth_a_look(lake: duckdb.DuckDBPyConnection) -> bool:
    """Whether a shop too small to learn from has two people who share anything at all."""
    found = lake.execute("""
        SELECT count(*), count(*) - count(DISTINCT sound), count(birthday)
            - count(DISTINCT birthday), count(street) - count(DISTINCT (street, number))
        FROM alike_people""").fetchone()
    many, *doubled = found or (0,)
    return bool(many >= LEARNS_FROM or any(doubled) or _shares(lake, "emails", "phones", "boxes"))


def _shares(lake: duckdb.DuckDBPyConnection, *columns: str) -> bool:
    counts = " OR ".join(
        f"(SELECT count(*) > count(DISTINCT each) FROM (SELECT unnest({column}) AS each"
        " FROM alike_people))"
        for column in columns
    )
    row = lake.execute(f"SELECT {counts}").fetchone()
    return bool(row and row[0])
