"""What can be said about a fix by now, and in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from huitou.ground.words import Sentence, said
from huitou.proof.fixes import LEAST_COUNT, READ_AT, Reading, reading
from huitou.runs.moment import Moment

if TYPE_CHECKING:
    from huitou.store.lake import Edition


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def judged_until(edition: Edition) -> date:
    """The Monday before which most who left are known to have left: a horizon back."""
    moment = Moment.read(edition.noted("moment"))
    return monday(moment.day + timedelta(days=1) - timedelta(days=moment.horizon_days))


def read_fix(row: Mapping[str, Any], edition: Edition | None) -> tuple[Reading, str | None]:
    """What can be said about a fix, and from which curve: what was said, else who went."""
    nothing = Reading("too_few", 0, None, None, None, None)
    if edition is None or not edition.has("cause_weeks"):
        return nothing, None
    rows = edition.table("cause_weeks").to_pylist()
    day = Moment.read(edition.noted("moment")).day
    ends = {"said": monday(day + timedelta(days=1)), "left": judged_until(edition)}
    for source, until in ends.items():
        cause, others, start = series(rows, source, row["cause"], row["made_on"], until)
        if start and cause[:start].sum() >= LEAST_COUNT:
            return reading(cause, others, start, row["expected"]), source
    return nothing, None


def series(
    rows: Sequence[Mapping[str, Any]], source: str, cause: str, made_on: date, until: date
) -> tuple[Any, Any, int]:
    """Counts of a cause and of all others in each whole week before `until`, and the place of the
    first week that lies wholly after the fix. The week of the fix itself is left out.
    """
    mine = [row for row in rows if row["week"] < until and row[source] > 0]
    if not mine:
        return np.zeros(0), np.zeros(0), 0
    first = min(row["week"] for row in mine)
    weeks = (until - first).days // 7
    counts = np.zeros((2, weeks))
    for row in mine:
        counts[int(row["cause"] != cause), (row["week"] - first).days // 7] += row[source]
    fixed = (monday(made_on) - first).days // 7
    if fixed < 0:
        return counts[0], counts[1], 0
    kept = [place for place in range(weeks) if place != fixed]
    return counts[0][kept], counts[1][kept], min(fixed, len(kept))


def verdict_words(found: Reading) -> Sentence:
    """The verdict in one sentence."""
    if found.verdict == "too_few":
        return said("Too little is known of this cause before the fix to tell.")
    if found.verdict == "too_early" and found.change is None:
        return said("Too early: it is first read after {n} weeks.", n=READ_AT[0])
    told = {
        name: round(100 * value)
        for name, value in (("change", found.change), ("low", found.low), ("high", found.high))
        if value is not None
    }
    return _READ[found.verdict](told, found)


def _early(told: dict[str, int], found: Reading) -> Sentence:
    return said(
        "Too early: {change} % so far, between {low} % and {high} %. About {more} more weeks.",
        **told,
        more=found.more_weeks,
    )


_READ = {
    "works": lambda told, _: said(
        "It works: the cause is {change} % against the others, between {low} % and {high} %.",
        **told,
    ),
    "worse": lambda told, _: said(
        "It became worse: the cause is {change} % against the others, between {low} % and"
        " {high} %.",
        **told,
    ),
    "no_effect": lambda told, _: said(
        "No effect seen: {change} %, between {low} % and {high} %.", **told
    ),
    "too_early": _early,
}
