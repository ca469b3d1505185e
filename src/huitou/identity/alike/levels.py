"""What of two people is compared, how far it may agree, and what each agreement is called.

One `Sight` a field: the levels from the best to the least, each with a name for words, the share
of true pairs and the share of strangers that are expected to stand there (where a shop is too
small to learn its own). The level beneath all of them is that the field differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NAME, BIRTHDAY, PHONE, EMAIL = "name", "birthday", "phone", "email"
NUMBER, STREET, DISTRICT, POSTCODE = "number", "street", "district", "postcode"

SAME, SOUND, TURNED, NEAR, PART, SWAPPED, BOX, DIFFERENT = (
    "same", "sound", "turned", "near", "part", "swapped", "mailbox", "different",
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """One way to agree."""

    code: str
    sql: str
    """Of two rows `l` and `r`; the first that is true counts."""
    of_same: float
    """Share of true pairs that agree like this, until the shop's own are learned."""
    of_strangers: float
    rare: str | None = None
    """A column of which a rare value says more than a common one."""


@dataclass(frozen=True)
class Sight:
    """One field of two people, looked at together."""

    field: str
    column: str
    """What must be there on both sides for the field to say anything."""
    levels: Sequence[Level]
    of_same: float = 0.1
    """Share of true pairs where it differs."""

    def code(self, gamma: int) -> str | None:
        """The level Splink speaks of by a number; None where it is not known on both sides."""
        if gamma < 0:
            return None
        return self.levels[len(self.levels) - gamma].code if gamma else DIFFERENT


def _near(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def _apart(column: str, most: int) -> str:
    return f"damerau_levenshtein({column}_l, {column}_r) <= {most}"


def _common(column: str, least: int) -> str:
    words = (f"string_split({column}_{side}, ' ')" for side in "lr")
    return f"len(list_intersect({', '.join(words)})) >= {least}"


_TURNED_DAY = (
    "substr(birthday_l, 1, 4) = substr(birthday_r, 1, 4)"
    " AND substr(birthday_l, 5, 2) = substr(birthday_r, 7, 2)"
    " AND substr(birthday_l, 7, 2) = substr(birthday_r, 5, 2)"
)

SIGHTS: Sequence[Sight] = (
    Sight(
        NAME, "sound",
        (
            Level(SAME, "written_l = written_r", 0.6, 0.0005, "written"),
            Level("homophone", "han_l AND han_r AND sound_l = sound_r", 0.01, 0.0005),
            Level(SOUND, "sound_l = sound_r", 0.1, 0.0005, "sound"),
            Level(TURNED, "given_l = surname_r AND surname_l = given_r", 0.03, 0.0001),
            Level(NEAR, f"{_near('given', 0.85)} AND {_near('surname', 0.85)}", 0.12, 0.0005),
            Level("surname", "surname_l = surname_r", 0.05, 0.01, "surname"),
            Level("given", "given_l = given_r", 0.04, 0.01, "given"),
            Level(PART, _near("sound", 0.88), 0.02, 0.002),
            Level("part_turned", "given_l = surname_r OR surname_l = given_r", 0.01, 0.002),
        ),
        0.02,
    ),
    Sight(
        BIRTHDAY, "birthday",
        (
            Level(SAME, "birthday_l = birthday_r", 0.85, 0.00005),
            Level(NEAR, _apart("birthday", 1), 0.06, 0.0005),
            Level(SWAPPED, _TURNED_DAY, 0.01, 0.0001),
            Level(PART, _apart("birthday", 2), 0.03, 0.01),
        ),
        0.05,
    ),
    Sight(
        PHONE, "phones",
        (
            Level(SAME, "list_has_any(phones_l, phones_r)", 0.5, 0.00005),
            Level(
                NEAR,
                "list_min(list_transform(phones_l, a -> list_min(list_transform("
                "phones_r, b -> damerau_levenshtein(a, b))))) <= 1",
                0.1, 0.0001,
            ),
        ),
        0.4,
    ),
    Sight(
        EMAIL, "emails",
        (
            Level(SAME, "list_has_any(emails_l, emails_r)", 0.5, 0.00002),
            Level(BOX, "list_has_any(boxes_l, boxes_r)", 0.1, 0.00005),
        ),
        0.4,
    ),
    Sight(
        NUMBER, "number",
        (
            Level(SAME, "number_l = number_r", 0.75, 0.01, "number"),
            Level(NEAR, _apart("number", 1), 0.1, 0.1),
        ),
        0.15,
    ),
    Sight(
        STREET, "street",
        (
            Level(SAME, "street_l = street_r", 0.65, 0.001, "street"),
            Level(NEAR, _near("street", 0.92), 0.15, 0.001),
            Level(PART, _near("street", 0.8), 0.05, 0.01),
        ),
        0.15,
    ),
    Sight(
        DISTRICT, "district",
        (
            Level(SAME, "district_l = district_r", 0.6, 0.02, "district"),
            Level(NEAR, _near("district", 0.92), 0.15, 0.02),
            Level("most", _common("district", 2), 0.05, 0.005),
            Level(PART, _near("district", 0.8), 0.1, 0.05),
            Level("some", _common("district", 1), 0.05, 0.05),
        ),
        0.15,
    ),
    Sight(
        POSTCODE, "postcode",
        (
            Level(SAME, "postcode_l = postcode_r", 0.75, 0.005, "postcode"),
            Level(NEAR, _apart("postcode", 1), 0.1, 0.02),
        ),
        0.15,
    ),
)  # fmt: skip

FIELDS = tuple(sight.field for sight in SIGHTS)

GIVEN_DIFFERS = (
    "coalesce(given_l <> given_r OR (han_l AND han_r AND written_l <> written_r), false)"
)
"""Whether both have a given name, and it is not quite the same."""

GIVEN_CONFLICT = """coalesce(CASE
    WHEN surname_l IS NULL OR surname_r IS NULL OR (given_l = surname_r AND surname_l = given_r)
        THEN false
    WHEN han_l AND han_r THEN given_l IS NOT NULL AND given_r IS NOT NULL AND written_l <> written_r
    WHEN chinese_l AND chinese_r THEN given_l <> given_r
    ELSE jaro_winkler_similarity(given_l, given_r) < 0.8
        AND NOT starts_with(given_l, given_r) AND NOT starts_with(given_r, given_l)
        AND NOT (given_l = surname_r OR surname_l = given_r) END, false)"""
"""Whether both have a given name, and it is another: brothers, spouses, a parent and a child."""

BIRTHDAY_CONFLICT = f"""coalesce(
    damerau_levenshtein(birthday_l, birthday_r) > 1 AND NOT ({_TURNED_DAY}), false)"""
"""Whether both have a birthday, and no slip of the pen makes one of the other."""

SURNAME_AGREES = """coalesce(jaro_winkler_similarity(surname_l, surname_r) >= 0.85, false)"""
