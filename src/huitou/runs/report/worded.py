"""A report in one language as plain text and lengths: what page, paper and letter are drawn from.

Everything is said here, once: the drawings only place it. All values are strings, numbers and
lists, so that it can cross to the process that prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from babel.dates import format_date

from huitou.ground.languages import Speaker, speaker
from huitou.ground.money import Money, digits
from huitou.ground.words import said
from huitou.runs.told import Bar, Figure, ReportView, Section

ARROWS = {"up": "↑", "down": "↓", "noise": "≈", "same": "=", "unknown": ""}
WHOLE_FROM = 100
"""Amounts from so many units on are shown without cents."""

TITLES = {"week": said("The week in the shop"), "month": said("The month in the shop")}

Names = Callable[[str], str | None]
"""A customer's id -> what the merchant knows them by; None for somebody who is forgotten."""


def worded(report: ReportView, language: str, names: Names) -> dict[str, Any]:
    """The report as plain values."""
    says = speaker(language)
    return {
        "language": language,
        "title": says.say(TITLES[report.period]),
        "shop": report.shop,
        "days": says.say(
            "{start} to {end}", start=_day(report.start, says), end=_day(report.until, says)
        ),
        "against": says.say("compared with the days up to {day}", day=_day(report.before, says)),
        "until": report.until.isoformat(),
        "period": report.period,
        "sections": [_section(part, says, names) for part in report.sections],
        "foot": says.say(
            "Made by huitou from the shop's own books. A change marked ≈ is no larger than such "
            "figures swing without a reason."
        ),
        "file": f"huitou-{report.period}-{report.until.isoformat()}",
    }


def _section(part: Section, says: Speaker, names: Names) -> dict[str, Any]:
    longest = max((abs(bar.value) for bar in part.bars), default=0.0) or 1.0
    return {
        "code": part.code,
        "title": says.say(part.title),
        "figures": [_figure(each, says) for each in part.figures],
        "bars": [_bar(bar, longest, says, names) for bar in part.bars],
        "words": [says.say(sentence) for sentence in part.words],
    }


def _figure(told: Figure, says: Speaker) -> dict[str, Any]:
    top = max((abs(each) for each in told.series), default=0.0) or 1.0
    return {
        "code": told.code,
        "name": says.say(told.name),
        "value": shown(told.value, says),
        "arrow": ARROWS[told.move],
        "tone": _tone(told),
        "change": _change(told, says),
        "between": _between(told, says),
        "series": [round(max(each, 0.0) / top, 4) for each in told.series],
    }


def _tone(told: Figure) -> str:
    """good, bad, or plain: whether the change is welcome."""
    direction = {"up": 1, "down": -1}.get(told.move, 0) * told.good
    return {1: "good", -1: "bad"}.get(direction, "plain")


def _change(told: Figure, says: Speaker) -> str:
    if told.before is None:
        return ""
    before = shown(told.before, says)
    if told.move == "noise":
        return says.say("{before} before: no more than noise", before=before)
    if told.move == "same":
        return says.say("as before")
    if told.move == "unknown":
        return says.say("{before} before: too short a past to say more", before=before)
    by = _relative(told, says)
    return says.say("{before} before", before=before) + (f" ({by})" if by else "")


def _relative(told: Figure, says: Speaker) -> str:
    """By how many percent it changed; nothing for shares, where that would be read wrongly."""
    now, then = _number(told.value), _number(told.before)
    if not then or isinstance(told.value, float):
        return ""
    share = (now - then) / abs(then)
    return ("+" if share > 0 else "") + says.percent(share, 0)


def _number(value: float | Money | None) -> float:
    return float(value.minor) if isinstance(value, Money) else float(value or 0)


def _between(told: Figure, says: Speaker) -> str:
    if told.low is None or told.high is None:
        return ""
    return says.say(
        "between {low} and {high}, {n} times in 100",
        low=shown(told.low, says),
        high=shown(told.high, says),
        n=round(100 * told.level),
    )


def _bar(bar: Bar, longest: float, says: Speaker, names: Names) -> dict[str, Any]:
    if bar.is_person:
        name = names(str(bar.name)) or says.say("somebody who is no longer among the customers")
    else:
        name = bar.name if isinstance(bar.name, str) else says.say(bar.name)
    width = round(max(bar.value, 0.0) / longest, 4)
    return {
        "name": name,
        "width": width,
        "shown": shown(bar.shown, says),
        "person": str(bar.name) if bar.is_person else None,
    }


def shown(value: float | Money, says: Speaker) -> str:
    """A count, a share or an amount as this language writes it."""
    if isinstance(value, Money):
        whole = abs(value.minor) >= WHOLE_FROM * 10 ** digits(value.currency)
        return value.written(str(says.locale), whole=whole)
    return says.shown(value) if isinstance(value, int) else says.percent(value, 0)


def _day(day: Any, says: Speaker) -> str:
    return format_date(day, "medium", locale=says.locale)


def lines(told: Mapping[str, Any]) -> list[str]:
    """The report as lines of text: for terminals, and for mail without pictures."""
    out = [f"{told['shop']}: {told['title']}", f"{told['days']} ({told['against']})"]
    for part in told["sections"]:
        out += ["", part["title"]]
        for figure in part["figures"]:
            tail = "; ".join(each for each in (figure["change"], figure["between"]) if each)
            arrow = f" {figure['arrow']}" if figure["arrow"] else ""
            out.append(
                f"  {figure['name']}: {figure['value']}{arrow}" + (f" ({tail})" if tail else "")
            )
        out += [f"  - {bar['name']}: {bar['shown']}" for bar in part["bars"]]
        out += [f"  {sentence}" for sentence in part["words"]]
    return [*out, "", told["foot"]]
