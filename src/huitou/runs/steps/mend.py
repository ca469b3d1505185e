"""Mend: what each cause costs, what stands behind it, and who is to be told that it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.fixes import book as fixes
from huitou.care.fixes.rules import SUSPECTED, Hurt, to_tell
from huitou.care.reasons import UNKNOWN
from huitou.runs.behind import behind
from huitou.runs.mended import monday
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit
    from huitou.store.lake import Edition

WEEKS = pa.schema(
    [
        ("cause", pa.string()),
        ("week", pa.date32()),  # its Monday
        ("said", pa.float64()),  # complaints, interviews and cases of this cause, by their shares
        ("left", pa.float64()),  # who bought last in this week and left, by their posteriors
    ]
)

COSTS = pa.schema(
    [
        ("cause", pa.string()),
        ("lost", pa.int64()),  # profit lost with those who left for it, minor units
        ("low", pa.int64()),
        ("high", pa.int64()),
        ("people", pa.float64()),  # expected number of them
        ("certainty", pa.float64()),  # how sure the money is, on average, in [0, 1]
        ("answers", pa.int64()),
        ("complaints", pa.int64()),
    ]
)


def weigh(work: Work) -> Result:
    """Causes by profit lost, their weeks, and the products and stores behind each."""
    edition = work.edition
    suspects = _suspects(edition)
    edition.write("cause_costs", _costs(suspects, edition.table("said")))
    edition.write("cause_weeks", _weeks(suspects, edition.table("said"), work.day))
    with work.lake.reading(edition) as connection:
        edition.write("cause_behind", behind(connection, _first(suspects)))
    return {"rows": suspects.num_rows}


def whom_to_tell(work: Work, unit: Unit) -> Result:
    """Who is to be told of which fix: by what they said, or by what most likely made them go."""
    rows = fixes.listed(unit)
    if not rows:
        return {"rows": fixes.set_due(unit, {})}
    products = {row["product"] for row in rows if row["product"]}
    people = work.edition.table("people", ["person_id", "store"])
    due = to_tell(
        rows,
        _hurt(work.edition),
        _bought(work.edition, products),
        dict(zip(people["person_id"].to_pylist(), people["store"].to_pylist(), strict=True)),
        fixes.informed(unit),
    )
    return {"rows": fixes.set_due(unit, due)}


def _suspects(edition: Edition) -> pa.Table:
    """person_id, cause, posterior, low, high, missed, last_day, said, of the lost and slipping.

    Whoever named a cause left for that cause, whatever the orders make likely.
    """
    people = edition.table("people", ["person_id", "stage", "missed", "last_day"])
    lost = people.filter(pc.equal(people["stage"], "lost"))
    guessed = edition.table("causes").join(lost, "person_id", join_type="inner")
    said = _last_word(edition.table("said"))
    named = pa.table(
        {"person_id": list(said), "cause": list(said.values())},
        schema=pa.schema([("person_id", pa.string()), ("cause", pa.string())]),
    ).join(lost, "person_id", join_type="inner")
    ids = pc.unique(named["person_id"].combine_chunks())
    guessed = guessed.filter(pc.invert(pc.is_in(guessed["person_id"], ids)))
    one = pa.array(np.ones(named.num_rows))
    for column in ("posterior", "low", "high"):
        named = named.append_column(column, one)
    names = ("person_id", "cause", "posterior", "low", "high", "missed", "last_day")
    both = pa.concat_tables([guessed.select(names), named.select(names)])
    heard = pa.array([False] * guessed.num_rows + [True] * named.num_rows)
    return both.append_column("said", heard).combine_chunks()


def _last_word(said: pa.Table) -> dict[str, str]:
    rows = said.sort_by([("day", "ascending"), ("share", "ascending")]).to_pylist()
    return {row["person_id"]: row["cause"] for row in rows if row["share"] >= SUSPECTED}


def _costs(suspects: pa.Table, said: pa.Table) -> pa.Table:
    sources = said["source"].to_pylist()
    counted: dict[tuple[str, bool], int] = {}
    for cause, source in zip(said["cause"].to_pylist(), sources, strict=True):
        key = (cause, source == "complaint")
        counted[key] = counted.get(key, 0) + 1
    causes = np.array(suspects["cause"].to_pylist(), dtype=object)
    missed = suspects["missed"].fill_null(0).to_numpy().astype(np.float64)
    posterior, low, high = (suspects[name].to_numpy() for name in ("posterior", "low", "high"))
    rows = []
    for cause in sorted({*causes, *(cause for cause, _ in counted)}):
        mine = causes == cause
        money = missed[mine] * posterior[mine]
        whole = float(money.sum())
        rows.append(
            {
                "cause": cause,
                "lost": round(whole),
                "low": round(float((missed[mine] * low[mine]).sum())),
                "high": round(float((missed[mine] * high[mine]).sum())),
                "people": float(posterior[mine].sum()),
                "certainty": float((money * posterior[mine]).sum() / whole) if whole else 0.0,
                "answers": counted.get((cause, False), 0),
                "complaints": counted.get((cause, True), 0),
            }
        )
    return pa.Table.from_pylist(rows, schema=COSTS)


def _weeks(suspects: pa.Table, said: pa.Table, day: date) -> pa.Table:
    """Weeks of each cause up to the last whole one."""
    found: dict[tuple[str, date], list[float]] = {}
    told = zip(
        said["cause"].to_pylist(), said["day"].to_pylist(), said["share"].to_pylist(), strict=True
    )
    for cause, on, share in told:
        found.setdefault((cause, monday(on)), [0.0, 0.0])[0] += share
    columns = (suspects[name].to_pylist() for name in ("cause", "last_day", "posterior"))
    for cause, last, share in zip(*columns, strict=True):
        found.setdefault((cause, monday(last)), [0.0, 0.0])[1] += share
    whole = monday(day + timedelta(days=1))
    rows = [
        {"cause": cause, "week": week, "said": counts[0], "left": counts[1]}
        for (cause, week), counts in sorted(found.items())
        if week < whole
    ]
    return pa.Table.from_pylist(rows, schema=WEEKS)


def _first(suspects: pa.Table) -> Mapping[str, str]:
    """person -> the cause they most likely left for; whose is unknown is nobody's witness."""
    ranked = suspects.sort_by([("posterior", "ascending")])
    first = dict(zip(ranked["person_id"].to_pylist(), ranked["cause"].to_pylist(), strict=True))
    return {person: cause for person, cause in first.items() if cause != UNKNOWN}


def _hurt(edition: Edition) -> list[Hurt]:
    said = [
        Hurt(row["person_id"], row["cause"], row["day"], True, row["product"], row["store"])
        for row in edition.table("said").to_pylist()
        if row["share"] >= SUSPECTED
    ]
    people = edition.table("people", ["person_id", "stage", "cause", "posterior", "last_day"])
    sure = people.filter(pc.fill_null(pc.greater_equal(people["posterior"], SUSPECTED), False))
    guessed = [
        Hurt(row["person_id"], row["cause"], row["last_day"], False) for row in sure.to_pylist()
    ]
    return [*guessed, *said]


def _bought(edition: Edition, products: set[str]) -> dict[str, set[str]]:
    if not products:
        return {}
    lines = edition.table("lines", ["person_id", "product"], only=("product", sorted(products)))
    found: dict[str, set[str]] = {}
    for person, product in zip(
        lines["person_id"].to_pylist(), lines["product"].to_pylist(), strict=True
    ):
        found.setdefault(product, set()).add(person)
    return found
