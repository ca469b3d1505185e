"""A journey in words: what begins it, who is meant, what each node does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from huitou.care.reasons import GROUPS, REASONS
from huitou.channels.templates import shipped
from huitou.facts.life import STAGE_NAMES
from huitou.ground.channels import CHANNELS
from huitou.ground.words import Sentence, said
from huitou.journeys.paths import filters
from huitou.journeys.paths import journey as j
from huitou.journeys.paths.times import Length, Until

KINDS: Mapping[type, str] = {
    j.Wait: "wait",
    j.WaitFor: "wait_for",
    j.Branch: "branch",
    j.Split: "split",
    j.Act: "message",
    j.Give: "gift",
    j.End: "end",
}
GIFTS: Mapping[str, Sentence] = {
    "points": said("Points"),
    "surprise": said("A surprise"),
    "offer": said("An offer"),
}
WAYS: Mapping[str, Sentence] = {
    "over": said("then"),
    "happened": said("it happened"),
    "timeout": said("it did not"),
    "otherwise": said("otherwise"),
    "asked": said("written to"),
    "unreached": said("no way to reach them"),
    "late": said("too late to say"),
    "given": said("given"),
}
FILLED = re.compile(r"\{[{%].*?[%}]\}")
"""A place in a text that is filled when it is written."""
WEEKDAYS = (
    said("Monday"),
    said("Tuesday"),
    said("Wednesday"),
    said("Thursday"),
    said("Friday"),
    said("Saturday"),
    said("Sunday"),
)
STATES: Mapping[str, Sentence] = {
    "draft": said("Draft"),
    "live": said("Runs"),
    "paused": said("Paused"),
    "stopped": said("Stopped"),
}
ARMS: Mapping[str, Sentence] = {
    "treated": said("Walk and are written to"),
    "control": said("Walk silently, to compare"),
    "held_out": said("Held out of everything, walk silently"),
}


def begins(trigger: j.Trigger, digits: int = 2) -> Sentence:
    """What lets people in."""
    if trigger.kind == "event":
        return event(trigger.name)
    if trigger.kind == "alarm":
        return said("The alarm {name} rings", name=trigger.name)
    if trigger.kind == "date":
        return _day(trigger)
    if trigger.becomes == filters.Within("orders", at_least=1, at_most=1):
        return said("Their first order")
    return said("From now on: {condition}", condition=condition(trigger.becomes, digits))


def _day(trigger: j.Trigger) -> Sentence:
    day = j.DATES[trigger.name]
    if trigger.days < 0:
        return said("{n} days before: {day}", n=-trigger.days, day=day)
    return said("{n} days after: {day}", n=trigger.days, day=day) if trigger.days else day


def event(name: str) -> Sentence:
    """An event."""
    return j.EVENTS[name][1] if name in j.EVENTS else said("{name}", name=name)


def again(rule: j.Again) -> Sentence:
    """Whether somebody may come in once more."""
    if rule.kind == "after":
        return said("Again after {n} days", n=rule.days)
    words = {
        "never": said("Once in a lifetime"),
        "always": said("Again whenever they are out"),
        "each": said("Once for each event"),
    }
    return words[rule.kind]


def condition(tree: filters.Filter, digits: int = 2) -> Sentence:
    """A condition; amounts in units of the shop's currency, which has so many `digits`."""
    if isinstance(tree, filters.All):
        return _joined(tree.parts, said("everybody"), " · ", digits)
    if isinstance(tree, filters.Some):
        return _joined(tree.parts, said("nobody"), " / ", digits)
    if isinstance(tree, filters.Not):
        return said("not ({condition})", condition=condition(tree.part, digits))
    if isinstance(tree, filters.Happened):
        if tree.within_days is None:
            return event(tree.event)
        return said("{event} within {n} days", event=event(tree.event), n=tree.within_days)
    field = filters.FIELDS[tree.field]
    if isinstance(tree, filters.Among):
        return said("{field}: {words}", field=field.title, words=_listed(tree.field, tree.words))
    per = 10**digits if field.kind == "money" else 1
    signs = {"at_least": "≥", "at_most": "≤", "below": "<", "above": ">"}
    if tree.at_least is not None and tree.at_least == tree.at_most:
        return said("{field}: {words}", field=field.title, words=f"{tree.at_least / per:g}")
    ends = " ".join(f"{signs[name]} {end / per:g}" for name, end in tree.ends)
    return said("{field}: {words}", field=field.title, words=ends)


def _listed(field: str, words: tuple[str, ...]) -> Sentence | str:
    """What a field may be, in words: stages and causes have some, all else stands for itself."""
    named = [_named(field, word) for word in words]
    told: Sentence | str = named[0] if named else ""
    for each in named[1:]:
        told = said("{first}{sign}{then}", first=told, sign=" / ", then=each)
    return told


def _named(field: str, word: str) -> Sentence | str:
    if field == "stage":
        return STAGE_NAMES.get(word, word)
    if field == "why":
        return GROUPS.get(word, word)
    return REASONS[word].words if field == "cause" and word in REASONS else word


def _joined(parts: tuple[filters.Filter, ...], none: Sentence, sign: str, digits: int) -> Sentence:
    if not parts:
        return none
    words = condition(parts[0], digits)
    for part in parts[1:]:
        words = said("{first}{sign}{then}", first=words, sign=sign, then=condition(part, digits))
    return words


def node(made: j.Node, digits: int = 2) -> Sentence:
    """What a node does; an offer's amount in units of a currency that has so many `digits`."""
    if isinstance(made, j.Wait):
        return _time(made.time)
    if isinstance(made, j.WaitFor):
        return said(
            "Wait until: {event}, at most {time}",
            event=event(made.event),
            time=_length(made.at_most),
        )
    if isinstance(made, j.Branch):
        return said("Which way?")
    if isinstance(made, j.Split):
        return said("By lot, {n} ways", n=len(made.arms))
    if isinstance(made, j.Act):
        words = CHANNELS[made.channels[0]]
        for channel in made.channels[1:]:
            words = said("{first}, else {then}", first=words, then=CHANNELS[channel])
        return words
    if isinstance(made, j.Give):
        if made.amount:
            per = 10**digits if made.gift == "offer" else 1
            return said("{gift}: {n}", gift=GIFTS[made.gift], n=made.amount / per)
        return GIFTS[made.gift]
    return said("The end")


def subject(made: j.Node, language: str) -> str | None:
    """What a message is about, where its words are the house's own; … where a name comes in."""
    if not isinstance(made, j.Act):
        return None
    text = shipped.text(made.template, "email", language) or shipped.text(
        made.template, "email", "en"
    )
    return FILLED.sub("…", text.subject) if text is not None and text.subject else None


def way(made: j.Node, name: str, digits: int = 2) -> Sentence:
    """A way out of a node."""
    if isinstance(made, j.Branch) and name != "otherwise":
        return condition(made.choices[int(name) - 1].when, digits)
    return WAYS.get(name) or said("{name}", name=name)


def _time(time: Length | Until) -> Sentence:
    if isinstance(time, Length):
        return said("Wait {time}", time=_length(time))
    if len(time.weekdays) == 7:
        return said("Wait until {hour}", hour=f"{time.at:%H:%M}")
    days = WEEKDAYS[time.weekdays[0]]
    for day in time.weekdays[1:]:
        days = said("{first}{sign}{then}", first=days, sign=", ", then=WEEKDAYS[day])
    return said("Wait until {day}, {hour}", day=days, hour=f"{time.at:%H:%M}")


def _length(length: Length) -> Sentence:
    if not length.minutes:
        return said("{n} days", n=length.days)
    hours, minutes = divmod(length.minutes, 60)
    clock = said("{n} hours", n=hours) if not minutes else said("{n} minutes", n=length.minutes)
    if not length.days:
        return clock
    return said("{days} and {clock}", days=said("{n} days", n=length.days), clock=clock)
