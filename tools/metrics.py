"""The page of all metrics, from the registry that the shop itself reads."""

from __future__ import annotations

from huitou.facts import stages
from huitou.facts.contract import EVERY_DIMENSION, Metric
from huitou.facts.metrics import METRICS
from huitou.facts.rfm import SEGMENTS, Segment

HEAD = """# Metrics

Every number below is *as of* a moment: what happened later changes nothing. `huitou facts NAME`
prints one, `--by DIMENSION` cuts it. A metric that is cut looks at the lines of each value alone,
as if each were a shop of its own: the repeat-purchase rate of a store counts those who bought
there on two days. Where nothing else is said, a metric can be cut by {dimensions}."""

UNITS = {
    "count": "a count",
    "share": "a share from 0 to 1",
    "days": "days",
    "money": "money",
    "table": "a table",
}


def page() -> str:
    """The page, in Markdown."""
    head = HEAD.format(dimensions=_names(EVERY_DIMENSION))
    parts = [head, *map(_metric, METRICS.values()), _stages(), _segments()]
    return "\n\n".join(parts) + "\n"


def _metric(metric: Metric) -> str:
    told = [f"**{metric.title}**, {UNITS[metric.unit]}. {metric.definition}"]
    if metric.unit != "table" and metric.counts != "customers":
        told.append(f"`{metric.counts}` beside it says how many stand behind the number.")
    if metric.by != EVERY_DIMENSION:
        told.append(f"Can be cut by {_names(metric.by) or 'nothing'}.")
    if metric.people is not None:
        told.append(f"Behind it: {_lower(metric.people.__doc__)}")
    return f"## {metric.name}\n\n" + "\n".join(told)


def _names(dimensions: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in dimensions)


def _lower(sentence: str | None) -> str:
    first = " ".join((sentence or "").split("\n\n")[0].split())
    # Inside amounts are minor units; what the doors show is major ones.
    return (first[:1].lower() + first[1:]).replace(", minor units", "")


def _stages() -> str:
    return f"## How a stage is found\n\n```text\n{(stages.__doc__ or '').strip()}\n```"


def _segments() -> str:
    head = "| segment | | fifth of recency | mean fifth of frequency and money |\n|---|---|---|---|"
    return "\n".join(
        ["## RFM segments\n", "The first that fits, 5 is best.\n", head, *map(_row, SEGMENTS)]
    )


def _row(corner: Segment) -> str:
    recency = " to ".join(map(str, corner.recency))
    weight = " to ".join(f"{bound:g}" for bound in corner.weight)
    return f"| `{corner.name}` | {corner.title} | {recency} | {weight} |"
