"""How likely two people are one, by Splink, on a connection that is handed in.

    pairs = likely(lake, "alike_people")   ->   left, right, weight, chance, codes of what agrees

The table holds one row a person (`people.COLUMNS`). What is learned is learned from it alone: how
often strangers agree by chance, and, where there are people enough, how often one person's two
records differ. Weight is the base-2 logarithm of the odds that they are one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from huitou.identity.alike.levels import (
    BIRTHDAY,
    BIRTHDAY_CONFLICT,
    GIVEN_CONFLICT,
    GIVEN_DIFFERS,
    SAME,
    SIGHTS,
    SURNAME_AGREES,
    Sight,
)

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

LEARNS_FROM = 300
"""People with a name from whom on the shop's own habits of writing are learned."""
LOOSE_UP_TO = 60_000
"""People up to whom also loosely similar ones are compared; above, pairs would grow as a square."""
LEAST_PAIRS = 40
SEED = 20260101
LEAST_WEIGHT = -4.0


@dataclass(frozen=True)
class Block:
    """Who is compared with whom: all that agree on these columns."""

    by: Sequence[str]
    loose: bool = False
    lists: Sequence[str] = ()
    """Columns that hold lists: one value in common is enough."""


TIGHT = (
    Block(("written",)), Block(("sound",)), Block(("birthday", "surname")),
    Block(("birthday", "given")), Block(("phones",), lists=("phones",)),
    Block(("emails",), lists=("emails",)), Block(("boxes",), lists=("boxes",)),
    Block(("number", "street", "district")), Block(("postcode", "surname", "number")),
)  # fmt: skip
LOOSE = (
    Block(("birthday",)), Block(("postcode", "number")), Block(("postcode", "surname")),
    Block(("postcode", "given")),
    Block(("substr(birthday, 1, 6)", "substr(given, 1, 2)")),
    Block(("substr(birthday, 5, 4)", "substr(surname, 1, 2)")),
    Block(("substr(birthday, 1, 4)", "substr(surname, 1, 3)")),
    Block(("substr(birthday, 1, 4)", "postcode")),
    Block(("number", "substr(street, 1, 6)")),
    Block(("substr(street, 1, 6)", "substr(surname, 1, 2)")),
    Block(("substr(street, 1, 6)", "substr(given, 1, 2)")),
    Block(("substr(given, 1, 3)", "substr(surname, 1, 3)")),
)  # fmt: skip
LEARNT_FROM = (
    Block(("birthday",)), Block(("written",)), Block(("postcode", "number")),
    Block(("number", "street")),
)  # fmt: skip


def likely(lake: duckdb.DuckDBPyConnection, table: str) -> pa.Table:
    """Pairs of people who may be one: left, right, weight, chance, given_conflict,
    birthday_conflict, surname_agrees, given_differs, and of each field its code (null where it is
    not known of both)."""
    people = _count(lake, table)
    sights = [sight for sight in SIGHTS if people[sight.column] > 1]
    blocks = [block for block in _blocks(people) if block.by]
    if not blocks or not sights:
        return _none(sights)
    return _predicted(lake, table, people, sights, blocks)


# -- inside


def _count(lake: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    columns = ("sound", "birthday", "phones", "emails", "boxes", "number", "street", "district",
               "postcode", "written", "given", "surname")  # fmt: skip
    counts = ", ".join(f"count({column})" for column in columns)
    row = lake.execute(f"SELECT {counts}, count(*) FROM {table}").fetchone() or ()
    return dict(zip((*columns, "all"), row, strict=True))


def _blocks(people: dict[str, int]) -> Iterator[Block]:
    """Those whose columns are told of anybody, tight and, in a shop not too large, loose."""
    rules = (*TIGHT, *LOOSE) if people["all"] <= LOOSE_UP_TO else TIGHT
    for block in rules:
        if all(people[_bare(column)] > 1 for column in block.by):
            yield block


def _bare(column: str) -> str:
    return column.removeprefix("substr(").partition(",")[0]


def _predicted(
    lake: duckdb.DuckDBPyConnection,
    table: str,
    people: dict[str, int],
    sights: Sequence[Sight],
    blocks: Sequence[Block],
) -> pa.Table:
    from splink.backends.duckdb import DuckDBAPI

    prior, day = _prior(lake, table, people["all"]), _same_day(lake, table)
    settings = _settings(sights, blocks, prior, day, learns=people["sound"] >= LEARNS_FROM)
    api = DuckDBAPI(lake)
    with _quietly():
        linker = _learned(lake, table, people, api, settings)
        found = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
        pairs = lake.execute(_told(found.physical_name, table, sights)).to_arrow_table()
        linker.table_management.delete_tables_created_by_splink_from_db()
    return pairs


def _settings(
    sights: Sequence[Sight], blocks: Sequence[Block], prior: float, day: float, *, learns: bool
) -> Any:
    from splink import SettingsCreator

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="person",
        comparisons=[_comparison(sight, by_rarity=learns, day=day) for sight in sights],
        blocking_rules_to_generate_predictions=[_rule(block) for block in blocks],
        probability_two_random_records_match=prior,
        retain_matching_columns=True,  # else it does not say what agrees
        em_convergence=0.001,
        max_iterations=10,
    )


def _learned(
    lake: duckdb.DuckDBPyConnection, table: str, people: dict[str, int], api: Any, settings: Any
) -> Any:
    """A model that knows this shop's habits, where it is large enough to have any."""
    from splink import Linker

    def fresh() -> Any:
        made = Linker(api.register(table), settings, log_level=None, validate_settings=False)
        if people["sound"] >= LEARNS_FROM:
            made.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
        return made

    learnt = _worth_learning_from(lake, table, people)
    while True:
        linker = fresh()
        for block in learnt:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(_rule(block))
            except ValueError:
                # A way to agree that no true pair here shows became 0, which Splink refuses after
                # it has put fields aside: another model, without this lesson.
                learnt = [each for each in learnt if each is not block]
                break
        else:
            return linker


def _same_day(lake: duckdb.DuckDBPyConnection, table: str) -> float:
    """The chance that two strangers have one birthday: of one year, and of one day in it.

    Counted as it is, it would be mostly the true pairs that have one.
    """
    found = lake.execute(f"""
        WITH days AS (SELECT substr(birthday, 1, 4) AS year, substr(birthday, 5) AS day
                      FROM {table} WHERE birthday IS NOT NULL),
        years AS (SELECT sum(n * n) AS same FROM (SELECT count(*) AS n FROM days GROUP BY year)),
        dates AS (SELECT sum(n * n) AS same FROM (SELECT count(*) AS n FROM days GROUP BY day))
        SELECT years.same * dates.same / pow((SELECT count(*) FROM days), 4) FROM years, dates""")
    (chance,) = found.fetchone() or (None,)
    return min(0.01, max(1e-6, float(chance))) if chance else 0.00005


def _worth_learning_from(
    lake: duckdb.DuckDBPyConnection, table: str, people: dict[str, int]
) -> list[Block]:
    if people["sound"] < LEARNS_FROM:
        return []
    told = [block for block in LEARNT_FROM if all(people[column] for column in block.by)]
    return [block for block in told if _pairs(lake, table, block) >= LEAST_PAIRS]


def _comparison(sight: Sight, *, by_rarity: bool, day: float) -> Any:
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons

    column = sight.column
    missing = levels.CustomLevel(f"{column}_l IS NULL OR {column}_r IS NULL")
    made: list[Any] = [missing.configure(is_null_level=True)]
    for level in sight.levels:
        way = (
            levels.ExactMatchLevel(level.rare, term_frequency_adjustments=True)
            if by_rarity and level.rare
            else levels.CustomLevel(level.sql)
        )
        is_day = sight.field == BIRTHDAY and level.code == SAME
        way.configure(
            m_probability=level.of_same,
            u_probability=day if is_day else level.of_strangers,
            fix_u_probability=is_day,
        )
        made.append(way)
    rest = 1 - sum(level.of_strangers for level in sight.levels)
    made.append(levels.ElseLevel().configure(m_probability=sight.of_same, u_probability=rest))
    return comparisons.CustomComparison(output_column_name=sight.field, comparison_levels=made)


def _rule(block: Block) -> Any:
    from splink import block_on

    return block_on(*block.by, arrays_to_explode=list(block.lists) or None)


def _prior(lake: duckdb.DuckDBPyConnection, table: str, people: int) -> float:
    """The chance that two people taken blindly are one: from those of one name who also share a
    birthday or a house, taken for six in ten of all."""
    found = lake.execute(f"""
        SELECT count(*) FROM {table} l JOIN {table} r ON l.sound = r.sound AND l.person < r.person
        WHERE l.birthday = r.birthday OR (l.street = r.street AND l.number = r.number)""")
    (pairs,) = found.fetchone() or (0,)
    return float(min(0.5, max(1.0, pairs / 0.6) / max(1, people * (people - 1) / 2)))


def _pairs(lake: duckdb.DuckDBPyConnection, table: str, block: Block) -> int:
    by = ", ".join(block.by)
    found = lake.execute(f"""
        SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (
            SELECT count(*) AS n FROM {table} WHERE ({by}) IS NOT NULL
            AND {" AND ".join(f"{column} IS NOT NULL" for column in block.by)} GROUP BY {by})""")
    (pairs,) = found.fetchone() or (0,)
    return int(pairs)


def _told(predicted: str, table: str, sights: Sequence[Sight]) -> str:
    """Pairs with what agrees in words, the surest first."""
    codes = ", ".join(f"{_coded(sight)} AS {sight.field}" for sight in sights)
    names = ("given", "surname", "sound", "written", "han", "chinese", "birthday")
    sides = ", ".join(f"{side}.{column} AS {column}_{side}" for column in names for side in "lr")
    return f"""
        WITH beside AS (
            SELECT person_l, person_r, match_weight, match_probability,
                COLUMNS('gamma_.*'), {sides} FROM {predicted} p
            JOIN {table} l ON l.person = p.person_l JOIN {table} r ON r.person = p.person_r)
        SELECT least(person_l, person_r) AS "left", greatest(person_l, person_r) AS "right",
            match_weight::DOUBLE AS weight, match_probability::DOUBLE AS chance,
            {GIVEN_CONFLICT} AS given_conflict, {BIRTHDAY_CONFLICT} AS birthday_conflict,
            {SURNAME_AGREES} AS surname_agrees, {GIVEN_DIFFERS} AS given_differs, {codes}
        FROM beside ORDER BY weight DESC, 1, 2"""


def _coded(sight: Sight) -> str:
    whens = " ".join(
        f"WHEN {gamma} THEN '{sight.code(gamma)}'" for gamma in range(len(sight.levels) + 1)
    )
    return f"CASE gamma_{sight.field} {whens} END"


def _none(sights: Sequence[Sight]) -> pa.Table:
    import pyarrow as pa

    told = {"left": pa.string(), "right": pa.string(), "weight": pa.float64(),
            "chance": pa.float64(), "given_conflict": pa.bool_(),
            "birthday_conflict": pa.bool_(),
            "surname_agrees": pa.bool_(), "given_differs": pa.bool_()}  # fmt: skip
    return pa.schema({**told, **{sight.field: pa.string() for sight in sights}}).empty_table()


class _quietly:
    """Splink tells its progress to a log of its own; here nobody reads it."""

    def __enter__(self) -> None:
        self._before = logging.getLogger("splink").level
        logging.getLogger("splink").setLevel(logging.CRITICAL)

    def __exit__(self, *_: object) -> None:
        logging.getLogger("splink").setLevel(self._before)
