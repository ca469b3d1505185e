"""Reading a journey from YAML: what is meant, or the line and the words of what is wrong.

    name: second_order
    on: {first_order: true}
    nodes:
      settle: {wait: 14 days}
      remind: {message: second_order_remind, channel: [email, sms]}
      done: {end: told}

A node leads to the next one in the file unless it says `then`. Nothing in the file is run or
built: values are words, numbers, lists and mappings, and no alias multiplies them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

import yaml

from huitou.ground.channels import CHANNELS
from huitou.ground.errors import BadInput
from huitou.ground.ids import fingerprint
from huitou.ground.languages import LANGUAGES
from huitou.journeys.paths import journey as j
from huitou.journeys.paths.filters import (
    FIELDS,
    All,
    Among,
    Field,
    Filter,
    Happened,
    Not,
    Some,
    Within,
    events_of,
)
from huitou.journeys.paths.times import WEEKDAYS, Length, Until, length_of
from huitou.journeys.sendings.tables import PURPOSES

LARGEST = 64 * 1024
"""Bytes of a journey: nobody writes so many by hand."""
MOST_NODES = 100
DEEPEST = 12
"""Conditions within conditions."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
EVENT = re.compile(r"[a-z_]{1,20}\.[a-z_]{1,30}")


@dataclass(frozen=True)
class Told:
    """A part of the file, with its line."""

    value: Any
    """A word, a number, a truth or None; a list of Told; a mapping of words to Told."""
    line: int
    where: str

    def wrong(self, sentence: str, to_try: str | None = None) -> BadInput:
        """The error that names this place."""
        return BadInput(sentence, file=self.where, row=self.line, to_try=to_try)

    def mapping(self, what: str) -> dict[str, Told]:
        """As a mapping."""
        if not isinstance(self.value, dict):
            raise self.wrong(f"{what} is told by names and values", "name: value")
        return self.value

    def items(self) -> list[Told]:
        """As a list; one thing is a list of one."""
        return self.value if isinstance(self.value, list) else [self]

    def word(self, what: str) -> str:
        """As a word."""
        if isinstance(self.value, (dict, list)) or self.value is None:
            raise self.wrong(f"{what} is one word or line")
        return str(self.value)

    def whole(self, what: str, least: int, most: int) -> int:
        """As a whole number within limits."""
        value = self.value
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(f"{what} is a whole number from {least} to {most}, not {value!r}")
        return value

    def number(self, what: str, least: float, most: float) -> float:
        """As a number within limits."""
        value = self.value
        if type(value) not in (int, float) or not (math.isfinite(value) and least <= value <= most):
            raise self.wrong(f"{what} is a number from {least:g} to {most:g}, not {value!r}")
        return float(value)


def read(text: str, where: str = "journey", *, digits: int = 2) -> j.Journey:
    """A journey as it is written. Raises `BadInput` with the line of what is wrong.

    Amounts are written in units of the shop's currency, which has so many `digits`.
    """
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise BadInput(f"{where} is larger than any journey", file=where)
    told = _composed(text, where)
    return _Reader(digits).journey(told)


def digest_of(text: str) -> str:
    """What tells one version from another."""
    return fingerprint("journey", text.replace("\r\n", "\n").strip())


def plain(text: str, where: str = "journey") -> dict[str, Any]:
    """What is written, as words, numbers, lists and mappings: to change a part of it."""
    made = _bare(_composed(text, where))
    if not isinstance(made, dict):
        raise BadInput("a journey is told by names and values", file=where, row=1)
    return made


def written(parts: Mapping[str, Any], like: str = "") -> str:
    """YAML of such parts; the remarks at the head of `like` stay."""
    head = [line for line in like.splitlines() if line.startswith("#")][:20]
    body = yaml.safe_dump(
        dict(parts), sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
    )
    return "\n".join([*head, body])


def _bare(told: Told) -> Any:
    if isinstance(told.value, dict):
        return {name: _bare(each) for name, each in told.value.items()}
    if isinstance(told.value, list):
        return [_bare(each) for each in told.value]
    return told.value


def _composed(text: str, where: str) -> Told:
    try:
        tokens = yaml.scan(text, Loader=yaml.SafeLoader)
        for token in tokens:
            if isinstance(token, (yaml.AliasToken, yaml.AnchorToken, yaml.TagToken)):
                line = token.start_mark.line + 1
                raise BadInput(
                    "a journey has no & * or ! of YAML", file=where, row=line, to_try="plain words"
                )
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as bad:
        mark = bad.problem_mark
        line = mark.line + 1 if mark else 1
        raise BadInput(f"this is no YAML: {bad.problem}", file=where, row=line) from bad
    except (yaml.YAMLError, RecursionError, ValueError) as bad:
        raise BadInput("this is no YAML that can be read", file=where, row=1) from bad
    if node is None:
        raise BadInput("there is nothing in it", file=where, row=1, to_try="name: welcome")
    return _told(node, where, 0)


def _told(node: yaml.Node, where: str, depth: int) -> Told:
    line = node.start_mark.line + 1
    if depth > 3 * DEEPEST:
        raise BadInput("this is nested too deeply", file=where, row=line)
    if isinstance(node, yaml.SequenceNode):
        return Told([_told(each, where, depth + 1) for each in node.value], line, where)
    if isinstance(node, yaml.MappingNode):
        return Told(_pairs(node, where, depth), line, where)
    return Told(_scalar(node, where), line, where)


def _pairs(node: yaml.MappingNode, where: str, depth: int) -> dict[str, Told]:
    found: dict[str, Told] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise BadInput("a name is one word", file=where, row=line)
        # YAML reads `on` as true: a name is what is written.
        if key.value in found:
            raise BadInput(f"{key.value!r} stands twice", file=where, row=line)
        found[key.value] = _told(value, where, depth + 1)
    return found


def _scalar(node: yaml.Node, where: str) -> Any:
    kind, text = node.tag.rsplit(":", 1)[-1], node.value
    if kind == "int" and re.fullmatch(r"[-+]?\d{1,15}", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"[-+]?\d{0,15}(\.\d{0,15})?", text):
        return float(text)
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "null":
        return None
    return text


class _Reader:
    """Reads one file."""

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def journey(self, told: Told) -> j.Journey:
        top = told.mapping("A journey")
        known = {"name", "title", "on", "who", "nodes", "start", "exits", "again", "priority"}
        self._no_others(top, known | {"control", "most_a_day", "why"})
        name = self._name(_needed(top, "name", told), "name")
        nodes, titles = self._nodes(_needed(top, "nodes", told))
        start = self._to(top["start"], nodes) if "start" in top else next(iter(nodes))
        made = j.Journey(
            name=name,
            title=self._title(top.get("title")),
            trigger=self._trigger(_needed(top, "on", told)),
            who=self._filter(top["who"], 0) if "who" in top else All(),
            nodes=nodes,
            start=start,
            exits=self._exits(top.get("exits")),
            again=self._again(top.get("again")),
            priority=top["priority"].whole("priority", 0, 100) if "priority" in top else 50,
            control=top["control"].number("control", 0, 0.5) if "control" in top else 0.0,
            most_a_day=(
                top["most_a_day"].whole("most_a_day", 1, 10**9) if "most_a_day" in top else None
            ),
            titles=titles,
        )
        self._whole(made, told, top)
        return made

    def _whole(self, made: j.Journey, told: Told, top: dict[str, Told]) -> None:
        """What only the whole shows: circles, nodes nobody reaches, and what selling needs."""
        lines = {name: each.line for name, each in top["nodes"].mapping("nodes").items()}
        if isinstance(made.nodes[made.start], j.End):
            raise top["nodes"].wrong("a journey begins with something to do, not with an end")
        if circle := _circle(made):
            raise BadInput(
                f"this leads back to where it came from: {' > '.join(circle)}",
                file=told.where,
                row=lines[circle[0]],
                to_try="again: {after_days: 90} lets people in once more",
            )
        reached = {made.start} | {to for name in made.order for to in made.leads_to(name)}
        for name, line in lines.items():
            if name not in reached:
                raise BadInput(f"nobody comes to {name!r}", file=told.where, row=line)
        sells = any(isinstance(node, j.Act) and node.sells for node in made.nodes.values())
        if sells and "silence" not in made.exits:
            raise top.get("exits", told).wrong(
                "a journey that sells ends when somebody asks for silence",
                "exits: [purchase, complaint, silence]",
            )
        if events_of(made.who):
            raise top["who"].wrong("`who` asks for what is known, not for events")
        if made.again.kind == "each" and made.trigger.kind != "event":
            raise top["again"].wrong("`each` is for journeys that begin with an event")

    # -- the parts of a journey

    def _trigger(self, told: Told) -> j.Trigger:
        parts = told.mapping("`on`")
        also = self._truth(parts.pop("those_already", None))
        days = parts.pop("days", None)
        if len(parts) != 1:
            raise told.wrong(
                "`on` says one thing that begins the journey",
                "on: {stage: slipping}, {becomes: …}, {first_order: true}, {alarm: …},"
                " {date: birthday, days: -7} or {event: card_joined}",
            )
        (kind, value), *_ = parts.items()
        if kind == "date":
            name = self._one_of(value, "date", j.DATES)
            if also:
                raise told.wrong("`those_already` is for a stage reached or a line crossed")
            return j.Trigger("date", name=name, days=days.whole("days", -400, 4000) if days else 0)
        if days:
            raise days.wrong("`days` is for dates")
        return self._fact_or_event(kind, value, told, also=also)

    def _fact_or_event(self, kind: str, value: Told, told: Told, *, also: bool) -> j.Trigger:
        if kind in ("event", "alarm"):
            if also:
                raise told.wrong("`those_already` is for a stage reached or a line crossed")
            name = self._event(value) if kind == "event" else self._name(value, "alarm")
            return j.Trigger(kind, name=name)  # type: ignore[arg-type]  # kind was checked by its caller
        if kind == "first_order":
            return j.Trigger("becomes", Within("orders", at_least=1, at_most=1), also)
        if kind == "becomes":
            tree = self._filter(value, 0)
        elif kind in FIELDS:
            tree = self._leaf(kind, value)
        else:
            raise told.wrong(f"{kind!r} begins no journey", "stage, becomes, first_order, …")
        if events_of(tree):
            raise value.wrong("an event begins a journey by `on: {event: …}`")
        return j.Trigger("becomes", tree, also)

    def _exits(self, told: Told | None) -> tuple[str, ...]:
        if told is None:
            return j.CHOSEN_EXITS
        named = {self._one_of(each, "exit", dict.fromkeys(j.CHOSEN_EXITS)) for each in told.items()}
        return tuple(name for name in j.CHOSEN_EXITS if name in named)

    def _again(self, told: Told | None) -> j.Again:
        if told is None or told.value == "never":
            return j.Again("never")
        if told.value in ("always", "each"):
            return j.Again(told.value)
        parts = told.mapping("`again`") if isinstance(told.value, dict) else {}
        if set(parts) != {"after_days"}:
            raise told.wrong(
                "`again` says whether somebody may come in once more",
                "again: never, always, each or {after_days: 90}",
            )
        return j.Again("after", parts["after_days"].whole("after_days", 1, 4000))

    def _title(self, told: Told | None) -> dict[str, str]:
        if told is None:
            return {}
        if isinstance(told.value, dict):
            self._no_others(told.value, set(LANGUAGES))
            return {tag: each.word("title")[:200] for tag, each in told.value.items()}
        return {"en": told.word("title")[:200]}

    # -- nodes

    def _nodes(self, told: Told) -> tuple[dict[str, j.Node], dict[str, dict[str, str]]]:
        parts = told.mapping("`nodes`")
        if not 1 <= len(parts) <= MOST_NODES:
            raise told.wrong(f"a journey has 1 to {MOST_NODES} nodes, not {len(parts)}")
        names = list(parts)
        for name, each in parts.items():
            if not NAME.fullmatch(name):
                raise each.wrong(f"{name!r} is no name of a node", "small letters, digits and _")
        following = dict(zip(names, [*names[1:], None], strict=True))
        found, titles = {}, {}
        for name, each in parts.items():
            own = dict(each.mapping("A node"))
            if "title" in own:
                titles[name] = self._title(own.pop("title"))
            found[name] = self._node(own, each, parts, following[name])
        return found, titles

    def _node(
        self, own: dict[str, Told], told: Told, nodes: Mapping[str, Any], following: str | None
    ) -> j.Node:
        kinds: dict[str, Callable[..., j.Node]] = {
            "wait": self._wait,
            "wait_for": self._wait_for,
            "branch": self._branch,
            "split": self._split,
            "message": self._message,
            "call": self._message,
            "gift": self._gift,
            "end": self._end,
        }
        named = [kind for kind in kinds if kind in own]
        if len(named) != 1:
            raise told.wrong("a node is one of these", f"one of: {', '.join(kinds)}")
        return kinds[named[0]](own, told, nodes, following)

    def _wait(self, own: dict[str, Told], told: Told, nodes: Any, following: Any) -> j.Node:
        self._no_others(own, {"wait", "then"})
        return j.Wait(self._time(own["wait"]), self._then(own, told, nodes, following))

    def _wait_for(self, own: dict[str, Told], told: Told, nodes: Any, following: Any) -> j.Node:
        self._no_others(own, {"wait_for", "at_most", "happened", "timeout"})
        return j.WaitFor(
            self._event(own["wait_for"]),
            self._length(_needed(own, "at_most", told)),
            self._to(_needed(own, "happened", told), nodes),
            self._to(own["timeout"], nodes)
            if "timeout" in own
            else self._then({}, told, nodes, following),
        )

    def _branch(self, own: dict[str, Told], told: Told, nodes: Any, following: Any) -> j.Node:
        self._no_others(own, {"branch", "otherwise"})
        ways = []
        for each in own["branch"].items():
            parts = each.mapping("A way")
            self._no_others(parts, {"when", "then"})
            when = self._filter(_needed(parts, "when", each), 0)
            ways.append(j.Way(when, self._to(_needed(parts, "then", each), nodes)))
        if not 1 <= len(ways) <= 9:
            raise told.wrong("a branch has 1 to 9 ways")
        otherwise = own.get("otherwise")
        last = self._to(otherwise, nodes) if otherwise else self._then({}, told, nodes, following)
        return j.Branch(tuple(ways), last)

    def _split(self, own: dict[str, Told], told: Told, nodes: Any, following: Any) -> j.Node:
        self._no_others(own, {"split"})
        arms = []
        for name, each in own["split"].mapping("A split").items():
            if not NAME.fullmatch(name):
                raise each.wrong(f"{name!r} is no name of an arm", "small letters, digits and _")
            parts = each.mapping("An arm")
            self._no_others(parts, {"share", "then"})
            share = _needed(parts, "share", each).number("share", 0.001, 1000)
            arms.append(j.Arm(name, share, self._then(parts, each, nodes, following)))
        if not 2 <= len(arms) <= 9:
            raise told.wrong("a split has 2 to 9 arms", "split: {a: {share: 1, then: …}, b: …}")
        return j.Split(tuple(arms))

    def _message(self, own: dict[str, Told], told: Told, nodes: Any, following: Any) -> j.Node:
        kind = "call" if "call" in own else "message"
        usual = {kind, "purpose", "value", "late_after", "then"}
        self._no_others(own, usual if kind == "call" else usual | {"channel"})
        channels: tuple[str, ...] = ("call",)
        if kind == "message":
            asked = _needed(own, "channel", told).items()
            channels = tuple(
                self._one_of(each, "channel", dict.fromkeys(CHANNELS)) for each in asked
            )
            if not channels or len(set(channels)) != len(channels):
                raise own["channel"].wrong("channels are named once each, the best first")
        template = own[kind].word("the template")
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", template):
            raise own[kind].wrong(f"{template!r} is no name of a template", "welcome_thanks")
        purposes = dict.fromkeys(PURPOSES)
        return j.Act(
            channels,
            template,
            self._one_of(own["purpose"], "purpose", purposes) if "purpose" in own else "marketing",
            self._then(own, told, nodes, following),
            value=self._money(own["value"], "value") if "value" in own else 0,
            late_after=self._length(own["late_after"]) if "late_after" in own else Length(days=2),
        )

    def _gift(self, own: dict[str, Told], told: Told, nodes: Any, following: Any) -> j.Node:
        self._no_others(own, {"gift", "amount", "what", "then"})
        gift = self._one_of(own["gift"], "gift", dict.fromkeys(j.GIFTS))
        amount = self._given(own["amount"], gift) if "amount" in own else 0
        if gift in ("points", "offer") and not amount:
            raise told.wrong(f"{gift}: how much?", f"gift: {gift}, amount: 100")
        if gift == "surprise" and "what" not in own:
            raise told.wrong("surprise: which one?", "gift: surprise, what: thank_you")
        what = own["what"].word("what")[:40] if "what" in own else ""
        return j.Give(gift, amount, what, self._then(own, told, nodes, following))

    def _given(self, told: Told, gift: str) -> int:
        if gift == "offer":
            return self._money(told, "amount")
        whole: int = told.whole("amount", 0, 10**9)
        return whole

    def _end(self, own: dict[str, Told], told: Told, nodes: Any, following: Any) -> j.Node:
        self._no_others(own, {"end"})
        return j.End()

    def _then(self, own: Mapping[str, Told], told: Told, nodes: Any, following: str | None) -> str:
        if "then" in own:
            return self._to(own["then"], nodes)
        if following is None:
            raise told.wrong("the last node is an end, or says `then`", "done: {end: walked}")
        return following

    def _to(self, told: Told, nodes: Any) -> str:
        name = told.word("The next node")
        if name not in nodes:
            raise told.wrong(f"there is no node {name!r}", f"one of: {', '.join(nodes)}")
        return name

    # -- conditions

    def _filter(self, told: Told, depth: int) -> Filter:
        if depth > DEEPEST:
            raise told.wrong("conditions are nested too deeply")
        parts = told.mapping("A condition")
        if not parts:
            raise told.wrong("a condition says something", "{stage: slipping}")
        trees = tuple(self._condition(name, each, depth) for name, each in parts.items())
        return trees[0] if len(trees) == 1 else All(trees)

    def _condition(self, name: str, told: Told, depth: int) -> Filter:
        if name in ("all", "any"):
            trees = tuple(self._filter(each, depth + 1) for each in told.items())
            return All(trees) if name == "all" else Some(trees)
        if name == "not":
            return Not(self._filter(told, depth + 1))
        if name == "happened":
            return self._happened(told)
        return self._leaf(name, told)

    def _happened(self, told: Told) -> Filter:
        if not isinstance(told.value, dict):
            return Happened(self._event(told))
        self._no_others(told.value, {"event", "within_days"})
        days = told.value.get("within_days")
        return Happened(
            self._event(_needed(told.value, "event", told)),
            days.whole("within_days", 1, 3650) if days else None,
        )

    def _leaf(self, name: str, told: Told) -> Filter:
        field = FIELDS.get(name)
        if field is None:
            asked = ", ".join((*FIELDS, "happened", "all", "any", "not"))
            raise told.wrong(f"nothing called {name!r} is known of people", f"one of: {asked}")
        if field.kind in ("word", "channel"):
            return Among(name, tuple(self._choice(field, each) for each in told.items()))
        if not isinstance(told.value, dict):
            exact = self._amount(field, told)
            return Within(name, at_least=exact, at_most=exact)
        ends = {"at_least", "at_most", "below", "above"}
        self._no_others(told.value, ends)
        if not told.value:
            raise told.wrong("a range has an end", f"{name}: {{at_least: 1}}")
        return Within(name, **{end: self._amount(field, each) for end, each in told.value.items()})

    def _choice(self, field: Field, told: Told) -> str:
        known = CHANNELS if field.kind == "channel" else field.choices
        if known:
            return self._one_of(told, field.name, dict.fromkeys(known))
        return told.word(field.name)[:200]

    def _amount(self, field: Field, told: Told) -> float:
        if field.kind == "money":
            return self._money(told, field.name)
        if field.kind == "share":
            return told.number(field.name, 0, 1)
        return told.whole(field.name, 0, 10**9)

    # -- small things

    def _money(self, told: Told, what: str) -> int:
        minor: int = round(told.number(what, 0, 10**9) * 10**self.digits)
        return minor

    def _time(self, told: Told) -> Length | Until:
        if not isinstance(told.value, dict):
            return self._length(told)
        self._no_others(told.value, {"until", "at", "days", "hours", "minutes"})
        if "until" not in told.value:
            return self._length(told)
        days = _needed(told.value, "until", told).items()
        names = dict.fromkeys((*WEEKDAYS, "any_day"))
        named = [self._one_of(each, "weekday", names) for each in days]
        weekdays = (
            range(7) if "any_day" in named else sorted({WEEKDAYS.index(day) for day in named})
        )
        return Until(tuple(weekdays), self._clock(_needed(told.value, "at", told)))

    def _clock(self, told: Told) -> time:
        # Without quotes YAML 1.1 reads 9:00 as a number in base 60; the text is kept as written.
        found = CLOCK.fullmatch(told.word("`at`"))
        if found is None:
            raise told.wrong(f"{told.value!r} is no hour", 'at: "09:00"')
        return time(int(found[1]), int(found[2]))

    def _length(self, told: Told) -> Length:
        if isinstance(told.value, dict):
            self._no_others(told.value, {"days", "hours", "minutes"})
            parts = {name: each.whole(name, 0, 5000) for name, each in told.value.items()}
            minutes = 60 * parts.get("hours", 0) + parts.get("minutes", 0)
            found: Length | None = Length(parts.get("days", 0), minutes)
        else:
            found = length_of(told.word("A length of time"))
        if found is None or found == Length():
            raise told.wrong(f"{told.value!r} is no length of time", "7 days, 2 weeks or 3 hours")
        return found

    def _event(self, told: Told) -> str:
        name = told.word("An event")
        if name not in j.EVENTS and not EVENT.fullmatch(name):
            raise told.wrong(
                f"no event is called {name!r}", f"one of: {', '.join(j.EVENTS)}, or kind.verb"
            )
        return name

    def _name(self, told: Told, what: str) -> str:
        name = told.word(what)
        if not NAME.fullmatch(name):
            raise told.wrong(f"{name!r} is no {what}", "small letters, digits and _")
        return name

    def _one_of(self, told: Told, what: str, known: Mapping[str, Any]) -> str:
        name = told.word(what)
        if name not in known:
            raise told.wrong(f"{name!r} is no {what}", f"one of: {', '.join(known)}")
        return name

    def _truth(self, told: Told | None) -> bool:
        if told is None:
            return False
        if not isinstance(told.value, bool):
            raise told.wrong("this is true or false")
        return told.value

    def _no_others(self, parts: Mapping[str, Told], known: set[str]) -> None:
        for name, each in parts.items():
            if name not in known:
                raise each.wrong(
                    f"{name!r} says nothing here", f"one of: {', '.join(sorted(known))}"
                )


def _needed(parts: Mapping[str, Told], name: str, told: Told) -> Told:
    if name not in parts or parts[name].value is None:
        raise told.wrong(f"`{name}` is missing")
    return parts[name]


def _circle(made: j.Journey) -> list[str]:
    """The nodes of a circle, in order; nothing where there is none."""
    state: dict[str, int] = {}
    for begin in made.nodes:
        if begin in state:
            continue
        path: list[tuple[str, Iterator[str]]] = [(begin, iter(made.leads_to(begin)))]
        state[begin] = 1
        while path:
            here, onward = path[-1]
            following = next(onward, None)
            if following is None:
                state[here] = 2
                path.pop()
            elif state.get(following) == 1:
                names = [name for name, _ in path]
                return [*names[names.index(following) :], following]
            elif following not in state:
                state[following] = 1
                path.append((following, iter(made.leads_to(following))))
    return []
